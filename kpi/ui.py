"""What every page needs from Streamlit: who is here, the open store, the chosen view, and how a verdict looks."""

from __future__ import annotations

import logging
import os
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from kpi import charts, demo, export, vi
from kpi.model import (
    Behaviour,
    Indicator,
    KpiError,
    Level,
    Plan,
    Quarter,
    Reading,
    Reporter,
    Status,
    Task,
    TaskState,
    Unit,
    Upload,
)
from kpi.plan import load
from kpi.progress import Assessment, assess
from kpi.store import Store
from kpi.units import Directory, Units

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

LOCAL_PERSON = "Người dùng tại máy"
_SHIPPED = Path(__file__).parent.parent / "data"
_FOLDERS = {"progress", "submission", "office"}
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
_STANDING: Sequence[tuple[str, set[Status]]] = (
    ("chậm tiến độ", {Status.BEHIND}),
    ("chưa đạt", {Status.MISSED}),
    ("không thể đạt", {Status.UNREACHABLE}),
    ("đúng tiến độ", {Status.ON_TRACK}),
    ("đang thực hiện", {Status.IN_PROGRESS}),
    ("chờ công bố", {Status.AWAITING}),
    ("không phát sinh", {Status.NOT_APPLICABLE}),
    ("chưa đủ số liệu", {Status.NO_DATA}),
)
_TASK_LOOK: Mapping[TaskState, tuple[str, str]] = {
    TaskState.NOT_STARTED: ("gray", "○"),
    TaskState.IN_PROGRESS: ("blue", "◐"),
    TaskState.DONE: ("green", "✔"),
    TaskState.OVERDUE: ("red", "✖"),
    TaskState.DROPPED: ("gray", "–"),
}
_BEHAVIOUR: Mapping[Behaviour, str] = {
    Behaviour.STOCK: "lấy số mới nhất của từng đơn vị, không cộng các quý",
    Behaviour.FLOW: "cộng tử số và mẫu số của các quý từ đầu năm rồi mới chia",
    Behaviour.DISTINCT: "số lũy kế từ đầu năm, không cộng các quý",
    Behaviour.EDITION: "theo hạng công bố hằng năm",
}
_DONE = {Status.MET, Status.EXCEEDED}


@dataclass(frozen=True, slots=True)
class View:
    """What the address says: a plan, its units, a quarter of it, and whether that is judged as final."""

    plan: Plan
    units: Units
    quarter: Quarter
    closed: bool


def require(folder: str) -> str:
    """Return the name of the person here; there are no accounts yet, so everyone is one local person."""
    if folder not in _FOLDERS:
        raise ValueError(folder)
    return LOCAL_PERSON


def data_folder() -> Path:
    """Where plans, units and live data lie (KPI_DATA)."""
    return Path(os.environ.get("KPI_DATA") or _SHIPPED)


def _reference(name: str) -> Path:
    own = data_folder() / name
    return own if own.is_dir() else _SHIPPED / name


def _store_path() -> Path:
    path = Path(os.environ.get("KPI_STORE") or data_folder() / "live" / "kpi.duckdb")
    return path if path.suffix == ".duckdb" else path / "kpi.duckdb"


@st.cache_resource(show_spinner=False)
def _open_store(path: Path) -> Store:
    path.parent.mkdir(parents=True, exist_ok=True)
    return Store(path)


@st.cache_resource(show_spinner=False)
def _load_directory(folder: Path) -> Directory:
    return Directory.load(folder)


@st.cache_resource(show_spinner=False)
def _load_plans(folder: Path, units: Path) -> tuple[dict[str, Plan], tuple[KpiError, ...]]:
    good: dict[str, Plan] = {}
    bad: list[KpiError] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            plan = load(path, _load_directory(units))
        except KpiError as error:
            bad.append(error)
        else:
            good[plan.code] = plan
    return good, tuple(bad)


def prepare() -> None:
    """Open and import all that a first visitor would wait for; what fails is said on the page that needs it."""
    try:
        opened, plan = _open_store(_store_path()), next(iter(plans().values()))
        view = View(plan, units_of(plan), _latest(plan), closed=False)
        charts.bullets(assessments(view))
        logging.getLogger("kpi").info("store %s, revision %s", _store_path(), opened.revision)
    except KpiError as error:
        logging.getLogger("kpi").warning("%s", vi.refusal(error))


def close() -> None:
    """Let go of the store, so that the command line may open it."""
    try:
        _open_store(_store_path()).close()
    except KpiError:
        return
    st.cache_resource.clear()


def show_refusal(error: Exception) -> bool:
    """Say what the program may not do; False for anything that is no refusal."""
    if isinstance(error, KpiError):
        st.error(vi.refusal(error))
    return isinstance(error, KpiError)


