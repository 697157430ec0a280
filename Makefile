# One virtual environment from the lock file serves every target. PYTHON chooses the interpreter (3.11 or newer).
PYTHON ?= python3
BIN := .venv/bin
NATS := v2.15.2

.PHONY: run test lint bench bench-events bench-reads bench-growth bench-start bench-memory bench-writes chaos conformance lock schema release-schema client chromium nats clean

run: .venv/installed ## serve the sample desk on http://127.0.0.1:8000
	$(BIN)/deskgraph serve --sample

test: .venv/installed $(if $(CI),chromium nats) lint ## everything CI runs
	$(BIN)/pytest

lint: .venv/installed build/types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=build/types $(BIN)/lint-imports --no-cache

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("deskgraph needs Python 3.11 or newer: make PYTHON=python3.12") if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	touch $@

# Type checkers can't see the import hook of an editable install: link the folders where they look.
build/types: pyproject.toml $(wildcard src/deskgraph/*.py)
	rm -rf $@ && mkdir -p $@/deskgraph
	ln -s $(CURDIR)/src/deskgraph/* $(CURDIR)/schema $(CURDIR)/graph $(CURDIR)/resolvers $@/deskgraph/

bench: bench-start bench-reads bench-writes bench-growth bench-events bench-memory ## all of them; some two hours

bench-events: .venv/installed ## what the event log costs and how fast it is; some ten minutes
	$(BIN)/python -m benchmarks.events

bench-reads: .venv/installed ## reads beside the floor and the peer (needs wrk and Node.js 20 or newer); some twenty minutes
	$(BIN)/python -m benchmarks.reads

bench-growth: .venv/installed ## reads of 100,000 and of 1,000,000 tickets in turns (needs wrk); some fifteen minutes
	$(BIN)/python -m benchmarks.growth

bench-start: .venv/installed ## how soon `deskgraph serve` is ready; some three minutes
	$(BIN)/python -m benchmarks.start

bench-memory: .venv/installed ## what a served process holds over a million requests (needs wrk); some twenty minutes; REQUESTS
	$(BIN)/python -m benchmarks.memory $(if $(REQUESTS),--requests $(REQUESTS))

bench-writes: .venv/installed ## writes beside the floor and the peer (needs what bench-reads needs); some ten minutes
	$(BIN)/python -m benchmarks.writes

chaos: .venv/installed ## kill -9 everything at random under load and check that nothing is lost; KILLS, SEED, MINUTES
	$(BIN)/python -m tests.chaos $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES))

conformance: .venv/installed ## the clients of others, and 5,000 operations made by chance (needs Node.js); some ten minutes; CASES
	$(BIN)/python -m tests.clients.versions
	CI=true CASES=$(or $(CASES),5000) $(BIN)/pytest -n 0 -vv tests/acceptance/clients \
		tests/acceptance/test_graphql_over_http.py tests/acceptance/mcp/test_programs.py

lock: ## pin the newest versions that pyproject.toml allows (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--group dev pyproject.toml --output-file requirements.lock

schema: .venv/installed ## write the committed SDL anew
	$(BIN)/deskgraph schema > schema/schema.graphql

release-schema: schema ## at a release: what later schemas are compared with
	cp schema/schema.graphql schema/released.graphql

client: .venv/installed ## write the remote client's typed words anew
	mkdir -p build && $(BIN)/python tools/generate_client.py > build/generated.py
	mv build/generated.py src/deskgraph/client/generated.py

chromium: ## the browser that shows the console page in the tests
	command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium)

nats: ## the server that the tests of the relay start, built from source (needs Go)
	CGO_ENABLED=0 GOBIN=$(CURDIR)/build/bin go install github.com/nats-io/nats-server/v2@$(NATS)

clean:
	rm -rf .venv build dist
