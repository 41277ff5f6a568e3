"""The desk at which a plan is changed: every change is shown before it is saved, and can be taken back after."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path

import streamlit as st

from kpi import plan as plan_files
from kpi import ui, vi
from kpi.model import Behaviour, Indicator, Kind, KpiError, Nominee, Person, Plan
from kpi.plan import PlanError, editing
from kpi.store import PlanChange
from kpi.ui import View, plain
from kpi.vi import plans as words
from kpi.vi import report as report_words
from kpi.workbook.values import number

Step = Callable[[str], str]
"""One change of a text."""
_ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}
_ELSEWHERE = "Nơi khác"
_DIFF_LINES = 200
_NOMINEES = {Nominee.COLLECTIVE: "Tập thể", Nominee.INDIVIDUAL: "Cá nhân"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A plan, the file it stands in today, and who would change it."""

    plan: Plan
    path: Path
    here: Person

    @property
    def text(self) -> str:
        return self.plan.source

    @property
    def target(self) -> Path:
        """Where a change is written: never over what came with the program."""
        return plan_files.overlay(ui.store().path) / self.path.name

    def key(self, name: str) -> str:
        """Of a widget that begins anew with every text of the plan."""
        return f"{name}-{self.plan.code}-{self.plan.text[:8]}"


def open_sheet(plan: Plan, here: Person) -> Sheet:
    path = next(path for path in ui.plan_paths() if path.stem == plan.code)
    return Sheet(plan, path, here)


def show_standing(sheet: Sheet) -> None:
    """What the plan is called, since when it says what it says, where it lies, and what is doubtful in it."""
    plan, newest = sheet.plan, _newest(sheet.plan)
    with st.container(border=True):
        st.markdown(
            f"**{plain(plan.title)}**  \n{plain(plan.issuer)}, {plain(report_words.cited(plan.number, plan.issued))}"
        )
        st.markdown(
            f"Thời gian: {vi.day(plan.start)} – {vi.day(plan.end)}  \n"
            f"Bản đang dùng: `{plan.text[:10]}`, "
            + (
                "đã sửa trong chương trình"
                if sheet.path == sheet.target
                else "tệp gốc, chưa sửa trong chương trình"
            )
            + (f", ghi nhận lúc {vi.moment(newest.at)}, {plain(_who(newest))}" if newest else "")
        )
        st.caption(f"Tệp: {plain(sheet.path.name)}")
        _show_consequences(plan)
        _show_doubts(sheet)
        _offer_going_back(sheet)


def _show_consequences(plan: Plan) -> None:
    closed = [vi.quarter(q) for q in plan.quarters if ui.is_closed(plan, q)]
    handed_out = len(ui.store().exports.snapshots(plan.code))
    told = []
    if closed:
        told.append(
            f"Đã chốt {', '.join(closed)}: sửa kế hoạch thì đánh giá của các kỳ ấy cũng tính lại theo bản mới."
        )
    if handed_out:
        told.append(
            f"Đã xuất {vi.number(handed_out)} báo cáo: các báo cáo ấy vẫn giữ và ghi rõ bản kế hoạch lúc xuất."
        )
    if told:
        st.warning("  \n".join(told), icon=":material/history:")


def _show_doubts(sheet: Sheet) -> None:
    doubts = [fault for fault in _examine(sheet, sheet.text) if fault]
    if doubts:
        with st.expander(
            f"Điều cần xem lại trong kế hoạch ({vi.number(len(doubts))})", icon=":material/rule:"
        ):
            st.markdown("\n".join(f"- {plain(doubt)}" for doubt in doubts))


def _examine(sheet: Sheet, text: str) -> list[str]:
    return [vi.fault(found) for found in plan_files.examine(sheet.path, text.encode(), ui.directory())]


# --- going back ---


