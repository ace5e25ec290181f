"""The elementary functions against mpmath, in ulp, over every exponent; and the products they stand on."""

from collections.abc import Callable
from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest

from actcli import numerics
from actcli.numerics.exact import Array
from tests import patches
from tests.oracle import distance

RANDOM = np.random.default_rng(11)
SIZES = np.concatenate([np.geomspace(5e-324, 1e308, 60), RANDOM.uniform(0, 40, 70), RANDOM.uniform(0, 2, 50)])
POINTS = np.concatenate([-SIZES, SIZES])


def bounded(
    function: Callable[[mp.mpf], mp.mpf], limit: float, left: float, right: float
) -> Callable[..., mp.mpf]:
    """Return the function, with its limits beyond ±limit, where mpmath would overflow."""
    return lambda x: function(x) if abs(x) < limit else mp.mpf(left if x < 0 else right)


def bits(x: float) -> int:
    """Return enough precision for tails of exp(−745) on one side and for x − tanh(x) ≈ x³/3 on the other."""
    return int(300 + 2.5 * abs(np.log2(abs(x)))) if abs(x) < 5 else 1300


# Each with the largest error allowed, in ulp.
TRUTHS = {
    "sigmoid": (bounded(lambda x: 1 / (1 + mp.exp(-x)), 800, 0, 1), 2.5),
    "sigmoid_slope": (bounded(lambda x: mp.exp(-x) / (1 + mp.exp(-x)) ** 2, 800, 0, 0), 4),
    "sigmoid_curvature": (
        bounded(lambda x: -mp.exp(-x) / (1 + mp.exp(-x)) ** 2 * mp.tanh(x / 2), 800, 0, 0), 5,
    ),
    "softplus": (lambda x: max(x, mp.mpf(0)) + mp.log1p(mp.exp(-abs(x))), 2.5),
    "log_sigmoid": (lambda x: min(x, mp.mpf(0)) - mp.log1p(mp.exp(-abs(x))), 2.5),
    "sech": (bounded(mp.sech, 800, 0, 0), 3),
    "sech2": (bounded(lambda x: mp.sech(x) ** 2, 800, 0, 0), 4.5),
    "log_cosh": (lambda x: mp.log(mp.cosh(x)) if abs(x) < 1000 else abs(x) - mp.log(2), 2.5),
    "tanhshrink": (lambda x: x - mp.tanh(x), 4),
    "erf": (bounded(mp.erf, 100, -1, 1), 2),
    "erfc": (bounded(mp.erfc, 100, 2, 0), 4),
    "normal_cdf": (bounded(mp.ncdf, 100, 0, 1), 4.5),
    "normal_density": (bounded(mp.npdf, 100, 0, 0), 3.5),
    "sinc": (lambda x: mp.sin(x) / x, 2),
    "hypotenuse": (lambda x: mp.hypot(1, x), 1.5),
}  # fmt: skip


@pytest.mark.parametrize("name", TRUTHS)
def test_an_elementary_function_is_right_to_a_few_ulp(name: str) -> None:
    function, allowed = TRUTHS[name]
    # A zero of sinc far out depends on the last bit of x; its neighbours are judged by the records.
    points = POINTS[np.abs(POINTS) < 3.0] if name == "sinc" else POINTS
    with np.errstate(all="ignore"):
        values = getattr(numerics, name)(points)
    errors = []
    for x, y in zip(points.tolist(), values.tolist(), strict=True):
        with mp.workprec(bits(x)):
            errors.append(distance(y, function(mp.mpf(x))))
    worst = int(np.argmax(errors))
    assert errors[worst] <= allowed, (points[worst], errors[worst])


def test_erfcx_grows_on_the_left_and_falls_like_a_power_on_the_right() -> None:
    points = np.concatenate([np.linspace(-26, 26, 101), np.geomspace(26, 1e300, 30)])
    with np.errstate(all="ignore"):
        values = numerics.erfcx(points)
    with mp.workprec(1300):
        for x, y in zip(points.tolist(), values.tolist(), strict=True):
            z = mp.mpf(x)
            true = mp.exp(z * z) * mp.erfc(z) if z < 1e4 else patches.asymptotic_erfcx(z)
            assert distance(y, true) <= 4, x


