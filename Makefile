# Sekimori. `make help` lists what there is.
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help run demo test lint bench bench-attribution headline soak screenshots servers migrations clean setup

APPS := work ledger evidence staff network intake submissions reports bounces contracts assignments attribution cases enforcement disclosure notices api

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "%-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/.installed: pyproject.toml
	@test -x $(BIN)/python || $(PY) -m venv $(VENV)
	@echo "installing (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[postgres,letters]' --group dev
	@touch $@

setup: $(BIN)/.installed ## install everything into .venv

migrations: $(BIN)/.installed ## make all migrations anew (before the first release only; fails if the models do not load)
	@DJANGO_SETTINGS_MODULE=sekimori.site.django_settings SEKIMORI_DATA=$$(mktemp -d) flock /tmp/sekimori-migrations.lock sh -c '$(BIN)/python -m django check >/dev/null && rm -f src/sekimori/*/migrations/0*.py && $(BIN)/python -W ignore -m django makemigrations --no-header $(APPS) | grep -v "^  *+"'

servers: ## install what the tests start (PostgreSQL, Postfix, Dovecot, FreeRADIUS, Kea, Chromium) from Debian's packages; root
	@scripts/servers.sh

run: $(BIN)/.installed ## set everything up and start the desk with the demo provider (http://127.0.0.1:8080)
	@SEKIMORI_DATA=$${SEKIMORI_DATA:-$(CURDIR)/var/demo} $(BIN)/sekimori demo --http $${HTTP:-127.0.0.1:8080}

demo: $(BIN)/.installed ## play the demo reports, print the summary and end
	@SEKIMORI_DATA=$${SEKIMORI_DATA:-$(CURDIR)/var/demo} $(BIN)/sekimori demo --once

lint: $(BIN)/.installed ## ruff, mypy --strict, import walls, house rules
	@$(BIN)/ruff check src tests
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: $(BIN)/.installed ## rates per CPU second beside a peer or baseline run in the same minute
	@for f in tests/bench/bench_*.py; do echo "== $$f"; $(BIN)/python $$f || exit 1; done

bench-attribution: $(BIN)/.installed ## intervals at 10 million rows (about 3 GB in /tmp, some minutes)
	@$(BIN)/python tests/bench/bench_attribution.py --rows 10000000

soak: $(BIN)/.installed ## long proofs: more kills, more mutations, more examples
	@SEKIMORI_TEST_PROFILE=soak SEKIMORI_TEST_KILLS=100 SEKIMORI_TEST_CUTS=3000 $(BIN)/pytest -q -m "soak or crash"
	@$(BIN)/python tests/flow/headline.py

headline: $(BIN)/.installed ## notices to a wrong contract, of 30,000 planted reports (some minutes)
	@$(BIN)/python tests/flow/headline.py

screenshots: $(BIN)/.installed ## pictures of every page, into var/screenshots (needs Chromium)
	@$(BIN)/python scripts/screenshots.py

clean: ## remove what was built (not your data)
	rm -rf $(VENV) var .mypy_cache .ruff_cache .import_linter_cache .hypothesis

test: $(BIN)/.installed ## all tests but the soak; those of the database twice: on SQLite, then on PostgreSQL where it is installed
	@$(BIN)/pytest -q -m "not soak"
	@$(BIN)/python tests/postgres.py -- $(BIN)/pytest -q -m "django_db and not soak and not browser and not crash"
