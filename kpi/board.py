"""The board of the progress pages: assessments as the words, colours and tables that directors read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from kpi import access, charts, ui, vi, work
from kpi.model import (
    Behaviour,
    Entry,
    Grant,
    Indicator,
    Kind,
    Level,
    Plan,
    Reading,
    Role,
    Room,
    Status,
    Unit,
    Upload,
)
from kpi.progress import Assessment
from kpi.ui import View, plain
from kpi.units import Units
from kpi.vi import standing as spoken

# Status words in Streamlit's own colours, which follow the light and the dark theme by themselves.
_COLOUR: Mapping[Status, str] = {
    Status.EXCEEDED: "green",
    Status.MET: "green",
    Status.ON_TRACK: "blue",
    Status.IN_PROGRESS: "blue",
    Status.BEHIND: "orange",
    Status.MISSED: "red",
    Status.UNREACHABLE: "red",
    Status.NO_DATA: "gray",
    Status.AWAITING: "gray",
    Status.NOT_APPLICABLE: "gray",
}


_BEHAVIOUR: Mapping[Behaviour, str] = {
    Behaviour.STOCK: "lấy số mới nhất của từng đơn vị, không cộng các quý",
    Behaviour.FLOW: "cộng tử số và mẫu số của các quý từ đầu năm rồi mới chia",
    Behaviour.DISTINCT: "số lũy kế từ đầu năm, không cộng các quý",
    Behaviour.EDITION: "theo hạng công bố hằng năm",
}


_DONE = {Status.MET, Status.EXCEEDED}


@st.cache_resource(show_spinner=False, max_entries=128)
def _figure(_draw: Callable[[], charts.Figure], *key: str | int) -> charts.Figure:
    return _draw()


def chart(view: View, draw: Callable[[], charts.Figure], *what: str, alt: str) -> None:
    """Show a figure, drawn once for each revision of the store; `what` tells it from others of the view."""
    _show(_figure(draw, *ui.state(view), *what), "-".join(what), alt)


def _show(figure: charts.Figure, key: str, alt: str) -> None:
    st.plotly_chart(figure, config=dict(charts.CONFIG), key=key, alt=alt)


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the first page says, made once for each revision of the store."""

    standing: str
    counts: Mapping[str, str]
    indicators: pd.DataFrame
    bullets: charts.Figure
    unsent: pd.DataFrame
    changes: pd.DataFrame

    def show_bullets(self) -> None:
        _show(self.bullets, "bullets", self.standing.replace("*", ""))


@st.cache_resource(show_spinner=False, max_entries=32)
def _overview(_view: View, *key: str | int) -> Overview:
    rows = ui.assessments(_view)
    unsent, reporters = ui.unsent(_view), len(_view.plan.reporters)
    found = {label: f"{count}/{len(rows)}" for label, count in counts(rows).items()}
    return Overview(
        standing(_view, rows),
        {**found, "Đơn vị đã gửi": f"{reporters - len(unsent)}/{reporters}"},
        pd.DataFrame(sheet(rows)),
        charts.bullets(rows),
        pd.DataFrame([{vi.UNIT: plain(r.name)} for r in unsent]),
        pd.DataFrame(changes(_view, rows)),
    )


def drawing(plan: Plan) -> tuple[str, str]:
    """What the chart of all indicators is called, and how it is read."""
    rest = "Phần gạch chéo: mức có thể đạt khi các đơn vị còn lại báo cáo."
    if not any(i.target for i in plan.indicators):
        return (
            "Tỷ lệ thực hiện",
            f"Kế hoạch không giao chỉ tiêu số. Thanh màu: kết quả, trên tất cả (100%). {rest}",
        )
    return (
        "So với chỉ tiêu giao",
        "Thanh màu: kết quả, tính bằng % của chỉ tiêu. Vạch đứng: chỉ tiêu. Hình thoi: mức cần có theo tiến độ. "
        + rest,
    )


def course(view: View, indicator: Indicator) -> tuple[str, list[Assessment]]:
    """An indicator of the province from quarter to quarter, and what that is called.

    What stays is followed from the beginning of the plan, what begins anew each year through the year of the view.
    """
    shown = view.plan.quarters_of(view.quarter)
    if indicator.behaviour is Behaviour.STOCK:
        shown = tuple(q for q in view.plan.quarters if q <= shown[-1])
    rows = [r for q in shown for r in ui.assessments(view, quarter=q) if r.indicator == indicator]
    first, last = shown[0].year, shown[-1].year
    return f"Diễn biến năm {first}" if first == last else f"Diễn biến từ năm {first} đến năm {last}", rows


