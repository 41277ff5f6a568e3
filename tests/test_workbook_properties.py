"""What holds for every number and every name a person can type: a few hundred of each, and 100.000 in the slow suite."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi import vi
from kpi.workbook.values import (
    date_in,
    number,
    stored_number,
    written_fraction,
    written_number,
    written_rank,
)

FEW = settings(max_examples=300)
MANY = settings(max_examples=100_000, database=None, suppress_health_check=list(HealthCheck))


def in_fast(strategy, check):
    return FEW(given(strategy)(check))


def in_slow(strategy, check):
    return pytest.mark.slow(MANY(given(strategy)(check)))


# Numbers.

MARKS = "0123456789.,'+-−–%/()eExX_ \u00a0\u2009\u202f\u200b½²٣१４∞٫≥>=:;aNnIif"
numberlike = st.one_of(st.text(MARKS, max_size=24), st.text(max_size=24))
decimals = st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False, places=4)
FULL_WIDTH = {ord(a): b for a, b in zip("0123456789", "０１２３４５６７８９", strict=True)}


def figures(text):
    """What would be kept of a cell: its numbers, unless a remark stands beside them, which is refused."""
    written = written_number(text)
    return written.readings if written and not written.remark else ()


def is_exact(value):
    return isinstance(value, Decimal) and value.is_finite()


def check_no_text_breaks_the_parsers(text):
    written, fraction, rank = written_number(text), written_fraction(text), written_rank(text)
    date_in(text)
    assert all(map(is_exact, number(text)))
    if written:
        assert written.readings
        assert all(map(is_exact, written.readings))
    if fraction:
        assert is_exact(fraction.numerator)
        assert is_exact(fraction.denominator)
    if rank:
        assert {type(rank.rank), type(rank.gain)} == {int, type(None)}


test_no_text_breaks_the_parsers_and_no_float_comes_out = in_fast(numberlike, check_no_text_breaks_the_parsers)
test_no_text_breaks_the_parsers_100_000_times = in_slow(numberlike, check_no_text_breaks_the_parsers)


def check_what_we_print_is_read_back(value):
    text = vi.number(value)
    found = number(text)
    assert value in found
    # Three decimals after fewer than four digits may be thousands: then it is asked, never guessed.
    asked = re.fullmatch(r"-?[1-9]\d{0,2},\d{3}|-?[1-9]\d{0,2}\.\d{3}", text)
    assert len(found) == (2 if asked else 1)
    written = written_number(text)
    assert written
    assert (written.readings, written.remark) == (found, "")


test_a_number_that_we_print_is_read_back_exactly = in_fast(decimals, check_what_we_print_is_read_back)
test_a_number_that_we_print_is_read_back_exactly_100_000_times = in_slow(
    decimals, check_what_we_print_is_read_back
)

wholes = st.integers(0, 10**15)
no_figures = st.one_of(
    st.builds("{}{}{}".format, wholes, st.sampled_from(["e", "E", "e+", "E-", "x", "_"]), wholes),
    wholes.map("{:_}".format).filter(lambda text: "_" in text),
    decimals.map(lambda value: vi.number(value).translate(FULL_WIDTH)),
    st.builds("{}{}".format, wholes, st.sampled_from("０９٣१४")),
    st.builds("{}{}".format, st.sampled_from("０９٣१४"), wholes),
    st.sampled_from(["NaN", "inf", "Infinity", "-inf", "+∞", "∞", "1e999", "1_000", "0x1F", "0b1", "½", "²", "IV", "#N/A"]),
    st.sampled_from(["nan", "inf", "infinity"]).flatmap(lambda w: st.tuples(*(st.sampled_from(c + c.upper()) for c in w))).map("".join),
    st.integers(41, 5000).map(lambda length: "9" * length),
)  # fmt: skip


def check_it_is_no_figure(text):
    assert figures(text) == ()
    assert figures(f" {text}\u00a0") == ()
    assert written_fraction(f"{text}/108") is None
    rest = written_fraction(f"98/{text}")
    assert rest is None or rest.remark


test_what_only_a_programmer_calls_a_number_is_none = in_fast(no_figures, check_it_is_no_figure)
test_what_only_a_programmer_calls_a_number_is_none_100_000_times = in_slow(no_figures, check_it_is_no_figure)

stored = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**300), 10**300))


def check_a_stored_number_stays_exact(value):
    for number_format in ("General", "0%", '0.0"%"'):
        (exact,) = stored_number(value, number_format).readings
        assert is_exact(exact)
    if isinstance(value, int):
        assert stored_number(value, "General").readings == (Decimal(value),)


test_a_number_that_excel_holds_is_exact_and_no_float = in_fast(stored, check_a_stored_number_stays_exact)
test_a_number_that_excel_holds_is_exact_and_no_float_100_000_times = in_slow(
    stored, check_a_stored_number_stays_exact
)


# Names. What is typed is one of the province's names, mangled.

CASES = (str.lower, str.upper, str.title, str.swapcase, str.casefold)
SPACES = (" ", "  ", "\u00a0", "\t", " \n", "\u2003", "\u200b ")
FORMS = ("NFC", "NFD")
TONES = "\u0300\u0301\u0303\u0309\u0323"
keeping = st.tuples(
    st.integers(0, 10**6), st.sampled_from(CASES), st.sampled_from(SPACES), st.sampled_from(FORMS), st.booleans()
)  # fmt: skip
mangling = st.tuples(
    keeping, st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["", *TONES, *"ăâêôơưđ"])), max_size=6)
)


def of(units, place):
    known = [*units]
    return known[place % len(known)]


def typed(unit, how):
    """With its kind or without, in any case and composition, with any spaces: not one letter or tone is another."""
    _, case, space, form, with_kind = how
    words = (unit.title if with_kind else unit.name).split()
    return space + unicodedata.normalize(form, case(space.join(words))) + space


def letters(text):
    """Of every word its letters and tones in whatever order: what two spellings of one name have in common."""
    text = unicodedata.normalize("NFD", text.casefold()).replace("y", "i")
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return [sorted(word) for word in text.split()]


def bare(text):
    plain = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d").replace("y", "i")
    return "".join(c for c in plain if c.isalnum())


def check_a_name_is_found_as_itself(units, how):
    unit = of(units, how[0])
    match = units.match(typed(unit, how))
    found = (match.unit,) if match.unit else match.candidates
    assert unit in found
    assert all(letters(other.name) == letters(unit.name) for other in found)


@FEW
@given(how=keeping)
def test_a_name_in_any_case_spacing_and_composition_is_found(units, how):
    check_a_name_is_found_as_itself(units, how)


@pytest.mark.slow
@MANY
@given(how=keeping)
def test_a_name_in_any_case_spacing_and_composition_is_found_100_000_times(units, how):
    check_a_name_is_found_as_itself(units, how)


def check_no_accent_makes_another_unit(units, how):
    """Marks set, changed or taken away: itself, a question, nothing, or the unit that is spelled just so."""
    (place, *_), changes = how
    unit = of(units, place)
    text = [*unicodedata.normalize("NFD", typed(unit, how[0]))]
    for at, mark in changes:
        at %= len(text)
        if text[at] and unicodedata.combining(text[at][0]):
            text[at] = mark if mark in TONES else ""
        elif mark and mark in TONES and text[at][:1].lower() in (*"aeiouyăâêôơư",):
            text[at] += mark
        elif (
            mark and text[at] and unicodedata.normalize("NFD", mark)[0].replace("đ", "d") == text[at].lower()
        ):
            text[at] = mark
    mangled = unicodedata.normalize("NFC", "".join(text))
    match = units.match(mangled)
    if match.unit and match.unit != unit:
        assert letters(match.unit.name) in (
            letters(mangled),
            letters(mangled)[-len(letters(match.unit.name)) :],
        )
    assert all(bare(other.name) in bare(mangled) for other in match.candidates)


@FEW
@given(how=mangling)
def test_no_wrong_accent_makes_a_name_another_unit(units, how):
    check_no_accent_makes_another_unit(units, how)


@pytest.mark.slow
@MANY
@given(how=mangling)
def test_no_wrong_accent_makes_a_name_another_unit_100_000_times(units, how):
    check_no_accent_makes_another_unit(units, how)


def check_no_text_breaks_the_reading_of_a_name(units, text):
    match = units.match(text)
    assert match.unit is None or not match.candidates
    assert units.coded(text) is None or any(c.isalnum() for c in text)


@FEW
@given(text=st.text(max_size=30))
def test_no_text_breaks_the_reading_of_a_name(units, text):
    check_no_text_breaks_the_reading_of_a_name(units, text)


@pytest.mark.slow
@MANY
@given(text=st.text(max_size=30))
def test_no_text_breaks_the_reading_of_a_name_100_000_times(units, text):
    check_no_text_breaks_the_reading_of_a_name(units, text)
