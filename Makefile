# Needs git, make, Python 3.11 or newer and, for `make test`, Node 20 or newer.
# Every target sets up what it needs by itself.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
STAMP := .venv/.ready
NODE := tests/node/node_modules/.ready
VSCODE := client-vscode/node_modules/.ready

.PHONY: setup demo test test-editors check bench bench-rules mutate prove lint vscode clean

setup: $(STAMP)

$(STAMP): requirements-dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "nestwise needs Python 3.11 or newer; none was found on PATH." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@$(BIN)/python -m compileall -q server rules tests
	@touch $(STAMP)

$(NODE): tests/node/package-lock.json
	@command -v npm >/dev/null || { echo "make test needs Node 20 or newer with npm; none was found on PATH." >&2; exit 1; }
	@npm ci --prefix tests/node --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $(NODE)

$(VSCODE): client-vscode/package-lock.json
	@command -v npm >/dev/null || { echo "make vscode needs Node 20 or newer with npm; none was found on PATH." >&2; exit 1; }
	@npm ci --prefix client-vscode --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $(VSCODE)

demo: $(STAMP)
	@$(BIN)/nestwise check --color always --fail-on never tests/workspaces/shop

# Many tests start nestwise: where the environment keeps Python from writing byte code, that is a second each.
test: $(STAMP) $(NODE)
	@$(BIN)/python -m compileall -q server rules
	@$(BIN)/python -m pytest -q

# The tests in real editors alone; these are fetched to .editors/ (Debian and npm packages).
test-editors: $(STAMP) $(NODE)
	@$(BIN)/python -m compileall -q server rules
	@$(BIN)/python -m pytest -q tests/editors

check: $(STAMP)
	@test -n "$(DIR)" || { echo "use: make check DIR=path/to/nest-app" >&2; exit 2; }
	@$(BIN)/nestwise check "$(DIR)"

# SIZES: files of the generated workspaces; or DIR=path/to/nest-app to measure that.
bench: $(STAMP)
	@$(BIN)/python -m tests.benchmarks $(if $(DIR),--dir "$(DIR)",--sizes $(or $(SIZES),100 1000 5000)) $(BENCH_ARGS)

# What each rule costs in a check of DIR, and on a keystroke.
bench-rules: $(STAMP)
	@test -n "$(DIR)" || { echo "use: make bench-rules DIR=path/to/nest-app" >&2; exit 2; }
	@$(BIN)/python -m tests.benchmarks.rules $(BENCH_ARGS) "$(DIR)"

# Break one convention at a time in DIR (in memory), and count what is reported.
mutate: $(STAMP)
	@test -n "$(DIR)" || { echo "use: make mutate DIR=path/to/nest-app" >&2; exit 2; }
	@$(BIN)/python -m tests.recall $(MUTATE_ARGS) $(DIR)

# Apply every fix of DIR alone (in memory), and see whether it keeps its promises; PROVE_ARGS=--types asks the compiler, too.
prove: $(STAMP)
	@test -n "$(DIR)" || { echo "use: make prove DIR=path/to/nest-app" >&2; exit 2; }
	@$(BIN)/python -m tests.proof $(PROVE_ARGS) $(DIR)

# The package of the VS Code extension for this machine; TARGETS="linux-x64 win32-x64", or TARGETS=all for every platform.
vscode: $(STAMP) $(VSCODE)
	@$(BIN)/python client-vscode/scripts/package.py $(TARGETS)

lint: $(STAMP)
	@$(BIN)/ruff check && $(BIN)/mypy

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
