# The doors of poolbench; each is a line or two.
CARGO := cargo
# Where cargo builds, which CARGO_TARGET_DIR and cargo's own settings may say.
TARGET = $(or $(shell $(CARGO) metadata --format-version 1 --no-deps --offline 2>/dev/null | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'),target)
PREFIX ?= /usr/local
ARCHIVE = poolbench-$(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)-linux-$(shell uname -m)
POOLBENCH = "$(TARGET)/release/poolbench"
PYTHON := python3
# A python3 that is a script (pyenv's) starts other programs before it becomes the interpreter; this is the interpreter.
WITH_PYTHON = PATH="$$($(PYTHON) -c 'import os, sys; print(os.path.dirname(os.path.realpath(sys.executable)))'):$$PATH"
RUN ?= data/results/latest
INTO ?= data/recorded/$(notdir $(realpath $(RUN)))
ALLOCATORS := futures-pool,futures-pool-mimalloc,futures-pool-snmalloc,smol,smol-mimalloc,smol-snmalloc,tokio,tokio-mimalloc,tokio-snmalloc

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-20s %s\n", $$1, $$2}'

build: need-cargo ## everything, in release
	$(CARGO) build --release --workspace --locked

bench-all: build ## the whole comparison, in a budget of 10 minutes; answers at the end, rows in data/results/latest
	$(POOLBENCH) run all

bench-quick: build ## a look in under a minute
	$(POOLBENCH) run quick

guests: guests-python guests-c guests-cpp guests-go guests-java guests-js ## pools in other languages: what they are made of, for each whose tools are here

guests-python: ## Python's virtual environment, for the pools that are not of its standard library
	@if ! command -v $(PYTHON) >/dev/null; then echo "guests in Python are left out: there is no $(PYTHON); apt-get install python3-venv"; exit 0; fi; \
	guests/python/.venv/bin/python -c 'import eventlet, gevent, joblib, requests' >/dev/null 2>&1 || rm -f guests/python/.venv/made; \
	$(MAKE) --no-print-directory guests/python/.venv/made || { rm -f guests/python/.venv/made; \
	echo "py-eventlet, py-gevent, py-joblib and http-native of the others are left out: their environment could not be made, as it says above."; \
	echo "Without venv: apt-get install python3-venv. Where pip reaches no index: PIP_INDEX_URL or PIP_FIND_LINKS names one. Then: make guests-python"; }

# The environment of this python3, anew where that is another one; pip takes only files of the hashes that stand there, and gives up
# after a minute where no index answers.
guests/python/.venv/made: guests/python/requirements.txt
	$(PYTHON) -m venv --clear guests/python/.venv
	guests/python/.venv/bin/python -m pip --disable-pip-version-check --timeout 15 --retries 1 install --quiet --require-hashes -r $<
	touch $@

guests-c: ## pools in C; needs cc
	@if command -v cc >/dev/null; then $(MAKE) --no-print-directory -C guests/c; else echo "guests in C are left out: there is no cc; apt-get install gcc"; fi

guests-cpp: ## pools in C++; needs cc and c++, and oneTBB for one of them
	@if command -v cc >/dev/null && command -v c++ >/dev/null; then $(MAKE) --no-print-directory -C guests/cpp; else \
	echo "guests in C++ are left out: there is no cc or no c++; apt-get install gcc g++ libtbb-dev"; fi

guests-go: ## pools in Go; needs Go 1.19 or newer
	@if command -v go >/dev/null; then $(MAKE) --no-print-directory -C guests/go; else echo "guests in Go are left out: there is no go; apt-get install golang-go"; fi

guests-java: ## the pools in Java; needs javac
	@if command -v javac >/dev/null && command -v jar >/dev/null; then $(MAKE) --no-print-directory -C guests/java; else \
	echo "guests in Java are left out: there is no javac; apt-get install default-jdk-headless"; fi

guests-js: ## the pools in JavaScript; needs node 18
	@if node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null; then echo "guests in JavaScript need no build"; else \
	echo "guests in JavaScript are left out: there is no node 18 or newer; apt-get install nodejs"; fi

test-guests: build guests ## every guest that can be built through check-pool, alone, beside busy loops, on random batches; GUESTS="java js" for some
	$(WITH_PYTHON) $(PYTHON) guests/check.py $(POOLBENCH) $(GUESTS)

bench-python: build guests-python ## Python's pools beside the pools here that stand for them, under 10 minutes by its plan
	$(WITH_PYTHON) $(POOLBENCH) run python

bench-languages: build guests ## the two best pools of each of seven languages, under 10 minutes by its plan
	$(WITH_PYTHON) $(POOLBENCH) run languages

bench-seed-2016: build guests-python ## the four tests of the pool analysis of 2016, on its own pools and on ours, and which of its ratios hold
	$(WITH_PYTHON) $(POOLBENCH) run seed-2016
	$(PYTHON) guests/ratios_2016.py data/results/latest

bench-python-tax: guests-python ## CPU time of pools in Python against twins that store results and check none: what their harness costs
	$(PYTHON) guests/python/bench_harness.py

# Tests of processes mostly wait, so more of them run at once than there are cores. Unit tests are built of the libraries and of the one
# program that has some: of each of the other forty they would be a build of its own with nothing in it.
test: need-cargo ## all tests, through the binaries, in release
	$(CARGO) build --release --workspace --locked
	RUST_TEST_THREADS=$${RUST_TEST_THREADS:-$$(( $$(nproc) * 3 ))} \
	$(CARGO) test --release --workspace --locked --lib --bin pool-futures-threads --test '*'

documents: need-cargo ## what README and docs show of recorded runs, words and pictures, written anew
	POOLBENCH_REFRESH=1 $(CARGO) test --release --workspace --test documents --locked

test-fleet: build ## shards on a real Slurm and over real ssh, on loopback, as root; says so where these are not here. PARTS=kills for random kills
	$(AS_ROOT) $(PYTHON) -B orchestrator/tests/fleet/check.py $(POOLBENCH) $(PARTS)

bench-fleet: build ## a plan in 4 shards on 2 loopback hosts against one machine: cells, claims, intervals; as root. PLAN="..." is what plan takes
	$(AS_ROOT) $(PYTHON) -B orchestrator/tests/fleet/agree.py $(POOLBENCH) $(PLAN)

test-sheets: build ## what `export` writes, opened in LibreOffice in two locales; says so where there is none
	python3 orchestrator/tests/office/check.py $(POOLBENCH)

test-browser: build ## the page of `report` in a headless Chromium; says so where there is none. SHOTS=FOLDER keeps what it looks like
	$(PYTHON) orchestrator/tests/browser/check.py $(POOLBENCH) $(if $(SHOTS),--shots "$(SHOTS)") $(if $(RUN),--run "$(RUN)")

lint: need-cargo ## formatting, and clippy with warnings denied
	$(CARGO) fmt --all --check
	$(CARGO) clippy --release --workspace --all-targets --locked -- -D warnings

record: build ## a run that has ended, gzipped and without what is of this machine alone: RUN=data/results/latest INTO=data/recorded/NAME
	packaging/record.sh $(POOLBENCH) "$(RUN)" "$(INTO)"

report: build ## the latest run as one page, report.html in its folder
	$(POOLBENCH) report

bench-server: need-cargo ## CPU a request of the web server against nginx in the same minutes
	$(CARGO) bench -p server --bench nginx

bench-tax: build ## CPU time of three pools against hand-written twins: what the harness costs
	"$(TARGET)/release/harness-tax"

bench-own-job: build ## what a job that comes from a library costs over the same job built in: CPU time of three pools, in pairs
	"$(TARGET)/release/own-job-tax"

bench-speedup: build ## warm batches of the chunked pools against serial, two workers
	"$(TARGET)/release/speedup"

bench-pools: build ## what a dispatch costs on every pool beside serial and Python's originals; PAGE=docs/POOLS.md fills the tables in
	$(CARGO) bench -p orchestrator --bench pools -- $(if $(PAGE),--write $(PAGE))

check-unification: need-cargo ## every pool is the same binary from -p and from --workspace (two builds from nothing)
	benches/unification.sh

bench-trial: build ## what a trial costs over a bare spawn, with control groups and without
	$(CARGO) bench -p orchestrator --bench trial_cost

bench-cores: build ## whether waiting for fast cores narrows batch times
	$(CARGO) bench -p orchestrator --bench cores

bench-verdicts: build ## false alarms, places and power of the statistics, beside hyperfine (35 minutes; in parts: see benches/verdicts/main.rs)
	$(CARGO) bench -p orchestrator --bench verdicts

bench-rows: build ## time and memory of a summary, of fits and of a report of 10^5 and 10^6 rows
	$(CARGO) bench -p orchestrator --bench rows

bench-shards: build ## time and memory of merging up to 500 shards of 20,000 rows (8 GB of the temporary folder)
	$(CARGO) bench -p orchestrator --bench shards

bench-models: build ## what the intervals of fits hold, and how far predictions are off: RUNS="DIR.." are the runs left out from
	$(CARGO) bench -p orchestrator --bench models -- $(abspath $(RUNS))

bench-race: build ## simulated races on the rows of a recorded run, quiet and disturbed: how often right, and for how many trials; RUN=DIR LOADED=DIR RACES=500
	$(CARGO) bench -p orchestrator --bench race -- $(abspath $(RUN) $(LOADED))

bench-history: build ## simulated histories of 60 runs with recorded run-to-run spread: false alarms, and shifts of three spreads; RUNS="DIR.."
	$(CARGO) bench -p orchestrator --bench history -- $(abspath $(RUNS))

bench-survivors: build ## hostile pools under every blow at twenty drawn moments each
	$(CARGO) bench -p orchestrator --bench survivors

bench-accuracy: build ## memory figures against programs of known payload
	$(CARGO) bench -p orchestrator --bench accuracy

bench-allocators: build ## the three pools that allocate for each task, on mimalloc and snmalloc too; needs cc and c++
	$(CARGO) build --release --locked -p pool-futures-pool -p pool-smol -p pool-tokio --all-features --target-dir target/allocators
	$(POOLBENCH) run --pools-from data/allocators.toml --pools $(ALLOCATORS) --workload noop --jobs 100000 --chunk 1 --window all --batches 5 --blocks 12

install: build manual ## everything under PREFIX (/usr/local, or e.g. PREFIX=$$HOME/.local); runs then go to ./poolbench-results
	packaging/install.sh install "$(DESTDIR)$(PREFIX)" "$(TARGET)/release" "$(TARGET)/manual"

uninstall: ## takes away what `make install` put under PREFIX
	packaging/install.sh uninstall "$(DESTDIR)$(PREFIX)"

dist: build manual ## an archive that runs on other machines of this distribution: unpack it, then bin/poolbench
	rm -rf "$(TARGET)/dist/$(ARCHIVE)"
	packaging/install.sh install "$(TARGET)/dist/$(ARCHIVE)" "$(TARGET)/release" "$(TARGET)/manual"
	tar -C "$(TARGET)/dist" -czf "$(TARGET)/dist/$(ARCHIVE).tar.gz" --owner=0 --group=0 "$(ARCHIVE)"
	@echo "$(TARGET)/dist/$(ARCHIVE).tar.gz"

manual: need-cargo
	rm -rf "$(TARGET)/manual"
	$(CARGO) run --quiet --release --locked -p orchestrator --example manual -- "$(TARGET)/manual"

clean: need-cargo ## what was built; results stay
	$(CARGO) clean

need-cargo:
	@command -v $(CARGO) >/dev/null || { echo "poolbench needs cargo: install Rust from https://rustup.rs, then run make again" >&2; exit 2; }

.DEFAULT_GOAL := help
# Every door, and what stands behind them.
.PHONY: need-cargo $(shell sed -n 's/^\([a-z0-9-]*\):.*## .*/\1/p' $(firstword $(MAKEFILE_LIST)))
