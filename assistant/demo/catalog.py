"""Whom the demo's distributor sells to, and what: Kestrel Restaurant & Facility Supply, invented from end to end."""

from decimal import Decimal
from typing import Any

from assistant.demo.chance import digits, pick

DOMAIN = "kestrelsupply.example"
INTAKE = f"returns@{DOMAIN}"
COMPANY = {"name": "Kestrel Restaurant & Facility Supply", "currency": "USD", "intake_address": INTAKE}

# id, name, mail domain, tier, return window in days, restocking fee in percent, contacts (name: mailbox)
_CUSTOMERS = (
    ("K-301", "Harbor Street Kitchens", "harborkitchens", "silver", 45, "15", "Ana Ruiz: ana, Desmond Pike: dpike"),
    ("K-302", "Tilden Unified Schools", "tildenschools", "standard", 60, "15", "Bo Larsen: bo, Ruth Amadi: r.amadi"),
    ("K-303", "Maple & Ash Hotels", "mapleash", "silver", 30, "15", "Priya Nair: priya"),
    (
        "K-304",
        "Fennimore Plumbing",
        "fennimoreplumbing",
        "gold",
        30,
        "15",
        "Joe Fennimore: joe, Connie Fennimore: office",
    ),
    ("K-305", "Ostwind Gastro GmbH", "ostwind", "standard", 45, "15", "Katrin Vogel: katrin"),
    (
        "K-306",
        "Cedar Point Clinic",
        "cedarpointclinic",
        "standard",
        60,
        "15",
        "Sam Okoro: sam, Lin Hathaway: receiving",
    ),
    ("K-307", "Rook & Sons Electric", "rookelectric", "gold", 30, "15", "Dee Rook: dee"),
    ("K-308", "Lakeside Property Care", "lakesidecare", "standard", 30, "15", "Mona Petit: mona"),
    ("K-309", "Brightway Cleaning", "brightwayclean", "silver", 45, "15", "Leo Grant: leo, Ida Marsh: ida.marsh"),
    ("K-310", "Union Hall Catering", "unionhall", "gold", 45, "15", "Tess Moran: tess"),
    ("K-311", "City of Dunmore", "dunmorecity", "gold", 90, "0", "Hal Broussard: hbroussard, Yvette Cho: ycho"),
    ("K-312", "St. Brannoc Care Homes", "stbrannoc", "silver", 60, "10", "Nuala Quigley: nuala.quigley"),
    ("K-313", "Northgate Arena Ltd", "northgatearena", "standard", 45, "20", "Pete Szabo: pszabo, Amrit Gill: agill"),
    ("K-314", "Delacroix Bakery Group", "delacroixbakery", "standard", 60, "15", "Odile Delacroix: odile"),
)
_CURRENCIES = {"K-313": "CAD"}  # the others buy in US dollars

