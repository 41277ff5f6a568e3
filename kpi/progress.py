"""The only judge: what stands where against its target, at the end of a quarter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from math import ceil, floor

from kpi.measure import EXACT, Measure, Tally, Tree
from kpi.model import Behaviour, Indicator, Kind, Plan, Quarter, Reading, Status, Unit


@dataclass(frozen=True, slots=True)
class Assessment:
    """One unit, one indicator, one quarter: the row behind every bar, table line and CSV line."""

    indicator: Indicator
    unit: Unit
    quarter: Quarter
    status: Status
    numerator: Decimal | None
    denominator: Decimal | None
    """What the value is over: the whole universe when that is known."""
    value: Fraction | None
    """Percent, count or rank; while a rank is awaited, that of the newest known edition."""
    target: Decimal | None
    """The plan's, None where it gives none; of a count, a unit below the province has its part in proportion, rounded up."""
    lower: Fraction | None
    """Both bounds are None when complete, or when the universe is unknown."""
    upper: Fraction | None
    reported: int
    expected: int
    gap: Decimal | None
    """Things still lacking to the target, never negative; of a rank, places."""
    needed: Decimal | None
    """Things needed in all; None for a rank, and for a flow with something still to come."""
    needed_rest: Fraction | None
    """Percent needed of what is still to come this year; open flows only."""
    to_come: Decimal | None
    """Denominator still expected this year; open flows only."""
    pace: Fraction | None
    """What the value should have reached by now, in the unit of the target."""
    gain: int | None
    edition: int | None
    missing: tuple[str, ...]
    unreported: tuple[str, ...]
    stale: tuple[str, ...]
    bare: bool
    readings: tuple[Reading, ...]

    @property
    def goal(self) -> Decimal:
        """What nothing may be rounded across, nor drawn beyond as if it were reached: without a target, the whole."""
        return Decimal(100) if self.target is None else self.target


def assess(
    plan: Plan,
    units: Tree,
    quarter: Quarter,
    readings: Iterable[Reading],
    of: Iterable[Unit] | None = None,
    *,
    closed: bool = False,
) -> list[Assessment]:
    """Judge every indicator anybody at or below each unit has to report; of the province when none is named.

    `closed` says that nothing more will come, so that what is not met is missed.
    """
    with localcontext(EXACT):
        tally = Tally(plan, units, quarter, readings)
        due = {indicator.number: pace(plan, indicator, quarter) for indicator in plan.indicators}
        return [
            _assessment(
                plan,
                indicator,
                unit,
                quarter,
                tally.measure(indicator, unit),
                due[indicator.number],
                closed=closed,
            )
            for unit in ([units.province] if of is None else of)
            for indicator in plan.indicators
            if tally.concerns(indicator, unit)
        ]


def is_final(plan: Plan, quarter: Quarter, closed: Collection[Quarter]) -> bool:
    """Whether nothing more will come for a year: its last quarter is the asked one and among the closed."""
    return quarter == plan.quarters_of(quarter)[-1] and quarter in closed


def needed(target: Decimal, denominator: Decimal, decimals: int = 0) -> Decimal:
    """The smallest numerator, with so many decimals, that reaches a share: 90 % of 108 needs 98."""
    scaled = Fraction(target) * Fraction(denominator) / 100 * 10**decimals
    return Decimal(ceil(scaled)).scaleb(-decimals)


def needed_in_rest(
    numerator: Decimal, denominator: Decimal, to_come: Decimal, target: Decimal
) -> Fraction | None:
    """Percent of what is still to come that a flow needs; None when nothing is to come."""
    if to_come <= 0:
        return None
    all_year = Fraction(target) * (Fraction(denominator) + Fraction(to_come))
    return max((all_year - 100 * Fraction(numerator)) / Fraction(to_come), Fraction(0))


