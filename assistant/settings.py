"""Every setting, read once from the environment by bootstrap. Durations in seconds, sizes in bytes."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import cast

from assistant.domain.errors import OperatorMustAct
from extractors.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """The language model; none is used where ``name`` is ''. The key never shows in a printout."""

    name: str = ""
    api_key: str = field(default="", repr=False)
    base_url: str = ""
    timeout_seconds: float = 60.0
    max_tokens: int = 4_000
    tracing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``smtp_host`` '' means letters are written to ``data/outbox``; ``today`` None means the clock's."""

    data: Path
    database_url: str
    workflow_url: str
    port: int = 8700
    smtp_port: int = 2525
    erp: Path
    today: date | None = None
    smtp_host: str = ""
    smtp_relay_port: int = 25
    message_bytes: int = 60_000_000
    limits: Limits = field(default_factory=Limits)
    model: ModelSettings = field(default_factory=ModelSettings)


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
        today=_date(env, "BACKHAUL_TODAY"),
        smtp_host=env.get("BACKHAUL_SMTP_HOST", ""),
        smtp_relay_port=_whole(env, "BACKHAUL_SMTP_RELAY_PORT", 25),
        limits=limits_from(env),
        model=model_from(env),
    )


def model_from(env: Mapping[str, str]) -> ModelSettings:
    """A model is configured where there is a key or a server's address."""
    configured = bool(env.get("OPENAI_API_KEY") or env.get("OPENAI_BASE_URL"))
    return ModelSettings(
        name=(env.get("BACKHAUL_MODEL") or "gpt-4.1-mini") if configured else "",
        api_key=env.get("OPENAI_API_KEY", ""),
        base_url=env.get("OPENAI_BASE_URL", ""),
        timeout_seconds=float(_whole(env, "BACKHAUL_MODEL_TIMEOUT_SECONDS", 60)),
        max_tokens=_whole(env, "BACKHAUL_MODEL_MAX_TOKENS", 4_000),
        tracing=env.get("BACKHAUL_LANGSMITH") == "1",
    )


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


def _date(env: Mapping[str, str], name: str) -> date | None:
    value = env.get(name)
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise OperatorMustAct(f"{name} is {value!r}; it takes a date like 2026-11-20. Nothing was started.") from None
