"""The short form of the campaign of mail: killed again and again, and every mail is recorded once."""

import pytest

from tests.dovecot import needs_dovecot
from tests.faults.mailboxes import by_imap, by_smtp

pytestmark = pytest.mark.slow


@needs_dovecot
def test_mail_from_a_mailbox_is_recorded_once_whenever_the_reader_is_killed() -> None:
    tally = by_imap(mails=150, kills=4, seed=7)
    assert (tally.kills, tally.recorded, tally.twice, tally.lost, tally.wrong) == (4, 150, 0, 0, [])


def test_mail_by_smtp_is_recorded_once_whenever_the_listener_is_killed() -> None:
    tally = by_smtp(mails=150, kills=4, seed=8)
    assert (tally.kills, tally.recorded, tally.twice, tally.lost, tally.wrong) == (4, 150, 0, 0, [])
