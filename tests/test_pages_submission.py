"""The pages of unit staff and of the office, run without a browser; what only a browser shows is in test_browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kpi import ui, workbook
from kpi.model import Act, Quarter, Role
from kpi.store import Store
from tests.filled import LAN, user_of
from tests.sheets import edit, sheet_of

ROOT = Path(__file__).parent.parent
Q1 = Quarter(2022, 1)
UPLOAD, HISTORY, REPORT = "submission/upload", "original/history", "office/report"


@pytest.fixture
def app(house):
    opened = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    opened.user = user_of(Role.OFFICE)
    return opened.run()


@pytest.fixture
def form(plan, units):
    """Fill the form of a reporter for a quarter."""

    def fill(figures, reporter="061", quarter=Q1):
        blank = workbook.blank(plan, units, plan.reporter(reporter), quarter)
        return workbook.fill(blank, figures)

    return fill


def go(app, page):
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


def upload(app, content, name="ba-be.xlsx"):
    go(app, UPLOAD)
    app.file_uploader[0].upload(name, content).run()
    assert not app.exception
    return app


def keep(app):
    app.button(key="keep").click().run()
    assert not app.exception
    return app


def texts(app):
    """Everything said on the page, as one text."""
    kinds = ("success", "error", "warning", "info", "markdown", "caption", "text", "subheader")
    return "\n".join(str(e.value) for kind in kinds for e in app.get(kind))


def numbers(app):
    return {m.label: m.value for m in app.metric}


def test_nothing_is_stored_before_the_button(app, form, tmp_path):
    upload(app, form({("11", "061"): (23, 190)}))
    assert numbers(app)["Mới"] == "1"
    assert not ui.store().uploads()
    keep(app)
    assert "1 mới, 0 thay đổi, 0 giữ nguyên" in texts(app)
    assert [u.filename for u in ui.store().uploads()] == ["ba-be.xlsx"]


def test_the_uploader_is_empty_after_keeping(app, form):
    keep(upload(app, form({("11", "061"): (23, 190)})))
    assert not app.file_uploader[0].value


def test_everything_wrong_is_listed_at_once_with_its_cell(app, form):
    upload(app, form({("11", "061"): ("nhiều", 190), ("9", "061"): (30, 20)}))
    assert "Tệp có 2 chỗ cần sửa" in texts(app)
    table = app.table[0].value
    assert list(table.columns) == ["Trang", "Ô", "Thấy gì và cách sửa"]
    assert len(table) == 2
    assert all(table["Ô"])
    assert app.button(key="keep").disabled


def test_a_correction_shows_old_and_new_before_it_is_kept(app, form):
    keep(upload(app, form({("11", "061"): (23, 190), ("12", "061"): (2, 20)})))
    upload(app, form({("11", "061"): (33, 190), ("12", "061"): (2, 20)}), "ba-be-2.xlsx")
    found = numbers(app)
    assert (found["Mới"], found["Thay đổi"], found["Giữ nguyên"]) == ("0", "1", "1")
    changed = next(t.value for t in app.table if "Đang giữ" in t.value)
    assert (changed["Đang giữ"][0], changed["Trong tệp"][0]) == ("23/190", "33/190")


def test_a_question_holds_the_button_until_it_is_answered_and_the_answer_counts(app, form, units):
    """A roster that only ticks: what is blank is asked about, once for the column."""
    communes = [u.code for u in units.children("061")]
    upload(app, form({("1", code): "x" for code in communes[:6]}))
    assert "Cần trả lời 1 câu hỏi" in texts(app)
    assert app.button(key="keep").disabled
    (question,) = app.radio
    assert question.value is None
    question.set_value("Không").run()
    assert app.radio[0].value == "Không"
    assert numbers(app)["Mới"] == str(len(communes))
    keep(app)
    assert sum(r.numerator == 0 for r in ui.store().readings("1")) == len(communes) - 6


def test_the_same_bytes_again_are_named_and_not_stored(app, form):
    content = form({("11", "061"): (23, 190)})
    keep(upload(app, content))
    upload(app, content, "ban-sao.xlsx")
    assert "đã được nạp lúc" in texts(app)
    assert app.button(key="keep").disabled


def test_several_files_are_kept_with_one_button_and_the_bad_one_is_not(app, form):
    go(app, UPLOAD)
    app.file_uploader[0].upload("a.xlsx", form({("11", "061"): (23, 190)}))
    app.file_uploader[0].upload("b.xlsx", form({("11", "060"): (40, 300)}, "060"))
    app.file_uploader[0].upload("c.xlsx", b"this is no workbook").run()
    assert "2/3 tệp sẵn sàng" in texts(app)
    keep(app)
    assert {u.reporter for u in ui.store().uploads()} == {"060", "061"}


def test_of_two_files_for_one_quarter_neither_is_kept_until_one_is_taken_away(app, form):
    go(app, UPLOAD)
    app.file_uploader[0].upload("a.xlsx", form({("11", "061"): (23, 190)}))
    app.file_uploader[0].upload("b.xlsx", form({("11", "061"): (33, 190)})).run()
    assert [e.value.partition(" cũng")[0] for e in app.error] == ["Tệp “b.xlsx”", "Tệp “a.xlsx”"]
    assert app.button(key="keep").disabled
    app.file_uploader[0].set_value(("b.xlsx", form({("11", "061"): (33, 190)}), "")).run()
    assert not app.error
    keep(app)
    assert [u.filename for u in ui.store().uploads()] == ["b.xlsx"]


def test_a_workbook_with_one_sheet_refused_keeps_nothing(app, form):
    def spoil(book):
        book["Cấp huyện"]["G9"] = "nhiều"

    upload(app, edit(form({("1", "01888"): True, ("11", "061"): (23, 190)}), spoil))
    assert "Tệp có 1 chỗ cần sửa" in texts(app)
    assert app.button(key="keep").disabled
    assert not ui.store().uploads()


def test_a_file_that_is_no_workbook_gets_a_sentence(app):
    upload(app, b"PK\x03\x04 not really", "hong.xlsx")
    assert "Tệp có 1 chỗ cần sửa" in texts(app)


def test_a_withdrawal_needs_a_reason_and_brings_the_version_before_back(app, form):
    keep(upload(app, form({("11", "061"): (23, 190)})))
    keep(upload(app, form({("11", "061"): (33, 190)}), "ba-be-2.xlsx"))
    go(app, HISTORY)
    app.form_submit_button[0].click().run()
    assert "Hãy ghi lý do rút." in texts(app)
    app.text_input(key="why-2").set_value("nhầm")
    app.form_submit_button[0].click().run()
    assert not app.exception
    assert [(u.id, u.withdrawn) for u in ui.store().uploads()] == [("2", True), ("1", False)]
    assert list(app.dataframe[0].value["Tình trạng"]) == ["Đã rút", "Đang dùng"]


def test_the_history_sets_a_version_beside_the_one_before(app, form):
    keep(upload(app, form({("11", "061"): (23, 190), ("12", "061"): (2, 20)})))
    keep(upload(app, form({("11", "061"): (33, 190), ("12", "061"): (2, 20)}), "ba-be-2.xlsx"))
    go(app, HISTORY)
    assert "2 số liệu, khác 1 số so với lần nạp số 1" in texts(app)
    detail = app.dataframe[1].value
    assert list(detail["Số liệu"]) == ["33/190", "2/20"]
    assert list(detail["Lần nạp trước"]) == ["23/190", ""]


def test_the_history_can_be_narrowed_to_a_reporter(app, form):
    keep(upload(app, form({("11", "061"): (23, 190)})))
    keep(upload(app, form({("11", "060"): (40, 300)}, "060"), "nn.xlsx"))
    go(app, HISTORY)
    app.selectbox(key="loc_don_vi").select("060").run()
    assert list(app.dataframe[0].value["Tệp"]) == ["nn.xlsx"]
    app.selectbox(key="loc_don_vi").select("062").run()
    assert "Không có lần nạp nào khớp" in texts(app)


def test_an_empty_history_says_what_to_do(app):
    assert "Chưa có lần nạp nào." in texts(go(app, HISTORY))


def test_the_report_names_who_has_not_sent_and_shows_both_tables(app, form, plan):
    keep(upload(app, form({("11", "061"): (23, 190)})))
    go(app, REPORT)
    said = texts(app)
    assert f"{len(plan.reporters) - 1}/{len(plan.reporters)} đơn vị chưa gửi số liệu Quý I/2022" in said
    report, matrix, *_ = (d.value for d in app.dataframe)
    assert len(report) == len(plan.indicators) + len(plan.tasks)
    assert report["Kết quả Quý I/2022"][10] == "12,1"
    assert matrix["Đơn vị"][0] == "Toàn tỉnh"


def test_the_form_offered_first_is_the_earliest_not_sent(app, form):
    go(app, UPLOAD)
    app.selectbox(key="don_vi_gui").select("061").run()
    assert app.button_group(key="quy_061").value == "Quý I/2022"
    keep(upload(app, form({("11", "061"): (23, 190)})))
    app.selectbox(key="don_vi_gui").select("060").run()
    app.selectbox(key="don_vi_gui").select("061").run()
    assert app.button_group(key="quy_061").value == "Quý II/2022"


def test_a_refusal_by_the_store_is_said_and_nothing_is_lost(app, form, tmp_path):
    """Between preview and button somebody else has kept the same file."""
    content = form({("11", "061"): (23, 190)})
    upload(app, content)
    draft = workbook.read("a.xlsx", content, ui.plans(), ui.directory())
    assert isinstance(ui.store(), Store)
    ui.store().keep(draft, LAN)
    keep(app)
    assert "đã được nạp lúc" in texts(app)
    assert len(ui.store().uploads()) == 1


def test_a_workbook_of_another_unit_is_refused_and_the_attempt_is_on_record(app, form):
    app.user = user_of(Role.REPORTER)
    upload(app, form({("11", "062"): (1, 2)}, "062"), "ngan-son.xlsx")
    assert "không được nạp hay rút số liệu" in texts(app)
    assert app.button(key="keep").disabled
    app.run()
    refused = [e for e in ui.store().record.events(LAN) if e.act is Act.REFUSED]
    assert [(e.person, e.unit, e.subject) for e in refused] == [("ba-be", "062", "ngan-son.xlsx")]


def test_a_unit_is_told_that_its_workbook_was_returned(app, form):
    kept = ui.store()
    upload(app, form({("11", "061"): (1, 2)}))
    keep(app)
    kept.withdraw(kept.uploads()[0].id, LAN, "nhầm cột")
    later = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    later.user = user_of(Role.REPORTER)
    (shown,) = go(later.run(), UPLOAD).warning
    assert "nhầm cột" in shown.value
    assert "Hãy nạp lại" in shown.value


def test_directors_fetch_originals_but_withdraw_nothing(app, form):
    upload(app, form({("11", "061"): (1, 2)}))
    keep(app)
    app.user = user_of(Role.VIEWER)
    go(app, HISTORY)
    labels = [button.proto.label for button in app.get("download_button")]
    assert "Tải tệp gốc" in labels
    assert "Rút lại số liệu" not in [button.label for button in app.button]


POSTS = (("STT", "Huyện", "Điểm có người trực", "Tổng điểm"), (1, "Ba Bể", 19, 20))


def posts(quarter):
    """A sheet of the post office's own making."""
    return sheet_of((f"BÁO CÁO QUÝ {quarter}/2022",), ("Đơn vị gửi: Bưu điện tỉnh",), *POSTS)


