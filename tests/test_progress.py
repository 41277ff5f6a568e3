"""Golden numbers, every status, and what no status may ever do."""

# A Decimal equals the int of the same value, which mypy does not see inside tuples.
# mypy: disable-error-code="comparison-overlap"
from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi import vi
from kpi.model import Behaviour, Cell, Edition, Indicator, Kind, Level, Quarter, Reading, Status, Unit
from kpi.progress import Assessment, assess, judge_flow, needed, needed_in_rest
from tests.small_plan import (
    Q1,
    Q2,
    Q3,
    Q4,
    Tree,
    answers,
    indicator,
    plan,
    ranking,
    roster,
    said,
    tree,
)

COMMUNES_108 = tree(8, 10, 13, 15, 16, 14, 20, 12)


def judged(
    one: Indicator,
    readings: list[Reading] | Any,
    quarter: Quarter = Q4,
    *,
    units: Tree = COMMUNES_108,
    of: Unit | None = None,
    closed: bool = False,
    others: tuple[Indicator, ...] = (),
) -> Assessment:
    found = assess(
        plan(units, *others, one), units, quarter, readings, None if of is None else [of], closed=closed
    )
    return found[-1]


def fractions_of(pairs: list[tuple[int, int]], quarter: Quarter = Q4) -> list[Reading]:
    return [said(f"d{i}", n, d, quarter) for i, (n, d) in enumerate(pairs)]


# Golden numbers


def test_the_verdict_follows_the_ratio_of_sums_and_not_the_mean_of_percentages():
    pairs = [(9, 10), (8, 10), (5, 10), (4, 10), (30, 200), (40, 300), (50, 300), (60, 400)]
    mean = sum(Fraction(100 * n, d) for n, d in pairs) / len(pairs)
    found = judged(indicator(25), fractions_of(pairs), closed=True)
    assert mean > 25
    assert found.value == Fraction(100 * 206, 1240)
    assert found.status is Status.MISSED


def test_95_of_99_misses_96_percent_and_is_never_printed_as_it():
    found = judged(indicator(96), [said("d0", 95, 99)], units=tree(1), closed=True)
    assert found.status is Status.MISSED
    assert found.value is not None
    assert vi.figure(found.indicator, found.value, found.numerator, found.denominator) == "95,96% (95/99)"


@pytest.mark.parametrize(("yes", "status"), [(97, Status.MISSED), (98, Status.EXCEEDED)])
def test_90_percent_of_108_communes_begins_at_98(yes: int, status: Status):
    found = judged(roster(90), answers(COMMUNES_108, yes, 108 - yes), closed=True)
    assert found.status is status
    assert found.denominator == 108
    assert found.needed == 98
    assert found.gap == max(98 - yes, 0)


@pytest.mark.parametrize(("of", "wanted"), [(100, 96), (102, 98), (108, 104)])
def test_needed_is_the_smallest_count_that_reaches_96_percent(of: int, wanted: int):
    assert needed(Decimal(96), Decimal(of)) == wanted


def test_needed_kilometres_keep_their_three_decimals():
    assert needed(Decimal(25), Decimal("10.001"), 3) == Decimal("2.501")


def test_one_of_seven_centres_meets_10_percent():
    units = tree(1, 1, 1, 1, 1, 1, 1)
    found = judged(indicator(10), fractions_of([(1, 1), *[(0, 1)] * 6]), units=units)
    assert found.status is Status.EXCEEDED
    assert found.needed == 1
    assert found.value is not None
    assert vi.percent(found.value) == "14,3%"


def test_93_true_of_100_reports_of_108_stand_between_86_1_and_93_5():
    found = judged(roster(90), answers(COMMUNES_108, 93, 7))
    assert (found.reported, found.expected) == (100, 108)
    assert found.lower is not None
    assert found.upper is not None
    assert vi.figure(found.indicator, found.value, found.numerator, found.denominator) == "86,1% (93/108)"
    assert vi.bounds(found.indicator, found.lower, found.upper) == "86,1–93,5%"
    assert vi.gap(found.needed, found.gap or Decimal(0), "xã") == "cần 98, còn thiếu 5 xã"
    assert len(found.missing) == 15
    assert len(found.unreported) == 8


