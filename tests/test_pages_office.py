"""The office's desk, backups and what goes on record when a report is fetched, run without a browser."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.testing.v1 import AppTest

from kpi.model import Act, Grant, NotAllowedError, Role
from kpi.workbook import read
from kpi.workbook.loading import load_here
from tests.filled import LAN, PEOPLE, Q1, Q4, filled, user_of

ROOT = Path(__file__).parent.parent
PLAN = "bac-kan-2022"
REVIEW, BACKUPS, REPORT = "office/review", "admin/backups", "office/report"
UPLOAD, HISTORY, UNITS, OVERVIEW = (
    "submission/upload",
    "original/history",
    "progress/units",
    "progress/overview",
)


@pytest.fixture
def store(house):
    return house


@pytest.fixture
def sent(store, sender):
    """Ba Bể has sent, and the post office twice."""
    for draft in (
        sender.draft("061", Q1, {("11", "061"): (23, 190)}),
        sender.posts(Q1, 18, 19),
        sender.posts(Q1, 18, 20),
    ):
        store.keep(draft, LAN)
    return store


def start(page, role=Role.OFFICE, **address):
    at = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    at.user = user_of(role)
    for key, value in address.items():
        at.query_params[key] = value
    return go(at.run(), page)


def go(at, page):
    at.switch_page(f"pages/{page}.py").run()
    assert not at.exception
    return at


def press(at, key):
    at.button(key=key).click().run()
    assert not at.exception
    return at


def texts(at):
    kinds = ("title", "subheader", "success", "error", "warning", "info", "markdown", "caption", "text")
    said = [str(e.value) for kind in kinds for e in at.get(kind)]
    return "\n".join([*said, *(e.value.to_csv() for e in (*at.table, *at.dataframe))])


def standing(at):
    """Reporter -> its state, as the table of the office's desk says."""
    return {row["Đơn vị gửi"]: row["Tình trạng"] for _, row in at.table[0].value.iterrows()}


def acts(store):
    return [(event.act, event.person) for event in store.record.events(LAN)]


def test_the_desk_says_who_has_sent_what_and_what_changed(sent, plan):
    at = start(REVIEW, ky="Quý I/2022")
    table = at.table[0].value
    assert len(table) == len(plan.reporters)
    # The first upload of the post office still counts for nothing: each of its figures was sent again.
    row = next(r for _, r in table.iterrows() if r["Đơn vị gửi"] == plan.reporter("BDT").name)
    assert "khác 1 số so với lần 2" in row["Số liệu"]
    assert "Lan, lần nạp số 3" in row["Gửi lúc"]
    assert sorted(standing(at).values()).count(":blue-badge[◐ Đã gửi]") == 2
    assert f"**{len(plan.reporters) - 2}** chưa gửi" in texts(at)


def test_one_upload_is_approved_and_the_others_wait(sent, plan):
    at = start(REVIEW, ky="Quý I/2022")
    at.selectbox(key=f"xem-{PLAN}-2022-Q1").select("1").run()
    press(at, "approve")
    assert "Đã duyệt lần nạp số 1" in texts(at)
    assert standing(at)[plan.reporter("061").name] == ":green-badge[✔ Đã duyệt]"
    assert [u.approved_by for u in sent.uploads()] == ["", "", "Trần Thị Lan"]
    assert acts(sent)[0] == (Act.APPROVAL, "van-phong")


def test_all_that_wait_are_approved_at_once(sent):
    at = press(start(REVIEW, ky="Quý I/2022"), "approve-all")
    assert "Đã duyệt 2 lần nạp." in texts(at)
    assert [bool(u.approved_at) for u in sent.uploads()] == [True, False, True]
    assert not any(button.key == "approve-all" for button in at.button)


def test_what_is_sent_after_an_approval_waits_again(sent, sender, plan):
    at = press(start(REVIEW, ky="Quý I/2022"), "approve-all")
    sent.keep(sender.posts(Q1, 17, 17), LAN)
    at.run()
    assert standing(at)[plan.reporter("BDT").name] == ":blue-badge[◐ Đã gửi]"


def test_an_upload_is_returned_with_a_reason(sent, plan):
    at = start(REVIEW, ky="Quý I/2022")
    at.selectbox(key=f"xem-{PLAN}-2022-Q1").select("1").run()
    at.text_input(key="why-1").set_value("sai quý")
    next(b for b in at.button if b.label == "Rút lại số liệu").click().run()
    assert sent.upload("1").why == "sai quý"
    assert standing(at)[plan.reporter("061").name] == ":orange-badge[○ Chưa gửi]"


def test_closing_says_who_is_left_out_and_then_closes(sent, plan):
    at = start(REVIEW, ky="Quý I/2022")
    said = texts(at)
    assert f"**{len(plan.reporters) - 2} đơn vị chưa gửi:**" in said
    assert "**2 đơn vị đã gửi nhưng chưa duyệt:**" in said
    assert "không ai nạp hay rút số liệu" in said
    press(at, "close")
    assert sent.closed(PLAN) == {Q1}
    said = texts(at)
    assert "Quý I/2022 đã chốt" in said
    assert "Chốt kỳ lúc" in said
    assert "Trần Thị Lan" in said
    assert "Kỳ đã chốt, không rút được" in said