def choose(app, reporter, quarter):
    go(app, UPLOAD)
    app.selectbox(key="don_vi_gui").select(reporter).run()
    app.button_group(key=f"quy_{reporter}").set_value(quarter).run()
    return app


def offer(app, content, name="bieu.xlsx"):
    app.file_uploader[0].upload(name, content).run()
    assert not app.exception
    return app


def test_an_own_sheet_shows_what_was_read_and_a_heading_settled_once_is_offered_next_time(app):
    offer(choose(app, "BDT", "Quý I/2022"), posts("I"))
    (seen,) = (d.value for d in app.dataframe if list(d.value.columns) == ["A", "B", "C", "D"])
    assert seen["C"][4] == "19"
    (done,) = (t.value["Chương trình đã làm gì"] for t in app.table if len(t.value.columns) == 2)
    assert "Chưa hiểu: đang chờ trả lời câu hỏi. Ghi “Tổng điểm”." in set(done)
    assert not app.metric, "nothing is counted while every figure waits"
    assert app.button(key="keep").disabled
    for place, part in enumerate(("Tử số", "Mẫu số")):
        asked = app.radio[place]
        asked.set_value(next(choice for choice in asked.options if choice.endswith(part))).run()
    keep(app)
    assert "1 mới" in texts(app)
    offer(choose(app, "BDT", "Quý II/2022"), posts("II"))
    assert [radio.value.rpartition(" ")[0].rpartition(" ")[2] for radio in app.radio] == ["Tử", "Mẫu"]
    assert not app.button(key="keep").disabled
    app.radio[0].set_value("Bỏ qua").run()
    assert app.button(key="keep").disabled


def test_a_sheet_that_is_not_of_the_chosen_unit_and_quarter_is_asked_about(app):
    offer(choose(app, "061", "Quý II/2022"), posts("I"))
    asked = [radio.label for radio in app.radio]
    assert any("khác đơn vị đang nộp (Phòng Văn hóa và Thông tin huyện Ba Bể)" in label for label in asked)
    assert any("(Quý I/2022) khác kỳ đang nộp (Quý II/2022)" in label for label in asked)
    assert app.button(key="keep").disabled


def test_what_was_previewed_is_kept_whatever_others_kept_meanwhile(app, form):
    """Read again, the cumulative figure would raise a question."""
    second = Quarter(2022, 2)
    upload(app, form({("9", "061"): (3, 10)}, quarter=second))
    earlier = workbook.read("q1.xlsx", form({("9", "061"): (5, 10)}), ui.plans(), ui.directory())
    ui.store().keep(earlier, LAN)
    keep(app)
    assert [(str(u.quarter), u.person) for u in ui.store().uploads()] == [
        ("2022-Q2", "Trần Thị Lan"),
        ("2022-Q1", "Lan"),
    ]
