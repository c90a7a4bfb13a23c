"""What the segments and qualifiers of X12 mean, in the transactions of returns and credits (180, 810, 812, 856)."""

TRANSACTIONS = {
    "180": "Return merchandise authorization and notification",
    "810": "Invoice",
    "812": "Credit/debit adjustment",
    "850": "Purchase order",
    "855": "Purchase order acknowledgment",
    "856": "Ship notice",
    "846": "Inventory inquiry",
    "852": "Product activity",
    "861": "Receiving advice",
    "867": "Product transfer and resale report",
    "997": "Functional acknowledgment",
}

# Segment: its name, then its elements. "?" is a qualifier that names the element after it; "*" starts pairs of
# qualifier and product number to the segment's end; "" is not shown.
SEGMENTS: dict[str, tuple[str, ...]] = {
    "ST": ("Transaction", "Kind", "Control no."),
    "BGN": ("Beginning", "Purpose", "Reference", "Date", "Time"),
    "BIG": ("Beginning", "Invoice date", "Invoice no.", "Order date", "Purchase order no."),
    "BCD": (
        "Beginning", "Date", "Credit/debit memo no.", "Handling", "Amount", "Credit or debit", "Invoice date",
        "Invoice no.", "Vendor order no.", "Order date", "Purchase order no.",
    ),
    "BSN": ("Beginning", "Purpose", "Shipment no.", "Date", "Time"),
    "BEG": ("Beginning", "Purpose", "Kind", "Purchase order no.", "Release no.", "Date"),
    "PRF": ("Purchase order", "Purchase order no.", "Release no.", "Change no.", "Order date"),
    "RDR": ("Return", "Disposition", "Reason", "Answer", "Description"),
    "BLI": ("Item", "?", "", "Qty", "UoM", "", "Unit price"),
    "IT1": ("Item", "Line", "Qty", "UoM", "Unit price", "", "*"),
    "PO1": ("Item", "Line", "Qty", "UoM", "Unit price", "", "*"),
    "LIN": ("Item", "Line", "*"),
    "SN1": ("Shipped", "Line", "Qty", "UoM"),
    "CDD": (
        "Adjustment", "Reason", "Credit or debit", "Line", "Amount", "", "", "Qty", "UoM", "Price difference", "",
        "Unit price", "", "Text",
    ),
    "QTY": ("Quantity", "?", "", "UoM"),
    "PID": ("Description", "", "", "", "", "Description"),
    "REF": ("Reference", "?", "", "Description"),
    "N9": ("Reference", "?", "", "Description"),
    "DTM": ("Date", "?"),
    "N1": ("Party", "Role", "Name", "", "Party no."),
    "N2": ("Party", "Name", "Name"),
    "N3": ("Address", "Street", "Street"),
    "N4": ("Address", "City", "State", "Postal code", "Country"),
    "PER": ("Contact", "", "Name", "?", "", "?"),
    "MAN": ("Marks", "", "Marks"),
    "TD1": ("Packages", "Packaging", "Count"),
    "TD5": ("Carrier", "", "", "Carrier", "", "Carrier name"),
    "TDS": ("Total", "Amount in cents"),
    "AMT": ("Amount", "?"),
    "SAC": ("Allowance or charge", "Allowance or charge", "Kind", "", "", "Amount in cents"),
    "MSG": ("Message", "Text"),
    "NTE": ("Note", "", "Text"),
    "HL": ("Level", "No.", "Within", "Level"),
    "CTT": ("Count", "Lines"),
}  # fmt: skip

