#!/usr/bin/env bash
# The tests marked `spark`, in an environment of their own (.venv-spark) from requirements/spark.txt: the expressions of
# scoring give on Spark what they give on DuckDB. Needs Java 17 or newer; downloads some 400 MB the first time.
#
#   scripts/spark_tests.sh [arguments of pytest]
set -euo pipefail
cd "$(dirname "$0")/.."

VENV=.venv-spark
STAMP=$VENV/.civicloop-setup
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore

fail() {
    echo "test-spark: $*" >&2
    exit 1
}

# Spark 4 runs on Java 17 and 21. JAVA_HOME is taken as it is; else the first fitting one is looked for.
find_java() {
    local home
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/*17* /usr/lib/jvm/*21*; do
        [ -n "$home" ] && [ -x "$home/bin/java" ] && { echo "$home"; return; }
    done
    command -v java >/dev/null && { echo ""; return; }
    fail "Java 17 or 21 was not found; install it or set JAVA_HOME"
}

JAVA_HOME=$(find_java)
[ -n "$JAVA_HOME" ] && export JAVA_HOME || unset JAVA_HOME

wanted=$(cat requirements/spark.txt scripts/spark_tests.sh | sha256sum | cut -d' ' -f1)
if [ "$(cat "$STAMP" 2>/dev/null)" != "$wanted" ]; then
    echo "test-spark: making $VENV"
    .venv/bin/python -m venv --clear "$VENV"
    "$VENV/bin/python" -m pip install --quiet --require-hashes -r requirements/build.txt
    "$VENV/bin/python" -m pip install --quiet --require-hashes --no-build-isolation -r requirements/spark.txt
    "$VENV/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable .
    echo "$wanted" >"$STAMP"
fi

# Spark binds to this machine alone. A skip would say nothing about Spark: here it is a failure.
export SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_HOSTNAME=localhost CIVICLOOP_SPARK=required
exec "$VENV/bin/python" -m pytest -q -m spark tests/scoring "$@"