def test_opening_again_needs_a_reason_which_goes_on_record(sent):
    at = press(start(REVIEW, ky="Quý I/2022"), "close")
    button = next(b for b in at.button if b.label == "Mở lại Quý I/2022")
    button.click().run()
    assert "Hãy ghi lý do mở lại." in texts(at)
    assert sent.closed(PLAN) == {Q1}
    at.text_input(key="reopen-why").set_value("Ba Bể gửi sót *hai* xã")
    next(b for b in at.button if b.label == "Mở lại Quý I/2022").click().run()
    assert sent.closed(PLAN) == set()
    newest = sent.record.events(LAN)[0]
    assert (newest.act, newest.after) == (Act.REOPEN, "Ba Bể gửi sót *hai* xã")
    assert r"lý do: Ba Bể gửi sót \*hai\* xã" in texts(at)


def test_the_desk_of_an_empty_store_names_everybody_as_silent(store, plan):
    at = start(REVIEW)
    assert set(standing(at).values()) == {":orange-badge[○ Chưa gửi]"}
    assert "Chưa có đơn vị nào gửi số liệu Quý I/2022." in texts(at)


def test_between_sight_and_button_an_upload_may_be_gone(sent):
    at = start(REVIEW, ky="Quý I/2022")
    sent.withdraw("3", LAN, "nhầm")
    at.button(key="approve-all").click().run()
    assert not at.exception
    assert sent.upload("3").approved_at is None


@pytest.mark.parametrize("page", [REVIEW, REPORT, BACKUPS])
@pytest.mark.parametrize("role", Role)
def test_office_and_administrator_have_their_own_pages(store, page, role):
    allowed = role is (Role.ADMIN if page == BACKUPS else Role.OFFICE)
    assert ("không có quyền" in texts(start(page, role))) is not allowed


def test_a_closed_quarter_is_said_before_anybody_fills_in_a_form(sent, sender):
    sent.close_quarter(PLAN, Q1, LAN)
    at = start(UPLOAD, Role.REPORTER)
    assert at.button_group(key="quy_061").value == "Quý II/2022"
    at.button_group(key="quy_061").set_value("Quý I/2022").run()
    assert "Quý I/2022 đã chốt nên không nạp" in texts(at)
    content = sender.content("061", Q1, {("11", "061"): (24, 190)})
    at.file_uploader[0].upload("ba-be.xlsx", content).run()
    assert at.button(key="keep").disabled
    assert len(sent.uploads()) == 3


def test_a_closed_quarter_is_labelled_and_its_uploads_are_not_offered_for_withdrawal(sent):
    sent.close_quarter(PLAN, Q1, LAN)
    for page in (OVERVIEW, REPORT, HISTORY):
        assert "Kỳ đã chốt" in texts(start(page, ky="Quý I/2022"))
    at = start(HISTORY)
    assert not any("why-" in str(field.key) for field in at.text_input)
    sent.reopen_quarter(PLAN, Q1, LAN, "thử")
    assert "Kỳ đã chốt" not in texts(start(OVERVIEW, ky="Quý I/2022"))


@pytest.fixture
def whole_year(store, sender):
    store.keep(sender.posts(Q4, 18, 19), LAN)
    return store


def test_the_last_quarter_is_judged_as_final_once_it_is_closed(whole_year):
    at = start(OVERVIEW, ky="Quý IV/2022")
    assert at.toggle(key="chot").value is False
    whole_year.close_quarter(PLAN, Q4, LAN)
    at.run()
    assert at.toggle(key="chot").value is True
    assert start(REPORT, ky="Quý IV/2022").toggle(key="chot").value is True
    at.toggle(key="chot").set_value(False).run()
    assert at.run().toggle(key="chot").value is False
    whole_year.reopen_quarter(PLAN, Q4, LAN, "thử")
    assert at.run().toggle(key="chot").value is False


@pytest.mark.parametrize("asked", ["true", "false"])
@pytest.mark.parametrize("closed", [True, False])
def test_a_link_that_says_how_to_judge_wins(whole_year, asked, closed):
    if closed:
        whole_year.close_quarter(PLAN, Q4, LAN)
    at = start(OVERVIEW, ky="Quý IV/2022", chot=asked)
    assert at.toggle(key="chot").value is (asked == "true")
    assert at.run().toggle(key="chot").value is (asked == "true")


def test_each_room_sees_who_has_not_sent_for_its_indicators(sent, plan):
    at = start(UNITS, Role.ROOM, ky="Quý I/2022", xem="Phòng phụ trách")
    own = next(room for room in plan.rooms if room.code == "PBCVT")
    assert [h.value for h in at.subheader] == [own.name]
    assert {e.label for e in at.expander} == {r.name for r in plan.rooms if r != own}
    said = next(m.value for m in at.markdown if "Chưa gửi" in m.value)
    # Eight districts, the room itself, the post office and the service centre; two of them have sent.
    assert "9/11 đơn vị" in said
    assert plan.reporter("060").name in said
    assert plan.reporter("061").name not in said
    assert plan.reporter("PCNTT").name not in said


