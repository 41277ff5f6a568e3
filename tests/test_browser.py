"""The whole road in a real browser: the real server, real workbooks, Chromium."""

import csv
import hashlib
import io
import os
import shutil
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from kpi import workbook
from kpi.model import Quarter
from kpi.plan import load_all
from kpi.units import Directory
from tests.browsing import PAGES, open_page, settle, sign_in

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent
DATA = ROOT / "data"
Q1 = Quarter(2022, 1)


@pytest.fixture(scope="module")
def plans():
    return load_all(DATA / "plans", Directory.load(DATA / "units"))


@pytest.fixture(scope="module")
def form(plans):
    """The blank of Ba Bể for the first quarter, and what its cells are called."""
    plan = plans["bac-kan-2022"]
    units = Directory.load(DATA / "units").on(plan.start, plan.province)
    return plan, units, workbook.blank(plan, units, plan.reporter("061"), Q1)


def filled(form, path: Path, *, files: tuple[object, int] = (30, 120), stations: int | None = None) -> Path:
    """The form with every station working but the last ones, and so many of the files online."""
    _, units, blank = form
    communes = [u.code for u in units.children("061")]
    working = len(communes) if stations is None else stations
    figures: dict[tuple[str, str], object] = {("1", code): i < working for i, code in enumerate(communes)}
    figures["11", "061"] = files
    path.write_bytes(workbook.fill(blank, figures))
    return path


def upload(page: Page, *paths: Path) -> None:
    """Give the uploader files, once it is empty: after a keeping another one takes its place."""
    settle(page)
    expect(page.get_by_test_id("stFileUploaderFile")).to_have_count(0)
    page.locator("input[type=file]").set_input_files([str(p) for p in paths])
    expect(page.get_by_text(f"Tệp: {paths[-1].name}")).to_be_visible()
    settle(page)


def bars(page: Page) -> list[float | None]:
    """The lengths of the coloured bars as Plotly holds them, in the order of the indicators."""
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    found: list[float | None] = page.evaluate(
        """() => {
            const figure = document.querySelector('.js-plotly-plot');
            const bar = figure._fullData.find(t => t.type === 'bar' && t.customdata);
            return Array.from(bar.x, x => Number.isFinite(x) ? x : null);
        }"""
    )
    return found


def download(page: Page, name: str, nth: int = 0) -> tuple[str, bytes]:
    settle(page)
    with page.expect_download() as caught:
        page.get_by_role("button", name=name).nth(nth).click()
    return caught.value.suggested_filename, Path(caught.value.path()).read_bytes()


def test_a_page_asked_first_of_a_fresh_server_is_inside_the_house(server, page):
    """Until st.navigation was called once, Streamlit serves pages/*.py by URL without dashboard.py."""
    open_page(page, server, "bao-cao", "Báo cáo")
    expect(page.get_by_test_id("stSidebarNav").get_by_text("Tổng quan")).to_be_visible()
    expect(page.get_by_text("Chưa có số liệu nào", exact=False)).to_be_visible()


