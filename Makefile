# `make help` lists the targets. Everything is installed into .venv, and only if it is missing, or if
# pyproject.toml, requirements/ or what the tests fetch has changed.

VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
LOG := $(VENV)/install.log
# Every file that comes from an index has its hash in requirements/. This package comes from here, and
# is built by what is already installed.
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off
OURSELVES := --no-deps --no-build-isolation
# The output of pip goes to a file, and is shown only if pip fails.
QUIETLY := >$(LOG) 2>&1 || { echo "Installing failed. The end of $(LOG):" >&2; tail -n 20 $(LOG) >&2; exit 1; }
HOST ?= 127.0.0.1
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help serve site test prove test-pythons check wheel bench fuzz format docs golden lock licenses release clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

serve: $(VENV)/.installed ## check the incidents and serve the site on http://127.0.0.1:8000
	@$(BIN)/runbooks serve --host $(HOST) --port $(PORT)

site: $(VENV)/.installed ## build the site into site/
	@$(BIN)/runbooks build

test: $(VENV)/.installed-test ## run all tests
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

prove: $(VENV)/.installed-test ## run all proofs and record them, with the services that the tests unpacked
	@PATH="$$($(BIN)/python -c 'from tests.programs import services_on_path; print(services_on_path())')" $(BIN)/runbooks prove --trust

test-pythons: ## run the fast tests on every installed Python
	@$(PYTHON) -m tests.pythons

check: $(VENV)/.installed-check ## formatter, linter, type check, import contract
	@$(BIN)/ruff format --check generator tests
	@$(BIN)/ruff check generator tests
	@$(BIN)/mypy
	@$(BIN)/lint-imports

wheel: $(VENV)/.installed ## build the wheel into dist/
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check $(OURSELVES) --wheel-dir dist . $(QUIETLY)
	@ls dist/*.whl

# One of these alone measures the table of targets, not the benchmarks that go into detail.
BENCH := $(if $(SMALL)$(ONLY)$(WRITE),table $(if $(SMALL),--small) $(if $(ONLY),--only '$(ONLY)') $(if $(WRITE),--write),all)

bench: $(VENV)/.installed-test ## run the benchmarks; SMALL=1 for the small sizes of the table of targets alone
	@$(BIN)/python -m tests.bench $(BENCH)

fuzz: $(VENV)/.installed-test ## fuzz what reads untrusted input, for MINUTES=10
	@$(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),10)

format: $(VENV)/.installed-check ## format the code
	@$(BIN)/ruff check --fix --select I generator tests
	@$(BIN)/ruff format generator tests

golden: $(VENV)/.installed-test ## write the golden files of the tests again
	@$(BIN)/python -m pytest -q -m golden --update-golden

docs: $(VENV)/.installed ## write the reference pages and the schemas again
	@$(BIN)/runbooks reference docs/reference
	@for of in incident proofs sources; do $(BIN)/runbooks schema --of $$of --output incidents/$$of.schema.json || exit 1; done

lock: $(VENV)/.installed-release ## write requirements/ anew, after a change of pyproject.toml or constraints.txt
	@$(BIN)/python -m tests.lock

licenses: $(VENV)/.installed-test ## write LICENSES.md anew
	@$(BIN)/python -m tests.licenses

release: $(VENV)/.installed-release ## build what a release publishes into dist/, with a bill of materials, and check it
	@rm -rf dist
	@$(BIN)/python -m build --no-isolation $(QUIETLY)
	@$(BIN)/python -m twine check --strict dist/*
	@$(BIN)/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible \
	  --output-file dist/incident-runbooks.cdx.json requirements/runtime.txt
	@ls dist/*

clean: ## remove everything that was generated or installed
	rm -rf $(VENV) site build dist .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 5))' || \
	  { echo "Python 3.11.5 or later is needed; name one: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 2; }
	@echo "Creating $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml requirements/build.txt requirements/light.txt requirements/site.txt | $(BIN)/python
	@echo "Installing ..."
	@{ $(INSTALL) -r requirements/build.txt -r requirements/site.txt && $(INSTALL) $(OURSELVES) --editable .; } $(QUIETLY)
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed tests/beds.py tests/browser/chromium.py tests/programs.py tests/data/editor/package-lock.json requirements/test.txt
	@echo "Installing what the tests need ..."
	@$(INSTALL) -r requirements/test.txt $(QUIETLY)
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.programs
	@$(BIN)/python -m tests.beds
	@touch $@

$(VENV)/.installed-check: $(VENV)/.installed requirements/check.txt
	@echo "Installing what the checks need ..."
	@$(INSTALL) -r requirements/check.txt $(QUIETLY)
	@touch $@

$(VENV)/.installed-release: requirements/release.txt | $(BIN)/python
	@echo "Installing what a release needs ..."
	@$(INSTALL) -r requirements/release.txt $(QUIETLY)
	@touch $@
