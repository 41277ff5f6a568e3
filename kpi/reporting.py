"""The desk of the reports: gathered once for each revision, shown before they are handed out, and found again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

import streamlit as st

from kpi import charts, export, ui, vi
from kpi.export import Paragraph, Report, Table
from kpi.export.changes import compare
from kpi.export.formats import FORMATS, filename, render
from kpi.export.gather import gather
from kpi.export.pdf import program
from kpi.model import Period, Plan, Reading, Snapshot, TaskUpdate, Upload
from kpi.store import Store
from kpi.ui import View, plain

# Seconds a page waits for its download to be kept.
_PATIENCE = 3
_SLOW_PATIENCE = 40
# More tasks than this are shown as a table.
_MOST_TASKS = 12
# The exports of this visit, by the file's name.
_MADE = "exports_made"
_LABELS = {
    "docx": ("Tải báo cáo Word", ":material/description:"),
    "pdf": ("Tải PDF", ":material/picture_as_pdf:"),
    "xlsx": ("Tải Excel", ":material/table_view:"),
    "csv": ("CSV tổng hợp cho Excel", ":material/download:"),
    "csv-machine": ("CSV tổng hợp máy đọc", ":material/download:"),
    "csv-units": ("CSV theo đơn vị cho Excel", ":material/download:"),
    "csv-units-machine": ("CSV theo đơn vị máy đọc", ":material/download:"),
}


def pick_period(view: View) -> Period:
    """Of the periods that end with the view's quarter; it stands in the address."""
    found = {vi.period(p): p for p in Period.ending(view.quarter)}
    if len(found) == 1:
        return next(iter(found.values()))
    chosen = st.session_state.get("ky_bao_cao")
    st.session_state["ky_bao_cao"] = chosen if chosen in found else next(iter(found))
    name = st.segmented_control(
        "Báo cáo của", list(found), key="ky_bao_cao", bind="query-params", required=True
    )
    return found.get(str(name), next(iter(found.values())))


@st.cache_resource(show_spinner=False, max_entries=32)
def _gather(
    _view: View,
    _readings: Sequence[Reading],
    _updates: Sequence[TaskUpdate],
    _uploads: Sequence[Upload],
    period: str,
    closed: bool,
    today: str,
    *key: str | int,
) -> tuple[Report, str]:
    """The report and its text; `today` because tasks get later by the day."""
    made = gather(
        _view.plan,
        _view.units,
        Period.parse(period),
        _readings,
        _updates,
        day=ui.today(),
        closed=closed,
        uploads=_uploads,
    )
    return made, export.to_json(made)


def gathered(view: View, period: Period, *, closed: bool | None = None) -> tuple[Report, str]:
    """The report of a period as things stand now, and the text it is kept as; shared, so for reading only."""
    final = view.closed if closed is None else closed
    plan = view.plan
    held = ui.readings(plan), ui.updates(plan), ui.uploads(plan)
    # The view's own quarter says nothing of another period's report.
    path, revision, code, _, _ = ui.state(view)
    return _gather(view, *held, str(period), final, str(ui.today()), path, revision, code, plan.text)


def show_unsent(view: View) -> None:
    silent = ui.unsent(view)
    if not silent:
        st.success(f"Đủ {len(view.plan.reporters)} đơn vị đã gửi số liệu {vi.quarter(view.quarter)}.")
        return
    st.warning(
        f"{len(silent)}/{len(view.plan.reporters)} đơn vị chưa gửi số liệu {vi.quarter(view.quarter)}.",
        icon=":material/warning:",
    )
    with st.expander("Các đơn vị chưa gửi"):
        st.markdown("\n".join(f"- {plain(r.name)}" for r in silent))


def show(view: View, report: Report) -> None:
    """What will be handed out, before it is."""
    words, whole, by_unit, drawn, annexes = st.tabs(
        ["Lời báo cáo", "Bảng tổng hợp", "Bảng theo đơn vị", "Biểu đồ", "Phụ lục từng đơn vị"],
        key="xem_bc",
        on_change="rerun",
        bind="query-params",
    )
    with words:
        _show_words(report)
    for tab, table, wrap in ((whole, report.summary, 34), (by_unit, report.matrix, 90)):
        with tab:
            st.subheader(plain(table.title), anchor=False)
            ui.show_table(table, table.title, wrap=wrap)
    with drawn:
        _show_charts(view, report)
    with annexes:
        _show_annex(report)


