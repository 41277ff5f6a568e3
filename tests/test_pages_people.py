"""The pages of accounts and of the record, run without a browser."""

import csv
import io
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kpi import export, journal, ui
from kpi.model import Act, Grant, LastAdminError, Person, Role, WrongPasswordError
from tests.filled import LAN, PEOPLE, user_of

ROOT = Path(__file__).parent.parent
ACCOUNTS, RECORD = "admin/people", "record/events"
PHRASE = "bốn mùa trăng sáng bên hồ"
HOSTILE = [
    "<script>alert(1)</script>",
    "**đậm** [nhấn](http://evil.example)",
    '=HYPERLINK("http://evil.example")',
    "=1+1",
]


@pytest.fixture
def app(house):
    opened = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    opened.user = user_of(Role.ADMIN)
    return opened


def go(app, page, role=None):
    app.user = app.user if role is None else user_of(role)
    app.run()
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


def press(app, label):
    found = [b for b in (*app.get("form_submit_button"), *app.button) if b.label == label]
    found[0].click().run()
    assert not app.exception
    return app


def texts(app):
    kinds = ("success", "error", "warning", "info", "markdown", "caption", "text", "subheader", "code")
    return "\n".join(str(e.value) for kind in kinds for e in app.get(kind))


def field(app, label, nth=0):
    kinds = ("text_input", "multiselect", "button_group", "selectbox", "date_input")
    return [e for kind in kinds for e in app.get(kind) if e.label.startswith(label)][nth]


def invite(app, name="Nguyễn Văn An", *, reporters=(), rooms=(), roles=()):
    go(app, ACCOUNTS)
    field(app, "Họ và tên").input(name).run()
    field(app, "Cán bộ đơn vị").set_value(list(reporters))
    field(app, "Phòng phụ trách").set_value(list(rooms))
    field(app, "Vai trò").set_value(list(roles))
    return press(app, "Tạo tài khoản và liên kết")


def choose(app, login):
    go(app, ACCOUNTS)
    app.selectbox(key="account").select(login).run()
    return app


def token(app):
    (link,) = (c.value for c in app.code if "/dang-nhap/moi/" in c.value)
    return link.rpartition("/")[2]


def acts():
    return [e.act for e in ui.store().record.events(LAN)]


def events(**asked):
    return ui.store().record.events(LAN, **asked)


@pytest.mark.parametrize(
    ("page", "role", "enters"),
    [
        *((ACCOUNTS, role, role is Role.ADMIN) for role in Role),
        *((RECORD, role, role in {Role.ADMIN, Role.OFFICE}) for role in Role),
    ],
)
def test_accounts_are_for_admins_and_the_record_for_the_office_too(app, page, role, enters):
    go(app, page, role)
    app.run()
    assert bool(app.dataframe) is enters
    assert ("không có quyền" in texts(app)) is not enters
    assert acts().count(Act.REFUSED) == (0 if enters else 1)


def test_everybody_stands_in_the_table_with_units_by_name(app):
    go(app, ACCOUNTS)
    table = app.dataframe[0].value.set_index("Tên đăng nhập")
    assert set(table.index) == {p.login for p in PEOPLE.values()}
    assert table["Vai trò"]["ba-be"] == "Cán bộ đơn vị: Phòng Văn hóa và Thông tin huyện Ba Bể"
    assert table["Vai trò"]["phong-bcvt"] == "Phòng phụ trách: Phòng Bưu chính – Viễn thông"
    assert set(table["Tình trạng"]) == {"Chờ đặt mật khẩu"}
    assert set(table["Đăng nhập gần nhất"]) == {"Chưa lần nào"}


def test_an_invitation_leads_by_its_link_to_a_person_with_the_roles_chosen(app):
    invite(app, reporters=["061", "060"], rooms=["PBCVT"], roles=[Role.VIEWER])
    assert "Dùng được **một lần**, đến **" in texts(app)
    person = ui.store().people.accept(token(app), PHRASE)
    assert (person.login, person.name, person.waiting) == ("annv", "Nguyễn Văn An", False)
    assert {*map(str, person.grants)} == {"viewer", "reporter:061", "reporter:060", "room:PBCVT"}
    assert ui.store().people.sign_in("annv", PHRASE, "10.0.0.1")
    go(app, ACCOUNTS)
    table = app.dataframe[0].value.set_index("Tên đăng nhập")
    assert table["Tình trạng"]["annv"] == "Đang dùng"
    assert " ngày " in table["Đăng nhập gần nhất"]["annv"]


