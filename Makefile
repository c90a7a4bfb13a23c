# Only Python 3.11+ and make are needed; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup setup-dev run test test-slow check bench evals hostile injections races api-conformance mailboxes lock
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

test-slow: setup-dev ## the longer ones: killed processes, browsers, hostile files and calls, reading apart
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

evals: setup-dev ## drafts against the labelled requests; writes var/evals/report.html
	@$(BIN)/python -m evals.run evals/sets --today 2026-11-20 --quiet --keep var/evals/results.jsonl
	@$(BIN)/python -m evals.report var/evals/results.jsonl --out var/evals/report.html

hostile: setup-dev ## hostile files against the readers, hostile calls against the gate; writes docs/reports/
	@$(BIN)/python -m tests.faults.hostile_files
	@$(BIN)/python -m tests.faults.hostile_calls

injections: setup-dev ## injected instructions in every channel before a model that obeys; writes docs/reports/injections.md
	@$(BIN)/python -m tests.faults.injections

races: setup-dev ## 200 rounds of people deciding at once, on each store; writes docs/reports/races.md
	@$(BIN)/python -m tests.faults.races

api-conformance: setup-dev ## 5,000 requests against the API's own description; writes docs/reports/api.md
	@$(BIN)/python -m tests.conformance

mailboxes: setup-dev ## mail from a real Dovecot and by SMTP while the process is killed; writes docs/reports/mail.md
	@$(BIN)/python -m tests.faults.mailboxes

lock: setup ## resolve the dependencies again
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