def _show_words(report: Report) -> None:
    st.markdown(f"**{plain(report.standing)}**")
    st.subheader("Kết quả thực hiện các chỉ tiêu", anchor=False)
    _show_lines(_titled(p) for p in report.paragraphs)
    st.subheader("Kết quả thực hiện nhiệm vụ", anchor=False)
    if len(report.tasks) > _MOST_TASKS:
        rows = tuple((p.number, p.name, p.text) for p in report.tasks)
        ui.show_table(Table("", vi.TASK_HEADINGS, rows), "Nhiệm vụ", wrap=60, most=4)
    else:
        _show_lines(_titled(p) for p in report.tasks)
    st.subheader("Tồn tại, hạn chế", anchor=False)
    _show_lines(map(plain, report.lacking))


def _show_lines(lines: Iterable[str]) -> None:
    st.markdown("\n".join(f"- {line}" for line in lines) or "Không có.")


def _titled(found: Paragraph) -> str:
    return f"**{plain(found.number)}. {plain(found.name.rstrip('.'))}.** {plain(found.text)}"


def _show_charts(view: View, report: Report) -> None:
    st.caption("Bấm biểu tượng máy ảnh ở góc biểu đồ để tải ảnh PNG, dán vào bản trình chiếu.")
    rows, stem = ui.assessments(view), f"{report.plan}-{report.period}"
    called = " · ".join([vi.period(Period.parse(report.period)), *([vi.ILLUSTRATIVE] * report.illustrative)])
    title = f"So với chỉ tiêu giao, {report.province}, {called}"
    _picture(charts.bullets(rows), f"so-voi-chi-tieu-{stem}", title, report.standing)
    charted = {f"{c.number}. {c.name}": c.number for c in report.courses if any(c.values)}
    if not charted:
        return
    chosen = st.selectbox("Diễn biến của chỉ tiêu", list(charted), key="bieu_do", width=420)
    number = charted[chosen]
    quarters = [q for q in view.plan.quarters if q.year == view.quarter.year]
    course = [r for q in quarters for r in ui.assessments(view, quarter=q) if r.indicator.number == number]
    drawn = charts.quarters(course, view.quarter, vi.SERIES)
    _picture(drawn, f"chi-tieu-{number}-{stem}", f"{chosen}, {called}", chosen)


def _picture(figure: charts.Figure, name: str, title: str, alt: str) -> None:
    config = dict(charts.picture_config(name))
    st.plotly_chart(charts.picture(figure, title), theme=None, config=config, key=name, alt=alt)


def _show_annex(report: Report) -> None:
    if not report.annexes:
        st.info("Kỳ này chưa có đơn vị nào có số liệu.")
        return
    by_title = {annex.title: annex for annex in report.annexes}
    chosen = by_title[st.selectbox("Đơn vị", list(by_title), key="phu_luc", width=340)]
    for table in filter(None, (chosen.own, chosen.communes)):
        st.subheader(plain(table.title), anchor=False)
        ui.show_table(table, table.title, wrap=34)


def offer(view: View, period: Period, report: Report, figures: str) -> None:
    """A button for each format. What is fetched is kept as a snapshot, and named beside the buttons."""
    st.subheader("Tải về", anchor=False)
    lacking = program() is None
    made: Snapshot | None = None
    for row in (("docx", "pdf", "xlsx"), ("csv", "csv-machine", "csv-units", "csv-units-machine")):
        with st.container(horizontal=True):
            for form in row:
                made = (
                    _button(view.plan, period, report, figures, form, off=form == "pdf" and lacking) or made
                )
    if lacking:
        st.caption(
            "Chưa tạo được PDF: máy chủ chưa cài LibreOffice. Cài LibreOffice rồi mở lại trang này, "
            "hoặc tải bản Word rồi lưu thành PDF."
        )
    head = vi.head(ui.store().record.head())
    if made:
        st.success(
            f"Đã lưu lần xuất {made.id}: {made.filename}, mã tệp {made.sha256[:12]}…. {head}",
            icon=":material/check_circle:",
        )
    else:
        st.caption(f"{head}. Mỗi lần tải về được lưu lại nguyên vẹn và ghi vào nhật ký.")


