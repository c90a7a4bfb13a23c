"""Prompts: versioned Markdown files with a front matter, and a loader that fails on any variable that does not fit.

A file is ``<id>.md``, where the id ends in its version (``draft.v1``). It opens with a front matter between ``---``:
``id``, ``version``, ``variables: [..]``, ``data: [..]`` (those of them that hold words of outsiders) and ``schema`` (a
file in ``schemas/``). The parts ``# system`` and ``# user`` follow. The system part has no variables, so that servers
can cache it; data stands only inside the fence of the user part, and can't close it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_FILE = re.compile(r"---\n(?P<head>.*?)\n---\n+# system\n(?P<system>.*?)\n# user\n(?P<user>.*)", re.DOTALL)
_FENCE = re.compile(r"^<<<([A-Z]+)\n(.*?)^\1>>>$", re.DOTALL | re.MULTILINE)
_FENCE_MARKS = re.compile(r"<{3,}|>{3,}")
_KEYS = {"id", "version", "variables", "data", "schema"}


class PromptError(Exception):
    """A prompt file, or what it is rendered with, is not right. The text names the file and the variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """``schema`` is the JSON Schema of the answer; ``data`` names the variables that hold outsiders' words."""

    id: str
    version: int
    system: str
    user: str
    variables: tuple[str, ...]
    data: frozenset[str]
    schema_id: str
    schema: Mapping[str, Any] = field(repr=False)

    def render(self, **values: str) -> tuple[str, str]:
        """The system and the user part. Raises PromptError on a variable that is unknown or missing."""
        if unknown := sorted(values.keys() - set(self.variables)):
            raise PromptError(f"{self.id} has no variable {', '.join(unknown)}")
        if missing := [name for name in self.variables if name not in values]:
            raise PromptError(f"{self.id} needs a value for {', '.join(missing)}")
        safe = {
            name: _FENCE_MARKS.sub(lambda marks: "|" * len(marks[0]), value) if name in self.data else value
            for name, value in values.items()
        }
        # One pass: what a value holds is never expanded again.
        return self.system, _VARIABLE.sub(lambda found: safe[found[1]], self.user)


@cache
def load(prompt_id: str) -> Prompt:
    """The prompt of that id. Raises PromptError where the file is missing or contradicts itself."""
    return read(resources.files("prompts"), prompt_id)


def read(folder: Traversable, prompt_id: str) -> Prompt:
    """As ``load``, from any folder of prompts."""
    if not re.fullmatch(r"[a-z][a-z0-9-]*\.v\d+", prompt_id):
        raise PromptError(f"{prompt_id!r} is no prompt id; it looks like draft.v1")
    found = _FILE.fullmatch(_text(folder / f"{prompt_id}.md"))
    if found is None:
        raise PromptError(f"{prompt_id}.md needs a front matter and the parts '# system' and '# user'")
    head = _front_matter(found["head"], prompt_id)
    prompt = Prompt(
        id=head["id"],
        version=int(head["version"]) if head["version"].isdigit() else 0,
        system=found["system"].strip(),
        user=found["user"].strip(),
        variables=_names(head["variables"]),
        data=frozenset(_names(head["data"])),
        schema_id=head["schema"],
        schema=_schema(folder, head["schema"], prompt_id),
    )
    _check(prompt, prompt_id)
    return prompt


def _front_matter(text: str, prompt_id: str) -> dict[str, str]:
    pairs = [line.partition(":") for line in text.splitlines() if line.strip()]
    head = {key.strip(): value.strip() for key, _, value in pairs}
    if head.keys() != _KEYS or len(pairs) != len(_KEYS):
        raise PromptError(f"the front matter of {prompt_id}.md needs, once each: {', '.join(sorted(_KEYS))}")
    return head


def _names(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.strip("[]").split(",") if name.strip())


def _schema(folder: Traversable, schema_id: str, prompt_id: str) -> Mapping[str, Any]:
    if not re.fullmatch(r"[a-z][a-z0-9-]*\.v\d+", schema_id):
        raise PromptError(f"{prompt_id}.md names the schema {schema_id!r}; a schema id looks like draft-answer.v1")
    name = f"schemas/{schema_id}.json"
    try:
        schema = json.loads(_text(folder / "schemas" / f"{schema_id}.json"))
    except ValueError as error:
        raise PromptError(f"{name} of {prompt_id}.md is no JSON: {error}") from error
    if not isinstance(schema, dict) or not schema.get("title") or schema.get("type") != "object":
        raise PromptError(f"{name} of {prompt_id}.md has to be an object schema with a title")
    return schema


def _text(file: Traversable) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise PromptError(f"there is no {file.name} among the prompts") from error


def _check(prompt: Prompt, prompt_id: str) -> None:
    if prompt.id != prompt_id or not prompt_id.endswith(f".v{prompt.version}"):
        raise PromptError(f"{prompt_id}.md says it is {prompt.id}, version {prompt.version}")
    if _VARIABLE.search(prompt.system):
        raise PromptError(f"{prompt_id}: the system part can't have variables, so that it can be cached")
    declared, used = set(prompt.variables), set(_VARIABLE.findall(prompt.user))
    if undeclared := sorted(used - declared):
        raise PromptError(f"{prompt_id} uses {', '.join(undeclared)} without declaring it")
    if unused := sorted(declared - used):
        raise PromptError(f"{prompt_id} declares {', '.join(unused)} and does not use it")
    if stray := sorted(prompt.data - declared):
        raise PromptError(f"{prompt_id} calls {', '.join(stray)} data and does not declare it")
    if bare := sorted(prompt.data & set(_VARIABLE.findall(_FENCE.sub("", prompt.user)))):
        raise PromptError(f"{prompt_id} has {', '.join(bare)} outside the fence for data")
