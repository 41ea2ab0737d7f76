# Tallystick. `make demo` and `make test` do all the set-up they need.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: setup system-packages build lint demo test simulate soak mutate fuzz order-attack powercut bench bench-box clean help accuracy machine-table

STAMP := node_modules/.tallystick-installed

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(STAMP): package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

setup: $(STAMP) ## install what npm can install (no root needed)

build: $(STAMP) ## compile everything into dist/
	npx tsc -b
	npm run --silent build-kernels

lint: $(STAMP) ## format check and lint
	npx prettier --check . --log-level warn
	npx eslint . --max-warnings 0

system-packages: ## install what tests need from the system (root or sudo)
	./tools/system-packages.sh

demo: build ## an election day on the virtual cabinet, checked from outside
	node dist/tools/demo/main.js

test: $(STAMP) system-packages build lint ## everything a test needs, installed and run
	node dist/test/run.js

simulate: build ## election days from seeds with faults (DAYS=, SHEETS=, SEED=; FIRST= for a share of the days)
	node dist/tools/simulate/main.js

soak: build ## 200 simulated hours in one process: memory and stalls (HOURS=, SEED=)
	node --expose-gc dist/tools/soak/main.js

mutate: build ## change everything that is signed, and see that each change is found (MUTATIONS=, SEED=)
	node dist/tools/mutate/main.js

fuzz: build ## broken and hostile input at every door (RUNS= or FUZZ_SECONDS=, SEED=)
	node dist/tools/fuzz/main.js

accuracy: build ## how often the reader errs, by a seeded model (POSITIONS=, SEED=)
	node dist/tools/accuracy/main.js

order-attack: build ## can anybody tell the order of ballots? (ELECTIONS=, BALLOTS=, RENDERED=, POWER=1)
	node dist/tools/order-attack/main.js

powercut: $(STAMP) system-packages build ## power cuts on real ext4; root (CUTS=, KILLS=, ILL=, SEED=)
	node dist/tools/powercut/main.js

machine-table: build ## write docs/machine.md from the machine itself
	node dist/tools/machine-table/main.js

bench: build ## timings against named baselines (never a gate)
	node dist/tools/benchmarks/main.js

bench-box: build ## start-up with 3,000 ballots, an export of 10,000 verified (minutes, 10 GB)
	node dist/tools/benchmarks/box-main.js

clean: ## remove what was built
	rm -rf dist out
