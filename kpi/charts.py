"""Draw assessments. Figures in, nothing decided here; every number stands beside its bar as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from html import escape
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from kpi import vi
from kpi.model import Behaviour, Indicator, Kind, Quarter, Reading, Status, TaskState
from kpi.progress import Assessment
from kpi.tasks import Standing, by_work
from kpi.vi import tasks as words

Figure = go.Figure

# Decimal commas whatever the browser's language, no tool bar, and a finger that scrolls the page, not the axes.
CONFIG: Mapping[str, Any] = {
    "locale": "vi",
    "locales": {"vi": {"dictionary": {}, "format": {"decimal": ",", "thousands": ".", "grouping": [3]}}},
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": False,
    "responsive": True,
}
# Middle tones: 3:1 against the light and the dark page alike. Shape and word tell the statuses apart as well.
COLOUR: Mapping[Status, str] = {
    Status.EXCEEDED: "#0f8a6a",
    Status.MET: "#2a9d6f",
    Status.ON_TRACK: "#2f7fc1",
    Status.IN_PROGRESS: "#6f8fb5",
    Status.BEHIND: "#cf8a1c",
    Status.MISSED: "#cf4a3c",
    Status.UNREACHABLE: "#b03a5b",
    Status.NO_DATA: "#8a949e",
    Status.AWAITING: "#8a949e",
    Status.NOT_APPLICABLE: "#8a949e",
}
TASK_COLOUR: Mapping[TaskState, str] = {
    TaskState.NOT_STARTED: "#8a949e",
    TaskState.IN_PROGRESS: "#2f7fc1",
    TaskState.DONE: "#2a9d6f",
    TaskState.OVERDUE: "#cf4a3c",
    TaskState.DROPPED: "rgba(128,140,152,0.35)",
}
# Streamlit's own stand-in for the theme's text colour; the browser puts in the colour of the light or dark page.
_INK = "#000037"
_GROUND = "rgba(128,140,152,0.16)"
_BEYOND = "rgba(128,140,152,0.08)"
_LINE = "rgba(128,140,152,0.55)"
_MARK = "#8a5cc2"
_DONE_MARK = "#0b6446"
_ROW = 66
_MOST = 150.0


def bullets(rows: Sequence[Assessment]) -> go.Figure:
    """The indicators of one unit on one axis, percent of the target, of a share without one percent of all.

    Awaited and unknown ones have no bar.
    """
    goals = [row.target is not None for row in rows]
    figure = _rows_figure(len(rows), _MOST if any(goals) else 102.0)
    at = list(range(len(rows)))
    figure.add_bar(
        y=at, x=[100] * len(rows), orientation="h", width=0.36, marker_color=_GROUND, hoverinfo="skip"
    )
    figure.add_bar(
        y=at,
        x=[_MOST - 100 if goal else None for goal in goals],
        base=100,
        orientation="h",
        width=0.36,
        marker_color=_BEYOND,
        hoverinfo="skip",
    )
    _add_bars(figure, rows, [_of_target(r, r.value) for r in rows], [_of_target(r, r.upper) for r in rows])
    pace = [_of_target(r, r.pace) if r.pace is not None and r.pace != r.target else None for r in rows]
    figure.add_scatter(
        y=at,
        x=pace,
        mode="markers",
        marker={"symbol": "diamond", "size": 10, "color": _MARK, "line": {"width": 1.5, "color": "#ffffff"}},
        hovertemplate="%{x:.0f}%<extra></extra>",
    )
    figure.add_scatter(
        y=at,
        x=[100 if goal else None for goal in goals],
        mode="markers",
        marker={"symbol": "line-ns", "size": 13, "line": {"width": 3, "color": _INK}},
        hoverinfo="skip",
    )
    names = [f"{r.indicator.number}. {r.indicator.short_name}" for r in rows]
    figures = [headline(r) + (f" · {vi.target(r.indicator)}" if r.target is not None else "") for r in rows]
    _add_labels(figure, list(zip(names, figures, strict=True)))
    figure.update_xaxes(tickvals=[0, 50, 100, _MOST], ticktext=["0", "50%", "100%", f"{_MOST:.0f}%"])
    return figure


def ranking(rows: Sequence[Assessment]) -> go.Figure:
    """One indicator, a bar for each unit, the best on top, with the target across."""
    ordered = sorted(rows, key=lambda r: (r.value is None, -(r.value or 0), r.unit.code))
    shares = bool(ordered) and ordered[0].indicator.kind is Kind.SHARE
    goals = {float(r.goal) for r in ordered}
    most = max([float(r.value) for r in ordered if r.value is not None] + [*goals, 1.0])
    figure = _rows_figure(len(ordered), most * 1.04)
    _add_bars(figure, ordered, [_float(r.value) for r in ordered], [_float(r.upper) for r in ordered])
    figure.add_scatter(
        y=list(range(len(ordered))),
        x=[None if r.target is None else float(r.target) for r in ordered],
        mode="markers",
        marker={"symbol": "line-ns", "size": 13, "line": {"width": 3, "color": _INK}},
        hoverinfo="skip",
    )
    figures = [
        headline(r) if shares else f"{headline(r)} · {vi.target(r.indicator, r.target)}" for r in ordered
    ]
    _add_labels(figure, [(r.unit.title, words) for r, words in zip(ordered, figures, strict=True)])
    figure.update_xaxes(ticksuffix="%" if shares else "", nticks=5)
    return figure


def quarters(rows: Sequence[Assessment], upto: Quarter, names: Mapping[str, str]) -> go.Figure:
    """One indicator of one unit through the year: steps for a stock, a line for what adds up.

    `rows` has every quarter of the axis, values are drawn up to `upto`. `names` says what the series are called:
    "value", "pace", "target".
    """
    figure = go.Figure()
    indicator = rows[0].indicator
    at = [vi.quarter(r.quarter) for r in rows]
    goals = [float(r.target) for r in rows if r.target is not None]
    if goals:
        figure.add_scatter(
            x=at,
            y=goals,
            name=f"{names['target']} {vi.target(indicator, rows[0].target)}",
            mode="lines",
            line={"dash": "dash", "width": 2, "color": _INK},
            hoverinfo="skip",
        )
    if any(r.pace is not None and r.pace != r.target for r in rows):
        figure.add_scatter(
            x=at,
            y=[_float(r.pace) for r in rows],
            name=names["pace"],
            mode="lines+markers",
            line={"dash": "dot", "width": 2, "color": _MARK},
            marker={"symbol": "diamond", "size": 8},
            hoverinfo="skip",
        )
    drawn = [r for r in rows if r.quarter <= upto and r.value is not None]
    done = {Status.MET, Status.EXCEEDED, Status.ON_TRACK}
    # Beside the riser of a step, not on it.
    side = "right" if indicator.behaviour is Behaviour.STOCK else "center"
    figure.add_scatter(
        x=[vi.quarter(r.quarter) for r in drawn],
        y=[_float(r.value) for r in drawn],
        name=names["value"],
        mode="lines+markers+text",
        line={
            "shape": "hv" if indicator.behaviour is Behaviour.STOCK else "linear",
            "width": 3,
            "color": COLOUR[Status.ON_TRACK],
        },
        marker={"size": 11, "color": [COLOUR[r.status] for r in drawn]},
        text=[f"<b>{short(r)}</b>" for r in drawn],
        textposition=[f"{'top' if r.status in done else 'bottom'} {side}" for r in drawn],
        textfont={"size": 13, "color": _INK},
        cliponaxis=False,
        error_y=_bounds(drawn),
        customdata=[headline(r) for r in drawn],
        hovertemplate="%{x}: %{customdata}<extra></extra>",
    )
    figure.update_yaxes(
        range=_room(rows, drawn),
        ticksuffix="%" if indicator.kind is Kind.SHARE else "",
        nticks=6,
        fixedrange=True,
    )
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=at, fixedrange=True)
    figure.update_layout(
        height=380,
        dragmode=False,
        separators=",.",
        margin={"l": 10, "r": 48, "t": 64, "b": 10},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )
    return figure


def editions(indicator: Indicator, readings: Sequence[Reading]) -> go.Figure:
    """A ranking through its yearly publications; the best rank is on top."""
    ranks = {e.year: float(e.rank) for e in indicator.editions}
    ranks |= {r.edition: float(r.value) for r in readings if r.edition is not None and r.value is not None}
    years = sorted(ranks)
    figure = go.Figure(
        go.Scatter(
            x=[str(year) for year in years],
            y=[ranks[year] for year in years],
            mode="lines+markers+text",
            line={"width": 3, "color": COLOUR[Status.ON_TRACK]},
            marker={"size": 11},
            text=[f"<b>{vi.figure(indicator, Fraction(ranks[year]))}</b>" for year in years],
            textposition="top center",
            textfont={"size": 13, "color": _INK},
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    figure.update_yaxes(
        range=[max(ranks.values(), default=1) + 3, min(ranks.values(), default=1) - 3],
        dtick=max(1, round((max(ranks.values(), default=1) - min(ranks.values(), default=1)) / 4)),
        fixedrange=True,
    )
    figure.update_xaxes(type="category", fixedrange=True)
    figure.update_layout(
        height=320, dragmode=False, separators=",.", margin={"l": 10, "r": 30, "t": 30, "b": 10}
    )
    return figure


def headline(row: Assessment) -> str:
    """Symbol, word and figure of one assessment, as printed beside its bar."""
    word = f"{vi.SYMBOL[row.status]} {vi.status(row.status, some=row.value is not None)}"
    if row.value is None:
        return word
    return f"{word} · {vi.figure(row.indicator, row.value, row.numerator, row.denominator, row.edition)}"


def short(row: Assessment) -> str:
    """The figure alone: "86,1%", "100", "hạng 51"."""
    if row.indicator.kind is Kind.COUNT and row.numerator is not None:
        return vi.number(row.numerator)
    return vi.figure(row.indicator, row.value)


def picture_config(name: str) -> Mapping[str, Any]:
    """CONFIG with one button: a picture of the chart called `name`, to be pasted into slides."""
    locale = {**CONFIG["locales"]["vi"], "dictionary": dict(vi.PICTURE)}
    return {
        **CONFIG,
        "locales": {"vi": locale},
        "displayModeBar": True,
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "filename": name, "scale": 3},
    }


def picture(figure: go.Figure, title: str) -> go.Figure:
    """The same under a title on white paper, whatever the page's theme, so that it can be pasted anywhere."""
    copy = go.Figure(figure)
    room = 46
    copy.update_layout(
        title={"text": f"<b>{title}</b>", "font": {"size": 16}, "x": 0, "xref": "paper", "yref": "container"},
        title_y=1 - 22 / (copy.layout.height + room),
        height=copy.layout.height + room,
        margin_t=(copy.layout.margin.t or 0) + room,
        paper_bgcolor="#ffffff",
        plot_bgcolor="#ffffff",
        font={"color": _INK, "family": "Source Sans, sans-serif"},
        template="plotly_white",
    )
    return copy