QUALIFIERS: dict[str, dict[str, str]] = {
    "product": {
        "VP": "Vendor part no.", "VN": "Vendor item no.", "BP": "Buyer part no.", "IN": "Buyer item no.", "UP": "UPC",
        "UK": "GTIN", "EN": "EAN", "MG": "Manufacturer part no.", "MF": "Manufacturer", "SK": "SKU",
        "CB": "Catalog no.",
        "SN": "Serial no.", "LT": "Lot no.", "PD": "Description", "PI": "Purchaser item no.", "ND": "NDC", "UI": "UPC",
    },
    "REF": {
        "PO": "Purchase order no.", "IV": "Invoice no.", "IA": "Vendor no.", "VN": "Vendor order no.",
        "CO": "Customer order no.",
        "RZ": "RMA no.", "SE": "Serial no.", "LT": "Lot no.", "BM": "Bill of lading", "CN": "Carrier reference",
        "2I": "Tracking no.", "CM": "Credit memo no.", "DL": "Debit memo no.", "DP": "Department",
        "PK": "Packing list no.",
        "SI": "Shipment no.", "CR": "Customer reference", "ZZ": "Reference", "OQ": "Order no.", "08": "Carrier no.",
    },
    "DTM": {
        "002": "Delivery requested", "003": "Invoice date", "004": "Order date", "007": "Effective", "011": "Shipped",
        "017": "Estimated delivery", "035": "Delivered", "050": "Received", "097": "Transaction date",
        "324": "Asked for by",
        "036": "Expires", "094": "Manufactured",
    },
    "QTY": {
        "01": "Discrete quantity", "02": "Cumulative quantity", "17": "Quantity on hand", "38": "Original quantity",
        "39": "Quantity shipped", "76": "Quantity returned", "48": "Quantity returned", "QS": "Quantity damaged",
        "63": "On order",
    },
    "PER": {"TE": "Phone", "EM": "Email", "FX": "Fax", "CP": "Mobile"},
    "AMT": {"1": "Line total", "TT": "Total", "T": "Tax"},
}  # fmt: skip

# Element 1293, in words that a reader of requests knows.
RETURN_REASONS: dict[str, str] = {
    "BC": "expired (beyond code date)", "CO": "ordered in error", "CV": "color variance, not as expected",
    "DA": "damaged", "DI": "discontinued, no longer needed", "DM": "defective", "DP": "defective packaging",
    "DR": "defective, returned by consumer", "DT": "damaged in transit", "EI": "excess inventory, no longer needed",
    "EO": "end of season, no longer needed", "EW": "excessive wear", "LP": "label problem", "MD": "mark down",
    "NA": "not as expected", "OP": "outdated packaging", "PE": "price error", "PF": "poor fit", "PR": "product recall",
    "PS": "product spoiled", "PW": "poor workmanship, defective", "RE": "recall", "SD": "short-dated",
    "SM": "samples", "SP": "shipped past cancel date, too late", "SR": "stock reduction, no longer needed",
    "ST": "style problem", "TE": "termination, no longer needed", "WG": "wrong goods, not ordered",
}  # fmt: skip
CODES: dict[tuple[str, str], dict[str, str]] = {
    ("N1", "Role"): {
        "BY": "Buyer", "SE": "Seller", "ST": "Ship to", "SF": "Ship from", "BT": "Bill to", "VN": "Vendor",
        "SU": "Supplier",
        "RI": "Remit to", "II": "Issuer of invoice", "RE": "Receiver of payment", "SU ": "Supplier", "PE": "Payee",
        "PR": "Payer", "CN": "Consignee", "RL": "Reporting location", "DK": "Dealer",
    },
    ("RDR", "Reason"): RETURN_REASONS,
    ("HL", "Level"): {"S": "Shipment", "O": "Order", "P": "Pack", "T": "Tare", "I": "Item"},
    ("BCD", "Credit or debit"): {"C": "Credit", "D": "Debit"},
    ("CDD", "Credit or debit"): {"C": "Credit", "D": "Debit"},
    ("SAC", "Allowance or charge"): {"A": "Allowance", "C": "Charge"},
    ("CDD", "Reason"): {
        "01": "Pricing error", "03": "Extension error", "04": "Not accepted, damaged", "05": "Not accepted, quality",
        "06": "Quantity contested", "07": "Incorrect product", "11": "Returned, damage", "12": "Returned, quality",
    },
}  # fmt: skip
