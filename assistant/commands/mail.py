"""`backhaul mail`: taking mail in without pages or worker, and trying the mailboxes out."""

import sys

import click


@click.group()
def mail() -> None:
    """Mail in: listeners and mailboxes."""


@mail.command()
def receive() -> None:
    """Take mail in by SMTP, LMTP and from mailboxes; a worker or serve elsewhere works on it. Ctrl-C stops."""
    import signal
    import threading

    from assistant import bootstrap
    from assistant.channels.email.mailboxes import mailboxes_for
    from assistant.channels.email.smtp import Listeners
    from assistant.domain.redaction import redact_logs
    from assistant.settings import from_environment

    redact_logs()
    settings = from_environment()
    erp = bootstrap.sandbox(settings)
    if erp.is_empty():
        raise click.ClickException(f"The ERP {settings.erp} is empty. Load it first: backhaul erp load FILE.")
    domain = erp.company().domain
    erp.close()
    store = bootstrap.store(settings, domain)
    listeners = Listeners(store, settings.listening, settings.smtp_port, settings.message_bytes, domain)
    mailboxes = mailboxes_for(store, settings)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    listeners.start()
    mailboxes.start()
    click.echo(f"Taking mail at {settings.listening.host}:{settings.smtp_port}; {len(settings.mailboxes)} mailboxes.")
    stop.wait()
    listeners.stop()
    mailboxes.stop()
    store.close()


@mail.command()
def check() -> None:
    """Sign in to every mailbox that is set and say how much is new in each folder; nothing is taken."""
    from assistant.channels.email.connection import LOST, folders_of
    from assistant.channels.email.mailboxes import proof_of
    from assistant.channels.email.proof import Refused
    from assistant.domain.errors import OperatorMustAct
    from assistant.settings import from_environment

    settings = from_environment()
    failed = False
    for mailbox in settings.mailboxes:
        try:
            for folder, new in folders_of(mailbox, proof_of(mailbox, settings.data)):
                click.echo(f"{mailbox.name}: {folder} holds {new} new")
        except (Refused, OperatorMustAct, *LOST) as error:
            failed = True
            click.echo(f"{mailbox.name}: {mailbox.host} can't be read: {error}", err=True)
    if not settings.mailboxes:
        click.echo("No mailbox is set: BACKHAUL_MAILBOXES names no file.")
    if failed:
        sys.exit(1)
