"""What every page needs from Streamlit: who is here, the open store, the chosen view, and what it shows."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NoReturn

import streamlit as st

from kpi import demo, export, vi
from kpi import plan as plan_files
from kpi.access import matches, may
from kpi.model import (
    Cell,
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
from kpi.plan import PlanError
from kpi.progress import Assessment, assess
from kpi.settings import Settings, beside
from kpi.settings import load as load_settings
from kpi.store import People, Store
from kpi.tasks import Standing, known_on, stand
from kpi.units import Directory, Units
from kpi.vi import marks

_SHIPPED = Path(__file__).parent.parent / "data"
# A table with more rows scrolls in itself.
_ROWS = 30
# The lowest row in which Streamlit wraps: above 4 rem.
_WRAPPING = 66
# Key of the session's state: the sample quarters were just loaded, so the newest one is shown.
_FILLED = "filled"
# The refusals of this visit that are on record already: every rerun would add another.
_REFUSED = "refused"
# What was done just before the page was drawn again.
_SAID = "said"
# Which quarter was shown last, and whether it was closed: when that changes, so does how it is judged at first.
_CLOSED = "judged_quarter_closed"


# Of each plan file: its path, and what changes when it is written: node, time, size.
_Prints = tuple[tuple[str, int, int, int], ...]


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


def plan_paths() -> list[Path]:
    """The plan files that count today."""
    return plan_files.paths(data_folder(), Path(_store_path()))


@st.cache_resource(show_spinner=False)
def _noted(path: str) -> set[_Prints]:
    """Of an open store: the plan files as they were when what they say was last put on record."""
    return set()


def _note_plans(prints: _Prints) -> None:
    texts = {path.stem: path.read_bytes() for path in plan_paths()}
    _open_store(_store_path()).plans.note(texts)
    _noted(_store_path()).add(prints)


def _known_plans() -> tuple[dict[str, Plan], tuple[KpiError, ...]]:
    """The plans that can be read, and what is wrong with the others; whatever was changed is read anew."""
    prints = tuple((str(p), (s := p.stat()).st_ino, s.st_mtime_ns, s.st_size) for p in plan_paths())
    noted = _noted(_store_path())
    if noted and prints not in noted:
        _note_plans(prints)
    return _load_plans(prints, _reference("units"))


@st.cache_resource(show_spinner=False, max_entries=4)
def _load_plans(prints: _Prints, units: str) -> tuple[dict[str, Plan], tuple[KpiError, ...]]:
    good: dict[str, Plan] = {}
    bad: list[KpiError] = []
    for path, *_ in prints:
        try:
            plan = plan_files.load(Path(path), _load_directory(units))
        except KpiError as error:
            bad.append(error)
        else:
            good[plan.code] = plan
    return good, tuple(bad)


def prepare() -> View | None:
    """Open all that a first visitor would wait for; what cannot be opened is said on the page that needs it."""
    try:
        opened = _open_store(_store_path())
        good, _ = _known_plans()
        _note_plans(())
        opened.awards.erase_personal(good, today())
        matches(None, "")  # so that the first name nobody has takes no longer than the others
    except KpiError as error:
        logging.getLogger("kpi").warning("%s", vi.refusal(error))
        return None
    if not good:
        return None
    plan = _first_plan(good)
    return View(plan, units_of(plan), _held(plan).latest, closed=False, revision=opened.revision)


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
    good, bad = _known_plans()
    for error in bad:
        show_refusal(error)
    if not good:
        st.info(
            "Chưa có kế hoạch nào đọc được. Hãy đặt tệp kế hoạch (.toml) vào thư mục “plans” của dữ liệu."
        )
        st.stop()
    return good


def broken_plans() -> list[PlanError]:
    """What is wrong with each plan file that cannot be read."""
    return [error for error in _known_plans()[1] if isinstance(error, PlanError)]


@st.cache_resource(show_spinner=False, max_entries=8)
def _units(folder: str, day: str, province: str) -> Units:
    return _load_directory(folder).on(date.fromisoformat(day), province)


def units_of(plan: Plan) -> Units:
    """The units of a plan, for all of its time: those of its first day."""
    return _units(_reference("units"), str(plan.start), plan.province)


@st.cache_resource(show_spinner=False, max_entries=16)
def _hold(_store: Store, _plan: Plan, path: str, revision: int, plan: str, text: str) -> _Held:
    readings = _store.current(plan)
    latest = max((r.quarter for r in readings), default=_plan.quarters[0])
    closed = frozenset(_store.closed(plan))
    return _Held(
        readings, _store.uploads(plan), latest, _store.illustrative(plan), closed, _store.tasks.updates(plan)
    )


def _held(plan: Plan) -> _Held:
    opened = store()
    return _hold(opened, plan, _store_path(), opened.revision, plan.code, plan.text)


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
    return _store_path(), view.revision, view.plan.text, str(view.quarter), view.closed


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
    """Choose a plan when there are several; it stands in the address, by its name or its code."""
    known = plans()
    if len(known) == 1:
        return next(iter(known.values()))
    chosen = st.session_state.get("ke_hoach") or st.query_params.get("ke_hoach")
    first = chosen if chosen in known else _first_plan(known, person()).code
    # Said again on every run, as the quarter is.
    st.session_state["ke_hoach"] = first
    code = st.selectbox(
        "Kế hoạch",
        list(known),
        None,
        # Looked up for every plan: the files need not be looked at again.
        format_func=lambda code: vi.plan_name(known[code]),
        key="ke_hoach",
        required=True,
        bind="query-params",
        width=560,
    )
    return known.get(str(code), known[first])


def _first_plan(known: Mapping[str, Plan], here: Person | None = None) -> Plan:
    """What a first visit shows: of the plans in which one's own unit has work, those with figures, the one that began
    last, of one year before several."""
    own = {grant.unit for grant in here.grants if grant.unit} if here else set()

    def rank(plan: Plan) -> tuple[bool, bool, date, int]:
        named = {*plan.assignees, *(r.code for r in plan.reporters), *(room.code for room in plan.rooms)}
        return not own.isdisjoint(named), bool(readings(plan)), plan.start, -len(plan.quarters)

    return max(known.values(), key=rank)


def pick_view(*, judged: bool = True) -> View:
    """Choose plan and quarter; they stand in the address, so a link shows the same view on every page.

    `judged`: the page shows verdicts, so those of a year's last quarter may be asked for as final.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        plan, revision = pick_plan(), store().revision
        held = _held(plan)
        quarter = _pick_quarter(plan, held.latest)
        final = judged and quarter == plan.quarters_of(quarter)[-1] and _pick_final(plan, quarter)
        if quarter in held.closed:
            st.badge("Kỳ đã chốt", color="blue", icon=":material/lock:")
        if held.illustrative:
            st.badge(vi.ILLUSTRATIVE, color="orange")
    st.sidebar.caption(f"**{plain(plan.issuer)}**  \n{plain(plan.title)}")
    return View(plan, units_of(plan), quarter, final, revision)