def overview(view: View) -> Overview:
    return _overview(view, *ui.state(view))


def before(view: View) -> dict[str, Assessment]:
    """The province's assessments of the quarter before, by indicator; empty in the plan's first quarter."""
    if view.quarter == view.plan.quarters[0]:
        return {}
    return {r.indicator.number: r for r in ui.assessments(view, quarter=view.quarter.previous)}


def pick_unit(view: View) -> Unit:
    """Choose a unit from the province down; the way to it stands above the lists and in the address."""
    province = view.units.province
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = _choose("Huyện, thành phố, cơ quan", "don_vi", view.units, province, "Toàn tỉnh")
        if first == province or not view.units.children(first.code):
            return first
        return _choose("Xã, phường, thị trấn", "xa", view.units, first, "Tất cả")


def _choose(label: str, key: str, units: Units, top: Unit, whole: str) -> Unit:
    codes = [top.code, *(unit.code for unit in units.children(top.code))]
    code = st.selectbox(
        label,
        codes,
        format_func=lambda c: whole if c == top.code else units.get(c).title,
        key=key,
        bind="query-params",
        width=340,
        on_change=_forget_commune if key == "don_vi" else "rerun",
    )
    return units.get(code)


def show_path(view: View, unit: Unit) -> None:
    """The way down to a unit; each unit above it leads back up."""
    steps = view.units.path(unit.code)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for depth, (step, below) in enumerate(zip(steps[:-1], ("don_vi", "xa"), strict=False)):
            st.button(
                step.title, key=f"up_{depth}", type="tertiary", on_click=_go_up, args=(step.code, below)
            )
            st.markdown("›", width="content")
        st.markdown(f"**{plain(steps[-1].title)}**", width="content")


def _go_up(to: str, below: str) -> None:
    """Show the unit `to` again: `below` is the list in which a part of it was chosen."""
    st.session_state[below] = to
    _forget_commune()


def _forget_commune() -> None:
    """A commune of another district is no choice; the list of communes begins with the whole district."""
    st.session_state["xa"] = st.session_state["don_vi"]


def pick_indicator(indicators: Sequence[Indicator], key: str = "chi_tieu") -> Indicator:
    """Choose an indicator by its number and short name; it stands in the address."""
    by_number = {i.number: i for i in indicators}
    return by_number[
        st.selectbox(
            "Chỉ tiêu",
            list(by_number),
            format_func=lambda n: f"{n}. {by_number[n].short_name}",
            key=key,
            bind="query-params",
            width=420,
        )
    ]


def badge(row: Assessment) -> str:
    word = vi.status(row.status, some=row.value is not None)
    return f":{_COLOUR[row.status]}-badge[{vi.SYMBOL[row.status]} {word}]"


def standing(view: View, rows: Sequence[Assessment]) -> str:
    """One sentence: where the province stands at the end of the quarter, and which indicators are late."""
    found = [(r.indicator.number, r.status) for r in rows]
    parts = [f"**{spoken.done(found)}**", *spoken.others(found)]
    return f"Đến hết {vi.quarter(view.quarter)}: {'; '.join(parts)}."


def counts(rows: Sequence[Assessment]) -> dict[str, int]:
    """How many indicators are done, well under way, late or lost, and not to be judged yet."""
    return spoken.counts([(r.indicator.number, r.status) for r in rows])


def sheet(rows: Sequence[Assessment]) -> list[dict[str, str]]:
    """A table of indicators, under the headings of the plan's groups."""
    lines: list[dict[str, str]] = []
    group = None
    for row in rows:
        if row.indicator.group != group:
            group = row.indicator.group
            lines.append({"Chỉ tiêu": f"**{plain(group)}**", "Kết quả": "", "Đánh giá": ""})
        lines.append(
            {
                "Chỉ tiêu": f"{row.indicator.number}\\. {plain(row.indicator.short_name)}",
                "Kết quả": f"**{result(row)}**  \n:small[{aside(row)}]",
                "Đánh giá": "  \n".join([badge(row), *(f":small[{r}]" for r in remarks(row))]),
            }
        )
    return lines


def result(row: Assessment) -> str:
    return vi.figure(row.indicator, row.value, row.numerator, row.denominator, row.edition)


def aside(row: Assessment) -> str:
    """What stands beside every figure: the target, if there is one, and how many have reported."""
    words = [] if row.target is None else [f"chỉ tiêu {vi.target(row.indicator, row.target)}"]
    words += [] if row.indicator.kind is Kind.RANK else [vi.reports(row.reported, row.expected)]
    return " · ".join(words)


