"""The desk of awards: who fulfils what, the council's word, the list of people, and the papers of a dossier."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from kpi import forms as form_files
from kpi import plan as plan_files
from kpi import ui, vi
from kpi.awards import (
    Council,
    Hearing,
    Paper,
    Proposal,
    Ruling,
    by_subject,
    dossier_before,
    hear,
    newest_year,
    papers,
    proposal,
)
from kpi.export import dossier as dossiers
from kpi.forms import Form, valid
from kpi.model import Document, Judgement, KpiError, Member, Person, Plan, Receipt, Round, Rule
from kpi.reasons import Verdict
from kpi.store.database import now
from kpi.ui import plain
from kpi.vi import awards as words
from kpi.workbook import MemberDraft, blank_members, read_members

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

_VERDICT_COLOUR: Mapping[Verdict, str] = {
    Verdict.MET: "green",
    Verdict.NOT_MET: "red",
    Verdict.UNDECIDED: "gray",
}
_PROPOSAL: Mapping[Proposal, str] = {
    Proposal.PROPOSABLE: ":green-badge[✔ {}]",
    Proposal.INELIGIBLE: ":red-badge[✖ {}]",
    Proposal.INCOMPLETE: ":gray-badge[○ {}]",
}
_COUNCIL: Mapping[Council, str] = {
    Council.AWAITED: "chờ Hội đồng",
    Council.YES: "Hội đồng xác nhận",
    Council.NO: "Hội đồng không công nhận",
    Council.NONE: "",
}
_SAYS: Mapping[str, bool | None] = {"Đạt": True, "Không đạt": False, "Rút lại ý kiến đã ghi": None}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Keys of the session's state: another uploader after every keeping, which empties it; the name typed last.
_TURN, _JUDGED_BY = "members_turn", "judged_by"
# Stands in the address.
_YEAR = "nam_bx"
_NO_NAMES = "Ghi chú được giữ lâu dài: không ghi xếp loại, kỷ luật của cá nhân ở đây."


@dataclass(frozen=True, slots=True)
class Case:
    """One round of a plan before the council."""

    plan: Plan
    hearing: Hearing
    receipts: tuple[Receipt, ...]
    illustrative: bool

    @property
    def round(self) -> Round:
        return self.hearing.round

    @property
    def subjects(self) -> dict[str, str]:
        """Code -> name, rooms first."""
        return dossiers.subjects(self.plan, self.hearing)

    @property
    def rulings(self) -> dict[str, list[Ruling]]:
        return by_subject(self.hearing.rulings)

    def key(self, name: str) -> str:
        """Of a widget: what was typed for one round is not there in another."""
        return name if len(self.plan.rounds) == 1 else f"{name}-{self.round.year}"

    def room(self, subject: str) -> str:
        """The room somebody belongs to, or that it is itself."""
        return next((m.room for m in self.hearing.members or () if m.code == subject), subject)


def open_case(here: Person, title: str) -> Case:
    """Choose the plan and the round, and look at everything; the page stops when the plan has no criteria."""
    head = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        plan = ui.pick_plan()
        year = _pick_year(plan)
        ui.show_label(plan)
    with head:
        ui.page_title(title + words.of_year(plan, year))
    st.sidebar.caption(f"**{plain(plan.issuer)}**  \n{plain(plan.title)}")
    if not plan.criteria or not plan.rooms:
        st.info(
            "Kế hoạch này chưa ghi tiêu chuẩn khen thưởng hoặc chưa có phòng, đơn vị nào. "
            "Hãy thêm ở trang “Kế hoạch” hoặc trong tệp kế hoạch ([[criterion]], [[room]])."
        )
        st.stop()
    store = ui.store()
    receipts = tuple(store.awards.receipts(plan.code, year))
    return Case(plan, _hear(plan, year, here, ui.today()), receipts, store.illustrative(plan.code))


def _pick_year(plan: Plan) -> int:
    """The round of a plan over several years; at first the newest with figures."""
    years = [str(r.year) for r in plan.rounds]
    newest = str(newest_year(plan, ui.readings(plan)))
    if len(years) == 1:
        return plan.rounds[0].year
    named = st.session_state.get(_YEAR) or st.query_params.get(_YEAR)
    # Said again on every run, as the quarter of a view is.
    st.session_state[_YEAR] = named if named in years else newest
    chosen = st.selectbox(
        "Năm bình xét", years, None, key=_YEAR, required=True, bind="query-params", width=140
    )
    return int(chosen or newest)


def _hear(plan: Plan, year: int, here: Person, day: date) -> Hearing:
    store = ui.store()
    return hear(
        plan,
        ui.units_of(plan),
        ui.readings(plan),
        ui.updates(plan),
        store.awards.members(plan, year, here, ui.today()),
        store.awards.judgements(plan.code, year),
        day,
        year=year,
        closed=ui.is_closed(plan, plan.round(year).quarter),
    )


# Who fulfils what.


def show_proposals(case: Case) -> None:
    """Every nominee with what is proposed, and a mark for each criterion."""
    st.caption(words.ONLY_PROPOSED)
    if ui.today() <= case.round.end and not ui.is_closed(case.plan, case.round.quarter):
        term = "Kế hoạch" if len(case.plan.rounds) == 1 else "Năm bình xét"
        st.info(
            f"{term} còn đến ngày {vi.day(case.round.end)}: chỉ tiêu chưa tới mức giao chưa bị coi là không đạt.",
            icon=":material/schedule:",
        )
    for nominee, title in words.NOMINEE.items():
        found = {s: r for s, r in case.rulings.items() if r[0].nominee is nominee}
        if not found:
            continue
        st.subheader(title, anchor=False)
        st.table(
            [_proposal_row(rulings) for rulings in found.values()],
            border="horizontal",
            hide_index=True,
            alt=f"Đề xuất, {title.lower()}",
        )
    st.caption(
        "Từng tiêu chuẩn, theo thứ tự của kế hoạch: "
        + ", ".join(f"{words.SYMBOL[v]} {words.VERDICT[v].lower()}" for v in Verdict)
        + "."
    )


def _proposal_row(rulings: Sequence[Ruling]) -> dict[str, str]:
    waiting = sum(r.council is Council.AWAITED for r in rulings if r.criterion.blocking)
    note = f"  \n:small[còn {vi.number(waiting)} nội dung chờ Hội đồng]" if waiting else ""
    marks = [f"{n} {words.SYMBOL[r.verdict]}" for n, r in enumerate(rulings, start=1)]
    return {
        "Tên": f"**{plain(rulings[0].subject_name)}**",
        "Đề xuất": _proposed(rulings) + note,
        # With spaces that do not break, a number stays beside its mark.
        "Từng tiêu chuẩn": " · ".join(mark.replace(" ", "\N{NO-BREAK SPACE}") for mark in marks),
    }


def _proposed(rulings: Sequence[Ruling]) -> str:
    found = proposal(rulings)
    return _PROPOSAL[found].format(words.PROPOSAL[found.value])


def pick_subject(case: Case) -> str:
    """One nominee; only rooms stand in the address, a person's code does not."""
    known = case.subjects
    return str(
        st.selectbox(
            "Tập thể, cá nhân",
            list(known),
            format_func=lambda code: f"{known[code]} ({code})",
            key=f"doi_tuong_{case.plan.code}",
        )
    )


