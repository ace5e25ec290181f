#!/usr/bin/env bash
# Pictures: one curve with its slope, several overlaid, a formula, and a vector graphic for a paper.
set -euo pipefail
cd "${1:-$(mktemp -d)}"

actcli plot relu
actcli plot sigmoid tanh softsign --output sigmoidal.svg
actcli plot "x * tanh(softplus(x))" --range -6 4 --title "a formula" --output formula.pdf
actcli plot gelu --theme dark --output - > dark.png
