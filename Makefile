# The commands of this project. They need make and Python 3.11 to 3.13; everything else goes to .venv/.
#   make run PORT=8600                   another port
#   make setup PYTHON=python3.12         another Python
#   make test ARGS="tests/faces -k tilt" only these tests

PORT ?= 8501
export PORT PYTHON

python := .venv/bin/python
pytest := $(python) -m pytest
# two processes, one per core of a small machine
parallel := -n 2
coverage_gate := 95
compile := $(python) -m uv pip compile --quiet --generate-hashes --no-emit-index-url \
	--no-annotate --no-header --python-version 3.11 --universal

.DEFAULT_GOAL := help
.PHONY: help run setup test quick soak lint format bench measure-live lock notices

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: setup ## Set up and start the app at http://localhost:8501 (PORT=8600 for another port)
	@$(python) -m fer_core app --port "$$PORT"

setup: ## Set up only: .venv/ with the pinned packages (PYTHON=python3.12 for another Python)
	@scripts/setup requirements.txt

ifdef ARGS
test: .dev
	@scripts/browser
	@$(pytest) $(ARGS)
else
test: .dev lint ## Set up, check style and types, run all tests (ARGS="tests/faces -k tilt" for some)
	@scripts/browser
	@$(pytest) $(parallel) -m "not browser" --cov --cov-fail-under=$(coverage_gate)
	@$(pytest) -m browser tests/browser
endif

# Folders whose import alone loads TensorFlow are left out: it takes seconds.
quick: .dev ## Run the tests that need no browser, no training and no data file (ARGS as for test)
	@$(pytest) $(parallel) -m "not browser and not slow and not data" \
		--ignore=fer_core/train --ignore=tests/train $(ARGS)

soak: .dev ## Run the long variants of the tests that have one (ARGS as for test)
	@scripts/browser
	@$(pytest) --soak -m soak $(ARGS)

lint: .dev ## Check style and types
	@$(python) -m ruff check .
	@$(python) -m ruff format --check --quiet .
	@$(python) -m mypy

format: .dev ## Format the code and sort its imports
	@$(python) -m ruff check --quiet --fix --select I .
	@$(python) -m ruff format .

bench: setup ## Measure the milliseconds of each stage (ARGS="--faces 3" for its options)
	@$(python) -m fer_core benchmark $(ARGS)

measure-live: .dev ## Measure the live page in a browser (ARGS="--tabs 5" for its options)
	@scripts/browser
	@$(python) -m scripts.measure_live $(ARGS)

lock: .dev ## Pin the packages of pyproject.toml and requirements-dev.in (ARGS=--upgrade for newer ones)
	@$(compile) $(ARGS) --all-extras pyproject.toml -o requirements.txt
	@$(compile) $(ARGS) --all-extras -c requirements.txt pyproject.toml requirements-dev.in -o requirements-dev.txt

notices: .dev ## Write the table of packages and licences into docs/third-party.md
	@$(python) scripts/third_party.py

.PHONY: .dev
.dev:
	@scripts/setup requirements-dev.txt
