# Needs python3 (3.11 or newer) and make. Everything else goes into .venv, pinned by constraints.txt.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WAREHOUSE := .venvs/target-postgres

# Whatever the caller's shell says of it: without, each process that a test starts compiles the package anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo dbt dagster test test-oldest quick lint format bench chaos docs pictures clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP) $(WAREHOUSE)/.installed ## PostgreSQL to a LinkedIn on this machine and back, through Meltano
	@$(BIN)/python -m docs.demo

# It pins other drivers of PostgreSQL than tap-postgres does, so it has an environment of its own, as Meltano makes it one.
WAREHOUSE_PINNED := meltanolabs-target-postgres==0.8.1 singer-sdk==0.54.9 SQLAlchemy==2.0.51

$(WAREHOUSE)/.installed: Makefile
	@$(PYTHON) -m venv $(WAREHOUSE)
	@$(WAREHOUSE)/bin/python -m pip install --disable-pip-version-check -qq $(WAREHOUSE_PINNED)
	@touch $@

# Two processes, each with its own sandbox and PostgreSQL; one that is done takes tests of the other.
PARALLEL := -n 2 --dist worksteal

test: $(STAMP) ## All tests; ARGS="tests/records -k email" for some
	@$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

# The laws that tell most, by two processes: what a row becomes, what an answer means, what may leave, which STATE is safe.
QUICK := $(addprefix tests/,admin conformance delivery records settings test_layout.py test_nearest.py test_outcomes.py) \
  $(addprefix tests/singer/test_,checkpoint.py rejects.py state.py) \
  tests/ledger/test_claims.py tests/run/test_batcher.py tests/docs/test_architecture.py tests/docs/test_generated.py

# What leaves, what an answer means, what is kept: on the oldest versions that pyproject.toml admits.
OLDEST := $(addprefix tests/,conformance delivery ledger records settings run) \
  $(addprefix tests/hostile/test_,answers.py dependencies.py network_faults.py proxies.py)
OLD := .venvs/oldest/bin

# Its newest release needs files that no registry has; it pins other packages than Meltano does.
DBT := .venvs/dbt
DBT_PINNED := 'dbt-core>=1.10.5,<1.11' 'dbt-duckdb>=1.9,<1.11'

dbt: $(DBT)/.installed ## What docs/recipes/dbt is tested with, in an environment of its own

$(DBT)/.installed: Makefile
	@$(PYTHON) -m venv $(DBT)
	@$(DBT)/bin/python -m pip install --disable-pip-version-check -qq $(DBT_PINNED)
	@touch $@

# It brings a gRPC and newer packages than ours; the example of docs/scale.md finds this project beside them.
DAGSTER := .venvs/dagster

dagster: $(DAGSTER)/.installed ## What docs/scale/dagster_assets.py is tested with, in an environment of its own

$(DAGSTER)/.installed: Makefile
	@$(PYTHON) -m venv $(DAGSTER)
	@$(DAGSTER)/bin/python -m pip install --disable-pip-version-check -qq 'dagster==1.13.29'
	@touch $@

test-oldest: ## The tests that lean most on other packages, on the oldest versions admitted
	@$(PYTHON) -m venv .venvs/oldest
	@$(OLD)/python -m pip install --disable-pip-version-check -qq -c constraints-oldest.txt -e '.[sandbox,postgres,parquet]' \
	  hypothesis pytest pytest-randomly pytest-timeout pytest-xdist PyYAML trustme
	@$(OLD)/python -m pytest -q -n 2 --dist loadfile -m 'not slow' -k 'not postgresql and not pgbouncer' $(OLDEST) $(ARGS)

quick: $(STAMP) ## The tests that tell most, in under a minute
	@$(BIN)/python -m pytest -q $(PARALLEL) -m 'not slow' -k 'not postgresql' $(QUICK) $(ARGS)

lint: $(STAMP) ## ruff check, ruff format --check, mypy --strict
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

format: $(STAMP) ## Format and mend what ruff can mend
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

bench: $(STAMP) ## Events a second, and where the time goes
	@$(BIN)/python -m benchmarks.run $(ARGS)

chaos: $(STAMP) ## Kills, bad networks, shared ledgers: nothing is lost, nothing is sent twice
	@$(BIN)/python -m tests.chaos $(ARGS)

docs: $(STAMP) ## Write the generated parts of the docs anew
	@$(BIN)/python docs/generate.py

pictures: $(STAMP) ## Take the pictures of a run's page for the docs anew; needs Chromium and its driver
	@$(BIN)/python -m docs.screenshots

clean: ## Remove what make has built, .venv included
	@rm -rf $(VENV) .venvs .demo .meltano dist build .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo 'Python 3.11 or newer is needed: install it, or name it with `make PYTHON=python3.11 ...`.' >&2; exit 1; }
	@echo 'Installing into $(VENV): a minute the first time ...'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check -qq -c constraints.txt -e '.[dev,demo]'
	@touch $@
