# Everything people and CI run. Needs GNU make and Python 3.11 or newer, no root; all of it goes into .venv.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check bench clean setup browser oracle lint types lock

BIN := .venv/bin
# Not compiled ahead: that took a third of the time, and a start compiles what it uses.
PIP := $(BIN)/python -m pip --disable-pip-version-check install -q --no-compile
OFFLINE := echo "The packages could not be fetched. Is there a network? PIP_INDEX_URL can name a mirror near you." >&2; exit 1

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

run: .venv/.run ## set up, then open the demo office with its web chat; no account needed
	$(BIN)/qinqing demo

test: .venv/.test browser oracle ## set up, then all tests, on two cores
	$(BIN)/pytest -n 2 --dist worksteal

check: lint types test ## what CI runs: lint, types, tests

bench: .venv/.test ## measurements beside peers
	$(BIN)/python -m tests.bench

clean: ## remove what make made; offices' data stay
	rm -rf .venv build qinqing.egg-info .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup: .venv/.test ## everything for developing, without running anything

browser: ## Chromium and a Chinese font for the page tests, if they can be had
	@.ci/browser

oracle: .venv/.test ## WeCom's own crypto for the test against it, if it can be had
	@.ci/oracle

lint: .venv/.test ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.test ## mypy, strict
	$(BIN)/mypy

lock: ## renew requirements.lock within what pyproject.toml allows
	@.ci/lock

# Kept when it works; a broken, half-made or moved one is made anew.
.venv/.made:
	@$(BIN)/pip --version >/dev/null 2>&1 || { python=$$(.ci/python) && rm -rf .venv && "$$python" -m venv .venv; }
	@touch $@

# Only the first part of the lock: what Qinqing runs on.
.venv/.run: .venv/.made requirements.lock pyproject.toml
	@echo "Setting Qinqing up in .venv; this takes a minute at most, once."
	@sed '/^# --- for tests/,$$d' requirements.lock > .venv/run.lock
	@$(PIP) --require-hashes -r .venv/run.lock || { $(OFFLINE); }
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.test: .venv/.run
	@echo "Adding what the tests need."
	@$(PIP) --require-hashes -r requirements.lock || { $(OFFLINE); }
	@touch $@
