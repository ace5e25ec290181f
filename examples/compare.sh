#!/usr/bin/env bash
# Side by side: one table, one picture, and the data behind both.
set -euo pipefail
folder=${1:-$(mktemp -d)}

actcli compare sigmoid tanh relu gelu
actcli compare relu leaky_relu elu --sort mean --format markdown
actcli compare sigmoid tanh relu --depth 50 --output "$folder/compare.png"
