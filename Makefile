# One command each; every target sets up what it needs.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
MODULES := $(wildcard backend/sectors/library/*/*.yaml)
FRONTEND := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o -type f -print)

.PHONY: help setup run test check bench migrate lock clean

help: ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# The lock is whole, so pip has nothing to resolve: older pips stumble over an extra of a hashed requirement
# when they try. `pip check` then proves that the lock was whole.
QUIET := --quiet --disable-pip-version-check
$(VENV)/.ready: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install $(QUIET) --no-deps --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install $(QUIET) --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check --disable-pip-version-check >/dev/null
	@touch $@

frontend/node_modules/.ready: frontend/package-lock.json $(VENV)/.ready
	cd frontend && ../infra/with-node npm ci --silent --no-progress
	@touch $@

frontend/dist/manifest.json: frontend/node_modules/.ready $(FRONTEND)
	cd frontend && ../infra/with-node npm run --silent build
	@touch $@

# Other people's verifiers, for the tests alone: what runs the product has none of them.
tests/other/node_modules/.ready: tests/other/package-lock.json $(VENV)/.ready
	cd tests/other && ../../infra/with-node npm ci --silent --no-progress
	@touch $@

$(VENV)/.modules: $(VENV)/.ready $(MODULES)
	$(BIN)/para73 sectors compile >/dev/null
	@touch $@

setup: $(VENV)/.ready frontend/dist/manifest.json $(VENV)/.modules ## build .venv and the front end, start nothing

run: setup ## serve the product with sample data on 127.0.0.1:8000 (PORT=...)
	@$(BIN)/para73 serve --sample-data --open --port $(PORT)

migrate: setup ## bring the database of DATABASE_URL or the data folder to the present schema
	$(BIN)/para73 migrate

check: setup ## lint, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd frontend && ../infra/with-node npm run --silent check

test: setup tests/other/node_modules/.ready ## run all tests
	$(BIN)/python -m pytest

bench: setup ## measure, each figure against a named peer
	$(BIN)/python -m tests.bench

COMPILE := $(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --allow-unsafe
lock: ## compile the lock files anew
	$(COMPILE) --output-file requirements/runtime.txt pyproject.toml
	$(COMPILE) --extra embedded --extra build --constraint requirements/runtime.txt --output-file requirements/embedded.txt pyproject.toml
	$(COMPILE) --extra embedded --extra build --extra translation --extra dev --constraint requirements/embedded.txt --output-file requirements/dev.txt pyproject.toml

clean: ## remove what setup built; the data folder stays
	rm -rf $(VENV) frontend/dist frontend/node_modules tests/other/node_modules
