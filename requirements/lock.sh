#!/bin/sh
# Writes the lock files anew from pyproject.toml: every package with its hashes, no index address.
# Needs uv (pip install uv); the product itself does not.
set -eu
uv="${UV:-.venv/bin/uv}"
# --no-strip-extras: pip matches a name with extras by its own line; without it, it takes a newer release and refuses it.
common="--no-strip-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet"
# shellcheck disable=SC2086
"$uv" pip compile pyproject.toml --group build $common -o requirements/runtime.txt
# shellcheck disable=SC2086
"$uv" pip compile pyproject.toml --group build --group dev $common -c requirements/runtime.txt -o requirements/dev.txt
# shellcheck disable=SC2086
"$uv" pip compile pyproject.toml --group build --group bench $common -c requirements/dev.txt -o requirements/bench.txt
