"""The page of tasks, run without a browser: who sees and who tells what, typed and from a form."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from kpi import ui
from kpi.model import Document, Grant, Person, Quarter, Role, TaskState, TaskUpdate
from kpi.tasks import stand
from kpi.vi import tasks as words
from kpi.workbook import blank_tasks
from tests.filled import LAN, Q3, Q4, let_in, user_of

ROOT = Path(__file__).parent.parent
PLAN, SECOND = "bac-kan-2022", "ba-ria-vung-tau-ntm-2021-2025"
PAGE, Q4_2022 = "progress/tasks", "Quý IV/2022"
PDF = b"%PDF-1.4 quyet dinh"


@pytest.fixture
def store(house):
    return house


def start(role=Role.OFFICE, user=None, **address):
    at = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    at.user = user or user_of(role)
    for key, value in {"ke_hoach": PLAN, "ky": Q4_2022, **address}.items():
        at.query_params[key] = value
    at.run().switch_page(f"pages/{PAGE}.py").run()
    assert not at.exception
    return at


def texts(at):
    kinds = ("title", "subheader", "success", "error", "warning", "info", "markdown", "caption", "text")
    said = [str(e.value) for kind in kinds for e in at.get(kind)]
    return "\n".join([*said, *(e.value.to_csv() for e in (*at.table, *at.dataframe))])


def choose(at, key):
    at.selectbox(key=f"nhiem-vu-{PLAN}").select(key).run()
    return at


def box(kind, label):
    return next(e for e in kind if e.label == label)


def save(at):
    box(at.button, "Lưu cập nhật").click().run()
    assert not at.exception
    return at


def done(at, day=date(2022, 12, 5), *, document=True):
    """Type that the second task is done."""
    choose(at, "NV2")
    next(s for s in at.selectbox if s.key.startswith("state-")).select("Hoàn thành")
    box(at.date_input, "Ngày hoàn thành").set_value(day)
    if document:
        box(at.text_input, "Trích yếu").set_value("Quyết định ban hành danh mục")
        box(at.text_input, "Số, ký hiệu").set_value("2300/QĐ-UBND")
    return at


def standings(store, plan, quarter=Q4):
    return stand(plan.tasks, store.tasks.updates(plan.code), quarter, quarter.last_day)


def test_the_office_tells_of_a_task_and_takes_it_back(store, plan):
    at = start()
    assert [(m.label, m.value) for m in at.metric][:3] == [
        ("Hoàn thành", "1/2"),
        ("Đang thực hiện", "0"),
        ("Quá hạn", "1"),
    ]
    done(at)
    next(u for u in at.file_uploader if u.key.startswith("proof-")).upload("QĐ 2300.pdf", PDF)
    said = texts(save(at))
    assert "Đã lưu cập nhật nhiệm vụ NV2, Quý IV/2022." in said
    assert at.metric[0].value == "2/2"
    assert "Kết quả: Quyết định ban hành danh mục số 2300/QĐ-UBND" in said
    assert "Có minh chứng" in said
    found = standings(store, plan)[1]
    assert (found.done_on, found.result.number) == (date(2022, 12, 5), "2300/QĐ-UBND")
    assert store.tasks.evidence("1", LAN) == ("QĐ 2300.pdf", PDF)
    # Nothing is told twice, and the undo tells it again as it was before.
    assert "không có gì thay đổi" in texts(save(choose(at, "NV2")))
    at.button(key="undo-1").click().run()
    assert not at.exception
    assert "Đã khôi phục nhiệm vụ NV2" in texts(at)
    assert standings(store, plan)[1].state is TaskState.NOT_STARTED
    assert len(store.tasks.updates()) == 2
    assert not store.verify()


def test_what_cannot_be_so_is_said_and_not_kept(store):
    at = done(start(), date(2021, 12, 31))
    next(u for u in at.file_uploader if u.key.startswith("proof-")).upload("a.pdf", b"MZ")
    said = texts(save(at))
    assert "trước ngày bắt đầu nhiệm vụ (01/01/2022)" in said
    assert "không phải PDF, JPG, PNG, DOCX hay XLSX" in said
    assert store.tasks.updates() == []


def test_done_without_a_document_is_kept_and_remarked(store):
    said = texts(save(done(start(), document=False)))
    assert "Đã lưu cập nhật" in said
    assert "chưa ghi văn bản kết quả" in texts(choose(start(), "NV2"))
    assert len(store.tasks.updates()) == 1


def test_who_has_no_task_here_reads_only(store):
    for role in (Role.VIEWER, Role.REPORTER, Role.ROOM, Role.ADMIN):
        at = start(role)
        assert not [b for b in at.button if b.label == "Lưu cập nhật"]
        assert not at.file_uploader
        assert "676/QĐ-UBND" in texts(at)


def test_a_room_tells_of_its_own_tasks(store, plan):
    let_in(store, [Person("pcntt", "Vũ Văn Nam", "pcntt@so.vn", grants=(Grant(Role.ROOM, "PCNTT"),))])
    at = start(user={"username": "pcntt", "session": "test"})
    assert "Đã lưu cập nhật" in texts(save(done(at)))
    assert store.tasks.updates()[0].person == "Vũ Văn Nam"
    # Of another room's task in the other plan there is nothing to fill in.
    other = start(user={"username": "pcntt", "session": "test"}, ke_hoach=SECOND, ky="Quý IV/2023")
    keys = other.selectbox(key=f"nhiem-vu-{SECOND}").options
    assert keys[0].startswith("TT1.")
    assert not [b for b in other.button if b.label == "Lưu cập nhật"]


def test_a_closed_quarter_takes_nothing(store, plan):
    store.close_quarter(plan.code, Q4, LAN)
    at = start()
    assert not [b for b in at.button if b.label == "Lưu cập nhật"]
    assert "đã chốt" in texts(at)


def test_history_says_who_told_what_for_which_quarter(store, plan):
    store.tasks.keep(plan, [TaskUpdate("NV2", Q3, TaskState.IN_PROGRESS, note="Chờ *góp ý*")], LAN)
    said = texts(choose(start(), "NV2"))
    assert "Quý III/2022" in said
    assert "Đang thực hiện; Ghi chú: Chờ \\*góp ý\\*" in said
    assert "Lan lúc" in said


def test_a_form_of_tasks_is_looked_at_before_it_is_kept(store, plan):
    blank = blank_tasks(plan, "PCNTT", Q4, standings(store, plan))
    at = start()

    def offer(cells):
        book, out = load_workbook(io.BytesIO(blank)), io.BytesIO()
        for address, value in cells.items():
            book[words.SHEET][address].value = value
        book.save(out)
        next(u for u in at.file_uploader if u.key.startswith("task-form-")).upload("nv.xlsx", out.getvalue())
        at.run()
        assert not at.exception
        return texts(at)

    said = offer({"E9": "Xong", "F8": "hôm qua"})
    assert "Tệp có 2 chỗ cần sửa" in said
    assert "E9" in said
    assert not [b for b in at.button if b.key == "keep-tasks"]
    next(u for u in at.file_uploader if u.key.startswith("task-form-")).set_value([]).run()
    said = offer({"E9": "Hoàn thành", "F9": date(2022, 12, 5)})
    assert "Chưa bắt đầu" in said
    assert "05/12/2022" in said
    assert store.tasks.updates() == []
    at.button(key="keep-tasks").click().run()
    assert not at.exception
    assert "Đã lưu cập nhật của 1 nhiệm vụ. Tệp: nv.xlsx." in texts(at)
    assert standings(store, plan)[1].state is TaskState.DONE
    assert not next(u for u in at.file_uploader if u.key.startswith("task-form-")).value


def test_many_tasks_are_filtered_by_the_address_and_counted(store, plans):
    plan = plans[SECOND]
    quarter = Quarter(2023, 4)
    keys = [task.key for task in plan.tasks if task.key.startswith("TT1.")]
    given = Document("Báo cáo", "1/BC")
    told = [TaskUpdate(key, quarter, TaskState.DONE, date(2023, 9, 1), result=given) for key in keys[:3]]
    store.tasks.keep(plan, told, LAN)
    at = start(ke_hoach=SECOND, ky="Quý IV/2023")
    assert len(at.selectbox(key=f"nhiem-vu-{SECOND}").options) == len(plan.tasks)
    assert {e.label.split("**")[1] for e in at.expander if "**" in e.label} == {
        ui.plain(task.group) for task in plan.tasks if task.group
    }
    some = start(ke_hoach=SECOND, ky="Quý IV/2023", tinh_trang="Hoàn thành", nhom=plan.task(keys[0]).group)
    assert some.selectbox(key=f"nhiem-vu-{SECOND}").options[0].startswith(keys[0])
    assert len(some.selectbox(key=f"nhiem-vu-{SECOND}").options) == 3
    assert some.metric[0].value == at.metric[0].value
    none = start(ke_hoach=SECOND, ky="Quý IV/2023", chi_cham="true", nhom=plan.task(keys[0]).group)
    assert "Không có nhiệm vụ nào khớp với bộ lọc" in texts(none)
    # Filters of one plan leave the page of another whole.
    assert "NV1" in texts(start(nhom=plan.task(keys[0]).group))
