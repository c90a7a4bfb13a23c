"""What a real server does by chance: news in one piece with the answer to IDLE, or with that to a search."""

import re
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from threading import Thread

import pytest

from assistant.channels.email.connection import LOST, Folder, opened
from assistant.channels.email.proof import Password
from assistant.mail_settings import Mailbox


class Scripted:
    """An IMAP server that answers each command by what it was told to; the tag goes in for ``%s``."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.answers = {
            "CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE MOVE AUTH=PLAIN\r\n%s OK done\r\n",
            "SELECT": "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n%s OK [READ-WRITE]\r\n",
            "LIST": '* LIST () "/" "Recorded"\r\n%s OK done\r\n',
            "SEARCH": "* SEARCH\r\n%s OK done\r\n",
            "LOGOUT": "* BYE then\r\n%s OK done\r\n",
            "IDLE": "+ idling\r\n",
        }
        self.thread = Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        with suppress(OSError), closing(self._listener.accept()[0]) as peer, peer.makefile("rb") as lines:
            peer.sendall(b"* OK hello\r\n")
            tag = ""
            for line in lines:
                words = line.decode().split()
                if words == ["DONE"]:
                    peer.sendall(f"{tag} OK done\r\n".encode())
                    continue
                tag, command = words[0], words[2] if words[1] == "UID" else words[1]
                if command == "AUTHENTICATE":
                    peer.sendall(b"+ \r\n")
                    lines.readline()
                answer = self.answers.get(command, "%s OK done\r\n")
                peer.sendall(re.sub("%s", tag, answer).encode())

    def close(self) -> None:
        self._listener.close()
        self.thread.join(10)


@pytest.fixture
def server() -> Iterator[Scripted]:
    with closing(Scripted()) as running:
        yield running


@pytest.fixture
def folder(server: Scripted) -> Iterator[Folder]:
    box = Mailbox(name="r", host="127.0.0.1", port=server.port, transport="none", user="r", password="p")
    with closing(opened(box, "INBOX", Password("r", "p"))) as selected:
        yield selected


def looks(folder: Folder, most: int = 3) -> int:
    """How often a wait looks up from IDLE until it returns; ``most`` ends it as a stop would."""
    count = 0

    def stopped() -> bool:
        nonlocal count
        count += 1
        return count > most

    folder.wait(600, stopped)
    return count


def test_news_beside_the_answer_to_idle_end_the_wait(server: Scripted, folder: Folder) -> None:
    server.answers["IDLE"] = "+ idling\r\n* 1 EXISTS\r\n"
    assert folder.fresh() == ()
    assert looks(folder) == 0


def test_news_beside_the_answer_to_a_search_end_the_wait(server: Scripted, folder: Folder) -> None:
    server.answers["SEARCH"] = "* SEARCH\r\n* 1 EXISTS\r\n%s OK done\r\n"
    assert folder.fresh() == ()
    assert looks(folder) == 0


def test_what_is_no_news_does_not(server: Scripted, folder: Folder) -> None:
    server.answers["IDLE"] = "+ idling\r\n* OK Still here\r\n"
    assert folder.fresh() == ()
    assert looks(folder) == 4
    assert folder.fresh() == ()  # and the connection is as good as before


def test_a_folder_made_anew_under_our_hands_is_opened_again(server: Scripted, folder: Folder) -> None:
    """STATUS would be answered from what the server had open: Dovecot then names the old UIDVALIDITY for ever."""
    assert folder.fresh() == ()
    assert folder.validity == "7"
    server.answers["SELECT"] = "* 1 EXISTS\r\n* OK [UIDVALIDITY 8] ok\r\n%s OK [READ-WRITE]\r\n"
    server.answers["SEARCH"] = "* SEARCH 1\r\n%s OK done\r\n"
    looks(folder)
    assert folder.validity == "8"
    assert folder.fresh() == ("1",)


def test_a_folder_that_is_gone_ends_the_connection(server: Scripted, folder: Folder) -> None:
    assert folder.fresh() == ()
    server.answers["SELECT"] = "%s NO there is none\r\n"
    with pytest.raises(LOST):
        looks(folder)
