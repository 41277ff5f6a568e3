"""Figures carry their numbers as text, and draw what was judged."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kpi import charts, vi
from kpi.model import Behaviour, Edition, Kind, Status
from kpi.progress import assess
from tests import small_plan as small
from tests.small_plan import Q1, Q2, Q3, Q4, said

TREE = small.tree(4, 4)
NAMES = {"value": "Kết quả", "pace": "Tiến độ", "target": "Chỉ tiêu"}


def judged(*readings, indicators, of=None, quarter=Q4, closed=False):
    return assess(small.plan(TREE, *indicators), TREE, quarter, readings, of, closed=closed)


def words(figure):
    return next(list(t.text) for t in figure.data if t.type == "scatter" and t.mode == "text")


def bars(figure):
    """The bars of the values: those that can be pointed at."""
    return next(t for t in figure.data if t.type == "bar" and t.customdata is not None)


def test_a_bullet_prints_name_status_value_and_target_beside_its_bar():
    rows = judged(
        said("d0", 9, 10), said("d1", 8, 10), indicators=[small.indicator(90, baseline=Decimal(50))]
    )
    (text,) = words(charts.bullets(rows))
    assert text == "<b>1. 1</b><br>▼ Chậm tiến độ · 85,0% (17/20) · ≥ 90%"


def test_a_bar_is_as_long_as_its_value_is_of_the_target():
    figure = charts.bullets(judged(said("d0", 9, 10), said("d1", 9, 10), indicators=[small.indicator(60)]))
    assert bars(figure).x == (150,)


def test_no_bar_is_drawn_past_the_axis():
    figure = charts.bullets(judged(said("d0", 9, 10), said("d1", 9, 10), indicators=[small.indicator(10)]))
    assert max(bars(figure).x) <= max(figure.layout.xaxis.range)


def test_each_status_is_told_by_symbol_and_word_not_by_colour_alone():
    shown = {vi.SYMBOL[status] for status in Status}
    assert len(shown) == len(Status)
    assert set(charts.COLOUR) == set(Status)


def test_what_nobody_reported_has_words_but_no_bar():
    figure = charts.bullets(judged(indicators=[small.indicator()]))
    assert bars(figure).x == (None,)
    assert "○ Chưa có số liệu" in words(figure)[0]


def test_an_awaited_rank_shows_the_newest_rank_and_no_bar():
    known = small.ranking(editions=(Edition(2020, 59),))
    figure = charts.bullets(judged(said("06", value=51, edition=2021, number="13"), indicators=[known]))
    assert bars(figure).x == (None,)
    assert "hạng 51 (năm 2021)" in words(figure)[0]


def test_what_may_still_come_is_hatched_up_to_the_upper_bound():
    rows = judged(*small.answers(TREE, 5, 1), indicators=[small.roster(100)])
    hatched = next(t for t in charts.bullets(rows).data if t.type == "bar" and t.marker.pattern.shape)
    assert rows[0].upper is not None
    assert hatched.x == (pytest.approx(float(rows[0].upper)),)


def test_units_are_ranked_by_value_and_those_without_one_come_last():
    tree = small.tree(1, 1, 1)
    plan = small.plan(tree, small.indicator())
    rows = assess(plan, tree, Q4, [said("d0", 1, 10), said("d2", 9, 10)], tree.children("06"))
    texts = words(charts.ranking(rows))
    assert [t.split("<br>")[0] for t in texts] == ["<b>d2</b>", "<b>d0</b>", "<b>d1</b>"]
    assert "90,0% (9/10)" in texts[0]


def test_the_ranking_of_no_unit_is_an_empty_figure():
    assert not words(charts.ranking([]))


@pytest.mark.parametrize(
    ("behaviour", "shape"),
    [(Behaviour.STOCK, "hv"), (Behaviour.FLOW, "linear"), (Behaviour.DISTINCT, "linear")],
)
def test_a_stock_goes_in_steps_and_what_adds_up_as_a_line(behaviour, shape):
    plan = small.plan(TREE, small.indicator(behaviour=behaviour))
    told = [said("d0", 5, 10, q) for q in (Q1, Q2)] + [said("d1", 5, 10, q) for q in (Q1, Q2)]
    course = [
        row for q in plan.quarters for row in assess(plan, TREE, q, [r for r in told if r.quarter <= q])
    ]
    figure = charts.quarters(course, Q2, NAMES)
    value = next(t for t in figure.data if t.name == "Kết quả")
    assert value.line.shape == shape
    assert value.text == ("<b>50,0%</b>", "<b>50,0%</b>")
    target = next(t for t in figure.data if t.name == "Chỉ tiêu ≥ 90%")
    assert target.x == tuple(vi.quarter(q) for q in (Q1, Q2, Q3, Q4))


def test_bounds_of_a_partial_report_are_drawn_through_the_point():
    plan = small.plan(TREE, small.roster(100))
    told = [replace(r, quarter=Q1) for r in small.answers(TREE, 5, 1)]
    course = [row for q in plan.quarters for row in assess(plan, TREE, q, told)]
    value = next(t for t in charts.quarters(course, Q1, NAMES).data if t.name == "Kết quả")
    assert value.error_y.array == (pytest.approx(25.0),)


def test_a_better_rank_stands_higher():
    known = small.ranking(editions=(Edition(2020, 59),))
    figure = charts.editions(known, [said("06", value=51, edition=2021, number="13")])
    bottom, top = figure.layout.yaxis.range
    assert top < 51 < 59 < bottom
    assert figure.data[0].text == ("<b>hạng 59</b>", "<b>hạng 51</b>")


def test_numbers_have_decimal_commas_without_the_internet():
    assert charts.CONFIG["locale"] in charts.CONFIG["locales"]
    assert charts.CONFIG["locales"]["vi"]["format"]["decimal"] == ","
    rows = judged(said("d0", 1, 2), indicators=[small.indicator()])
    for figure in (charts.bullets(rows), charts.ranking(rows), charts.quarters(rows, Q4, NAMES)):
        assert figure.layout.separators == ",."


def test_a_count_is_ranked_against_its_own_part_of_the_target():
    count = small.roster(6, kind=Kind.COUNT)
    plan = small.plan(TREE, count)
    rows = assess(plan, TREE, Q4, small.answers(TREE, 4, 4), TREE.children("06"))
    assert "≥ 3 xã, phường" in words(charts.ranking(rows))[0]


def test_without_a_target_bars_are_drawn_of_all_and_no_target_beside_them():
    rows = judged(said("d0", 9, 10), said("d1", 6, 10), indicators=[small.indicator(None)])
    drawn = charts.bullets(rows)
    assert bars(drawn).x == (75,)
    assert words(drawn) == ["<b>1. 1</b><br>◐ Đang thực hiện · 75,0% (15/20)"]
    ticks = [t for t in drawn.data if t.type == "scatter" and t.marker.symbol == "line-ns"]
    assert [list(t.x) for t in ticks] == [[None]]
    parts = judged(
        said("d0", 9, 10), said("d1", 6, 10), indicators=[small.indicator(None)], of=TREE.children("06")
    )
    ranked = charts.ranking(parts)
    assert [list(t.x) for t in ranked.data if t.type == "scatter" and t.mode == "markers"] == [[None, None]]
    assert [t.name for t in charts.quarters(rows, Q4, NAMES).data] == ["Kết quả"]
