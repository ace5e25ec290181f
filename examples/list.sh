#!/usr/bin/env bash
# What there is: everything, one activation with all its names, and names for a script.
set -euo pipefail

actcli list
actcli list hard_sigmoid
actcli list --json