def test_98_true_of_103_reports_already_meet_90_percent_of_108():
    found = judged(roster(90), answers(COMMUNES_108, 98, 5))
    assert found.status is Status.EXCEEDED
    assert found.gap == 0


def test_a_flow_of_3200_of_16000_needs_40_percent_of_the_5333_still_to_come():
    n, d, to_come, target = Decimal(3200), Decimal(16000), Decimal(5333), Decimal(25)
    rest = needed_in_rest(n, d, to_come, target)
    assert rest is not None
    assert vi.rest(rest) == "cần 40,0% trong thời gian còn lại"
    assert judge_flow(n, d, to_come, target, closed=False) is Status.BEHIND


def test_a_flow_of_1500_of_16000_with_3000_to_come_is_unreachable():
    n, d, to_come, target = Decimal(1500), Decimal(16000), Decimal(3000), Decimal(25)
    rest = needed_in_rest(n, d, to_come, target)
    assert rest is not None
    assert vi.rest(rest) == "không thể đạt: cần 108,3% trong thời gian còn lại"
    assert judge_flow(n, d, to_come, target, closed=False) is Status.UNREACHABLE


def test_the_rest_of_the_year_is_expected_at_the_rate_so_far():
    quarters = [(1000, 5000, Q1), (1000, 5000, Q2), (1200, 6000, Q3)]
    found = judged(
        indicator(25, behaviour=Behaviour.FLOW), [said("d0", *q) for q in quarters], Q3, units=tree(1)
    )
    assert (found.numerator, found.denominator, found.to_come) == (3200, 16000, 5333)
    assert vi.percent(found.needed_rest or Fraction(0)) == "40,0%"
    assert found.needed is None
    assert found.status is Status.BEHIND


def test_the_plan_s_own_year_total_says_what_is_to_come():
    one = indicator(25, behaviour=Behaviour.FLOW, expected_year_total=Decimal(19000))
    found = judged(
        one, [said("d0", 500, 5333, q) for q in (Q1, Q2)] + [said("d0", 500, 5334, Q3)], Q3, units=tree(1)
    )
    assert found.to_come == 3000
    assert found.status is Status.UNREACHABLE


def test_the_year_total_of_the_province_says_nothing_about_a_district():
    units = tree(1, 1)
    one = indicator(25, behaviour=Behaviour.FLOW, expected_year_total=Decimal(1000))
    found = judged(one, [said("d0", 1, 10, Q1)], Q1, units=units, of=units.at(Level.DISTRICT)[0])
    assert found.to_come == 30


def test_a_denominator_of_0_is_nothing_to_count_and_leaves_the_ratio():
    units = tree(1, 1)
    assert judged(indicator(25), [said("d0", 0, 0)], units=tree(1)).status is Status.NOT_APPLICABLE
    found = judged(indicator(25), [said("d0", 0, 0), said("d1", 1, 2)], units=units)
    assert (found.numerator, found.denominator, found.reported) == (1, 2, 2)
    assert found.status is Status.EXCEEDED


BASE_EDITION = (Edition(2020, 59),)


def test_from_rank_59_to_51_is_a_gain_of_8():
    units = tree(1)
    found = judged(
        ranking(editions=BASE_EDITION),
        [said("06", value=51, edition=2021, quarter=Q3, number="13")],
        units=units,
    )
    assert (found.value, found.edition, found.gain) == (51, 2021, 8)
    assert found.status is Status.AWAITING
    assert vi.gain(8) == "tăng 8 bậc"
    assert vi.figure(found.indicator, found.value, edition=found.edition) == "hạng 51 (năm 2021)"


@pytest.mark.parametrize("closed", [False, True])
def test_a_rank_of_the_plan_s_year_that_is_not_published_is_awaited_even_when_the_year_is_closed(
    closed: bool,
):
    found = judged(ranking(editions=BASE_EDITION), [], units=tree(1), closed=closed)
    assert found.status is Status.AWAITING


