# Everything starts here: `make demo` answers a phone call, `make test` passes the tests.
# Both make their own environment in .venv first; nothing else is needed but Python 3.11+, git and make.

PYTHON ?= $(firstword $(shell command -v python3 python3.13 python3.12 python3.11 2>/dev/null))
RUN := .venv/bin/python
TERMINAL := $(shell test -t 0 && test -t 1 && echo yes)
ARGS ?=

.PHONY: help env demo serve test check prove lock clean
.DEFAULT_GOAL := help

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '%-14s %s\n' "$$name" "$$text"; done

env:  ## the environment in .venv, if it is not there yet
	@test -n "$(PYTHON)" || { echo "There is no Python here. On Debian or Ubuntu: sudo apt install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) infra/bootstrap.py

demo: env  ## place a simulated booking call and show it live; no account, no key
	@.venv/bin/switchboard demo $(if $(TERMINAL),,--once) $(ARGS)

serve: env  ## answer calls (settings: .env.example)
	@.venv/bin/switchboard serve $(ARGS)

test: env  ## the tests; says which groups this machine cannot run
	@$(RUN) -m tests.run $(ARGS)

check: env  ## lint, types, architecture
	$(RUN) -m ruff check .
	$(RUN) -m mypy
	$(RUN) -m pytest -q tests/architecture

prove: env  ## the full counts behind docs/proof.md; long, resumable
	@$(RUN) -m tests.prove $(ARGS)

lock: env  ## pin the newest versions that fit pyproject.toml and models.in
	@$(RUN) infra/lock.py

clean:  ## remove the environment and the caches; var/ with your calls stays
	rm -rf .venv .venv-* .mypy_cache .ruff_cache .pytest_cache .hypothesis
