"""The office's look over a quarter: who has sent, what changed, what is approved, and the closing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial

import streamlit as st

from kpi import intake, ui, vi
from kpi.model import Act, KpiError, Person, Reporter, Upload
from kpi.ui import View, plain


class Standing(Enum):
    MISSING = "Chưa gửi"
    SENT = "Đã gửi"
    APPROVED = "Đã duyệt"


_LOOK: Mapping[Standing, str] = {
    Standing.MISSING: ":orange-badge[○ Chưa gửi]",
    Standing.SENT: ":blue-badge[◐ Đã gửi]",
    Standing.APPROVED: ":green-badge[✔ Đã duyệt]",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A reporter and its uploads that count for the quarter, newest first."""

    reporter: Reporter
    uploads: tuple[Upload, ...]

    @property
    def waiting(self) -> tuple[Upload, ...]:
        return tuple(u for u in self.uploads if u.approved_at is None)

    @property
    def standing(self) -> Standing:
        if not self.uploads:
            return Standing.MISSING
        return Standing.SENT if self.waiting else Standing.APPROVED


def lines(view: View) -> list[Line]:
    """Every reporter of the plan; those that wait for the office first, then the silent ones."""
    sent = [u for u in ui.uploads(view.plan) if u.quarter == view.quarter and u.current]
    found = [Line(r, tuple(u for u in sent if u.reporter == r.code)) for r in view.plan.reporters]
    order = [Standing.SENT, Standing.MISSING, Standing.APPROVED]
    return sorted(found, key=lambda line: order.index(line.standing))


def show_lines(view: View, found: Sequence[Line]) -> None:
    counts = [
        f"**{vi.number(sum(line.standing is standing for line in found))}** {standing.value.lower()}"
        for standing in Standing
    ]
    st.markdown(
        f"{vi.number(len(found))} đơn vị: {', '.join(counts)}. Hạn gửi: ngày {vi.day(view.plan.due(view.quarter))}."
    )
    st.table(
        [
            {
                "Đơn vị gửi": plain(line.reporter.name),
                "Tình trạng": _LOOK[line.standing],
                "Gửi lúc": "  \n".join(_sent(u) for u in line.uploads) or vi.NOTHING,
                "Số liệu": "  \n".join(_figures(view, u) for u in line.uploads) or vi.NOTHING,
            }
            for line in found
        ],
        border="horizontal",
        hide_index=True,
        alt=f"Các đơn vị gửi, {vi.quarter(view.quarter)}",
    )


def _sent(upload: Upload) -> str:
    return f"{vi.moment(upload.kept_at)}  \n:small[{plain(upload.person)}, lần nạp số {upload.id}]"


def _figures(view: View, upload: Upload) -> str:
    before = intake.previous(view.plan, upload)
    count, changed = intake.compared(upload, before)
    if before is None or changed is None:
        return f"{vi.number(count)} số  \n:small[lần nạp đầu]"
    return f"{vi.number(count)} số  \n:small[khác {vi.number(changed)} số so với lần {before.id}]"


def offer_approval_of_all(here: Person, found: Iterable[Line]) -> None:
    waiting = [(line.reporter, u) for line in found for u in line.waiting]
    if not waiting:
        return
    count = vi.number(len(waiting))
    with st.popover(f"Duyệt tất cả ({count})", icon=":material/done_all:", type="primary"):
        st.markdown(f"Duyệt {count} lần nạp đang chờ, **không xem lại từng lần**:")
        st.markdown("\n".join(f"- {plain(r.name)} (lần nạp số {u.id})" for r, u in waiting))
        if st.button(f"Duyệt {count} lần nạp", key="approve-all", type="primary"):
            acts = [partial(ui.store().approve, upload.id, here) for _, upload in waiting]
            _do(f"Đã duyệt {count} lần nạp.", *acts)


def show_one(view: View, here: Person, found: Iterable[Line]) -> None:
    """One upload in full: its figures beside those before, and what the office may do with it."""
    by_id = {u.id: (line.reporter, u) for line in found for u in line.uploads}
    if not by_id:
        st.info(f"Chưa có đơn vị nào gửi số liệu {vi.quarter(view.quarter)}.")
        return
    st.subheader("Xem và duyệt từng lần nạp", anchor=False)
    chosen = st.selectbox(
        "Lần nạp",
        list(by_id),
        format_func=lambda n: f"{by_id[n][0].name} (lần {n}, {_short_state(by_id[n][1])})",
        key=f"xem-{view.plan.code}-{view.quarter}",
    )
    reporter, upload = by_id[chosen]
    intake.show_upload(view.plan, upload)
    with st.container(horizontal=True, vertical_alignment="center"):
        if upload.approved_at is None:
            if st.button("Duyệt lần nạp này", key="approve", type="primary", icon=":material/check:"):
                said = f"Đã duyệt lần nạp số {upload.id}: {plain(reporter.name)}."
                _do(said, partial(ui.store().approve, upload.id, here))
        else:
            st.markdown(
                f":green-badge[✔ Đã duyệt] {plain(upload.approved_by)}, {vi.moment(upload.approved_at)}",
                width="content",
            )
        intake.offer_original(upload)
        intake.offer_withdrawal(upload, here)
    if not ui.is_closed(view.plan, view.quarter):
        st.caption(
            "Trả lại cho đơn vị: rút lần nạp này, ghi lý do; đơn vị thấy lý do ở Lịch sử nạp rồi nạp lại."
        )


