"""The only composition root: builds the adapters from settings. Importing it builds nothing and loads little."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.domain.audit import Signer
from assistant.domain.errors import OperatorMustAct
from assistant.domain.person import Person
from assistant.domain.ports import Clock, Post, Store
from assistant.domain.request import Drafter
from assistant.domain.retention import RetentionPolicy
from assistant.domain.thread_key import ThreadKey
from assistant.settings import ModelSettings, Settings

if TYPE_CHECKING:
    from assistant.edi.desk import EdiDesk
    from assistant.judging.shelf import Shelf
    from assistant.llm import LlmSettings
    from assistant.steps.announce import Announcer
    from assistant.steps.keys import Keys
    from assistant.steps.mend import Mender
    from assistant.steps.recall import Recall
    from assistant.steps.replies import Replies
    from assistant.steps.review import Review
    from assistant.steps.sign_in import Doorman
    from assistant.steps.work import Desk
    from assistant.store.sql import SqlStore
    from assistant.trust.sender import Trust
    from assistant.workflow import Engine
    from extractors.apart.isolated import Reader
    from tools.adapters.sandbox import SandboxErp
    from tools.contract import Tool
    from tools.erp import Company, ErpReader

RETENTION_FILE = "retention-2026.1.json"


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
    rules: "Shelf"
    review: "Review"
    mender: "Mender"
    doorman: "Doorman"
    keys: "Keys"
    engine: "Engine"
    desk: "Desk"
    replies: "Replies"
    reader: "Reader"
    recall: "Recall | None"
    announcer: "Announcer"
    edi: "EdiDesk"

    def close(self) -> None:
        if self.recall is not None:
            self.recall.memory.close()
        self.reader.close()
        self.store.close()
        self.erp.close()


def catalog_without_world() -> "Mapping[str, Tool]":
    """The catalog for those who only read about it: nothing in it can run."""
    from typing import cast

    from tools.case_book import CaseBook
    from tools.catalog import CaseDesk, catalog
    from tools.erp import Erp

    return catalog(cast(Erp, None), cast(CaseDesk, None), cast(CaseBook, None))


def retention_policy() -> RetentionPolicy:
    data = json.loads(resources.files("assistant.policies").joinpath(RETENTION_FILE).read_text())
    effective_from = date.fromisoformat(data.pop("effective_from"))
    data.pop("note", None)
    return RetentionPolicy(effective_from=effective_from, **data)


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
    from assistant.llm import ChatModel

    return ModelDrafter(offline, ChatModel(llm_settings(model)), erp)


def llm_settings(model: ModelSettings) -> "LlmSettings":
    from assistant.llm import Budget, LlmSettings

    bounds = {known.name: getattr(model.budget, known.name) for known in fields(Budget)}
    return LlmSettings(
        model=model.name,
        base_url=model.base_url,
        api_key=model.api_key,
        timeout_seconds=model.timeout_seconds,
        max_tokens=model.max_tokens,
        total_seconds=model.budget.case_seconds,
        pictures=model.pictures,
        langsmith=model.langsmith,
        opentelemetry=model.opentelemetry,
        budget=Budget(**bounds),
    )


def asking(app: "App") -> "Callable[[str, Person], str | None] | None":
    """Who answers free questions; None where no model is set up."""
    if not app.settings.model.name:
        return None
    from assistant.llm.asking import AskingAgent

    settings = llm_settings(app.settings.model)
    agent = AskingAgent(settings, app.review.gate, lambda: app.erp.company().name, app.clock.today)

    def answer(question: str, person: Person) -> str | None:
        found = agent.answer(question, person)
        if found is None:
            return None
        looked_up = f"\n_Looked up: {'; '.join(found.looked_up)}._" if found.looked_up else ""
        return f"{found.text}{looked_up}"

    return answer


def trust_in(authserv_ids: tuple[str, ...], company: "Company", *, dns: bool = False) -> "Trust":
    """How senders are checked; by what mail servers wrote alone, where the ``dns`` is not to be asked."""
    from assistant.trust.names import Dns, NoNames
    from assistant.trust.results import Receivers
    from assistant.trust.sender import Trust

    return Trust(Receivers(authserv_ids, company.domain), Dns() if dns else NoNames())


def store(settings: Settings, mail_domain: str = "backhaul.invalid") -> "SqlStore":
    from assistant.store.migrate import migrate
    from assistant.store.sql import SqlStore

    settings.data.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_url)
    return SqlStore(settings.database_url, SystemClock(settings.today), mail_domain)


def signer(settings: Settings) -> Signer:
    """The key that heads of the audit log are signed with, made where there is none yet."""
    from assistant.store.signing import key_at

    return key_at(settings.audit_key)


def thread_key(settings: Settings) -> ThreadKey:
    """What tokens in our letters are made with: the key that is set, else one of this data folder."""
    from assistant.store.secret import derived, secret_at

    secret = settings.letters.thread_key or secret_at(settings.data)
    return ThreadKey(derived(secret, "thread tokens"))


def sandbox(settings: Settings) -> "SandboxErp":
    from tools.adapters.sandbox import SandboxErp

    settings.erp.parent.mkdir(parents=True, exist_ok=True)
    return SandboxErp.at(settings.erp)


def recall(settings: Settings, store: "SqlStore", *, alone: bool) -> "Recall | None":
    """None where there is no memory, or where a process that is not ``alone`` has no Chroma server to share.

    A folder belongs to one process.
    """
    from assistant.memory import ChromaMemory
    from assistant.steps.recall import Recall, passages_of

    if not settings.memory or (not alone and "://" not in settings.memory):
        return None
    words = settings.returns_policy
    try:
        policy = passages_of(words.read_text()) if words is not None else ()
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorMustAct(f"BACKHAUL_RETURNS_POLICY {words} can't be read: {error}.") from error
    embed, name = embedding(settings.embeddings)
    return Recall(store, ChromaMemory(settings.memory, embed, name), policy)


def embedding(model: ModelSettings) -> "tuple[Callable[[Sequence[str]], list[list[float]]], str]":
    """How texts are compared, and its name: the static vectors, or the provider's that is set."""
    if not model.name:
        from assistant import vectors

        return vectors.vectors, vectors.NAME
    from assistant.llm.embeddings import embed_with, embedding_name

    settings = llm_settings(model)
    return embed_with(settings), embedding_name(settings)


