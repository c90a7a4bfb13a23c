"""Run labelled requests against an OpenAI-compatible server, keep the answers, and grade what becomes of them.

python -m evals.relayed FOLDER... --base-url http://127.0.0.1:8123/v1 [--keep evals/cassettes --made WORDS]
python -m evals.relayed FOLDER... --replay evals/cassettes
"""

import statistics
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from assistant.domain.draft import Draft
from assistant.domain.model import Model
from assistant.drafting.offline import OfflineDrafter
from assistant.drafting.show import as_json
from assistant.drafting.with_model import ModelDrafter
from evals import cassettes_kept
from evals.cassettes_kept import Cassette, Player, Recorder
from evals.graders import Grade, f1, grade
from evals.grounds import ungrounded
from evals.labelled import Labelled, labelled_in

_LONGEST_SECONDS = 7_200.0  # a person may be at the other end


@dataclass(frozen=True, slots=True)
class Run:
    """One request's draft, its marks, and the values in it that nothing proves."""

    case: Labelled
    draft: Draft
    grade: Grade
    ungrounded: tuple[str, ...]


def run(case: Labelled, model: Model) -> Run:
    draft = ModelDrafter(OfflineDrafter(case.erp), model, case.erp).draft(case.request)
    return Run(case, draft, grade(as_json(draft, case.name), case.gold), ungrounded(draft, case.request, case.erp))


def asked(case: Labelled, model: Model, keep: Path | None, made: str) -> Run:
    recorder = Recorder(model)
    done = run(case, recorder)
    if keep is not None and recorder.takes:
        on = datetime.now(UTC).date().isoformat()
        cassettes_kept.write(Cassette(request=case.name, made=made, on=on, takes=tuple(recorder.takes)), keep)
    return done


def replayed(case: Labelled, folder: Path) -> Run | None:
    """None where the folder has no cassette of the request."""
    path = folder / f"{case.name.replace('/', '-')}.json"
    return run(case, Player(cassettes_kept.read(path))) if path.exists() else None


def figures(runs: Sequence[Run]) -> dict[str, float]:
    count = len(runs) or 1
    calls = [done.draft.drafter.calls for done in runs]
    return {
        "requests": len(runs),
        "zero_edit": round(sum(done.grade.zero_edit for done in runs) / count, 4),
        "findings_f1": round(f1([done.grade for done in runs]), 4),
        "resolution": round(sum(done.grade.resolution for done in runs) / count, 4),
        "ungrounded": sum(len(done.ungrounded) for done in runs),
        "dropped": sum(done.draft.drafter.dropped for done in runs),
        "calls_median": statistics.median(calls) if calls else 0,
        "one_call_share": round(sum(each <= 1 for each in calls) / count, 4),
    }


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--base-url", help="An OpenAI-compatible server's address.")
@click.option("--model", "name", default="reader", help="The model's name there.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Where to keep the answers.")
@click.option("--made", default="", help="How the answers come about; kept with them.")
@click.option("--replay", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--jobs", default=32, help="Requests asked at once.")
@click.option("--only", multiple=True, help="Ids of requests; all by default.")
def main(
    folders: tuple[Path, ...],
    base_url: str | None,
    name: str,
    keep: Path | None,
    made: str,
    replay: Path | None,
    jobs: int,
    only: tuple[str, ...],
) -> None:
    chosen = [case for case in labelled_in(folders) if not only or case.name.split("/")[-1] in only]
    work: Callable[[Labelled], Run | None]
    if replay is not None:
        kept = replay
        work = lambda case: replayed(case, kept)  # noqa: E731  # one of two ways to the same thing
    else:
        if base_url is None or (keep is not None and not made):
            raise click.UsageError("give --base-url, and with --keep say how the answers are --made; or --replay")
        model = _model(base_url, name)
        work = lambda case: asked(case, model, keep, made)  # noqa: E731
    with ThreadPoolExecutor(jobs) as pool:
        runs = [done for done in pool.map(work, chosen) if done is not None]
    for done in runs:
        said = [*done.grade.misses, *(f"ungrounded {value}" for value in done.ungrounded)]
        run_of = done.draft.drafter
        click.echo(
            f"{done.case.name}  {'ok' if done.grade.zero_edit else '--'}  {run_of.name} {run_of.calls} "
            f"dropped {run_of.dropped}  {'; '.join(said)}  {run_of.note}".rstrip()
        )
    for key, value in figures(runs).items():
        click.echo(f"{key:16} {value}")


def _model(base_url: str, name: str) -> Model:
    from assistant.llm import ChatModel, LlmSettings

    return ChatModel(
        LlmSettings(
            model=name,
            base_url=base_url,
            timeout_seconds=_LONGEST_SECONDS,
            total_seconds=_LONGEST_SECONDS,
            attempts=1,
        )
    )


if __name__ == "__main__":
    main()
