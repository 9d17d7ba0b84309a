# The same few commands on a laptop and in CI. `make setup` needs Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup run test lint format eval bench lock node clean

setup: $(STAMP)

# Two steps, so that every third-party file is checked against its hash; the project itself
# is installed editable, without looking anything up.
$(STAMP): requirements.lock requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "Handrail needs Python 3.11, 3.12 or 3.13; set PYTHON=python3.12, say" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q $(VENV)/lib >/dev/null 2>&1 || true
	@touch $@

run: setup
	$(BIN)/handrail serve --config config.toml

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/shape.py

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# DATA names a folder of labelled files, laid out as docs/evaluation.md says.
eval: setup
	$(BIN)/python bench/eval_all.py --data $(DATA) $(if $(CONFIG),--config $(CONFIG))

# KIT names the folder with the mock upstream and the peers; KNOWLEDGE a knowledge file.
bench: setup
	$(BIN)/python bench/run.py $(if $(KIT),--kit $(KIT)) $(if $(KNOWLEDGE),--knowledge $(KNOWLEDGE))

# JavaScript clients of the end-to-end tests; skipped without Node.js.
node:
	cd tests/e2e/node && npm ci --silent

lock: setup
	$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --group dev --generate-hashes \
		--no-emit-index-url --no-header --no-annotate -o requirements-dev.lock

clean:
	rm -rf $(VENV) data .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
