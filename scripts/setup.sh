#!/usr/bin/env bash
# Prepares .venv from requirements/dev.txt (every package checked against its hash) and the project itself.
# Does nothing when nothing changed. Needs Python 3.11 or newer; what Debian splits off is installed when run as root.
set -euo pipefail
cd "$(dirname "$0")/.."

VENV=.venv
STAMP=$VENV/.civicloop-setup
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore

fail() {
    echo "setup: $*" >&2
    exit 1
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3.11 /usr/bin/python3.11 python3 python; do
        if new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer was not found; install it or name it: make setup PYTHON=/path/to/python3.11"
}

# Debian ships venv and ensurepip apart from Python.
add_debian_venv() {
    local package
    package="python$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "setup: installing $package"
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package"; } >/dev/null </dev/null ||
            fail "apt-get could not install $package"
    else
        fail "this Python has no ensurepip; as root run: apt-get install $package"
    fi
}

make_venv() {
    local python
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null || add_debian_venv "$python"
    echo "setup: making $VENV with $("$python" --version)"
    "$python" -m venv --clear "$VENV"
}

# An environment knows its own path; in a copied or moved checkout its commands would start those of the old place.
moved() {
    [ -f "$STAMP" ] && [ "$(head -n 1 "$STAMP")" != "$PWD" ]
}

wanted_stamp() {
    echo "$PWD"
    { cat requirements/build.txt requirements/dev.txt pyproject.toml scripts/setup.sh; "$VENV/bin/python" --version; } |
        "$VENV/bin/python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
}

if moved || ! new_enough "$VENV/bin/python"; then
    make_venv
fi
if [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$(wanted_stamp)" ]; then
    exit 0
fi
rm -f "$STAMP"
# An environment made by another tool may have come without pip.
"$VENV/bin/python" -m pip --version >/dev/null 2>&1 ||
    "$VENV/bin/python" -m ensurepip --upgrade >/dev/null 2>&1 || make_venv

echo "setup: installing $(grep -c '^[A-Za-z0-9]' requirements/dev.txt) locked packages (a minute or two the first time)"
# The tools that build come first and locked too, so that a package shipped as source fetches nothing of its own.
"$VENV/bin/python" -m pip install --quiet --require-hashes -r requirements/build.txt
"$VENV/bin/python" -m pip install --quiet --require-hashes --no-build-isolation -r requirements/dev.txt
"$VENV/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable .
wanted_stamp >"$STAMP"
echo "setup: $VENV is ready"
