"""How figures add up: over the quarters of a year, and over units."""

# A Decimal equals the int of the same value, which mypy does not see inside tuples.
# mypy: disable-error-code="comparison-overlap"
from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.measure import Measure, measure
from kpi.model import Behaviour, Edition, Entry, Indicator, Kind, Level, Quarter, Reading
from tests.small_plan import Q1, Q2, Q3, Q4, Tree, answers, indicator, plan, ranking, roster, said, tree

ONE_DISTRICT = tree(4)


def summed(
    one: Indicator,
    readings: Any,
    quarter: Quarter = Q4,
    *,
    units: Tree = ONE_DISTRICT,
    of: str = "06",
    others: tuple[Indicator, ...] = (),
) -> Measure:
    found = {u.code: u for level in Level for u in units.at(level)}
    return measure(plan(units, *others, one), units, one, found[of], quarter, readings)


# Over the quarters of a year


def test_a_stock_takes_each_unit_s_newest_quarter():
    found = summed(indicator(), [said("d0", 1, 10, Q1), said("d0", 5, 10, Q2)], Q2)
    assert (found.numerator, found.denominator, found.stale) == (5, 10, ())


def test_a_stock_of_the_quarter_before_still_counts_and_is_marked_as_old():
    found = summed(indicator(), [said("d0", 5, 10, Q2)], Q3)
    assert (found.numerator, found.reported, found.stale) == (5, 1, ("d0",))


def test_a_stock_two_quarters_old_is_not_reported():
    found = summed(indicator(), [said("d0", 5, 10, Q2)], Q4)
    assert (found.known, found.value, found.reported, found.unreported) == (False, None, 0, ("d0",))


def test_nothing_of_a_later_quarter_is_seen():
    assert not summed(indicator(), [said("d0", 5, 10, Q3)], Q2).known


def test_a_flow_adds_its_quarters_up():
    one = indicator(behaviour=Behaviour.FLOW)
    found = summed(one, [said("d0", 1, 10, Q1), said("d0", 2, 30, Q2), said("d0", 9, 9, Q3)], Q2)
    assert (found.numerator, found.denominator, found.value) == (3, 40, Fraction(15, 2))


def test_a_flow_with_an_earlier_quarter_lacking_is_reported_but_partial():
    one = indicator(behaviour=Behaviour.FLOW)
    found = summed(one, [said("d0", 1, 10, Q1), said("d0", 2, 30, Q3)], Q3)
    assert (found.numerator, found.denominator) == (3, 40)
    assert (found.reported, found.unreported, found.partial) == (1, (), True)


def test_a_flow_without_the_asked_quarter_is_summed_but_not_reported():
    one = indicator(behaviour=Behaviour.FLOW)
    found = summed(one, [said("d0", 1, 10, Q1), said("d0", 2, 30, Q2)], Q3)
    assert (found.numerator, found.denominator) == (3, 40)
    assert (found.reported, found.unreported, found.partial) == (0, ("d0",), True)


def test_a_flow_of_the_year_before_stays_there():
    one = indicator(behaviour=Behaviour.FLOW)
    found = summed(one, [said("d0", 5, 10, Quarter(2021, 4)), said("d0", 1, 10, Q1)], Q1)
    assert (found.numerator, found.denominator, found.reported) == (1, 10, 1)


def test_a_quarter_with_nothing_to_count_is_a_quarter_reported():
    one = indicator(behaviour=Behaviour.FLOW)
    found = summed(one, [said("d0", 0, 0, Q1), said("d0", 1, 4, Q2)], Q2)
    assert (found.denominator, found.reported) == (4, 1)


@given(st.lists(st.integers(0, 50), min_size=4, max_size=4).map(sorted), st.sampled_from([Q1, Q2, Q3, Q4]))
def test_distinct_things_are_never_summed(cumulative: list[int], quarter: Quarter):
    one = indicator(behaviour=Behaviour.DISTINCT)
    readings = [said("d0", n, 50, q) for n, q in zip(cumulative, (Q1, Q2, Q3, Q4), strict=True)]
    found = summed(one, readings, quarter)
    assert (found.numerator, found.denominator) == (cumulative[quarter.number - 1], 50)


def test_distinct_things_are_carried_on_however_old_and_marked():
    found = summed(indicator(behaviour=Behaviour.DISTINCT), [said("d0", 3, 50, Q1)], Q4)
    assert (found.numerator, found.reported, found.stale) == (3, 1, ("d0",))


