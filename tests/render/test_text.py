import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actcli.render.text import (
    aligned,
    beside_one,
    cell,
    encodable,
    folded,
    number,
    padded,
    power_of_ten,
    printable,
    width,
)


@given(st.text())
def test_printable_text_is_one_line_of_glyphs(text):
    assert printable(text).isprintable()
    assert printable(printable(text)) == printable(text)
    if text.isprintable():
        assert printable(text) == text


@given(st.text(), st.sampled_from(["ascii", "latin-1", "cp1252", "utf-8"]))
def test_encodable_text_can_be_encoded(text, encoding):
    encodable(printable(text), encoding).encode(encoding)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("yᵢ = exp(zᵢ)/Σⱼ exp(zⱼ), zₖ", "y_i = exp(z_i)/sum_j exp(z_j), z_k"),
        ("J. Kléma, C. Yeroğlu", "J. Klema, C. Yeroglu"),
        ("′½", "'1/2"), ("活", "\\u6d3b"), ("´", "\\xb4"),
    ],
)  # fmt: skip
def test_what_ascii_lacks_is_spelled_with_letters_where_it_has_some(text, spelled):
    assert encodable(text, "ascii") == spelled


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.25, "0.25"), (0.0, "0"), (-0.0, "-0"), (1 / 3, "0.3333"), (1e300, "1e300"), (4.0e-32, "4e-32"),
        (-1.23456e-7, "-1.235e-7"), (12345.6, "1.235e4"), (1000.0, "1000"), (2**64, "18446744073709551616"),
        (math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "—"), (5e-324, "4.941e-324"),
    ],
)  # fmt: skip
def test_numbers_have_four_significant_digits_and_whole_ones_all_of_theirs(value, text):
    assert number(value) == text


@given(st.floats(-1.79e308, 1.79e308))
def test_a_printed_number_is_right_to_its_last_digit(value):
    assert float(number(value)) == pytest.approx(value, rel=5.1e-4, abs=5e-324)


def test_missing_is_a_dash_and_truth_is_a_word():
    assert [cell(value) for value in (None, True, False, 1, "a")] == ["—", "yes", "no", "1", "a"]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_decimal_points_stand_under_each_other(values):
    texts = aligned(tuple(values))
    widest = max(map(width, texts))
    points = set()
    for text in (padded(text, widest, "right") for text in texts):
        trimmed = text.rstrip()
        ends = [trimmed.find(sign) for sign in ".e" if sign in trimmed]
        points.add(min(ends) if ends else len(trimmed))
    assert len(points) == 1


@pytest.mark.parametrize("columns", [9, 12, 16, 18])
def test_a_word_too_long_for_a_line_is_cut_behind_a_sign_and_never_inside_its_number(columns):
    lines = folded("negative_slope=0.01, bound=12.5", columns)
    assert "".join(lines).replace(" ", "") == "negative_slope=0.01,bound=12.5"
    assert max(map(len, lines)) <= columns
    words = " ".join(lines).split()
    assert any(word.endswith("0.01,") for word in words)
    assert any(word.endswith("12.5") for word in words)


def test_a_wide_script_is_cut_by_its_columns():
    assert folded("활성화함수", 5) == ["활성", "화함", "수"]


@pytest.mark.parametrize(
    ("log10", "text"),
    [
        (-11.9508, "1.1e-12"),
        (0.0, "1"),
        (-0.6281, "0.235"),
        (-1234.3, "5e-1235"),
        (-12.0001, "1e-12"),
        (5.5, "3.2e5"),
    ],
)
def test_powers_of_ten_read_well_at_any_exponent(log10, text):
    assert power_of_ten(log10) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1.00046, "1 + 0.00046"), (0.99998, "1 − 2e-05"), (1 + 1e-9, "1"), (1.072, "1.072")]
)
def test_what_four_digits_do_not_tell_from_1_says_by_how_much_it_misses(value, text):
    assert beside_one(value) == text


def test_a_power_whose_exponent_has_no_digits_left_stands_as_a_power():
    assert power_of_ten(-6.798971e269) == "10^-6.8e+269"
    assert power_of_ten(-123456789012.5) == "3.2e-123456789013"
