"""Away: people say when they are away and who stands in for them. Nobody stands in because somebody else says so."""

from dataclasses import dataclass

from assistant.domain.absence import Absence
from assistant.domain.errors import NotAllowedToYou, ReviewerMustAct
from assistant.domain.person import Person, Role, acting
from assistant.domain.ports import Clock, Store

DECIDERS = frozenset({Role.RETURNS_APPROVER, Role.FINANCE_APPROVER})
_LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Desks:
    """Each method is one transaction; a refusal changes nothing and says why."""

    store: Store
    clock: Clock

    def away(self, person: Person, absence: Absence) -> Absence:
        """An absence of one's own, or of somebody else as an administrator (who then names nobody new to decide)."""
        own = absence.person == person.id
        if not own and Role.ADMIN not in person.roles:
            raise NotAllowedToYou("You say when you are away yourself; for others an administrator does.")
        if not own and absence.stand_in == person.id:
            raise NotAllowedToYou("An administrator doesn't make themselves a stand-in. Nothing was changed.")
        if absence.last < absence.first or (absence.last - absence.first).days > _LONGEST_DAYS:
            raise ReviewerMustAct("The last day comes after the first, within a year. Nothing was changed.")
        if absence.last < self.clock.today():
            raise ReviewerMustAct("Those days are over already. Nothing was changed.")
        with self.store.unit(acting(person)) as unit:
            if unit.people.get(absence.person) is None:
                raise ReviewerMustAct(f"Nobody signs in as {absence.person}. Nothing was changed.")
            if absence.stand_in:
                stand_in = unit.people.get(absence.stand_in)
                if stand_in is None or stand_in.id == absence.person or not stand_in.roles & DECIDERS:
                    raise ReviewerMustAct(f"{absence.stand_in} can't stand in: it takes another approver.")
            return unit.absences.add(absence)

    def back(self, person: Person, absence_id: int) -> None:
        with self.store.unit(acting(person)) as unit:
            known = next((a for a in unit.absences.ahead(self.clock.today()) if a.id == absence_id), None)
            if known is None:
                raise ReviewerMustAct("Nobody is away under that number, today or later. Nothing was changed.")
            if known.person != person.id and Role.ADMIN not in person.roles:
                raise NotAllowedToYou("You end an absence of your own; for others an administrator does.")
            unit.absences.remove(absence_id)
