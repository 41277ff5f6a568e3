"""What every page needs from Streamlit: who is here, the open store, the chosen plan and quarter."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import streamlit as st

from kpi import demo, vi
from kpi.model import KpiError, Plan, Quarter, Reading, Unit
from kpi.plan import load
from kpi.progress import Assessment, assess
from kpi.store import Store
from kpi.units import Directory, Units

LOCAL_PERSON = "Người dùng tại máy"
_SHIPPED = Path(__file__).parent.parent / "data"
_PLAN, _QUARTER, _CLOSED = "ke_hoach", "ky", "chot"


@dataclass(frozen=True, slots=True)
class View:
    """What the address says: a plan, its units, a quarter of it, and whether it is judged as final."""

    plan: Plan
    units: Units
    quarter: Quarter
    closed: bool


def require(folder: str) -> str:
    """Return the name of the person here; there are no accounts yet, so everyone is one local person."""
    if folder not in {"progress", "submission", "office"}:
        raise ValueError(folder)
    return LOCAL_PERSON


def data_folder() -> Path:
    """Where plans, units and live data lie (KPI_DATA)."""
    return Path(os.environ.get("KPI_DATA") or _SHIPPED)


def _reference(name: str) -> Path:
    """A folder of the data folder, or the shipped one when it has none."""
    own = data_folder() / name
    return own if own.is_dir() else _SHIPPED / name


def _store_path() -> Path:
    path = Path(os.environ.get("KPI_STORE") or data_folder() / "live" / "kpi.duckdb")
    return path if path.suffix == ".duckdb" else path / "kpi.duckdb"


@st.cache_resource(show_spinner=False)
def _open_store(path: Path) -> Store:
    path.parent.mkdir(parents=True, exist_ok=True)
    return Store(path)


def store() -> Store:
    """The open store; when it cannot be opened the page stops with the reason."""
    try:
        return _open_store(_store_path())
    except KpiError as error:
        st.error(vi.refusal(error))
        st.stop()


@st.cache_resource(show_spinner=False)
def _load_directory(folder: Path) -> Directory:
    return Directory.load(folder)


def directory() -> Directory:
    return _load_directory(_reference("units"))


@st.cache_resource(show_spinner=False)
def _load_plans(folder: Path) -> tuple[dict[str, Plan], tuple[KpiError, ...]]:
    good: dict[str, Plan] = {}
    bad: list[KpiError] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            plan = load(path, directory())
        except KpiError as error:
            bad.append(error)
        else:
            good[plan.code] = plan
    return good, tuple(bad)


def plans() -> dict[str, Plan]:
    """Every plan that can be read, by code; a plan file that cannot is named in a warning, and is no plan."""
    good, bad = _load_plans(_reference("plans"))
    for error in bad:
        st.error(vi.refusal(error))
    if not good:
        st.info("Chưa có kế hoạch nào. Hãy đặt tệp kế hoạch (.toml) vào thư mục “plans” của dữ liệu.")
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


@st.cache_resource(show_spinner=False, max_entries=256)
def _assess(
    _view: View, path: Path, revision: int, plan: str, quarter: Quarter, closed: bool, of: tuple[str, ...]
) -> list[Assessment]:
    chosen = [_view.units.get(code) for code in of] or None
    return assess(_view.plan, _view.units, quarter, readings(_view.plan, quarter), chosen, closed=closed)


def assessments(view: View, of: tuple[Unit, ...] = (), *, quarter: Quarter | None = None) -> list[Assessment]:
    """Assessments of the view (the province when `of` is empty), cached until the store changes; read only."""
    codes = tuple(unit.code for unit in of)
    when = quarter or view.quarter
    closed = view.closed and when == view.quarter
    return _assess(view, _store_path(), store().revision, view.plan.code, when, closed, codes)


def page_title(title: str) -> None:
    st.title(title, anchor=False)


def today() -> date:
    return datetime.now(UTC).astimezone(vi.HANOI).date()


def pick_view() -> View:
    """Choose plan and quarter; they stand in the address, so a link shows the same view on every page."""
    known = plans()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        code = next(iter(known))
        if len(known) > 1:
            code = st.selectbox(
                "Kế hoạch", list(known), key=_PLAN, bind="query-params", format_func=lambda c: known[c].title
            )
        plan = known[code]
        quarter = st.segmented_control(
            "Kỳ báo cáo",
            plan.quarters,
            default=_latest(plan),
            format_func=vi.quarter,
            key=_QUARTER,
            bind="query-params",
            required=True,
        )
        closed = quarter == plan.quarters[-1] and st.toggle(
            "Đánh giá như kỳ đã chốt", key=_CLOSED, bind="query-params"
        )
    return View(plan, units_of(plan), quarter or plan.quarters[0], closed)


def _latest(plan: Plan) -> Quarter:
    """The newest quarter anything was sent for, else the first."""
    return max((r.quarter for r in readings(plan)), default=plan.quarters[0])


def show_label(view: View) -> None:
    """Say so wherever a page shows invented figures."""
    if store().illustrative(view.plan.code):
        st.badge(vi.ILLUSTRATIVE, color="orange")


def empty_store(view: View) -> bool:
    """When nothing was sent yet: say what to do first, offer the sample quarters; True when it did."""
    if readings(view.plan):
        return False
    st.info(
        "Chưa có số liệu nào. Hãy mở trang “Nạp số liệu” để tải mẫu biểu trống và nạp báo cáo quý đầu tiên, "
        "hoặc nạp thử các quý mẫu để xem bảng theo dõi hoạt động thế nào."
    )
    if st.button("Nạp các quý mẫu (số liệu minh họa)", key="demo"):
        bar = st.progress(0.0, "Đang nạp các quý mẫu…")
        demo.load(store(), plans(), directory(), data_folder(), lambda done, text: bar.progress(done, text))
        st.rerun()
    return True