def offer_mending(here: Person) -> None:
    """For every plan file that cannot be read: the last text that could be, to be used again."""
    for error in ui.broken_plans():
        with st.container(border=True):
            st.markdown(
                f"Tệp kế hoạch **{plain(error.path.name)}** đang hỏng nên kế hoạch này không được dùng."
            )
            found = _last_good(error.path)
            if found is None:
                st.markdown(f"Chưa giữ bản nào đọc được. Hãy sửa tệp {plain(str(error.path))} bằng tay.")
            elif st.button(
                "Trở về bản trước", key=f"mend-{error.path.stem}", icon=":material/undo:", type="primary"
            ):
                _replace(
                    error.path, found, here, f"Kế hoạch {error.path.stem} đã trở về bản đọc được gần nhất."
                )


def _last_good(path: Path) -> str | None:
    texts = [ui.store().plans.text(kept.sha256) for kept in ui.store().plans.texts(path.stem)]
    texts += [plan_files.decode(p.read_bytes()) for p in _originals() if p.name == path.name and p != path]
    return next((text for text in texts if _plan_of(path, text)), None)


def _plan_of(path: Path, text: str) -> Plan | None:
    try:
        return plan_files.loads(path, text.encode(), ui.directory())
    except PlanError:
        return None


def _previous(sheet: Sheet) -> Plan | None:
    """What the plan said before the newest change made here, when that can still be read."""
    if sheet.path != sheet.target:
        return None
    plans = ui.store().plans
    kept = {found.sha256 for found in plans.texts(sheet.plan.code)} - {sheet.plan.text}
    earlier = (plans.text(c.before) for c in plans.changes(sheet.plan.code) if c.before in kept)
    return next((plan for text in earlier if (plan := _plan_of(sheet.path, text))), None)


def _newest(plan: Plan) -> PlanChange | None:
    """The change by which the plan came to say what it says."""
    return next((c for c in ui.store().plans.changes(plan.code) if c.after == plan.text), None)


def _offer_going_back(sheet: Sheet) -> None:
    before = _previous(sheet)
    if before is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Trở về bản trước", key="go-back", icon=":material/undo:"):
            _use_again(sheet, before)
        st.markdown(_list(words.differences(sheet.plan, before)), width="stretch")


def _use_again(sheet: Sheet, before: Plan) -> None:
    said = f"Đã trở về bản {before.text[:10]}.\n\n{_list(words.differences(sheet.plan, before))}"
    _replace(sheet.path, before.source, sheet.here, said)


# --- changes ---


def offer_targets(sheet: Sheet) -> None:
    """Target, room and milestones of one indicator."""
    plan = sheet.plan
    by_number = {i.number: i for i in plan.indicators}
    chosen = by_number[
        st.selectbox(
            "Chỉ tiêu",
            list(by_number),
            format_func=lambda n: vi.short_heading(by_number[n]),
            key=f"indicator-{plan.code}",
        )
    ]
    st.caption(plain(chosen.name))
    steps: list[Step | None] = []
    with st.container(horizontal=True, vertical_alignment="top"):
        if chosen.target is not None:
            steps.append(_ask_target(sheet, chosen))
        steps.append(_ask_owner(sheet, "indicator", chosen.number, words.room_of(plan, chosen.number)))
    if chosen.target is not None and chosen.behaviour in {Behaviour.STOCK, Behaviour.DISTINCT}:
        steps.append(_ask_milestones(sheet, chosen))
    _offer(sheet, "indicator", steps)


def _misread(text: str) -> str:
    """Stands for a change that cannot be understood: while there is one, nothing is saved."""
    return text


def _ask_target(sheet: Sheet, i: Indicator) -> Step | None:
    before = i.target.value if i.target else Decimal(0)
    label = "Chỉ tiêu giao (%)" if i.kind is Kind.SHARE else f"Chỉ tiêu giao ({i.unit_of_measure})"
    given = st.text_input(
        f"{label}, tối thiểu", vi.number(before), key=sheet.key(f"target-{i.number}"), max_chars=20, width=260
    )
    value = _read_number(given)
    if value is None:
        if not (given or "").strip():
            st.error("Hãy ghi mức chỉ tiêu giao.")
        return _misread
    return None if value == before else partial(editing.change_target, number=i.number, value=value)