def test_distinct_things_of_the_year_before_begin_again():
    found = summed(indicator(behaviour=Behaviour.DISTINCT), [said("d0", 3, 50, Quarter(2021, 4))], Q1)
    assert not found.known


# Universes and bounds


def test_a_silent_commune_is_in_the_universe_and_opens_the_bounds():
    found = summed(roster(), answers(ONE_DISTRICT, 2, 1))
    assert (found.numerator, found.denominator) == (2, 4)
    assert (found.lower, found.upper) == (50, 75)
    assert found.missing == ("d0c02", "d0c03")


def test_a_complete_roster_has_no_bounds():
    found = summed(roster(), answers(ONE_DISTRICT, 3, 1))
    assert (found.value, found.lower, found.upper, found.partial) == (75, None, None, False)


def test_the_plan_s_universe_is_the_denominator_while_reports_are_lacking():
    units = tree(1, 1)
    one = indicator(universe=1292)
    found = summed(one, [said("d0", 300, 600)], units=units)
    assert (found.denominator, found.lower, found.upper) == (
        1292,
        Fraction(30000, 1292),
        Fraction(99200, 1292),
    )


def test_once_all_have_reported_the_denominator_is_what_they_reported():
    units = tree(1, 1)
    found = summed(indicator(universe=1292), [said("d0", 300, 600), said("d1", 600, 690)], units=units)
    assert (found.denominator, found.lower) == (1290, None)


def test_a_universe_by_unit_adds_up():
    units = tree(1, 1, 1)
    one = indicator(universe={"d0": 10, "d1": 20, "d2": 30})
    found = summed(one, [said("d0", 5, 10)], units=units)
    assert (found.denominator, found.upper) == (60, Fraction(5500, 60))
    assert summed(one, [], units=units, of="d1").denominator is None


def test_a_universe_of_a_district_bounds_its_communes():
    one = indicator(levels=(Level.COMMUNE,), universe={"d0": 40})
    found = summed(one, [said("d0c00", 5, 10)], of="d0")
    assert (found.denominator, found.upper) == (40, Fraction(3500, 40))
    assert summed(one, [said("d0c00", 5, 10)]).denominator == 40


def test_a_unit_s_old_denominator_is_its_universe():
    units = tree(1, 1)
    found = summed(indicator(), [said("d0", 5, 10), said("d1", 6, 30, Q1)], units=units)
    assert (found.numerator, found.denominator, found.upper) == (5, 40, Fraction(3500, 40))


def test_one_unknown_universe_leaves_no_bounds():
    units = tree(1, 1, 1)
    found = summed(indicator(), [said("d0", 5, 10), said("d1", 6, 30, Q1)], units=units)
    assert (found.denominator, found.lower, found.upper, found.unreported) == (10, None, None, ("d1", "d2"))


def test_a_flow_has_no_bounds():
    units = tree(1, 1)
    found = summed(indicator(behaviour=Behaviour.FLOW, universe=99), [said("d0", 5, 10, Q1)], Q1, units=units)
    assert (found.denominator, found.lower) == (10, None)


# A roster within another


WORKING = roster(number="1", kind=Kind.COUNT)
WELL = roster(96, number="2", within="1")


def well(first: dict[int, int], second: dict[int, int], *, of: str = "06") -> Measure:
    readings = [
        said(f"d0c0{i}", yes, number=no) for no, d in (("1", first), ("2", second)) for i, yes in d.items()
    ]
    return summed(WELL, readings, others=(WORKING,), of=of)


def test_only_the_units_that_say_yes_to_the_outer_question_are_in_the_denominator():
    found = well({0: 1, 1: 1, 2: 1, 3: 0}, {0: 1, 1: 1, 2: 0})
    assert (found.numerator, found.denominator, found.reported, found.expected) == (2, 3, 4, 4)
    assert found.missing == ("d0c02",)


def test_where_the_outer_answer_is_unknown_only_the_bounds_know_the_inner():
    found = well({0: 1, 1: 1, 3: 0}, {0: 1, 1: 1, 2: 1})
    assert (found.numerator, found.denominator, found.unreported) == (2, 2, ("d0c02",))
    assert (found.lower, found.upper) == (Fraction(200, 3), 100)


def test_a_district_s_own_total_of_the_outer_question_is_the_denominator_of_the_inner():
    outer = said("d0", 3, 4, number="1")
    readings = [said("d0c00", 1, number="1"), outer, said("d0c00", 1, number="2")]
    found = summed(WELL, readings, others=(WORKING,), of="d0")
    assert (found.numerator, found.denominator) == (1, 3)
    assert (found.lower, found.upper) == (Fraction(100, 3), 100)


