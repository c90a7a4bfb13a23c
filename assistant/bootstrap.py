"""The only composition root: builds the adapters from settings. Importing it builds nothing and loads little."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.domain.errors import OperatorMustAct
from assistant.domain.person import Role
from assistant.domain.policy import Policy
from assistant.domain.ports import Post
from assistant.domain.request import Drafter
from assistant.settings import ModelSettings, Settings

if TYPE_CHECKING:
    from assistant.steps.mend import Mender
    from assistant.steps.review import Review
    from assistant.steps.sign_in import Doorman
    from assistant.store.sql import SqlStore
    from assistant.workflow import Engine
    from extractors.apart.isolated import Reader
    from tools.adapters.sandbox import SandboxErp
    from tools.erp import ErpReader

POLICY_FILE = "returns-2026.1.json"


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock, with a fixed date where one is set (demos and tests)."""

    fixed: date | None = None

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.fixed or self.now().date()


@dataclass(frozen=True, slots=True)
class App:
    """Everything a process of Backhaul works with."""

    settings: Settings
    clock: SystemClock
    store: "SqlStore"
    erp: "SandboxErp"
    policy: Policy
    review: "Review"
    mender: "Mender"
    doorman: "Doorman"
    engine: "Engine"
    reader: "Reader"

    def close(self) -> None:
        self.reader.close()
        self.store.close()
        self.erp.close()


def policy() -> Policy:
    text = resources.files("assistant.policies").joinpath(POLICY_FILE).read_text()
    data = json.loads(text)
    roles = {kind: frozenset(Role(role) for role in names) for kind, names in data["approver_roles"].items()}
    return Policy(
        version=data["version"],
        owner=data["owner"],
        effective_from=date.fromisoformat(data["effective_from"]),
        approver_roles=roles,
        rma_valid_days=data["rma_valid_days"],
    )


def erp_file(path: Path) -> Mapping[str, Any]:
    """A file in the import format. Raises OperatorMustAct where it can't be read."""
    try:
        data = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise OperatorMustAct(f"{path} can't be read as ERP data: {error}. Nothing was changed.") from error
    if not isinstance(data, dict) or "company" not in data or "orders" not in data:
        raise OperatorMustAct(f"{path} holds no company and orders. Nothing was changed.")
    return data


def drafter(erp: "ErpReader", model: ModelSettings) -> Drafter:
    """The offline drafter, or the model's with the offline one behind it."""
    from assistant.drafting.offline import OfflineDrafter

    offline = OfflineDrafter(erp)
    if not model.name:
        return offline
    from assistant.drafting.with_model import ModelDrafter
    from assistant.llm import ChatModel, LlmSettings

    settings = LlmSettings(
        model=model.name,
        base_url=model.base_url,
        api_key=model.api_key,
        timeout_seconds=model.timeout_seconds,
        max_tokens=model.max_tokens,
        tracing=model.tracing,
    )
    return ModelDrafter(offline, ChatModel(settings), erp)


def store(settings: Settings, mail_domain: str = "backhaul.invalid") -> "SqlStore":
    from assistant.store.migrate import migrate
    from assistant.store.sql import SqlStore

    settings.data.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_url)
    return SqlStore(settings.database_url, SystemClock(settings.today), mail_domain)


def sandbox(settings: Settings) -> "SandboxErp":
    from tools.adapters.sandbox import SandboxErp

    settings.erp.parent.mkdir(parents=True, exist_ok=True)
    return SandboxErp.at(settings.erp)


def app(settings: Settings, post_for: Callable[[Settings, str], Post]) -> App:
    """``post_for`` gives the way mail leaves, from the settings and our own address.

    Raises OperatorMustAct where the ERP holds nothing yet.
    """
    from assistant.steps.desk import CaseDesk
    from assistant.steps.mend import Mender
    from assistant.steps.post import Poster
    from assistant.steps.review import Review
    from assistant.steps.send import Sender
    from assistant.steps.sign_in import Doorman
    from assistant.steps.work import Desk
    from assistant.store.gate_ports import GateApprovals, GateAudit
    from assistant.store.slots import slots_for
    from assistant.workflow import Engine, Stations
    from extractors.apart.isolated import Reader
    from tools.catalog import catalog
    from tools.gate import Gate

    clock = SystemClock(settings.today)
    erp = sandbox(settings)
    if erp.is_empty():
        raise OperatorMustAct(f"The ERP {settings.erp} is empty. Load it first: backhaul erp load FILE.")
    company = erp.company()
    kept = store(settings, company.domain)
    rules = policy()
    reader = Reader(settings.limits)
    gate = Gate(catalog(erp, CaseDesk(kept, erp)), GateAudit(kept), GateApprovals(kept))
    stations = Stations(
        kept,
        Desk(kept, drafter(erp, settings.model), gate, clock, reader.read_message),
        Poster(kept, erp, gate, rules),
        Sender(kept, post_for(settings, company.intake_address)),
    )
    engine = Engine(stations, settings.workflow_url, slots_for(settings.database_url, settings.data / "slots"))
    review = Review(kept, erp, gate, rules, clock)
    return App(settings, clock, kept, erp, rules, review, Mender(kept), Doorman(kept), engine, reader)
