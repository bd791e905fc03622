# Sekimori. `make help` lists what there is.
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
export DJANGO_SETTINGS_MODULE := sekimori.site.django_settings

.PHONY: help run demo test lint bench soak screenshots servers migrations clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "%-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/.installed: pyproject.toml
	@test -x $(BIN)/python || $(PY) -m venv $(VENV)
	@echo "installing (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[postgres,rdap,letters]' --group dev
	@touch $@

setup: $(BIN)/.installed ## install everything into .venv

migrations: $(BIN)/.installed ## make the migration of APP anew (before the first release only)
	rm -f src/sekimori/$(APP)/migrations/0*.py
	SEKIMORI_DATA=$$(mktemp -d) $(BIN)/python -m django makemigrations $(APP)
