#!/usr/bin/env bash
# Derivatives: as a formula, as numbers where it matters, and as a check that fails a build.
set -euo pipefail

actcli derive sigmoid --at 0 --at -700
actcli derive leaky_relu:negative_slope=0.2 --check
actcli derive "x * tanh(softplus(x))" --at -1.5 --json
actcli derive softmax
actcli derive "x * mish(2*x)" --steps --expand
actcli derive elu:alpha=0.5 --order 3 --format python
actcli derive gelu_tanh --against gelu
