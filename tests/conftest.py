"""A whole Backhaul in one process, over the sample distributor, with nobody working."""

import shutil
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
from tests.passwords import quick


def _settings(data: Path) -> Settings:
    return Settings(
        data=data,
        audit_key=data / "keys" / "audit-key.pem",
        database_url=f"sqlite:///{data / 'backhaul.sqlite'}",
        workflow_url=f"sqlite:///{data / 'workflow.sqlite'}",
        erp=data / "erp.sqlite",
        today=date(2026, 11, 20),
    )


@pytest.fixture(scope="session")
def new_backhaul(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a Backhaul that nobody used yet: migrated, its people known. Copied, that costs little a test."""
    settings = _settings(tmp_path_factory.mktemp("new-backhaul"))
    sandbox = bootstrap.sandbox(settings)
    sandbox.load(bootstrap.erp_file(files.erp_file()))
    sandbox.close()
    built, hash_ = bootstrap.app(settings, post_for), quick(PASSWORD)
    with built.store.unit(program("test")) as unit:
        for person in PEOPLE:
            unit.people.add(person, hash_)
    built.close()
    return settings.data


@pytest.fixture
def app(new_backhaul: Path, tmp_path: Path) -> Iterator[App]:
    shutil.copytree(new_backhaul, tmp_path, dirs_exist_ok=True)
    built = bootstrap.app(_settings(tmp_path), post_for)
    yield built
    built.close()