@pytest.mark.parametrize(
    ("rank", "status", "gap"), [(48, Status.EXCEEDED, 0), (49, Status.MET, 0), (63, Status.MISSED, 14)]
)
def test_a_published_rank_is_final(rank: int, status: Status, gap: int):
    readings = [
        said("06", value=51, edition=2021, quarter=Q3, number="13"),
        said("06", value=rank, edition=2022, quarter=Q4, number="13"),
    ]
    found = judged(ranking(editions=BASE_EDITION), readings, units=tree(1))
    assert (found.status, found.gap, found.gain) == (status, gap, 51 - rank)


def test_a_rank_known_to_the_plan_counts_from_the_quarter_of_its_publication():
    editions = (Edition(2021, 51, date(2022, 8, 8)), Edition(2022, 49, date(2022, 12, 31)))
    one = ranking(editions=(*BASE_EDITION, *editions))
    at = {q: judged(one, [], q, units=tree(1)) for q in (Q2, Q3, Q4)}
    assert [at[q].edition for q in (Q2, Q3, Q4)] == [2020, 2021, 2022]
    assert [at[q].status for q in (Q2, Q3, Q4)] == [Status.AWAITING, Status.AWAITING, Status.MET]


def test_a_rank_is_not_measured_below_the_province():
    units = tree(1)
    assert assess(plan(units, ranking()), units, Q4, [], units.at(Level.DISTRICT)) == []


def test_a_judged_edition_without_the_one_before_it_is_not_enough():
    found = judged(ranking(), [said("06", value=49, edition=2022, number="13")], units=tree(1))
    assert found.status is Status.NO_DATA
    assert vi.status(found.status, some=found.value is not None) == "Chưa đủ số liệu"


# Statuses, in the order in which they are decided


def share_status(
    n: int, d: int, quarter: Quarter = Q4, *, closed: bool = False, target: int = 50, **more: Any
) -> Status:
    return judged(
        indicator(target, **more), [said("d0", n, d, quarter)], quarter, units=tree(1), closed=closed
    ).status


@pytest.mark.parametrize("closed", [False, True])
def test_without_any_report_there_is_no_data_whatever_the_kind(closed: bool):
    kinds = [
        roster(90),
        roster(100, number="2", kind=Kind.COUNT),
        indicator(25, number="3", behaviour=Behaviour.FLOW),
        indicator(50, number="4", behaviour=Behaviour.DISTINCT),
        ranking(),
    ]
    found = assess(plan(COMMUNES_108, *kinds), COMMUNES_108, Q4, [], closed=closed)
    assert {a.status for a in found} == {Status.NO_DATA}
    assert {(a.value, a.numerator, a.reported) for a in found} == {(None, None, 0)}
    assert vi.status(Status.NO_DATA) == "Chưa có số liệu"


def test_nothing_to_count_comes_before_missed():
    assert share_status(0, 0, closed=True) is Status.NOT_APPLICABLE


def test_strictly_above_the_target_is_exceeded_and_exactly_at_it_is_met():
    assert share_status(51, 100) is Status.EXCEEDED
    assert share_status(50, 100) is Status.MET


def test_a_target_of_100_percent_is_met_and_cannot_be_exceeded():
    assert share_status(10, 10, target=100) is Status.MET


def test_not_met_in_a_closed_year_is_missed():
    assert share_status(49, 100, closed=True) is Status.MISSED
    assert share_status(49, 100, closed=True, behaviour=Behaviour.FLOW) is Status.MISSED


def test_a_stock_follows_the_line_from_its_baseline():
    with_line: dict[str, Any] = {"baseline": Decimal(10)}
    assert share_status(20, 100, Q1, **with_line) is Status.ON_TRACK
    assert share_status(19, 100, Q1, **with_line) is Status.BEHIND
    assert share_status(40, 100, Q3, **with_line) is Status.ON_TRACK
    assert share_status(49, 100, Q4, **with_line) is Status.BEHIND


def test_milestones_win_over_the_line():
    steps: dict[str, Any] = {"baseline": Decimal(10), "milestones": {2: Decimal(45), 4: Decimal(50)}}
    assert share_status(20, 100, Q1, **steps) is Status.ON_TRACK
    assert share_status(44, 100, Q2, **steps) is Status.BEHIND
    assert share_status(45, 100, Q3, **steps) is Status.ON_TRACK


