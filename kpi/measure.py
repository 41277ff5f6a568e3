"""How the figures of an indicator add up: over the quarters of a year, and over units. It judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext
from fractions import Fraction
from typing import Protocol

from kpi.model import Behaviour, Entry, Indicator, Kind, Plan, Quarter, Reading, State, Unit

ZERO = Decimal(0)
ONE = Decimal(1)
# Sums must be exact or fail: the 28 digits of the default context round silently.
EXACT = Context(prec=500, traps=[Inexact, InvalidOperation])


class Tree(Protocol):
    """What adding up needs of a directory of units; `kpi.units.Units` is one."""

    @property
    def province(self) -> Unit: ...

    def children(self, code: str) -> tuple[Unit, ...]: ...


@dataclass(frozen=True, slots=True)
class Measure:
    """What is known of one indicator at one unit at the end of one quarter.

    `value` is a percent, a count or a rank. Without `known` nobody has given a figure and all numbers are None.
    """

    numerator: Decimal | None
    denominator: Decimal | None
    """What the value is over: with bounds the whole universe. 0 when nothing happened that could be counted."""
    value: Fraction | None
    lower: Fraction | None
    """If nothing more turns out true; both bounds are None when complete, or when the universe is unknown."""
    upper: Fraction | None
    known: bool
    partial: bool
    """Figures of some unit are lacking, also those that a district's own total does not stand in for."""
    reported: int
    expected: int
    missing: tuple[str, ...]
    """Codes of the units that lack the thing itself, as far as that can be said, and of those unreported."""
    unreported: tuple[str, ...]
    stale: tuple[str, ...]
    """Codes of the units whose figure is of an earlier quarter than the asked one."""
    bare: bool
    """A percent without numerator and denominator is in it, or could not be added up."""
    readings: tuple[Reading, ...]
    edition: int | None = None
    gain: int | None = None
    """Places climbed since the edition before; negative when fallen."""


def measure(
    plan: Plan, units: Tree, indicator: Indicator, unit: Unit, quarter: Quarter, readings: Iterable[Reading]
) -> Measure:
    return Tally(plan, units, quarter, readings).measure(indicator, unit)


def percentage(numerator: Decimal, denominator: Decimal) -> Fraction:
    n, n_scale = numerator.as_integer_ratio()
    d, d_scale = denominator.as_integer_ratio()
    return Fraction(100 * n * d_scale, n_scale * d)


@dataclass(frozen=True, slots=True)
class _Figure:
    """What one unit itself has said, over the quarters."""

    numerator: Decimal | None = None
    denominator: Decimal | None = None
    percent: Decimal | None = None
    """The newest value given without its parts."""
    whole: bool = False
    """Nothing it owes up to the quarter is lacking."""
    newest: bool = False
    """It has spoken for the asked quarter; of a flow, earlier quarters may be lacking all the same."""
    stale: bool = False
    remembered: Decimal | None = None
    """Its last known denominator, when the figure itself is too old or bare."""
    readings: tuple[Reading, ...] = ()


_SILENT = _Figure()


@dataclass(slots=True)
class _Sum:
    """A running total over units."""

    numerator: Decimal = ZERO
    denominator: Decimal = ZERO
    rest: Decimal | None = ZERO
    """Denominator of the units that are lacking; None when that of any is unknown."""
    perhaps: Decimal = ZERO
    """Units of which nobody knows whether they belong to the denominator at all: the roster they are within is silent."""
    known: bool = False
    partial: bool = False
    bare: bool = False
    percent: Decimal | None = None
    """A bare percent of this very unit; it goes no further up."""
    reported: int = 0
    expected: int = 0
    missing: tuple[str, ...] = ()
    unreported: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()

    def add(self, other: _Sum) -> None:
        self.numerator += other.numerator
        self.denominator += other.denominator
        self.rest = None if self.rest is None or other.rest is None else self.rest + other.rest
        self.perhaps += other.perhaps
        self.known |= other.known
        self.partial |= other.partial
        self.bare |= other.bare
        self.reported += other.reported
        self.expected += other.expected
        self.missing += other.missing
        self.unreported += other.unreported
        self.stale += other.stale
        self.readings += other.readings


