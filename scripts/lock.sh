#!/usr/bin/env bash
# Re-creates requirements/base.txt (what runs), build.txt (what builds), dev.txt (what runs, tests and builds) and spark.txt
# (what runs, and tests on Spark) from pyproject.toml. Every file carries the hashes of all platforms' packages and no address.
#
#   scripts/lock.sh              keep the pinned versions, add or drop what pyproject.toml changed
#   scripts/lock.sh --upgrade    take the newest versions that pyproject.toml allows
#
# Needs uv (pip install uv); nobody else does: `make setup` installs the files with plain pip.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v uv >/dev/null || { echo "lock.sh: uv is missing; install it with: pip install uv" >&2; exit 1; }

lock() {
    local out=$1
    shift
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --no-annotate --output-file "$out" "$@" >/dev/null
    echo "$out: $(grep -c '^[A-Za-z0-9]' "$out") packages"
}

mkdir -p requirements
lock requirements/base.txt pyproject.toml "$@"
lock requirements/build.txt --group build "$@"
lock requirements/dev.txt pyproject.toml --group dev -c requirements/base.txt -c requirements/build.txt "$@"
# What both have is the same version, but for pandas, of which Spark takes an older one.
same=$(mktemp)
trap 'rm -f "$same"' EXIT
sed -nE '/^pandas==/d; s/^([a-z0-9][^\\]*==[^\\]*[^ \\]) *\\?$/\1/p' requirements/dev.txt >"$same"
lock requirements/spark.txt pyproject.toml --group spark -c "$same" "$@"

if grep -nE '://|^-' requirements/*.txt; then
    echo "lock.sh: an address or option slipped into the lines above" >&2
    exit 1
fi
