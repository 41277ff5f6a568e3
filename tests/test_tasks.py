"""Where tasks stand, what may be told of them, how it is kept, and the form by which many are told at once."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from kpi import charts, vi
from kpi.cli import main
from kpi.model import (
    Act,
    Document,
    Grant,
    NotAllowedError,
    Person,
    Quarter,
    QuarterClosedError,
    Role,
    Task,
    TaskState,
    TaskUpdate,
    UnknownTaskError,
)
from kpi.problems import reason
from kpi.store import Store
from kpi.tasks import bad_evidence, before, evidence_name, lean, owners, stand, told_again, wrong
from kpi.vi import tasks as words
from kpi.workbook import blank_tasks, read, read_tasks
from tests.filled import LAN, PEOPLE, Q1, Q2, Q3, Q4, let_in

PDF = b"%PDF-1.4 \xc4\x91\xe1\xbb\x81 \xc3\xa1n"
PNG = b"\x89PNG\r\n\x1a\n rest"
DECISION = Document("Quyết định ban hành danh mục", "2300/QĐ-UBND", date(2022, 12, 5), "UBND tỉnh Bắc Kạn")
TODAY = date(2023, 2, 1)
TASK = Task("T", "Việc", "Phòng A", date(2022, 1, 1), date(2022, 6, 30), "A", "B")


def told(state: TaskState, quarter: Quarter = Q2, number: int = 1, **facts) -> TaskUpdate:
    return TaskUpdate("T", quarter, state, id=str(number), **facts)


def standing(task: Task, *updates: TaskUpdate, day: date, quarter: Quarter = Q4):
    (found,) = stand([task], updates, quarter, day)
    return found


DONE, DOING, NOT, OVERDUE, DROPPED = (
    TaskState.DONE,
    TaskState.IN_PROGRESS,
    TaskState.NOT_STARTED,
    TaskState.OVERDUE,
    TaskState.DROPPED,
)


@pytest.mark.parametrize(
    ("updates", "day", "state", "late"),
    [
        ((), date(2022, 3, 1), NOT, 0),
        ((), date(2022, 6, 30), NOT, 0),
        ((), date(2022, 7, 1), OVERDUE, 1),
        ((told(DOING),), date(2022, 6, 30), DOING, 0),
        ((told(DOING),), date(2022, 7, 31), OVERDUE, 31),
        ((told(DONE, done_on=date(2022, 6, 30)),), date(2022, 12, 31), DONE, 0),
        ((told(DONE, Q3, done_on=date(2022, 7, 2)),), date(2022, 12, 31), DONE, 2),
        ((told(DONE, Q3, done_on=date(2022, 7, 2)),), date(2022, 7, 1), OVERDUE, 1),
        ((told(DROPPED),), date(2022, 12, 31), DROPPED, 0),
        # The newest of a quarter counts, and a later quarter before an earlier one told afterwards.
        ((told(DROPPED), told(DOING, number=2)), date(2022, 6, 30), DOING, 0),
        ((told(DROPPED, Q2), told(DOING, Q1, number=2)), date(2022, 6, 30), DROPPED, 0),
    ],
)
def test_late_is_after_due_and_what_was_told_last_counts(updates, day, state, late):
    found = standing(TASK, *updates, day=day)
    assert (found.state, found.days_late) == (state, late)
    assert found.late == (late > 0)


def test_an_earlier_quarter_does_not_see_what_was_told_for_a_later_one():
    updates = told(DOING, Q1), told(DONE, Q2, 2, done_on=date(2022, 5, 1), result=DECISION)
    first = standing(TASK, *updates, day=Q1.last_day, quarter=Q1)
    assert (first.state, first.done_on, first.result) == (DOING, None, Document())
    second = standing(TASK, *updates, day=Q2.last_day, quarter=Q2)
    assert (second.state, second.done_on, second.result) == (DONE, date(2022, 5, 1), DECISION)
    assert [update.id for update in second.updates] == ["2", "1"]


def test_what_was_told_counts_over_the_plan_unless_the_plan_knows_of_later(plan):
    first = plan.task("NV1")
    assert standing(first, day=date(2022, 4, 25)).state is NOT
    assert standing(first, day=date(2022, 4, 26)).state is DONE
    waiting = TaskUpdate("NV1", Q1, DOING, note="Chờ phê duyệt", id="1")
    assert standing(first, waiting, day=Q1.last_day, quarter=Q1).state is DOING
    # In March it was not done; in April the plan says it was.
    later = standing(first, waiting, day=Q2.last_day, quarter=Q2)
    assert (later.state, later.done_on) == (DONE, date(2022, 4, 26))
    taken_back = replace(waiting, quarter=Q2, id="2")
    assert standing(first, taken_back, day=Q2.last_day, quarter=Q2).state is DOING
    other = replace(waiting, quarter=Q2, id="3", planned=Document("Nghị quyết"))
    assert standing(first, other, day=Q2.last_day).planned == Document("Nghị quyết")
    assert standing(first, taken_back, day=Q2.last_day).planned == first.output


def test_a_task_is_told_again_as_it_stood_before(plan):
    second = plan.task("NV2")
    done = TaskUpdate("NV2", Q4, DONE, date(2022, 12, 5), result=DECISION, evidence="a.pdf", id="2")
    found = standing(second, TaskUpdate("NV2", Q3, DOING, note="cũ", id="1"), done, day=Q4.last_day)
    assert told_again(found, Q4) == replace(done, id="", planned=second.output)
    earlier = before(found, Q4)
    assert earlier is not None
    assert (earlier.state, earlier.quarter, earlier.note, earlier.done_on) == (DOING, Q4, "", None)
    assert lean(second, earlier).planned == Document()
    assert before(found, Q3) is None
    assert before(standing(second, day=Q4.last_day), Q4) is None
    # Overdue is no thing to tell; done after the quarter, told for the plan's last one, is not forgotten.
    assert told_again(standing(second, day=date(2023, 1, 1)), Q4).state is NOT
    late = standing(second, TaskUpdate("NV2", Q4, DONE, date(2023, 1, 9), id="3"), day=Q4.last_day)
    assert late.state is not DONE
    assert told_again(late, Q4).done_on == date(2023, 1, 9)


def test_what_cannot_be_so_is_found(plan):
    def reasons(state, quarter=Q3, **facts):
        return [reason(p) for p in wrong(plan, TaskUpdate("NV2", quarter, state, **facts), TODAY)]

    assert reasons(DOING, note="đang làm") == []
    assert reasons(DONE) == ["done_without_date"]
    assert reasons(DOING, done_on=date(2022, 7, 1)) == ["date_without_done"]
    assert reasons(DROPPED, result=DECISION) == ["result_without_done"]
    assert reasons(DONE, done_on=date(2023, 2, 2)) == ["day_to_come"]
    assert reasons(DONE, done_on=date(2021, 12, 31)) == ["done_before_start"]
    assert reasons(DONE, done_on=date(2022, 10, 1)) == ["done_after_quarter"]
    assert reasons(DONE, Q4, done_on=date(2023, 1, 9)) == []  # no later quarter to tell it for
    signed = Document("Quyết định", signed_on=date(2023, 3, 1))
    assert reasons(DONE, done_on=date(2022, 9, 1), result=signed) == ["day_to_come"]
    assert reasons(DOING, note="x" * 1001) == ["text_too_long"]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.pdf", PDF, None),
        ("A.PNG", PNG, None),
        ("a.jpg", b"\xff\xd8\xff\xe0", None),
        ("a.pdf", PNG, "kind"),
        ("a.exe", b"MZ", "kind"),
        ("a.docx", b"PK\x03\x04 broken", "kind"),
        ("a.pdf", b"  \n", "empty"),
        ("a.pdf", PDF + b"x" * 5_000_000, "large"),
    ],
)
def test_evidence_is_what_its_name_says(name, content, why):
    found = bad_evidence(name, content)
    assert (found and found.reason) == why
    assert found is None or name in words.explain(found)


def test_evidence_keeps_its_name_without_folders(plan):
    assert evidence_name("C:\\Hồ sơ\\Quyết định 676\u202efdp.pdf") == "Quyết định 676fdp.pdf"
    form = blank_tasks(plan, "PCNTT", Q1, stand(plan.tasks, (), Q1, Q1.last_day))
    assert bad_evidence("a.xlsx", form) is None
    assert bad_evidence("a.docx", form) is not None


# What is kept.


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "kpi.duckdb") as opened:
        let_in(opened)
        yield opened


def update(**facts) -> TaskUpdate:
    return TaskUpdate("NV2", Q4, DONE, date(2022, 12, 5), result=DECISION, note="Đúng hạn", **facts)


def test_what_is_told_is_kept_with_its_proof_and_on_record(store, plan):
    assert store.tasks.keep(plan, [update(evidence="QĐ.pdf")], LAN, evidence={"NV2": PDF}) == ["1"]
    (kept,) = store.tasks.updates(plan.code)
    assert (kept.result, kept.note, kept.person) == (DECISION, "Đúng hạn", "Lan")
    assert store.tasks.evidence("1", PEOPLE[Role.VIEWER]) == ("QĐ.pdf", PDF)
    event = store.record.events(LAN)[0]
    assert (event.act, event.subject, event.unit) == (Act.TASK, "1 NV2", "PCNTT")
    assert not store.verify()


def test_the_office_and_whose_task_it_is_may_tell(store, plan):
    own_room = Person("pcntt", "Vũ", "pcntt@so.vn", grants=(Grant(Role.ROOM, "PCNTT"),))
    let_in(store, [own_room])
    for person in (PEOPLE[Role.OFFICE], own_room):
        store.tasks.keep(plan, [update()], person)
    # Another room, another reporter, a viewer and the administrator may not; it is on record that they tried.
    for role in (Role.ROOM, Role.REPORTER, Role.VIEWER, Role.ADMIN):
        with pytest.raises(NotAllowedError):
            store.tasks.keep(plan, [update()], PEOPLE[role])
        assert store.record.events(LAN)[0].act is Act.REFUSED
    assert len(store.tasks.updates()) == 2


def test_all_or_nothing_is_kept(store, plan):
    with pytest.raises(UnknownTaskError):
        store.tasks.keep(plan, [update(), replace(update(), task="NV9")], LAN)
    store.close_quarter(plan.code, Q3, LAN)
    with pytest.raises(QuarterClosedError):
        store.tasks.keep(plan, [update(), replace(update(), quarter=Q3)], LAN, evidence={"NV2": PDF})
    assert store.tasks.updates() == []


def test_tampering_with_an_update_or_its_proof_is_found(store, plan, tmp_path):
    store.tasks.keep(plan, [update(evidence="QĐ.pdf"), update()], LAN, evidence={})
    store.tasks.keep(plan, [update(evidence="QĐ.pdf")], LAN, evidence={"NV2": PDF})
    proof = tmp_path / "evidence" / store.tasks.updates()[-1].evidence_sha256
    proof.write_bytes(PDF + b"!")
    with store._database.cursor() as db:
        db.execute("update task_update set done_on = date '2022-11-05' where id = 2")
    flaws = {(flaw.fault, flaw.id) for flaw in store.verify()}
    assert {("task", 2), ("evidence", 3)} <= flaws
    assert all(vi.flaw(fault, number) for fault, number in flaws)


# The form.


def form(plan, owner="PCNTT", quarter=Q4, updates=()):
    return blank_tasks(plan, owner, quarter, stand(plan.tasks, updates, quarter, quarter.last_day))


def typed(content: bytes, cells, sheet: str = words.SHEET) -> bytes:
    book = load_workbook(io.BytesIO(content))
    for address, value in cells.items():
        book[sheet][address].value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_form(content, plans, held=(), name="nv.xlsx"):
    return read_tasks(name, content, plans, held, TODAY)


def test_a_form_goes_out_comes_back_and_is_kept(store, plan, plans):
    blank = form(plan)
    sheet = load_workbook(io.BytesIO(blank))[words.SHEET]
    assert [sheet[f"A{row}"].value for row in (8, 9)] == ["NV1", "NV2"]
    assert "Hoàn thành ngày 26/04/2022" in sheet["D8"].value
    assert load_workbook(io.BytesIO(blank))["_khoa"].sheet_state == "hidden"
    assert blank == form(plan)
    filled = typed(
        blank,
        {
            "E9": "hoàn thành",
            "F9": "05/12/2022",
            "G9": "2300/QĐ-UBND",
            "H9": date(2022, 12, 5),
            "I9": "UBND tỉnh Bắc Kạn",
            "J9": "Quyết định ban hành danh mục",
            "M9": "Đúng hạn",
        },
    )
    draft = read_form(filled, plans)
    assert draft.clean
    assert (draft.owner, draft.quarter, draft.problems, draft.notices) == ("PCNTT", Q4, (), ())
    store.tasks.keep(plan, draft.updates, LAN, workbook=draft.content)
    assert store.files()[f"evidence/{draft.sha256}"]() == draft.content
    found = stand(plan.tasks, store.tasks.updates(plan.code), Q4, Q4.last_day)[1]
    assert (found.state, found.done_on, found.result) == (DONE, date(2022, 12, 5), DECISION)
    assert (found.note, found.planned) == ("Đúng hạn", plan.task("NV2").output)
    assert (found.updates[0].filename, str(found.updates[0].cell)) == ("nv.xlsx", "Nhiệm vụ!E9")
    # The same again changes nothing; nor does a form left blank.
    for content in (filled, blank):
        again = read_form(content, plans, store.tasks.updates)
        assert again.updates == ()
        assert [reason(n) for n in again.notices] == ["nothing_told"]


def test_a_cell_left_blank_keeps_what_stands_and_taking_back_clears_the_result(plan, plans):
    held = [replace(update(), id="1")]
    note_only = read_form(typed(form(plan, updates=held), {"M9": "Đã đăng công báo"}), plans, held)
    (change,) = note_only.changes
    assert words.differences(told_again(change.old, Q4), change.new) == [
        ("Ghi chú quý", "Đúng hạn", "Đã đăng công báo")
    ]
    assert change.new.result == DECISION
    back = read_form(typed(form(plan, updates=held), {"E9": "Đang thực hiện"}), plans, held)
    assert back.clean
    assert (back.updates[0].state, back.updates[0].done_on, back.updates[0].result) == (
        DOING,
        None,
        Document(),
    )


def test_done_without_a_document_may_be_kept_but_is_said(plan, plans):
    draft = read_form(typed(form(plan), {"E9": "Hoàn thành", "F9": date(2022, 12, 5)}), plans)
    assert draft.clean
    assert [words.notice(n) for n in draft.notices] == [
        "Trang “Nhiệm vụ”, ô G9: nhiệm vụ NV2 hoàn thành nhưng chưa ghi văn bản kết quả; vẫn lưu được, nên bổ sung."
    ]


def test_every_mistake_of_a_form_is_listed_at_once_with_its_cell(plan, plans):
    many = replace(
        plan,
        tasks=tuple(
            replace(plan.task("NV2"), key=f"V{n}", unit="PCNTT" if n < 13 else "VP", room=None)
            for n in range(14)
        ),
    )
    cells = {
        "E8": "xong rồi",
        "E9": "Hoàn thành",
        "F10": date(2022, 12, 5),
        "E11": "Hoàn thành",
        "F11": "31/02/2022",
        "E12": "Hoàn thành",
        "F12": date(2023, 3, 1),
        "E13": "Hoàn thành",
        "F13": date(2021, 5, 1),
        "G14": "1/QĐ",
        "A15": "V99",
        "A16": "V13",
        "A17": "V0",
        "M18": "x" * 1001,
        "E19": "=CHOOSE(1,2)",
        "E20": "Hoàn thành",
        "F20": date(2022, 12, 1),
        "H20": date(2024, 1, 1),
        "M21": "việc không có mã",
    }
    draft = read_form(typed(form(many), cells), {many.code: many})
    assert [(reason(p), p.at and p.at.address) for p in draft.problems] == [
        ("unknown_state", "E8"),
        ("done_without_date", "F9"),
        ("date_without_done", "F10"),
        ("not_a_date", "F11"),
        ("day_to_come", "F12"),
        ("done_before_start", "F13"),
        ("result_without_done", "G14"),
        ("unknown_task", "A15"),
        ("foreign_task", "A16"),
        ("task_twice", "A17"),
        ("text_too_long", "M18"),
        ("uncalculated_formula", "E19"),
        ("day_to_come", "H20"),
        ("unknown_task", "A21"),
    ]
    assert not draft.clean
    assert words.explain(draft.problems[0]).startswith(
        "Trang “Nhiệm vụ”, ô E8: tình trạng “xong rồi” không hợp lệ"
    )
    assert all(words.explain(p).endswith(".") for p in draft.problems)
    earlier = read_form(
        typed(form(many, quarter=Q3), {"E8": "Hoàn thành", "F8": date(2022, 10, 1)}), {many.code: many}
    )
    assert [reason(p) for p in earlier.problems] == ["done_after_quarter"]


def test_a_file_that_is_no_form_of_tasks_is_told_where_it_belongs(plan, plans, sender, directory):
    def reasons(content, known=plans):
        return [reason(p) for p in read_form(content, known).problems]

    figures = sender.content("061", Q1, {("11", "061"): (23, 190)})
    assert "nạp ở trang “Nạp số liệu”" in words.explain(read_form(figures, plans).problems[0])
    (problem,) = read("nv.xlsx", form(plan), plans, directory).problems
    assert "nạp ở trang “Nhiệm vụ”" in vi.explain(problem)
    assert reasons(b"%PDF-1.4") == ["not_a_workbook"]
    assert reasons(typed(form(plan), {"B3": "VP"}, "_khoa")) == ["key_changed"]
    assert reasons(typed(form(plan), {"A6": "NV9"}, "_khoa")) == ["key_changed"]
    assert reasons(typed(form(plan), {"E6": "Trạng thái"})) == ["key_changed"]
    assert reasons(form(plan), {}) == ["unknown_plan"]
    assert reasons(form(plan, owner="VP")) == ["unknown_owner"]


# The timeline.


def test_the_timeline_has_every_task_and_milestone_in_words(plans):
    plan = plans["ba-ria-vung-tau-ntm-2021-2025"]
    day = Quarter(2023, 4).last_day
    found = stand(plan.tasks, (), Quarter(2023, 4), day)
    figure = charts.timeline(found, day)
    bars, diamonds, _, marks, line, said = figure.data
    shown = [unescape(re.sub(r"</?[bi]>", "", text.replace("<br>", " "))) for text in said.text]
    assert len(bars.y) + len(diamonds.y) == len(found)
    assert len(diamonds.y) == sum(task.milestone for task in plan.tasks) > 0
    assert sum("· hạn " in text for text in shown) == len(found)
    words_of = " ".join(shown)
    for one in found:
        assert one.task.content in words_of
        assert one.task.assignee in words_of or "." not in one.task.key
    assert len(marks.y) == len(found) + 1
    assert line.text[0].strip() == "Tính đến 31/12/2023"
    # Nothing lies on anything else: each strip ends where the next begins.
    heights = [y for y, _ in sorted(zip(said.y, shown, strict=True))]
    assert heights == sorted(set(heights))
    assert charts.timeline([], day).data


def test_everyone_with_work_is_an_owner(plan, plans):
    assert set(owners(plan)) == {"PCNTT"}
    second = plans["ba-ria-vung-tau-ntm-2021-2025"]
    assert {"PTTBCXB", "747", "755"} <= set(owners(second))


# The command line.


def said(result):
    return json.loads(result.stdout.splitlines()[-1])


def test_tasks_are_listed_set_and_read_from_the_command_line(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_STORE", str(tmp_path / "kpi.duckdb"))
    proof: Path = tmp_path / "QĐ 2300.pdf"
    proof.write_bytes(PDF)

    def kpi(*given):
        return CliRunner().invoke(main, ["task", *map(str, given), "--json"])

    of_plan = ("--plan", "bac-kan-2022", "--quarter", "2022-Q4")
    first, second = said(kpi("list", *of_plan))
    assert (first["state"], first["result"]["number"], first["days_late"]) == ("done", "676/QĐ-UBND", "0")
    assert (second["state"], second["evidence"], second["planned"]["title"]) == (
        "overdue",
        None,
        "Quyết định ban hành danh mục",
    )
    wrong_day = kpi("set", "NV2", *of_plan, "--state", "done", "--done-on", "2021-12-05", "--person", "Lan")
    assert wrong_day.exit_code == 1
    assert said(wrong_day)["findings"][0]["reason"] == "done_before_start"
    done = kpi(
        *("set", "NV2", *of_plan, "--state", "done", "--done-on", "2022-12-05", "--title", DECISION.title),
        *("--number", DECISION.number, "--signed-on", "2022-12-05", "--issuer", DECISION.issuer),
        *("--note", "Đúng hạn", "--evidence", proof, "--person", "Lan"),
    )
    assert done.exit_code == 0, done.stdout
    assert said(done)["result"]["signed_on"] == "2022-12-05"
    assert said(kpi("list", *of_plan))[1]["evidence"] == "QĐ 2300.pdf"
    assert said(kpi("list", "--plan", "bac-kan-2022", "--quarter", "2022-Q3"))[1]["state"] == "not_started"
    blank: Path = tmp_path / "nv.xlsx"
    assert kpi("blank", *of_plan, "--unit", "PCNTT", "--out", blank).exit_code == 0
    assert kpi("blank", *of_plan, "--unit", "061", "--out", blank).exit_code == 2
    assert said(kpi("read", blank))["findings"][0]["reason"] == "nothing_told"
    blank.write_bytes(typed(blank.read_bytes(), {"M9": "Đã đăng công báo"}))
    assert said(kpi("read", blank))["changes"] == [
        {"task": "NV2", "fact": "Ghi chú quý", "old": "Đúng hạn", "new": "Đã đăng công báo"}
    ]
    assert said(kpi("keep", blank, "--person", "Lan"))["kept"] == ["NV2"]
    listed = said(kpi("list", *of_plan))[1]
    assert (listed["note"], listed["evidence"]) == ("Đã đăng công báo", "QĐ 2300.pdf")
    blank.write_bytes(typed(blank.read_bytes(), {"E9": "?"}))
    assert kpi("keep", blank, "--person", "Lan").exit_code == 1
    assert kpi("set", "NV9", *of_plan, "--state", "done", "--person", "Lan").exit_code == 2