def _pick_final(plan: Plan, quarter: Quarter) -> bool:
    """Whether the last quarter of a year is judged as final: at first as the office has left it."""
    closed = is_closed(plan, quarter)
    now = plan.code, quarter, closed
    if st.session_state.setdefault(_CLOSED, now) != now:
        st.session_state.pop("chot", None)
        st.session_state[_CLOSED] = now
    return st.toggle(
        "Đánh giá như kỳ đã chốt",
        closed,
        key="chot",
        bind="query-params",
        help="Coi như không còn số liệu nào gửi thêm: chỉ tiêu chưa tới mức giao là chưa đạt. "
        "Tự bật khi Văn phòng Sở đã chốt kỳ.",
    )


def _pick_quarter(plan: Plan, latest: Quarter) -> Quarter:
    # A link may name a quarter of another year than the one whose quarters are offered.
    named = st.session_state.get("ky") or st.query_params.get("ky")
    chosen = None if st.session_state.pop(_FILLED, False) else named
    by_name = {vi.quarter(q): q for q in plan.quarters}
    shown = by_name.get(str(chosen), latest)
    years = list(dict.fromkeys(q.year for q in plan.quarters))
    if len(years) > 1:
        # The quarter leads: only it stands in the address.
        st.session_state["nam"] = shown.year
        st.selectbox("Năm", years, key="nam", width=110, on_change=_turn_to_year, args=(plan, shown))
    # Not as the widget's default: Streamlit leaves that out of the address, and a link would drift. Said again
    # on every run, since another page's widget of the same key is another widget.
    st.session_state["ky"] = vi.quarter(shown)
    names = [vi.quarter(q) for q in plan.quarters_of(shown)]
    name = st.segmented_control("Kỳ báo cáo", names, key="ky", bind="query-params", required=True, wrap=True)
    # The browser's way back may lead to an address without a quarter.
    return by_name.get(str(name), latest)


