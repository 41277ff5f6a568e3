"""What every page needs from Streamlit: who is here, the open store, the chosen view, and what it shows."""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import NoReturn

import streamlit as st

from kpi import demo, export, vi
from kpi.access import matches, may
from kpi.model import (
    KpiError,
    NotAllowedError,
    Person,
    Plan,
    Quarter,
    Reading,
    Reporter,
    Right,
    TaskUpdate,
    Unit,
    UnknownPersonError,
    Upload,
)
from kpi.plan import load
from kpi.progress import Assessment, assess
from kpi.settings import Settings, beside
from kpi.settings import load as load_settings
from kpi.store import People, Store
from kpi.tasks import Standing, stand
from kpi.units import Directory, Units

_SHIPPED = Path(__file__).parent.parent / "data"
# A table with more rows scrolls in itself.
_ROWS = 30
# Seconds a page waits for its download to be on record.
_PATIENCE = 3
# Key of the session's state: the sample quarters were just loaded, so the newest one is shown.
_FILLED = "filled"
# The refusals of this visit that are on record already: every rerun would add another.
_REFUSED = "refused"
# What was done just before the page was drawn again.
_SAID = "said"
# Whether the last quarter was closed when the page was last drawn: when that changes, so does the default.
_CLOSED = "last_quarter_closed"
# The heads of the record after this visit's downloads, by the file's name.
_NOTED = "exports_noted"


@dataclass(frozen=True, slots=True)
class View:
    """What the address says: a plan, its units, a quarter of it, and whether that is judged as final."""

    plan: Plan
    units: Units
    quarter: Quarter
    closed: bool
    revision: int
    """Of the store, when the page began: what anything derived from the view is cached on."""


@dataclass(frozen=True, slots=True)
class _Held:
    """What the store knows of a plan, asked once for each revision."""

    readings: list[Reading]
    uploads: list[Upload]
    latest: Quarter
    """The newest quarter with figures, else the plan's first."""
    illustrative: bool
    closed: frozenset[Quarter]
    """The quarters that the office has closed."""
    updates: list[TaskUpdate]
    """What was told of the tasks."""


def require(folder: str) -> Person:
    """Return the person here; the page stops with the reason unless the right of its folder is theirs."""
    here, right = person(), Right(folder)
    refused = st.session_state.setdefault(_REFUSED, set())
    if not may(here, right):
        if right not in refused:
            refused.add(right)
            with suppress(NotAllowedError):
                store().record.allow(here, right, subject=folder)
        show_refusal(NotAllowedError(here, right))
        st.stop()
    return here


def person() -> Person:
    """Whom the edge let in; where it did not, the page stops and shows nothing."""
    found = _signed_in()
    if found is None:
        st.error(
            "Chưa đăng nhập. Nếu trang đăng nhập không tự mở, hãy báo cho quản trị: "
            "chương trình phải được khởi động qua “uvicorn dashboard:app” hoặc “streamlit run dashboard.py”.",
            icon=":material/lock:",
        )
        st.stop()
    return found


def show_person(here: Person) -> None:
    """Who is signed in, as what, and the way out."""
    st.sidebar.markdown(
        f"**{plain(here.name)}**  \n:small[{vi.roles(here)}]  \n[Đổi mật khẩu](/doi-mat-khau) · [Đăng xuất](/dang-xuat)"
    )


def _signed_in() -> Person | None:
    login = st.user.get("username")
    if not isinstance(login, str) or not login:
        return None
    try:
        found = store().people.get(login)
    except UnknownPersonError:
        return None
    return None if found.disabled else found


def data_folder() -> Path:
    """Where plans, units and live data lie (KPI_DATA)."""
    return Path(os.environ.get("KPI_DATA") or _SHIPPED)


def _reference(name: str) -> str:
    own = data_folder() / name
    return str(own if own.is_dir() else _SHIPPED / name)


def _store_path() -> str:
    path = Path(os.environ.get("KPI_STORE") or data_folder() / "live" / "kpi.duckdb")
    return str(path if path.suffix == ".duckdb" else path / "kpi.duckdb")


@st.cache_resource(show_spinner=False)
def _open_store(path: str) -> Store:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    return Store(Path(path))


@st.cache_resource(show_spinner=False)
def _load_settings(store: str) -> Settings:
    return load_settings(beside(Path(store)))