def test_without_baseline_and_milestones_there_is_only_the_distance():
    assert share_status(1, 100, Q4) is Status.IN_PROGRESS


def test_distinct_things_are_due_by_the_share_of_the_year_gone():
    assert share_status(25, 100, Q2, behaviour=Behaviour.DISTINCT) is Status.ON_TRACK
    assert share_status(24, 100, Q2, behaviour=Behaviour.DISTINCT) is Status.BEHIND
    assert share_status(50, 100, Q2, behaviour=Behaviour.DISTINCT) is Status.MET


def test_where_a_level_is_to_be_kept_any_fall_is_late_at_once():
    assert share_status(99, 100, Q1, target=100, maintain=True) is Status.BEHIND
    assert share_status(100, 100, Q1, target=100, maintain=True) is Status.MET


def test_an_open_flow_at_its_target_is_only_on_track():
    assert share_status(50, 100, Q1, behaviour=Behaviour.FLOW) is Status.ON_TRACK
    assert share_status(49, 100, Q1, behaviour=Behaviour.FLOW) is Status.BEHIND


def test_an_open_flow_is_met_when_the_rest_of_the_year_cannot_undo_it():
    quarters = [said("d0", 60, 100, q) for q in (Q1, Q2, Q3)]
    one = indicator(25, behaviour=Behaviour.FLOW)
    assert judged(one, quarters, Q3, units=tree(1)).status is Status.EXCEEDED


def test_a_complete_last_quarter_settles_a_flow():
    one = indicator(50, behaviour=Behaviour.FLOW)
    year = [said("d0", 50, 100, q) for q in (Q1, Q2, Q3, Q4)]
    assert judged(one, year, units=tree(1)).status is Status.MET
    short = [*year[:3], said("d0", 49, 100, Q4)]
    found = judged(one, short, units=tree(1))
    assert (found.status, found.needed, found.gap) == (Status.UNREACHABLE, 200, 1)


def test_a_unit_that_has_not_sent_its_last_quarter_keeps_a_flow_open():
    units = tree(1, 1)
    one = indicator(50, behaviour=Behaviour.FLOW)
    year = [said(c, 49, 100, q) for c in ("d0", "d1") for q in (Q1, Q2, Q3, Q4)]
    assert judged(one, year[:-1], units=units).status is Status.BEHIND
    above = [said(c, 51, 100, q) for c in ("d0", "d1") for q in (Q1, Q2, Q3, Q4)]
    assert judged(one, above[:-1], units=units).status is Status.ON_TRACK


def test_a_flow_of_which_every_unit_lacks_the_newest_quarter_still_has_a_verdict():
    one = indicator(50, behaviour=Behaviour.FLOW)
    found = judged(one, [said("d0", 51, 100, Q1)], Q2, units=tree(1))
    assert (found.status, found.numerator, found.reported) == (Status.ON_TRACK, 51, 0)


@pytest.mark.parametrize(("percent", "status"), [(50, Status.MET), (49, Status.MISSED)])
def test_a_bare_percent_is_judged_at_its_own_unit(percent: int, status: Status):
    units = tree(1, 1)
    one = indicator(50)
    at = units.at(Level.DISTRICT)[0]
    found = judged(one, [said("d0", value=percent)], units=units, of=at, closed=True)
    assert (found.status, found.bare, found.needed) == (status, True, None)


def test_every_status_has_a_word_and_a_shape_of_its_own():
    assert set(vi.STATUS) == set(vi.SYMBOL) == set(Status)
    assert len(set(vi.SYMBOL.values())) == len(set(vi.STATUS.values())) == len(Status)


# Partial reporting


def test_a_closed_year_is_not_decided_while_the_upper_bound_reaches_the_target():
    found = judged(roster(90), answers(COMMUNES_108, 93, 7), closed=True)
    assert found.status is Status.NO_DATA
    assert vi.status(found.status, some=found.value is not None) == "Chưa đủ số liệu"


def test_a_closed_year_is_missed_when_even_the_upper_bound_falls_short():
    assert judged(roster(90), answers(COMMUNES_108, 89, 11), closed=True).status is Status.MISSED