class Tally:
    """All sums of one plan at the end of one quarter; each is made once, from those of the units below."""

    def __init__(self, plan: Plan, units: Tree, quarter: Quarter, readings: Iterable[Reading]) -> None:
        self._plan = plan
        self._quarter = quarter
        self._now = _ordinal(quarter)
        # What adds up begins anew with each year of a plan.
        year = plan.quarters_of(quarter)
        self._year = plan.year_of(quarter)
        self._first = _ordinal(year[0])
        self._owed = min(self._now, _ordinal(year[-1])) - self._first + 1
        self._indicators = {i.number: i for i in plan.indicators}
        self._held = _newest_first(readings, self._now)
        self._children: dict[str, tuple[str, ...]] = {}
        self._parents: dict[str, str] = {}
        self._walk(units, units.province.code)
        self._expected = {number: frozenset(codes) for number, codes in plan.expected.items()}
        self._concerned = {number: self._with_ancestors(codes) for number, codes in plan.expected.items()}
        self._sums: dict[tuple[str, str], _Sum] = {}

    def concerns(self, indicator: Indicator, unit: Unit) -> bool:
        """Whether anybody at or below the unit has to report the indicator."""
        return unit.code in self._concerned[indicator.number]

    def measure(self, indicator: Indicator, unit: Unit) -> Measure:
        with localcontext(EXACT):
            if indicator.kind is Kind.RANK:
                return self._ranked(indicator, unit.code)
            return self._measured(indicator, unit.code, self._sum(indicator, unit.code))

    def _walk(self, units: Tree, code: str) -> None:
        self._children[code] = tuple(child.code for child in units.children(code))
        for child in self._children[code]:
            self._parents[child] = code
            self._walk(units, child)

    def _with_ancestors(self, codes: Iterable[str]) -> frozenset[str]:
        found: set[str] = set()
        for code in codes:
            step: str | None = code if code in self._children else None
            while step is not None and step not in found:
                found.add(step)
                step = self._parents.get(step)
        return frozenset(found)

    def _sum(self, indicator: Indicator, code: str) -> _Sum:
        key = indicator.number, code
        if key not in self._sums:
            self._sums[key] = self._added_up(indicator, code)
        return self._sums[key]

    def _added_up(self, indicator: Indicator, code: str) -> _Sum:
        owes = code in self._expected[indicator.number]
        total = self._leaf(indicator, code) if owes else _Sum()
        concerned = self._concerned[indicator.number]
        for child in self._children[code]:
            if child in concerned:
                total.add(self._sum(indicator, child))
        if total.perhaps and not owes:
            self._settle_base(indicator, code, total)
        if total.partial and not owes:
            self._stand_in(indicator, code, total)
        if total.partial:
            universe = self._universe(indicator, code)
            if universe is not None:
                total.rest = max(universe - total.denominator, ZERO)
        return total

    def _universe(self, indicator: Indicator, code: str) -> Decimal | None:
        known = indicator.universe
        if isinstance(known, Mapping):
            return Decimal(known[code]) if code in known else None
        return Decimal(known) if known is not None and code == self._plan.province else None

    def _leaf(self, indicator: Indicator, code: str) -> _Sum:
        figure = self._figure(indicator, code)
        one = (code,)
        if indicator.entry is Entry.YES_NO:
            return self._answer(indicator, code, figure)
        n, d = figure.numerator, figure.denominator
        total = _Sum(n or ZERO, d or ZERO, expected=1, known=n is not None, readings=figure.readings)
        total.stale = one if figure.stale else ()
        total.percent, total.bare = figure.percent, figure.percent is not None
        spoken = figure.whole or figure.newest
        if spoken:
            total.reported = 1
        else:
            total.unreported = one
        if not figure.whole:
            total.partial, total.rest = True, figure.remembered
        if not spoken or (_is_ceiling(indicator) and total.numerator < total.denominator):
            total.missing = one
        return total

    def _answer(self, indicator: Indicator, code: str, figure: _Figure) -> _Sum:
        """A yes/no of one unit; within another roster it leaves when that one says no."""
        one = (code,)
        stale, lacking = figure.stale, _Sum(rest=ONE, partial=True, expected=1, missing=one, unreported=one)
        if indicator.within is not None:
            outer = self._figure(self._indicators[indicator.within], code)
            if outer.numerator == ZERO:
                return _Sum(expected=1, reported=1, stale=one if outer.stale else ())
            if not outer.whole:
                return replace(lacking, rest=ZERO, perhaps=ONE)
            stale |= outer.stale
        if not figure.whole:
            return lacking
        yes = figure.numerator or ZERO
        left = figure.denominator == ZERO
        return _Sum(
            yes,
            ZERO if left else ONE,
            known=True,
            expected=1,
            reported=1,
            missing=() if yes or left else one,
            stale=one if stale else (),
            readings=figure.readings,
        )

    def _settle_base(self, indicator: Indicator, code: str, total: _Sum) -> None:
        """A unit's own total of the outer roster says how many of the silent ones belong to the denominator."""
        outer = self._sum(self._indicators[indicator.within or ""], code)
        if outer.known and not outer.partial:
            within = max(outer.numerator - total.denominator - (total.rest or ZERO), ZERO)
            total.rest, total.perhaps = (total.rest or ZERO) + within, ZERO

    def _stand_in(self, indicator: Indicator, code: str, total: _Sum) -> None:
        """Let a unit's own total speak for those below it that have not reported, and for no others."""
        figure = self._figure(indicator, code)
        if figure.numerator is None or not figure.whole:
            total.bare |= figure.percent is not None
            if not total.known:
                total.percent = figure.percent
                total.readings += figure.readings
            return
        if indicator.entry is not Entry.YES_NO:
            more = max((figure.denominator or ZERO) - total.denominator, ZERO)
        else:
            more = (total.rest or ZERO) + total.perhaps
            if indicator.within is not None and figure.denominator is not None:
                more = min(max(figure.denominator - total.denominator, ZERO), more)
        true = max(figure.numerator - total.numerator, ZERO)
        counts_freely = indicator.kind is Kind.COUNT and indicator.entry is not Entry.YES_NO
        total.numerator += true if counts_freely else min(true, more)
        total.denominator += more
        total.rest, total.perhaps, total.partial, total.known = ZERO, ZERO, False, True
        total.stale += (code,) if figure.stale else ()
        total.readings += figure.readings

    def _figure(self, indicator: Indicator, code: str) -> _Figure:
        if indicator.all_of:
            owes = code in self._expected[indicator.number]
            return (
                _all([self._figure(self._indicators[n], code) for n in indicator.all_of]) if owes else _SILENT
            )
        held = self._held.get((indicator.number, code))
        if held is None:
            return _SILENT
        if indicator.behaviour is Behaviour.FLOW:
            return self._flow(indicator, held)
        ordinal, reading = held[0]
        if indicator.behaviour is Behaviour.STOCK and ordinal < self._now - 1:
            return _Figure(remembered=_last_denominator(held))
        if indicator.behaviour is Behaviour.DISTINCT and ordinal < self._first:
            return _SILENT
        n, d = _fraction(indicator, reading)
        if n is None:
            return _Figure(
                percent=reading.value,
                remembered=_last_denominator(held),
                readings=(reading,),
                stale=ordinal < self._now,
            )
        return _Figure(n, d, whole=True, stale=ordinal < self._now, readings=(reading,))

    def _flow(self, indicator: Indicator, held: list[tuple[int, Reading]]) -> _Figure:
        by_quarter = {o: r for o, r in reversed(held) if self._first <= o < self._first + self._owed}
        if not by_quarter:
            return _SILENT
        readings = tuple(by_quarter.values())
        parts = [(n, d or ZERO) for n, d in (_fraction(indicator, r) for r in readings) if n is not None]
        bare = [r.value for r in readings if _fraction(indicator, r)[0] is None]
        last = self._first + self._owed - 1
        return _Figure(
            sum((n for n, _ in parts), ZERO) if parts else None,
            sum((d for _, d in parts), ZERO) if parts else None,
            percent=bare[-1] if bare else None,
            whole=len(parts) == self._owed,
            newest=last in by_quarter and _fraction(indicator, by_quarter[last])[0] is not None,
            readings=readings,
        )

    def _measured(self, indicator: Indicator, code: str, total: _Sum) -> Measure:
        reported, missing, unreported = total.reported, total.missing, total.unreported
        n: Decimal | None = total.numerator
        d: Decimal | None = None if indicator.kind is Kind.COUNT else total.denominator
        value = lower = upper = None
        if not total.known:
            n = d = None
            value = None if total.percent is None else Fraction(total.percent)
            if total.percent is not None and code in self._expected[indicator.number]:
                reported, unreported = 1, ()
                missing = missing if _is_ceiling(indicator) and total.percent < 100 else ()
            if total.expected == total.reported:
                n = d = ZERO
        elif indicator.kind is Kind.COUNT:
            value = Fraction(total.numerator)
            if total.partial and total.rest:
                lower, upper = value, Fraction(total.numerator + total.rest)
        elif indicator.behaviour is Behaviour.FLOW or not (total.partial and (total.rest or total.perhaps)):
            value = percentage(total.numerator, total.denominator) if total.denominator else None
        elif total.rest is not None:
            d = total.denominator + total.rest
            value = percentage(total.numerator, d) if d else None
            lower = percentage(total.numerator, d + total.perhaps)
            upper = percentage(total.numerator + total.rest + total.perhaps, d + total.perhaps)
        return Measure(
            n,
            d,
            value,
            lower,
            upper,
            total.known or value is not None or d == ZERO,
            total.partial and (bool(unreported) or indicator.behaviour is Behaviour.FLOW),
            reported,
            total.expected,
            missing,
            unreported,
            total.stale,
            total.bare,
            total.readings,
        )

    def _ranked(self, indicator: Indicator, code: str) -> Measure:
        """The edition the year is judged by once it is published, before that the newest known."""
        ranks: dict[int, tuple[Decimal, tuple[Reading, ...]]] = {
            e.year: (Decimal(e.rank), ())
            for e in indicator.editions
            if (e.published <= self._quarter.last_day if e.published is not None else e.year < self._year)
        }
        for _, reading in reversed(self._held.get((indicator.number, code), ())):
            if reading.edition is not None and reading.value is not None:
                ranks[reading.edition] = reading.value, (reading,)
        newest = max((year for year in ranks if year <= self._year), default=None)
        rank, readings = ranks[newest] if newest is not None else (None, ())
        before, earlier = ranks.get(newest - 1, (None, ())) if newest is not None else (None, ())
        silent = () if rank is not None else (code,)
        return Measure(
            None,
            None,
            None if rank is None else Fraction(rank),
            None,
            None,
            rank is not None,
            rank is None,
            1 - len(silent),
            1,
            silent,
            silent,
            (),
            False,
            readings + earlier,
            newest,
            None if rank is None or before is None else int(before - rank),
        )


