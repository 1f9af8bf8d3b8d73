# Everything that is done with Rejoinder from a checkout. `make help` lists it.

PYTHON ?= python3
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
DEPLOYED := SITE_URL=https://example.org TRUSTED_PROXIES=1 EMAIL_URL=smtp://localhost DEFAULT_FROM_EMAIL=desk@example.org

.PHONY: help run dev demo test check bench format lock installed installed-for-tests

help:  ## what can be done here
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: installed  ## set up what is missing and serve the site on 127.0.0.1:8000 (PORT=8001)
	@$(MANAGE) run

dev: export DEBUG := true
dev: installed  ## the same with DEBUG, reloading when the code changes
	@$(MANAGE) dev

demo: installed  ## load the demo community anew, in place of all there is
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) demo

test: installed-for-tests  ## run the tests; those in a browser where Chromium is found
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -rs $(PYTEST)

check: installed-for-tests  ## style, import order, templates, types, migrations, deployment
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/mypy
	@$(MANAGE) makemigrations --check --dry-run
	@$(DEPLOYED) $(MANAGE) check --deploy --fail-level WARNING

bench: installed-for-tests  ## measure pages and posting beside what this machine allows (three minutes)
	@$(BIN)/python -m benchmarks.pages

format: installed-for-tests  ## put the code into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock:  ## pin the newest versions that requirements.in allows (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url requirements.in -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url requirements.in tests/requirements.in -o tests/requirements.txt

installed:
	@$(PYTHON) deploy/install.py

installed-for-tests:
	@$(PYTHON) deploy/install.py tests
