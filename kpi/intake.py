"""The intake desk: an uploaded file on its way from the uploader to the store, and back out again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from kpi import export, ui, vi
from kpi.model import (
    AlreadyKeptError,
    KpiError,
    NotAllowedError,
    Person,
    Plan,
    Quarter,
    QuarterClosedError,
    Reading,
    Reporter,
    Right,
    Upload,
)
from kpi.problems import TraceKind
from kpi.vi import marks as words
from kpi.vi import traces
from kpi.workbook import Change, Draft, annotate, blank, compare, read
from kpi.workbook.draft import Excerpt, Sort, columns

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from kpi.store import Kept

# Keys of the session's state.
_ANSWERS, _KEPT, _NOTED, _TURN = "answers", "kept", "noted", "uploader_turn"
_CHANGE: Mapping[Sort, str] = {
    "new": "Mới",
    "changed": "Thay đổi",
    "unchanged": "Giữ nguyên",
    "missing": "Còn thiếu",
}
_FEW = 5
# A row with fewer cells is a title, not part of a table.
_FEW_CELLS = 3
# Letters of a column of an excerpt.
_WIDEST = 26
# See-through, so that letters stay readable on a light and on a dark page.
_COLOUR: Mapping[TraceKind, str] = {
    "read": "background-color: rgba(46, 139, 87, 0.22)",
    "skipped": "background-color: rgba(128, 128, 128, 0.25)",
    "unknown": "background-color: rgba(255, 193, 7, 0.45)",
}
_UPLOAD_HEADINGS = (
    "Lần",
    "Nạp lúc",
    "Đơn vị gửi",
    "Kỳ",
    "Tình trạng",
    "Số liệu",
    "Khác lần trước",
    "Tệp",
    "Ghi chú",
    "Người nạp",
)
# Letters of a line, so that all that tells uploads apart has room on a desk's screen.
_UPLOAD_WRAP = 30
_READING_HEADINGS = ("Chỉ tiêu", "Đơn vị", "Số liệu", "Lần nạp trước", "Trang", "Ô", "Số liệu tính đến")


def pick_form() -> tuple[Plan, Reporter, Quarter]:
    """Choose whose form and of which quarter: at first the earliest that is open and the reporter has not sent."""
    plan = ui.pick_plan()
    names = {r.code: r.name for r in ui.reporters(plan, Right.SUBMISSION)}
    if not names:
        st.info("Tài khoản của bạn không nạp số liệu cho đơn vị nào của kế hoạch này.")
        st.stop()
    code = st.selectbox(
        "Đơn vị gửi", list(names), format_func=names.__getitem__, key="don_vi_gui", bind="query-params"
    )
    own = [u for u in ui.uploads(plan) if u.reporter == code]
    sent = {u.quarter for u in own if not u.withdrawn}
    done = sent | {q for q in plan.quarters if ui.is_closed(plan, q)}
    # Whoever began later is asked for no quarter before its first; a returned one is asked for again.
    begun = min((u.quarter for u in own), default=plan.quarters[0])
    first = next((q for q in plan.quarters if q >= begun and q not in done), plan.quarters[-1])
    years = list(dict.fromkeys(q.year for q in plan.quarters))
    year = first.year
    if len(years) > 1:
        year = st.selectbox("Năm", years, index=years.index(year), key=f"nam_{code}", width=110)
    by_name = {vi.quarter(q): q for q in plan.quarters if q.year == year}
    name = st.segmented_control(
        "Quý",
        list(by_name),
        default=vi.quarter(first)
        if first.year == year
        else next((n for n, q in by_name.items() if q not in done), list(by_name)[-1]),
        key=f"quy_{code}" if len(years) == 1 else f"quy_{code}_{year}",
        required=True,
        wrap=True,
    )
    quarter = by_name[str(name)]
    if not _show_closed(plan, quarter):
        _show_returned(next((u for u in own if u.quarter == quarter), None))
    return plan, plan.reporter(code), quarter


def _show_returned(newest: Upload | None) -> None:
    """The last workbook of the reporter and quarter counts no longer: somebody waits for another."""
    if newest is not None and newest.withdrawn:
        st.warning(
            f"Lần nạp số {newest.id} đã được rút: {ui.plain(vi.withdrawal(newest))}. Hãy nạp lại biểu đã sửa.",
            icon=":material/undo:",
        )


def _show_closed(plan: Plan, quarter: Quarter) -> bool:
    """Say so when nothing can be kept for a quarter, before anybody has filled in a form for it."""
    if ui.is_closed(plan, quarter):
        st.warning(vi.refusal(QuarterClosedError(plan.code, quarter)), icon=":material/lock:")
        return True
    return False


def blank_form(plan: Plan, reporter: Reporter, quarter: Quarter) -> bytes:
    return blank(plan, ui.units_of(plan), reporter, quarter, ui.readings(plan))


def uploader_key() -> str:
    """Another one after every keeping, which empties the uploader."""
    return f"files-{st.session_state.get(_TURN, 0)}"


@st.cache_resource(show_spinner=False, max_entries=16)
def _read(
    _content: bytes,
    sha256: str,
    filename: str,
    answers: tuple[tuple[str, str], ...],
    sender: tuple[str | None, Quarter | None],
    path: Path,
    revision: int,
) -> Draft:
    reporter, quarter = sender
    return read(
        filename,
        _content,
        ui.plans(),
        ui.directory(),
        reporter=reporter,
        quarter=quarter,
        form_decides=True,
        held=lambda code: ui.readings(ui.plans()[code]),
        answers=dict(answers),
        remembered=ui.store().mappings.choices,
    )


def read_files(files: Sequence[UploadedFile], reporter: Reporter, quarter: Quarter) -> list[Draft]:
    """What the files say, each parsed once and the same bytes shown once.

    The key of a form says whose it is; any other file must agree with the reporter and quarter that were chosen.
    """
    drafts: dict[str, Draft] = {}
    for file in files:
        content = file.getvalue()
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 in drafts:
            continue
        answers = tuple(st.session_state.get(_ANSWERS, {}).get(sha256, {}).items())
        with st.spinner(f"Đang đọc tệp {file.name}…"):
            sender = reporter.code, quarter
            rest = (ui.store().path, ui.store().revision)
            drafts[sha256] = _read(content, sha256, file.name, answers, sender, *rest)
    return list(drafts.values())


def show_draft(draft: Draft, others: Iterable[Draft] = ()) -> bool:
    """What a file says, all that is wrong with it, what is asked, what would change; True when it may be kept.

    Of several files of one reporter and quarter in `others` none may: which one counts is not ours to guess.
    """
    with st.container(border=True):
        st.text(f"Tệp: {draft.filename}")
        if draft.plan and draft.reporter and draft.quarter:
            st.markdown(f"**{draft.reporter.name}, {vi.quarter(draft.quarter)}**")
        held = next((u for u in ui.store().uploads() if u.sha256 == draft.sha256 and not u.withdrawn), None)
        if held is not None:
            st.info(ui.plain(vi.refusal(AlreadyKeptError(held))), icon=":material/info:")
            return False
        if draft.plan and draft.reporter:
            foreign = NotAllowedError(ui.person(), Right.SUBMISSION, draft.reporter.name)
            if draft.reporter not in ui.reporters(draft.plan, Right.SUBMISSION):
                _note(draft, draft.reporter.code)
                st.error(ui.plain(vi.refusal(foreign)), icon=":material/lock:")
                return False
        if draft.plan and draft.quarter and _show_closed(draft.plan, draft.quarter):
            return False
        _note(draft)
        twin = next((d for d in others if d is not draft and _place_of(d) == _place_of(draft)), None)
        if twin is not None and None not in _place_of(draft):
            st.error(
                f"Tệp “{ui.plain(twin.filename)}” cũng là báo cáo của đơn vị này cho quý này. "
                "Hãy bỏ một trong hai tệp khỏi danh sách trên.",
                icon=":material/error:",
            )
            return False
        ui.show_mistakes([(p.at, vi.explain(p)) for p in draft.problems], draft.sha256)
        _offer_marked(draft)
        _ask(draft)
        _show_reading(draft)
        _show_notices(draft)
        if not draft.problems:
            _show_changes(draft)
        return draft.clean


def _note(draft: Draft, foreign: str = "") -> None:
    """Put on record what was offered, once for each file and set of answers, or for whom it may not be."""
    noted = st.session_state.setdefault(_NOTED, set())
    key = draft.sha256, tuple(draft.answers.items())
    if key not in noted:
        noted.add(key)
        with suppress(NotAllowedError):
            if foreign:
                ui.store().record.allow(ui.person(), Right.SUBMISSION, foreign, draft.plan, draft.filename)
            ui.store().note_check(draft, ui.person())


def _place_of(draft: Draft) -> tuple[object, object, object]:
    """Whose report for which quarter of which plan a file is."""
    return draft.plan and draft.plan.code, draft.reporter and draft.reporter.code, draft.quarter


def _ask(draft: Draft) -> None:
    """The questions stay in sight with their answers, so that one can change one's mind."""
    if draft.open_doubts:
        st.warning(f"Cần trả lời {len(draft.open_doubts)} câu hỏi trước khi lưu.", icon=":material/help:")
    given = st.session_state.setdefault(_ANSWERS, {}).setdefault(draft.sha256, {})
    for doubt in draft.doubts:
        question, key = str(doubt.at), f"doubt-{draft.sha256}-{doubt.at}"
        answer = given.get(question, draft.answers.get(question))
        index = doubt.choices.index(answer) if answer in doubt.choices else None
        told = partial(_answered, draft.sha256, question, key)
        asked = ui.plain(vi.ask(doubt))
        # A few choices are seen at a glance; more are a list to look one up in.
        if len(doubt.choices) <= _FEW:
            st.radio(asked, doubt.choices, index, format_func=ui.plain, key=key, on_change=told)
        else:
            st.selectbox(asked, doubt.choices, index, format_func=ui.plain, key=key, on_change=told)