def show_rulings(case: Case, here: Person, subject: str) -> None:
    """Each criterion with its verdict, why, what it rests on, and the council's word."""
    rulings = case.rulings.get(subject, [])
    if not rulings:
        st.info("Kế hoạch không có tiêu chuẩn nào cho đối tượng này.")
        return
    st.markdown(f"### {plain(rulings[0].subject_name)}  \n{_proposed(rulings)}")
    files = {upload.id: upload.filename for upload in ui.uploads(case.plan)}
    for number, ruling in enumerate(rulings, start=1):
        with st.container(border=True):
            _show_ruling(number, ruling, files)
            if ruling.criterion.judged:
                _offer_judgement(case, here, ruling)


def _show_ruling(number: int, ruling: Ruling, files: Mapping[str, str]) -> None:
    criterion = ruling.criterion
    colour, council = _VERDICT_COLOUR[ruling.verdict], _COUNCIL[ruling.council]
    badges = [f":{colour}-badge[{words.verdict(ruling.verdict)}]"]
    badges += [f":blue-badge[{council}]"] if council else []
    badges += [] if criterion.blocking else [f":gray-badge[{words.NOT_BLOCKING}]"]
    st.markdown(
        f"**Tiêu chuẩn {number}.** {plain(criterion.text)}  \n{' '.join(badges)} :small[{plain(criterion.clause)}]"
    )
    lines = words.reason_lines(ruling.reasons, criterion.judged, ruling.council.value)
    st.markdown("\n".join(f"- {plain(line)}" for line in lines))
    alone = ruling.criterion.rule is Rule.JUDGEMENT
    if ruling.council is Council.YES and ruling.judgement and not alone:
        st.caption(plain(words.minutes(ruling.judgement)))
    if ruling.evidence:
        with st.expander(f"Minh chứng ({vi.number(len(ruling.evidence))})"):
            st.markdown("\n".join(f"- {plain(words.evidence(e, files))}" for e in ruling.evidence))


