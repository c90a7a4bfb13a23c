# Only Python 3.11+ and make are needed; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup setup-dev run test check bench hostile lock
help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/pyvenv.cfg:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/pyvenv.cfg
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@touch $@

setup: $(VENV)/.run ## the environment Backhaul runs in
setup-dev: $(VENV)/.dev ## and what its tests and checks need

run: setup ## the demo: pages on 127.0.0.1:8700, mail on 127.0.0.1:2525
	@$(BIN)/backhaul serve --demo

test: setup-dev ## the tests that this machine can run in minutes
	@$(BIN)/python -m pytest -q -n auto -m "not slow"

test-slow: setup-dev ## the longer ones: killed processes, hostile files, reading apart
	@$(BIN)/python -m pytest -q -n auto -m slow

check: setup-dev ## ruff, mypy, import-linter, dead and duplicate code, licences, documents
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/vulture
	@$(BIN)/pylint --disable=all --enable=duplicate-code assistant extractors prompts tools evals
	@$(BIN)/python -m tests.architecture.licences
	@$(BIN)/python -m tests.architecture.docs

# Programs that figures are held against, apart: they ask for other versions than we do.
$(VENV)/peers/.ready: requirements-peers.txt $(VENV)/.dev
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(VENV)/peers
	$(BIN)/uv pip install --quiet --python $(VENV)/peers/bin/python --require-hashes -r requirements-peers.txt
	@touch $@

bench: setup-dev $(VENV)/peers/.ready ## figures, one JSON line each
	@$(BIN)/python -m evals.bench

hostile: setup-dev ## thousands of hostile files against the readers; writes docs/reports/hostile-files.md
	@$(BIN)/python -m tests.faults.hostile_files

lock: setup ## resolve the dependencies again
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