def _answered(sha256: str, question: str, key: str) -> None:
    st.session_state[_ANSWERS][sha256][question] = st.session_state[key]


def _offer_marked(draft: Draft) -> None:
    """The workbook with its mistakes marked, for whoever has to mend it; made when it is asked for."""
    if draft.problems or vi.MEND_FILE in draft.answers.values():
        st.download_button(
            "Tải tệp đã đánh dấu lỗi",
            partial(annotate, draft.content, draft),
            words.file_name(draft.filename, draft.sha256),
            key=f"marked-{draft.sha256}",
            icon=":material/edit_note:",
            on_click="ignore",
        )


def _show_reading(draft: Draft) -> None:
    """Sheet by sheet what was read, skipped and not understood: coloured, and in words with the reason."""
    if not draft.excerpts:
        return
    unknown = any(trace.kind == "unknown" for trace in draft.traces)
    with st.expander(traces.READ_TITLE, icon=":material/table_eye:", expanded=unknown):
        st.caption(traces.LEGEND)
        shown = {excerpt.sheet: excerpt for excerpt in draft.excerpts}
        for sheet in dict.fromkeys((*shown, *(trace.sheet for trace in draft.traces))):
            st.text(traces.sheet(sheet))
            if excerpt := shown.get(sheet):
                _show_excerpt(draft, excerpt)
            rows = tuple(
                (t.area or traces.WHOLE_SHEET, traces.outcome(t))
                for t in draft.traces
                if t.sheet == sheet and t.kind != "read"
            )
            ui.show_texts(export.Table("", traces.TRACE_HEADINGS, rows), f"{traces.NOT_READ}: {sheet}")


