# Two commands do everything: `make demo` and `make test`. Each makes the environment it needs first.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test check lint types contracts lock clean

help:        ## what there is
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

demo: .stamps/runtime   ## the whole journey offline, on a generated pool
	@$(BIN)/greenroom demo

test: .stamps/dev       ## all tests but the slow ones
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

check: lint types contracts    ## format, lint, types, import contracts, every test with coverage
	@$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term:skip-covered

lint: .stamps/dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: .stamps/dev
	@$(BIN)/mypy

contracts: .stamps/dev
	@$(BIN)/lint-imports

lock:        ## after editing dependencies in pyproject.toml: write the lock files anew
	@sh requirements/lock.sh

clean:       ## remove the environment and what the demo made; your own record stays
	rm -rf .venv .stamps var/demo

.stamps/runtime: requirements/runtime.txt pyproject.toml
	@PYTHON=$(PYTHON) sh requirements/bootstrap.sh runtime

.stamps/dev: requirements/dev.txt pyproject.toml
	@PYTHON=$(PYTHON) sh requirements/bootstrap.sh dev
