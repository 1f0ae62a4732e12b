# Everything a person or a server runs. Each target prepares .venv first; that costs nothing when nothing changed.
BIN := .venv/bin
DATA ?= ../shared/data/la311
ARGS ?=
export PYTHON

.PHONY: help setup test test-spark check format messages lock demo demo-la bench pictures clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup:  ## prepare .venv from the locked requirements; fetch fonts and models
	@scripts/setup.sh
	@$(BIN)/python scripts/assets.py --setup

test: setup  ## the whole suite on SQLite, then on PostgreSQL (ARGS="tests/kernel -k clock" for a part)
	@$(BIN)/python scripts/run_tests.py $(ARGS)

test-spark: setup  ## the tests of scoring on Spark, in an environment of its own (needs Java 17 or 21)
	@scripts/spark_tests.sh $(ARGS)

check: setup  ## style, types, layers, templates, migrations, translations
	@$(BIN)/python scripts/check.py $(ARGS)

format: setup  ## put the code into house style
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

messages: setup  ## collect the sentences to translate and compile them
	@$(BIN)/python scripts/translations.py update
	@$(BIN)/python scripts/translations.py compile

lock:  ## pin the requirements anew from pyproject.toml (ARGS=--upgrade for newer ones)
	@scripts/lock.sh $(ARGS)

demo: setup  ## build the demo city and serve it on http://127.0.0.1:8000
	@$(BIN)/civicloop demo $(ARGS)

demo-la: setup  ## import 10 000 real requests of Los Angeles (DATA=folder) and serve them
	@$(BIN)/civicloop demo-la --data $(DATA) $(ARGS)

bench: setup  ## speed and memory, each against a peer or a limit
	@$(BIN)/python -m benchmarks $(ARGS)

pictures: setup  ## take the pictures of the documentation from the demo city (needs a Chromium)
	@$(BIN)/python scripts/pictures.py $(ARGS)

clean:  ## remove the environment and the caches; data under var/ stays
	@rm -rf .venv .venv-spark .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