def _show_excerpt(draft: Draft, excerpt: Excerpt) -> None:
    """As wide as its table needs; the lines of a title above it reach over several columns."""
    table = [row for row in excerpt.rows if sum(map(bool, row)) >= _FEW_CELLS] or excerpt.rows
    widest = [max(map(len, texts)) for texts in zip(*table, strict=True)]
    st.dataframe(
        _coloured(draft, excerpt),
        height=min(38 * (len(excerpt.rows) + 1), 420),
        column_config={
            name: st.column_config.TextColumn(width=28 + 7 * min(max(letters, 3), _WIDEST))
            for name, letters in zip(columns(len(widest)), widest, strict=True)
        },
    )


def _coloured(draft: Draft, excerpt: Excerpt) -> Styler:
    width = len(excerpt.rows[0]) if excerpt.rows else 0
    cells = pd.DataFrame(
        [list(row) for row in excerpt.rows],
        index=range(1, len(excerpt.rows) + 1),
        columns=columns(width),
    )
    kinds = draft.kinds(excerpt)
    colours = pd.DataFrame(
        [[_COLOUR[kind] if kind else "" for kind in row] for row in kinds], cells.index, cells.columns
    )
    return cells.style.apply(lambda _: colours, axis=None)


def _show_notices(draft: Draft) -> None:
    if draft.notices:
        with st.expander(
            f"{len(draft.notices)} điều cần lưu ý (không ngăn việc lưu)", icon=":material/info:"
        ):
            table = ui.findings([(n.at, vi.notice(n)) for n in draft.notices], "Lưu ý")
            ui.show_texts(table, "Những điều cần lưu ý")


