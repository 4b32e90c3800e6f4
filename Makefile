# Every target makes .venv by itself, from the lock with hashes; only Python 3.11+ and make are needed.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

# Some machines forbid Python to keep what it compiled. Here hundreds of processes run the same code,
# and each that runs tests would rewrite every assertion anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-kafka test-keycloak chaos laws mutants check check-types check-rest bench format lock clean

demo: $(READY)
	$(BIN)/rugzak demo

# Whatever the API's document allows and forbids. By itself: to find these cases takes each worker long.
DOCUMENT := tests/api/test_schemathesis.py

test: $(READY)
	$(BIN)/pytest -n auto --dist loadgroup -m "not apache_kafka and not keycloak and not mutants and not chaos" \
		--ignore=$(DOCUMENT)
	$(BIN)/pytest -n logical $(DOCUMENT)

# Every test that asks for the fixture `kafka`, this time on a real Apache Kafka (Java 17, Maven).
# Half the time they wait for groups and leaders: on two cores three workers, each with its broker, end
# soonest. Four keep their brokers from answering.
KAFKA_WORKERS ?= 3
test-kafka: $(READY)
	$(BIN)/pytest -n $(KAFKA_WORKERS) --dist loadgroup -m "apache_kafka and not chaos" --ignore=$(DOCUMENT)

# The API takes tokens of a real Keycloak (Java 17, Maven).
test-keycloak: $(READY)
	$(BIN)/pytest -m keycloak tests/api

# A search for lives that break a law, at random: EXAMPLES=3000 takes half an hour.
EXAMPLES ?= 500
laws: $(READY)
	RUGZAK_TEST_EXAMPLES=$(EXAMPLES) $(BIN)/pytest -n auto tests/laws

# The fault laboratory: the product on three Apache Kafka (Java 17, Maven) and PostgreSQL, while these
# and its own processes are killed, stopped and cut off. FAULTS=200 takes half an hour and more. First
# it shows that it notices a product without its promises.
FAULTS ?= 200
SEED ?= 1
chaos: $(READY)
	$(BIN)/pytest -m chaos tests/chaos
	$(BIN)/python -m tests.chaos --faults $(FAULTS) --seed $(SEED)

# Each number of each regulation, changed one at a time: who notices? Takes minutes.
mutants: $(READY)
	$(BIN)/pytest -s -m mutants tests/regulations

# mypy keeps a core busy for most of a minute: all else is checked beside it.
check: $(READY)
	$(MAKE) --jobs=2 --output-sync=target check-types check-rest

check-types: $(READY)
	$(BIN)/mypy

check-rest: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/rugzak contract schemas --check
	$(BIN)/pytest -q tests/schemas/test_documents.py
	$(BIN)/rugzak regulations check
	$(BIN)/rugzak regulations table --check

bench: $(READY)
	$(BIN)/rugzak bench all

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Needs uv; the locks carry hashes and no address.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		-o requirements.lock pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra embedded --extra audit --extra dev -o requirements-dev.lock pyproject.toml

clean:
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; say which with: make PYTHON=python3.11 ..."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)