def test_a_workbook_goes_from_the_form_to_the_bar_and_the_csv(server, page, form, tmp_path):
    plan, units, blank = form
    open_page(page, server, "nap-so-lieu?don_vi_gui=Phòng Văn hóa và Thông tin huyện Ba Bể", "Nạp số liệu")
    name, content = download(page, "Tải biểu mẫu")
    assert (name, content) == ("061-2022-Q1.xlsx", blank)

    upload(page, filled(form, tmp_path / "ba-be.xlsx", files=(30, 120)))
    expect(page.get_by_text("Phòng Văn hóa và Thông tin huyện Ba Bể, Quý I/2022")).to_be_visible()
    page.get_by_role("button", name="Lưu số liệu").click()
    expect(page.get_by_text("Đã lưu số liệu")).to_be_visible()

    page.get_by_role("link", name="Xem trên Tổng quan").click()
    expect(page.get_by_role("heading", name="Tổng quan", level=1)).to_be_visible()
    settle(page)
    before = bars(page)
    communes = len(units.children("061"))
    assert before[0] == communes
    assert before[10] == pytest.approx(100)

    open_page(page, server, "nap-so-lieu", "Nạp số liệu")
    upload(page, filled(form, tmp_path / "ba-be-2.xlsx", files=(15, 120), stations=communes - 2))
    expect(page.get_by_text("Số liệu sẽ thay đổi")).to_be_visible()
    page.get_by_role("button", name="Lưu số liệu").click()
    expect(page.get_by_text("3 thay đổi")).to_be_visible()
    page.get_by_role("link", name="Xem trên Tổng quan").click()
    settle(page)
    after = bars(page)
    assert after[0] == communes - 2
    assert after[10] == pytest.approx(50)

    open_page(page, server, "bao-cao", "Báo cáo")
    name, content = download(page, "CSV tổng hợp cho Excel")
    assert name == "bao-cao-bac-kan-2022-2022-Q1.csv"
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert len(rows) == len(plan.indicators) + len(plan.tasks)
    assert rows[0]["Kết quả Quý I/2022"] == str(communes - 2)
    online = rows[10]
    assert (online["Kết quả Quý I/2022"], online["Tử số"], online["Mẫu số"]) == ("12,5", "15", "120")
    assert "ba-be-2.xlsx" in online["Nguồn"]
    _, content = download(page, "CSV tổng hợp máy đọc")
    exact = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
    assert exact[10]["Kết quả Quý I/2022"] == "12.5"


def test_every_mistake_is_listed_and_nothing_is_kept(server, page, form, tmp_path):
    open_page(page, server, "nap-so-lieu", "Nạp số liệu")
    path = filled(form, tmp_path / "sai.xlsx", files=("ba mươi", 120))
    upload(page, path)
    expect(page.get_by_text("chỗ cần sửa")).to_be_visible()
    expect(page.get_by_role("button", name="Lưu số liệu")).to_be_disabled()
    name, content = download(page, "Tải danh sách lỗi")
    assert name.endswith(".csv")
    assert "ba mươi" in content.decode("utf-8-sig")
    name, content = download(page, "Tải tệp đã đánh dấu lỗi")
    with zipfile.ZipFile(io.BytesIO(content)) as marked, zipfile.ZipFile(path) as sent:
        assert any("comments" in part for part in set(marked.namelist()) - set(sent.namelist()))
    page.get_by_text("Chương trình đọc tệp này như thế nào").click()
    expect(page.get_by_text("Nền xanh: đã đọc.")).to_be_visible()
    open_page(page, server, "lich-su-nap", "Lịch sử nạp")
    expect(page.get_by_text("Chưa có lần nạp nào.")).to_be_visible()


def test_the_same_file_again_stores_nothing_and_a_withdrawal_undoes(server, page, form, tmp_path):
    path = filled(form, tmp_path / "ba-be.xlsx")
    open_page(page, server, "nap-so-lieu", "Nạp số liệu")
    upload(page, path)
    page.get_by_role("button", name="Lưu số liệu").click()
    expect(page.get_by_text("Đã lưu số liệu")).to_be_visible()
    upload(page, path)
    expect(page.get_by_text("đã được nạp lúc")).to_be_visible()
    expect(page.get_by_role("button", name="Lưu số liệu")).to_be_disabled()

    open_page(page, server, "lich-su-nap", "Lịch sử nạp")
    name, content = download(page, "Tải tệp gốc")
    assert content == path.read_bytes()
    assert name.startswith("ba-be-")
    page.get_by_role("button", name="Rút lần nạp này").click()
    page.get_by_label("Lý do rút").fill("nhầm quý")
    page.get_by_role("button", name="Rút lại số liệu").click()
    expect(page.get_by_text("Đã rút lần nạp số 1").first).to_be_visible()
    open_page(page, server, "tong-quan", "Tổng quan")
    expect(page.get_by_text("Chưa có số liệu nào", exact=False)).to_be_visible()