def _rows_figure(count: int, most: float) -> go.Figure:
    """Rows from the top down, room above each bar for its words, so that no name is ever cut."""
    figure = go.Figure()
    figure.update_yaxes(
        range=[count - 0.5, -0.85], showticklabels=False, showgrid=False, zeroline=False, fixedrange=True
    )
    figure.update_xaxes(range=[0, most], showgrid=False, zeroline=False, fixedrange=True)
    figure.update_layout(
        height=count * _ROW + 56,
        barmode="overlay",
        showlegend=False,
        dragmode=False,
        separators=",.",
        hovermode="closest",
        margin={"l": 4, "r": 12, "t": 4, "b": 28},
    )
    return figure


def _add_bars(
    figure: go.Figure,
    rows: Sequence[Assessment],
    lengths: Sequence[float | None],
    most: Sequence[float | None],
) -> None:
    """The value, and hatched behind it what it may still turn out to be when the rest reports."""
    at = list(range(len(rows)))
    figure.add_bar(
        y=at,
        x=most,
        orientation="h",
        width=0.36,
        marker={"color": _GROUND, "pattern": {"shape": "/", "fgcolor": _LINE, "size": 6}},
        hoverinfo="skip",
    )
    figure.add_bar(
        y=at,
        x=lengths,
        orientation="h",
        width=0.24,
        marker_color=[COLOUR[r.status] for r in rows],
        customdata=[headline(r) for r in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _add_labels(figure: go.Figure, labels: Sequence[tuple[str, str]]) -> None:
    """Name and figures over each bar. One trace: a browser draws it in a fraction of the time of annotations."""
    figure.add_scatter(
        x=[0] * len(labels),
        y=[place - 0.16 for place in range(len(labels))],
        mode="text",
        text=[f"<b>{name}</b><br>{figures}" for name, figures in labels],
        textposition="top right",
        textfont={"size": 13, "color": _INK},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _of_target(row: Assessment, value: Fraction | None) -> float | None:
    """Percent of the target, not beyond the axis; a rank by the places gained, and only when it is judged."""
    if row.indicator.kind is Kind.RANK:
        value = None if row.gain is None or row.status is Status.AWAITING else Fraction(max(row.gain, 0))
    if value is None or not row.goal:
        return None
    return min(float(100 * value / Fraction(row.goal)), _MOST)


def _room(rows: Sequence[Assessment], drawn: Sequence[Assessment]) -> list[float]:
    """A line needs no zero, it needs to be told from its target; and its numbers need room above and below."""
    heights = [float(r.goal) for r in rows] + [float(r.pace) for r in rows if r.pace is not None]
    for row in drawn:
        heights += [float(v) for v in (row.value, row.lower, row.upper) if v is not None]
    spread = max(heights) - min(heights) or max(heights) or 1.0
    return [max(min(heights) - spread * 0.35, 0.0), max(heights) + spread * 0.3]


def _bounds(rows: Sequence[Assessment]) -> dict[str, Any] | None:
    if not any(r.upper is not None for r in rows):
        return None
    above = [float(r.upper - r.value) if r.upper is not None and r.value is not None else 0 for r in rows]
    below = [float(r.value - r.lower) if r.lower is not None and r.value is not None else 0 for r in rows]
    return {"type": "data", "array": above, "arrayminus": below, "thickness": 2, "width": 8, "color": _LINE}


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


# Tasks through time. Heights are in pixels, so that words have the room they need at any width.

_LETTERS = 46
"""As many stand beside each other on a phone."""
_LINE_HEIGHT, _BAR_ROW, _AIR, _TOP_ROW = 18, 18, 10, 26
_MOST_TICKS = 5


@dataclass(frozen=True, slots=True)
class _Strip:
    """Words, and below them the bar or mark of a task; a heading has none."""

    lines: tuple[str, ...]
    standing: Standing | None = None

    @property
    def height(self) -> int:
        return len(self.lines) * _LINE_HEIGHT + (_BAR_ROW if self.standing else 0) + _AIR


def timeline(standings: Sequence[Standing], day: date) -> go.Figure:
    """Each task from its start to when it is due, coloured and named by its state; milestones are diamonds.

    Work of one name stands together under it; milestones come first, since a long timeline is not read to its end.
    """
    strips = [*_strips(sorted(standings, key=lambda s: not s.task.milestone))]
    tops = [_TOP_ROW]
    for strip in strips:
        tops.append(tops[-1] + strip.height)
    first, last = _span(standings, day)
    figure = go.Figure()
    bars = [
        (strip.standing, top + len(strip.lines) * _LINE_HEIGHT + _BAR_ROW / 2)
        for strip, top in zip(strips, tops, strict=False)
        if strip.standing
    ]
    _add_spans(figure, [(s, y) for s, y in bars if not s.task.milestone])
    _add_marks(figure, bars)
    _add_day(figure, day, first, last, [y for _, y in bars])
    figure.add_scatter(
        x=[first] * len(strips),
        y=[top + len(strip.lines) * _LINE_HEIGHT / 2 for strip, top in zip(strips, tops, strict=False)],
        mode="text",
        text=["<br>".join(strip.lines) for strip in strips],
        textposition="middle right",
        textfont={"size": 13, "color": _INK},
        cliponaxis=False,
        hoverinfo="skip",
    )
    ticks = _ticks(first, last)
    figure.update_xaxes(
        range=[first, last],
        type="date",
        side="top",
        tickvals=ticks,
        ticktext=[f"{tick:%m/%Y}" for tick in ticks],
        fixedrange=True,
    )
    figure.update_yaxes(range=[tops[-1], 0], visible=False, fixedrange=True)
    figure.update_layout(
        height=tops[-1] + 40,
        barmode="overlay",
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        margin={"l": 4, "r": 16, "t": 32, "b": 8},
    )
    return figure


def state_of(standing: Standing) -> str:
    """Symbol and word of a task's state, with the day it was done and how late, as printed beside its bar."""
    parts = [f"{words.SYMBOL[standing.state]} {vi.TASK_STATE[standing.state]}"]
    parts += [vi.day(standing.done_on)] if standing.done_on else []
    parts += [vi.days_late(standing.days_late)] if standing.late else []
    return " · ".join([*parts, words.deadline(standing.task)])


def _strips(standings: Sequence[Standing]) -> Iterator[_Strip]:
    """Under each stream its work; what is given to several is said once, above their bars."""
    for group, works in by_work(standings).items():
        if group:
            yield _Strip(tuple(f"<b><i>{line}</i></b>" for line in _wrapped(group)))
        for content, found in works.items():
            if len(found) == 1:
                lines = _wrapped(words.name(found[0].task))
                yield _Strip((*(f"<b>{line}</b>" for line in lines), *_wrapped(state_of(found[0]))), found[0])
                continue
            yield _Strip(tuple(f"<b>{line}</b>" for line in _wrapped(content)))
            for one in found:
                yield _Strip((*_wrapped(one.task.assignee), *_wrapped(state_of(one))), one)


def _wrapped(text: str) -> list[str]:
    return [escape(line, quote=False) for line in wrap(text, _LETTERS)] or [""]


def _add_spans(figure: go.Figure, bars: Sequence[tuple[Standing, float]]) -> None:
    milliseconds = timedelta(milliseconds=1)
    figure.add_bar(
        y=[y for _, y in bars],
        base=[_noon(s.task.start) for s, _ in bars],
        x=[max(s.task.due - s.task.start, timedelta(days=1)) / milliseconds for s, _ in bars],
        orientation="h",
        width=10,
        marker={
            "color": [TASK_COLOUR[s.state] for s, _ in bars],
            "pattern": {"shape": ["/" if s.state is TaskState.DROPPED else "" for s, _ in bars]},
        },
        customdata=[f"{escape(s.task.key)}: {state_of(s)}" for s, _ in bars],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _add_marks(figure: go.Figure, bars: Sequence[tuple[Standing, float]]) -> None:
    """Diamonds where a milestone is due; a ring where a task was done."""
    milestones = [(s, y) for s, y in bars if s.task.milestone]
    figure.add_scatter(
        x=[_noon(s.task.due) for s, _ in milestones],
        y=[y for _, y in milestones],
        mode="markers",
        marker={
            "symbol": "diamond",
            "size": 14,
            "color": [TASK_COLOUR[s.state] for s, _ in milestones],
            "line": {"width": 1.5, "color": _MARK},
        },
        customdata=[f"{escape(s.task.key)}: {state_of(s)}" for s, _ in milestones],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )
    done = [(s.done_on, y) for s, y in bars if s.done_on]
    figure.add_scatter(
        x=[_noon(day) for day, _ in done],
        y=[y for _, y in done],
        mode="markers",
        marker={
            "symbol": "circle",
            "size": 11,
            "color": "#ffffff",
            "line": {"width": 3, "color": _DONE_MARK},
        },
        hoverinfo="skip",
        cliponaxis=False,
    )


def _add_day(figure: go.Figure, day: date, first: datetime, last: datetime, at: Sequence[float]) -> None:
    """The day the tasks are looked at: a mark on every bar, since a line across would run through the words."""
    noon = _noon(day)
    figure.add_scatter(
        x=[noon] * (len(at) + 1),
        y=[_TOP_ROW / 2, *at],
        mode="markers",
        marker={"symbol": "line-ns", "size": 16, "line": {"width": 3, "color": _MARK}},
        hoverinfo="skip",
        cliponaxis=False,
    )
    right = noon - first > last - noon
    words_of_day = f"{words.as_of(day)} " if right else f" {words.as_of(day)}"
    figure.add_scatter(
        x=[noon],
        y=[_TOP_ROW / 2],
        mode="text",
        text=[words_of_day],
        textposition="middle left" if right else "middle right",
        textfont={"size": 13, "color": _MARK},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _noon(day: date) -> datetime:
    """A day as the axis has it; noon, so that no time zone makes it another."""
    return datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - an axis has no zone


def _span(standings: Sequence[Standing], day: date) -> tuple[datetime, datetime]:
    """From the first start to the last day of anything, with a little room at the end."""
    days = [d for s in standings for d in (s.task.start, s.task.due, s.done_on) if d] or [day]
    first, last = min(days), max([*days, day] if day >= min(days) else days)
    return _noon(first), _noon(last) + (_noon(last) - _noon(first)) / 40 + timedelta(days=1)


def _ticks(first: datetime, last: datetime) -> list[date]:
    """First days of quarters, or of every second or fourth: few enough for a phone."""
    quarter = Quarter(first.year, (first.month + 2) // 3)
    starts = []
    while quarter.first_day <= last.date():
        starts.append(quarter.first_day)
        quarter = quarter.next
    starts = [start for start in starts if start >= first.date()]
    for step in (1, 2, 4, 8):
        chosen = [s for s in starts if ((s.year * 4 + s.month // 3) - starts[0].year * 4) % step == 0]
        if len(chosen) <= _MOST_TICKS:
            return chosen
    return starts[:: -(-len(starts) // _MOST_TICKS)]