def _turn_to_year(plan: Plan, shown: Quarter) -> None:
    """Show the same quarter of the year just chosen, or the first that the plan has of it."""
    found = plan.quarters_of(Quarter(st.session_state["nam"], shown.number))
    st.session_state["ky"] = vi.quarter(next((q for q in found if q.number == shown.number), found[0]))


def address() -> dict[str, str]:
    """What the address of a first visit says: a plan, when there are several, and its newest quarter."""
    known = plans()
    asked = st.query_params.get("ke_hoach")
    named_so = (plan for plan in known.values() if asked in {plan.code, vi.plan_name(plan)})
    plan = next(named_so, None) or _first_plan(known, person())
    named = {"ke_hoach": _plan_name(plan.code)} if len(known) > 1 else {}
    return named | {"ky": vi.quarter(_held(plan).latest)}


def _plan_name(code: str) -> str:
    return vi.plan_name(_known_plans()[0][code])


def empty_store(view: View) -> bool:
    """When nothing was sent yet: say what to do first, offer the sample quarters, and return True.

    When only nothing recent was sent, say so.
    """
    if held := readings(view.plan):
        recent = {view.quarter, view.quarter.previous}
        if not any(r.quarter in recent for r in held):
            st.info(
                f"Chưa đơn vị nào gửi số liệu {vi.quarter(view.quarter)} và quý trước đó. "
                f"Số liệu mới nhất hiện có: {vi.quarter(_held(view.plan).latest)}."
            )
        return False
    here = person()
    if not may(here, Right.SUBMISSION):
        st.info("Chưa có số liệu nào. Số liệu sẽ hiện ở đây khi các đơn vị nạp báo cáo quý đầu tiên.")
        return True
    offered = (
        may(here, Right.OFFICE)
        and demo.has_samples(view.plan)
        and all(demo.fits(store(), plan) for plan in plans().values())
    )
    st.info(
        "Chưa có số liệu nào. Hãy mở trang “Nạp số liệu” để lấy biểu mẫu trống và nạp báo cáo quý đầu tiên"
        + (
            "; hoặc nạp thử các quý mẫu (số liệu minh họa) để xem bảng theo dõi hoạt động thế nào."
            if offered
            else "."
        )
    )
    st.page_link("pages/submission/upload.py", label="Nạp số liệu", icon=":material/upload_file:")
    if offered and st.button("Nạp các quý mẫu (số liệu minh họa)", key="demo"):
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


def updates(plan: Plan) -> list[TaskUpdate]:
    """What was told of the tasks; shared and cached, so for reading only."""
    return _held(plan).updates


def templates() -> Path:
    """Where the templates of documents lie: the office's own, or those that came with the program."""
    return Path(_reference("templates"))


def standings(view: View) -> list[Standing]:
    """The tasks of the plan as they were known at the end of the view's quarter."""
    return stand(view.plan.tasks, updates(view.plan), view.quarter, as_known(view))