def _short_state(upload: Upload) -> str:
    return "chờ duyệt" if upload.approved_at is None else "đã duyệt"


def offer_closing(view: View, here: Person, found: Sequence[Line]) -> None:
    """Close the quarter, saying first what that means and who would be left out; or open it again."""
    name = vi.quarter(view.quarter)
    with st.container(border=True):
        if ui.is_closed(view.plan, view.quarter):
            st.subheader(f"{name} đã chốt", anchor=False)
            _show_history(view, here)
            _offer_reopening(view, here)
            return
        st.subheader(f"Chốt {name}", anchor=False)
        _show_history(view, here)
        st.markdown(
            "Sau khi chốt, **không ai nạp hay rút số liệu của kỳ này được nữa** cho đến khi Văn phòng Sở mở lại; "
            "các trang ghi “Kỳ đã chốt”."
            + (
                " Đây là quý cuối của năm: các chỉ tiêu sẽ được đánh giá như kỳ đã chốt."
                if view.quarter == view.plan.quarters_of(view.quarter)[-1]
                else ""
            )
        )
        with st.popover(f"Chốt {name}", icon=":material/lock:"):
            _show_left_out(view, found)
            if st.button(f"Chốt {name}", key="close", type="primary", icon=":material/lock:"):
                close = partial(ui.store().close_quarter, view.plan.code, view.quarter, here)
                _do(f"Đã chốt {name}.", close)


def _show_left_out(view: View, found: Sequence[Line]) -> None:
    if ui.today() <= view.plan.due(view.quarter):
        st.warning(
            f"Chưa hết hạn gửi: ngày {vi.day(view.plan.due(view.quarter))}.", icon=":material/schedule:"
        )
    for standing, words in ((Standing.MISSING, "chưa gửi"), (Standing.SENT, "đã gửi nhưng chưa duyệt")):
        names = [plain(line.reporter.name) for line in found if line.standing is standing]
        if names:
            st.markdown(f"**{vi.number(len(names))} đơn vị {words}:**")
            st.markdown("\n".join(f"- {name}" for name in names))
    if all(line.standing is Standing.APPROVED for line in found):
        st.markdown("Tất cả đơn vị đã gửi và đã được duyệt.")


def _offer_reopening(view: View, here: Person) -> None:
    name = vi.quarter(view.quarter)
    with (
        st.popover("Mở lại kỳ", icon=":material/lock_open:"),
        st.form(f"reopen-{view.plan.code}-{view.quarter}", border=False, enter_to_submit=False),
    ):
        st.markdown(f"Mở lại {name} để nạp hay rút số liệu; lý do được ghi vào nhật ký.")
        why = st.text_input("Lý do mở lại", key="reopen-why", max_chars=200)
        if st.form_submit_button(f"Mở lại {name}", type="primary"):
            if not (why := (why or "").strip()):
                st.error("Hãy ghi lý do mở lại.")
                return
            reopen = partial(ui.store().reopen_quarter, view.plan.code, view.quarter, here, why)
            _do(f"Đã mở lại {name}.", reopen)


def _show_history(view: View, here: Person) -> None:
    """Who closed the quarter and opened it again, and why."""
    store = ui.store()
    about = (view.plan.code, str(view.quarter))
    events = [
        event
        for act in (Act.CLOSE, Act.REOPEN)
        for event in store.record.events(here, act=act)
        if (event.plan, event.quarter) == about
    ]
    people = {person.login: person for person in store.people.everybody()}
    said = [
        f"- {vi.ACTS[e.act]} lúc {vi.moment(e.at)}: {plain(vi.who(e.person, people))}"
        + (f", lý do: {plain(e.after)}" if e.after else "")
        for e in sorted(events, key=lambda event: event.id)
    ]
    if said:
        st.markdown("\n".join(said))


def _do(said: str, *acts: Callable[[], None]) -> None:
    """Do it all, or say what stood in the way; then draw the page afresh."""
    try:
        for act in acts:
            act()
    except KpiError as error:
        ui.show_refusal(error)
        return
    ui.say_and_rerun(said)
