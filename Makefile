# Two commands on a fresh machine do everything: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Debian packages that tests and the demo use; missing ones are named, then installed where that is allowed.
APT := chromium postgresql ffmpeg espeak-ng fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji tesseract-ocr tesseract-ocr-eng \
  $(addprefix tesseract-ocr-,ara ben fas fra guj hin kmr pan pol por pus ron spa urd script-latn)

.DEFAULT_GOAL := help
.PHONY: help demo test check bench bench-film bench-languages bench-matching chaos run lock format locales sheets screenshots apt .venv

help: ## List the targets
	@grep -E '^[a-z.-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

.venv: $(STAMP) ## Make the virtual environment from the hash-pinned lock

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (set PYTHON=...)."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing: apt-get install python3-venv"; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $(STAMP)

apt: ## Install the Debian packages that are missing (NO_APT=1 skips)
	@sh tests/tools/apt.sh $(APT)

demo: $(STAMP) apt ## A whole sample borough on this machine (ARGS="--port 8090 --headless --reset")
	$(BIN)/vouch demo $(ARGS)

run: $(STAMP) ## Run the bot and the console with your settings
	$(BIN)/vouch run $(ARGS)

test: $(STAMP) apt ## Every test (PYTEST="-k words" narrows)
	$(BIN)/pytest -n 3 --dist worksteal $(PYTEST)

check: $(STAMP) ## Format, lint, types, layer contracts, strings, messages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.tools.strings check
	$(BIN)/vouch messages check messages

bench: $(STAMP) ## Ratios to the practical limit, side by side; writes build/bench.json
	$(BIN)/python -m tests.bench

bench-languages: $(STAMP) ## How well languages are told apart, and how quick catalogs are; writes build/languages.json
	$(BIN)/python -m tests.tools.languages measure $(ARGS)

bench-matching: $(STAMP) ## How well rumours are recognised, against the goals; writes build/bench-matching.json
	$(BIN)/python -m tests.bench.matching $(ARGS)

bench-film: $(STAMP) apt ## A film of 17 clips beside bare ffmpeg, looked at by a program apart; writes build/bench-film.json
	$(BIN)/python -m tests.bench.film $(ARGS)

chaos: $(STAMP) apt ## Hours of campaigns on both engines: kills, outages, floods; writes build/chaos.json (ARGS="NAME --small")
	$(BIN)/python -m tests.chaos $(ARGS)

lock: $(STAMP) ## Renew requirements.lock (hashes, no index addresses)
	$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --group dev --extra encoder pyproject.toml -o requirements.lock

format: $(STAMP) ## Put the code into its usual form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

locales: $(STAMP) ## Extract texts, bring catalogs in step, check them (STRICT=1: complete in every language)
	$(BIN)/python -m tests.tools.strings extract
	$(BIN)/python -m tests.tools.strings update
	$(BIN)/python -m tests.tools.strings check $(if $(STRICT),--strict)

sheets: $(STAMP) apt ## Every resident's screen in the languages that break layouts first: locales/sheets/*.webp
	$(BIN)/python -m tests.tools.sheets $(ARGS)

screenshots: $(STAMP) apt ## Renew the pictures in the README from a running demo
	$(BIN)/python -m tests.tools.screenshots