def _all(parts: Sequence[_Figure]) -> _Figure:
    """Yes when every part is, no when one is not, whatever the others say; nothing while that is open."""
    counted = [part for part in parts if part.whole and part.denominator != ZERO]
    denied = [part for part in counted if not part.numerator]
    if not denied and not all(part.whole for part in parts):
        return _SILENT
    return _Figure(
        ZERO if denied or not counted else ONE,
        None if counted else ZERO,
        whole=True,
        stale=all(part.stale for part in denied) if denied else any(part.stale for part in parts),
        readings=tuple(reading for part in parts for reading in part.readings),
    )


def _ordinal(quarter: Quarter) -> int:
    return quarter.year * 4 + quarter.number


def _newest_first(readings: Iterable[Reading], upto: int) -> dict[tuple[str, str], list[tuple[int, Reading]]]:
    held: dict[tuple[str, str], list[tuple[int, Reading]]] = {}
    for reading in readings:
        ordinal = _ordinal(reading.quarter)
        if ordinal <= upto:
            held.setdefault((reading.indicator, reading.unit), []).append((ordinal, reading))
    for found in held.values():
        if len(found) > 1:
            found.sort(key=_age, reverse=True)
    return held


def _age(entry: tuple[int, Reading]) -> tuple[object, ...]:
    """Later quarters last; two readings of one quarter in an order that does not depend on how they came."""
    ordinal, reading = entry
    return ordinal, reading.as_of, reading.upload or "", reading.cell


def _fraction(indicator: Indicator, reading: Reading) -> tuple[Decimal | None, Decimal | None]:
    """Numerator and denominator, or None for the first when the reading cannot be added up."""
    if reading.state is State.NOT_APPLICABLE:
        return ZERO, ZERO
    if reading.denominator is None and indicator.kind is Kind.SHARE and indicator.entry is not Entry.YES_NO:
        return None, None
    return reading.numerator, reading.denominator


def _last_denominator(held: list[tuple[int, Reading]]) -> Decimal | None:
    for _, reading in held:
        if reading.state is State.NOT_APPLICABLE:
            return ZERO
        if reading.denominator is not None:
            return reading.denominator
    return None


def _is_ceiling(indicator: Indicator) -> bool:
    return indicator.kind is Kind.SHARE and (indicator.target is None or indicator.target.value >= 100)
