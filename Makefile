# `make help` lists the targets. Everything is installed into .venv, and only if it is missing, or if
# pyproject.toml, constraints.txt or what the tests fetch has changed.

VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
LOG := $(VENV)/install.log
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off --constraint constraints.txt --editable
# The output of pip goes to a file, and is shown only if pip fails.
QUIETLY := >$(LOG) 2>&1 || { echo "Installing failed. The end of $(LOG):" >&2; tail -n 20 $(LOG) >&2; exit 1; }
HOST ?= 127.0.0.1
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help serve site test test-pythons check wheel bench fuzz format docs clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

serve: $(VENV)/.installed ## check the incidents and serve the site on http://127.0.0.1:8000
	@$(BIN)/runbooks serve --host $(HOST) --port $(PORT)

site: $(VENV)/.installed ## build the site into site/
	@$(BIN)/runbooks build

test: $(VENV)/.installed-test ## run all tests
	@$(BIN)/python -m pytest -n auto --dist loadfile

test-pythons: ## run the fast tests on every installed Python
	@$(PYTHON) -m tests.pythons

check: $(VENV)/.installed-check ## formatter, linter, type check, import contract
	@$(BIN)/ruff format --check generator tests
	@$(BIN)/ruff check generator tests
	@$(BIN)/mypy
	@$(BIN)/lint-imports

wheel: $(VENV)/.installed ## build the wheel into dist/
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist . $(QUIETLY)
	@ls dist/*.whl

bench: $(VENV)/.installed-test ## run the benchmarks and print their tables
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m tests.bench.match
	@$(BIN)/python -m tests.bench.browser
	@$(BIN)/python -m tests.bench.proofs
	@$(BIN)/python -m tests.bench.importing
	@$(BIN)/python -m tests.bench.insights
	@$(BIN)/python -m tests.bench.checklist

fuzz: $(VENV)/.installed-test ## fuzz what reads untrusted input, for MINUTES=10
	@$(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),10)

format: $(VENV)/.installed-check ## format the code
	@$(BIN)/ruff check --fix --select I generator tests
	@$(BIN)/ruff format generator tests

docs: $(VENV)/.installed ## write the reference pages and the schema again
	@$(BIN)/runbooks reference docs/reference
	@$(BIN)/runbooks schema --output incidents/incident.schema.json

clean: ## remove everything that was generated or installed
	rm -rf $(VENV) site build dist .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; name one: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 2; }
	@echo "Creating $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing ..."
	@$(INSTALL) '.[site]' $(QUIETLY)
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed tests/beds.py tests/programs.py tests/data/editor/package-lock.json
	@echo "Installing what the tests need ..."
	@$(INSTALL) '.[site,docx,match,prove,test]' $(QUIETLY)
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.programs
	@$(BIN)/python -m tests.beds
	@touch $@

$(VENV)/.installed-check: $(VENV)/.installed
	@echo "Installing what the checks need ..."
	@$(INSTALL) '.[docx,check]' $(QUIETLY)
	@touch $@
