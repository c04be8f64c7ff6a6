# The commands of this project. They need Python 3.11 to 3.13 and make; the rest goes to .venv/.
#   make run PORT=8600            another port
#   make setup PYTHON=python3.12  another Python

PORT ?= 8501
export PORT PYTHON

python := .venv/bin/python
compile := $(python) -m uv pip compile --quiet --generate-hashes --no-emit-index-url \
	--no-annotate --no-header --python-version 3.11 --universal

.DEFAULT_GOAL := help
.PHONY: help run setup test lint format bench lock

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: setup ## Set up and start the app at http://localhost:8501 (PORT=8600 for another port)
	@$(python) -m fer_core app --port "$$PORT"

setup: ## Set up only: .venv/ with the pinned packages (PYTHON=python3.12 for another Python)
	@.ci/setup requirements.txt

test: .dev lint ## Set up and pass every test, in a browser too
	@.ci/browser
	@$(python) -m pytest --doctest-modules fer_core tests

lint: .dev ## Check style and types
	@$(python) -m ruff check .
	@$(python) -m ruff format --check --quiet .
	@$(python) -m mypy

format: .dev ## Bring the code into its form
	@$(python) -m ruff check --quiet --fix --select I .
	@$(python) -m ruff format .

bench: setup ## Measure the milliseconds of each stage (ARGS="--faces 3" for its options)
	@$(python) -m fer_core benchmark $(ARGS)

lock: .dev ## Pin the packages of pyproject.toml and requirements-dev.in (ARGS=--upgrade for newer ones)
	@$(compile) $(ARGS) --all-extras pyproject.toml -o requirements.txt
	@$(compile) $(ARGS) --all-extras -c requirements.txt pyproject.toml requirements-dev.in -o requirements-dev.txt

.PHONY: .dev
.dev:
	@.ci/setup requirements-dev.txt
