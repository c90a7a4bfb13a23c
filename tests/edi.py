"""A partner's 180, right in every way; tests break it where they want."""

ISA = "ISA*00*          *00*          *ZZ*FENNIMORE      *ZZ*KESTREL        *261119*1200*U*00401*000000017*0*P*>"
RETURN = (
    "GS*AN*FENNIMORE*KESTREL*20261119*1200*17*X*004010",
    "ST*180*0001",
    "BGN*13*RTN-4711*20261119",
    "RDR**EI",
    "PRF*FP-5521",
    "N1*BY*Fennimore Plumbing*92*K-304",
    "BLI*VP*PRV-34*3*EA",
    "N9*CO*KS-700121",
    "SE*8*0001",
    "GE*1*17",
    "IEA*1*000000017",
)


def of_segments(*segments: str) -> bytes:
    return "".join(f"{segment}~\n" for segment in segments).encode()


def interchange(control: int = 17) -> bytes:
    return of_segments(ISA, *RETURN).replace(b"000000017", b"%09d" % control)