def store() -> Store:
    """The open store; when it cannot be opened the page stops with the reason."""
    try:
        return _open_store(_store_path())
    except KpiError as error:
        show_refusal(error)
        st.stop()


def directory() -> Directory:
    return _load_directory(_reference("units"))


def plans() -> dict[str, Plan]:
    """Every plan that can be read, by code. A plan file that cannot is named in a warning on the page."""
    good, bad = _load_plans(_reference("plans"), _reference("units"))
    for error in bad:
        show_refusal(error)
    if not good:
        st.info(
            "Chưa có kế hoạch nào đọc được. Hãy đặt tệp kế hoạch (.toml) vào thư mục “plans” của dữ liệu."
        )
        st.stop()
    return good


@st.cache_resource(show_spinner=False, max_entries=8)
def _units(folder: Path, day: date, province: str) -> Units:
    return _load_directory(folder).on(day, province)


def units_of(plan: Plan) -> Units:
    return _units(_reference("units"), plan.end, plan.province)


@st.cache_resource(show_spinner=False, max_entries=32)
def _current(_store: Store, path: Path, revision: int, plan: str, upto: Quarter | None) -> list[Reading]:
    return _store.current(plan, upto)


def readings(plan: Plan, upto: Quarter | None = None) -> list[Reading]:
    """What counts today, up to a quarter."""
    opened = store()
    return _current(opened, _store_path(), opened.revision, plan.code, upto)


@st.cache_resource(show_spinner=False, max_entries=16)
def _uploads(_store: Store, path: Path, revision: int, plan: str) -> list[Upload]:
    return _store.uploads(plan)


def uploads(plan: Plan) -> list[Upload]:
    """Every upload of a plan, newest first."""
    opened = store()
    return _uploads(opened, _store_path(), opened.revision, plan.code)


@st.cache_resource(show_spinner=False, max_entries=256)
def _assess(
    _view: View, path: Path, revision: int, plan: str, quarter: Quarter, closed: bool, of: tuple[str, ...]
) -> list[Assessment]:
    chosen = [_view.units.get(code) for code in of] or None
    return assess(_view.plan, _view.units, quarter, readings(_view.plan, quarter), chosen, closed=closed)


def assessments(view: View, of: Iterable[Unit] = (), *, quarter: Quarter | None = None) -> list[Assessment]:
    """Assessments of the view, of the province when `of` is empty; shared and cached, so for reading only."""
    codes = tuple(unit.code for unit in of)
    when = quarter or view.quarter
    closed = view.closed and when == view.quarter
    return _assess(view, _store_path(), store().revision, view.plan.code, when, closed, codes)


def before(view: View) -> dict[str, Assessment]:
    """The province's assessments of the quarter before, by indicator; empty in the plan's first quarter."""
    if view.quarter == view.plan.quarters[0]:
        return {}
    return {r.indicator.number: r for r in assessments(view, quarter=view.quarter.previous)}


@st.cache_resource(show_spinner=False, max_entries=128)
def _figure(_draw: Callable[[], Figure], *key: Hashable) -> Figure:
    return _draw()


def chart(view: View, draw: Callable[[], Figure], *what: str, alt: str) -> None:
    """Show a figure, drawn once for each revision of the store; `what` tells it from others of the view."""
    figure = _figure(draw, _store_path(), store().revision, view.plan.code, view.quarter, view.closed, *what)
    st.plotly_chart(figure, config=dict(charts.CONFIG), key="-".join(what), alt=alt)


def page_title(title: str) -> None:
    st.title(title, anchor=False)


def today() -> date:
    return datetime.now(UTC).astimezone(vi.HANOI).date()


def pick_plan() -> Plan:
    """Choose a plan when there are several; it stands in the address."""
    known = plans()
    if len(known) == 1:
        return next(iter(known.values()))
    return known[
        st.selectbox("Kế hoạch", list(known), format_func=_plan_name, key="ke_hoach", bind="query-params")
    ]


