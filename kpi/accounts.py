"""The desk of accounts: who is known, inviting somebody, and changing what somebody may do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import streamlit as st

from kpi import export, ui, vi
from kpi.model import Grant, KpiError, Person, Role, StaleLinkError
from kpi.store.database import now
from kpi.store.people import INVITATION, RESET

# Keys of the session's state: the link to hand over, what was just done, the turn of the invitation, its proposed login.
_LINK, _NOTE, _TURN, _PROPOSED = "one_time_link", "account_note", "invitation_turn", "proposed_login"
_LONGEST_LOGIN = 32
_BOUND = {
    Role.REPORTER: ("Cán bộ đơn vị (nạp số liệu cho)", "Chọn đơn vị gửi"),
    Role.ROOM: ("Phòng phụ trách (nạp số liệu cho các đơn vị của phòng)", "Chọn phòng"),
}


@dataclass(frozen=True, slots=True)
class _Handover:
    """A one-time link on its way to its person; it is kept nowhere else."""

    person: Person
    token: str
    until: datetime


def show_everybody() -> None:
    people, names = ui.store().people.everybody(), vi.bound_names(ui.plans().values())
    rows = tuple(
        (
            p.login,
            p.name,
            vi.grants(p.grants, names),
            p.email,
            vi.moment(p.last_sign_in) if p.last_sign_in else "Chưa lần nào",
            vi.account_state(p),
        )
        for p in people
    )
    ui.show_table(export.Table("", vi.ACCOUNT_HEADINGS, rows), "Các tài khoản", wrap=34, most=3)
    if len(people) == 1:
        st.info("Mới chỉ có tài khoản của bạn. Hãy mời người đầu tiên ở dưới.", icon=":material/person_add:")


def offer_invitation(by: Person) -> None:
    """A new account and its one-time link; what was typed stays until it is made."""
    turn = st.session_state.get(_TURN, 0)
    with st.container(border=True):
        st.subheader("Mời người mới", anchor=False)
        # Outside the form: the login is proposed as soon as the name is there, and one typed by hand is known at once.
        name = st.text_input(
            "Họ và tên", key=f"new-name-{turn}", max_chars=100, on_change=_propose, args=(turn,)
        )
        login = st.text_input(
            "Tên đăng nhập",
            key=f"new-login-{turn}",
            max_chars=_LONGEST_LOGIN,
            help="Đề xuất theo họ tên; bây giờ sửa được, về sau thì không. "
            "Dùng chữ thường không dấu, chữ số, dấu chấm, gạch ngang, gạch dưới.",
        )
        with st.form(f"invite-{turn}", border=False):
            email = _ask_email(f"new-email-{turn}", "")
            grants = _ask_grants(f"new-{turn}", ())
            asked = st.form_submit_button(
                "Tạo tài khoản và liên kết", type="primary", icon=":material/person_add:"
            )
        if asked:
            person = Person((login or "").strip().lower(), _tidy(name), _tidy(email), grants)
            _invite(person, by)


def _invite(person: Person, by: Person) -> None:
    if wrong := _lack(person):
        st.error(wrong)
        return
    try:
        token = ui.store().people.invite(person, by)
    except KpiError as error:
        st.error(ui.plain(vi.refusal(error)))
        return
    _hand_over(person, token, INVITATION)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    st.session_state.pop(_PROPOSED, None)
    st.rerun()


def _propose(turn: int) -> None:
    """Put a login beside the name, unless somebody has typed another one there."""
    typed = st.session_state.get(f"new-login-{turn}", "")
    if typed in {"", st.session_state.get(_PROPOSED, "")}:
        taken = {person.login for person in ui.store().people.everybody()}
        proposed = propose(st.session_state[f"new-name-{turn}"] or "", taken)
        st.session_state[f"new-login-{turn}"] = st.session_state[_PROPOSED] = proposed


def propose(name: str, taken: Iterable[str]) -> str:
    """A free login the way official mailboxes are named: Nguyễn Văn An becomes annv; "" for no usable name."""
    bare = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    words = "".join(c if c.isascii() and c.isalnum() else " " * c.isspace() for c in bare).split()
    if not words:
        return ""
    stem = f"{words[-1]}{''.join(word[0] for word in words[:-1])}"[: _LONGEST_LOGIN - 2]
    known = {*taken}
    return next(
        login for n in range(1, len(known) + 2) if (login := f"{stem}{n if n > 1 else ''}") not in known
    )


def offer_changes(by: Person) -> None:
    """One account: its name, address and roles, its password, and whether it may be used."""
    known = {person.login: person for person in ui.store().people.everybody()}
    with st.container(border=True):
        st.subheader("Sửa một tài khoản", anchor=False)
        login = st.selectbox(
            "Tài khoản", list(known), format_func=lambda one: vi.person(known[one]), key="account"
        )
        if note := st.session_state.pop(_NOTE, ""):
            st.success(note, icon=":material/check_circle:")
        person = known[login]
        _offer_change(person, by)
        if person.login == by.login:
            st.caption(
                "Đây là tài khoản của bạn: mật khẩu thì [đổi ở đây](/doi-mat-khau); "
                "khóa hay đặt lại phải nhờ một quản trị khác."
            )
            return
        with st.container(horizontal=True):
            _offer_reset(person, by)
            _offer_switch(person, by)


def _offer_change(person: Person, by: Person) -> None:
    # Another state of the account is another form: it begins with what is kept, not with what was typed before.
    key = f"{person.login}-{hash((person.name, person.email, person.grants)):x}"
    own = person.login == by.login
    with st.form(f"change-{key}", border=False):
        name = st.text_input("Họ và tên", person.name, key=f"name-{key}", max_chars=100)
        email = _ask_email(f"email-{key}", person.email)
        grants = _ask_grants(key, person.grants)
        if own:
            st.warning(
                "Đây là tài khoản của bạn: đổi vai trò thì phiên này kết thúc, bạn phải đăng nhập lại.",
                icon=":material/warning:",
            )
        else:
            st.caption(
                "Đổi vai trò thì người này bị đăng xuất ngay ở mọi máy; đổi họ tên hay thư điện tử thì không."
            )
        asked = st.form_submit_button("Lưu thay đổi", icon=":material/save:")
    if asked:
        _change(person, replace(person, name=_tidy(name), email=_tidy(email), grants=grants), by)


def _change(old: Person, new: Person, by: Person) -> None:
    if wrong := _lack(new):
        st.error(wrong)
        return
    if (old.name, old.email, {*old.grants}) == (new.name, new.email, {*new.grants}):
        st.info("Chưa có gì thay đổi.")
        return
    try:
        ui.store().people.change(new, by)
    except KpiError as error:
        st.error(ui.plain(vi.refusal(error)))
        return
    if new.login == by.login and {*old.grants} != {*new.grants}:
        st.success(
            "Đã đổi vai trò của bạn; phiên này đã kết thúc. [Đăng nhập lại](/dang-nhap) để làm tiếp.",
            icon=":material/logout:",
        )
        st.stop()
    _done(f"Đã lưu tài khoản {ui.plain(vi.person(new))}.")


def _offer_reset(person: Person, by: Person) -> None:
    label = "Tạo liên kết mới" if person.waiting else "Đặt lại mật khẩu"
    with st.popover(label, icon=":material/key:", disabled=person.disabled):
        _say(person)
        st.markdown(
            "Liên kết đã giao trước đây **không còn dùng được**; bạn nhận một liên kết mới."
            if person.waiting
            else "Mật khẩu hiện tại **mất hiệu lực ngay**, mọi phiên đang mở của người này kết thúc, "
            "việc tạm khóa vì nhập sai được bỏ. Bạn nhận một liên kết một lần để giao cho người này."
        )
        with st.form(f"reset-{person.login}", border=False):
            if st.form_submit_button(label, type="primary"):
                _reset(person, by)


def _reset(person: Person, by: Person) -> None:
    try:
        token = ui.store().people.reset(person.login, by)
    except KpiError as error:
        st.error(ui.plain(vi.refusal(error)))
        return
    _hand_over(person, token, RESET)
    st.rerun()


def _offer_switch(person: Person, by: Person) -> None:
    label = "Mở khóa tài khoản" if person.disabled else "Khóa tài khoản"
    with st.popover(label, icon=":material/lock_open:" if person.disabled else ":material/lock:"):
        _say(person)
        if not person.disabled:
            st.markdown(
                "Người này **bị đăng xuất ngay** và không đăng nhập được cho tới khi mở khóa. "
                "Số liệu đã nạp và nhật ký giữ nguyên."
            )
        elif person.waiting:
            st.markdown(
                "Các vai trò như trước. Người này chưa có mật khẩu: mở khóa xong hãy tạo liên kết mới."
            )
        else:
            st.markdown("Người này đăng nhập lại được với mật khẩu cũ và các vai trò như trước.")
        with st.form(f"switch-{person.login}", border=False):
            if st.form_submit_button(label, type="primary"):
                _switch(person, by)


def _switch(person: Person, by: Person) -> None:
    people = ui.store().people
    try:
        if person.disabled:
            people.enable(person.login, by)
        else:
            people.disable(person.login, by)
    except KpiError as error:
        st.error(ui.plain(vi.refusal(error)))
        return
    _done(f"Đã {'mở khóa' if person.disabled else 'khóa'} tài khoản {ui.plain(vi.person(person))}.")


def _done(note: str) -> None:
    st.session_state[_NOTE] = note
    st.rerun()


def _hand_over(person: Person, token: str, good_for: timedelta) -> None:
    st.session_state[_LINK] = _Handover(person, token, now() + good_for)


def show_link() -> None:
    """The link that was just made, in sight until it is handed over or used."""
    link: _Handover | None = st.session_state.get(_LINK)
    if link is None:
        return
    try:
        ui.store().people.link(link.token)
    except StaleLinkError:
        del st.session_state[_LINK]
        return
    _show_link(link)


@st.dialog("Liên kết dùng một lần", width="medium", dismissible=False, icon=":material/key:")
def _show_link(link: _Handover) -> None:
    _say(link.person)
    st.code(_site() + vi.link_path(link.token), language=None, wrap_lines=True)
    st.markdown(
        f"Dùng được **một lần**, đến **{vi.moment(link.until)}**. Hãy giao tận tay hoặc qua kênh riêng: "
        "ai mở liên kết trước thì người đó đặt được mật khẩu. Liên kết chỉ hiện lần này và không được lưu lại; "
        "nếu mất thì tạo liên kết mới."
    )
    if st.button("Đã chép, đóng lại", type="primary", key="handed-over"):
        del st.session_state[_LINK]
        st.rerun()


def _site() -> str:
    """The address people use: as the settings say, else as it stands in this browser."""
    with suppress(KpiError):
        if url := ui.settings().url:
            return url
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}" if here.netloc else ""


def _ask_email(key: str, value: str) -> str:
    label, example = "Thư điện tử (không bắt buộc)", "ten@co-quan.vn"
    return st.text_input(label, value, key=key, max_chars=200, type="email", placeholder=example) or ""


def _ask_grants(key: str, held: Sequence[Grant]) -> tuple[Grant, ...]:
    """The roles, those bound to a unit by choosing the unit."""
    free = st.pills(
        "Vai trò",
        [role for role in Role if not role.bound],
        format_func=vi.ROLES.__getitem__,
        selection_mode="multi",
        default=[grant.role for grant in held if not grant.role.bound],
        key=f"roles-{key}",
        wrap=True,
    )
    chosen = [Grant(role) for role in free]
    names = vi.bound_names(ui.plans().values())
    for role, (label, placeholder) in _BOUND.items():
        mine = [grant.unit for grant in held if grant.role is role]
        known = {**{code: code for code in mine}, **names[role]}
        codes = st.multiselect(
            label,
            list(known),
            mine,
            format_func=known.__getitem__,
            key=f"{role}-{key}",
            placeholder=placeholder,
        )
        chosen += [Grant(role, code) for code in codes]
    return tuple(sorted(chosen))


def _lack(person: Person) -> str:
    """What is missing, as a sentence; "" for nothing."""
    if not person.name:
        return "Hãy ghi họ và tên."
    if not person.grants:
        return "Hãy chọn ít nhất một vai trò, một đơn vị gửi hoặc một phòng."
    if person.email and not all(person.email.partition("@")):
        return "Thư điện tử cần có dạng ten@co-quan.vn; không có thì để trống."
    return ""


def _say(person: Person) -> None:
    """Who it is about; never read as Markdown."""
    st.text(vi.person(person))


def _tidy(text: str | None) -> str:
    return " ".join((text or "").split())