def test_a_commune_that_says_no_to_the_outer_question_has_nothing_to_count():
    found = well({3: 0}, {}, of="d0c03")
    assert (found.known, found.denominator, found.value, found.reported) == (True, 0, None, 1)


def test_outer_answers_alone_are_no_report():
    found = well({0: 1, 1: 1, 2: 1, 3: 0}, {})
    assert (found.known, found.value) == (False, None)


# A district's own total


def test_a_district_s_own_total_speaks_for_its_silent_communes():
    found = summed(roster(), [*answers(ONE_DISTRICT, 1, 1), said("d0", 2, 4)])
    assert (found.numerator, found.denominator, found.lower) == (2, 4, None)
    assert (found.reported, found.expected, found.partial) == (2, 4, False)
    assert found.missing == ("d0c01", "d0c02", "d0c03")


@pytest.mark.parametrize(("claimed", "counted"), [(0, 1), (1, 1), (3, 3), (4, 3)])
def test_a_district_s_own_total_is_held_to_what_its_silent_communes_can_be(claimed: int, counted: int):
    found = summed(roster(), [*answers(ONE_DISTRICT, 1, 1), said("d0", claimed, 4)])
    assert (found.numerator, found.denominator) == (counted, 4)


def test_a_district_s_own_total_changes_nothing_when_all_communes_have_reported():
    found = summed(roster(), [*answers(ONE_DISTRICT, 1, 3), said("d0", 4, 4)])
    assert (found.numerator, found.denominator) == (1, 4)


def test_a_district_s_own_fraction_adds_the_difference():
    one = indicator(levels=(Level.COMMUNE,))
    found = summed(one, [said("d0c00", 9, 10), said("d0", 12, 40)])
    assert (found.numerator, found.denominator, found.lower) == (12, 40, None)


def test_a_district_s_own_total_within_another_roster_counts_the_working_ones():
    readings = [said("d0", 2, 3, number="2"), *answers(ONE_DISTRICT, 3, 1)]
    found = summed(WELL, readings, others=(WORKING,))
    assert (found.numerator, found.denominator) == (2, 3)


# Bare percents


def test_a_bare_percent_is_shown_at_its_own_unit_and_not_rolled_up():
    units = tree(1, 1)
    readings = [said("d0", value="81.5"), said("d1", 1, 2)]
    own = summed(indicator(), readings, units=units, of="d0")
    assert (own.value, own.numerator, own.bare, own.reported) == (Fraction(163, 2), None, True, 1)
    above = summed(indicator(), readings, units=units)
    assert (above.value, above.denominator, above.bare, above.unreported) == (50, 2, True, ("d0",))


def test_bare_percents_alone_make_no_value_above():
    found = summed(indicator(), [said("d0", value=80)])
    assert (found.known, found.value, found.bare) == (False, None, True)


def test_a_flow_of_which_one_quarter_is_bare_is_not_whole():
    one = indicator(behaviour=Behaviour.FLOW)
    found = summed(one, [said("d0", 1, 2, Q1), said("d0", value=40, quarter=Q2)], Q2, of="d0")
    assert (found.value, found.bare, found.reported) == (50, True, 0)


# What must hold for all figures

PAIRS = st.integers(0, 20).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))
ANSWER = st.sampled_from([None, 0, 1])


def seven() -> Tree:
    return tree(3, 4, agencies=2)


@given(st.lists(st.one_of(st.none(), PAIRS), min_size=7, max_size=7))
def test_a_whole_is_the_sum_of_its_parts(pairs: list[tuple[int, int] | None]):
    units, one = seven(), indicator(levels=(Level.COMMUNE,))
    codes = [u.code for u in units.at(Level.COMMUNE)]
    readings = [said(c, *p) for c, p in zip(codes, pairs, strict=True) if p is not None]
    whole, *parts = (summed(one, readings, units=units, of=c) for c in ("06", "d0", "d1"))
    assert (whole.numerator or 0) == sum(p.numerator or 0 for p in parts)
    assert (whole.denominator or 0) == sum(p.denominator or 0 for p in parts)
    assert (whole.reported, whole.expected) == (sum(p.reported for p in parts), 7)
    assert whole.unreported == parts[0].unreported + parts[1].unreported


