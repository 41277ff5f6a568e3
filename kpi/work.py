"""The desk of tasks: how they stand, what was told of one, and the telling of it, typed or from a form."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from kpi import ui, vi
from kpi.access import may
from kpi.model import (
    Document,
    KpiError,
    NotAllowedError,
    Person,
    Plan,
    QuarterClosedError,
    Right,
    TaskState,
    TaskUpdate,
)
from kpi.problems import TaskProblem
from kpi.tasks import (
    EVIDENCE,
    LARGEST,
    Standing,
    bad_evidence,
    before,
    by_work,
    evidence_name,
    holders,
    lean,
    may_tell,
    owners,
    told_again,
    wrong,
)
from kpi.ui import View, plain
from kpi.vi import tasks as words
from kpi.workbook import TaskDraft, blank_tasks, read_tasks

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

_COLOUR: Mapping[TaskState, str] = {
    TaskState.NOT_STARTED: "gray",
    TaskState.IN_PROGRESS: "blue",
    TaskState.DONE: "green",
    TaskState.OVERDUE: "red",
    TaskState.DROPPED: "gray",
}
_ALL = "Tất cả"
# More tasks are folded away under their streams, and their timeline scrolls in itself.
_MANY = 12
# Key of the session's state: another uploader after every keeping, which empties it.
_TURN = "task_form_turn"


# How the tasks stand.


def show_counts(found: Sequence[Standing]) -> None:
    """How many are done, under way, late, and not begun."""
    states = [standing.state for standing in found]
    late = sum(s.late for s in found if s.state is TaskState.DONE)
    counts = {
        "Hoàn thành": f"{vi.number(states.count(TaskState.DONE))}/{vi.number(len(found))}",
        "Đang thực hiện": vi.number(states.count(TaskState.IN_PROGRESS)),
        "Quá hạn": vi.number(states.count(TaskState.OVERDUE)),
        "Xong nhưng chậm": vi.number(late),
        "Chưa bắt đầu": vi.number(states.count(TaskState.NOT_STARTED)),
    }
    if dropped := states.count(TaskState.DROPPED):
        counts[vi.TASK_STATE[TaskState.DROPPED]] = vi.number(dropped)
    with st.grid(len(counts), min_column_width=120):
        for label, count in counts.items():
            st.metric(label, count)


def pick(found: Sequence[Standing]) -> list[Standing]:
    """The tasks that pass the filters; those stand in the address."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state = _filter("Tình trạng", "tinh_trang", [vi.TASK_STATE[s] for s in TaskState])
        group = _filter("Nhóm", "nhom", [s.task.group for s in found if s.task.group])
        assignee = _filter("Thực hiện", "thuc_hien", [s.task.assignee for s in found])
        late = st.toggle(
            "Chỉ việc chậm", key="chi_cham", bind="query-params", help="Quá hạn hoặc xong sau hạn."
        )
    return [
        s
        for s in found
        if state in {_ALL, vi.TASK_STATE[s.state]}
        and group in {_ALL, s.task.group}
        and assignee in {_ALL, s.task.assignee}
        and (s.late or not late)
    ]


def _filter(label: str, key: str, options: Iterable[str]) -> str:
    known = [*dict.fromkeys(options)]
    if len(known) < 2:
        return _ALL
    return st.selectbox(label, [_ALL, *known], key=key, bind="query-params")


def table(found: Iterable[Standing], keys: Iterable[str]) -> list[dict[str, str]]:
    """Those named, in two columns."""
    asked = set(keys)
    return [
        {
            "Nhiệm vụ": "  \n".join([*_name(s), *_documents(s)]),
            "Tình trạng": "  \n".join(_state(s)),
        }
        for s in found
        if s.task.key in asked
    ]


def show_table(found: Sequence[Standing], alt: str, *, chosen: bool = False) -> None:
    """All tasks under their streams; many are folded away unless they were chosen, each stream saying what is late."""
    groups = by_work(found)
    for group, works in groups.items():
        rows = [row for content, of_work in works.items() for row in _rows(content, of_work)]
        mine = [standing for of_work in works.values() for standing in of_work]
        if len(found) > _MANY and group:
            with st.expander(_folded(group, mine), expanded=chosen, key=f"{chosen}-{group}"):
                st.table(rows, border="horizontal", alt=f"{alt}, {group}")
            continue
        if group:
            st.subheader(plain(group), anchor=False)
        st.table(rows, border="horizontal", alt=f"{alt}, {group}" if group else alt)