def test_an_open_year_is_late_or_on_track_only_outside_the_bounds():
    one = roster(90, baseline=Decimal(50))
    at_q2 = {
        yes: judged(one, answers(COMMUNES_108, yes, 100 - yes, Q2), Q2).status for yes in (67, 68, 75, 76)
    }
    assert at_q2 == {67: Status.BEHIND, 68: Status.NO_DATA, 75: Status.NO_DATA, 76: Status.ON_TRACK}


def test_without_a_known_universe_a_closed_year_is_judged_over_what_was_reported():
    units = tree(1, 1)
    found = judged(indicator(50), [said("d0", 50, 100)], units=units, closed=True)
    assert (found.status, found.lower, found.reported, found.expected) == (Status.MET, None, 1, 2)


# Counts


def test_a_count_is_judged_by_its_number_and_bounded_by_its_units():
    one = roster(100, kind=Kind.COUNT)
    found = judged(one, answers(COMMUNES_108, 95, 5), closed=True)
    assert (found.numerator, found.denominator, found.value) == (95, None, 95)
    assert (found.lower, found.upper, found.needed, found.gap) == (95, 103, 100, 5)
    assert found.status is Status.NO_DATA
    assert vi.figure(one, found.value) == "95 xã, phường"
    assert judged(one, answers(COMMUNES_108, 100, 8)).status is Status.MET


def test_a_unit_s_part_of_a_count_is_in_proportion_and_rounded_up():
    one = roster(100, kind=Kind.COUNT)
    districts = COMMUNES_108.at(Level.DISTRICT)
    readings = list(answers(COMMUNES_108, 108))
    found = assess(plan(COMMUNES_108, one), COMMUNES_108, Q4, readings, districts)
    assert [a.target for a in found] == [8, 10, 13, 14, 15, 13, 19, 12]
    assert judged(one, readings, of=COMMUNES_108.at(Level.COMMUNE)[0]).status is Status.MET


# Who is named


def test_a_target_of_100_percent_names_the_units_below_it_and_the_silent_ones():
    units = tree(1, 1, 1)
    found = judged(indicator(100), [said("d0", 9, 10), said("d1", 10, 10)], units=units)
    assert found.missing == ("d0", "d2")
    assert judged(indicator(50), [said("d0", 1, 10), said("d1", 10, 10)], units=units).missing == ("d2",)


def test_assessments_come_by_unit_then_indicator_and_leave_out_what_is_nobody_s_duty():
    units = tree(1, 1)
    two = (indicator(25, number="2"), roster(90))
    found = assess(plan(units, *two), units, Q4, [], [units.province, *units.at(Level.COMMUNE)])
    assert [(a.unit.code, a.indicator.number) for a in found] == [
        ("06", "2"),
        ("06", "1"),
        ("d0c00", "1"),
        ("d1c00", "1"),
    ]


# In words


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (indicator(96), "≥ 96%"),
        (roster(100, kind=Kind.COUNT), "≥ 100 xã, phường"),
        (ranking(2), "tăng ≥ 2 bậc"),
    ],
)
def test_targets_read_as_in_the_plan(one: Indicator, words: str):
    assert vi.target(one) == words


@pytest.mark.parametrize(
    ("one", "value", "gain", "words"),
    [
        (indicator(90), Fraction(9300, 108), None, "thấp hơn 3,9 điểm %"),
        (indicator(96), Fraction(9500, 99), None, "thấp hơn 0,04 điểm %"),
        (indicator(90), Fraction(90), None, "bằng chỉ tiêu"),
        (indicator(90), None, None, "–"),
        (roster(100, kind=Kind.COUNT), Fraction(95), None, "thấp hơn 5 xã"),
        (ranking(2), Fraction(51), 8, "cao hơn 6 bậc"),
        (ranking(2), Fraction(63), -12, "thấp hơn 14 bậc"),
    ],
)
def test_the_distance_is_said_in_its_own_measure_and_never_as_nothing(
    one: Indicator, value: Fraction | None, gain: int | None, words: str
):
    assert vi.difference(one, value, gain) == words