def _show_changes(draft: Draft) -> None:
    """What keeping would do, by indicator, then every value that would be replaced; nothing while all wait for answers."""
    if draft.plan is None or not draft.readings:
        return
    plan, changes = draft.plan, compare(draft, ui.readings(draft.plan))
    counts = Counter((c.indicator, c.sort) for c in changes)
    sums = Counter(c.sort for c in changes)
    with st.grid(4, min_column_width=100):
        for sort, label in _CHANGE.items():
            st.metric(label, vi.number(sums[sort]))
    rows = tuple(
        (vi.short_heading(i), *(vi.number(counts[i.number, sort]) for sort in _CHANGE))
        for i in plan.indicators
        if any(counts[i.number, sort] for sort in _CHANGE)
    )
    ui.show_texts(export.Table("", ("Chỉ tiêu", *_CHANGE.values()), rows), "Số liệu trong tệp theo chỉ tiêu")
    replaced = [c for c in changes if c.sort == "changed"]
    if replaced:
        st.markdown("**Số liệu sẽ thay đổi** (lần nạp cũ vẫn được giữ trong Lịch sử nạp)")
        ui.show_texts(_differences(plan, replaced), "Số liệu sẽ thay đổi")
    if sums["missing"]:
        with st.expander(f"{vi.number(sums['missing'])} số liệu còn thiếu"):
            st.caption("Ô trống không xóa số liệu đã nạp trước đó; có thể nạp bổ sung sau.")
            ui.show_table(
                _differences(plan, [c for c in changes if c.sort == "missing"]), "Số liệu còn thiếu"
            )


def _differences(plan: Plan, changes: Iterable[Change]) -> export.Table:
    units = ui.units_of(plan)
    rows = tuple(
        (
            vi.short_heading(plan.indicator(c.indicator)),
            units.get(c.unit).title,
            vi.entered(plan.indicator(c.indicator), c.old) if c.old else "",
            vi.entered(plan.indicator(c.indicator), c.new) if c.new else "",
            str(c.new.cell.address) if c.new else "",
        )
        for c in changes
    )
    return export.Table("", ("Chỉ tiêu", vi.UNIT, "Đang giữ", "Trong tệp", "Ô"), rows)


