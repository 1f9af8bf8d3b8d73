# Everything that is done with Rejoinder from a checkout. `make help` lists it.

PYTHON ?= python3
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
DEPLOYED := SITE_URL=https://example.org EMAIL_URL=smtp://localhost DEFAULT_FROM_EMAIL=desk@example.org

.PHONY: help run dev demo test check bench format lock

help:  ## what can be done here
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/site  ## set up what is missing and serve the site on 127.0.0.1:8000 (PORT=8001)
	@$(MANAGE) run $(if $(PORT),--port $(PORT))

dev: .venv/site  ## the same with DEBUG, reloading when the code changes
	@DEBUG=true $(MANAGE) dev $(if $(PORT),--port $(PORT))

demo: .venv/site  ## load the demo community anew, in place of all there is
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) demo

test: .venv/tests  ## run the tests; those in a browser where Chromium is found
	@$(BIN)/python -m pytest -n auto --dist loadfile $(PYTEST)

check: .venv/tests  ## style, import order, templates, types, migrations, deployment
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/mypy
	@$(MANAGE) makemigrations --check --dry-run
	@$(DEPLOYED) $(MANAGE) check --deploy --fail-level WARNING

bench: .venv/tests  ## measure pages and posting beside what this machine allows (three minutes)
	@$(BIN)/python -m benchmarks.pages

format: .venv/tests  ## put the code into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock:  ## pin the newest versions that requirements.in allows (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url requirements.in -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url requirements.in tests/requirements.in -o tests/requirements.txt

.venv/site: requirements.txt | .venv/made
	@$(INSTALL) -r requirements.txt || { echo "The packages could not be installed: \
	see the line above. Rejoinder needs ready-made packages (wheels) for this machine, no compiler; \
	a machine that is offline needs a package mirror." >&2; exit 1; }
	@touch $@

.venv/tests: requirements.txt tests/requirements.txt | .venv/made
	@$(INSTALL) -r tests/requirements.txt || { echo "The packages for testing could not be \
	installed: see the line above." >&2; exit 1; }
	@touch $@ .venv/site

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "Rejoinder needs Python 3.11 or later; PYTHON=/path/to/python3.11 names one." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	echo "A virtual environment could not be made. On Debian, install python3-venv." >&2; exit 1; }
	@touch $@
