# Two commands do everything: `make demo` and `make test`. Each makes the environment it needs first.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test check lint types contracts bench workers evaluate lock clean

help:        ## what there is
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

demo: .stamps/runtime   ## the whole journey offline, on a generated pool
	@$(BIN)/greenroom demo

test: .stamps/dev       ## all tests but the slow ones
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

check: lint types contracts    ## format, lint, types, import contracts, every test, coverage of the ordinary ones
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow" --cov --cov-report=term:skip-covered
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m slow

lint: .stamps/dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: .stamps/dev
	@$(BIN)/mypy

contracts: .stamps/dev
	@$(BIN)/lint-imports

bench: .stamps/bench    ## ours against what one would use instead, into bench/README.md; BENCH="--million" and more
	@$(BIN)/python -m bench.run $(BENCH)

workers: .stamps/workers    ## what ranking on several machines needs, here and on each of them (docs/scale.md)

evaluate: .stamps/runtime    ## quality on the evaluation briefs, where they are
	@$(BIN)/python -m bench.evaluate

lock:        ## after editing dependencies in pyproject.toml: write the lock files anew
	@sh requirements/lock.sh

clean:       ## remove the environment and what demo and bench made; your own record stays
	rm -rf .venv .stamps var/demo var/bench

.stamps/runtime: requirements/runtime.txt pyproject.toml
	@PYTHON=$(PYTHON) sh requirements/bootstrap.sh runtime

.stamps/dev: requirements/dev.txt pyproject.toml
	@PYTHON=$(PYTHON) sh requirements/bootstrap.sh dev

.stamps/bench: requirements/bench.txt pyproject.toml
	@PYTHON=$(PYTHON) sh requirements/bootstrap.sh bench

.stamps/workers: requirements/workers.txt pyproject.toml
	@PYTHON=$(PYTHON) sh requirements/bootstrap.sh workers