def test_the_link_is_shown_once_and_kept_nowhere(app, tmp_path):
    invite(app, roles=[Role.VIEWER])
    secret = token(app)
    press(app, "Đã chép, đóng lại")
    assert secret not in texts(app)
    assert not app.code
    assert all(secret not in str(event) for event in events())
    assert all(secret.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_link_that_was_used_meanwhile_is_shown_no_longer(app):
    invite(app, roles=[Role.VIEWER])
    ui.store().people.accept(token(app), PHRASE)
    app.run()
    assert not app.code


def test_the_address_of_the_link_is_the_one_of_the_settings(app, tmp_path):
    (tmp_path / "settings.toml").write_text('[site]\nurl = "https://thidua.example"\n', "utf-8")
    invite(app, roles=[Role.VIEWER])
    assert app.code[0].value.startswith("https://thidua.example/dang-nhap/moi/")


@pytest.mark.parametrize(
    ("name", "login"),
    [
        ("Nguyễn Văn An", "annv"),
        ("Đặng Thị Ước", "uocdt"),
        ("Vi  Văn\tTú", "tuvv"),
        ("Lan", "lan"),
        ("???", ""),
    ],
)
def test_a_login_is_proposed_from_the_name_without_accents(app, name, login):
    go(app, ACCOUNTS)
    field(app, "Họ và tên").input(name).run()
    assert field(app, "Tên đăng nhập").value == login


def test_a_proposed_login_is_free_and_one_typed_by_hand_stays(app):
    ui.store().people.invite(Person("annv", "Nông Văn Ân", grants=(Grant(Role.VIEWER),)), LAN)
    go(app, ACCOUNTS)
    field(app, "Họ và tên").input("Nguyễn Văn An").run()
    assert field(app, "Tên đăng nhập").value == "annv2"
    field(app, "Tên đăng nhập").input("an.nguyen").run()
    field(app, "Họ và tên").input("Nguyễn Văn Anh").run()
    assert field(app, "Tên đăng nhập").value == "an.nguyen"


@pytest.mark.parametrize(
    ("name", "login", "email", "roles", "said"),
    [
        ("", "an", "", [Role.VIEWER], "Hãy ghi họ và tên"),
        ("An", "an", "", [], "ít nhất một vai trò"),
        ("An", "ba-be", "", [Role.VIEWER], "đã thuộc về một tài khoản khác"),
        ("An", "ân", "", [Role.VIEWER], "không dùng được"),
        ("An", "an", "khong-phai-thu", [Role.VIEWER], "Thư điện tử cần có dạng"),
    ],
)
def test_what_cannot_be_is_said_beside_the_form_which_keeps_what_was_typed(
    app, name, login, email, roles, said
):
    go(app, ACCOUNTS)
    before = len(events())
    field(app, "Họ và tên").input(name).run()
    field(app, "Tên đăng nhập").input(login)
    field(app, "Thư điện tử").input(email)
    field(app, "Vai trò").set_value(roles)
    press(app, "Tạo tài khoản và liên kết")
    assert said in texts(app)
    assert len(events()) == before
    kept = [field(app, label).value for label in ("Họ và tên", "Tên đăng nhập", "Thư điện tử", "Vai trò")]
    assert kept == [name, login, email, roles]


def test_the_form_is_empty_after_an_invitation(app):
    invite(app, roles=[Role.VIEWER])
    assert [field(app, label).value for label in ("Họ và tên", "Tên đăng nhập", "Vai trò")] == ["", "", []]


def test_other_roles_end_the_sessions_of_the_person_and_stand_on_record(app):
    people = ui.store().people
    people.accept(people.reset("ba-be", LAN), PHRASE)
    session = people.sign_in("ba-be", PHRASE, "10.0.0.1")
    choose(app, "ba-be")
    assert "bị đăng xuất ngay ở mọi máy" in texts(app)
    field(app, "Cán bộ đơn vị", 1).set_value(["060"])
    press(app, "Lưu thay đổi")
    assert "Đã lưu tài khoản Nông Thị Hoa" in texts(app)
    assert people.session(session) is None
    assert people.get("ba-be").grants == (Grant(Role.REPORTER, "060"),)
    go(app, RECORD)
    newest = app.dataframe[0].value.iloc[0]
    assert newest["Người"] == "Vi Văn Tú (quan-tri)"
    assert newest["Đối tượng"] == "Nông Thị Hoa (ba-be)"
    assert newest["Trước"].endswith("huyện Ba Bể")
    assert newest["Sau"].endswith("huyện Pác Nặm")


def test_another_name_ends_no_session(app):
    people = ui.store().people
    people.accept(people.reset("ba-be", LAN), PHRASE)
    session = people.sign_in("ba-be", PHRASE, "10.0.0.1")
    choose(app, "ba-be")
    field(app, "Họ và tên", 1).input("Nông Thị Hòa")
    press(app, "Lưu thay đổi")
    assert people.get("ba-be").name == "Nông Thị Hòa"
    assert people.session(session)


def test_nothing_changed_is_nothing_on_record(app):
    choose(app, "ba-be")
    before = len(events())
    press(app, "Lưu thay đổi")
    assert "Chưa có gì thay đổi" in texts(app)
    assert len(events()) == before


def test_a_role_for_a_unit_of_no_plan_any_more_is_not_lost(app):
    old = Person("cu", "Người cũ", grants=(Grant(Role.REPORTER, "999"),))
    ui.store().people.invite(old, LAN)
    choose(app, "cu")
    field(app, "Họ và tên", 1).input("Người cũ hơn")
    press(app, "Lưu thay đổi")
    assert ui.store().people.get("cu").grants == old.grants


def test_a_reset_voids_the_password_and_shows_a_new_link(app):
    people = ui.store().people
    people.accept(people.reset("ba-be", LAN), PHRASE)
    choose(app, "ba-be")
    assert "mất hiệu lực ngay" in texts(app)
    press(app, "Đặt lại mật khẩu")
    with pytest.raises(WrongPasswordError):
        people.sign_in("ba-be", PHRASE, "10.0.0.1")
    assert people.accept(token(app), PHRASE + "!").login == "ba-be"


def test_an_account_is_disabled_and_enabled_again(app):
    people = ui.store().people
    choose(app, "ba-be")
    assert "bị đăng xuất ngay" in texts(app)
    press(app, "Khóa tài khoản")
    assert people.get("ba-be").disabled
    assert "Đã khóa tài khoản Nông Thị Hoa" in texts(app)
    press(app, "Mở khóa tài khoản")
    assert not people.get("ba-be").disabled


def test_the_last_admin_is_neither_disabled_nor_demoted(app):
    people = ui.store().people
    people.accept(people.reset("quan-tri", LAN), PHRASE)
    people.invite(Person("phu", "Quản trị phụ", grants=(Grant(Role.ADMIN),)), LAN)
    app.user = {"username": "phu", "session": "test"}
    choose(app, "quan-tri")
    press(app, "Khóa tài khoản")
    assert "là quản trị duy nhất" in texts(app)
    app.user = user_of(Role.ADMIN)
    choose(app, "quan-tri")
    assert "phải đăng nhập lại" in texts(app)
    field(app, "Vai trò", 1).set_value([Role.OFFICE])
    press(app, "Lưu thay đổi")
    assert "là quản trị duy nhất" in texts(app)
    assert field(app, "Vai trò", 1).value == [Role.OFFICE]
    assert people.get("quan-tri").grants == (Grant(Role.ADMIN),)
    with pytest.raises(LastAdminError):
        people.disable("quan-tri", LAN)


def test_who_changes_the_own_roles_is_sent_to_sign_in_and_not_refused(app):
    people = ui.store().people
    people.accept(people.invite(Person("phu", "Quản trị phụ", grants=(Grant(Role.ADMIN),)), LAN), PHRASE)
    choose(app, "quan-tri")
    field(app, "Vai trò", 1).set_value([Role.OFFICE])
    press(app, "Lưu thay đổi")
    assert "phiên này đã kết thúc" in texts(app)
    assert Act.REFUSED not in acts()


def test_nobody_locks_or_resets_the_own_account_here(app):
    choose(app, "quan-tri")
    labels = {b.label for b in (*app.get("form_submit_button"), *app.button)}
    assert not labels & {"Khóa tài khoản", "Đặt lại mật khẩu", "Tạo liên kết mới"}
    assert "/doi-mat-khau" in texts(app)


def test_the_only_person_is_told_to_invite_somebody(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_STORE", str(tmp_path / "one.duckdb"))
    st.cache_resource.clear()
    ui.store().people.invite(PEOPLE[Role.ADMIN], LAN)
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    go(app, ACCOUNTS, Role.ADMIN)
    assert "Mới chỉ có tài khoản của bạn" in texts(app)
    ui.close()


def test_the_record_is_narrowed_by_person_act_unit_and_day_and_the_address_says_so(app):
    ui.store().record.add("ba-be", Act.UPLOAD_REFUSED, plan="bac-kan-2022", unit="061", quarter="2022-Q1")
    go(app, RECORD)
    everything = len(app.dataframe[0].value)
    assert f"**{everything} việc**" in texts(app)
    field(app, "Người").select("ba-be").run()
    (row,) = app.dataframe[0].value.to_dict("records")
    assert (row["Đơn vị"], row["Kỳ"]) == ("Phòng Văn hóa và Thông tin huyện Ba Bể", "Quý I/2022")
    field(app, "Người").select("*").run()
    field(app, "Việc").select("upload_refused").run()
    assert len(app.dataframe[0].value) == 1
    field(app, "Việc").select("*").run()
    field(app, "Đơn vị").select("061").run()
    assert len(app.dataframe[0].value) == 1
    field(app, "Đơn vị").select("*").run()
    field(app, "Đến ngày").set_value(ui.today() - timedelta(days=1)).run()
    assert "Không có việc nào khớp" in texts(app)
    linked = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    linked.user = user_of(Role.ADMIN)
    linked.run()
    linked.query_params["viec"] = "Kiểm tra tệp: có lỗi"
    linked.query_params["tu_ngay"] = ui.today().isoformat()
    linked.switch_page(f"pages/{RECORD}.py").run()
    assert len(linked.dataframe[0].value) == 1


def test_a_day_of_the_record_is_a_day_in_ha_noi(app, tmp_path):
    """17:00 UTC is the next day's first moment."""
    store = ui.store()
    for hour in ("2026-03-01 16:59:59", "2026-03-01 17:00:00", "2026-03-02 16:59:59", "2026-03-02 17:00:00"):
        store.record._database.now = partial(datetime.fromisoformat, hour)
        store.record.add("", Act.SIGN_IN_FAILED, subject=hour)
    go(app, RECORD)
    for label in ("Từ ngày", "Đến ngày"):
        field(app, label).set_value(date(2026, 3, 2)).run()
    table = app.dataframe[0].value
    assert list(table["Lúc (giờ Hà Nội)"]) == ["02/03/2026 23:59:59", "02/03/2026 00:00:00"]
    assert set(table["Người"]) == {"Không rõ"}


def test_many_events_come_in_pages_with_the_count_said(app):
    for _ in range(250):
        ui.store().record.add("ba-be", Act.SIGN_OUT)
    go(app, RECORD)
    total = len(events())
    assert len(app.dataframe[0].value) == 200
    assert f"**{total} việc**, mới nhất trước; đang xem từ 1 đến 200" in texts(app)
    app.get("pagination")[0].set_value(2).run()
    assert list(app.dataframe[0].value["Số"])[-1] == "1"


def test_the_head_is_shown_and_a_sound_record_is_said_to_be_sound(app):
    go(app, RECORD)
    head = ui.store().record.head()
    assert head in texts(app)
    field(app, "Mã chốt").input(head)
    press(app, "Kiểm tra nhật ký")
    assert "Nhật ký nguyên vẹn" in texts(app)
    field(app, "Mã chốt").input("1234")
    press(app, "Kiểm tra nhật ký")
    assert "Mã chốt cần có dạng" in texts(app)


def test_a_record_that_was_changed_is_found_out_on_the_page(app):
    store = ui.store()
    with store.record._database.change() as db:
        db.execute("update event set became = 'x' where id = 2")
    go(app, RECORD)
    field(app, "Mã chốt").input(f"99-{'0' * 20}")
    press(app, "Kiểm tra nhật ký")
    assert "KHÔNG còn nguyên vẹn: 3 chỗ" in texts(app)
    assert "Việc số 2 đã bị sửa" in texts(app)
    assert "Mã chốt của việc số 99 không khớp" in texts(app)


def test_what_the_record_keeps_tersely_is_said_in_words_and_kept_exactly(app, plans):
    sha = "ab" * 32
    add = ui.store().record.add
    add("ba-be", Act.UPLOAD_REFUSED, subject="a.xlsx", after=f"{sha} 3 problems, 1 doubts")
    add("ba-be", Act.WITHDRAWAL, subject="7", before=sha, after="nhầm")
    add("ba-be", Act.REFUSED, subject="admin", after="admin")
    add("ba-be", Act.ACCOUNT, subject="ba-be", after="password")
    ui.store().people.disable("ba-be", LAN)
    go(app, RECORD)
    rows = app.dataframe[0].value.to_dict("records")[:5]
    assert rows[0]["Sau"].endswith("đã khóa; chờ đặt mật khẩu")
    assert rows[1]["Sau"] == "Mật khẩu khác"
    assert (rows[2]["Đối tượng"], rows[2]["Sau"]) == ("", "Thiếu quyền quản trị")
    assert (rows[3]["Đối tượng"], rows[3]["Sau"]) == ("Lần nạp số 7", "Lý do: nhầm")
    assert rows[4]["Sau"] == "3 lỗi, 1 câu hỏi; tệp ababababab…"
    for excel in (journal.in_words(events(), {}, plans), journal.as_kept(events())):
        assert sha in export.write(excel, "csv").decode("utf-8-sig")


def test_text_of_people_is_text_on_both_pages_and_harmless_in_both_files(app, plans):
    store = ui.store()
    for number, text in enumerate(HOSTILE):
        store.people.invite(Person(f"xau{number}", text, grants=(Grant(Role.VIEWER),)), LAN)
        store.record.add(text, Act.WITHDRAWAL, subject="1", after=text)
        store.record.add("xau0", Act.EXPORT, subject=text, before=text)
    go(app, ACCOUNTS)
    assert set(HOSTILE) <= set(app.dataframe[0].value["Họ tên"])
    for number, text in enumerate(HOSTILE):
        choose(app, f"xau{number}")
        press(app, "Khóa tài khoản")
        (said,) = (s.value for s in app.success)
        assert "http://" not in said, "Markdown would make a link of it"
        assert text not in said or text == "=1+1"
    go(app, RECORD)
    table = app.dataframe[0].value
    assert set(HOSTILE) <= set(table["Đối tượng"]) & set(table["Trước"]) & set(table["Người"])
    for text in HOSTILE:
        assert all(text not in str(e.value) for kind in ("markdown", "caption") for e in app.get(kind))
    for content, delimiter in (
        (export.write(journal.in_words(events(), {}, plans), "csv"), ";"),
        (export.write(journal.as_kept(events()), "csv-machine"), ","),
    ):
        lines = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter)
        cells = [cell for line in lines for cell in line]
        assert "'=1+1" in cells
        assert not [cell for cell in cells if cell.startswith("=")]


def test_the_file_for_programs_holds_every_fact_with_offset_and_hashes(app):
    table = journal.as_kept(events())
    lines = list(csv.DictReader(io.StringIO(export.write(table, "csv-machine").decode("utf-8"))))
    assert [line["id"] for line in lines] == [str(e.id) for e in events()]
    assert lines[0]["at"].endswith("Z")
    assert lines[0]["offset"] == "UTC+07:00"
    assert [line["previous"] for line in lines[:-1]] == [line["hash"] for line in lines[1:]]