def judge_flow(
    numerator: Decimal,
    denominator: Decimal,
    to_come: Decimal,
    target: Decimal,
    *,
    closed: bool,
    settled: bool = True,
) -> Status:
    """A flow can still be undone, or saved, by what is to come; unless that is `settled` neither is said."""
    value = 100 * Fraction(numerator) / Fraction(denominator)
    if closed:
        return _reached(value, target, ceiling=target >= 100) or Status.MISSED
    rest = needed_in_rest(numerator, denominator, to_come, target)
    if settled and value >= target and not rest:
        return _reached(value, target, ceiling=target >= 100) or Status.MET
    if settled and (value < target if rest is None else rest > 100):
        return Status.UNREACHABLE
    return Status.ON_TRACK if value >= target else Status.BEHIND


def judge_stand(
    lower: Fraction,
    upper: Fraction,
    target: Decimal,
    pace: Fraction | None,
    *,
    closed: bool,
    ceiling: bool = False,
) -> Status:
    """What is and stays: stocks, counts, distinct things. The bounds are the value twice when nothing lacks."""
    reached = _reached(lower, target, ceiling=ceiling)
    if reached is not None:
        return reached
    if closed:
        return Status.MISSED if upper < target else Status.NO_DATA
    if pace is None:
        return Status.IN_PROGRESS
    if lower >= pace:
        return Status.ON_TRACK
    return Status.BEHIND if upper < pace else Status.NO_DATA


def pace(plan: Plan, indicator: Indicator, quarter: Quarter) -> Fraction | None:
    """What the province should have reached by the end of a quarter; None when the plan does not say."""
    if indicator.kind is Kind.RANK or indicator.target is None:
        return None
    target = Fraction(indicator.target.value)
    if indicator.maintain or indicator.behaviour is Behaviour.FLOW:
        return target
    # Distinct things are counted anew each year; what stays has until the plan's end.
    anew = indicator.behaviour is Behaviour.DISTINCT
    year = plan.quarters_of(quarter)
    passed = [number for number in indicator.milestones if number <= quarter.number]
    if passed and (anew or year[-1] == plan.quarters[-1]):
        return Fraction(indicator.milestones[max(passed)])
    if anew:
        return target * _gone(year, quarter)
    if indicator.baseline is None:
        return None
    baseline = Fraction(indicator.baseline)
    return baseline + (target - baseline) * _gone(plan.quarters, quarter)


def _gone(quarters: Sequence[Quarter], upto: Quarter) -> Fraction:
    return Fraction(sum(q <= upto for q in quarters), len(quarters))


def _reached(value: Fraction, target: Decimal, *, ceiling: bool) -> Status | None:
    if value < target:
        return None
    return Status.EXCEEDED if value > target and not ceiling else Status.MET


def _assessment(
    plan: Plan,
    indicator: Indicator,
    unit: Unit,
    quarter: Quarter,
    found: Measure,
    expectation: Fraction | None,
    *,
    closed: bool,
) -> Assessment:
    target = None if indicator.target is None else indicator.target.value
    if target is not None and indicator.kind is Kind.COUNT and unit.code != plan.province:
        part = Fraction(found.expected, len(plan.expected[indicator.number]))
        target = Decimal(ceil(Fraction(target) * part))
        expectation = None if expectation is None else expectation * part
    to_come = None if closed else _to_come(plan, indicator, unit, quarter, found)
    rest = None if target is None else _rest(found, to_come, target)
    lacking, in_all = _distance(plan, indicator, quarter, found, target)
    return Assessment(
        indicator,
        unit,
        quarter,
        _status(plan, indicator, unit, quarter, found, target, expectation, to_come, closed=closed),
        found.numerator,
        found.denominator,
        found.value,
        target,
        found.lower,
        found.upper,
        found.reported,
        found.expected,
        lacking,
        None if rest is not None else in_all,
        rest,
        to_come,
        expectation,
        found.gain,
        found.edition,
        found.missing,
        found.unreported,
        found.stale,
        found.bare,
        found.readings,
    )


