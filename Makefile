# The developer's commands. All of them install first, which takes no time once it is done.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# With PYTHON=... only that one is tried.
PYTHON ?=
CANDIDATES := $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python)

# An interpreter serves if it is new enough and can make an environment with pip in it.
SERVES := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))

.DEFAULT_GOAL := help
.PHONY: help install demo test check bench crash

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## Install everything into .venv

# Candidates are tried by running them: what lies on the path under that name may not run.
$(STAMP): constraints.txt pyproject.toml
	@if ! $(BIN)/python -c '$(SERVES)' 2>/dev/null; then \
		for candidate in $(CANDIDATES); do \
			if "$$candidate" -c '$(SERVES)' 2>/dev/null; then found="$$candidate"; break; fi; \
		done; \
		if [ -z "$$found" ]; then \
			echo "No Python of at least 3.11 with venv and pip among: $(CANDIDATES)." >&2; \
			echo "Install one, or name it: make $(or $(MAKECMDGOALS),install) PYTHON=/path/to/python3.11" >&2; \
			exit 1; \
		fi; \
		echo "making $(VENV) with $$("$$found" --version)"; \
		"$$found" -m venv --clear $(VENV); \
	fi
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

demo: install ## Run the main job on an emulator, from start to end
	@$(BIN)/runbook demo

test: install ## Run all tests
	@$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

check: install ## Formatting, lint, types, import contracts; no tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install ## Run the benchmarks; prints ratios
	@$(BIN)/python -m tests.benchmarks

crash: install ## Kill every procedure ten times with -9, and let a second run finish it
	@$(BIN)/python -m tests.crash $(ARGS)