@given(st.data())
def test_the_order_in_which_readings_come_does_not_matter(data: st.DataObject):
    units, one = seven(), indicator(levels=(Level.COMMUNE,), behaviour=data.draw(st.sampled_from(_SUMMABLE)))
    places = st.tuples(
        st.sampled_from([u.code for u in units.at(Level.COMMUNE)] + ["d0"]),
        PAIRS,
        st.sampled_from([Q1, Q2, Q3, Q4]),
    )
    readings = [said(c, n, d, q) for c, (n, d), q in data.draw(st.lists(places, max_size=12))]
    shuffled = data.draw(st.permutations(readings))
    assert summed(one, readings, units=units) == summed(one, shuffled, units=units)


_SUMMABLE = [Behaviour.STOCK, Behaviour.FLOW, Behaviour.DISTINCT]


@given(st.lists(ANSWER, min_size=7, max_size=7), st.data())
def test_the_bounds_of_a_roster_hold_every_way_it_can_be_completed(
    found: list[int | None], data: st.DataObject
):
    units = seven()
    codes = [u.code for u in units.at(Level.COMMUNE)]
    known = [said(c, a) for c, a in zip(codes, found, strict=True) if a is not None]
    later = [said(c, data.draw(st.integers(0, 1))) for c, a in zip(codes, found, strict=True) if a is None]
    assert_within(summed(roster(), known, units=units), summed(roster(), known + later, units=units))


@given(
    st.lists(ANSWER, min_size=7, max_size=7),
    st.lists(ANSWER, min_size=7, max_size=7),
    st.data(),
)
def test_the_bounds_within_another_roster_hold_every_way_both_can_be_completed(
    outer: list[int | None], inner: list[int | None], data: st.DataObject
):
    units = seven()
    codes = [u.code for u in units.at(Level.COMMUNE)]
    known, later = list[Reading](), list[Reading]()
    for number, answered in (("1", outer), ("2", inner)):
        for code, answer in zip(codes, answered, strict=True):
            if answer is None:
                later.append(said(code, data.draw(st.integers(0, 1)), number=number))
            else:
                known.append(said(code, answer, number=number))
    partial, complete = (summed(WELL, r, units=units, others=(WORKING,)) for r in (known, known + later))
    assert complete.unreported == ()
    assert_within(partial, complete)


def assert_within(partial: Measure, complete: Measure) -> None:
    if not partial.known or complete.value is None or partial.value is None:
        return
    lower = partial.value if partial.lower is None else partial.lower
    upper = partial.value if partial.upper is None else partial.upper
    assert lower <= complete.value <= upper


@given(st.lists(PAIRS, min_size=3, max_size=3), st.data())
def test_the_bounds_over_old_denominators_hold_when_these_have_not_changed(
    pairs: list[tuple[int, int]], data: st.DataObject
):
    units = tree(0, 0, 0)
    old = [said(f"d{i}", 0, d, Q1) for i, (_, d) in enumerate(pairs)]
    new = [said(f"d{i}", n, d) for i, (n, d) in enumerate(pairs)]
    sent = data.draw(st.sets(st.integers(0, 2)))
    partial = summed(indicator(), old + [new[i] for i in sent], units=units)
    assert_within(partial, summed(indicator(), old + new, units=units))


def test_sums_are_exact_beyond_28_digits():
    units = tree(0, 0)
    readings = [said("d0", "1e40", "1e40"), said("d1", "0.001", 1)]
    found = summed(indicator(), readings, units=units)
    assert found.numerator is not None
    assert Fraction(found.numerator) == 10**40 + Fraction(1, 1000)


def test_a_count_given_as_a_number_needs_no_denominator():
    units = tree(0, 0)
    one = indicator(10, kind=Kind.COUNT, entry=Entry.FRACTION)
    found = summed(one, [said("d0", 4), said("d1", 5)], units=units)
    assert (found.value, found.denominator, found.lower) == (9, None, None)


# What a unit must have all of

FIVE = tree(3, 2)
PARTS = tuple(roster(None, number=number) for number in ("8.1", "8.2"))
ALL = roster(None, number="8", all_of=("8.1", "8.2"))


def both(*answered: str, quarter: Quarter = Q4) -> list[Reading]:
    """What the communes say of the two parts, in their order: "yn" is yes and no, "-" is silence."""
    communes = [unit.code for unit in FIVE.at(Level.COMMUNE)]
    return [
        said(code, int(word == "y"), quarter=quarter, number=part.number)
        for code, words in zip(communes, answered, strict=False)
        for part, word in zip(PARTS, words, strict=True)
        if word != "-"
    ]