def as_known(view: View) -> date:
    """The day on which tasks are looked at."""
    return known_on(view.plan, view.quarter, today())


def show_table(table: export.Table, alt: str, *, wrap: int = 46, most: int = 7) -> None:
    """Any table of texts, scrolling in itself; cells are never read as Markdown, those over `wrap` letters wrap.

    Every row is as high as the highest, but of `most` lines; a click on a cell shows the rest.
    """
    rows = export.printed(table)
    longest = {h: max(_length(h), *(_length(row[h]) for row in rows), 0) for h in table.headings}
    # Words do not break, so a line holds a little less than it could.
    lines = min(-(-max(longest.values()) // (wrap - 8)), most)
    st.dataframe(
        rows,
        hide_index=True,
        height="content" if len(rows) <= _ROWS else 560,
        row_height=18 * lines + 17 if lines == 1 else max(18 * lines + 17, _WRAPPING),
        column_config={
            h: st.column_config.TextColumn(width=24 + 6 * min(n, wrap)) for h, n in longest.items()
        },
        alt=alt,
    )


def _length(text: str) -> int:
    """In letters of usual width; capitals and digits are wider."""
    return len(text) + sum(letter.isupper() or letter.isdigit() for letter in text) // 5


def show_texts(table: export.Table, alt: str, *, most: int = 300) -> None:
    """A table in full, each cell wrapped, that can be read and copied on a phone, too."""
    rows = export.printed(table)
    if not rows:
        return  # Streamlit would say so in English
    shown = [{h: plain(text) for h, text in row.items()} for row in rows[:most]]
    st.table(shown, border="horizontal", alt=alt)
    if len(rows) > most:
        st.caption(f"… và {vi.number(len(rows) - most)} dòng nữa.")


def show_mistakes(mistakes: Sequence[tuple[Cell | None, str]], sha256: str) -> None:
    """All that has to be mended in a file, where and how, to be carried to Excel."""
    if not mistakes:
        return
    st.error(
        f"Tệp có {vi.number(len(mistakes))} chỗ cần sửa. Chưa có gì được lưu. "
        "Hãy sửa các ô dưới đây trong Excel, lưu lại rồi nạp lại tệp.",
        icon=":material/error:",
    )
    table = findings(mistakes, "Thấy gì và cách sửa")
    show_texts(table, "Những chỗ cần sửa")
    st.download_button(
        "Tải danh sách lỗi",
        export.write(table, "csv"),
        f"loi-{sha256[:12]}.csv",
        "text/csv",
        key=f"errors-{sha256}",
        icon=":material/download:",
        on_click="ignore",
    )


def findings(said: Iterable[tuple[Cell | None, str]], heading: str) -> export.Table:
    """Sentences about cells, beside their places."""
    rows = tuple(
        (*((at.sheet, at.address) if at else ("", "")), marks.beside(at, words)) for at, words in said
    )
    return export.Table("", ("Trang", "Ô", heading), rows)


def reporters(plan: Plan, right: Right) -> list[Reporter]:
    """The reporters of a plan over whom the person here has the right."""
    here = person()
    return [r for r in plan.reporters if may(here, right, r.code, plan)]


def show_label(plan: Plan) -> None:
    """Say so where invented figures may stand."""
    if store().illustrative(plan.code):
        st.badge(vi.ILLUSTRATIVE, color="orange")


def original(opened: Store, login: str, upload: str) -> bytes:
    """A workbook as it was sent; outside of any session, so who asks is looked up again."""
    return opened.original(upload, opened.people.get(login))


def evidence(opened: Store, login: str, update: str) -> bytes:
    """The file that proves what was told of a task; outside of any session, so who asks is looked up again."""
    return opened.tasks.evidence(update, opened.people.get(login))[1]


def backup(opened: Store, login: str, name: str) -> bytes:
    """A backup to be carried away; outside of any session, so who asks is looked up again."""
    return opened.backups.content(name, opened.people.get(login))
