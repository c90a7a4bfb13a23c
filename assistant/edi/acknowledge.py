"""What a partner is told of what it sent: the functional acknowledgement (997), and TA1 for an interchange."""

from assistant.edi import write
from assistant.edi.check import is_rejected
from assistant.edi.x12 import Group, Interchange, Transaction

_VALUE_CHARACTERS = 99
# For what an answer has to name, where the partner left it out: a segment of ours is never empty.
_NO_FUNCTION, _NO_KIND, _NO_NUMBER = "ZZ", "000", "0000"
ANSWERS = "FA"  # groups of acknowledgements (GS01): what answers us is not answered
_MOST_SEGMENT_FAULTS = 200
_MOST_FAULTS = 5  # AK502 to AK506, AK905 to AK909


def functional(group: Group) -> list[str]:
    """The body of the 997 that answers a group: every transaction set accepted (A), with errors (E) or rejected (R)."""
    body = [write.segment("AK1", group.function or _NO_FUNCTION, group.control or _NO_NUMBER)]
    taken = 0
    refused = bool(set(group.faults) & {"1", "2"})
    for transaction in group.transactions:
        rejected = refused or is_rejected(transaction)
        taken += not rejected
        body += _set(transaction, rejected=rejected)
    outcome = "R" if not taken else "P" if taken < len(group.transactions) else "E" if group.faults else "A"
    if outcome == "A" and any(each.faults for each in group.transactions):
        outcome = "E"
    told = str(max(group.told, len(group.transactions)))
    counts = (told, str(len(group.transactions)), str(taken))
    body.append(write.segment("AK9", outcome, *counts, *group.faults[:_MOST_FAULTS]))
    return body


def _set(transaction: Transaction, *, rejected: bool) -> list[str]:
    body = [write.segment("AK2", transaction.kind or _NO_KIND, transaction.control or _NO_NUMBER)]
    for fault in transaction.segment_faults[:_MOST_SEGMENT_FAULTS]:
        body.append(write.segment("AK3", fault.name, str(fault.place), "", fault.code))
        for each in fault.elements:
            value = each.value[:_VALUE_CHARACTERS]
            body.append(write.segment("AK4", str(each.place), each.reference, each.code, value))
    outcome = "R" if rejected else "E" if transaction.faults else "A"
    body.append(write.segment("AK5", outcome, *transaction.faults[:_MOST_FAULTS]))
    return body


def of_interchange(interchange: Interchange, fault: str, *, rejected: bool) -> str:
    """TA1: the interchange could not be taken, or was taken with an error, for a fault of TA105."""
    outcome = "R" if rejected else "E"
    return write.segment("TA1", interchange.control, interchange.date, interchange.time, outcome, fault)


def said_no(interchange: Interchange) -> list[str]:
    """What the sender says of things of ours that it did not take as they were: its TA1 and AK9 segments, as text."""
    said = [each for each in interchange.answers if each.get(4) != "A"]
    for group in interchange.groups:
        if group.function == ANSWERS:
            segments = [segment for each in group.transactions for segment in each.segments]
            said += [each for each in segments if each.name == "AK9" and each.get(1) != "A"]
            said += [each for each in segments if each.name == "AK5" and each.get(1) != "A"]
    return ["*".join([each.name, *each.elements]) for each in said]