def _folded(group: str, found: Sequence[Standing]) -> str:
    overdue = sum(s.state is TaskState.OVERDUE for s in found)
    done = sum(s.state is TaskState.DONE for s in found)
    said = f"**{plain(group)}** · xong {vi.number(done)}/{vi.number(len(found))}"
    return f"{said} · :red-badge[✖ quá hạn {vi.number(overdue)}]" if overdue else said


def _rows(content: str, of_work: Sequence[Standing]) -> list[dict[str, str]]:
    """What several were given is said once, above them."""
    if len(of_work) == 1:
        return [_line(_name(of_work[0]), of_work[0])]
    heading = {"Nhiệm vụ": f"**{plain(content)}**", "Tình trạng": "", "Văn bản, ghi chú": ""}
    return [heading, *(_line([plain(s.task.assignee), *_badges(s)], s) for s in of_work)]


def _line(name: Sequence[str], found: Standing) -> dict[str, str]:
    said = _documents(found)
    said += [f":small[Ghi chú: {plain(found.note)}]"] if found.note else []
    said += [":small[Có minh chứng]"] if found.evidence else []
    return {
        "Nhiệm vụ": "  \n".join(name),
        "Tình trạng": "  \n".join(_state(found)),
        "Văn bản, ghi chú": "  \n".join(said) or vi.NOTHING,
    }


def _name(found: Standing) -> list[str]:
    task = found.task
    return [
        f"**{plain(task.key)}.** {plain(task.content)}",
        f":small[Thực hiện: {plain(task.assignee)}]",
        *_badges(found),
    ]


def _badges(found: Standing) -> list[str]:
    badges = [":violet-badge[Phát sinh]"] if found.task.arising else []
    badges += [":violet-badge[◆ Mốc]"] if found.task.milestone else []
    return [" ".join(badges)] if badges else []


def _documents(found: Standing) -> list[str]:
    if found.result:
        return [f":small[Kết quả: {plain(vi.document(found.result))}]"]
    said = [f":small[Sản phẩm: {plain(vi.document(found.planned))}]"] if found.planned else []
    return said + ([":orange-badge[Chưa ghi văn bản kết quả]"] if _lacks_result(found) else [])


def _lacks_result(found: Standing) -> bool:
    return found.state is TaskState.DONE and not found.result


def _state(found: Standing) -> list[str]:
    said = [f":{_COLOUR[found.state]}-badge[{words.SYMBOL[found.state]} {vi.TASK_STATE[found.state]}]"]
    said += [f":small[ngày {vi.day(found.done_on)}]"] if found.done_on else []
    said += [f":orange-badge[{vi.days_late(found.days_late)}]"] if found.late else []
    told = found.updates[0].done_on if found.updates else None
    if told and not found.done_on:
        said.append(f":small[báo xong ngày {vi.day(told)}]")
    return [*said, f":small[{words.deadline(found.task)}]"]


def stamp(found: Iterable[Standing]) -> str:
    """Tells a choice of tasks from another."""
    return hashlib.sha256("\n".join(s.task.key for s in found).encode()).hexdigest()[:16]


def in_own_box(found: Sequence[Standing]) -> bool:
    """Whether the timeline is too high for the page."""
    return len(found) > _MANY


# One task.