def test_a_room_is_told_when_everybody_has_sent(store, plan, units, directory):
    for reporter in plan.reporters:
        duty = next(d for d in reporter.duties if d.indicator in {"5", "6", "7", "8", "9", "12"})
        # A form of this duty alone: the whole one takes ten times as long to make.
        only = replace(plan, reporters=(replace(reporter, duties=(duty,)),))
        content = filled(only, units, reporter.code, Q1, {(duty.indicator, duty.unit): (1, 2)})
        draft = read(f"{reporter.code}.xlsx", content, {plan.code: plan}, directory, load=load_here)
        store.keep(draft, LAN)
    at = start(UNITS, Role.ROOM, ky="Quý I/2022", xem="Phòng phụ trách")
    assert "cả 11 đơn vị đã gửi" in texts(at)


@pytest.fixture
def fetch(monkeypatch) -> Callable[[AppTest, str], bytes]:
    """Fetch what a button of a page offers, the way the server does: later, outside of the page's run."""
    made: dict[str, Callable[[], bytes]] = {}

    def add(_: object, call: Callable[[], bytes], *__: object, file_name: str, **___: object) -> str:
        made[file_name] = call
        return file_name

    monkeypatch.setattr(MediaFileManager, "add_deferred", add)

    def get(at: AppTest, name: str) -> bytes:
        assert name in {button.proto.deferred_file_id for button in at.get("download_button")}
        return made[name]()

    return get


def test_a_report_goes_on_record_when_it_is_fetched_and_not_before(sent, fetch):
    at = start(REPORT, ky="Quý I/2022")
    before = sent.record.head()
    assert f"Mã chốt nhật ký: {before}" in texts(at)
    for name in ("bao-cao-bac-kan-2022-2022-Q1.csv", "bao-cao-bac-kan-2022-2022-Q1-don-vi-may-doc.csv"):
        content = fetch(at, name)
        newest = sent.record.events(LAN)[0]
        assert (newest.act, newest.person, newest.subject) == (Act.EXPORT, "van-phong", name)
        assert (newest.plan, newest.quarter) == (PLAN, "2022-Q1")
        made = sent.exports.snapshots()[0]
        assert newest.after.startswith(f"{made.id} {made.sha256} ")
        assert made.sha256 == hashlib.sha256(content).hexdigest()
    assert sent.verify(before) == []


def test_the_head_after_a_download_stands_beside_it(sent, fetch):
    at = start(REPORT, ky="Quý I/2022")
    fetch(at, "bao-cao-bac-kan-2022-2022-Q1.csv")
    next(b for b in at.get("download_button") if b.key == "export-csv").click().run()
    assert not at.exception
    (made,) = sent.exports.snapshots()
    assert f"Đã lưu lần xuất {made.id}: {made.filename}" in texts(at)
    assert f"Mã chốt nhật ký: {sent.record.head()}" in texts(at)


def test_who_has_lost_the_right_meanwhile_gets_no_report(sent, fetch):
    at = start(REPORT, ky="Quý I/2022")
    person = PEOPLE[Role.OFFICE]
    sent.people.change(type(person)(person.login, person.name, person.email, (Grant(Role.VIEWER),)), LAN)
    with pytest.raises(NotAllowedError):
        fetch(at, "bao-cao-bac-kan-2022-2022-Q1.csv")
    assert acts(sent)[0] == (Act.REFUSED, "van-phong")


def test_without_backups_the_page_says_so(store):
    said = texts(start(BACKUPS, Role.ADMIN))
    assert "Chưa có bản sao lưu nào." in said
    assert "Kho cũ không bị xóa" in said


def test_a_backup_is_made_listed_and_carried_away(store, fetch):
    at = press(start(BACKUPS, Role.ADMIN), "back-up")
    (made,) = store.backups.on_disk(LAN)
    assert f"Đã sao lưu: {made.name}." in texts(at)
    table = at.dataframe[0].value
    assert list(table["Tệp"]) == [made.name]
    assert list(table["Mã chốt nhật ký"]) == [made.head] == [store.record.head()]
    content = fetch(at, made.name)
    assert (
        hashlib.sha256(content).hexdigest()
        == hashlib.sha256((store.path.parent / "backups" / made.name).read_bytes()).hexdigest()
    )
    assert acts(store)[:2] == [(Act.BACKUP, "quan-tri")] * 2


def test_the_newest_backup_is_the_one_offered(store):
    first = store.back_up(LAN)
    at = start(BACKUPS, Role.ADMIN)
    assert at.selectbox(key="backup").value == first.name
    newest = press(at, "back-up").selectbox(key="backup").value
    assert newest == store.backups.on_disk(LAN)[0].name != first.name


def test_a_backup_that_cannot_be_made_is_a_sentence(store, sender):
    store.keep(sender.posts(Q1, 18), LAN)
    next(store.originals.iterdir()).unlink()
    at = press(start(BACKUPS, Role.ADMIN), "back-up")
    assert "bị mất hoặc không còn nguyên vẹn" in texts(at)
    assert "Chưa có bản sao lưu nào." in texts(at)
