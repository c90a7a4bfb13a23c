"""The top folders are ours: each resolves inside this tree, and no locked dependency installs one of that name."""

import importlib
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("assistant", "extractors", "prompts", "tools", "evals")


@pytest.mark.parametrize("name", OURS)
def test_a_top_package_resolves_inside_this_tree(name: str) -> None:
    package = importlib.import_module(name)
    assert package.__file__ is not None
    assert Path(package.__file__).resolve() == ROOT / name / "__init__.py"


def test_no_dependency_installs_a_package_of_our_names() -> None:
    taken = [
        f"{distribution.metadata['Name']}: {file}"
        for distribution in distributions()
        if distribution.metadata["Name"] != "backhaul"
        for file in distribution.files or ()
        if file.parts and file.parts[0] in {*OURS, "tests"}
    ]
    assert taken == []


def test_locks_name_no_index_address() -> None:
    for lock in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / lock).read_text()
        assert "://" not in text
        assert "--hash=sha256:" in text