def show_one(view: View, here: Person, found: Sequence[Standing]) -> None:
    """One task in full, and for whom it is, the telling of it."""
    st.subheader("Chi tiết một nhiệm vụ", anchor=False)
    own = [s for s in found if may_tell(here, s.task, view.plan)]
    if not own and may(here, Right.TASK):
        st.caption(
            "Bạn không có nhiệm vụ nào ở đây để cập nhật: mỗi nhiệm vụ do phòng, đơn vị được giao hoặc Văn phòng Sở cập nhật."
        )
    # One's own first: the first is shown.
    by_key = {s.task.key: s for s in [*own, *found]}
    chosen = by_key[
        st.selectbox(
            "Nhiệm vụ",
            list(by_key),
            format_func=lambda key: _label(by_key[key]),
            key=f"nhiem-vu-{view.plan.code}",
        )
    ]
    st.table([_line(_name(chosen), chosen)], border="horizontal", alt=chosen.task.content)
    if _lacks_result(chosen):
        st.warning(
            "Nhiệm vụ đã hoàn thành nhưng chưa ghi văn bản kết quả; nên bổ sung để có căn cứ xét thi đua.",
            icon=":material/description:",
        )
    if chosen.task.assumptions:
        st.markdown("\n".join(f"- {plain(note)}" for note in chosen.task.assumptions))
    _show_history(chosen)
    if may_tell(here, chosen.task, view.plan) and not _show_closed(view):
        _offer_telling(view, here, chosen)
        _offer_undo(view, here, chosen)


def _label(found: Standing) -> str:
    task = found.task
    return f"{task.key}. {task.assignee}: {task.content}" if "." in task.key else words.name(task)


def _show_closed(view: View) -> bool:
    if ui.is_closed(view.plan, view.quarter):
        st.info(vi.refusal(QuarterClosedError(view.plan.code, view.quarter)), icon=":material/lock:")
        return True
    return False


def _show_history(found: Standing) -> None:
    if not found.updates:
        st.caption("Chưa có cập nhật nào cho đến kỳ này; tình trạng lấy từ kế hoạch.")
        return
    st.markdown("**Các lần cập nhật**, mới nhất trước")
    st.table(
        [
            {
                "Kỳ": vi.quarter(update.quarter),
                "Đã ghi": plain(words.holds(update)),
                "Ai, lúc nào": plain(words.told_by(update))
                + (f"  \n:orange-badge[{vi.ILLUSTRATIVE}]" if update.illustrative else ""),
            }
            for update in found.updates
        ],
        border="horizontal",
        alt=f"Các lần cập nhật {found.task.key}",
    )
    proofs = {u.evidence_sha256: u for u in reversed(found.updates) if u.evidence}
    with st.container(horizontal=True):
        for update in proofs.values():
            _offer_evidence(update)


def _offer_evidence(update: TaskUpdate) -> None:
    """Two large downloads get one address unless their names differ."""
    stem, dot, ending = update.evidence.rpartition(".")
    st.download_button(
        f"Minh chứng {vi.quarter(update.quarter)}: {plain(update.evidence)}",
        partial(ui.evidence, ui.store(), ui.person().login, update.id),
        f"{stem}-{update.evidence_sha256[:12]}{dot}{ending}",
        key=f"evidence-{update.id}",
        icon=":material/attach_file:",
        on_click="ignore",
    )


def _offer_telling(view: View, here: Person, found: Standing) -> None:
    held = told_again(found, view.quarter)
    # Another form after every update: what is typed begins with what stands.
    key = f"{found.task.key}-{view.quarter}-{found.updates[0].id if found.updates else 0}"
    with st.form(f"tell-{key}", enter_to_submit=False):
        st.markdown(f"**Cập nhật cho {vi.quarter(view.quarter)}**")
        first, second = st.columns(2)
        state = first.selectbox(
            words.STATE, list(words.STATES), index=words.TELLABLE.index(held.state), key=f"state-{key}"
        )
        done_on = second.date_input(
            words.DONE_ON, held.done_on, min_value=date(2000, 1, 1), format="DD/MM/YYYY", key=f"done-{key}"
        )
        result = _ask_document(words.RESULT, held.result, f"result-{key}")
        with st.expander(f"{words.PLANNED} (chỉ sửa khi khác kế hoạch)"):
            planned = _ask_document("", held.planned, f"planned-{key}")
        note = st.text_area(words.NOTE, held.note, key=f"note-{key}", height=90)
        file = st.file_uploader(
            f"Tệp minh chứng ({', '.join(e for e in EVIDENCE if e != 'jpeg').upper()}, không quá {vi.size(LARGEST)})"
            + (f". Đang giữ: {plain(held.evidence)}" if held.evidence else ""),
            max_upload_size=5,
            key=f"proof-{key}",
        )
        if st.form_submit_button("Lưu cập nhật", type="primary", icon=":material/save:"):
            told = replace(
                held,
                state=words.STATES[state],
                done_on=done_on,
                result=result,
                planned=planned,
                note=note.strip(),
            )
            _keep_typed(view, here, found, _freed(held, told), file)


