"""The second, small question: only the values that did not hold, with the blocks they were said to stand in."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.domain.draft import Intent, Resolution
from assistant.drafting.asked import Asked
from assistant.drafting.ground import Failed
from assistant.drafting.labelled import Labelled, shown
from prompts.loader import Prompt, load

PROMPT = "recheck.v2"
_MOST_FAILED, _MOST_BLOCKS, _AROUND = 20, 12, 1
_WORDS_OF = {"item": "item", "qty": "qty_as", "why": "why_as"}
_VALUE_OF = {"item": "sku", "qty": "qty", "why": "why"}


def second(failed: Sequence[Failed], asked: Asked) -> tuple[Prompt, str, str]:
    """The prompt and its two parts."""
    prompt = load(PROMPT)
    blocks = _blocks(failed, asked.blocks)
    system, user = prompt.render(
        failed="\n".join(_line(number, each) for number, each in enumerate(failed[:_MOST_FAILED], 1)),
        orders=asked.shown.text,
        documents=shown(blocks),
    )
    return prompt, system, user


def _line(number: int, each: Failed) -> str:
    where = f"line {each.line + 1}, " if each.line is not None else ""
    return f"f{number} {where}{each.field.split()[0]} in {each.block}: {each.said!r}: {each.why}"


def _blocks(failed: Sequence[Failed], blocks: Sequence[Labelled]) -> list[Labelled]:
    """The blocks named, each with its neighbours; the first ones where none is."""
    at = {each.label: index for index, each in enumerate(blocks)}
    wanted = [at[each.block] for each in failed if each.block in at] or [0]
    near = {index + by for index in wanted for by in range(-_AROUND, _AROUND + 1)}
    return [each for index, each in enumerate(blocks) if index in near][:_MOST_BLOCKS] or list(blocks[:_MOST_BLOCKS])


def corrected(data: Mapping[str, Any], failed: Sequence[Failed], fixes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The first answer with what the second says of the values that failed; those are dropped where it says nothing."""
    result: dict[str, Any] = copy.deepcopy(dict(data))
    by_id = {str(fix["id"]).strip(): fix for fix in fixes}
    gone: set[int] = set()
    for number, each in enumerate(failed[:_MOST_FAILED], 1):
        fix = by_id.get(f"f{number}", {"value": None, "in": None, "as": None})
        if each.line is None:
            _fix_request(result, each, fix)
        elif not _fix_line(result["lines"][each.line], each, fix):
            gone.add(each.line)
    result["lines"] = [line for index, line in enumerate(result["lines"]) if index not in gone]
    result["refs"] = [ref for ref in result["refs"] if ref is not None]
    return result


def _labelled(fix: Mapping[str, Any]) -> str | None:
    if not fix["as"]:
        return None
    apart = fix["in"] and not str(fix["as"]).startswith(f"{fix['in']}:")
    return f"{fix['in']}: {fix['as']}" if apart else str(fix["as"])


def _fix_line(line: dict[str, Any], each: Failed, fix: Mapping[str, Any]) -> bool:
    """Whether the line still stands."""
    name, value = each.field, fix["value"]
    if name in _VALUE_OF:
        line[_VALUE_OF[name]] = ("OTHER" if name == "why" else None) if value is None else value
        line[_WORDS_OF[name]] = _labelled(fix)
        return name != "item" or line["item"] is not None
    if name == "serials":
        line["serials"] = [serial for serial in line["serials"] if serial != each.said]
        if value is not None:
            line["serials"].append(_labelled(fix) or value)
    elif name == "order":
        line["order"] = value
    else:
        line[name] = None if value is None else _labelled(fix) or value
    return True


def _fix_request(data: dict[str, Any], each: Failed, fix: Mapping[str, Any]) -> None:
    value, words = fix["value"], _labelled(fix)
    if each.field.startswith("ref "):
        index = int(each.field.split()[1])
        kept = {**data["refs"][index], "in": fix["in"] or "", "as": fix["as"]} if fix["as"] else None
        data["refs"][index] = kept
    elif each.field == "resolution":
        data["resolution"] = value if value in set(Resolution) and words else Resolution.UNSPECIFIED.value
        data["resolution_as"] = words
    elif each.field == "intent" and value in set(Intent):
        data["intent"], data["intent_as"] = value, words