def pick_view() -> View:
    """Choose plan and quarter; they stand in the address, so a link shows the same view on every page."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        plan = pick_plan()
        quarter = _pick_quarter(plan)
        closed = quarter == plan.quarters[-1] and st.toggle(
            "Đánh giá như kỳ đã chốt",
            key="chot",
            bind="query-params",
            help="Coi như không còn số liệu nào gửi thêm: chỉ tiêu chưa tới mức giao là chưa đạt.",
        )
        if store().illustrative(plan.code):
            st.badge(vi.ILLUSTRATIVE, color="orange")
    return View(plan, units_of(plan), quarter, closed)


def _pick_quarter(plan: Plan) -> Quarter:
    by_name = {vi.quarter(q): q for q in plan.quarters}
    name = st.segmented_control(
        "Kỳ báo cáo",
        list(by_name),
        default=vi.quarter(_latest(plan)),
        key="ky",
        bind="query-params",
        required=True,
        wrap=True,
    )
    return by_name[str(name)]


def _plan_name(code: str) -> str:
    plan = plans()[code]
    return f"{plan.title} ({plan.year})"


def _latest(plan: Plan) -> Quarter:
    return max((r.quarter for r in readings(plan)), default=plan.quarters[0])


def empty_store(view: View) -> bool:
    """When nothing was sent yet: say what to do first, offer the sample quarters, and return True."""
    if readings(view.plan):
        return False
    st.info(
        "Chưa có số liệu nào. Hãy mở trang “Nạp số liệu” để lấy biểu mẫu trống và nạp báo cáo quý đầu tiên; "
        "hoặc nạp thử các quý mẫu (số liệu minh họa) để xem bảng theo dõi hoạt động thế nào."
    )
    if st.button("Nạp các quý mẫu (số liệu minh họa)", key="demo"):
        bar = st.progress(0.0, "Đang nạp các quý mẫu…")
        demo.load(store(), plans(), directory(), data_folder(), bar.progress)
        st.rerun()
    return True


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
    )
    return units.get(code)


def show_path(view: View, unit: Unit) -> None:
    """The way down to a unit; each unit above it leads back up."""
    steps = view.units.path(unit.code)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for depth, step in enumerate(steps[:-1]):
            st.button(step.title, key=f"up_{depth}", type="tertiary", on_click=_go_up, args=(depth,))
            st.markdown("›", width="content")
        st.markdown(f"**{plain(steps[-1].title)}**", width="content")


def _go_up(depth: int) -> None:
    for key in ("don_vi", "xa")[depth:]:
        st.session_state.pop(key, None)


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
        )
    ]


def plain(text: str) -> str:
    """Text of a file or a person, made harmless where Streamlit would read it as Markdown."""
    harmless = re.sub(r"([\\`*_\[\]<~$#|]|:(?=\w))", r"\\\1", text)
    return re.sub(r"^(\s*(?:\d+(?=[.)])|(?=[-+>])))", r"\1\\", harmless)


def badge(row: Assessment) -> str:
    word = vi.status(row.status, some=row.value is not None)
    return f":{_COLOUR[row.status]}-badge[{vi.SYMBOL[row.status]} {word}]"


def standing(view: View, rows: Sequence[Assessment]) -> str:
    """One sentence: where the province stands at the end of the quarter, and which indicators are late."""
    done = sum(r.status in _DONE for r in rows)
    parts = [f"**{done}/{len(rows)} chỉ tiêu đạt hoặc vượt**"]
    for words, statuses in _STANDING:
        numbers = [r.indicator.number for r in rows if r.status in statuses]
        if numbers:
            parts.append(f"{len(numbers)} {words} (chỉ tiêu {', '.join(numbers)})")
    return f"Đến hết {vi.quarter(view.quarter)}: {'; '.join(parts)}."


def counts(rows: Sequence[Assessment]) -> dict[str, int]:
    """How many indicators are done, well under way, late or lost, and not to be judged yet."""
    found = Counter(_COLOUR[r.status] for r in rows)
    return {
        "Đạt, vượt": found["green"],
        "Đang thực hiện": found["blue"],
        "Chậm, chưa đạt": found["orange"] + found["red"],
        "Chưa đánh giá được": found["gray"],
    }


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
    """What stands beside every figure: the target, and how many have reported."""
    return f"chỉ tiêu {vi.target(row.indicator, row.target)} · {vi.reports(row.reported, row.expected)}"


def remarks(row: Assessment) -> list[str]:
    """What a director asks next: how far, between what bounds, on which figures."""
    found = []
    if row.gap:
        found.append(vi.gap(row.needed, row.gap, row.indicator.things))
    if row.needed_rest and row.status not in _DONE:
        found.append(vi.rest(row.needed_rest))
    if row.gain is not None:
        found.append(vi.gain(row.gain))
    if row.lower is not None and row.upper is not None:
        found.append(vi.within_bounds(row.indicator, row.lower, row.upper))
    found += [vi.stale_units(len(row.stale))] if row.stale else []
    found += [vi.BARE] if row.bare else []
    return found


def heat(rows: Sequence[Assessment]) -> list[dict[str, str]]:
    """Units down, indicators across; each cell has symbol, figure and colour."""
    indicators = {r.indicator.number: r.indicator for r in rows}
    heads = {
        i.number: f"{i.number}\\. {plain(i.short_name)}"
        for i in sorted(indicators.values(), key=lambda i: int(i.number))
    }
    lines: dict[str, dict[str, str]] = {}
    for row in rows:
        line = lines.setdefault(
            row.unit.code, {vi.UNIT: plain(row.unit.title), **dict.fromkeys(heads.values(), "")}
        )
        figure = "" if row.value is None else f" {charts.short(row)}"
        line[heads[row.indicator.number]] = (
            f":{_COLOUR[row.status]}-background[{vi.SYMBOL[row.status]}{figure}]"
        )
    return list(lines.values())


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


def unsent(view: View) -> list[Reporter]:
    """The reporters without an upload that counts for the quarter."""
    sent = {u.reporter for u in uploads(view.plan) if u.quarter == view.quarter and not u.withdrawn}
    return [r for r in view.plan.reporters if r.code not in sent]


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
    lacking = [code for code in row.missing if code not in row.unreported]
    for words, codes in (("Còn thiếu", lacking), ("Chưa báo cáo", row.unreported)):
        if codes:
            st.subheader(f"{words}: {len(codes)} đơn vị", anchor=False)
            lines = [
                {"Thuộc": plain(above), "Số": str(len(names)), vi.UNIT: plain(", ".join(names))}
                for above, names in by_parent(view, codes).items()
            ]
            st.table(lines, border="horizontal", alt=words)
    if not row.missing:
        st.success("Không còn đơn vị nào thiếu.")


def meaning(indicator: Indicator) -> dict[str, str]:
    """Definition, what is counted over what, and what the program had to assume."""
    said = {
        "Định nghĩa": indicator.definition,
        "Tử số": indicator.numerator,
        "Mẫu số": indicator.denominator,
        "Đơn vị tính": indicator.unit_of_measure,
        "Chỉ tiêu giao": vi.target(indicator),
        "Cộng trong năm": _BEHAVIOUR[indicator.behaviour],
    }
    lines = {head: plain(text) for head, text in said.items() if text}
    for place, text in enumerate(indicator.assumptions, start=1):
        lines[f"Giả định {place}"] = plain(text)
    return lines


def as_known(view: View) -> date:
    """The day on which tasks are looked at: the quarter's last, or today when it is not over."""
    return min(view.quarter.last_day, today())


