"""The two pages of awards, run without a browser."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kpi import ui
from kpi.model import Act, Discipline, Document, Rating, Role
from kpi.vi import awards as words
from tests.filled import LAN, let_in, user_of
from tests.test_awards import GOOD, NAME, NTM, filled, moment, person

ROOT = Path(__file__).parent.parent
PLAN = "bac-kan-2022"
AWARDS, DOSSIER = "office/awards", "office/dossier"


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A house whose plan keeps the list of people for longer than this test lives."""
    yield from opened(tmp_path, monkeypatch, "2999-12-31")


@pytest.fixture
def erased(tmp_path, monkeypatch):
    """A house whose plan no longer keeps the list of people."""
    yield from opened(tmp_path, monkeypatch, "2023-12-31")


def opened(tmp_path, monkeypatch, day):
    shipped = ROOT / "data" / "plans" / f"{PLAN}.toml"
    text = shipped.read_text("utf-8").replace("erase_personal = 2027-12-31", f"erase_personal = {day}")
    own = tmp_path / "data" / "plans" / f"{PLAN}.toml"
    own.parent.mkdir(parents=True)
    own.write_text(text, "utf-8")
    monkeypatch.setenv("KPI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KPI_STORE", str(tmp_path / "kpi.duckdb"))
    st.cache_resource.clear()
    let_in(ui.store())
    yield ui.store()
    ui.close()


def start(page, role=Role.OFFICE):
    at = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    at.user = user_of(role)
    at.run().switch_page(f"pages/{page}.py").run()
    assert not at.exception
    return at


def texts(at):
    kinds = ("title", "subheader", "success", "error", "warning", "info", "markdown", "caption", "text")
    said = [str(e.value) for kind in kinds for e in at.get(kind)]
    return "\n".join([*said, *(e.value.to_csv() for e in (*at.table, *at.dataframe))])


def submit(at, label, place=0):
    [b for b in at.button if b.label == label][place].click().run()
    assert not at.exception
    return at


def about(at, code):
    at.selectbox(key=f"doi_tuong_{PLAN}").select(code).run()
    assert not at.exception
    return at


@pytest.mark.parametrize("page", [AWARDS, DOSSIER])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.ROOM, Role.ADMIN])
def test_only_the_office_opens_these_pages(house, page, role):
    assert "không có quyền làm việc của Văn phòng Sở" in texts(start(page, role))
    assert house.record.events(LAN)[0].act is Act.REFUSED


def test_the_council_s_word_is_written_down_and_shown(store):
    at = about(start(AWARDS), "PCNTT")
    said = texts(at)
    assert words.ONLY_PROPOSED in said
    assert "Không đạt: nhiệm vụ NV2" in said
    assert "Mục III.2.a, gạch đầu dòng thứ tư" in said
    key = "PCNTT-bk_c4_participation"
    by_criterion = [b for b in at.button if b.label == "Lưu ý kiến"]
    place = [b.form_id for b in by_criterion].index(f"judge-{key}")
    assert "Hãy ghi tên người kết luận." in texts(submit(at, "Lưu ý kiến", place))
    at.text_input(key=f"by-{key}").set_value("Hà *Văn* Tiến")
    at.date_input(key=f"on-{key}").set_value(date(2023, 1, 10))
    said = texts(submit(at, "Lưu ý kiến", place))
    assert "Đã ghi ý kiến Hội đồng" in said
    assert r"Hội đồng xác nhận: Hà \*Văn\* Tiến, ngày 10/01/2023" in said
    assert [j.criterion for j in store.awards.judgements(PLAN)] == ["bk_c4_participation"]
    at.radio(key=f"says-{key}").set_value("Rút lại ý kiến đã ghi")
    assert r"Hà \*Văn\* Tiến, ngày" not in texts(submit(at, "Lưu ý kiến", place))


def test_the_list_of_people_is_read_shown_in_counts_and_kept(store, plan):
    at = start(AWARDS)
    assert "Tự xóa từ ngày 31/12/2999" in texts(at)
    bad = filled(plan, people=[("1", None, "VP")])
    at.file_uploader[0].upload("ds.xlsx", bad).run()
    assert "Tệp có 1 chỗ cần sửa" in texts(at)
    assert "B5" in texts(at)
    at.file_uploader[0].upload("ds.xlsx", filled(plan, **GOOD)).run()
    assert "Đọc được 3 người, 1 sáng kiến, 1 công việc" in texts(at)
    assert NAME not in texts(at)
    submit(at, "Lưu danh sách")
    assert "Đã lưu danh sách: 3 người" in texts(at)
    assert "Đang giữ danh sách: 3 người" in texts(at)
    said = texts(about(at, "001"))
    assert f"### {NAME}" in said
    assert "“Phần mềm”, công nhận tại số 1/QĐ ngày 05/05/2022 của Sở" in said
    assert all(NAME not in str(event) for event in store.record.events(LAN))