def test_product_square_and_total_lose_nothing() -> None:
    first, second = RANDOM.normal(size=(2, 500)) * np.exp(RANDOM.uniform(-20, 20, (2, 500)))
    factor = 0.1
    for high, low, exact in (
        (*numerics.two_product(factor, first), [Fraction(factor) * Fraction(x) for x in first]),
        (
            *numerics.two_product(first, second),
            [Fraction(x) * Fraction(y) for x, y in zip(first, second, strict=True)],
        ),
        (*numerics.two_square(first), [Fraction(x) ** 2 for x in first]),
        (
            *numerics.two_sum(first, second),
            [Fraction(x) + Fraction(y) for x, y in zip(first, second, strict=True)],
        ),
    ):
        parts = np.broadcast_to(low, high.shape)
        assert [Fraction(h) + Fraction(r) for h, r in zip(high, parts, strict=True)] == exact


def test_a_product_with_a_subnormal_exponential_rounds_once() -> None:
    exponent = np.linspace(-760.0, -690.0, 300)
    values = numerics.times_exp(1000.0, exponent)
    errors = [distance(y, 1000 * mp.exp(mp.mpf(x))) for x, y in zip(exponent, values, strict=True)]
    assert max(errors) <= 3.5


def test_the_exponential_pair_holds_65_bits() -> None:
    points = RANDOM.uniform(-40, 40, 500)
    high, low = numerics.exp_pair(points)
    with mp.workprec(200):
        errors = [
            abs((mp.mpf(float(h)) + mp.mpf(float(r))) / mp.exp(mp.mpf(x)) - 1)
            for x, h, r in zip(points.tolist(), high, low, strict=True)
        ]
    assert max(errors) < mp.ldexp(1, -65)


def test_what_an_exponential_lacks_is_found_where_another_feels_it() -> None:
    points = RANDOM.uniform(-3, 6, 300)
    t = np.exp(points)
    with mp.workprec(200):
        true = [mp.exp(mp.mpf(x)) - mp.mpf(y) for x, y in zip(points.tolist(), t.tolist(), strict=True)]
    for x, y, rest, lacks in zip(points, t, numerics.exp_rest(points, t), true, strict=True):
        assert abs(lacks - float(rest)) < mp.ldexp(float(y), -64) if x > 0.5 else rest == 0.0


def test_select_is_where() -> None:
    x = np.array([-1.0, 0.0, -0.0, np.nan, np.inf, -np.inf])
    chosen: Array = numerics.select(x < 0, x, 7.0)
    np.testing.assert_array_equal(chosen, np.where(x < 0, x, 7.0))
    np.testing.assert_array_equal(numerics.select(x >= 0, 1.0, 2.0), np.where(x >= 0, 1.0, 2.0))


def test_what_is_replaced_is_computed_at_no_other_place() -> None:
    x, asked = np.array([-2.0, 1.0, -0.0, np.nan, -3.0]), []

    def halved(part: Array) -> Array:
        asked.extend(part.tolist())
        return part / 2.0

    result = numerics.replaced(x.copy(), x < 0, halved, x)
    assert asked == [-2.0, -3.0]
    np.testing.assert_array_equal(result, [-1.0, 1.0, -0.0, np.nan, -1.5])


def test_a_subnormal_tail_carries_what_the_exponent_lost() -> None:
    exponent, rest = np.array([-1.0, -720.0, -740.0]), np.array([1e-10, 1e-10, 1e-10])
    values = numerics.with_tail(np.zeros(3), 1000.0, exponent, rest)
    assert values[0] == 0.0
    for x, y in zip(exponent[1:].tolist(), values[1:].tolist(), strict=True):
        assert distance(y, 1000 * mp.exp(mp.mpf(x) + mp.mpf(1e-10))) <= 3.5


def test_scalars_go_in_and_come_out() -> None:
    for name in TRUTHS:
        single = getattr(numerics, name)(np.float64(0.3))
        assert np.shape(single) == ()
        assert float(single) == pytest.approx(float(getattr(numerics, name)(np.array([0.3]))[0]), rel=1e-15)


def test_what_rounding_left_over_of_a_scalar_is_carried_too() -> None:
    point = 301.7
    single = numerics.two_product(1.702, np.float64(point))
    several = numerics.two_product(1.702, np.array([point]))
    assert float(single[1]) != 0.0
    for function in (numerics.decay, numerics.carried):
        assert float(function(*single)) == function(*several)[0]


def test_the_committed_polynomials_are_those_that_the_script_makes() -> None:
    committed = patches.TARGET.read_text(encoding="utf-8")
    assert committed.count("= Patch(") == len(patches.SPOTS)
    # Every fifth is made again; all of them take as long as the rest of these tests together.
    with mp.workdps(60):
        for spot in patches.SPOTS[::5]:
            assert patches.patch(spot) in committed