@pytest.mark.parametrize(
    ("words", "value", "reported"),
    [
        ("yy", 100, 1),
        ("yn", 0, 1),
        ("nn", 0, 1),
        ("n-", 0, 1),
        ("-n", 0, 1),
        ("y-", None, 0),
        ("--", None, 0),
    ],
)
def test_a_unit_has_it_when_it_has_every_part_and_lacks_it_when_one_is_lacking(words, value, reported):
    found = summed(ALL, both(words), units=FIVE, of="d0c00", others=PARTS)
    assert (found.value, found.reported, found.known) == (value, reported, value is not None)
    assert found.missing == (() if words == "yy" else ("d0c00",))
    assert found.unreported == (() if reported else ("d0c00",))


def test_what_follows_from_parts_rolls_up_with_bounds_like_any_roster():
    """Two of five have both, one lacks one, one has told half, one nothing: between 2/5 and 4/5."""
    readings = both("yy", "yn", "y-", "yy", "--")
    found = summed(ALL, readings, units=FIVE, others=PARTS)
    assert (found.numerator, found.denominator, found.value) == (2, 5, 40)
    assert (found.lower, found.upper, found.reported, found.expected) == (40, 80, 3, 5)
    assert found.missing == ("d0c01", "d0c02", "d1c01")
    assert found.unreported == ("d0c02", "d1c01")
    below = summed(ALL, readings, units=FIVE, of="d1", others=PARTS)
    assert (below.numerator, below.denominator, below.lower, below.upper) == (1, 2, 50, 100)
    assert len(found.readings) == 6


def test_what_follows_from_parts_is_as_old_as_what_it_follows_from():
    readings = [*both("yy", "ny", quarter=Q3), *both("-y", "y-")]
    found = summed(ALL, readings, units=FIVE, others=PARTS)
    # The first commune's other part is of the quarter before; the second's newest answers are yes and yes.
    assert (found.numerator, found.reported) == (2, 2)
    assert set(found.stale) == {"d0c00", "d0c01"}
    denied = summed(ALL, [*both("yn", quarter=Q3), *both("n-")], units=FIVE, of="d0c00", others=PARTS)
    assert (denied.value, denied.stale) == (0, ())


def test_a_district_s_own_totals_of_the_parts_say_nothing_of_the_whole():
    readings = [said("d0", 3, number="8.1"), said("d0", 3, number="8.2")]
    assert summed(PARTS[0], readings, units=FIVE, of="d0").numerator == 3
    assert not summed(ALL, readings, units=FIVE, of="d0", others=PARTS).known


# Plans over several years


def over_years(one: Indicator, readings: Any, quarter: Quarter, start: date = date(2022, 7, 1)) -> Measure:
    """A plan from the middle of 2022 to the end of 2023."""
    long = plan(ONE_DISTRICT, one, start=start, end=date(2023, 12, 31))
    return measure(long, ONE_DISTRICT, one, ONE_DISTRICT.province, quarter, readings)


def test_what_adds_up_begins_anew_with_each_year():
    flow = indicator(behaviour=Behaviour.FLOW)
    readings = [
        said("d0", n, 10, Quarter(year, number))
        for year, number, n in ((2022, 3, 1), (2022, 4, 2), (2023, 1, 3), (2023, 2, 4))
    ]
    assert over_years(flow, readings, Quarter(2022, 4)).numerator == 3
    found = over_years(flow, readings, Quarter(2023, 2))
    assert (found.numerator, found.denominator, found.partial) == (7, 20, False)


def test_distinct_things_of_last_year_are_forgotten_and_a_stock_is_not():
    readings = [said("d0", 5, 10, Quarter(2022, 4))]
    new_year = Quarter(2023, 1)
    assert not over_years(indicator(behaviour=Behaviour.DISTINCT), readings, new_year).known
    stock = over_years(indicator(), readings, new_year)
    assert (stock.numerator, stock.stale) == (5, ("d0",))


def test_a_ranking_goes_by_the_edition_of_the_asked_quarter_s_year():
    one = ranking(
        editions=(
            Edition(2021, 51),
            Edition(2022, 40, date(2023, 7, 1)),
            Edition(2023, 30, date(2023, 12, 1)),
        )
    )
    assert over_years(one, [], Quarter(2022, 4)).edition == 2021
    mid = over_years(one, [], Quarter(2023, 3))
    assert (mid.edition, mid.gain) == (2022, 11)
    assert over_years(one, [], Quarter(2023, 4)).edition == 2023
