# Everything that is done with this repository. `make` prints the targets.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ARGS ?=

.PHONY: help setup demo up down status test test-faults check bench images compose-up compose-down lock clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup: $(STAMP) ## make .venv with everything that is locked

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "make: Python 3.11 or newer is needed, $(PYTHON) is older or missing; say: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "make: $(PYTHON) has no ensurepip; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP) ## start everything and tell the four stories; leaves it running
	$(BIN)/banjie demo $(ARGS)

up: $(STAMP) ## start everything in the background
	$(BIN)/banjie up --detach $(ARGS)

down: $(STAMP) ## stop everything
	$(BIN)/banjie down $(ARGS)

status: $(STAMP) ## what runs
	$(BIN)/banjie status $(ARGS)

test: $(STAMP) ## all tests but the long faults, on real servers
	$(BIN)/pytest -n 2 -m "not faults" $(ARGS)

test-faults: $(STAMP) ## kills, stops, lost data, poison: the long ones
	$(BIN)/pytest -m "faults or faults_slice" --timeout 1200 $(ARGS)

check: $(STAMP) ## lint, format, types, import contracts, generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.generate --check

bench: $(STAMP) ## measure on an installation made for it; ARGS="--json FILE"
	$(BIN)/banjie bench $(ARGS)

images: ## build the container images
	docker compose --profile operator build

compose-up: ## bring everything up in containers: broker, replica set, services
	deploy/make-secrets && docker compose up --detach --build --wait

compose-down: ## stop the containers; the data stays
	docker compose down

lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate -q -o requirements.lock

clean: ## remove what was made here, but no data
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