def distance(row: Assessment) -> list[str]:
    """How far from the target, in points, things or places; nothing while a rank is awaited."""
    if row.value is None or row.target is None or row.status is Status.AWAITING:
        return []
    return [vi.difference(row.indicator, row.value, row.gain, row.target)]


def remarks(row: Assessment) -> list[str]:
    """What a director asks next: how far, between what bounds, on which figures."""
    found = []
    if row.gap:
        found.append(vi.gap(row.needed, row.gap, row.indicator.things))
    if row.needed_rest and row.status not in _DONE:
        found.append(vi.rest(row.needed_rest, row.to_come, row.indicator.things))
    if row.gain is not None:
        found.append(vi.gain(row.gain, row.edition))
    if row.lower is not None and row.upper is not None:
        found.append(vi.within_bounds(row.indicator, row.lower, row.upper))
    found += [vi.stale_units(len(row.stale))] if row.stale else []
    found += [vi.BARE] if row.bare else []
    return found


def heat(rows: Sequence[Assessment], top: Unit) -> list[dict[str, str]]:
    """Units down, indicators across; each cell has symbol, figure and colour. `top` is the unit above them."""
    indicators = {r.indicator.number: r.indicator for r in rows}
    heads = {
        i.number: f"{i.number}\\. {plain(i.short_name)}" for i in sorted(indicators.values(), key=_place)
    }
    lines: dict[str, dict[str, str]] = {}
    for row in rows:
        name = (
            f"**{_unbroken(plain(row.unit.title))}**" if row.unit == top else _unbroken(plain(row.unit.title))
        )
        line = lines.setdefault(row.unit.code, {vi.UNIT: name, **dict.fromkeys(heads.values(), "")})
        figure = "" if row.value is None else f"\u00a0{_in_short(row)}"
        line[heads[row.indicator.number]] = (
            f":{_COLOUR[row.status]}-background[{vi.SYMBOL[row.status]}{figure}]"
        )
    return list(lines.values())


def _place(indicator: Indicator) -> list[int]:
    """Its place in the plan: 2 before 10, 8.1 before 8.2."""
    return [int(part) for part in re.findall(r"\d+", indicator.number)]


def _in_short(row: Assessment) -> str:
    if row.unit.level is Level.COMMUNE and row.indicator.entry is Entry.YES_NO:
        return "Có" if row.numerator else "Không"
    return charts.short(row)


def _unbroken(name: str) -> str:
    """Short names stay on one line, however narrow the column."""
    return name.replace(" ", "\u00a0") if len(name) <= 20 else name


def comparable(rows: Sequence[Assessment]) -> list[Indicator]:
    """The indicators by which units can be put in an order: a commune's yes or no says nothing there."""
    found = {
        r.indicator.number: r.indicator
        for r in rows
        if r.indicator.entry is not Entry.YES_NO or r.unit.level is not Level.COMMUNE
    }
    return sorted(found.values(), key=_place)


def legend() -> str:
    """Every symbol with its word."""
    return " ".join(f":{_COLOUR[s]}-badge[{vi.SYMBOL[s]} {vi.STATUS[s]}]" for s in vi.STATUS)


def changes(view: View, rows: Sequence[Assessment]) -> list[dict[str, str]]:
    """What moved since the quarter before."""
    old = before(view)
    return [
        {
            "Chỉ tiêu": f"{row.indicator.number}\\. {plain(row.indicator.short_name)}",
            "Kết quả": f"{charts.short(was)} → **{charts.short(row)}**",
            "Đánh giá": badge(row) if was.status == row.status else f"{badge(was)} → {badge(row)}",
        }
        for row in rows
        if (was := old.get(row.indicator.number)) is not None
        and (was.value, was.status) != (row.value, row.status)
    ]


def by_parent(view: View, codes: Iterable[str]) -> dict[str, list[str]]:
    """Names of units under the name of the unit above them; those of the province stand under its own."""
    found: dict[str, list[str]] = {}
    for code in codes:
        unit = view.units.get(code)
        above = (
            view.units.get(unit.parent)
            if unit.level is Level.COMMUNE and unit.parent
            else view.units.province
        )
        found.setdefault(above.title, []).append(unit.title)
    return found


