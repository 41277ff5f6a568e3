"""Streamlit speaks Vietnamese, and a page whose session has gone leads to the sign-in page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import PAGES, PATIENCE, open_page, settle, sign_in

pytestmark = pytest.mark.browser

# Words of Streamlit's that are no Vietnamese syllables; the keys Enter and Esc keep their names.
ENGLISH = re.compile(
    r"\b(?:the|of|or|not|is|are|and|with|per|your|you|from|page|pages|app|file|files|upload|download|drag|drop"
    r"|smaller|allowed|option|options|choose|select|selected|search|type|result|results|available|open|close|clear"
    r"|show|hide|sort|ascending|descending|pin|column|columns|autosize|statistics|format|copy|fullscreen|press|apply"
    r"|submit|sidebar|collapse|expand|skip|link|heading|view|more|less|remove|add|help|dismiss|notifications|menu"
    r"|running|stop|connecting|error|print|theme|light|dark|system|streamlit)\b",
    re.IGNORECASE,
)
# A Material icon is a word in a font of icons; what stands in `pre` is quoted from a file.
SAID = """() => {
    const said = new Set([document.title]);
    const mute = 'script, style, noscript, canvas, pre, [translate=no]';
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if ((node.parentElement ?? node).closest(mute)) continue;
        if (node.nodeType === Node.TEXT_NODE) said.add(node.data.trim());
        else for (const name of ['title', 'aria-label', 'placeholder', 'alt', 'aria-valuetext'])
            said.add(node.getAttribute(name) ?? '');
    }
    return [...said];
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Of a browser that prefers English."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="en-US")
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield opened
    context.close()


def english(page: Page) -> list[str]:
    """What the page shows or tells a screen reader that is not Vietnamese."""
    return sorted(words for words in page.evaluate(SAID) if ENGLISH.search(words))


def test_every_page_is_in_vietnamese(page, demo):
    for path, title in PAGES.items():
        open_page(page, demo, path, title)
        assert page.locator("html").get_attribute("lang") == "vi"
        assert english(page) == []


def test_the_uploader_refuses_in_vietnamese(page, demo):
    open_page(page, demo, "nap-so-lieu", "Nạp số liệu")
    expect(page.get_by_role("button", name="Chọn tệp", exact=True)).to_be_visible()
    expect(page.get_by_text("Mỗi tệp không quá 5 MB")).to_be_visible()
    files = [
        {"name": "lớn.xlsx", "mimeType": "application/octet-stream", "buffer": bytes(5 * 2**20 + 1)},
        {"name": "ghi.txt", "mimeType": "text/plain", "buffer": b"ghi"},
    ]
    page.locator("input[type=file]").set_input_files(files)
    expect(page.get_by_test_id("stFileChip")).to_have_count(2)
    settle(page)
    expect(page.get_by_text("Tệp không được quá 5 MB.").first).to_be_attached()
    assert english(page) == []


def test_the_tools_of_a_table_are_in_vietnamese(page, demo):
    open_page(page, demo, "chi-tieu", "Một chỉ tiêu")
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    table.hover()
    grid = table.locator("canvas").first.bounding_box()
    assert grid
    # The button of a column's menu is drawn once the mouse is over its heading.
    page.mouse.move(grid["x"] + grid["width"] - 40, grid["y"] + 18)
    page.mouse.click(grid["x"] + grid["width"] - 18, grid["y"] + 18)
    expect(page.get_by_text("Xếp tăng dần")).to_be_visible()
    assert english(page) == []
    page.keyboard.press("Escape")
    table.get_by_role("button", name=re.compile("^Tìm")).click()
    expect(page.get_by_text("Nhập chữ cần tìm")).to_be_attached()
    assert english(page) == []


def test_an_empty_choice_is_in_vietnamese(page, demo):
    open_page(page, demo, "don-vi", "Tiến độ theo đơn vị")
    page.get_by_test_id("stSelectbox").last.locator("input").click()
    page.keyboard.type("không có đơn vị này")
    expect(page.get_by_text("Không tìm thấy")).to_be_visible()
    assert english(page) == []


def test_a_page_that_does_not_exist_says_so_in_vietnamese(page, demo):
    sign_in(page, demo)
    answer = page.goto(f"{demo.address}/khong-co-trang-nay")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("alert")).to_have_text("Không có trang hoặc tệp này.")
    assert english(page) == []
    page.get_by_role("link", name="Về bảng theo dõi").click()
    expect(page.get_by_role("heading", name="Tổng quan", level=1)).to_be_visible()


def test_a_page_whose_session_ended_leads_to_the_sign_in_page(server, page):
    open_page(page, server, "don-vi", "Tiến độ theo đơn vị")
    page.context.request.post(f"{server.address}/dang-xuat")
    page.get_by_test_id("stSidebarNav").get_by_text("Nhiệm vụ").click()
    expect(page).to_have_url(re.compile(r"/dang-nhap\?xong=het-phien&tiep="))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_download_without_a_session_saves_nothing(demo, page):
    open_page(page, demo, "bao-cao", "Báo cáo")
    saved: list[object] = []
    page.on("download", lambda download: saved.append(download))
    page.context.clear_cookies()
    page.get_by_role("button", name="CSV tổng hợp cho Excel").click()
    expect(page).to_have_url(re.compile(r"/dang-nhap\?xong=het-phien&tiep=%2Fbao-cao"))
    assert saved == []


def test_the_ways_out_stay_in_their_tab(demo, page):
    open_page(page, demo, "nhiem-vu", "Nhiệm vụ")
    for address in ("/doi-mat-khau", "/dang-xuat"):
        link = page.locator(f"a[href='{address}']")
        expect(link).to_be_visible()
        expect(link).not_to_have_attribute("target", "_blank")
