"""Prompts are files: front matter (id, version, schema, variables), the static part, a rule of =====, the rest.

The static part comes first in what a model gets, so that servers can cache it. Loading fails on a variable that is used
and not declared, or declared and not used; rendering fails on one that is missing or unknown.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from string import Template
from typing import Any

_VARIABLE = re.compile(r"\$([a-z_]+)")


class PromptFault(ValueError):
    """A prompt file, or the way it is rendered, is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """``schema`` is the JSON Schema of the answer; ``name`` is `draft.v1`."""

    name: str
    system: str
    user: str
    variables: frozenset[str]
    schema: Mapping[str, Any]

    def render(self, **values: str) -> tuple[str, str]:
        """(system, user). Raises PromptFault on a missing or unknown variable."""
        if set(values) != self.variables:
            wrong = sorted(set(values) ^ self.variables)
            raise PromptFault(f"{self.name}: missing or unknown variables: {', '.join(wrong)}")
        return self.system, Template(self.user).substitute(values)


def load(name: str) -> Prompt:
    """The prompt file `name`.md. Raises PromptFault naming what is wrong with it."""
    try:
        text = resources.files("prompts").joinpath(f"{name}.md").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PromptFault(f"there is no prompt {name}") from None
    return parse(name, text)


def parse(name: str, text: str) -> Prompt:
    """A prompt file's text. Raises PromptFault naming what is wrong with it."""
    parts = text.split("---\n", 2)
    if len(parts) != 3 or "\n=====\n" not in parts[2]:
        raise PromptFault(f"{name}: front matter or the rule of ===== is missing")
    head = dict(line.split(": ", 1) for line in parts[1].strip().splitlines() if ": " in line)
    if set(head) != {"id", "version", "schema", "variables"} or f"{head['id']}.v{head['version']}" != name:
        raise PromptFault(f"{name}: the front matter does not fit the file's name")
    system, user = parts[2].split("\n=====\n", 1)
    declared = frozenset(head["variables"].split(", "))
    used = set(_VARIABLE.findall(user))
    if used != declared or _VARIABLE.search(system):
        raise PromptFault(f"{name}: variables declared and used differ: {', '.join(sorted(used ^ declared))}")
    try:
        schema = json.loads(resources.files("prompts").joinpath("schemas", f"{head['schema']}.json").read_text())
    except FileNotFoundError:
        raise PromptFault(f"{name}: there is no schema {head['schema']}") from None
    return Prompt(name=name, system=system.strip(), user=user.strip(), variables=declared, schema=schema)