def _ask_owner(sheet: Sheet, table: editing.Table, key: str, before: str | None) -> Step | None:
    rooms = {"": words.NO_ROOM.capitalize(), **{room.code: room.name for room in sheet.plan.rooms}}
    codes = list(rooms)
    code = st.selectbox(
        "Phòng phụ trách",
        codes,
        codes.index(before or ""),
        format_func=rooms.__getitem__,
        key=sheet.key(f"room-{table}-{key}"),
        width=360,
    )
    if code == (before or ""):
        return None
    return partial(editing.change_owner, table=table, key=key, room=code or None)


def _ask_milestones(sheet: Sheet, i: Indicator) -> Step | None:
    values: dict[int, Decimal] = {}
    wrong = False
    with st.container(horizontal=True):
        for quarter, roman in _ROMAN.items():
            before = i.milestones.get(quarter)
            given = st.text_input(
                f"Mốc quý {roman}",
                "" if before is None else vi.number(before),
                key=sheet.key(f"q{quarter}-{i.number}"),
                max_chars=20,
                width=110,
            )
            value = _read_number(given)
            wrong |= value is None and bool((given or "").strip())
            if value is not None:
                values[quarter] = value
    st.caption("Mốc để trống thì tiến độ tính theo đường thẳng từ số cuối năm trước đến chỉ tiêu giao.")
    if wrong:
        return _misread
    if values == dict(i.milestones):
        return None
    return partial(editing.change_milestones, number=i.number, values=values)


def _read_number(given: str | None) -> Decimal | None:
    """A number as people type it; what is no number, or could be two, is said and is None."""
    text = (given or "").strip().removesuffix("%").strip()
    readings = number(text) if text else ()
    if text and not readings:
        st.error(f"“{plain(text)}” không phải là số. Hãy ghi như 82 hoặc 82,5.")
    if len(readings) > 1:
        ways = " hoặc ".join(vi.number(reading) for reading in readings)
        st.error(
            f"“{plain(text)}” đọc được hai cách: {ways}. Hãy ghi số nghìn không có dấu chấm, "
            "số lẻ với dấu phẩy và một hoặc hai chữ số sau dấu phẩy."
        )
    return readings[0] if len(readings) == 1 else None


def offer_tasks(sheet: Sheet) -> None:
    """Room and days of one task or milestone."""
    tasks = words.once(sheet.plan)
    if not tasks:
        st.info("Kế hoạch này không giao nhiệm vụ nào. Nhiệm vụ mới thêm ở thẻ “Nhiệm vụ phát sinh”.")
        return
    key = st.selectbox(
        "Nhiệm vụ",
        list(tasks),
        format_func=lambda k: f"{k}. {tasks[k].content}",
        key=f"task-{sheet.plan.code}",
    )
    task = tasks[key]
    with st.container(horizontal=True, vertical_alignment="top"):
        start = st.date_input(
            "Bắt đầu", task.start, key=sheet.key(f"start-{key}"), format="DD/MM/YYYY", width=160
        )
        due = st.date_input(
            "Hạn hoàn thành", task.due, key=sheet.key(f"due-{key}"), format="DD/MM/YYYY", width=160
        )
        owner = _ask_owner(sheet, "task", key, task.room)
    moved = (start, due) != (task.start, task.due)
    dates = partial(editing.change_dates, key=key, start=start, due=due) if moved else None
    _offer(sheet, "task", [dates, owner])


