"""The record of one activation function: its parameters, its orders, its facts and where it comes from."""

from actcli.activation.elementwise import Activation
from actcli.activation.record import (
    Array,
    Facts,
    Kink,
    Order,
    Origin,
    Parameter,
    Precision,
    Record,
    Reference,
    check_records,
    known_orders,
)
from actcli.activation.vector import VectorActivation

__all__ = [
    "Activation",
    "AnyActivation",
    "Array",
    "Facts",
    "Kink",
    "Order",
    "Origin",
    "Parameter",
    "Precision",
    "Record",
    "Reference",
    "VectorActivation",
    "check_records",
    "known_orders",
]

AnyActivation = Activation | VectorActivation
