"""Numbers as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.workbook.values import number, stored_number, written_fraction, written_number, written_rank
from kpi.workbook.words import ends_table, is_group_number, is_total

wholes = st.integers(0, 10**12)
digits = st.text("0123456789", min_size=1, max_size=6)


def grouped(whole: int, mark: str) -> str:
    return f"{whole:,}".replace(",", mark)


@given(
    wholes,
    digits,
    st.sampled_from([(".", ","), (",", "."), (" ", ","), ("\u00a0", ","), ("\u202f", "."), ("", ",")]),
)
def test_a_number_with_one_reading_reads_as_it(whole, decimals, marks):
    thousands, point = marks
    text = f"{grouped(whole, thousands) if thousands else whole}{point}{decimals}"
    exact = Decimal(f"{whole}.{decimals}")
    found = number(text)
    assert exact in found
    ambiguous = len(decimals) == 3 and whole < 1000 and whole > 0
    assert len(found) == (2 if ambiguous else 1)


@given(wholes, st.sampled_from([".", ",", " ", "\u00a0", "\u2009"]))
def test_a_whole_number_in_groups_is_read_whole(whole, mark):
    found = number(grouped(whole, mark))
    assert whole in found
    assert len(found) == (2 if mark in ".," and 1000 <= whole < 10**6 else 1)


@given(wholes)
def test_a_whole_number_is_itself(whole):
    assert number(str(whole)) == (whole,)
    assert number(f"-{whole}") == (-whole,)


@pytest.mark.parametrize(
    "text", ["1.23.456", "1,2,3", "1.234.56", "12a", "", "..", "1,", ",5", "1.234,567,890", "1 23"]
)
def test_what_nobody_writes_is_no_number(text):
    assert number(text) == ()


@given(st.decimals(0, 1, places=4))
def test_a_percent_cell_is_exact_where_its_float_is_not(part):
    written = stored_number(float(part), "0.00%")
    assert written.percent
    assert written.readings == (part * 100,)


@pytest.mark.parametrize("number_format", ['0"%"', r"0\%", "[%]0", "0[%", '0"%', "0" + "[" * 30_000 + "%"])
def test_a_percent_sign_that_is_only_printed_multiplies_nothing(number_format):
    assert stored_number(5, number_format).readings == (Decimal(5),)


@pytest.mark.parametrize(
    ("text", "rest"), [("96% (tính đến 14/3)", "(tính đến 14/3)"), ("12 xã", "xã"), ("5", "")]
)
def test_what_stands_after_a_number_is_a_remark(text, rest):
    written = written_number(text)
    assert written is not None
    assert written.remark == rest


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_a_value(text):
    written_number(text), written_fraction(text), written_rank(text)


@pytest.mark.parametrize("text", ["98/0", "98 / 108 xã", "1.234,5/2.000,5"])
def test_a_fraction_has_two_numbers(text):
    assert written_fraction(text)


@pytest.mark.parametrize("text", ["98", "98/", "/108", "14/3/2022", "a/b", "1.234/2.345", "50%/100%"])
def test_other_slashes_are_no_fraction(text):
    assert written_fraction(text) is None


@pytest.mark.parametrize("text", ["Công an tỉnh", "Cổng", "Xã Cộng Hòa", "Tổ 1"])
def test_names_that_begin_like_a_total_are_none(text):
    assert not is_total(text)


@pytest.mark.parametrize("text", ["Xã Ký Phú", "Xã Chủ", "Thị trấn Giám", "Bằng Lũng"])
def test_names_that_begin_like_a_signature_are_none(text):
    assert not ends_table(text)


@pytest.mark.parametrize("text", ["I", "II.", "A", "Phần I - Xã", "iv"])
def test_what_heads_a_group(text):
    assert is_group_number(text)