def test_numbers_read_as_on_an_official_s_screen():
    assert [vi.number(Decimal(n)) for n in ("1234.50", "1E+3", "0", "-0.5")] == [
        "1.234,5",
        "1.000",
        "0",
        "-0,5",
    ]
    assert vi.percent(Fraction(965, 10)) == "96,5%"
    assert vi.reports(100, 108) == "báo cáo 100/108"
    assert vi.source("061.xlsx", Cell("Số liệu", "B2")) == "Tệp 061.xlsx, trang “Số liệu”, ô B2"
    assert vi.gap(None, Decimal(2), "bậc") == "còn thiếu 2 bậc"
    assert vi.gap(Decimal(98), Decimal(0), "xã") == "cần 98, đã đủ"
    assert vi.rest(Fraction(0)) == "đã đủ cho cả năm"


# What must hold for all figures

PAIRS = st.integers(0, 50).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))
WORST_FIRST = [
    Status.MISSED,
    Status.UNREACHABLE,
    Status.BEHIND,
    Status.NO_DATA,
    Status.IN_PROGRESS,
    Status.ON_TRACK,
    Status.MET,
    Status.EXCEEDED,
]


@given(st.lists(PAIRS, min_size=1, max_size=6), st.integers(1, 100), st.booleans())
def test_the_verdict_is_that_of_the_sums(pairs: list[tuple[int, int]], target: int, closed: bool):
    found = judged(indicator(target), fractions_of(pairs), units=tree(*[0] * len(pairs)), closed=closed)
    n, d = sum(n for n, _ in pairs), sum(d for _, d in pairs)
    if d == 0:
        assert found.status is Status.NOT_APPLICABLE
    else:
        assert (found.status in (Status.MET, Status.EXCEEDED)) == (100 * n >= target * d)


@given(
    st.lists(PAIRS.filter(lambda p: p[0] < p[1]), min_size=2, max_size=5),
    st.data(),
    st.integers(1, 100),
    st.sampled_from([Behaviour.STOCK, Behaviour.FLOW, Behaviour.DISTINCT]),
    st.sampled_from([Q1, Q3, Q4]),
    st.booleans(),
    st.sampled_from([None, Decimal(0), Decimal(10)]),
)
def test_one_thing_more_never_makes_a_status_worse(
    pairs: list[tuple[int, int]],
    data: st.DataObject,
    target: int,
    behaviour: Behaviour,
    quarter: Quarter,
    closed: bool,
    baseline: Decimal | None,
):
    units = tree(*[0] * len(pairs))
    sent = data.draw(st.integers(1, len(pairs)))
    more = data.draw(st.integers(0, sent - 1))
    universe = data.draw(st.sampled_from([None, 300]))
    one = indicator(target, behaviour=behaviour, baseline=baseline, universe=universe)
    better = [(n + (i == more), d) for i, (n, d) in enumerate(pairs)]
    before, after = (
        judged(one, fractions_of(p[:sent], quarter), quarter, units=units, closed=closed).status
        for p in (pairs, better)
    )
    assert WORST_FIRST.index(before) <= WORST_FIRST.index(after)


@given(st.data(), st.integers(1, 100))
def test_what_a_partial_report_decides_no_later_report_undoes(data: st.DataObject, target: int):
    units = tree(5, 7)
    yes = data.draw(st.integers(0, 12))
    no = data.draw(st.integers(0, 12 - yes))
    rest = [u.code for u in units.at(Level.COMMUNE)][yes + no :]
    later = [said(c, data.draw(st.integers(0, 1))) for c in rest]
    partial, complete = (
        judged(roster(target), r, units=units, closed=True).status
        for r in (list(answers(units, yes, no)), [*answers(units, yes, no), *later])
    )
    reached = (Status.MET, Status.EXCEEDED)
    if partial is not Status.NO_DATA:
        assert (partial in reached) == (complete in reached)


@given(st.data())
def test_one_silent_unit_more_or_less_is_not_a_zero(data: st.DataObject):
    pairs = data.draw(st.lists(PAIRS.filter(lambda p: p[1] > 0), min_size=2, max_size=5))
    units = tree(*[0] * len(pairs))
    silent = judged(indicator(50), fractions_of(pairs[:-1]), units=units)
    zero = judged(indicator(50), [*fractions_of(pairs[:-1]), said(f"d{len(pairs) - 1}", 0, 7)], units=units)
    assert silent.reported == zero.reported - 1
    assert silent.denominator is not None
    assert zero.denominator is not None
    assert silent.denominator == zero.denominator - 7


