"""What a model's draft takes, in tokens, beside a plain tool-calling agent: `python -m evals.tokens FOLDER...`.

Ours: the whole question with the form of the answer, and the answer of a reader who knows the label; the second
question where that answer does not hold. The agent's: everything it is sent and says over its turns, with the same
document text and the same rules in its prompt (`agent`), and with three sentences instead of them (`bare_agent`).
One JSON object a request, then one with the medians.
"""

import json
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from assistant.drafting.asked import asked
from assistant.drafting.offline import OfflineDrafter
from assistant.drafting.proved import proved
from assistant.drafting.second_look import second
from evals import plain_agent
from evals.counting import tokens, tokens_of
from evals.labelled import Labelled, labelled_in
from evals.perfect import perfect


def took(case: Labelled) -> dict[str, Any]:
    """Tokens in and out, and calls, for one request."""
    offline = OfflineDrafter(case.erp).draft(case.request)
    question = asked(case.request, offline, case.erp)
    answer = perfect(question, case.gold, case.erp)
    result = proved(answer, question, case.erp)
    static = tokens(question.system) + tokens_of(_form(question.prompt.schema))
    tokens_in, tokens_out, calls = static + tokens(question.user), tokens_of(answer), 1
    if result.failed:
        prompt, system, user = second(result.failed, question)
        tokens_in += tokens(system) + tokens(user) + tokens_of(_form(prompt.schema))
        tokens_out += tokens_of([{"id": "f1", "value": "", "in": "", "as": ""}]) * len(result.failed)
        calls = 2
    turns, agent_in, agent_out = plain_agent.run(question, answer, case.erp, system=question.system)
    _, bare_in, bare_out = plain_agent.run(question, answer, case.erp)
    return {
        "request": case.name,
        "calls": calls,
        "tokens_in": tokens_in,
        "of_which_static": static,
        "tokens_out": tokens_out,
        "agent_turns": turns,
        "agent": agent_in + agent_out,
        "bare_agent": bare_in + bare_out,
        "share_of_agent": round((tokens_in + tokens_out) / (agent_in + agent_out), 3),
        "share_of_bare_agent": round((tokens_in + tokens_out) / (bare_in + bare_out), 3),
    }


def _form(schema: Any) -> dict[str, Any]:
    return {"name": schema["title"], "schema": schema, "strict": True}


def medians(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    names = [name for name in rows[0] if name not in ("request", "calls")]
    return {
        "requests": len(rows),
        "one_call_share": round(sum(row["calls"] == 1 for row in rows) / len(rows), 3),
        **{f"median_{name}": statistics.median(row[name] for row in rows) for name in names},
    }


def counted(folders: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """Requests that a model is asked about; what a machine sent is not."""
    for folder in folders:
        for case in labelled_in([folder]):
            if not case.request.machine_reason:
                yield took(case)


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folders: tuple[Path, ...]) -> None:
    rows = []
    for row in counted(folders):
        rows.append(row)
        click.echo(json.dumps(row))
    click.echo(json.dumps(medians(rows)))


if __name__ == "__main__":
    main()