def test_once_the_day_has_come_the_page_says_so_and_takes_no_list(erased):
    said = texts(at := start(AWARDS))
    assert "đã đến ngày xóa (31/12/2023)" in said
    assert len(at.file_uploader) == 0


def test_papers_come_in_are_shown_in_time_or_late_and_are_taken_back(store):
    at = about(start(DOSSIER), "PBCVT")
    assert "thứ Sáu, ngày 13/01/2023" in texts(at)
    clock = moment(2023, 1, 14, 23, 59)

    def receive(day):
        at.date_input(key="day-PBCVT").set_value(day)
        at.time_input(key="hour-PBCVT").set_value(clock.time())
        at.text_input(key="number-PBCVT").set_value("12/TTr-BCVT")
        return texts(submit(at, "Ghi nhận"))

    said = receive(date(2023, 1, 14))
    assert "Đã ghi nhận: Tờ trình đề nghị khen thưởng của đơn vị." in said
    assert "số 12/TTr-BCVT" in said
    assert ":green-badge[Đúng hạn]  \n:small[23:59 ngày 14/01/2023]" in said
    assert ":red-badge[Quá hạn]  \n:small[23:59 ngày 15/01/2023]" in receive(date(2023, 1, 15))
    assert "Quá hạn" not in str(at.table[1].value["Tình trạng"][1])
    assert "Quá hạn]" not in texts(submit(at, "Rút lại ghi nhận"))
    assert "ở tương lai" in receive(date(2999, 1, 1))
    assert len(store.awards.receipts(PLAN)) == 3


def test_the_zip_is_made_for_its_day_and_goes_on_record(store, plan):
    kept = replace(plan, erase_personal=date(2999, 12, 31))
    paper = Document(number="1", signed_on=date(2022, 5, 1))
    member = replace(person(discipline=Discipline.WARNING, decision=paper, rating=Rating.GOOD), room="PCNTT")
    store.awards.keep_members(kept, 2022, (member,), LAN, today=date(2023, 1, 1))
    at = about(start(DOSSIER), "c1")
    assert "Mẫu số 07 (?) (Nghị định số 152/2025/NĐ-CP)" in texts(at).replace("\\", "")
    at.date_input(key="ngay_lap").set_value(date(2023, 1, 10)).run()
    assert "Mẫu số 07 (Nghị định số 91/2017/NĐ-CP)" in texts(at)
    submit(at, "Tạo hồ sơ (.zip)")
    assert "Đã tạo ho-so-bac-kan-2022-c1.zip" in texts(at)
    newest = store.record.events(LAN)[0]
    assert (newest.act, newest.person, newest.unit) == (Act.EXPORT, "van-phong", "c1")
    assert NAME not in str(newest)
    assert any(b.label == "Tải hồ sơ về máy" for b in at.get("download_button"))


def test_a_plan_over_several_years_has_a_round_to_choose(sample, tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_STORE", str(shutil.copy(sample, tmp_path / "kpi.duckdb")))
    st.cache_resource.clear()
    try:
        at = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
        at.user = user_of(Role.OFFICE)
        at.query_params["ke_hoach"] = NTM
        at.run().switch_page(f"pages/{AWARDS}.py").run()
        assert not at.exception
        assert at.title[0].value == "Bình xét năm 2023"
        assert "Danh sách cá nhân năm 2023" in texts(at)
        at.selectbox(key=f"doi_tuong_{NTM}").select("PTTBCXB").run()
        assert "44/47 = 93,6%" in texts(at)
        at.selectbox(key="nam_bx").select("2022").run()
        assert not at.exception
        assert at.title[0].value == "Bình xét năm 2022"
        assert "44/47" not in texts(at)
        at.text_input(key="by-PTTBCXB-ntm_c1-2022").set_value("Đỗ Hữu Hiền")
        place = [b.form_id for b in at.button if b.label == "Lưu ý kiến"].index("judge-PTTBCXB-ntm_c1-2022")
        assert "Hội đồng xác nhận: Đỗ Hữu Hiền" in texts(submit(at, "Lưu ý kiến", place))
        at.selectbox(key="nam_bx").select("2023").run()
        assert "Hội đồng xác nhận: Đỗ Hữu Hiền" not in texts(at)
        at.switch_page(f"pages/{DOSSIER}.py").run()
        assert at.title[0].value == "Hồ sơ khen thưởng năm 2023"
        assert "Kế hoạch không nêu thời hạn nhận hồ sơ." in texts(at)
        assert [j.year for j in ui.store().awards.judgements(NTM)] == [2022]
        at.selectbox(key="ke_hoach").select(PLAN).run()
        assert at.title[0].value == "Hồ sơ khen thưởng"
        assert "nam_bx" not in {box.key for box in at.selectbox}
    finally:
        ui.close()
