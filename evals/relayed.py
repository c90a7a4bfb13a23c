"""Run labelled requests against an OpenAI-compatible server, keep the answers, and grade what becomes of them.

python -m evals.relayed FOLDER... --base-url http://127.0.0.1:8123/v1 [--keep evals/cassettes --made WORDS]
python -m evals.relayed FOLDER... --replay evals/cassettes
"""

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import click

from assistant.domain.model import Model
from assistant.drafting.confidence import Sure, weighed_of_model
from assistant.drafting.offline import OfflineDrafter
from assistant.drafting.with_model import ModelDrafter
from evals import cassettes_kept
from evals.calibration import Interval, accuracy, calibration_error, interval, right_at
from evals.cassettes_kept import Cassette, Player, Recorder
from evals.labelled import Labelled, labelled_in
from evals.run import Result, figures, graded
from evals.run import keep as keep_results

_LONGEST_SECONDS = 7_200.0  # a person may be at the other end


def run(case: Labelled, model: Model, sure: Sure = weighed_of_model) -> Result:
    began = time.perf_counter()
    draft = ModelDrafter(OfflineDrafter(case.erp), model, case.erp, sure).draft(case.request)
    return graded(case, case.request, draft, time.perf_counter() - began)


def asked(case: Labelled, model: Model, keep: Path | None, made: str) -> Result:
    recorder = Recorder(model)
    done = run(case, recorder)
    if keep is not None and recorder.takes:
        on = datetime.now(UTC).date().isoformat()
        cassettes_kept.write(Cassette(request=case.name, made=made, on=on, takes=tuple(recorder.takes)), keep)
    return done


def replayed(case: Labelled, folder: Path, sure: Sure = weighed_of_model) -> Result | None:
    """None where the folder has no cassette of the request."""
    path = folder / f"{case.name.replace('/', '-')}.json"
    return run(case, Player(cassettes_kept.read(path)), sure) if path.exists() else None


def told(runs: Sequence[Result]) -> dict[str, float]:
    """The figures of a drafter, and what a model adds to them."""
    calls = [done.draft["drafter"]["calls"] for done in runs]
    return {
        "requests": len(runs),
        **{name: round(value, 4) for name, value in figures(done.grade for done in runs).items()},
        "ungrounded": sum(done.ungrounded for done in runs),
        "dropped": sum(done.draft["drafter"]["dropped"] for done in runs),
        "calls_median": statistics.median(calls) if calls else 0,
        "one_call_share": round(sum(each <= 1 for each in calls) / (len(runs) or 1), 4),
    }


def surety(runs: Sequence[Result]) -> dict[str, Interval]:
    """Whether confidence means what it says, over all values of the drafts' lines."""
    fields = [field for done in runs for field in done.fields]
    return {
        "right": interval(fields, accuracy),
        "calibration_error": interval(fields, calibration_error),
        "right_at_80": interval(fields, lambda some: right_at(some, 0.8)),
    }


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--base-url", help="An OpenAI-compatible server's address.")
@click.option("--model", "model_name", default="reader", help="The model's name there.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Where to keep the answers.")
@click.option("--made", default="", help="How the answers come about; kept with them.")
@click.option("--replay", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--results", type=click.Path(dir_okay=False, path_type=Path), help="Write them there for evals.report.")
@click.option("--jobs", default=32, help="Requests asked at once.")
@click.option("--only", multiple=True, help="Ids of requests; all by default.")
def main(
    folders: tuple[Path, ...],
    base_url: str | None,
    model_name: str,
    keep: Path | None,
    made: str,
    replay: Path | None,
    results: Path | None,
    jobs: int,
    only: tuple[str, ...],
) -> None:
    chosen = [case for case in labelled_in(folders) if not only or case.name.split("/")[-1] in only]
    work: Callable[[Labelled], Result | None]
    if replay is not None:
        kept = replay
        work = lambda case: replayed(case, kept)  # noqa: E731  # one of two ways to the same thing
    else:
        if base_url is None or (keep is not None and not made):
            raise click.UsageError("give --base-url, and with --keep say how the answers are --made; or --replay")
        model = _model(base_url, model_name)
        work = lambda case: asked(case, model, keep, made)  # noqa: E731
    with ThreadPoolExecutor(jobs) as pool:
        runs = [done for done in pool.map(work, chosen) if done is not None]
    for done in runs:
        by = done.draft["drafter"]
        click.echo(
            f"{done.name}  {'ok' if done.grade.zero_edit else '--'}  {by['name']} {by['calls']} dropped {by['dropped']}"
            f"  ungrounded {done.ungrounded}  {'; '.join(done.grade.misses)}  {by.get('note', '')}".rstrip()
        )
    for name, value in told(runs).items():
        click.echo(f"{name:18} {value}")
    click.echo(f"{'fields':18} {sum(len(done.fields) for done in runs)}")
    for name, figure in surety(runs).items():
        click.echo(f"{name:18} {figure}")
    if results is not None:
        keep_results(runs, results)


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
