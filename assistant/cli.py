"""The `backhaul` command. What a subcommand needs is imported when it runs, so that --help is quick."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from assistant.commands.audit import audit
from assistant.commands.away import away
from assistant.commands.edi import edi
from assistant.commands.evals import evals
from assistant.commands.events import events
from assistant.commands.keys import key
from assistant.commands.mail import mail
from assistant.commands.mcp import mcp
from assistant.commands.people import people
from assistant.commands.policy import policy
from assistant.commands.retention import retention
from assistant.commands.settings import settings
from assistant.commands.slack import slack
from assistant.commands.tools import tools
from assistant.domain.errors import BackhaulError

ERP_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
ANY_PATH = click.Path(exists=True, path_type=Path)


class _Saying(click.Group):
    """Errors meant for people end the command with their words, not with a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BackhaulError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Saying)
@click.version_option(package_name="backhaul")
def main() -> None:
    """Backhaul: intake of returns, credits and inventory adjustments."""


for group in (audit, away, edi, evals, events, key, mail, mcp, people, policy, retention, settings, slack, tools):
    main.add_command(group)


@main.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--erp", "erp_path", type=ERP_FILE, required=True, help="ERP data in the import format.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The date to count from; today by default.")
@click.option("--json", "as_lines", is_flag=True, help="One JSON object a line.")
def draft(files: tuple[str, ...], erp_path: Path, today: object, as_lines: bool) -> None:
    """Draft each request in FILES (.eml, mbox, Maildir, or - for one mail on standard input), keeping nothing."""
    from datetime import UTC, datetime

    from assistant import bootstrap
    from assistant.drafting.show import as_json
    from assistant.settings import authserv_ids_from, limits_from, model_from
    from assistant.steps.read import request_of
    from extractors.apart.isolated import Reader
    from tools.adapters.file_erp import FileErp

    day = today.date() if isinstance(today, datetime) else datetime.now(UTC).date()
    known = FileErp(bootstrap.erp_file(erp_path))
    drafter = bootstrap.drafter(known, model_from(os.environ))
    trust = bootstrap.trust_in(authserv_ids_from(os.environ), known.company())
    failed = False
    with Reader(limits_from(os.environ), plain_here=True) as reader:
        for source, mail in _mails(files):
            if isinstance(mail, str):
                failed = True
                click.echo(json.dumps({"source": source, "error": mail}))
                continue
            shown = as_json(drafter.draft(request_of(reader.read_message(mail), day, mail, trust)), source)
            click.echo(json.dumps(shown, ensure_ascii=False) if as_lines else _readable(shown))
    if failed:
        sys.exit(1)


def _mails(files: tuple[str, ...]) -> Iterator[tuple[str, bytes | str]]:
    """(source, bytes) of each mail, or (source, what went wrong)."""
    from assistant.channels.files import Unread, mails_in

    for name in files:
        if name == "-":
            yield "-", sys.stdin.buffer.read()
            continue
        try:
            for source, mail in mails_in(Path(name)):
                yield source, mail.cause if isinstance(mail, Unread) else mail
        except OSError as error:
            yield name, f"could not be read: {error.strerror or error}"


def _readable(shown: dict[str, object]) -> str:
    return json.dumps(shown, ensure_ascii=False, indent=1)


@main.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--json", "as_lines", is_flag=True, help="One JSON object a document, a line each.")
@click.option("--picture", "pictures", type=FOLDER, help="Draw what was read where: one PNG a page into this folder.")
def read(files: tuple[str, ...], as_lines: bool, pictures: Path | None) -> None:
    """Print what FILES say (any attachment or whole mail, or - for standard input), keeping nothing."""
    from assistant.reading import read_files

    if not read_files(files, as_lines=as_lines, pictures=pictures):
        sys.exit(1)


@main.command()
@click.argument("path", type=ANY_PATH)
def ingest(path: Path) -> None:
    """Record every mail in PATH (.eml, folder, mbox, Maildir), or an X12 interchange. A serve or worker drafts them.

    What was recorded before is known by its bytes: after an interruption the same command goes on.
    """
    from assistant import bootstrap
    from assistant.channels.email.ingest import ingest as run
    from assistant.edi.x12 import is_x12
    from assistant.settings import from_environment

    settings = from_environment()
    store = bootstrap.store(settings)
    try:
        if path.is_file() and is_x12(path.read_bytes()):
            taken = bootstrap.edi_desk(settings, store).receive(path.read_bytes())
            click.echo(f"An interchange, {taken.outcome.replace('_', ' ')}: {len(taken.requests)} requests recorded.")
            return
        told = run(store, path, settings.message_bytes)
    except OSError as error:
        raise click.ClickException(f"{path} could not be read: {error.strerror or error}. Nothing was kept.") from error
    finally:
        store.close()
    for name, cause in told.unread:
        click.echo(f"{name} {cause}.", err=True)
    click.echo(f"{told.new} recorded, {told.known} known already.")
    if told.unread:
        sys.exit(1)


@main.group()
def erp() -> None:
    """The sandbox ERP."""


@erp.command("load")
@click.argument("file", type=ERP_FILE)
def erp_load(file: Path) -> None:
    """Replace the sandbox's master data by FILE; postings stay."""
    from assistant import bootstrap
    from assistant.settings import from_environment

    sandbox = bootstrap.sandbox(from_environment())
    try:
        loaded = sandbox.load(bootstrap.erp_file(file))
    except (ValueError, KeyError) as error:
        raise click.ClickException(f"{file} does not fit the import format: {error}. Nothing was changed.") from error
    finally:
        sandbox.close()
    click.echo(", ".join(f"{count} {kind}" for kind, count in loaded.items()) + " loaded.")


@main.command()
def migrate() -> None:
    """Bring the case store's database to this version's schema."""
    from assistant import bootstrap
    from assistant.settings import from_environment

    bootstrap.store(from_environment()).close()
    click.echo("The database is up to date.")


@main.command()
@click.option("--demo", is_flag=True, help="Load the sample distributor, people and mailbox first.")
def serve(demo: bool) -> None:
    """Run the workbench, the REST API, the SMTP listener and the worker."""
    from assistant.serve import serve as run
    from assistant.settings import from_environment

    run(from_environment(), demo=demo)


@main.command()
def worker() -> None:
    """Work on what others record: no listener, no pages."""
    import signal
    import threading

    from assistant import bootstrap
    from assistant.channels.outgoing import post_for
    from assistant.domain.redaction import redact_logs
    from assistant.settings import from_environment

    redact_logs()
    app = bootstrap.app(from_environment(), post_for, alone=False)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    app.engine.start()
    click.echo("Working; Ctrl-C stops.")
    stop.wait()
    app.engine.stop()
    app.close()


@slack.command("run")
def slack_run() -> None:
    """Take in and answer what Slack sends, without pages and mail; a `backhaul worker` beside it drafts and posts."""
    from assistant.serve import serve_slack
    from assistant.settings import from_environment

    serve_slack(from_environment())