def _ask_document(heading: str, held: Document, key: str) -> Document:
    if heading:
        st.markdown(f"**{heading}**")
    title = st.text_input(words.TITLE, held.title, key=f"title-{key}")
    first, second, third = st.columns(3)
    number = first.text_input(words.NUMBER, held.number, key=f"number-{key}", placeholder="676/QĐ-UBND")
    signed_on = second.date_input(
        words.SIGNED_ON, held.signed_on, min_value=date(2000, 1, 1), format="DD/MM/YYYY", key=f"signed-{key}"
    )
    issuer = third.text_input(words.ISSUER, held.issuer, key=f"issuer-{key}")
    return Document(" ".join(title.split()), " ".join(number.split()), signed_on, " ".join(issuer.split()))


def _freed(held: TaskUpdate, told: TaskUpdate) -> TaskUpdate:
    """What is no longer done has no day and no result, unless somebody typed other ones: that is a mistake."""
    if told.state is TaskState.DONE:
        return told
    return replace(
        told,
        done_on=None if told.done_on == held.done_on else told.done_on,
        result=Document() if told.result == held.result else told.result,
    )


def _keep_typed(
    view: View, here: Person, found: Standing, told: TaskUpdate, file: UploadedFile | None
) -> None:
    mistakes: list[TaskProblem] = wrong(view.plan, told, ui.today())
    proof = {}
    if file is not None:
        content = file.getvalue()
        mistakes += [bad] if (bad := bad_evidence(file.name, content)) else []
        told, proof = replace(told, evidence=evidence_name(file.name)), {told.task: content}
    for mistake in mistakes:
        st.error(plain(words.explain(mistake)), icon=":material/error:")
    if not mistakes and not proof and not words.differences(told_again(found, view.quarter), told):
        st.info(plain(words.unchanged(told.task)))
    elif not mistakes:
        keep = partial(ui.store().tasks.keep, view.plan, [lean(found.task, told)], here, evidence=proof)
        _do(f"Đã lưu cập nhật nhiệm vụ {plain(told.task)}, {vi.quarter(told.quarter)}.", keep)


def _offer_undo(view: View, here: Person, found: Standing) -> None:
    earlier = before(found, view.quarter)
    if earlier is None:
        return
    with st.popover("Khôi phục lần trước", icon=":material/undo:", key=f"undo-box-{found.updates[0].id}"):
        st.markdown(
            f"Ghi lại nhiệm vụ như trước lần cập nhật mới nhất của {vi.quarter(view.quarter)}. "
            "Không xóa gì: lần mới nhất vẫn nằm trong lịch sử."
        )
        st.markdown(f"> {plain(words.holds(earlier))}")
        if st.button("Khôi phục", key=f"undo-{found.updates[0].id}", type="primary"):
            keep = partial(ui.store().tasks.keep, view.plan, [lean(found.task, earlier)], here)
            _do(f"Đã khôi phục nhiệm vụ {plain(found.task.key)} như lần trước.", keep)


def _do(said: str, act: Callable[[], object]) -> None:
    try:
        act()
    except KpiError as error:
        ui.show_refusal(error)
        return
    ui.say_and_rerun(said)


# A form for many tasks at once.