def offer_new_task(sheet: Sheet) -> None:
    plan = sheet.plan
    rooms = {**{room.code: room.name for room in plan.rooms}, "": _ELSEWHERE}
    content = st.text_area("Nội dung", key=sheet.key("new-content"), max_chars=1000, height=90)
    with st.container(horizontal=True, vertical_alignment="top"):
        room = st.selectbox(
            "Nơi thực hiện", list(rooms), format_func=rooms.__getitem__, key=sheet.key("new-room"), width=360
        )
        name = (
            ""
            if room
            else st.text_input("Tên nơi thực hiện", key=sheet.key("new-name"), max_chars=200, width=300)
        )
        start = st.date_input(
            "Bắt đầu", plan.start, key=sheet.key("new-start"), format="DD/MM/YYYY", width=160
        )
        due = st.date_input(
            "Hạn hoàn thành", plan.end, key=sheet.key("new-due"), format="DD/MM/YYYY", width=160
        )
    output = st.text_input(
        "Sản phẩm", key=sheet.key("new-output"), max_chars=300, placeholder="Ví dụ: Quyết định phê duyệt"
    )
    content, assignee = (content or "").strip(), rooms[room] if room else (name or "").strip()
    lacking = "nội dung" if not content else "nơi thực hiện" if not assignee else ""

    def add(text: str) -> str:
        more = {"output": (output or "").strip()}
        return editing.add_task(text, content, start, due, assignee=assignee, room=room or None, **more)[0]

    _offer(
        sheet,
        "new-task",
        [None if lacking else add],
        f"Hãy ghi {lacking}." if lacking else "",
        "Thêm nhiệm vụ",
    )


def offer_criteria(sheet: Sheet) -> None:
    """Whether nobody is proposed who does not fulfil a criterion."""
    if not sheet.plan.criteria:
        st.info("Kế hoạch này không ghi tiêu chí khen thưởng nào.")
        return
    st.caption("Tiêu chí bắt buộc: không đạt thì không được đề nghị khen thưởng.")
    steps: list[Step | None] = []
    for nominee, heading in _NOMINEES.items():
        own = [criterion for criterion in sheet.plan.criteria if criterion.nominee is nominee]
        if own:
            st.markdown(f"**{heading}**")
        for criterion in own:
            on = st.toggle(
                f"{plain(criterion.text)} :small[({plain(criterion.clause)})]",
                criterion.blocking,
                key=sheet.key(f"blocking-{criterion.key}"),
            )
            changed = on != criterion.blocking
            steps.append(
                partial(editing.change_blocking, key=criterion.key, blocking=on) if changed else None
            )
    _offer(sheet, "criteria", steps)


def _offer(
    sheet: Sheet,
    name: str,
    steps: Sequence[Step | None],
    nothing: str = "Chưa có gì thay đổi.",
    label: str = "Lưu thay đổi",
) -> None:
    """What would change, and the button that does it. The button stays in its place, so that no click is lost."""
    pressed = st.button(label, key=f"save-{name}", type="primary", icon=":material/save:")
    text = sheet.text
    if _misread in steps:
        st.caption("Chưa lưu được: hãy sửa chỗ ghi chưa rõ ở trên.")
        return
    try:
        for step in filter(None, steps):
            text = step(text)
        after = sheet.plan
        if text != sheet.text:
            after = plan_files.loads(sheet.target, text.encode(), ui.directory())
    except KpiError as error:
        ui.show_refusal(error)
        return
    if after is sheet.plan:
        if pressed:
            st.error(nothing)
        else:
            st.caption(nothing)
        return
    changes = words.differences(sheet.plan, after)
    st.markdown(f"Sẽ thay đổi:\n\n{_list(changes)}")
    new = [said for said in _examine(sheet, text) if said not in _examine(sheet, sheet.text)]
    if new:
        st.warning("\n".join(f"- {plain(said)}" for said in new), icon=":material/rule:")
    if pressed:
        _replace(
            sheet.path, text, sheet.here, f"Đã lưu. Muốn bỏ thì bấm “Trở về bản trước”.\n\n{_list(changes)}"
        )