# SKU, description, category, unit, tracking, cost, warranty in months, marks (N not returnable, H hazmat, S special
# order), pieces in a unit
_ITEMS = (
    ("FSK-0440", "Food storage container 4 qt with lid, case of 12", "kitchen", "CS", "none", "24.00", 0, "", "12"),
    ("CHF-2218", "Chafing dish full size stainless", "kitchen", "EA", "none", "61.00", 0, "", ""),
    ("IMX-5KW", "Induction range 5 kW countertop", "kitchen", "EA", "serial", "389.00", 24, "", ""),
    ("DWD-20L", "Dishwasher detergent 20 l", "chemicals", "EA", "lot", "48.00", 0, "H", ""),
    ("GLV-N-M", "Nitrile gloves medium, case of 1000", "safety", "CS", "lot", "41.00", 0, "", ""),
    ("GLV-N-L", "Nitrile gloves large, case of 1000", "safety", "CS", "lot", "41.00", 0, "", ""),
    ("MOP-24W", "Microfiber mop 24 in, pack of 10", "janitorial", "PK", "none", "33.00", 0, "", "10"),
    ("FLS-10L", "Floor stripper 10 l", "chemicals", "EA", "lot", "57.00", 0, "NH", ""),
    ("LED-A19-9", "LED lamp A19 9 W, box of 24", "electrical", "BX", "none", "38.00", 24, "", "24"),
    ("GFC-20A", "GFCI receptacle 20 A white", "electrical", "EA", "none", "14.00", 0, "", ""),
    ("BRK-2P40", "Circuit breaker 2 pole 40 A", "electrical", "EA", "serial", "52.00", 12, "", ""),
    ("WTR-H50", "Water heater element 5000 W", "plumbing", "EA", "none", "22.00", 12, "", ""),
    ("PRV-34", "Pressure reducing valve 3/4 in brass", "plumbing", "EA", "none", "67.00", 0, "", ""),
    ("TPV-12", "Toilet fill valve universal", "plumbing", "EA", "none", "9.00", 0, "", ""),
    ("HEP-VAC12", "HEPA backpack vacuum 12 l", "janitorial", "EA", "serial", "274.00", 12, "", ""),
    ("PTW-2P", "Paper towel roll 2 ply, case of 30", "janitorial", "CS", "none", "36.00", 0, "", "30"),
    ("CUP-12Z", "Paper cup 12 oz, case of 1000", "kitchen", "CS", "lot", "54.00", 0, "", "1000"),
    ("OIL-FRY35", "Frying oil 35 lb", "kitchen", "EA", "lot", "44.00", 0, "N", ""),
    ("WRE-TH12-K", "THHN wire 12 AWG black, reel of 500 ft", "electrical", "RL", "lot", "58.40", 0, "", ""),
    ("CND-EMT34", "EMT conduit 3/4 in, 10 ft length", "electrical", "EA", "none", "7.15", 0, "", ""),
    ("WPK-L30", "LED wall pack 30 W 4000 K bronze", "electrical", "EA", "none", "41.20", 60, "", ""),
    ("EXS-LED-R", "Exit sign LED red with battery", "electrical", "EA", "none", "23.75", 36, "", ""),
    ("OCS-PIR-W", "Occupancy sensor wall switch PIR", "electrical", "EA", "none", "16.90", 24, "", ""),
    ("SPD-240T2", "Surge protective device 120/240 V type 2", "electrical", "EA", "serial", "88.50", 24, "", ""),
    ("BAT-D-12", "Alkaline battery D cell, box of 12", "electrical", "BX", "none", "11.30", 0, "", "12"),
    ("PEX-34R", "PEX tubing 3/4 in red, coil of 100 ft", "plumbing", "RL", "lot", "52.60", 0, "", ""),
    ("BFP-1RPZ", "Backflow preventer RPZ 1 in", "plumbing", "EA", "serial", "218.00", 12, "", ""),
    ("FCT-LAV-CP", "Lavatory faucet single handle chrome", "plumbing", "EA", "none", "47.80", 60, "", ""),
    ("FCT-LAV-BN", "Lavatory faucet single handle brushed nickel", "plumbing", "EA", "none", "53.10", 60, "", ""),
    ("WCB-EL16", "Toilet bowl elongated 1.6 gpf white", "plumbing", "EA", "none", "79.90", 0, "", ""),
    ("SMP-12HP", "Sump pump 1/2 hp submersible", "plumbing", "EA", "serial", "134.00", 24, "", ""),
    ("CRT-MX70", "Mixing cartridge, shower valve series 70", "plumbing", "EA", "none", "18.45", 0, "NS", ""),
    ("PVC-C32", "PVC cement clear 32 oz", "plumbing", "EA", "lot", "9.85", 0, "NH", ""),
    ("DSQ-1G4", "Quat disinfectant concentrate 1 gal, case of 4", "chemicals", "CS", "lot", "46.40", 0, "H", "4"),
    ("CDG-5G", "Citrus degreaser 5 gal pail", "chemicals", "EA", "lot", "71.25", 0, "H", ""),
    ("LNR-3858", "Can liner 38 x 58 in 1.2 mil, case of 100", "janitorial", "CS", "none", "27.30", 0, "", "100"),
    ("PAD-17R", "Floor pad red 17 in, case of 5", "janitorial", "CS", "none", "19.60", 0, "", "5"),
    ("SOP-F1250", "Foam hand soap 1250 ml, case of 3", "janitorial", "CS", "lot", "38.70", 0, "", "3"),
    ("SCR-AS20", "Walk-behind floor scrubber 20 in", "janitorial", "EA", "serial", "2140.00", 24, "S", ""),
    ("ICM-50", "Ice melt 50 lb bag", "janitorial", "EA", "lot", "14.20", 0, "", ""),
    ("PAN-1826", "Aluminum sheet pan 18 x 26 in", "kitchen", "EA", "none", "8.95", 0, "", ""),
    ("RCK-G25", "Glass rack 25 compartments", "kitchen", "EA", "none", "21.40", 0, "", ""),
    ("THM-WP1", "Probe thermometer waterproof", "kitchen", "EA", "none", "17.15", 12, "", ""),
    ("MXR-P20", "Planetary mixer 20 qt", "kitchen", "EA", "serial", "912.00", 24, "", ""),
    ("FLM-18", "Film wrap 18 in x 2000 ft", "kitchen", "RL", "none", "13.35", 0, "", ""),
)

