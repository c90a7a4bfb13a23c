"""Who signs in, on SQLite and on PostgreSQL alike: roles, brakes, sessions, keys, and accounts linked by proof."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import combinations

import pytest

from assistant.domain.errors import ChangedMeanwhile, NotAllowedToYou, NotFound, ReviewerMustAct
from assistant.domain.identity import KeyScope, Link
from assistant.domain.person import EXCLUDING_DUTIES, Person, Role, require_duties_go_together
from assistant.domain.worklist import Verified
from assistant.steps.keys import Keys
from assistant.steps.link import Linker
from assistant.steps.sign_in import Doorman, SessionRules, hashed, require_good_password
from assistant.store.sql import SqlStore
from tests.contract.conftest import TickingClock
from tests.contract.test_store import INTAKE, all_at_once
from tests.passwords import quick

RITA = Person(id="rita@house.example", name="Rita", roles=frozenset({Role.RETURNS_APPROVER}))
PAUL = Person(id="paul@house.example", name="Paul", roles=frozenset({Role.AGENT}))
PASSWORD = "four words of hers"
HASH = quick(PASSWORD)
SOON = SessionRules(idle=timedelta(minutes=30), longest=timedelta(hours=2))


@pytest.fixture
def doorman(store: SqlStore, clock: TickingClock) -> Doorman:
    with store.unit(INTAKE) as unit:
        unit.people.add(RITA, HASH)
        unit.people.add(PAUL, "")
    return Doorman(store, clock, SOON)


def later(clock: TickingClock, **time: float) -> None:
    clock.moment += timedelta(**time)


def people_events(store: SqlStore, stream: str = "people") -> list[str]:
    with store.unit(INTAKE) as unit:
        assert isinstance(unit.audit.verify(), Verified)
        return [row.event for row in unit.audit.rows(stream)]


# --- duties


def test_duties_that_exclude_each_other_are_refused_wherever_roles_are_given(store: SqlStore) -> None:
    excluded = {frozenset(pair[:2]) for pair in EXCLUDING_DUTIES}
    with store.unit(INTAKE) as unit:
        unit.people.add(PAUL, "")
        for pair in combinations(Role, 2):
            several = Person(id="sam@house.example", name="Sam", roles=frozenset(pair))
            if frozenset(pair) in excluded:
                for give in (
                    lambda several=several: unit.people.add(several, ""),
                    lambda pair=pair: unit.people.give_roles(PAUL.id, frozenset(pair)),
                    lambda: unit.people.give_roles(PAUL.id, frozenset(Role)),
                ):
                    with pytest.raises(NotAllowedToYou, match="at once"):
                        give()
            else:
                unit.people.add(several, "")
        assert unit.people.get(PAUL.id) == PAUL
    assert frozenset({Role.AGENT, Role.RETURNS_APPROVER}) not in excluded  # held case by case


def test_an_auditor_only_looks_and_whoever_gives_roles_approves_nothing() -> None:
    for role in set(Role) - {Role.AUDITOR}:
        with pytest.raises(NotAllowedToYou, match="auditor"):
            require_duties_go_together({Role.AUDITOR, role})
    for role in (Role.RETURNS_APPROVER, Role.FINANCE_APPROVER):
        with pytest.raises(NotAllowedToYou, match="gives out roles"):
            require_duties_go_together({role, Role.ADMIN})


# --- people


def test_whoever_left_is_nobody_and_what_they_held_ends(store: SqlStore, doorman: Doorman, clock: TickingClock) -> None:
    token = doorman.start(RITA, "password", "10.0.0.1")
    _, words = Keys(store, clock).make("portal", RITA.id, [KeyScope.CASES_READ], 30, INTAKE)
    with store.unit(INTAKE) as unit:
        unit.links.add(Link(kind="slack", value="T1/U1", person_id=RITA.id, proof="code", proven_at=clock.now()))
        unit.people.end(RITA.id, "changed sides")
        assert unit.people.get(RITA.id) is None
        assert [p.id for p in unit.people.list()] == [PAUL.id]
        (left,) = [p for p in unit.people.list(with_ended=True) if p.id == RITA.id]
        assert left.ended_at is not None
        assert unit.links.person_of("slack", "T1/U1") is None
        told = unit.audit.rows("people")[-1].details
        assert (told["why"], told["sessions"], len(told["keys"])) == ("changed sides", 1, 1)
        with pytest.raises(NotFound):
            unit.people.give_roles(RITA.id, RITA.roles)
    assert doorman.who(token) is None
    assert doorman.sign_in(RITA.id, PASSWORD) is None
    assert Keys(store, clock).holder(words) is None


def test_a_password_is_long_and_not_guessed_easily() -> None:
    for poor in ("", "short", "x" * 11, "x" * 1_001, "aaaaaaaaaaaaaaaa", "rita@house.example"):
        with pytest.raises(ReviewerMustAct, match="Nothing was kept"):
            require_good_password(poor, RITA.id)
    require_good_password(PASSWORD, RITA.id)


def test_the_log_never_holds_a_password_or_its_hash(store: SqlStore, doorman: Doorman, clock: TickingClock) -> None:
    _, words = Keys(store, clock).make("portal", RITA.id, [KeyScope.CASES_READ], 30, INTAKE)
    with store.unit(INTAKE) as unit:
        unit.people.set_password(RITA.id, hashed("another one of hers"))
        whole = "".join(str(row.details) for row in unit.audit.all_rows())
    assert "argon2" not in whole
    assert words.rpartition("_")[2] not in whole


# --- signing in


def test_the_sixth_try_waits_even_with_the_right_password_and_others_do_not(doorman: Doorman) -> None:
    for _ in range(5):
        assert doorman.sign_in(RITA.id, "wrong") is None
    for password in (PASSWORD, "wrong"):
        with pytest.raises(NotAllowedToYou, match="Too many tries"):
            doorman.sign_in(" Rita@House.example", password)
    assert doorman.sign_in(PAUL.id, "") is None  # nobody signs in by an empty hash


def test_a_hold_grows_up_to_a_quarter_of_an_hour_and_ends(doorman: Doorman, clock: TickingClock) -> None:
    for _ in range(5):
        doorman.sign_in(RITA.id, "wrong")
    for minutes in (1, 2, 4, 8, 15, 15):
        clock.moment += timedelta(minutes=minutes - 0.5)
        with pytest.raises(NotAllowedToYou):
            doorman.sign_in(RITA.id, PASSWORD)
        clock.moment += timedelta(minutes=0.5)
        if minutes < 15:
            assert doorman.sign_in(RITA.id, "wrong") is None
        else:
            break
    assert doorman.sign_in(RITA.id, PASSWORD) == RITA
    assert doorman.sign_in(RITA.id, "wrong") is None
    assert doorman.sign_in(RITA.id, PASSWORD) == RITA  # the count began anew


def test_an_address_that_tries_many_accounts_waits_and_others_do_not(doorman: Doorman, store: SqlStore) -> None:
    for n in range(30):
        assert doorman.sign_in(f"nobody-{n}@house.example", "wrong", "10.6.6.6") is None
    with pytest.raises(NotAllowedToYou, match="Too many tries"):
        doorman.sign_in(RITA.id, PASSWORD, "10.6.6.6")
    assert doorman.sign_in(RITA.id, PASSWORD, "10.0.0.1") == RITA
    assert people_events(store, "sign-in") == ["sign_in.held"]  # strangers' names are not kept


def test_guesses_made_at_once_count_one_by_one(doorman: Doorman) -> None:
    answers = all_at_once([lambda: doorman.sign_in(RITA.id, "wrong")] * 12)
    assert answers.count(None) == 5
    assert sum(isinstance(answer, NotAllowedToYou) for answer in answers) == 7


def test_without_passwords_nobody_signs_in_by_one(store: SqlStore, clock: TickingClock, doorman: Doorman) -> None:
    with pytest.raises(NotAllowedToYou, match="company"):
        Doorman(store, clock, passwords=False).sign_in(RITA.id, PASSWORD)


def test_what_no_database_takes_signs_nobody_in(doorman: Doorman) -> None:
    for strange in ("rita\x00@house.example", "\udcff", "x" * 10_000, ""):
        assert doorman.sign_in(strange, strange) is None
    assert doorman.sign_in(RITA.id, "\udcff\x00") is None
    assert doorman.who("\udcff\x00") is None


# --- sessions


def test_a_session_ends_unused_used_too_long_and_when_told(doorman: Doorman, clock: TickingClock) -> None:
    token = doorman.start(RITA, "oidc")
    assert doorman.who(token) == RITA
    assert doorman.who("") is None
    assert doorman.who(token + "x") is None
    later(clock, minutes=29)
    assert doorman.who(token) == RITA
    later(clock, minutes=29)
    assert doorman.who(token) == RITA  # it was used meanwhile
    later(clock, minutes=31)
    assert doorman.who(token) is None
    token = doorman.start(RITA, "oidc")
    for _ in range(6):
        later(clock, minutes=19)
        assert doorman.who(token) == RITA
    later(clock, minutes=19)
    assert doorman.who(token) is None
    token = doorman.start(RITA, "oidc")
    doorman.end(token)
    assert doorman.who(token) is None


def test_a_session_sees_new_roles_and_a_new_password_ends_it(store: SqlStore, doorman: Doorman) -> None:
    token, other = doorman.start(RITA, "password"), doorman.start(PAUL, "password")
    with store.unit(INTAKE) as unit:
        unit.people.give_roles(RITA.id, frozenset({Role.AGENT}))
    found = doorman.who(token)
    assert found is not None
    assert found.roles == {Role.AGENT}
    with store.unit(INTAKE) as unit:
        unit.people.set_password(RITA.id, hashed("another one of hers"))
        assert [s.person_id for s in unit.sessions.of(PAUL.id)] == [PAUL.id]
    assert doorman.who(token) is None
    assert doorman.who(other) == PAUL


def test_the_store_holds_no_token(store: SqlStore, doorman: Doorman) -> None:
    token = doorman.start(RITA, "password")
    with store.unit(INTAKE) as unit:
        (session,) = unit.sessions.of(RITA.id)
    assert token not in repr(session)
    assert people_events(store, "sign-in") == ["session.started"]


# --- keys


def test_a_key_is_shown_once_scoped_and_over_in_time(store: SqlStore, doorman: Doorman, clock: TickingClock) -> None:
    keys = Keys(store, clock)
    key, words = keys.make("portal", RITA.id, [KeyScope.MESSAGES_WRITE], 30, INTAKE)
    held = keys.holder(words)
    assert held is not None
    assert (set(held[0].scopes), held[1]) == ({KeyScope.MESSAGES_WRITE}, RITA)
    wrong: list[str] = ["", "bhk", f"bhk_{key.id}", f"bhk_{key.id}_", words + "x", words[:-1], f"bhk_nokey_{words}"]
    assert [keys.holder(each) for each in wrong] == [None] * len(wrong)
    with store.unit(INTAKE) as unit:
        (kept,) = unit.keys.list()
        assert words.split("_", 2)[2] not in repr(kept)
        assert kept.used_on == clock.moment.date().isoformat()
    later(clock, days=31)
    assert keys.holder(words) is None
    key, words = keys.make("portal", RITA.id, [KeyScope.MESSAGES_WRITE], 30, INTAKE)
    with store.unit(INTAKE) as unit:
        unit.keys.end(key.id)
        with pytest.raises(NotFound):
            unit.keys.end(key.id)
    assert keys.holder(words) is None
    assert people_events(store)[-3:] == ["key.made", "key.made", "key.ended"]


def test_a_key_without_a_name_a_scope_an_end_or_a_person_is_not_made(
    store: SqlStore, doorman: Doorman, clock: TickingClock
) -> None:
    keys, scopes = Keys(store, clock), [KeyScope.CASES_READ]
    refused: list[Callable[[], object]] = [
        lambda: keys.make(" ", RITA.id, scopes, 30, INTAKE),
        lambda: keys.make("a", RITA.id, [], 30, INTAKE),
        lambda: keys.make("a", RITA.id, scopes, 0, INTAKE),
        lambda: keys.make("a", RITA.id, scopes, 367, INTAKE),
    ]
    for each in refused:
        with pytest.raises(ReviewerMustAct):
            each()
    with pytest.raises(NotFound):
        keys.make("a", "nobody@house.example", scopes, 30, INTAKE)
    assert "key.made" not in people_events(store)


# --- accounts elsewhere


def test_a_code_links_the_account_it_comes_from_once(store: SqlStore, doorman: Doorman, clock: TickingClock) -> None:
    linker = Linker(store, clock)
    code = linker.offer(RITA, "slack")
    assert linker.redeem("slack", "T1/U1", f" {code.lower()} ") == RITA
    with store.unit(INTAKE) as unit:
        assert unit.links.person_of("slack", "T1/U1") == RITA
        assert unit.links.person_of("email", "T1/U1") is None
    with pytest.raises(NotAllowedToYou, match="no code that stands"):
        linker.redeem("slack", "T1/U2", code)
    assert people_events(store)[-2:] == ["link.offered", "link.proven"]


def test_only_the_newest_code_counts_for_ten_minutes_and_for_its_kind(
    store: SqlStore, doorman: Doorman, clock: TickingClock
) -> None:
    linker = Linker(store, clock)
    old, new = linker.offer(RITA, "slack"), linker.offer(RITA, "slack")
    for kind, code in (("slack", old), ("email", new), ("slack", "")):
        with pytest.raises(NotAllowedToYou):
            linker.redeem("slack" if kind == "slack" else "email", "T1/U1", code)
    later(clock, minutes=10)
    with pytest.raises(NotAllowedToYou):
        linker.redeem("slack", "T1/U1", new)


def test_a_code_mailed_to_an_address_links_that_address_to_who_asked(
    store: SqlStore, doorman: Doorman, clock: TickingClock
) -> None:
    linker = Linker(store, clock)
    code = linker.offer(RITA, "email", "rita@home.example")
    with pytest.raises(NotAllowedToYou):
        linker.redeem("email", "other@home.example", code, RITA)
    code = linker.offer(RITA, "email", "rita@home.example")
    with pytest.raises(NotAllowedToYou):
        linker.redeem("email", "rita@home.example", code, PAUL)
    code = linker.offer(RITA, "email", "rita@home.example")
    assert linker.redeem("email", "rita@home.example", code, RITA) == RITA


def test_an_account_that_is_somebodys_stays_theirs(store: SqlStore, doorman: Doorman, clock: TickingClock) -> None:
    linker = Linker(store, clock)
    linker.redeem("slack", "T1/U1", linker.offer(RITA, "slack"))
    with pytest.raises(ChangedMeanwhile, match="somebody else"):
        linker.redeem("slack", "T1/U1", linker.offer(PAUL, "slack"))
    with store.unit(INTAKE) as unit:
        unit.links.end("slack", "T1/U1")
    assert linker.redeem("slack", "T1/U1", linker.offer(PAUL, "slack")) == PAUL


def test_codes_are_not_guessed(store: SqlStore, doorman: Doorman, clock: TickingClock) -> None:
    linker = Linker(store, clock)
    code = linker.offer(RITA, "slack")
    for _ in range(5):
        with pytest.raises(NotAllowedToYou, match="no code"):
            linker.redeem("slack", "T1/EVIL", "AAAAAAAAAA")
    with pytest.raises(NotAllowedToYou, match="Too many tries"):
        linker.redeem("slack", "T1/EVIL", code)
    assert linker.redeem("slack", "T1/U1", code) == RITA


def test_of_two_who_bring_a_code_at_once_one_is_linked(store: SqlStore, doorman: Doorman, clock: TickingClock) -> None:
    linker = Linker(store, clock)
    code = linker.offer(RITA, "slack")
    answers = all_at_once([partial(linker.redeem, "slack", user, code) for user in ("T1/U1", "T1/U2")])
    assert answers.count(RITA) == 1
    assert sum(isinstance(answer, NotAllowedToYou) for answer in answers) == 1