def _status(
    plan: Plan,
    indicator: Indicator,
    unit: Unit,
    quarter: Quarter,
    found: Measure,
    target: Decimal | None,
    expectation: Fraction | None,
    to_come: Decimal | None,
    *,
    closed: bool,
) -> Status:
    if not found.known:
        return Status.NO_DATA
    if target is not None and indicator.kind is Kind.RANK:
        return _ranked(plan, quarter, found, target)
    if found.value is None:
        return Status.NOT_APPLICABLE
    if target is None:
        # Nothing less than the whole can be called reached, and without a number nothing is missed.
        return (
            Status.MET if (found.value if found.lower is None else found.lower) >= 100 else Status.IN_PROGRESS
        )
    ceiling = indicator.kind is Kind.SHARE and target >= 100
    if indicator.behaviour is not Behaviour.FLOW:
        lower = found.value if found.lower is None else found.lower
        upper = found.value if found.upper is None else found.upper
        return judge_stand(lower, upper, target, expectation, closed=closed, ceiling=ceiling)
    if found.numerator is None or found.denominator is None:
        return _bare_flow(found.value, target, closed=closed)
    foreseen = indicator.expected_year_total is not None and unit.code == plan.province and bool(to_come)
    return judge_flow(
        found.numerator,
        found.denominator,
        to_come or Decimal(0),
        target,
        closed=closed,
        settled=foreseen or not found.partial,
    )


def _bare_flow(value: Fraction, target: Decimal, *, closed: bool) -> Status:
    """Of a percent without its parts nobody can say what is to come."""
    if closed:
        return _reached(value, target, ceiling=target >= 100) or Status.MISSED
    return Status.ON_TRACK if value >= target else Status.BEHIND


def _ranked(plan: Plan, quarter: Quarter, found: Measure, target: Decimal) -> Status:
    if found.edition != plan.year_of(quarter):
        return Status.AWAITING
    if found.gain is None:
        return Status.NO_DATA
    return _reached(Fraction(found.gain), target, ceiling=False) or Status.MISSED


def _to_come(
    plan: Plan, indicator: Indicator, unit: Unit, quarter: Quarter, found: Measure
) -> Decimal | None:
    """What the plan expects of the whole province, or the rest of the year at the rate so far."""
    if indicator.behaviour is not Behaviour.FLOW or not found.denominator:
        return None
    year = plan.quarters_of(quarter)
    gone = sum(q <= quarter for q in year)
    left = len(year) - gone
    if left == 0 and not found.partial:
        return Decimal(0)
    if indicator.expected_year_total is not None and unit.code == plan.province:
        return max(indicator.expected_year_total - found.denominator, Decimal(0))
    # A quarter that nobody has sent is not empty, so the rate so far is not known.
    if len({r.quarter for r in found.readings}) < gone:
        return None
    return Decimal(floor(Fraction(found.denominator) * left / gone))


def _rest(found: Measure, to_come: Decimal | None, target: Decimal) -> Fraction | None:
    if to_come is None or found.numerator is None or found.denominator is None:
        return None
    rest = needed_in_rest(found.numerator, found.denominator, to_come, target)
    # With reports lacking nobody can say that it is out of reach.
    return None if found.partial and rest is not None and rest > 100 else rest


def _distance(
    plan: Plan, indicator: Indicator, quarter: Quarter, found: Measure, target: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    """Things lacking, and things needed in all, over the denominator judged over."""
    if target is None:
        return None, None
    if indicator.kind is Kind.RANK:
        judged = found.gain is not None and found.edition == plan.year_of(quarter)
        return (max(target - (found.gain or 0), Decimal(0)) if judged else None), None
    if found.numerator is None or found.value is None:
        return None, None
    if indicator.kind is Kind.COUNT:
        in_all = target
    elif found.denominator is None:
        return None, None
    else:
        in_all = needed(target, found.denominator, indicator.decimals)
    return max(in_all - found.numerator, Decimal(0)), in_all
