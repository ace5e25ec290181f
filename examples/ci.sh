#!/usr/bin/env bash
# How a pipeline uses actcli: exit code 0 means that the check holds, 1 that it does not, 2 that the request is
# wrong; the result is on standard output as JSON either way.
set -uo pipefail
result=$(mktemp)
trap 'rm -f "$result"' EXIT

echo "the derivative of gelu is right:"
actcli derive gelu --check --json > "$result" || exit 1
python3 -c "import json, sys; check = json.load(open(sys.argv[1]))['check']; print('  worst error', check['worst_error_ulp'], 'ulp')" "$result"

echo "50 layers of relu keep at least a thousandth of the gradient:"
actcli vanish relu --depth 50 --init he --seed 0 --fail-below 1e-3 --json > "$result" || exit 1
python3 -c "import json, sys; print('  log10 of first over last layer', round(json.load(open(sys.argv[1]))['log10_ratio'], 3))" "$result"

echo "50 layers of sigmoid do not, and the build would stop here:"
actcli vanish sigmoid --depth 50 --seed 0 --fail-below 1e-6 --quiet --json > "$result"
code=$?
python3 -c "import json, sys; print('  exit code', sys.argv[2], 'and the verdict is', json.load(open(sys.argv[1]))['verdict'])" "$result" "$code"
test "$code" -eq 1