def _offer_judgement(case: Case, here: Person, ruling: Ruling) -> None:
    """What only people can judge: the council's word, who said it, when."""
    key = case.key(f"{ruling.subject}-{ruling.criterion.key}")
    with (
        st.popover("Ghi ý kiến Hội đồng", icon=":material/gavel:"),
        st.form(f"judge-{key}", border=False, enter_to_submit=False),
    ):
        st.markdown(f"Hội đồng xét: {plain(ruling.criterion.judged)}")
        says = st.radio("Ý kiến", list(_SAYS), key=f"says-{key}", horizontal=True)
        by = st.text_input(
            "Người kết luận (theo biên bản)",
            st.session_state.get(_JUDGED_BY, ""),
            key=f"by-{key}",
            max_chars=100,
        )
        judged_on = st.date_input("Ngày họp", ui.today(), format="DD/MM/YYYY", key=f"on-{key}")
        note = st.text_input("Ghi chú", key=f"note-{key}", max_chars=300, help=_NO_NAMES)
        if st.form_submit_button("Lưu ý kiến", type="primary", icon=":material/save:"):
            if not (by := (by or "").strip()):
                st.error("Hãy ghi tên người kết luận.")
                return
            st.session_state[_JUDGED_BY] = by
            judgement = Judgement(
                case.round.year,
                ruling.subject,
                ruling.criterion.key,
                _SAYS[str(says)],
                by,
                judged_on,
                note.strip(),
            )
            said = f"Đã ghi ý kiến Hội đồng: {plain(ruling.subject_name)}, {str(says).lower()}."
            _do(said, partial(ui.store().awards.judge, case.plan, judgement, here))


# The list of people.


def offer_people(case: Case, here: Person) -> None:
    """Hand out the form, take it back, and say until when the list is kept."""
    plan = case.plan
    year = words.of_year(plan, case.round.year)
    st.subheader(f"Danh sách cá nhân{year}", anchor=False)
    if plan.erase_personal is not None and plan.erase_personal <= ui.today():
        st.info(words.erased(plan.erase_personal), icon=":material/delete_forever:")
        return
    st.markdown(
        "Xếp loại, kỷ luật, sáng kiến và công việc của từng người, để xét các tiêu chuẩn cần đến. "
        "**Dữ liệu cá nhân**: chỉ Văn phòng Sở thấy, không vào biểu đồ, báo cáo chung, nhật ký hay bản sao lưu. "
        + (
            f"Tự xóa từ ngày {vi.day(plan.erase_personal)}."
            if plan.erase_personal
            else "Kế hoạch chưa đặt ngày xóa (erase_personal): hãy đặt trước khi nạp."
        )
    )
    members = case.hearing.members
    if members is not None:
        st.success(
            f"Đang giữ danh sách: {_counts(members)}. Nạp danh sách mới sẽ thay toàn bộ danh sách này.",
            icon=":material/group:",
        )
    st.download_button(
        "Tải biểu mẫu trống",
        partial(blank_members, plan, case.round.year),
        f"danh-sach-ca-nhan-{case.key(plan.code)}.xlsx",
        _XLSX,
        key="blank-members",
        icon=":material/download:",
        on_click="ignore",
    )
    file = st.file_uploader(
        "Nạp danh sách đã điền (.xlsx). Chưa có gì được lưu khi bạn chưa bấm nút.",
        max_upload_size=5,
        key=case.key(f"members-{st.session_state.get(_TURN, 0)}"),
    )
    if file is not None:
        _show_draft(case, here, file)