def tasks(view: View, keys: Iterable[str] | None = None) -> list[dict[str, str]]:
    """The tasks of the plan, or those named, in the state known at the end of the quarter."""
    day = as_known(view)
    asked = None if keys is None else set(keys)
    return [
        {
            "Nhiệm vụ": f"**{plain(t.key)}** {plain(t.content)}",
            "Thực hiện": f"{plain(t.assignee)}  \n:small[{vi.day(t.start)} – hạn {vi.day(t.due)}]",
            "Tình trạng": _task_badge(t, day),
            "Sản phẩm, kết quả": _task_result(t, day),
        }
        for t in view.plan.tasks
        if asked is None or t.key in asked
    ]


def _task_badge(task: Task, day: date) -> str:
    colour, symbol = _TASK_LOOK[task.state(day)]
    late = task.done_on is not None and task.state(day) is TaskState.DONE and task.done_on > task.due
    words = [f":{colour}-badge[{symbol} {vi.TASK_STATE[task.state(day)]}]"]
    if late and task.done_on:
        words.append(f":small[{vi.days_late((task.done_on - task.due).days)}]")
    return "  \n".join(words)


def _task_result(task: Task, day: date) -> str:
    if task.state(day) is not TaskState.DONE or task.done_on is None:
        return plain(task.output)
    return f"{plain(task.result or task.output)}  \n:small[hoàn thành ngày {vi.day(task.done_on)}]"


def sources(view: View, row: Assessment) -> list[dict[str, str]]:
    """Where each figure behind an assessment was written, when it was sent, and by whom."""
    kept = {u.id: u for u in uploads(view.plan)}
    return [_source(view, r, kept.get(r.upload or "")) for r in row.readings]


def _source(view: View, reading: Reading, upload: Upload | None) -> dict[str, str]:
    figures = [f for f in (reading.numerator, reading.denominator, reading.value) if f is not None]
    return {
        vi.UNIT: view.units.get(reading.unit).title,
        "Kỳ": vi.quarter(reading.quarter),
        "Số liệu": " / ".join(vi.number(f) for f in figures),
        "Tệp": upload.filename if upload else vi.NOTHING,
        "Trang": reading.cell.sheet,
        "Ô": reading.cell.address,
        "Số liệu tính đến": vi.day(reading.as_of),
        "Nạp lúc": vi.moment(upload.kept_at) if upload else vi.NOTHING,
        "Người nạp": upload.person if upload else vi.NOTHING,
    }


def show_table(table: export.Table, alt: str) -> None:
    """Any table of texts, scrolling in itself; cells are never read as Markdown."""
    st.dataframe(export.printed(table), hide_index=True, height="content", alt=alt)
