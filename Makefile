# On Windows use the plain commands in README.md.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
# Debian's packages, for the tests only.
PROGRAMS := chromium libreoffice-calc libreoffice-writer poppler-utils
SERVE := $(BIN)/uvicorn dashboard:app --host $(HOST) --port $(PORT) --no-server-header --log-level warning

.DEFAULT_GOAL := help
.PHONY: help run demo test fast slow fuzz check bench lock programs clean

help:  ## List what make can do
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

run: $(VENV)/run  ## Start the dashboard on its own data (data/live)
	@echo "Đang khởi động; nhấn Ctrl+C để dừng"
	@$(SERVE)

demo: $(VENV)/run  ## The same, filled with the sample quarters (data/demo)
	@$(BIN)/python -m kpi demo --store data/demo/kpi.duckdb
	@echo "Đang khởi động; nhấn Ctrl+C để dừng"
	@KPI_DEMO=1 KPI_STORE=data/demo/kpi.duckdb $(SERVE)

test: $(VENV)/test programs  ## All tests, also in a real browser and a real office program
	@$(BIN)/python -m pytest -n auto -m "not browser and not office and not slow"
	@$(BIN)/python -m pytest -n 2 -m "browser or office"

fast: $(VENV)/test  ## What a change should pass before anything else, in two minutes
	@$(BIN)/python -m pytest -n auto -m "not browser and not office and not slow and not heavy"

slow: $(VENV)/test  ## The properties of numbers and names, 100.000 strings each
	@$(BIN)/python -m pytest -n auto -m slow

fuzz: $(VENV)/test  ## A minute of hostile bytes through guard and reader (installs atheris; Linux)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check atheris==3.0.0
	@$(BIN)/python -m fuzz.workbook -max_total_time=60

check: $(VENV)/test  ## Format, lint, types, import contracts, data files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m kpi check

bench: $(VENV)/test programs  ## Speed, as ratios against a base measured in the same run
	@$(BIN)/python -m benchmarks

lock: $(VENV)/test  ## Pin every dependency with its hashes, for all systems
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --upgrade pyproject.toml --output-file requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --upgrade --constraint requirements.txt --group test \
		--output-file requirements-test.txt

clean:  ## Remove the virtual environment and the demo's data
	@rm -rf $(VENV) data/demo

$(VENV)/run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/test: $(VENV)/run requirements-test.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.txt
	@touch $@

programs:  # a browser and an office program
	@command -v chromium >/dev/null && command -v soffice >/dev/null && command -v pdftotext >/dev/null || { \
		as_root=; test "$$(id -u)" = 0 || as_root="sudo -n"; \
		command -v apt-get >/dev/null && $$as_root apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq --no-install-recommends $(PROGRAMS) >/dev/null; \
	} || { echo "The tests need Chromium and LibreOffice. Run: sudo apt-get install $(PROGRAMS)"; exit 1; }
