# Two commands: `make run` opens the studio, `make test` proves everything.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run test check format clean

run: $(VENV)/installed
	@$(BIN)/firsthand studio

test: $(VENV)/test-ready
	@PATH="$(abspath $(BIN)):$$PATH" ./tests/run

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "firsthand needs Python 3.11 or later; this is $$($(PYTHON) --version). Try: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# PyTorch first and by its exact version: an open range would fetch gigabytes of GPU packages.
$(VENV)/installed: pyproject.toml | $(BIN)/python
	@echo "Installing into $(VENV) (once; a few minutes) ..."
	@echo "  PyTorch"
	@$(BIN)/pip install -qq torch==2.13.0
	@echo "  firsthand and what it stands on"
	@$(BIN)/pip install -qq --editable '.[deep,boosting,rl,train]'
	@touch $@

$(VENV)/test-ready: $(VENV)/installed
	@echo "  what the tests need"
	@$(BIN)/pip install -qq --editable '.[deep,boosting,rl,train,test]'
	@touch $@

format: $(VENV)/test-ready
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

clean:
	rm -rf $(VENV) .venv-anki build dist *.egg-info