@given(st.integers(0, 3000), st.integers(1, 3000), st.integers(1, 1000))
def test_a_printed_percent_stays_on_its_side_of_the_target(n: int, d: int, tenths: int):
    target = Decimal(tenths) / 10
    printed = vi.percent(Fraction(100 * n, d), target).removesuffix("%").replace(".", "").replace(",", ".")
    assert (Decimal(printed) >= target) == (100 * n >= target * d)


@given(st.integers(1, 1000), st.integers(0, 100_000), st.integers(0, 3))
def test_needed_is_enough_and_nothing_less_is(tenths: int, things: int, decimals: int):
    target, over = Decimal(tenths) / 10, Decimal(things).scaleb(-decimals)
    found = needed(target, over, decimals)
    assert 100 * found >= target * over
    assert 100 * (found - Decimal(1).scaleb(-decimals)) < target * over


# Without a target


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize(
    ("yes", "no", "status"),
    [
        (0, 0, Status.NO_DATA),
        (0, 5, Status.IN_PROGRESS),
        (4, 0, Status.IN_PROGRESS),
        (4, 1, Status.IN_PROGRESS),
        (5, 0, Status.MET),
    ],
)
def test_without_a_target_only_the_whole_is_met_and_nothing_is_ever_missed(yes, no, status, closed):
    units = tree(5)
    found = judged(roster(None), answers(units, yes, no), units=units, closed=closed)
    assert found.status is status
    assert (found.target, found.goal, found.gap, found.needed, found.pace) == (None, 100, None, None, None)


def test_without_a_target_nothing_to_count_does_not_apply():
    assert judged(indicator(None), [said("d0", 0, 0)], units=tree(1)).status is Status.NOT_APPLICABLE


def test_a_share_without_a_target_is_never_printed_as_the_whole():
    one = indicator(None)
    assert vi.figure(one, Fraction(99_999, 1000)) == "99,999%"
    assert vi.bounds(one, Fraction(90), Fraction(99_999, 1000)) == "90,0–99,999%"
    assert vi.target(one) == "không giao chỉ tiêu số"
    assert vi.difference(one, Fraction(90)) == vi.NOTHING
    assert "\n" not in vi.heading_with_target(one)


# Plans over several years


def in_years(one: Indicator, readings: Any, quarter: Quarter, *, closed: bool = False) -> Assessment:
    units = tree(1)
    long = plan(units, one, end=date(2023, 12, 31))
    return assess(long, units, quarter, readings, closed=closed)[0]


@pytest.mark.parametrize(
    ("quarter", "stock", "distinct"),
    [(Q2, 35, 40), (Q4, 50, 80), (Quarter(2023, 2), 65, 40), (Quarter(2023, 4), 80, 80)],
)
def test_a_stock_has_until_the_end_of_the_plan_and_what_begins_anew_has_a_year(quarter, stock, distinct):
    assert in_years(indicator(80, behaviour=Behaviour.DISTINCT), [], quarter).pace == distinct
    assert in_years(indicator(80, baseline=Decimal(20)), [], quarter).pace == stock


def test_milestones_of_a_stock_are_those_of_the_last_year():
    one = indicator(80, milestones={2: Decimal(60)})
    assert in_years(one, [], Q2).pace is None
    assert in_years(one, [], Quarter(2023, 2)).pace == 60


def test_a_flow_has_the_rest_of_its_year_to_come():
    flow = indicator(50, behaviour=Behaviour.FLOW)
    readings = [said("d0", 4, 10, Quarter(2023, number)) for number in (1, 2)]
    found = in_years(flow, [*readings, said("d0", 10, 10, Q4)], Quarter(2023, 2))
    assert (found.numerator, found.to_come) == (8, 20)


def test_a_ranking_awaits_the_edition_of_the_asked_year():
    one = ranking(2, editions=(Edition(2021, 51), Edition(2022, 48, date(2022, 12, 1))))
    assert in_years(one, [], Q4).status is Status.EXCEEDED
    assert in_years(one, [], Quarter(2023, 4)).status is Status.AWAITING