def offer_forms(view: View, here: Person) -> None:
    """The blank form of whoever's tasks one may tell of, and the way back in."""
    own = {code: name for code, name in owners(view.plan).items() if may(here, Right.TASK, code, view.plan)}
    if not own:
        return
    # A key of its own: what stands above comes and goes, and the open box must stay open.
    with st.expander("Cập nhật bằng Excel", icon=":material/table_view:", key="task-forms"):
        if not _show_closed(view):
            owner = st.selectbox(
                "Đơn vị, phòng thực hiện",
                list(own),
                format_func=own.__getitem__,
                key=f"task-owner-{view.plan.code}",
            )
            st.download_button(
                f"Tải biểu nhiệm vụ {vi.quarter(view.quarter)}",
                partial(blank_tasks, view.plan, owner, view.quarter, ui.standings(view)),
                f"nhiem-vu-{owner or 'chung'}-{view.quarter}.xlsx",
                key="blank-tasks",
                icon=":material/download:",
                on_click="ignore",
            )
        file = st.file_uploader(
            "Nạp biểu nhiệm vụ đã điền (.xlsx). Chưa có gì được lưu khi bạn chưa bấm nút.",
            max_upload_size=5,
            key=f"task-form-{_turn()}",
        )
        if file is not None:
            _show_draft(here, _read(file.getvalue(), file.name))


def offer_editor(here: Person) -> None:
    """Where work that came after the plan is added."""
    if may(here, Right.PLAN):
        st.page_link(
            "pages/plan/editor.py", label="Thêm nhiệm vụ phát sinh, sửa nhiệm vụ", icon=":material/edit:"
        )


def _turn() -> int:
    return int(st.session_state.get(_TURN, 0))


def _read(content: bytes, filename: str) -> TaskDraft:
    sha256 = hashlib.sha256(content).hexdigest()
    return _read_once(content, sha256, filename, ui.today(), ui.store().path, ui.store().revision)


@st.cache_resource(show_spinner="Đang đọc tệp…", max_entries=16)
def _read_once(
    _content: bytes, sha256: str, filename: str, today: date, path: Path, revision: int
) -> TaskDraft:
    return read_tasks(filename, _content, ui.plans(), ui.store().tasks.updates, today)


def _show_draft(here: Person, draft: TaskDraft) -> None:
    """What a form says: all that is wrong, or what would change, and then the keeping of it."""
    with st.container(border=True):
        st.text(f"Tệp: {draft.filename}")
        ui.show_mistakes([(p.at, words.explain(p)) for p in draft.problems], draft.sha256)
        if draft.plan is None or draft.quarter is None:
            return
        plan, quarter = draft.plan, draft.quarter
        st.markdown(plain(words.read_summary(plan, owners(plan)[draft.owner], quarter, len(draft.changes))))
        for notice in draft.notices:
            st.info(plain(words.notice(notice)), icon=":material/info:")
        foreign = [c.old.task for c in draft.changes if not may_tell(here, c.old.task, plan)]
        if foreign:
            refused = NotAllowedError(here, Right.TASK, owners(plan)[holders(foreign[0])[0]])
            st.error(plain(vi.refusal(refused)), icon=":material/lock:")
            return
        if ui.is_closed(plan, quarter):
            st.error(vi.refusal(QuarterClosedError(plan.code, quarter)), icon=":material/lock:")
            return
        _show_changes(draft)
        if (
            draft.clean
            and draft.changes
            and st.button(
                f"Lưu cập nhật {vi.number(len(draft.changes))} nhiệm vụ", type="primary", key="keep-tasks"
            )
        ):
            _do(
                f"{words.kept(len(draft.changes))} Tệp: {plain(draft.filename)}.",
                partial(_keep_form, plan, draft, here),
            )


def _keep_form(plan: Plan, draft: TaskDraft, here: Person) -> None:
    ui.store().tasks.keep(plan, draft.updates, here, workbook=draft.content)
    st.session_state[_TURN] = _turn() + 1


def _show_changes(draft: TaskDraft) -> None:
    if draft.problems or not draft.changes or draft.quarter is None:
        return
    rows = [
        {
            "Nhiệm vụ": plain(change.new.task),
            "Mục": name,
            "Đang ghi nhận": plain(was) or vi.NOTHING,
            "Trong tệp": plain(now) or vi.NOTHING,
        }
        for change in draft.changes
        for name, was, now in words.differences(told_again(change.old, draft.quarter), change.new)
    ]
    st.table(rows, border="horizontal", alt="Những gì sẽ thay đổi")