# what a customer calls an item
_ALIASES = {
    "GLV-N-M": {"code": "TUS 44-0172", "kind": "customer_part_no", "customer_id": "K-302"},
    "LNR-3858": {"code": "DPW-LINER-60", "kind": "customer_part_no", "customer_id": "K-311"},
    "RCK-G25": {"code": "UHC-R25", "kind": "customer_part_no", "customer_id": "K-310"},
}


def customers() -> list[dict[str, Any]]:
    """The customers, in the import format."""
    return [
        {
            "id": key,
            "name": name,
            "email_domains": [f"{domain}.example"],
            "contacts": [_contact(contact, f"{domain}.example") for contact in contacts.split(", ")],
            "tier": tier,
            "return_window_days": window,
            "restocking_fee_pct": fee,
            "currency": _CURRENCIES.get(key, "USD"),
        }
        for key, name, domain, tier, window, fee, contacts in _CUSTOMERS
    ]


def items() -> list[dict[str, Any]]:
    """The items, in the import format; optional keys only where they hold something."""
    made = []
    for sku, description, category, uom, tracking, cost, warranty, marks, pack in _ITEMS:
        item: dict[str, Any] = {
            "sku": sku,
            "description": description,
            "category": category,
            "uom": uom,
            "tracking": tracking,
            "unit_cost": cost,
            "warranty_months": warranty,
            "returnable": "N" not in marks,
            "hazmat": "H" in marks,
            "vendor_id": f"V-{40 + pick('vendor', category, sku[0], of=21)}",
            "mfr_part_no": f"M{digits('part', sku, count=5)}",
            "upc": _upc(sku),
        }
        item |= {"pack_size": pack} if pack else {}
        item |= {"aliases": [_ALIASES[sku]]} if sku in _ALIASES else {}
        item |= {"special_order": True} if "S" in marks else {}
        made.append(item)
    return made


def price(item: dict[str, Any]) -> str:
    """What a unit sells for: cost plus two fifths, to the cent."""
    return str((Decimal(item["unit_cost"]) * Decimal("1.4")).quantize(Decimal("0.01")))


def _contact(contact: str, domain: str) -> dict[str, str]:
    name, mailbox = contact.split(": ")
    # 555-0100 to 555-0199 are numbers nobody has
    return {"name": name, "email": f"{mailbox}@{domain}", "phone": f"+1-555-01{digits('phone', contact, count=2)}"}


def _upc(sku: str) -> str:
    """Twelve digits, the last the check digit of GS1's modulo 10."""
    body = "0" + digits("upc", sku, count=10)
    weighed = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body))
    return f"{body}{-weighed % 10}"
