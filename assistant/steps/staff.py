"""Staff: an administrator says who signs in and with which roles. Nobody does it for themselves."""

from dataclasses import dataclass

from assistant.domain.errors import NotAllowedNow, NotAllowedToYou, ReviewerMustAct
from assistant.domain.person import Person, Role, acting, require_duties_go_together
from assistant.domain.ports import Store
from assistant.steps.sign_in import hashed, require_good_password

_ADDRESS_CHARACTERS = 320


@dataclass(frozen=True, slots=True)
class Staffing:
    """Each method is one transaction; a refusal changes nothing and says why."""

    store: Store

    def add(self, admin: Person, address: str, name: str, roles: frozenset[Role], password: str) -> Person:
        """``password`` '' for who signs in with the company's provider only."""
        _require_admin(admin)
        made = Person(id=require_address(address), name=" ".join(name.split()), roles=roles)
        if not made.name or not roles:
            raise ReviewerMustAct("A person has a name and at least one role. Nothing was changed.")
        require_duties_go_together(roles)
        if password:
            require_good_password(password, made.id)
        with self.store.unit(acting(admin)) as unit:
            if unit.people.get(made.id) is not None:
                raise NotAllowedNow(f"{made.id} is there already: give them other roles. Nothing was changed.")
            unit.people.add(made, hashed(password) if password else "")
        return made

    def give_roles(self, admin: Person, person_id: str, roles: frozenset[Role]) -> Person:
        """Exactly these, from now on."""
        _require_admin(admin)
        _require_another(admin, person_id)
        if not roles:
            raise ReviewerMustAct("Somebody without a role is ended instead. Nothing was changed.")
        with self.store.unit(acting(admin)) as unit:
            return unit.people.give_roles(person_id, roles)

    def end(self, admin: Person, person_id: str, why: str) -> None:
        """Sessions, keys and linked accounts end at once; what they did stays theirs."""
        _require_admin(admin)
        _require_another(admin, person_id)
        if not why.strip():
            raise ReviewerMustAct("Say why they leave: it stands in the audit log. Nothing was changed.")
        with self.store.unit(acting(admin)) as unit:
            unit.people.end(person_id, why.strip())


def require_address(text: str) -> str:
    """In lower case. Raises ReviewerMustAct on what is no email address."""
    address = text.strip().lower()
    if address.count("@") != 1 or any(sign.isspace() for sign in address) or len(address) > _ADDRESS_CHARACTERS:
        raise ReviewerMustAct(f"{text!r} is no email address. Nothing was changed.")
    return address


def _require_admin(person: Person) -> None:
    if Role.ADMIN not in person.roles:
        raise NotAllowedToYou("People and their roles are an administrator's. Nothing was changed.")


def _require_another(admin: Person, person_id: str) -> None:
    if admin.id == person_id:
        raise NotAllowedToYou("Another administrator changes what you are. Nothing was changed.")