def _show_draft(case: Case, here: Person, file: UploadedFile) -> None:
    with st.spinner("Đang đọc tệp…"):
        draft = read_members(file.name, file.getvalue(), case.plan)
    st.text(f"Tệp: {draft.filename}")
    ui.show_mistakes([(p.at, words.explain(p)) for p in draft.problems], draft.sha256)
    if not draft.clean:
        return
    st.markdown(f"**Đọc được {_counts(draft.members)}**")
    st.table(
        [
            {
                "Phòng": plain(room.name),
                "Số người": vi.number(len(mine)),
                "Chưa có xếp loại": vi.number(sum(m.rating is None for m in mine)),
                "Chưa ghi kỷ luật": vi.number(sum(m.discipline is None for m in mine)),
            }
            for room in case.plan.rooms
            for mine in [[m for m in draft.members if m.room == room.code]]
        ],
        border="horizontal",
        hide_index=True,
        alt="Danh sách đọc được, theo phòng",
    )
    if st.button("Lưu danh sách", key="keep-members", type="primary", icon=":material/save:"):
        _keep(case, here, draft)


def _keep(case: Case, here: Person, draft: MemberDraft) -> None:
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    keep = partial(
        ui.store().awards.keep_members,
        case.plan,
        case.round.year,
        draft.members,
        here,
        today=ui.today(),
        sha256=draft.sha256,
        filename=draft.filename,
    )
    _do(f"Đã lưu danh sách: {_counts(draft.members)}. Tệp Excel không được giữ lại.", keep)


def _counts(members: Sequence[Member]) -> str:
    return words.list_read(
        len(members), sum(len(m.initiatives) for m in members), sum(len(m.tasks) for m in members)
    )


# The papers of a dossier.


def show_dossiers(case: Case) -> None:
    """How far the dossier of every nominee is, and until when it has to be in."""
    st.markdown(words.deadline(dossier_before(case.plan, case.round.year)))
    rows = []
    for subject, name in case.subjects.items():
        found = _papers(case, subject)
        waited = [p for p in found if not _made_here(p)]
        late = sum(p.in_time is False for p in found)
        rows.append(
            {
                "Tên": f"**{plain(name)}**",
                "Đề xuất": _proposed(case.rulings.get(subject, [])),
                "Đã nhận": f"{vi.number(sum(p.receipt is not None for p in waited))}/{vi.number(len(waited))}",
                "Quá hạn": vi.number(late) if late else vi.NOTHING,
            }
        )
    st.table(rows, border="horizontal", hide_index=True, alt="Hồ sơ của từng tập thể, cá nhân")


def _papers(case: Case, subject: str) -> list[Paper]:
    return papers(case.plan, case.round.year, subject, case.room(subject), case.receipts)


def _made_here(paper: Paper) -> bool:
    return paper.component.paper in {dossiers.FIGURES, dossiers.EVIDENCE}


_ARRIVED = {words.IN_TIME: "green", words.TOO_LATE: "red", words.NOT_IN: "orange"}


def show_papers(case: Case, subject: str) -> None:
    """Every paper of one dossier: in, in time, or missing."""
    names = case.subjects
    st.table(
        [
            {
                "Thành phần hồ sơ": plain(p.component.name) + _from(p, subject, names),
                "Tình trạng": _arrived(p),
                "Văn bản": _cited(p),
            }
            for p in _papers(case, subject)
        ],
        border="horizontal",
        hide_index=True,
        alt="Thành phần hồ sơ",
    )


def _from(paper: Paper, subject: str, names: Mapping[str, str]) -> str:
    """Who hands it in, when that is not the nominee."""
    if paper.holder == subject:
        return ""
    return f"  \n:small[{plain(names.get(paper.holder, paper.holder))}]"


def _arrived(paper: Paper) -> str:
    if paper.receipt is None and _made_here(paper):
        return ":blue-badge[Chương trình lập]"
    came = paper.receipt.received_at if paper.receipt else None
    said = words.received(paper.in_time, came)
    when = f"  \n:small[{vi.moment(came)}]" if came else ""
    return f":{_ARRIVED.get(said, 'green')}-badge[{said}]{when}"


def _cited(paper: Paper) -> str:
    if paper.receipt is None:
        return vi.NOTHING
    note = f"  \n:small[{plain(paper.receipt.note)}]" if paper.receipt.note else ""
    return plain(vi.document(paper.receipt.document) or vi.NOTHING) + note