def show_missing(view: View, row: Assessment) -> None:
    """How many units lack the thing or have not reported, and which, under the names of their districts."""
    silent = set(row.unreported)
    lacking = [code for code in row.missing if code not in silent]
    short = "Đã báo cáo là chưa có" if row.indicator.entry is Entry.YES_NO else "Chưa đủ"
    groups = (
        (short, lacking),
        ("Chưa báo cáo", row.unreported),
        (f"Chưa gửi {vi.quarter(view.quarter)}, đang dùng số liệu cũ", row.stale),
    )
    for words, codes in groups:
        if codes:
            st.subheader(f"{words}: {vi.number(len(codes))} đơn vị", anchor=False)
            lines = [
                {"Thuộc": plain(above), "Số": vi.number(len(names)), vi.UNIT: plain(", ".join(names))}
                for above, names in by_parent(view, codes).items()
            ]
            st.table(lines, border="horizontal", alt=words)
    if not (row.missing or row.unreported or row.stale) and row.indicator.kind is not Kind.RANK:
        whole = row.indicator.entry is Entry.YES_NO
        st.success("Không còn xã nào thiếu." if whole else "Tất cả đơn vị đã báo cáo.")


def show_rooms(view: View) -> None:
    """What each accountable room answers for, and who has not sent for it; a person's own rooms first and open."""
    rows = {r.indicator.number: r for r in ui.assessments(view)}
    own = {grant.unit for grant in ui.person().grants if grant.role is Role.ROOM}
    own &= {room.code for room in view.plan.rooms}
    for room in sorted(view.plan.rooms, key=lambda room: room.code not in own):
        aside = bool(own) and room.code not in own
        with st.expander(plain(room.name)) if aside else st.container():
            if not aside:
                st.subheader(plain(room.name), anchor=False)
            _show_room(view, room, rows)


def _show_room(view: View, room: Room, rows: Mapping[str, Assessment]) -> None:
    if room.indicators:
        st.table(sheet([rows[n] for n in room.indicators]), border="horizontal", alt=room.name)
        st.markdown(_silent(view, room))
    if room.tasks:
        st.table(
            work.table(ui.standings(view), room.tasks), border="horizontal", alt=f"Nhiệm vụ của {room.name}"
        )
    if not room.indicators and not room.tasks:
        st.caption("Không phụ trách chỉ tiêu, nhiệm vụ nào của kế hoạch này.")


def _silent(view: View, room: Room) -> str:
    """Which reporters of a room's indicators have not sent."""
    of_room = access.reporters(Grant(Role.ROOM, room.code), view.plan)
    names = [plain(r.name) for r in ui.unsent(view) if r.code in of_room]
    if not names:
        return f":green-badge[✔ {vi.quarter(view.quarter)}: cả {vi.number(len(of_room))} đơn vị đã gửi]"
    count = f"{vi.number(len(names))}/{vi.number(len(of_room))}"
    return f":orange-badge[Chưa gửi {vi.quarter(view.quarter)}: {count} đơn vị] {'; '.join(names)}."


def meaning(indicator: Indicator) -> str:
    """Definition, what is counted over what, and what the program had to assume, as a list."""
    said = [
        ("Định nghĩa", indicator.definition),
        ("Tử số", indicator.numerator),
        ("Mẫu số", indicator.denominator),
        ("Đơn vị tính", indicator.unit_of_measure),
        ("Chỉ tiêu giao", vi.target(indicator)),
        ("Cộng trong năm", _BEHAVIOUR[indicator.behaviour]),
        *(("Giả định", text) for text in indicator.assumptions),
    ]
    return "\n".join(f"- **{head}:** {plain(text)}" for head, text in said if text)


def sources(view: View, row: Assessment) -> list[dict[str, str]]:
    """Where each figure behind an assessment was written, when it was sent, and by whom."""
    kept = {u.id: u for u in ui.uploads(view.plan)}
    whose = bool(row.indicator.all_of)
    return [
        ({"Chỉ tiêu": vi.short_heading(view.plan.indicator(r.indicator))} if whose else {})
        | _source(view, r, kept.get(r.upload or ""))
        for r in row.readings
    ]


def _source(view: View, reading: Reading, upload: Upload | None) -> dict[str, str]:
    cells = [c.address for c in (reading.cell, reading.denominator_cell) if c is not None]
    return {
        vi.UNIT: view.units.get(reading.unit).title,
        "Kỳ": vi.quarter(reading.quarter),
        "Số liệu": vi.entered(view.plan.indicator(reading.indicator), reading),
        "Tệp": upload.filename if upload else vi.NOTHING,
        "Trang": reading.cell.sheet,
        "Ô": ", ".join(cells),
        "Tính đến ngày": vi.day(reading.as_of),
        "Nạp lúc": vi.moment(upload.kept_at) if upload else vi.NOTHING,
        "Người nạp": upload.person if upload else vi.NOTHING,
    }