def app(settings: Settings, post_for: Callable[[Settings, str], Post], *, alone: bool = True) -> App:
    """``post_for`` gives the way mail leaves, from the settings and our own address; ``alone``: no process beside.

    Raises OperatorMustAct where the ERP holds nothing yet.
    """
    from assistant.edi.answers import Answerer
    from assistant.edi.desk import EdiDesk
    from assistant.edi.enclosed import Enclosed
    from assistant.edi.partners import partners_from
    from assistant.judging.shelf import Shelf, adopt, shipped_files
    from assistant.steps.bench import Bench
    from assistant.steps.case_book import CaseBook
    from assistant.steps.conversation import Conversation
    from assistant.steps.desk import CaseDesk
    from assistant.steps.expiry import Expiry
    from assistant.steps.guard import Guard
    from assistant.steps.keys import Keys
    from assistant.steps.letters import Letters
    from assistant.steps.mend import Mender
    from assistant.steps.post import Poster
    from assistant.steps.remind import Reminder
    from assistant.steps.replies import Replies
    from assistant.steps.review import Review
    from assistant.steps.seal import Sealer
    from assistant.steps.send import Sender
    from assistant.steps.talk import Talk
    from assistant.steps.thread import Threads
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
    rules = Shelf()
    adopt(kept, shipped_files())
    bench = Bench(rules, erp, clock)
    reader = Reader(settings.limits)
    recalled = recall(settings, kept, alone=alone)
    trust = trust_in(settings.authserv_ids, company, dns=settings.dns)
    guard = Guard(settings.letters.limits, clock, company, trust)
    threads = Threads(thread_key(settings))
    goods_to = tuple(line.strip() for line in settings.letters.return_address.split("|") if line.strip())
    letters = Letters(erp, clock, threads.key, settings.letters.plus_addresses, goods_to)
    case_desk = CaseDesk(kept, bench, guard, letters, settings.letters.acknowledge)
    gate = Gate(catalog(erp, case_desk, CaseBook(kept, erp, recalled)), GateAudit(kept), GateApprovals(kept))
    review = Review(kept, erp, gate, bench, clock, letters)
    read_by = drafter(erp, settings.model)
    conversation = Conversation(kept, read_by, erp)
    announcer, partners = announcer_for(settings, kept, clock), partners_from(settings.outside.partners)
    customers = {each.id: each.customer_id for each in partners.partners}
    read_mail = reader.read_message
    edi = EdiDesk(kept, partners, clock, company.intake_address)
    desk = Desk(
        kept,
        read_by,
        gate,
        clock,
        read_mail,
        conversation,
        threads,
        company,
        recalled,
        trust,
        customers,
        Enclosed(edi).take,
    )
    stations = Stations(
        kept,
        Talk(desk, erp),
        Poster(kept, erp, gate, bench, letters),
        Sender(kept, post_for(settings, company.intake_address), clock),
        Reminder(kept, review, clock),
        Expiry(kept, letters, guard, clock, settings.letters.remind_days, settings.letters.expire_days),
        announcer,
        Answerer(kept, erp, partners, clock),
        edi,
        Sealer(kept, lambda: signer(settings), clock),
    )
    engine = Engine(stations, settings.workflow_url, slots_for(settings.database_url, settings.data / "slots"))
    doorman, keys, replies = doorman_for(settings, kept, clock), Keys(kept, clock), Replies(kept, review, desk)
    return App(
        settings,
        clock,
        kept,
        erp,
        rules,
        review,
        Mender(kept),
        doorman,
        keys,
        engine,
        desk,
        replies,
        reader,
        recalled,
        announcer,
        edi,
    )


def edi_desk(settings: Settings, kept: Store) -> "EdiDesk":
    """For commands: takes interchanges in, without a worker."""
    from assistant.edi.desk import EdiDesk
    from assistant.edi.partners import partners_from

    erp = sandbox(settings)
    try:
        to = erp.company().intake_address
    finally:
        erp.close()
    return EdiDesk(kept, partners_from(settings.outside.partners), SystemClock(settings.today), to)


def announcer_for(settings: Settings, kept: Store, clock: Clock) -> "Announcer":
    """Tells other programs of events; the key that their secrets are kept under is in the data folder."""
    from assistant.steps.announce import Announcer
    from assistant.store.sealing import Seal
    from assistant.webhooks import HttpCourier

    courier = HttpCourier(private=settings.outside.private_webhooks)
    return Announcer(kept, courier, Seal(settings.data / "webhook-key"), clock, f"{settings.own_url}/v1")


def doorman_for(settings: Settings, kept: Store, clock: Clock) -> "Doorman":
    """The one way a person shows who they are by a password."""
    from assistant.steps.sign_in import Doorman, SessionRules

    asked = settings.sign_in
    rules = SessionRules(idle=timedelta(minutes=asked.idle_minutes), longest=timedelta(hours=asked.longest_hours))
    return Doorman(kept, clock, rules, asked.passwords)
