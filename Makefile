# One command each; every target sets up what it needs.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000

.PHONY: help setup run test check bench migrate lock clean

help: ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.ready: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(VENV)/.ready ## build .venv and the front end, start nothing

check: setup ## lint, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: setup ## run all tests
	$(BIN)/python -m pytest

COMPILE := $(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --allow-unsafe
lock: ## compile the lock files anew
	$(COMPILE) --output-file requirements/runtime.txt pyproject.toml
	$(COMPILE) --extra embedded --extra build --constraint requirements/runtime.txt --output-file requirements/embedded.txt pyproject.toml
	$(COMPILE) --extra embedded --extra build --extra dev --constraint requirements/embedded.txt --output-file requirements/dev.txt pyproject.toml

clean: ## remove what setup built; the data folder stays
	rm -rf $(VENV) frontend/dist frontend/node_modules
