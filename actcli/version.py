"""The version of actcli: what `--version`, every report and the package say."""

VERSION = "0.1.0"
