"""What the records of reports share: activations and facts as data."""

from collections.abc import Mapping
from typing import Any

from actcli.activation import Facts, Record
from actcli.numerics.floats import finite


def activation_record(activation: Record) -> dict[str, Any]:
    """Return name and parameters for machines; an infinite parameter is null."""
    values = activation.values.items()
    return {"name": activation.name, "parameters": {name: finite(value) for name, value in values}}


def facts_record(facts: Facts) -> Mapping[str, Any]:
    """Return the facts for machines, under the keys that `compare` uses too."""
    return {
        "range": [finite(facts.infimum), finite(facts.supremum)],
        "slope_min": finite(facts.slope_infimum),
        "slope_max": finite(facts.slope_supremum),
        "slope_at_minus_infinity": finite(facts.slope_at_minus_infinity),
        "slope_at_infinity": finite(facts.slope_at_infinity),
        "parity": facts.parity,
    }
