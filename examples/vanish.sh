#!/usr/bin/env bash
# Does the gradient survive? With customary initialisations, with one of one's own, and for a formula.
set -euo pipefail

actcli vanish sigmoid --depth 20
actcli vanish relu --depth 50 --init he
actcli vanish gelu --depth 50 --sigma-w 1.4 --sigma-b 0.4 --format csv
actcli vanish "x * tanh(softplus(x))" --depth 10 --json
