# `make help` lists what a person runs. All of it happens in .venv/.
PYTHON ?= python3.11
PIP = .venv/bin/python -m pip install --quiet --disable-pip-version-check
INSTALL = $(PIP) --require-hashes -r

.DEFAULT_GOAL := help
.PHONY: help setup demo bot train test chaos fuzz soak check notebook lock

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.demo  ## set up .venv/ with what the bot and the demo need

demo: .venv/.demo  ## chat with the bot in a browser: no token, no internet
	@.venv/bin/python scripts/demo.py

bot: .venv/.demo  ## run the bot on Telegram (needs TELEGRAM_BOT_TOKEN)
	@.venv/bin/python -m bot

train: .venv/.train  ## train the shipped model again (downloads tensorflow)
	.venv/bin/python scripts/train.py

# Four at a time, on 2 cores as well: most tests of the bot wait. A file's tests stay in one
# process, so that what they share is made once.
test: check browser postgres promtool systemd  ## check everything, and run all tests
	.venv/bin/python -m pytest -n 4 --dist loadfile

chaos: .venv/.dev  ## 2,000 photos through 20 kills and hundreds of faults: minutes
	.venv/bin/python -m pytest -s -m chaos tests/bot/test_chaos.py

fuzz: .venv/.dev  ## 20,000 damaged pictures of all formats together: most of an hour
	.venv/bin/python -m pytest -s -m fuzz tests/mnist_model/test_fuzz.py

soak: .venv/.dev  ## the bot at its full rate for 30 minutes (SOAK_MINUTES)
	.venv/bin/python -m pytest -s -m soak tests/bot/test_soak.py

check: .venv/.dev  ## formatting, lint, strict types and the import contract
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

notebook: .venv/.notebook  ## run the walk-through again and save its pictures
	.venv/bin/python scripts/notebook.py

# Each stamp is newer than the requirements it was installed from, and than the list of packages.
.venv/.bin:
	@command -v $(PYTHON) > /dev/null || { echo "There is no $(PYTHON) here. Install it, or name another \
	Python: make $(MAKECMDGOALS) PYTHON=python3.12 (later ones than 3.11 were not tried)." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.demo: requirements/demo.txt pyproject.toml .venv/.bin
.venv/.train: requirements/train.txt pyproject.toml .venv/.bin
.venv/.notebook: requirements/notebook.txt pyproject.toml .venv/.bin
.venv/.dev: requirements/dev.txt pyproject.toml .venv/.bin

.venv/.demo .venv/.train .venv/.notebook .venv/.dev:
	$(INSTALL) $<
	$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

# Debian's packages, for the tests that need more than Python.
ASK_DEBIAN_FOR = if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
		echo "Some tests need $(1), which only root on Debian can get from here." \
			"Install your system's package of that name, then try again." >&2; \
		exit 1; \
	fi; \
	apt-get update -qq
INSTALL_DEBIAN = { $(call ASK_DEBIAN_FOR,$(1)) && \
	apt-get install -y -qq --no-install-recommends $(1); }
# Out of its package, which would start a server.
INSTALL_PROMTOOL = { $(call ASK_DEBIAN_FOR,prometheus) && cd .venv && \
	apt-get download -qq prometheus && dpkg -x prometheus_*.deb prometheus && \
	mv prometheus/usr/bin/promtool bin/ && rm -r prometheus prometheus_*.deb; }

.PHONY: browser postgres promtool systemd
browser:
	@command -v chromium >/dev/null || $(call INSTALL_DEBIAN,chromium)
postgres:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null \
		|| $(call INSTALL_DEBIAN,postgresql)
promtool:
	@command -v promtool >/dev/null || [ -x .venv/bin/promtool ] || $(INSTALL_PROMTOOL)
systemd:
	@command -v systemd-analyze >/dev/null || $(call INSTALL_DEBIAN,systemd)

# Versions and hashes for every extra, resolved together so that they agree. Needs uv.
COMPILE = uv pip compile --quiet pyproject.toml --python-version 3.11 --universal \
	--generate-hashes --no-emit-index-url --no-header --no-annotate
lock:
	$(COMPILE) --extra dev -o requirements/dev.txt
	$(COMPILE) -c requirements/dev.txt -o requirements/bot.txt
	$(COMPILE) -c requirements/dev.txt --extra postgres -o requirements/postgres.txt
	$(COMPILE) -c requirements/dev.txt --extra demo -o requirements/demo.txt
	$(COMPILE) -c requirements/dev.txt --extra train -o requirements/train.txt
	$(COMPILE) -c requirements/dev.txt --extra notebook -o requirements/notebook.txt
	$(COMPILE) -c requirements/dev.txt --extra export -o requirements/export.txt
