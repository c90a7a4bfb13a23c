"""The people of the demo. Their password exists for the embedded demo on this machine only."""

from assistant.domain.person import Person, Role

PASSWORD = "kestrel-demo"  # noqa: S105 - printed at every start of the demo

PEOPLE = (
    Person(id="maya@kestrelsupply.example", name="Maya Cole", roles=frozenset({Role.AGENT})),
    Person(id="rick@kestrelsupply.example", name="Rick Stahl", roles=frozenset({Role.RETURNS_APPROVER})),
    Person(id="june@kestrelsupply.example", name="June Park", roles=frozenset({Role.RETURNS_APPROVER})),
    Person(id="fay@kestrelsupply.example", name="Fay Mendez", roles=frozenset({Role.FINANCE_APPROVER})),
    Person(id="walt@kestrelsupply.example", name="Walt Oduya", roles=frozenset({Role.WAREHOUSE})),
)
