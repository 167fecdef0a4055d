#!/bin/sh
# Makes .venv and installs a lock file into it:  bootstrap.sh runtime|dev|bench|workers
# Needs Python 3.11 or newer and nothing else. Every package is checked against its hash.
set -eu
lock="requirements/$1.txt"
python="${PYTHON:-python3}"

stop() { printf '%s\n' "$*" >&2; exit 1; }

command -v "$python" >/dev/null 2>&1 || stop "Python is missing. On Debian:  sudo apt-get install python3 python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    stop "Greenroom needs Python 3.11 or newer; this is $("$python" -V 2>&1). Name another:  make PYTHON=python3.12 ..."
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    stop "This Python cannot make environments. On Debian:  sudo apt-get install python3-venv"

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
    printf 'Making the environment in .venv ...\n'
    rm -rf .venv .stamps
    "$python" -m venv .venv
fi
printf 'Installing %s packages, checked by hash (about a minute the first time) ...\n' "$(grep -c '==' "$lock")"
.venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r "$lock" ||
    stop "The packages could not be installed. Is the network up? The same command goes on where it stopped."
.venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
mkdir -p .stamps
if [ "$1" != runtime ]; then touch .stamps/runtime; fi    # the others hold it
touch ".stamps/$1"
