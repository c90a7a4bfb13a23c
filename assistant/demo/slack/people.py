"""The demo's workspace: Kestrel Supply's people, a guest, and a customer's channel over Slack Connect."""

from assistant.demo.people import PEOPLE
from assistant.demo.slack.records import HOME_TEAM, Channel, Member, SlackApp

CUSTOMER_TEAM = "T0FENNIMORE"
TEAMS = {HOME_TEAM: "Kestrel Supply", CUSTOMER_TEAM: "Fennimore Plumbing"}
GUEST, CUSTOMER = "U0GUS", "U0JOE"
RETURNS, GENERAL, CREDIT, COUNTER, SHARED = "C0RETURNS", "C0GENERAL", "C0CREDITDESK", "C0COUNTER", "C0FENNIMORE"


def user_id(email: str) -> str:
    """maya@kestrelsupply.example is U0MAYA."""
    return f"U0{email.partition('@')[0].upper()}"


def members() -> list[Member]:
    own = [Member(id=user_id(p.id), name=p.id.partition("@")[0], real_name=p.name, email=p.id) for p in PEOPLE]
    guest = Member(id=GUEST, name="gus", real_name="Gus Tan", email="gus@temps.example", guest=True)
    customer = Member(
        id=CUSTOMER, name="joe", real_name="Joe Fennimore", email="joe@fennimoreplumbing.example", team=CUSTOMER_TEAM
    )
    return [*own, guest, customer]


def channels(app: SlackApp) -> list[Channel]:
    staff = [user_id(person.id) for person in PEOPLE]
    return [
        Channel(id=RETURNS, name="returns", members=[*staff, app.bot_user], topic="Returns and credits"),
        Channel(id=GENERAL, name="general", members=list(staff)),
        Channel(id=CREDIT, name="credit-desk", kind="group", members=[*staff[:4], app.bot_user]),
        Channel(id=COUNTER, name="counter", members=[*staff, GUEST, app.bot_user], topic="The front counter"),
        Channel(id=SHARED, name="kestrel-fennimore", members=[*staff, CUSTOMER, app.bot_user], teams=(CUSTOMER_TEAM,)),
    ]