def _button(
    plan: Plan, period: Period, report: Report, figures: str, form: str, *, off: bool
) -> Snapshot | None:
    label, icon = _LABELS[form]
    name = filename(plan, period, form)
    made: SimpleQueue[Snapshot] = st.session_state.setdefault(_MADE, {}).setdefault(name, SimpleQueue())
    pressed = st.download_button(
        label,
        partial(
            _hand_out,
            ui.store(),
            ui.person().login,
            plan,
            period,
            report,
            figures,
            form,
            ui.templates(),
            made,
        ),
        name,
        FORMATS[form].mime,
        key=f"export-{form}",
        type="primary" if form == "docx" else "secondary",
        icon=icon,
        disabled=off,
    )
    if not pressed:
        return None
    # The file is made beside this run, by the thread that answers the browser.
    with st.spinner("Đang tạo tệp…"), suppress(Empty):
        return made.get(timeout=_SLOW_PATIENCE if form == "pdf" else _PATIENCE)
    return None


def _hand_out(
    opened: Store,
    login: str,
    plan: Plan,
    period: Period,
    report: Report,
    figures: str,
    form: str,
    templates: Path,
    made: SimpleQueue[Snapshot],
) -> bytes:
    """Outside of any session: who asks is looked up again, since a page may be older than a change of roles."""
    person = opened.people.get(login)
    found = opened.exports.keep(
        person,
        plan.code,
        period,
        form,
        filename(plan, period, form),
        figures,
        plan.source,
        lambda snapshot: render(report, snapshot, templates),
        closed=report.closed,
        illustrative=report.illustrative,
    )
    made.put(found)
    return opened.exports.kept(found)


def show_exports(view: View) -> None:
    """What was handed out of this plan, and what has become of it since."""
    st.subheader("Các lần đã xuất", anchor=False)
    found = ui.store().exports.snapshots(view.plan.code)
    if not found:
        st.info("Chưa xuất báo cáo nào của kế hoạch này. Mỗi tệp tải về sẽ được liệt kê ở đây.")
        return
    rows = tuple(
        (
            s.id,
            vi.moment(s.made_at),
            vi.period(s.period),
            s.filename,
            s.person,
            _since(view, s),
            f"{s.sha256[:12]}…",
        )
        for s in found
    )
    ui.show_table(Table("", vi.EXPORT_HEADINGS, rows), "Các lần đã xuất", most=2)
    by_id = {s.id: s for s in found}
    chosen = by_id[
        st.selectbox(
            "Xem lại một lần xuất",
            list(by_id),
            format_func=lambda n: f"{n}: {by_id[n].filename}, {vi.moment(by_id[n].made_at)}",
            key=f"lan_xuat_{found[0].id}",
        )
    ]
    _show_export(view, chosen)


def _since(view: View, snapshot: Snapshot) -> str:
    if snapshot.plan_sha256 != view.plan.text:
        return vi.PLAN_CHANGED
    _, now = gathered(view, snapshot.period, closed=snapshot.closed)
    return vi.UNCHANGED if export.digest(now) == snapshot.figures_sha256 else vi.CHANGED


def _show_export(view: View, snapshot: Snapshot) -> None:
    store = ui.store()
    st.caption(vi.judged_by(snapshot))
    st.download_button(
        "Tải lại đúng tệp này",
        partial(_again, store, ui.person().login, snapshot.id),
        snapshot.filename,
        FORMATS[snapshot.format].mime,
        key="export-again",
        icon=":material/history:",
        on_click="ignore",
    )
    now, _ = gathered(view, snapshot.period, closed=snapshot.closed)
    changes = compare(export.from_json(store.exports.figures(snapshot.id)), now)
    if not changes:
        st.success("Từ khi xuất đến nay, không ô nào trong hai bảng thay đổi.")
        return
    st.markdown(f"**Từ khi xuất đến nay, {vi.number(len(changes))} ô đã thay đổi:**")
    rows = tuple((c.row, c.column, c.was, c.now) for c in changes)
    ui.show_table(Table("", vi.CHANGE_HEADINGS, rows), "Thay đổi từ khi xuất", most=3)


def _again(opened: Store, login: str, snapshot: str) -> bytes:
    """Outside of any session, like a first export."""
    return opened.exports.content(snapshot, opened.people.get(login))
