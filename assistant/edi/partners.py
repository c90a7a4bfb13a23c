"""Trading partners: who sends under which ids, and which customer they are. Kept in a file: they are agreed on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.domain.errors import OperatorMustAct
from assistant.edi.write import Ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """``address`` is whose mail their requests count as, and where a person would answer."""

    qualifier: str
    id: str
    group_id: str
    customer_id: str
    name: str
    address: str
    test: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Partners:
    """``us`` is (qualifier, id) of our own interchanges, ``group_id`` our id in groups."""

    us: tuple[str, str]
    group_id: str
    partners: tuple[Partner, ...] = ()

    def of(self, sender: tuple[str, str]) -> Partner | None:
        return next((each for each in self.partners if (each.qualifier, each.id) == sender), None)

    def ends(self, partner: Partner) -> Ends:
        return Ends(
            sender=self.us,
            receiver=(partner.qualifier, partner.id),
            group_sender=self.group_id,
            group_receiver=partner.group_id,
            test=partner.test,
        )


def partners_from(path: Path | None) -> Partners:
    """Nobody where there is no file. Raises OperatorMustAct naming what does not fit."""
    if path is None:
        return Partners(us=("ZZ", "BACKHAUL"), group_id="BACKHAUL")
    try:
        told = json.loads(path.read_text())
        us = told["us"]
        found = tuple(_partner(each) for each in told["partners"])
        known = Partners(us=(us["qualifier"], us["id"]), group_id=us.get("group_id", us["id"]), partners=found)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OperatorMustAct(f"BACKHAUL_EDI_PARTNERS {path} can't be read: {error}. Nothing was started.") from error
    senders = [(each.qualifier, each.id) for each in known.partners]
    if len(set(senders)) < len(senders):
        raise OperatorMustAct(f"BACKHAUL_EDI_PARTNERS {path} names a partner twice. Nothing was started.")
    return known


def _partner(told: Mapping[str, Any]) -> Partner:
    return Partner(
        qualifier=told["qualifier"],
        id=told["id"],
        group_id=told.get("group_id", told["id"]),
        customer_id=told["customer_id"],
        name=told["name"],
        address=told["address"],
        test=bool(told.get("test", False)),
    )