@st.cache_resource(show_spinner=False)
def _load_directory(folder: str) -> Directory:
    return Directory.load(Path(folder))


@st.cache_resource(show_spinner=False)
def _load_plans(folder: str, units: str) -> tuple[dict[str, Plan], tuple[KpiError, ...]]:
    good: dict[str, Plan] = {}
    bad: list[KpiError] = []
    for path in sorted(Path(folder).glob("*.toml")):
        try:
            plan = load(path, _load_directory(units))
        except KpiError as error:
            bad.append(error)
        else:
            good[plan.code] = plan
    return good, tuple(bad)


def prepare() -> View | None:
    """Open all that a first visitor would wait for; what cannot be opened is said on the page that needs it."""
    try:
        opened = _open_store(_store_path())
        good, _ = _load_plans(_reference("plans"), _reference("units"))
        opened.note_plans(_plan_texts())
        matches(None, "")  # so that the first name nobody has takes no longer than the others
    except KpiError as error:
        logging.getLogger("kpi").warning("%s", vi.refusal(error))
        return None
    if not good:
        return None
    plan = next(iter(good.values()))
    return View(plan, units_of(plan), _held(plan).latest, closed=False, revision=opened.revision)


def _plan_texts() -> dict[str, str]:
    """Every plan file, good or bad, by its name: the SHA-256 of what it says."""
    paths = sorted(Path(_reference("plans")).glob("*.toml"))
    return {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def settings() -> Settings:
    """What `settings.toml` beside the store says; raises KpiError when it cannot be used."""
    return _load_settings(_store_path())


def people() -> People:
    """The accounts of the open store, for the edge; raises KpiError when it cannot be opened."""
    return _open_store(_store_path()).people


def demonstrate() -> list[tuple[Person, str]]:
    """Give the sample people new passwords, for everybody to see; nothing unless KPI_DEMO is set."""
    if not os.environ.get("KPI_DEMO"):
        return []
    shown = demo.people()
    words = people().demonstrate(shown)
    return [(person, words[person.login]) for person in shown]


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
def _units(folder: str, day: str, province: str) -> Units:
    return _load_directory(folder).on(date.fromisoformat(day), province)


def units_of(plan: Plan) -> Units:
    return _units(_reference("units"), str(plan.end), plan.province)


@st.cache_resource(show_spinner=False, max_entries=16)
def _hold(_store: Store, _plan: Plan, path: str, revision: int, plan: str) -> _Held:
    readings = _store.current(plan)
    latest = max((r.quarter for r in readings), default=_plan.quarters[0])
    closed = frozenset(_store.closed(plan))
    return _Held(
        readings, _store.uploads(plan), latest, _store.illustrative(plan), closed, _store.tasks.updates(plan)
    )


def _held(plan: Plan) -> _Held:
    opened = store()
    return _hold(opened, plan, _store_path(), opened.revision, plan.code)


def readings(plan: Plan) -> list[Reading]:
    """What counts today; shared and cached, so for reading only."""
    return _held(plan).readings


def uploads(plan: Plan) -> list[Upload]:
    """Every upload of a plan, newest first."""
    return _held(plan).uploads


def is_closed(plan: Plan, quarter: Quarter) -> bool:
    """Whether the office has closed a quarter: nothing can be kept or withdrawn for it."""
    return quarter in _held(plan).closed


@st.cache_resource(show_spinner=False, max_entries=256)
def _assess(
    _view: View, path: str, revision: int, plan: str, quarter: str, closed: bool, codes: str
) -> list[Assessment]:
    upto = Quarter.parse(quarter)
    chosen = [_view.units.get(code) for code in codes.split()] or None
    found = [r for r in readings(_view.plan) if r.quarter <= upto]
    return assess(_view.plan, _view.units, upto, found, chosen, closed=closed)


def assessments(view: View, of: Iterable[Unit] = (), *, quarter: Quarter | None = None) -> list[Assessment]:
    """Assessments of the view, of the province when `of` is empty; shared and cached, so for reading only."""
    asked = view if quarter in {None, view.quarter} else replace(view, quarter=quarter, closed=False)
    return _assess(view, *state(asked), " ".join(unit.code for unit in of))


def state(view: View) -> tuple[str, int, str, str, bool]:
    """What anything derived from a view is cached on; plain values, which Streamlit hashes fastest."""
    return _store_path(), view.revision, view.plan.code, str(view.quarter), view.closed


def page_title(title: str) -> None:
    """The title, and below it what was done just before the page was drawn again."""
    st.title(title, anchor=False)
    if said := st.session_state.pop(_SAID, None):
        st.success(said, icon=":material/check_circle:")


def say_and_rerun(said: str) -> NoReturn:
    """Draw the page anew, with a sentence about what was done."""
    st.session_state[_SAID] = said
    st.rerun()


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


def pick_view(*, judged: bool = True) -> View:
    """Choose plan and quarter; they stand in the address, so a link shows the same view on every page.

    `judged`: the page shows verdicts, so those of the plan's last quarter may be asked for as final.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        plan, revision = pick_plan(), store().revision
        held = _held(plan)
        quarter = _pick_quarter(plan, held.latest)
        final = judged and quarter == plan.quarters[-1] and _pick_final(quarter in held.closed)
        if quarter in held.closed:
            st.badge("Kỳ đã chốt", color="blue", icon=":material/lock:")
        if held.illustrative:
            st.badge(vi.ILLUSTRATIVE, color="orange")
    st.sidebar.caption(f"**{plain(plan.issuer)}**  \n{plain(plan.title)}")
    return View(plan, units_of(plan), quarter, final, revision)


def _pick_final(closed: bool) -> bool:
    """Whether the last quarter is judged as final: at first as the office has left it."""
    if st.session_state.setdefault(_CLOSED, closed) != closed:
        st.session_state.pop("chot", None)
        st.session_state[_CLOSED] = closed
    return st.toggle(
        "Đánh giá như kỳ đã chốt",
        closed,
        key="chot",
        bind="query-params",
        help="Coi như không còn số liệu nào gửi thêm: chỉ tiêu chưa tới mức giao là chưa đạt. "
        "Tự bật khi Văn phòng Sở đã chốt kỳ.",
    )


def _pick_quarter(plan: Plan, latest: Quarter) -> Quarter:
    by_name = {vi.quarter(q): q for q in plan.quarters}
    chosen = None if st.session_state.pop(_FILLED, False) else st.session_state.get("ky")
    # Not as the widget's default: Streamlit leaves that out of the address, and a link would drift. Said again
    # on every run, since another page's widget of the same key is another widget.
    st.session_state["ky"] = chosen if chosen in by_name else vi.quarter(latest)
    name = st.segmented_control(
        "Kỳ báo cáo", list(by_name), key="ky", bind="query-params", required=True, wrap=True
    )
    # The browser's way back may lead to an address without a quarter.
    return by_name.get(str(name), latest)


def address() -> dict[str, str]:
    """What the address of a first visit says: the newest quarter of the first plan."""
    return {"ky": vi.quarter(_held(next(iter(plans().values()))).latest)}


def _plan_name(code: str) -> str:
    plan = plans()[code]
    return f"{plan.title} ({plan.year})"


def empty_store(view: View) -> bool:
    """When nothing was sent yet: say what to do first, offer the sample quarters, and return True."""
    if readings(view.plan):
        return False
    here = person()
    if not may(here, Right.SUBMISSION):
        st.info("Chưa có số liệu nào. Số liệu sẽ hiện ở đây khi các đơn vị nạp báo cáo quý đầu tiên.")
        return True
    st.info(
        "Chưa có số liệu nào. Hãy mở trang “Nạp số liệu” để lấy biểu mẫu trống và nạp báo cáo quý đầu tiên"
        + (
            "; hoặc nạp thử các quý mẫu (số liệu minh họa) để xem bảng theo dõi hoạt động thế nào."
            if may(here, Right.OFFICE)
            else "."
        )
    )
    st.page_link("pages/submission/upload.py", label="Nạp số liệu", icon=":material/upload_file:")
    if may(here, Right.OFFICE) and st.button("Nạp các quý mẫu (số liệu minh họa)", key="demo"):
        bar = st.progress(0, "Đang nạp các quý mẫu…")
        demo.load(store(), plans(), directory(), bar.progress, person=here)
        st.session_state[_FILLED] = True
        st.rerun()
    return True


def plain(text: str) -> str:
    """Text of a file or a person, made harmless where Streamlit would read it as Markdown."""
    # No escape keeps an address from becoming a link, only something between its letters, here without width.
    unlinked = re.sub(r"(?i)(https?:(?=//)|www(?=\.)|@)", "\\1\N{WORD JOINER}", text)
    harmless = re.sub(r"([\\`*_\[\]<~$#|]|:(?=\w))", r"\\\1", unlinked)
    return re.sub(r"^(\s*(?:\d+(?=[.)])|(?=[-+>])))", r"\1\\", harmless)


def unsent(view: View) -> list[Reporter]:
    """The reporters without an upload that counts for the quarter."""
    sent = {u.reporter for u in uploads(view.plan) if u.quarter == view.quarter and not u.withdrawn}
    return [r for r in view.plan.reporters if r.code not in sent]


def standings(view: View) -> list[Standing]:
    """The tasks of the plan as they were known at the end of the view's quarter."""
    return stand(view.plan.tasks, _held(view.plan).updates, view.quarter, as_known(view))


def as_known(view: View) -> date:
    """The day on which tasks are looked at: the quarter's last, or today when it is not over."""
    return min(view.quarter.last_day, today())


def show_table(table: export.Table, alt: str, *, wrap: int = 46, most: int = 7) -> None:
    """Any table of texts, scrolling in itself; cells are never read as Markdown, those over `wrap` letters wrap.

    Every row is as high as the highest, but of `most` lines; a click on a cell shows the rest.
    """
    rows = export.printed(table)
    longest = {h: max(len(h), *(len(row[h]) for row in rows), 0) for h in table.headings}
    # Words do not break, so a line holds a little less than it could.
    lines = min(-(-max(longest.values()) // (wrap - 8)), most)
    st.dataframe(
        rows,
        hide_index=True,
        height="content" if len(rows) <= _ROWS else 560,
        row_height=18 * lines + 17,
        column_config={
            h: st.column_config.TextColumn(width=24 + 6 * min(n, wrap)) for h, n in longest.items()
        },
        alt=alt,
    )


def reporters(plan: Plan, right: Right) -> list[Reporter]:
    """The reporters of a plan over whom the person here has the right."""
    here = person()
    return [r for r in plan.reporters if may(here, right, r.code, plan)]


def show_label(plan: Plan) -> None:
    """Say so where invented figures may stand."""
    if store().illustrative(plan.code):
        st.badge(vi.ILLUSTRATIVE, color="orange")


def offer_report(view: View, table: export.Table, stem: str) -> None:
    """Both formats of a report. It goes on record when it is fetched, and the head of the record stands beside it."""
    formats: tuple[tuple[str, export.Format], ...] = (
        ("Tải CSV cho Excel", "csv"),
        ("Tải CSV máy đọc", "csv-machine"),
    )
    head = ""
    with st.container(horizontal=True):
        for label, to in formats:
            name = f"{stem}-{view.plan.code}-{view.quarter}{to.removeprefix('csv')}.csv"
            noted = st.session_state.setdefault(_NOTED, {}).setdefault(name, SimpleQueue())
            if st.download_button(
                label,
                partial(_export, store(), person().login, view, table, to, name, noted),
                name,
                "text/csv",
                key=f"{to}-{stem}",
                type="primary" if to == "csv" else "secondary",
                icon=":material/download:",
            ):
                # The file is made beside this run, by the thread that answers the browser.
                with suppress(Empty):
                    head = noted.get(timeout=_PATIENCE)
    if head:
        st.success(f"Đã ghi lần xuất vào nhật ký. {vi.head(head)}", icon=":material/check_circle:")
    else:
        st.caption(f"{vi.head(store().record.head())}. Mỗi lần tải về được ghi vào nhật ký.")


def _export(
    opened: Store,
    login: str,
    view: View,
    table: export.Table,
    to: export.Format,
    name: str,
    noted: SimpleQueue[str],
) -> bytes:
    """Outside of any session: who asks is looked up again, since a page may be older than a change of roles."""
    content = export.write(table, to)
    noted.put(opened.note_export(opened.people.get(login), view.plan.code, view.quarter, name, content))
    return content


def original(opened: Store, login: str, upload: str) -> bytes:
    """A workbook as it was sent; outside of any session, so who asks is looked up again."""
    return opened.original(upload, opened.people.get(login))


def backup(opened: Store, login: str, name: str) -> bytes:
    """A backup to be carried away; outside of any session, so who asks is looked up again."""
    return opened.backups.content(name, opened.people.get(login))
