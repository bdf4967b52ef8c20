# Two commands: `make demo` runs the whole house here, `make test` tests it.
# Everything is done by the package embedded/ (README.md, "How it starts").
PYTHON ?= python3
INSTANCE ?= demo
TEST_INSTANCE ?= test
ARGS ?=
RUN = @$(PYTHON) -m embedded

.DEFAULT_GOAL := help
.PHONY: help demo up down status logs servers test test-quick lint bench secrets clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

demo: ## install, start everything here, stop it with Ctrl-C
	$(RUN) demo --instance $(INSTANCE)

up: ## the same in the background
	$(RUN) up --instance $(INSTANCE)

down: ## stop what `make up` started
	$(RUN) down --instance $(INSTANCE)

status: ## what runs
	$(RUN) status --instance $(INSTANCE)

logs: ## follow what the processes say
	$(RUN) logs --instance $(INSTANCE)

servers: ## PostgreSQL, Redis and Asterisk only (var/dev/env has every variable)
	$(RUN) servers --instance dev

test: ## the whole suite with servers of its own (ARGS="tests/pbx -k extension")
	$(RUN) test --instance $(TEST_INSTANCE) -- $(ARGS)

test-quick: ## the suite without telephones and browsers
	$(RUN) test-quick --instance $(TEST_INSTANCE) -- $(ARGS)

lint: ## ruff, mypy, import-linter, migrations, Django's checks
	$(RUN) lint

bench: ## every benchmark, one JSON line each
	$(RUN) bench --instance $(TEST_INSTANCE)-bench -- $(ARGS)

secrets: ## deploy/secrets/ for docker compose
	$(RUN) secrets

clean: ## forget everything that was made here, data too
	$(RUN) clean
