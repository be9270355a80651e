# Chợ Xứ Lạng. `make help` prints what each target does.
VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
LOCK := $(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 --custom-compile-command "make lock" pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help demo test lint format shell lock fonts drawings screenshots messages clean bench bench-quick audit drill trade proof

help: ## print this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 14

$(UV):
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet uv

$(VENV)/.demo: requirements/demo.txt pyproject.toml | $(UV)
	$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements/demo.txt
	$(UV) pip install --quiet --python $(PY) --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(UV)
	$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements/dev.txt
	$(UV) pip install --quiet --python $(PY) --no-deps -e .
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo ## install, load the Lạng Sơn demo and serve it on http://127.0.0.1:8000
	@exec $(PY) -m config.demo

test: $(VENV)/.dev lint ## install, lint, run every test, the browser's included
	@$(PY) -m config.chromium
	$(VENV)/bin/pytest -q -n 2 --dist worksteal

lint: $(VENV)/.dev ## ruff, import-linter, djlint, translations
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/djlint --quiet --lint templates

format: $(VENV)/.dev ## put the code into its usual shape
	$(VENV)/bin/ruff check --fix-only --quiet .
	$(VENV)/bin/ruff format --quiet .

shell: $(VENV)/.demo ## a Django shell on the demo's database
	@$(PY) -m config.demo shell

lock: | $(UV) ## renew requirements/*.txt from pyproject.toml
	$(LOCK) -o requirements/base.txt
	$(LOCK) --group demo -o requirements/demo.txt
	$(LOCK) --group demo --group dev -o requirements/dev.txt

messages: $(VENV)/.dev ## collect strings into locale/ and compile them
	$(PY) -m config.messages

fonts: $(VENV)/.dev ## subset the fonts again from their package
	$(PY) manage.py make_fonts

drawings: $(VENV)/.dev ## paint the illustrations again for the pictures that are shared
	$(PY) -m config.drawings

screenshots: $(VENV)/.dev ## draw docs/screenshots again from a running demo's data
	$(PY) -m config.screenshots

bench: $(VENV)/.dev ## measure at 500,000 listings; BENCH="--only pages" for a part, bench-quick for 50,000 in 3 minutes
	@exec $(PY) -m benchmarks $(BENCH)

audit: $(VENV)/.dev ## look at the demo's pages with axe and Lighthouse (Node's npx); AUDIT="--only axe" for a part
	@$(PY) -m config.chromium
	@exec $(PY) -m benchmarks.audit $(AUDIT)

drill: $(VENV)/.dev ## kill processes, take the database away, let gateways lie; DRILL="--only kills" for a part
	@exec $(PY) -m benchmarks.drill $(DRILL)

trade: $(VENV)/.dev ## play a month of trade and audit a million postings; TRADE="--only audit" for a part
	@exec $(PY) -m benchmarks.trade $(TRADE)

proof: $(VENV)/.dev ## search long: 2,000 histories of money, all races, every byte; PROOF="-k any_history" for a part
	MACHINE_EXAMPLES=$${MACHINE_EXAMPLES:-2000} RACES=all ADAPTER_BYTES=all \
		$(VENV)/bin/pytest -q -n 2 --dist worksteal tests/machines tests/races/test_steered.py tests/payments \
		-k "any_history or one_after_the_other or one_changed_byte or keeps_every_promise" $(PROOF)

bench-quick: $(VENV)/.dev
	@exec $(PY) -m benchmarks --quick $(BENCH)

clean: ## forget the demo's database and files
	rm -rf .data