def test_the_way_back_never_leads_to_an_error(demo, page):
    """Streamlit writes the quarter into the address as a second step, and back leads to the first."""
    sign_in(page, demo)
    page.goto(f"{demo.address}/")
    expect(page.get_by_role("heading", name="Tổng quan", level=1)).to_be_visible()
    settle(page)
    page.get_by_test_id("stSidebarNav").get_by_text("Một chỉ tiêu").click()
    expect(page.get_by_role("heading", name="Một chỉ tiêu", level=1)).to_be_visible()
    settle(page)
    for _ in range(2):
        page.go_back()
        settle(page)
        expect(page.get_by_text("Mã tra cứu", exact=False)).to_have_count(0)
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_of_two_files_for_one_quarter_none_may_be_kept(server, page, form, tmp_path):
    open_page(page, server, "nap-so-lieu", "Nạp số liệu")
    upload(page, filled(form, tmp_path / "mot.xlsx"), filled(form, tmp_path / "hai.xlsx", files=(15, 120)))
    expect(page.get_by_text("Hãy bỏ một trong hai tệp")).to_have_count(2)
    expect(page.get_by_role("button", name="Lưu số liệu")).to_be_disabled()


def test_no_request_leaves_the_machine(demo, page):
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).hostname or ""))
    for path, title in PAGES.items():
        open_page(page, demo, path, title)
    assert asked <= {"127.0.0.1", ""}


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(("path", "title"), PAGES.items(), ids=PAGES)
def test_a_page_fits_wide_and_narrow_screens(demo, page, path, title, width, tmp_path):
    page.set_viewport_size({"width": width, "height": 1000})
    open_page(page, demo, path, title)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    wide = page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")
    assert wide <= 0
    keep_picture(page, tmp_path / f"{path}-{width}.png")


def test_the_pictures_of_the_documents_are_of_this_program(demo, page, form, tmp_path):
    """Written to docs/ only when KPI_SCREENSHOTS is set, so that a test run leaves the tree as it was."""
    mistaken = filled(form, tmp_path / "BC_061_2022-Q1.xlsx", files=("ba mươi", 120))
    taken = []
    for path, title in PAGES.items():
        page.set_viewport_size({"width": 1440, "height": 900})
        open_page(page, demo, path, title)
        if path == "nap-so-lieu":
            upload(page, mistaken)
        taken.append(keep_picture(page, tmp_path / f"{path}.png"))
    page.context.clear_cookies()
    page.set_viewport_size({"width": 1440, "height": 700})
    page.goto(f"{demo.address}/dang-nhap")
    taken.append(tmp_path / "dang-nhap.png")
    page.screenshot(path=taken[-1])
    assert all(picture.stat().st_size > 20_000 for picture in taken)
    if os.environ.get("KPI_SCREENSHOTS"):
        for picture in taken:
            shutil.copy(picture, ROOT / "docs" / picture.name)


def keep_picture(page: Page, path: Path) -> Path:
    """Of the whole page: Streamlit scrolls inside, so the window grows to hold it."""
    size = page.viewport_size or {"width": 1440, "height": 1000}
    high = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": min(max(int(high), 700), 3000)})
    settle(page)
    page.screenshot(path=path)
    return path


def test_a_report_is_handed_out_as_word_and_excel_and_a_chart_as_a_picture(demo, page):
    open_page(page, demo, "bao-cao?ky=Quý IV/2022", "Báo cáo")
    for button, ending, part in (
        ("Tải báo cáo Word", ".docx", "word/document.xml"),
        ("Tải Excel", ".xlsx", "xl/charts/chart1.xml"),
    ):
        name, content = download(page, button)
        assert name == f"bao-cao-bac-kan-2022-2022-Q4{ending}"
        with zipfile.ZipFile(io.BytesIO(content)) as document:
            assert part in document.namelist()
        expect(page.get_by_text("Đã lưu lần xuất").first).to_be_visible()
        expect(page.get_by_text(hashlib.sha256(content).hexdigest()[:12]).first).to_be_visible()
    page.get_by_role("tab", name="Biểu đồ").click()
    camera = page.locator(".modebar-btn").first
    expect(camera).to_have_attribute("aria-label", "Tải ảnh PNG")
    with page.expect_download() as caught:
        camera.click(force=True)
    assert caught.value.suggested_filename == "so-voi-chi-tieu-bac-kan-2022-2022-Q4.png"
    assert Path(caught.value.path()).read_bytes().startswith(b"\x89PNG")