def keep(drafts: Iterable[Draft]) -> None:
    """Keep each draft just as it was shown, or say why not; then begin again with an empty uploader.

    It runs when the button is pressed and before anything is read again, with the drafts of the page that was seen.
    """
    person = ui.person()
    done: list[Kept] = []
    refused: list[str] = []
    for draft in drafts:
        try:
            done.append(ui.store().keep(draft, person))
        except KpiError as error:
            refused.append(ui.plain(vi.refusal(error)))
    st.session_state[_KEPT] = done, refused
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def show_kept(person: Person) -> None:
    """What the last keeping did, with the way on and the way back."""
    done, refused = st.session_state.get(_KEPT, ((), ()))
    for text in refused:
        st.error(text, icon=":material/error:")
    for kept in done:
        upload = ui.store().upload(kept.upload)
        if upload.withdrawn:
            continue
        name = ui.plans()[upload.plan].reporter(upload.reporter).name
        with st.container(border=True):
            st.success(
                f"Đã lưu số liệu {name}, {vi.quarter(upload.quarter)} (lần nạp số {upload.id}): "
                f"{vi.number(kept.new)} mới, {vi.number(kept.changed)} thay đổi, {vi.number(kept.unchanged)} giữ nguyên.",
                icon=":material/check_circle:",
            )
            with st.container(horizontal=True, vertical_alignment="center"):
                st.page_link(
                    "pages/progress/overview.py", label="Xem trên Tổng quan", icon=":material/monitoring:"
                )
                offer_withdrawal(upload, person)


def offer_withdrawal(upload: Upload, person: Person) -> None:
    """The undo: says what it does, asks why, and only then does it. Of a closed quarter nothing can be withdrawn."""
    if ui.is_closed(ui.plans()[upload.plan], upload.quarter):
        st.badge("Kỳ đã chốt, không rút được", color="blue", icon=":material/lock:")
        return
    # A key of its own: the next upload in sight must not inherit the open box.
    with st.popover("Rút lần nạp này", icon=":material/undo:", key=f"withdrawal-{upload.id}"):
        st.markdown(
            f"Số liệu của lần nạp số {upload.id} ({_whose(upload)}) sẽ **không còn được tính**; "
            "lần nạp trước đó (nếu có) được tính lại. Tệp gốc vẫn được giữ."
        )
        with st.form(f"withdraw-{upload.id}", border=False, enter_to_submit=False):
            why = st.text_input("Lý do rút", key=f"why-{upload.id}", max_chars=200)
            if st.form_submit_button("Rút lại số liệu", type="primary"):
                _withdraw(upload, person, why.strip())


def _withdraw(upload: Upload, person: Person, why: str) -> None:
    if not why:
        st.error("Hãy ghi lý do rút.")
        return
    try:
        ui.store().withdraw(upload.id, person, why, ui.plans()[upload.plan])
    except KpiError as error:
        st.error(ui.plain(vi.refusal(error)))
        return
    ui.say_and_rerun(f"Đã rút lần nạp số {upload.id} ({_whose(upload)}); lý do có ở Lịch sử nạp.")


def _whose(upload: Upload) -> str:
    reporter = ui.plans()[upload.plan].reporter(upload.reporter)
    return f"{ui.plain(reporter.name)}, {vi.quarter(upload.quarter)}"


def show_uploads(plan: Plan, uploads: Sequence[Upload]) -> None:
    names = {r.code: r.name for r in plan.reporters}
    rows = []
    for upload in uploads:
        count, changed = compared(upload, previous(plan, upload))
        rows.append(
            (
                upload.id,
                vi.moment(upload.kept_at),
                names.get(upload.reporter, upload.reporter),
                vi.quarter(upload.quarter),
                _state(upload),
                vi.number(count),
                "" if changed is None else vi.number(changed),
                upload.filename,
                "; ".join(
                    filter(None, (vi.ILLUSTRATIVE if upload.illustrative else "", vi.withdrawal(upload)))
                ),
                upload.person,
            )
        )
    ui.show_table(export.Table("", _UPLOAD_HEADINGS, tuple(rows)), "Các lần nạp", wrap=_UPLOAD_WRAP)


