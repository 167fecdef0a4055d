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
# shellcheck disable=SC2086
"$uv" pip compile pyproject.toml --group build --group workers $common -c requirements/dev.txt -o requirements/workers.txt
# pip takes "sqlalchemy" and "sqlalchemy[asyncio]" for two things to choose a release of, and refuses a newer one of
# whichever has no line: what is locked with extras is locked without them too.
for file in requirements/runtime.txt requirements/dev.txt requirements/bench.txt requirements/workers.txt; do
    awk '
        function flush() { printf "%s", block; if (sub(/\[[^]]*\]==/, "==", block) == 1) printf "%s", block; block = "" }
        /^[^ ]/ { flush() }
        { block = block $0 "\n" }
        END { flush() }
    ' "$file" > "$file.part"
    mv "$file.part" "$file"
done