def offer_receipt(case: Case, here: Person, subject: str) -> None:
    """Note that a paper came in, by the clock of the office; or take that back."""
    found = {p.component.key: p for p in _papers(case, subject)}
    if not found:
        st.info("Kế hoạch không nêu thành phần hồ sơ nào ([[component]]).")
        return
    with (
        st.popover("Ghi nhận hồ sơ", icon=":material/inbox:"),
        st.form(case.key(f"receive-{subject}"), border=False, enter_to_submit=False),
    ):
        key = st.selectbox(
            "Thành phần",
            list(found),
            format_func=lambda k: found[k].component.name,
            key=case.key(f"paper-{subject}"),
        )
        clock = words.office_time(now())
        first, second = st.columns(2)
        day = first.date_input("Ngày nhận", clock.date(), format="DD/MM/YYYY", key=case.key(f"day-{subject}"))
        hour = second.time_input(
            "Giờ nhận (Hà Nội)", time(clock.hour, clock.minute), key=case.key(f"hour-{subject}")
        )
        number = st.text_input("Số, ký hiệu văn bản", key=case.key(f"number-{subject}"), max_chars=60)
        signed_on = st.date_input(
            "Ngày văn bản", None, format="DD/MM/YYYY", key=case.key(f"signed-{subject}")
        )
        note = st.text_input("Ghi chú", key=case.key(f"note-{subject}"), max_chars=300, help=_NO_NAMES)
        with st.container(horizontal=True):
            taken = st.form_submit_button("Ghi nhận", type="primary", icon=":material/save:")
            back = st.form_submit_button("Rút lại ghi nhận", icon=":material/undo:")
        if not (taken or back):
            return
        came = words.utc(day, hour) if taken else None
        if came is not None and came > now():
            st.error("Giờ nhận ở tương lai. Hãy ghi lúc hồ sơ đã đến Văn phòng Sở.")
            return
        paper = Document(number=number.strip(), signed_on=signed_on)
        receipt = Receipt(case.round.year, found[key].holder, key, came, paper, note.strip())
        said = "Đã ghi nhận" if taken else "Đã rút lại ghi nhận"
        keep = partial(ui.store().awards.receive, case.plan, receipt, here)
        _do(f"{said}: {found[key].component.name}.", keep)


def offer_dossier(case: Case, here: Person, subject: str) -> None:
    """Make the zip as of a day, which also decides which forms are valid."""
    st.subheader("Tạo hồ sơ", anchor=False)
    day = st.date_input("Ngày lập hồ sơ", ui.today(), format="DD/MM/YYYY", key="ngay_lap", width=200)
    try:
        known = form_files.load(plan_files.forms(ui.data_folder()))
    except KpiError as error:
        ui.show_refusal(error)
        return
    lines = [_named(name, form) for name, form in _forms(case.plan, known, subject, day)]
    st.markdown("\n".join(lines))
    st.caption("Mẫu lấy theo ngày lập (data/forms.csv); dấu (?) là số mẫu chưa đối chiếu với văn bản.")
    if not st.button("Tạo hồ sơ (.zip)", key="make-dossier", type="primary", icon=":material/folder_zip:"):
        return
    name = dossiers.filename(case.plan, case.round.year, subject)
    try:
        with st.spinner("Đang tạo hồ sơ…"):
            content = dossiers.dossier(
                case.plan,
                _hear(case.plan, case.round.year, here, day),
                subject,
                forms=known,
                templates=ui.templates(),
                day=day,
                uploads=ui.uploads(case.plan),
                illustrative=case.illustrative,
            )
        ui.store().awards.note_dossier(case.plan, subject, name, content, here)
    except KpiError as error:
        ui.show_refusal(error)
        return
    sha256 = hashlib.sha256(content).hexdigest()
    st.success(f"Đã tạo {name}, mã tệp {sha256[:12]}…, và ghi vào nhật ký.", icon=":material/check_circle:")
    st.download_button(
        "Tải hồ sơ về máy",
        content,
        name,
        "application/zip",
        key=f"dossier-{sha256[:12]}",
        icon=":material/download:",
        on_click="ignore",
    )


def _forms(plan: Plan, known: Sequence[Form], subject: str, day: date) -> list[tuple[str, Form | None]]:
    found = dossiers.names(plan, subject).items()
    return [(name, valid(known, component.paper, day)) for name, component in found]


def _named(name: str, form: Form | None) -> str:
    return f"- {plain(name)}" + (f": {plain(words.form_cited(form.number, form.decree))}" if form else "")


def _do(said: str, act: Callable[[], object]) -> None:
    """Do it, or say what stood in the way; then draw the page afresh."""
    try:
        act()
    except KpiError as error:
        ui.show_refusal(error)
        return
    ui.say_and_rerun(said)
