"""A plan changed in the program: the file keeps its remarks, the store every text, and everybody sees it at once."""

from __future__ import annotations

import difflib
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from kpi import plan as plan_files
from kpi import ui, vi
from kpi.cli import main
from kpi.model import (
    PROGRAM,
    Act,
    NotAllowedError,
    NotKeptError,
    Role,
    StalePlanError,
    UneditablePlanError,
    UnknownPlanTextError,
)
from kpi.plan import editing
from kpi.vi import plans as words
from tests.filled import LAN, PEOPLE, Q1, user_of

ROOT = Path(__file__).parent.parent
SHIPPED = plan_files.SHIPPED / "plans" / "bac-kan-2022.toml"
TEXT = plan_files.decode(SHIPPED.read_bytes())
PLAN = "bac-kan-2022"
EDITOR, OVERVIEW = "plan/editor", "progress/overview"
REMARK = "# Tiêu chuẩn khen thưởng"


def changed(after: str, before: str = TEXT) -> list[str]:
    """The lines that differ, those gone with "-" and those come with "+"."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


@pytest.fixture
def read(directory):
    """The plan of a text; PlanError when it is none."""

    def reading(text: str, code: str = PLAN):
        return plan_files.loads(Path("plans") / f"{code}.toml", text.encode(), directory)

    return reading


# --- the text ---


def test_what_is_not_changed_stays_to_the_byte(read):
    text = editing.change_target(TEXT, "10", Decimal("82.50"))
    assert changed(text) == ["-target = { at_least = 82 }", "+target = { at_least = 82.5 }"]
    assert read(text).indicator("10").target.value == Decimal("82.5")
    text = editing.change_target(TEXT, "13", Decimal(3))
    assert changed(text) == ["-target = { rise_at_least = 2 }", "+target = { rise_at_least = 3 }"]
    text = editing.change_owner(TEXT, "indicator", "1", "VP")
    assert changed(text) == ['-room = "PTTBCXB"', '+room = "VP"']
    assert words.room_of(read(text), "1") == "VP"
    text = editing.change_owner(TEXT, "task", "NV1", None)
    assert changed(text) == ['-room = "PCNTT"']
    assert changed(editing.change_owner(text, "task", "NV1", "VP"), text) == ['+room = "VP"']
    text = editing.change_dates(TEXT, "NV1", date(2022, 1, 1), date(2022, 11, 30))
    assert changed(text) == ["-due = 2022-12-31", "+due = 2022-11-30"]
    assert read(text).task("NV1").due == date(2022, 11, 30)


def test_milestones_come_change_and_go_without_a_trace(read):
    text = editing.change_milestones(TEXT, "10", {1: Decimal(20), 2: Decimal("40.5")})
    assert changed(text) == ["+milestones = { q1 = 20, q2 = 40.5 }"]
    assert read(text).indicator("10").milestones == {1: Decimal(20), 2: Decimal("40.5")}
    fewer = editing.change_milestones(text, "10", {2: Decimal("40.5")})
    assert changed(fewer, text) == [
        "-milestones = { q1 = 20, q2 = 40.5 }",
        "+milestones = { q2 = 40.5 }",
    ]
    assert editing.change_milestones(fewer, "10", {}) == TEXT


def test_a_value_that_is_the_same_changes_nothing():
    assert editing.change_target(TEXT, "10", Decimal("82.00")) == TEXT
    assert editing.change_owner(TEXT, "indicator", "10", "PCNTT") == TEXT
    assert editing.change_dates(TEXT, "NV1", date(2022, 1, 1), date(2022, 12, 31)) == TEXT
    assert editing.change_milestones(TEXT, "10", {}) == TEXT
    assert editing.change_blocking(TEXT, "bk_c1_targets", True) == TEXT


def test_an_arising_task_stands_after_the_others_and_ahead_of_what_follows(read):
    days = date(2022, 5, 1), date(2022, 6, 30)
    text, key = editing.add_task(TEXT, 'Việc "gấp"\\', *days, assignee="Văn phòng Sở", room="VP", output="QĐ")
    assert (key, next(line for line in changed(text) if line != "+")) == ("PS1", "+[[task]]")
    assert all(line.startswith("+") for line in changed(text))
    # The remark stays with the criterion it stands above.
    assert text[text.index(REMARK) :] == TEXT[TEXT.index(REMARK) :]
    task = read(text).task("PS1")
    assert (task.content, task.assignee, task.room, task.unit) == ('Việc "gấp"\\', "Văn phòng Sở", "VP", "VP")
    assert (task.start, task.due, task.output.title, task.arising) == (*days, "QĐ", True)
    again, key = editing.add_task(text, "Việc khác", *days, assignee="Bưu điện tỉnh")
    assert key == "PS2"
    assert read(again).task("PS2").room is None


def test_whether_a_criterion_blocks_is_one_line(read):
    text = editing.change_blocking(TEXT, "bk_c1_targets", False)
    assert changed(text) == ["+blocking = false"]
    text = editing.change_blocking(text, "bk_c2_exceptional", True)
    assert {c.key: c.blocking for c in read(text).criteria}["bk_c1_targets"] is False
    assert {c.key: c.blocking for c in read(text).criteria}["bk_c2_exceptional"] is True


def test_line_ends_of_windows_and_the_mark_of_notepad_stay(read):
    notepad = "\ufeff" + TEXT.replace("\n", "\r\n")
    text = editing.change_milestones(editing.change_target(notepad, "10", Decimal(90)), "10", {1: Decimal(5)})
    text, _ = editing.add_task(text, "Việc", date(2022, 5, 1), date(2022, 6, 1), assignee="A")
    assert text.startswith("\ufeff#")
    assert text.count("\r\n") == text.count("\n")
    assert read(text).indicator("10").target.value == 90
    assert changed(text.replace("\r\n", "\n").lstrip("\ufeff"))[:3] == [
        "-target = { at_least = 82 }",
        "+target = { at_least = 90 }",
        "+milestones = { q1 = 5 }",
    ]


def test_a_text_that_would_not_come_out_as_it_went_in_is_not_changed():
    scattered = (
        f'{TEXT}\n[[task]]\nkey = "Z"\ncontent = "z"\nassignee = "z"\nstart = 2022-01-01\ndue = 2022-02-01\n'
    )
    with pytest.raises(UneditablePlanError) as caught:
        editing.change_target(scattered, "10", Decimal(90))
    assert "sửa tệp bằng tay" in vi.refusal(caught.value)


def test_next_years_plan_has_the_dates_of_next_year_and_nothing_of_what_was_done(read):
    days = date(2022, 5, 1), date(2022, 6, 30)
    whole, _ = editing.add_task(TEXT, "Việc phát sinh", *days, assignee="A")
    text = editing.copy(whole, "bac-kan-2023", 2023, {"1": Decimal(93), "10": Decimal("80.4")})
    after = read(text, "bac-kan-2023")
    assert after.title.endswith("năm 2023")
    assert (after.number, after.issued) == ("…/KH-STTTT", "ngày … tháng … năm 2023")
    assert (after.start, after.end, after.dossier_before) == (
        date(2023, 1, 1),
        date(2023, 12, 31),
        date(2024, 1, 15),
    )
    assert [(t.key, t.start, t.due, t.done_on, bool(t.result)) for t in after.tasks] == [
        ("NV1", date(2023, 1, 1), date(2023, 12, 31), None, False),
        ("NV2", date(2023, 1, 1), date(2023, 12, 31), None, False),
    ]
    before = read(TEXT)
    assert [i.target for i in after.indicators] == [i.target for i in before.indicators]
    assert after.indicator("13").editions == before.indicator("13").editions
    assert {i.number: i.baseline for i in after.indicators if i.baseline} == {"1": 93, "10": Decimal("80.4")}
    assert "Chép từ kế hoạch bac-kan-2022" in after.assumptions[-1]
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in whole.splitlines() if line.startswith("#")
    ]
    again = read(editing.copy(text, "bac-kan-2024", 2024), "bac-kan-2024")
    assert all(i.baseline is None for i in again.indicators)


def test_a_plan_of_several_years_moves_on_by_all_of_them(read):
    longer = TEXT.replace("end = 2022-12-31", "end = 2024-02-29").replace("= 2027-12-31", "= 2025-12-31")
    longer = longer.replace('năm 2022"\nnumber', 'giai đoạn 2022-2024"\nnumber')
    after = read(editing.copy(longer, "bac-kan-2025", 2027), "bac-kan-2025")
    assert after.erase_personal == date(2028, 12, 31)
    assert (after.start, after.end) == (date(2025, 1, 1), date(2027, 2, 28))
    assert after.title.endswith("giai đoạn 2025-2027")
    assert words.in_years("ntm-2021-2025", range(2022, 2026), 4) == "ntm-2026-2029"
    assert words.in_years("Nghị quyết 19-2019, năm 2022, số 20220", range(2022, 2023), 1) == (
        "Nghị quyết 19-2019, năm 2023, số 20220"
    )


# --- the file and the store ---


@pytest.fixture
def edit(house):
    """Change the target of indicator 10, as somebody."""
    target = plan_files.overlay(house.path) / SHIPPED.name

    def editing_as(role: Role, value: int = 90, before: bytes = SHIPPED.read_bytes()) -> str:
        text = editing.change_target(plan_files.decode(before), "10", Decimal(value))
        seen = target if target.exists() else SHIPPED
        write = partial(plan_files.write, target, text.encode(), seen, before)
        house.plans.edit(PLAN, plan_files.decode(before), text, PEOPLE[role], write)
        return text

    return editing_as


def test_both_texts_stay_and_the_change_is_on_record(house, edit, directory):
    revision, shipped = house.revision, SHIPPED.read_bytes()
    after = edit(Role.OFFICE)
    assert house.revision > revision
    assert SHIPPED.read_bytes() == shipped
    (path,) = (p for p in plan_files.paths(plan_files.SHIPPED, house.path) if p.name == SHIPPED.name)
    assert path.read_bytes().decode() == after
    assert [p.suffix for p in path.parent.iterdir()] == [".toml"]
    old, new = plan_files.load(SHIPPED, directory), plan_files.load(path, directory)
    (change,) = house.plans.changes(PLAN)
    assert (change.before, change.after, change.person) == (old.text, new.text, PEOPLE[Role.OFFICE].login)
    assert (house.plans.text(old.text), house.plans.text(new.text)) == (TEXT, after)
    assert {(t.sha256, t.person) for t in house.plans.texts(PLAN)} == {
        (old.text, PROGRAM),
        (new.text, PEOPLE[Role.OFFICE].name),
    }
    assert words.differences(old, new) == [
        "Chỉ tiêu 10. DVC trực tuyến mức độ 4, chỉ tiêu giao: ≥ 82% → ≥ 90%"
    ]
    assert house.plans.keep(PLAN, after, LAN) == new.text
    assert len(house.plans.texts()) == 2
    with pytest.raises(UnknownPlanTextError):
        house.plans.text("0" * 64)
    assert house.verify() == []
    with house._database.transaction() as db:
        db.execute("update plan_text set content = content || ' ' where sha256 = ?", [new.text])
    (flaw,) = house.verify()
    assert "bản kế hoạch" in vi.flaw(flaw.fault, flaw.id)


@pytest.mark.parametrize("role", Role)
def test_only_office_and_admin_may_change_a_plan(house, edit, role):
    if role in {Role.OFFICE, Role.ADMIN}:
        edit(role)
        return
    with pytest.raises(NotAllowedError):
        edit(role)
    assert not plan_files.overlay(house.path).exists()
    assert house.plans.texts() == []
    assert [(e.act, e.person, e.subject) for e in house.record.events(LAN) if e.act is not Act.ACCOUNT] == [
        (Act.REFUSED, PEOPLE[role].login, PLAN)
    ]


def test_a_change_made_from_an_older_text_or_that_the_disk_refuses_leaves_all_as_it_was(house, edit):
    after = edit(Role.OFFICE, 90)
    events = len(house.record.events(LAN))
    with pytest.raises(StalePlanError):
        edit(Role.ADMIN, 95)
    path = plan_files.overlay(house.path) / SHIPPED.name
    path.unlink()
    path.parent.rmdir()
    path.parent.write_text("in the way")
    with pytest.raises(NotKeptError):
        edit(Role.ADMIN, 96)
    assert (len(house.record.events(LAN)), len(house.plans.texts())) == (events, 2)
    assert house.plans.changes(PLAN)[0].after == house.plans.keep(PLAN, after, LAN)


def test_texts_found_at_the_start_are_kept_and_no_plan_is_noted_twice(house):
    files = {"a": b"code = 1", "b": b"\xff\xfe"}
    house.plans.note(files)
    revision = house.revision
    house.plans.note(files)
    assert house.revision == revision
    assert [(c.before, c.person) for name in files for c in house.plans.changes(name)] == [("", PROGRAM)] * 2
    # What is no text was never judged by.
    (kept,) = house.plans.texts()
    assert house.plans.text(kept.sha256) == "code = 1"
    assert house.verify() == []


def test_the_command_line_reads_the_changed_plan_and_checks_it(house, edit, tmp_path):
    edit(Role.OFFICE)
    ui.close()
    path = tmp_path / "plans" / SHIPPED.name
    run = partial(CliRunner().invoke, main)
    result = run(["progress", "--plan", PLAN, "--quarter", "2022-Q1", "--json"])
    rows = json.loads(result.stdout.splitlines()[-1])
    assert next(row["target"] for row in rows if row["indicator"] == "10") == "90"
    result = run(["check", "--json"])
    assert result.exit_code == 0
    assert f"đang dùng bản sửa trong chương trình: {path}" in result.stdout
    assert str(path) in {found["file"] for found in json.loads(result.stdout.splitlines()[-1])}
    path.write_text(path.read_text("utf-8").replace("at_least = 90", "at_least = -1"), "utf-8")
    result = run(["check"])
    assert result.exit_code == 1
    assert "indicator.10.target.at_least = -1" in result.stdout


# --- the page ---


def start(page, role=Role.OFFICE):
    at = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    at.user = user_of(role)
    at.query_params["ke_hoach"] = PLAN
    at.run().switch_page(f"pages/{page}.py").run()
    assert not at.exception
    pick = [box for box in at.selectbox if box.key == "ke_hoach"]
    if pick and pick[0].value != PLAN:
        pick[0].set_value(PLAN).run()
    return at


def widget(at, kind, name):
    """The widget whose key begins with a name; what follows is the text of the plan."""
    return next(w for w in at.get(kind) if (w.key or "").startswith(name))


def press(at, key):
    at.button(key=key).click().run()
    assert not at.exception
    return at


def said(at):
    kinds = ("success", "error", "warning", "info", "markdown", "caption")
    return "\n".join(str(e.value) for kind in kinds for e in at.get(kind))


def overlay():
    return plan_files.overlay(ui.store().path)


def test_a_target_changed_on_the_page_changes_the_verdict_everybody_sees(house, sender):
    house.keep(sender.posts(Q1, *[19] * 8), LAN)
    house.close_quarter(PLAN, Q1, LAN)
    other = start(OVERVIEW, Role.VIEWER)
    before = other.table[0].value.to_csv()
    assert "≥ 100%" in before
    at = start(EDITOR)
    assert "tệp gốc, chưa sửa" in said(at)
    assert "Đã chốt Quý I/2022" in said(at)
    at.selectbox(key=f"indicator-{PLAN}").set_value("7").run()
    widget(at, "text_input", "target-7").set_value("1.234").run()
    assert "đọc được hai cách" in said(at)
    widget(at, "selectbox", "room-indicator-7").set_value("VP").run()
    press(at, "save-indicator")
    widget(at, "text_input", "target-7").set_value("0").run()
    assert "ngoài khoảng cho phép" in said(at)
    press(at, "save-indicator")
    assert not overlay().exists()
    widget(at, "selectbox", "room-indicator-7").set_value("PBCVT").run()
    widget(at, "text_input", "target-7").set_value("94,5").run()
    assert "chỉ tiêu giao: ≥ 100% → ≥ 94,5%" in said(at)
    assert not overlay().exists()
    press(at, "save-indicator")
    assert "Đã lưu" in at.success[0].value
    assert "đã sửa trong chương trình" in said(at)
    assert changed((overlay() / SHIPPED.name).read_text("utf-8")) == [
        "-target = { at_least = 100 }",
        "+target = { at_least = 94.5 }",
    ]
    after = other.run().table[0].value.to_csv()
    assert "≥ 94,5%" in after
    assert before != after
    press(at, "go-back")
    assert "≥ 94,5% → ≥ 100%" in at.success[0].value
    assert other.run().table[0].value.to_csv() == before
    # What came with the program needs no file beside the store.
    assert not (overlay() / SHIPPED.name).exists()
    assert "tệp gốc, chưa sửa" in said(at)
    acts = [e.person for e in house.record.events(LAN, act=Act.PLAN)]
    assert acts == [PEOPLE[Role.OFFICE].login] * 2


def test_tasks_rooms_and_old_texts_are_a_few_clicks_away(house):
    at = start(EDITOR, Role.ADMIN)
    widget(at, "date_input", "due-NV1").set_value(date(2021, 12, 31)).run()
    assert "không được trước 01/01/2022" in said(at)
    widget(at, "date_input", "due-NV1").set_value(date(2022, 10, 31)).run()
    widget(at, "selectbox", "room-task-NV1").set_value("VP").run()
    press(at, "save-task")
    assert "thời gian: 01/01/2022 – 31/12/2022 → 01/01/2022 – 31/10/2022" in at.success[0].value
    assert "Phòng Công nghệ thông tin → Văn phòng Sở" in at.success[0].value
    press(at, "save-new-task")
    assert "Hãy ghi nội dung." in said(at)
    widget(at, "text_area", "new-content").set_value("Tổng kết *chuyên đề*").run()
    press(at, "save-new-task")
    assert "Thêm nhiệm vụ PS1" in at.success[0].value
    assert "PS1" in {task.key for task in ui.plans()[PLAN].tasks}
    newest = house.plans.changes(PLAN)
    box = widget(at, "selectbox", "text-")
    assert box.value == newest[0].event
    assert '+content = "Tổng kết *chuyên đề*"' in at.code[0].value
    box.set_value(newest[1].event).run()
    assert at.code[0].value.splitlines()[:2] == ['-room = "PCNTT"', '+room = "VP"']
    press(at, "use-text")
    assert "Bỏ nhiệm vụ PS1" in at.success[0].value
    assert "PS1" not in {task.key for task in ui.plans()[PLAN].tasks}


def test_next_years_plan_is_made_and_put_away_on_the_page(house, sender):
    house.keep(sender.posts(Q1, *[19] * 8), LAN)
    at = start(EDITOR)
    widget(at, "text_input", "copy-code").set_value(PLAN).run()
    assert "Hãy đặt mã khác" in said(at)
    widget(at, "text_input", "copy-code").set_value("bac-kan-2023").run()
    press(at, "create")
    assert "Đã tạo kế hoạch bac" in at.success[0].value
    made = ui.plans()["bac-kan-2023"]
    assert (made.start, made.end) == (date(2023, 1, 1), date(2023, 12, 31))
    at.selectbox(key="ke_hoach").set_value("bac-kan-2023").run()
    assert "đã sửa trong chương trình" in said(at)
    press(at, "remove")
    assert "bac-kan-2023" not in ui.plans()
    assert house.plans.text(made.text) == made.source
    assert house.verify() == []


def test_a_broken_plan_file_is_said_and_the_last_good_text_is_one_click_away(house, monkeypatch, tmp_path):
    ui.prepare()
    at = start(EDITOR)
    widget(at, "text_input", "target-1-").set_value("101").run()
    press(at, "save-indicator")
    good = (overlay() / SHIPPED.name).read_bytes()
    (overlay() / SHIPPED.name).write_bytes(b"\xff\xfebroken")
    at = start(EDITOR)
    assert "bảng mã UTF-8" in said(at)
    assert "đang hỏng" in said(at)
    press(at, f"mend-{PLAN}")
    assert "trở về bản đọc được gần nhất" in at.success[0].value
    assert (overlay() / SHIPPED.name).read_bytes() == good
    # Going back once more leads past what was broken.
    press(at, "go-back")
    assert ui.plans()[PLAN].source == TEXT
    assert [e.person for e in house.record.events(LAN, act=Act.PLAN) if e.plan == PLAN][1:3] == [
        PEOPLE[Role.OFFICE].login,
        PROGRAM,
    ]
    assert house.verify() == []


def test_criteria_may_be_made_blocking_or_not(house):
    at = start(EDITOR)
    criteria = ui.plans()[PLAN].criteria
    if not criteria:
        assert "không ghi tiêu chí" in said(at)
        return
    first = criteria[0]
    widget(at, "toggle", f"blocking-{first.key}").set_value(not first.blocking).run()
    press(at, "save-criteria")
    assert ui.plans()[PLAN].criteria[0] == replace(first, blocking=not first.blocking)
