"""Every setting, read once from the environment by bootstrap. Durations in seconds, sizes in bytes.

Over 400 lines, because each variable stands here once: the groups of settings first, then how each group is read.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal, cast

from assistant.domain.errors import OperatorMustAct
from assistant.domain.mail import LetterLimits
from assistant.mail_settings import Listening, Mailbox, mailboxes_in, networks
from extractors.limits import Limits

SLACK_API = "https://slack.com/api/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelBudget:
    """Bounds on what the model may take for one case and in one day (UTC); None is no bound.

    Prices are for a million tokens, in whatever currency the costs are meant. ``ledger`` keeps the day's sums.
    """

    case_seconds: float = 120.0
    case_calls: int | None = None
    case_tokens: int | None = None
    case_cost: Decimal | None = None
    day_calls: int | None = None
    day_tokens: int | None = None
    day_cost: Decimal | None = None
    price_in: Decimal = Decimal(0)
    price_out: Decimal = Decimal(0)
    ledger: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """The language model; none is used where ``name`` is ''. The key never shows in a printout."""

    name: str = ""
    api_key: str = field(default="", repr=False)
    base_url: str = ""
    timeout_seconds: float = 60.0
    max_tokens: int = 4_000
    pictures: Literal["auto", "yes", "no"] = "auto"
    langsmith: bool = False
    opentelemetry: bool = False
    budget: ModelBudget = field(default_factory=ModelBudget)


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """The company's identity provider; none is used where ``issuer`` is ''. The secret never shows in a printout."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """``public_url`` is where browsers reach us ('' for this machine alone); with https the cookie is its alone."""

    public_url: str = ""
    passwords: bool = True
    idle_minutes: int = 60
    longest_hours: int = 12
    oidc: OidcSettings = field(default_factory=OidcSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """Slack is used where there is a signing secret (HTTP) or an app token (Socket Mode). Secrets never show.

    ``channel`` is where cases in review are shown (its id, or team/channel; '' for nowhere); ``key`` seals tokens.
    """

    bot_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    api_url: str = SLACK_API
    channel: str = ""
    key: Path = Path("var/slack-key")

    @property
    def used(self) -> bool:
        return bool(self.signing_secret or self.app_token)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideSettings:
    """What other programs and strangers may do.

    ``private_webhooks``: events may go to addresses that are no public ones. Trading partners of EDI stand in the file
    ``partners``; without it there are none.
    """

    calls_per_minute: int = 600
    forms_per_hour: int = 20
    form_bytes: int = 20_000_000
    private_webhooks: bool = False
    partners: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimSettings:
    """What letters are signed with (RFC 6376): a private key in PEM; none are where ``key`` is None.

    ``domain`` '' means that of our own address.
    """

    key: Path | None = None
    selector: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySettings:
    """How the mail server that takes our letters is talked to. The password never shows in a printout.

    ``authority`` is a PEM file of whoever signed the server's certificate, where that is none the system knows.
    """

    security: Literal["none", "starttls", "tls"] = "none"
    user: str = ""
    password: str = field(default="", repr=False)
    authority: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSettings:
    """``acknowledge``: say by ourselves that a request came in. ``plus_addresses``: answers come to an address with a
    token behind a plus. ``thread_key`` makes those tokens; '' means one of the data folder. ``return_address`` is
    where goods are sent back to, lines divided by `|`. ``remind_days``: so long before an RMA's end.
    ``expire_days``: so long after it was told that an RMA has ended, 0 for never by itself.
    """

    acknowledge: bool = True
    plus_addresses: bool = True
    thread_key: str = field(default="", repr=False)
    return_address: str = ""
    remind_days: int = 7
    expire_days: int = 30
    limits: LetterLimits = field(default_factory=LetterLimits)
    dkim: DkimSettings = field(default_factory=DkimSettings)
    relay: RelaySettings = field(default_factory=RelaySettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``smtp_host`` '' means letters are written to ``data/outbox``; ``today`` None means the clock's.

    ``authserv_ids`` are the mail servers whose word about a sender is taken; () takes that of our own domain's.
    ``dns``: whether senders' keys and policies are looked up. ``memory`` is a folder or a Chroma server's address
    ('': none), which compares texts by ``embeddings`` (none: static ones, offline); ``returns_policy`` a text whose
    passages reviewers are shown. ``touchless``: how sure every value of a draft has to be that needs no touch (None: no
    draft is marked so).
    ``slack_demo_port`` is where the demo's stand-in for Slack is (0: nowhere).
    """

    data: Path
    database_url: str = field(repr=False)  # both may hold a password
    workflow_url: str = field(repr=False)
    port: int = 8700
    smtp_port: int = 2525
    erp: Path
    audit_key: Path = Path("var/audit-key.pem")
    today: date | None = None
    smtp_host: str = ""
    smtp_relay_port: int = 25
    message_bytes: int = 60_000_000
    memory: str = ""
    embeddings: ModelSettings = field(default_factory=ModelSettings)
    touchless: float | None = None
    returns_policy: Path | None = None
    limits: Limits = field(default_factory=Limits)
    model: ModelSettings = field(default_factory=ModelSettings)
    sign_in: SignInSettings = field(default_factory=SignInSettings)
    slack: SlackSettings = field(default_factory=SlackSettings)
    slack_demo_port: int = 8701
    mcp_key: str = field(default="", repr=False)
    outside: OutsideSettings = field(default_factory=OutsideSettings)
    letters: LetterSettings = field(default_factory=LetterSettings)
    listening: Listening = field(default_factory=Listening)
    mailboxes: tuple[Mailbox, ...] = ()
    authserv_ids: tuple[str, ...] = ()
    dns: bool = False

    @property
    def own_url(self) -> str:
        """Where browsers and clients reach us."""
        return self.sign_in.public_url or f"http://127.0.0.1:{self.port}"


def from_environment(env: Mapping[str, str] | None = None) -> Settings:
    """Raises OperatorMustAct naming the variable that does not fit."""
    env = os.environ if env is None else env
    data = Path(env.get("BACKHAUL_DATA") or "var").resolve()
    database_url = env.get("BACKHAUL_DATABASE_URL") or f"sqlite:///{data / 'backhaul.sqlite'}"
    workflow_url = database_url if database_url.startswith("postgres") else f"sqlite:///{data / 'workflow.sqlite'}"
    return Settings(
        data=data,
        database_url=database_url,
        workflow_url=workflow_url,
        port=_whole(env, "BACKHAUL_PORT", 8700),
        smtp_port=_whole(env, "BACKHAUL_SMTP_PORT", 2525),
        erp=Path(env.get("BACKHAUL_ERP") or data / "erp.sqlite"),
        audit_key=Path(env.get("BACKHAUL_AUDIT_KEY") or data / "audit-key.pem"),
        today=_date(env, "BACKHAUL_TODAY"),
        smtp_host=env.get("BACKHAUL_SMTP_HOST", ""),
        smtp_relay_port=_whole(env, "BACKHAUL_SMTP_RELAY_PORT", 25),
        memory=env.get("BACKHAUL_CHROMA_URL") or str(data / "memory"),
        embeddings=_embeddings(env),
        touchless=_share(env, "BACKHAUL_TOUCHLESS"),
        returns_policy=Path(env["BACKHAUL_RETURNS_POLICY"]) if env.get("BACKHAUL_RETURNS_POLICY") else None,
        limits=limits_from(env),
        model=model_from(env),
        sign_in=_sign_in(env),
        slack=slack_from(env, data),
        slack_demo_port=_whole(env, "BACKHAUL_SLACK_DEMO_PORT", 8701),
        mcp_key=env.get("BACKHAUL_MCP_KEY", ""),
        letters=_letters(env),
        outside=_outside(env),
        message_bytes=_whole(env, "BACKHAUL_MESSAGE_BYTES", 60_000_000),
        listening=_listening(env),
        authserv_ids=authserv_ids_from(env),
        dns=_on(env, "BACKHAUL_DNS", "off"),
        mailboxes=mailboxes_in(Path(env["BACKHAUL_MAILBOXES"]), env) if env.get("BACKHAUL_MAILBOXES") else (),
    )


def _outside(env: Mapping[str, str]) -> OutsideSettings:
    partners = env.get("BACKHAUL_EDI_PARTNERS")
    return OutsideSettings(
        calls_per_minute=_whole(env, "BACKHAUL_API_CALLS_PER_MINUTE", 600),
        forms_per_hour=_whole(env, "BACKHAUL_FORMS_PER_HOUR", 20),
        form_bytes=_whole(env, "BACKHAUL_FORM_BYTES", 20_000_000),
        private_webhooks=env.get("BACKHAUL_WEBHOOKS_PRIVATE") == "1",
        partners=Path(partners) if partners else None,
    )


def shown(settings: Any, prefix: str = "") -> dict[str, str]:
    """Every setting by its name, for people to read. Whatever is not in a printout of the value is a secret."""
    told: dict[str, str] = {}
    for each in fields(settings):
        name, value = f"{prefix}{each.name}", getattr(settings, each.name)
        if is_dataclass(value):
            told |= shown(value, f"{name}.")
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            for one in value:
                told |= shown(one, f"{name}.{one.name}.")
        elif each.name in {"database_url", "workflow_url"}:
            told[name] = _without_password(value)
        elif each.repr:
            told[name] = _without_password(str(value))
        else:
            told[name] = "(set)" if value else "(not set)"
    return told


def _without_password(address: str) -> str:
    """A URL may name a user and a password, before its host or among its options."""
    head, sign, rest = address.partition("://")
    if not sign:
        return address
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    path = path.partition("?")[0] + ("?(options)" if "?" in path else "")
    return f"{head}://{user.partition(':')[0]}{':(set)' if ':' in user else ''}{at}{host}{slash}{path}"


def _letters(env: Mapping[str, str]) -> LetterSettings:
    usual, key = LetterLimits(), env.get("BACKHAUL_DKIM_KEY", "")
    if key and not env.get("BACKHAUL_DKIM_SELECTOR"):
        raise OperatorMustAct("BACKHAUL_DKIM_KEY needs BACKHAUL_DKIM_SELECTOR beside it. Nothing was started.")
    return LetterSettings(
        acknowledge=_on(env, "BACKHAUL_ACKNOWLEDGE"),
        plus_addresses=_on(env, "BACKHAUL_PLUS_ADDRESSES"),
        thread_key=env.get("BACKHAUL_THREAD_KEY", ""),
        return_address=env.get("BACKHAUL_RETURN_ADDRESS", ""),
        remind_days=_whole(env, "BACKHAUL_RMA_REMIND_DAYS", 7),
        expire_days=_whole(env, "BACKHAUL_RMA_EXPIRE_DAYS", 30),
        limits=LetterLimits(
            of_case=_whole(env, "BACKHAUL_LETTERS_PER_CASE", usual.of_case),
            to_address=_whole(env, "BACKHAUL_LETTERS_PER_ADDRESS", usual.to_address),
            hours=_whole(env, "BACKHAUL_LETTERS_HOURS", usual.hours),
        ),
        dkim=DkimSettings(
            key=Path(key) if key else None,
            selector=env.get("BACKHAUL_DKIM_SELECTOR", ""),
            domain=env.get("BACKHAUL_DKIM_DOMAIN", ""),
        ),
        relay=_relay(env),
    )


def _relay(env: Mapping[str, str]) -> RelaySettings:
    """A password travels encrypted unless somebody says otherwise."""
    user = env.get("BACKHAUL_SMTP_USER", "")
    security = env.get("BACKHAUL_SMTP_SECURITY") or ("starttls" if user else "none")
    if security not in ("none", "starttls", "tls"):
        raise OperatorMustAct(
            f"BACKHAUL_SMTP_SECURITY is {security!r}; it takes none, starttls or tls. Nothing was started."
        )
    authority = env.get("BACKHAUL_SMTP_AUTHORITY")
    return RelaySettings(
        security=cast('Literal["none", "starttls", "tls"]', security),
        user=user,
        password=env.get("BACKHAUL_SMTP_PASSWORD", ""),
        authority=Path(authority) if authority else None,
    )


def _on(env: Mapping[str, str], name: str, usual: str = "on") -> bool:
    said = env.get(name) or usual
    if said not in ("on", "off"):
        raise OperatorMustAct(f"{name} is {said!r}; it takes on or off. Nothing was started.")
    return said == "on"


def authserv_ids_from(env: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for part in env.get("BACKHAUL_AUTHSERV_IDS", "").split(",") if (name := part.strip().lower()))


def _listening(env: Mapping[str, str]) -> Listening:
    known = Listening()
    certificate, private_key = env.get("BACKHAUL_SMTP_CERTIFICATE"), env.get("BACKHAUL_SMTP_KEY")
    require_tls = env.get("BACKHAUL_SMTP_TLS") or "offered"
    if bool(certificate) != bool(private_key):
        raise OperatorMustAct("BACKHAUL_SMTP_CERTIFICATE and BACKHAUL_SMTP_KEY go together. Nothing was started.")
    if require_tls not in ("offered", "required") or (require_tls == "required" and not certificate):
        raise OperatorMustAct(
            f"BACKHAUL_SMTP_TLS is {require_tls!r}; it takes offered, or required beside BACKHAUL_SMTP_CERTIFICATE. "
            "Nothing was started."
        )
    recipients = tuple(part.strip().lower() for part in env.get("BACKHAUL_SMTP_RECIPIENTS", "").split(","))
    return Listening(
        host=env.get("BACKHAUL_SMTP_LISTEN") or known.host,
        lmtp_port=_whole(env, "BACKHAUL_LMTP_PORT", known.lmtp_port),
        certificate=Path(certificate) if certificate else None,
        private_key=Path(private_key) if private_key else None,
        require_tls=require_tls == "required",
        relays=networks(env.get("BACKHAUL_SMTP_RELAYS") or ",".join(known.relays), "BACKHAUL_SMTP_RELAYS"),
        recipients=tuple(part for part in recipients if part),
        mails_per_minute=_whole(env, "BACKHAUL_SMTP_MAILS_PER_MINUTE", known.mails_per_minute),
        connections=_whole(env, "BACKHAUL_SMTP_CONNECTIONS", known.connections),
        connections_per_peer=_whole(env, "BACKHAUL_SMTP_CONNECTIONS_PER_PEER", known.connections_per_peer),
    )


def _sign_in(env: Mapping[str, str]) -> SignInSettings:
    issuer, passwords = env.get("BACKHAUL_OIDC_ISSUER", ""), env.get("BACKHAUL_PASSWORDS") or "on"
    if passwords not in ("on", "off"):
        raise OperatorMustAct(f"BACKHAUL_PASSWORDS is {passwords!r}; it takes on or off. Nothing was started.")
    if issuer and not env.get("BACKHAUL_OIDC_CLIENT_ID"):
        raise OperatorMustAct("BACKHAUL_OIDC_ISSUER needs BACKHAUL_OIDC_CLIENT_ID beside it. Nothing was started.")
    if passwords == "off" and not issuer:
        raise OperatorMustAct("With BACKHAUL_PASSWORDS off and no BACKHAUL_OIDC_ISSUER nobody could sign in.")
    return SignInSettings(
        public_url=env.get("BACKHAUL_PUBLIC_URL", ""),
        passwords=passwords == "on",
        idle_minutes=_whole(env, "BACKHAUL_SESSION_IDLE_MINUTES", 60),
        longest_hours=_whole(env, "BACKHAUL_SESSION_HOURS", 12),
        oidc=OidcSettings(
            issuer=issuer,
            client_id=env.get("BACKHAUL_OIDC_CLIENT_ID", ""),
            client_secret=env.get("BACKHAUL_OIDC_CLIENT_SECRET", ""),
        ),
    )


def slack_from(env: Mapping[str, str], data: Path) -> SlackSettings:
    """Raises OperatorMustAct where what is set can't work together."""
    settings = SlackSettings(
        bot_token=env.get("SLACK_BOT_TOKEN", ""),
        signing_secret=env.get("SLACK_SIGNING_SECRET", ""),
        app_token=env.get("SLACK_APP_TOKEN", ""),
        client_id=env.get("SLACK_CLIENT_ID", ""),
        client_secret=env.get("SLACK_CLIENT_SECRET", ""),
        api_url=(env.get("BACKHAUL_SLACK_API_URL") or SLACK_API).rstrip("/") + "/",
        channel=env.get("BACKHAUL_SLACK_CHANNEL", ""),
        key=Path(env.get("BACKHAUL_SLACK_KEY") or data / "slack-key"),
    )
    if settings.used and not (settings.bot_token or settings.client_id):
        raise OperatorMustAct(
            "Slack needs SLACK_BOT_TOKEN (one workspace), or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET to be installed "
            "in several. Nothing was started."
        )
    if settings.client_id and not settings.client_secret:
        raise OperatorMustAct("SLACK_CLIENT_ID needs SLACK_CLIENT_SECRET beside it. Nothing was started.")
    return settings


def model_from(env: Mapping[str, str]) -> ModelSettings:
    """A model is configured where there is a key or a server's address, or one of another provider is named."""
    named = env.get("BACKHAUL_MODEL", "")
    configured = bool(env.get("OPENAI_API_KEY") or env.get("OPENAI_BASE_URL") or ":" in named)
    pictures = env.get("BACKHAUL_MODEL_PICTURES") or "auto"
    if pictures not in ("auto", "yes", "no"):
        raise OperatorMustAct(
            f"BACKHAUL_MODEL_PICTURES is {pictures!r}; it takes auto, yes or no. Nothing was started."
        )
    return ModelSettings(
        name=(named or "gpt-4.1-mini") if configured else "",
        api_key=env.get("OPENAI_API_KEY", ""),
        base_url=env.get("OPENAI_BASE_URL", ""),
        timeout_seconds=float(_whole(env, "BACKHAUL_MODEL_TIMEOUT_SECONDS", 60)),
        max_tokens=_whole(env, "BACKHAUL_MODEL_MAX_TOKENS", 4_000),
        pictures=cast('Literal["auto", "yes", "no"]', pictures),
        langsmith=env.get("BACKHAUL_LANGSMITH") == "1",
        opentelemetry=env.get("BACKHAUL_OPENTELEMETRY") == "1",
        budget=budget_from(env),
    )


def _embeddings(env: Mapping[str, str]) -> ModelSettings:
    """Static ones are used where none is named."""
    return ModelSettings(
        name=env.get("BACKHAUL_EMBEDDINGS", ""),
        api_key=env.get("OPENAI_API_KEY", ""),
        base_url=env.get("OPENAI_BASE_URL", ""),
        timeout_seconds=float(_whole(env, "BACKHAUL_MODEL_TIMEOUT_SECONDS", 60)),
    )


def budget_from(env: Mapping[str, str]) -> ModelBudget:
    """Raises OperatorMustAct where a cost is bounded and no price is known."""
    daily = any(
        env.get(name) for name in ("BACKHAUL_MODEL_DAY_CALLS", "BACKHAUL_MODEL_DAY_TOKENS", "BACKHAUL_MODEL_DAY_COST")
    )
    data = Path(env.get("BACKHAUL_DATA") or "var").resolve()
    budget = ModelBudget(
        case_seconds=float(_whole(env, "BACKHAUL_MODEL_CASE_SECONDS", 120)),
        case_calls=_bound(env, "BACKHAUL_MODEL_CASE_CALLS"),
        case_tokens=_bound(env, "BACKHAUL_MODEL_CASE_TOKENS"),
        case_cost=_amount(env, "BACKHAUL_MODEL_CASE_COST"),
        day_calls=_bound(env, "BACKHAUL_MODEL_DAY_CALLS"),
        day_tokens=_bound(env, "BACKHAUL_MODEL_DAY_TOKENS"),
        day_cost=_amount(env, "BACKHAUL_MODEL_DAY_COST"),
        price_in=_amount(env, "BACKHAUL_MODEL_PRICE_IN") or Decimal(0),
        price_out=_amount(env, "BACKHAUL_MODEL_PRICE_OUT") or Decimal(0),
        ledger=data / "model-spent.json" if daily else None,
    )
    bounded = budget.case_cost is not None or budget.day_cost is not None
    if bounded and not (budget.price_in or budget.price_out):
        raise OperatorMustAct(
            "A cost for the model is bounded and its price is not known. Set BACKHAUL_MODEL_PRICE_IN and "
            "BACKHAUL_MODEL_PRICE_OUT, for a million tokens. Nothing was started."
        )
    return budget


def limits_from(env: Mapping[str, str]) -> Limits:
    """Each bound of reading by a variable of its name: BACKHAUL_LIMIT_PAGES for ``pages``."""
    bounds = {b.name: _whole(env, f"BACKHAUL_LIMIT_{b.name.upper()}", cast(int, b.default)) for b in fields(Limits)}
    return Limits(**bounds)


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name)
    if not value:
        return default
    if not value.isdigit():
        raise OperatorMustAct(f"{name} is {value!r}; it takes a whole number. Nothing was started.")
    return int(value)


def _bound(env: Mapping[str, str], name: str) -> int | None:
    return _whole(env, name, 0) if env.get(name) else None


def _amount(env: Mapping[str, str], name: str) -> Decimal | None:
    value = env.get(name)
    if not value:
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise OperatorMustAct(f"{name} is {value!r}; it takes an amount like 0.40. Nothing was started.")
    return amount


def _share(env: Mapping[str, str], name: str) -> float | None:
    value = env.get(name)
    if not value:
        return None
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if not 0 < share <= 1:
        raise OperatorMustAct(f"{name} is {value!r}; it takes a probability like 0.975. Nothing was started.")
    return share


def _date(env: Mapping[str, str], name: str) -> date | None:
    value = env.get(name)
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise OperatorMustAct(f"{name} is {value!r}; it takes a date like 2026-11-20. Nothing was started.") from None
