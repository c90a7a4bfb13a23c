"""Render: a letter's content as text and HTML in one language. Strict: what does not fit is an error, never a gap."""

from dataclasses import dataclass
from functools import cache
from typing import assert_never

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_eval_context, select_autoescape
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from assistant.letters import formats
from assistant.letters.contents import Acknowledgement, Content, Decision, Expiring, Frame, Language, Questions
from assistant.letters.phrases import filled, phrases


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """``subject`` is for a letter that answers none of the reader's own."""

    subject: str
    text: str
    html: str


def render(content: Content, frame: Frame, language: Language) -> Rendered:
    """Raises jinja2.UndefinedError or OurFault where a template, a phrase and the content do not fit."""
    name = template_of(content)
    values = {"it": content, "frame": frame, "language": language}
    text, html = (_environment().get_template(f"{name}.{form}.j2").render(values) for form in ("txt", "html"))
    subject, _ = filled(f"subject_{name}", language, {})
    return Rendered(subject=subject, text=_tidy(text), html=html.strip() + "\n")


def template_of(content: Content) -> str:
    match content:
        case Acknowledgement():
            return "acknowledgement"
        case Questions():
            return "questions"
        case Decision():
            return "decision"
        case Expiring():
            return "expiring"
        case _:
            assert_never(content)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("assistant.letters"),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html.j2",)),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(say=_say, paper=_paper)
    environment.globals.update({name: getattr(formats, name) for name in ("day", "number", "money", "listed")})
    return environment


@pass_eval_context
def _say(at: EvalContext, language: Language, phrase: str, **values: object) -> str:
    """A phrase with its values, which are escaped where the template is HTML."""
    form, given = filled(phrase, language, values)
    if at.autoescape:
        return Markup(escape(form)).format(**given)  # noqa: S704 # escaped, and format escapes each value
    return form.format(**given)


@pass_eval_context
def _paper(at: EvalContext, language: Language, name: str) -> str:
    """A paper of the policy by the language's name for it, else by the policy's own."""
    key = f"paper_{name.lower().replace(' ', '_')}"
    return _say(at, language, key) if key in phrases(language) else name


def _tidy(text: str) -> str:
    """No spaces at line ends, no more than one empty line together."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        line = line.rstrip()
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines) + "\n"