def _list(said: Sequence[str]) -> str:
    return "\n".join(f"- {plain(one)}" for one in said)


def _replace(path: Path, text: str, here: Person, said: str) -> None:
    """Let a plan's file say something else, in the folder beside the store; what the data folder says needs no file there."""
    seen, content = path.read_bytes(), text.encode()
    try:
        before = plan_files.decode(seen)
    except UnicodeDecodeError:
        before = None
    target = plan_files.overlay(ui.store().path) / path.name
    original = any(p.name == path.name and p.read_bytes() == content for p in _originals() if p != target)
    write = partial(plan_files.write, target, None if original else content, path, seen)
    _do(path.stem, before, text, here, write, said)


def _originals() -> list[Path]:
    """The plan files of the data folder."""
    return plan_files.paths(ui.data_folder())


def _do(
    code: str, before: str | None, after: str | None, here: Person, write: Callable[[], Path], said: str
) -> None:
    try:
        ui.store().plans.edit(code, before, after, here, write)
    except KpiError as error:
        ui.show_refusal(error)
        return
    ui.say_and_rerun(said)


# --- texts ---


def show_texts(sheet: Sheet) -> None:
    """Every text the plan had, what each changed, and each of them to be carried away or used again."""
    plans = ui.store().plans
    people = {person.login: person for person in ui.store().people.everybody()}
    kept = {found.sha256 for found in plans.texts(sheet.plan.code)}
    changes = [c for c in plans.changes(sheet.plan.code) if c.after in kept]
    if not changes:
        st.info("Chưa có bản nào được giữ. Mỗi lần sửa, bản cũ và bản mới đều được giữ ở đây, không bị xóa.")
        return
    by_event = {c.event: c for c in changes}

    def named(event: int) -> str:
        change = by_event[event]
        now = " (đang dùng)" if change == _newest(sheet.plan) else ""
        return f"{vi.moment(change.at)}, {vi.who(change.person, people)}: {change.after[:10]}{now}"

    chosen = by_event[st.selectbox("Bản kế hoạch", list(by_event), format_func=named, key=sheet.key("text"))]
    text = plans.text(chosen.after)
    _show_difference(plans.text(chosen.before) if chosen.before in kept else "", text)
    with st.container(horizontal=True):
        st.download_button(
            "Tải bản này",
            text.encode(),
            f"{sheet.plan.code}-{chosen.after[:10]}.toml",
            "application/toml",
            key="download-text",
            icon=":material/download:",
            on_click="ignore",
        )
        again = None if chosen.after == sheet.plan.text else _plan_of(sheet.path, text)
        if again and st.button("Dùng lại bản này", key="use-text", icon=":material/undo:"):
            _use_again(sheet, again)


def _show_difference(before: str, after: str, beside: str = "bản trước") -> None:
    if not before:
        st.caption("Bản đầu tiên được giữ, không có bản trước để so sánh.")
        return
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    changed = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    st.caption(f"So với {beside}: dòng bắt đầu bằng dấu − là dòng cũ, dấu + là dòng mới.")
    st.code("\n".join(changed[:_DIFF_LINES]) or "(không khác)", language="diff", wrap_lines=True)
    if len(changed) > _DIFF_LINES:
        st.caption(f"… và {vi.number(len(changed) - _DIFF_LINES)} dòng nữa.")


def _who(change: PlanChange) -> str:
    return vi.who(change.person, {person.login: person for person in ui.store().people.everybody()})


# --- next year's plan ---