def show_upload(plan: Plan, upload: Upload) -> None:
    """Every reading of one upload, beside what the version before it said."""
    before = previous(plan, upload)
    old = _figures(before.id) if before else {}
    units = ui.units_of(plan)
    rows = []
    for place, reading in _figures(upload.id).items():
        held, indicator = old.get(place), plan.indicator(reading.indicator)
        differs = held is not None and held.figures != reading.figures
        rows.append(
            (
                vi.short_heading(indicator),
                units.get(reading.unit).title,
                vi.entered(indicator, reading),
                vi.entered(indicator, held) if held is not None and differs else "",
                reading.cell.sheet,
                reading.cell.address,
                reading.as_of,
            )
        )
    if upload.withdrawn:
        st.info(
            f"Đã rút lần nạp số {upload.id}: số liệu của lần này không còn được tính. {ui.plain(vi.withdrawal(upload))}.",
            icon=":material/undo:",
        )
    st.markdown(_sum(upload, before))
    ui.show_table(export.Table("", _READING_HEADINGS, tuple(rows)), "Số liệu của lần nạp")


def previous(plan: Plan, upload: Upload) -> Upload | None:
    """The version that counted before this one came."""
    same = (upload.reporter, upload.quarter)
    return next(
        (
            u
            for u in ui.uploads(plan)
            if (u.reporter, u.quarter) == same and int(u.id) < int(upload.id) and not u.withdrawn
        ),
        None,
    )


@st.cache_resource(show_spinner=False, max_entries=512)
def _read_figures(path: Path, upload: str) -> dict[Hashable, Reading]:
    return {(r.indicator, r.unit, r.quarter, r.edition): r for r in ui.store().readings(upload)}


def _figures(upload: str) -> dict[Hashable, Reading]:
    """The readings of an upload, which never change, by the place they speak of."""
    return _read_figures(ui.store().path, upload)


def compared(upload: Upload, before: Upload | None) -> tuple[int, int | None]:
    """How many readings, and how many differ from the version before; None when there is none."""
    mine = _figures(upload.id)
    if before is None:
        return len(mine), None
    old = _figures(before.id)
    return len(mine), sum(p in old and old[p].figures != r.figures for p, r in mine.items())


def _state(upload: Upload) -> str:
    if upload.withdrawn:
        return "Đã rút"
    if upload.current and upload.approved_at:
        return "Đã duyệt"
    return "Đang dùng" if upload.current else "Đã được thay thế"


def _sum(upload: Upload, before: Upload | None) -> str:
    count, changed = compared(upload, before)
    words = f"Nạp lúc {vi.moment(upload.kept_at)}, người nạp: {ui.plain(upload.person)}. {vi.number(count)} số liệu"
    if before is None or changed is None:
        return f"{words}; chưa có lần nạp nào trước đó của đơn vị cho quý này."
    return (
        f"{words}, khác {vi.number(changed)} số so với lần nạp số {before.id} ({vi.moment(before.kept_at)})."
    )


def offer_original(upload: Upload) -> None:
    """The workbook as it was sent. Two large downloads get one address unless their names differ."""
    try:
        ui.store().original(upload.id, ui.person())
    except KpiError as error:
        st.error(ui.plain(vi.refusal(error)))
        return
    st.download_button(
        "Tải tệp gốc",
        partial(ui.original, ui.store(), ui.person().login, upload.id),
        f"{PurePath(upload.filename).stem}-{upload.sha256[:12]}{PurePath(upload.filename).suffix}",
        key=f"original-{upload.id}",
        icon=":material/download:",
        on_click="ignore",
    )
