"""Waves that ride on a line and pass a logistic gate."""

import math
from collections.abc import Callable
from functools import cache

import numpy as np

from actcli.activation import Activation, Array, Facts, Order, Parameter, Reference
from actcli.catalogue.pieces import extremes, wave
from actcli.numerics import balance, select, sigmoid_slope, times_exp, two_square, two_sum
from actcli.numerics.double import Double

# A wave on a line, w, with its slope and curvature.
Waves = tuple[Double, Double, Double]


def _gated(x: Array, carrier: Callable[[Array], Waves], order: int) -> Array:
    """Return the derivative of this order of w(x)·σ(x).

    With σ = up/whole and 1 − σ = down/whole the terms of each order have a common divisor; twice the digits,
    because they cancel where the wave crosses zero.
    """
    # Beyond this the gate is 0 or 1 to the last bit, and so is every product with its slopes.
    near = np.clip(x, -1000.0, 1000.0)
    up, down = balance(near)
    whole, apart = Double(*two_sum(up, down)), Double(*two_sum(down, -up))
    wave, slope, bend = carrier(select(x > 0, x, near))
    if order == 0:
        factor = wave / whole
    elif order == 1:
        factor = (slope * whole + wave * down) / (whole * whole)
    else:
        terms = (bend * whole + slope * (2.0 * down)) * whole + wave * apart * down
        factor = terms / (whole * whole * whole)
    # Left of 0 up is exp(x), which is taken last so that nothing is lost where it is subnormal.
    gated = select(x > 0, factor.rounded, times_exp(factor.rounded, np.minimum(near, 0.0)))
    return select(x == np.inf, np.inf, gated) if order == 0 else gated


def _precise_wave(x: Array, omega: float) -> tuple[Double, Double]:
    """Return sin(omega·x) and cos(omega·x), the larger of them to more digits than a float64 has.

    Its rounding error is what the sum of their squares lacks of 1, for that of the smaller one hardly counts.
    """
    sine, cosine = wave(x, omega)
    squares = Double(*two_square(sine)) + Double(*two_square(cosine))
    lack = 0.5 * ((1.0 - squares.high) - squares.low)
    larger = np.abs(sine) > np.abs(cosine)
    rest = lack / select(larger, sine, cosine)
    return Double(sine, select(larger, rest, 0.0)), Double(cosine, select(larger, 0.0, rest))


def _waves(x: Array, a: float, b: float, height: Double, ahead: Double, lifted: Double) -> Waves:
    """Return w, w′, w″ for w = x + a·height, ahead being height′/b and lifted 1 + ahead as a product."""
    size = Double(np.asarray(a)) * b
    # Where the slope touches 0, a sum would not.
    slope = lifted if a * b == 1.0 else ahead * size + 1.0
    return height * a + x, slope, height * size * -b


def _with_sine(x: Array, a: float, b: float, order: int) -> Array:
    def carrier(x: Array) -> Waves:
        sine, cosine = _precise_wave(x, b)
        half = Double(wave(x, b / 2.0)[1])
        return _waves(x, a, b, sine, cosine, half * half * 2.0)

    return _gated(x, carrier, order)


def _with_cosine(x: Array, a: float, b: float, order: int) -> Array:
    if order == 2:
        return select(np.abs(x) < 0.5, _cosine_curvature(x, a, b), _cosine_gated(x, a, b, order))
    return _cosine_gated(x, a, b, order)


def _cosine_curvature(x: Array, a: float, b: float) -> Array:
    """Return (w·σ)″ for w = x + a·cos(b·x) about 0, where its constant terms cancel if a·b² = 1."""
    near = np.clip(x, -1.0, 1.0)
    sine, cosine = wave(near, b)
    t, slope, strength = np.tanh(near / 2.0), sigmoid_slope(near), a * b * b
    even = (1.0 - strength) / 2.0 + strength * np.square(wave(near, b / 2.0)[0]) - np.square(t) / 2.0
    odd = strength * cosine * t / 2.0 + (2.0 * a * b * sine + (near + a * cosine) * t) * slope
    return even - odd


def _cosine_gated(x: Array, a: float, b: float, order: int) -> Array:
    def carrier(x: Array) -> Waves:
        sine, cosine = _precise_wave(x, b)
        half_sine, half_cosine = wave(x, b / 2.0)
        apart = Double(*two_sum(half_sine, -half_cosine))
        return _waves(x, a, b, cosine, sine * -1.0, apart * apart)

    return _gated(x, carrier, order)


@cache
def _wavy_facts(function: Callable[..., Array], a: float, b: float) -> Facts:
    """Far out f′ swings between 1 ± ab; near 0 it can swing a little further, which has no closed form."""
    infimum, _ = extremes(lambda x: function(x, a, b, 0), -60.0, 60.0)
    flattest, steepest = extremes(lambda x: function(x, a, b, 1), -60.0, 60.0)
    return Facts(infimum, math.inf, min(flattest, 1 - a * b), max(steepest, 1 + a * b), 0, math.nan)


SINLU = Activation(
    name="sinlu",
    title="Sinu-sigmoidal linear unit",
    family="growing",
    parameters=(
        Parameter("a", 1, 0.01, 10, "learned size of the wave"),
        Parameter("b", 1, 0.01, 10, "learned frequency"),
    ),
    orders=(
        Order("(x + a*sin(b*x))*sigmoid(x)", lambda x, a, b: _with_sine(x, a, b, 0)),
        Order(
            "sigmoid(x)*(1 + a*b*cos(b*x) + (x + a*sin(b*x))*sigmoid(-x))",
            lambda x, a, b: _with_sine(x, a, b, 1),
        ),
        Order(
            "sigmoid(x)*(-a*b**2*sin(b*x) + sigmoid(-x)*(2 + 2*a*b*cos(b*x) - (x + a*sin(b*x))*tanh(x/2)))",
            lambda x, a, b: _with_sine(x, a, b, 2),
        ),
    ),
    facts_of=lambda a, b: _wavy_facts(_with_sine, a, b),
    reference=Reference(
        "A. Paul, R. Bandyopadhyay, J. H. Yoon, Z. W. Geem and R. Sarkar, SinLU: sinu-sigmoidal linear "
        "unit, 2022",
        "https://doi.org/10.3390/math10030337",
    ),
)

COSLU = Activation(
    name="coslu",
    title="Cosine linear unit",
    family="growing",
    parameters=(
        Parameter("a", 1, 0.01, 10, "learned size of the wave"),
        Parameter("b", 1, 0.01, 10, "learned frequency"),
    ),
    orders=(
        Order("(x + a*cos(b*x))*sigmoid(x)", lambda x, a, b: _with_cosine(x, a, b, 0)),
        Order(
            "sigmoid(x)*(1 - a*b*sin(b*x) + (x + a*cos(b*x))*sigmoid(-x))",
            lambda x, a, b: _with_cosine(x, a, b, 1),
        ),
        Order(
            "sigmoid(x)*(-a*b**2*cos(b*x) + sigmoid(-x)*(2 - 2*a*b*sin(b*x) - (x + a*cos(b*x))*tanh(x/2)))",
            lambda x, a, b: _with_cosine(x, a, b, 2),
        ),
    ),
    facts_of=lambda a, b: _wavy_facts(_with_cosine, a, b),
    reference=Reference(
        "E. Pishchik, Trainable activations for image classification, 2023",
        "https://doi.org/10.20944/preprints202301.0463.v1",
    ),
)

ACTIVATIONS = (SINLU, COSLU)