def offer_copy(sheet: Sheet) -> None:
    """A plan for the time after this one, with everything of it that can be carried on."""
    plan = sheet.plan
    length = plan.end.year - plan.start.year + 1
    year, years = plan.end.year + length, range(plan.start.year, plan.end.year + 1)
    st.markdown(
        f"Chép kế hoạch này sang giai đoạn sau: mọi ngày chuyển sang {vi.number(length)} năm sau; bỏ kết quả đã thực hiện và nhiệm vụ "
        "phát sinh; số và ngày ban hành để trống. Chỉ tiêu giao được giữ nguyên: **phải sửa theo văn bản mới**."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        code = st.text_input(
            "Mã kế hoạch mới",
            words.in_years(plan.code, years, length),
            key=sheet.key("copy-code"),
            max_chars=60,
            width=300,
        )
    code = (code or "").strip()
    reached = _reached(plan)
    baselines: Mapping[str, Decimal] = {}
    if reached and st.checkbox(
        "Lấy kết quả cuối kế hoạch này làm số cuối năm trước", True, key=sheet.key("baselines")
    ):
        baselines = {i.number: value for i, value in reached}
        st.markdown(
            "\n".join(
                f"- {plain(vi.short_heading(i))}: {vi.figure(i, Fraction(value))}" for i, value in reached
            )
        )
    pressed = st.button("Tạo kế hoạch", key="create", type="primary", icon=":material/content_copy:")
    target = plan_files.overlay(ui.store().path) / f"{code}.toml"
    if any(path.stem == code for path in ui.plan_paths()):
        st.error(f"Đã có kế hoạch mang mã “{plain(code)}”. Hãy đặt mã khác.")
        return
    try:
        text = editing.copy(sheet.text, code, year, baselines)
        made = plan_files.loads(target, text.encode(), ui.directory())
    except plan_files.PlanError as error:
        st.warning(
            "Chưa tạo được: chuyển sang giai đoạn sau thì có chỗ không còn đúng. Nếu tỉnh, huyện trong kế hoạch đã sắp xếp lại, "
            "hãy lập kế hoạch mới cho đơn vị hiện nay từ tệp kế hoạch (xem README)."
        )
        st.markdown("\n".join(f"- {plain(vi.fault(found))}" for found in error.faults if not found.warning))
        return
    except KpiError as error:
        ui.show_refusal(error)
        return
    with st.expander("Sẽ khác kế hoạch này ở những dòng sau", icon=":material/difference:"):
        _show_difference(sheet.text, text, "kế hoạch này")
    if pressed:
        said = f"Đã tạo kế hoạch {code}: {made.title}. Hãy chọn kế hoạch ấy ở đầu trang để sửa chỉ tiêu giao."
        _do(
            code,
            None,
            text,
            sheet.here,
            partial(plan_files.write, target, text.encode(), target, None),
            plain(said),
        )


def _reached(plan: Plan) -> list[tuple[Indicator, Decimal]]:
    """What each indicator that starts from a number had reached when the plan ended, as it is printed."""
    view = View(plan, ui.units_of(plan), plan.quarters[-1], closed=True, revision=ui.store().revision)
    return [
        (row.indicator, vi.rounded(row.value, row.target))
        for row in ui.assessments(view)
        if row.value is not None and row.target is not None and row.indicator.behaviour is Behaviour.STOCK
    ]


def offer_removal(sheet: Sheet) -> None:
    """A plan that was made here, and for which nothing was sent or handed out, may be put away again."""
    plan, store = sheet.plan, ui.store()
    own = sheet.path == sheet.target and sheet.path.name not in {p.name for p in _originals()}
    used = ui.uploads(plan) or ui.updates(plan) or store.exports.snapshots(plan.code)
    if not own or used:
        return
    st.markdown("Kế hoạch này được tạo ở đây và chưa có số liệu nào. Nội dung của nó vẫn được giữ khi bỏ.")
    if st.button("Bỏ kế hoạch này", key="remove", icon=":material/delete:"):
        remove = partial(plan_files.write, sheet.target, None, sheet.path, sheet.text.encode())
        _do(plan.code, sheet.text, None, sheet.here, remove, f"Đã bỏ kế hoạch {plan.code}.")
