"""Take addresses, numbers and secrets out of text that leaves the store: log lines and traces."""

import logging
import re
from typing import Any

_SECRETS = (
    (re.compile(r"\bbhk_[0-9a-z]{4,}_[\w-]{8,}"), "(key)"),
    (re.compile(r"\b(?:sk|pk|xox[abprs]|xapp|ghp|lsv2_pt|lsv2_sk)[-_][\w-]{8,}"), "(key)"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/-]{8,}=*"), r"\1 (key)"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), "(token)"),
    (
        re.compile(r"(?i)\b([\w-]*(?:password|passwd|secret|token|api_?key))(\s*[=:]\s*)(['\"]?)[^\s'\"&,;]+"),
        r"\1\2\3(key)",
    ),
    (re.compile(r"(\w+://[^\s/:@]*):[^\s/@]+@"), r"\1:(key)@"),
    (re.compile(r"\$argon2\w*\$[^\s'\"]+"), "(key)"),
)
_PEOPLE = (
    (re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"), "(address)"),
    (re.compile(r"(?<![\w.-])(?:\+\d{1,3}[\s.-]?)?\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}(?![\w-])"), "(number)"),
    (re.compile(r"(?<![\w.-])\+\d[\d\s().-]{7,17}\d(?![\w-])"), "(number)"),
)


def redacted(text: str) -> str:
    """Without email addresses, telephone numbers, keys, tokens and passwords. Order and case numbers stay."""
    for pattern, instead in (*_SECRETS, *_PEOPLE):
        text = pattern.sub(instead, text)
    return text


def redacted_values(value: Any) -> Any:
    """The same for whatever JSON holds, keys of objects left alone."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {name: redacted_values(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [redacted_values(each) for each in value]
    return value


def redact_logs() -> None:
    """From now on every record that any library of this process logs is redacted, its traceback too."""
    plain = logging.getLogRecordFactory()
    if getattr(plain, "redacts", False):
        return
    formatter = logging.Formatter()

    def record(*args: Any, **kwargs: Any) -> logging.LogRecord:
        made = plain(*args, **kwargs)
        made.msg, made.args = redacted(_message(made)), None
        if made.exc_info:
            made.exc_text = redacted(formatter.formatException(made.exc_info))
        return made

    record.redacts = True  # type: ignore[attr-defined] # a mark for ourselves
    logging.setLogRecordFactory(record)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # arguments that do not fit are no reason to lose the line
        return f"{record.msg} {record.args}"
