"""A whole Backhaul in one process, over the sample distributor, with nobody working."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from assistant import bootstrap
from assistant.bootstrap import App
from assistant.channels.outgoing import post_for
from assistant.demo import files
from assistant.demo.people import PASSWORD, PEOPLE
from assistant.domain.person import program
from assistant.settings import Settings
from assistant.steps.sign_in import hashed


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    settings = Settings(
        data=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'backhaul.sqlite'}",
        workflow_url=f"sqlite:///{tmp_path / 'workflow.sqlite'}",
        erp=tmp_path / "erp.sqlite",
        today=date(2026, 11, 20),
    )
    sandbox = bootstrap.sandbox(settings)
    sandbox.load(bootstrap.erp_file(files.erp_file()))
    sandbox.close()
    built = bootstrap.app(settings, post_for)
    with built.store.unit(program("test")) as unit:
        for person in PEOPLE:
            unit.people.add(person, hashed(PASSWORD))
    yield built
    built.close()
