"""The door in a real browser: in and out, what a page may load, and what people's texts may not do."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from kpi.model import Grant, Person, Role
from kpi.store import Store
from tests.browsing import PAGES, PATIENCE, Server, open_page, settle, sign_in, start, stop
from tests.filled import LAN, Q1, Sender

pytestmark = pytest.mark.browser

WORDS, OTHER, WRONG = "tuần trước trời mưa", "con trâu đi trước", "sai mất rồi đấy"
LINK = re.compile(r"http://127\.0\.0\.1:\d+/dang-nhap/moi/\S+")
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> **đậm** [bẫy](http://bay.example) =1+1 :red[đỏ]'
VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", e => window.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
"""


@pytest.fixture
def empty(tmp_path):
    """A server nobody has set up yet."""
    running = start(tmp_path / "kpi.duckdb", everybody=False)
    yield running
    stop(running)


def fill(page: Page, **words: str) -> None:
    for name, text in words.items():
        page.locator(f"input[name={name}]").fill(text)
    page.locator("form button").click()


def set_up(page: Page, server: Server) -> None:
    found = LINK.search(server.log.read_text("utf-8"))
    assert found
    page.goto(found[0])
    fill(page, name="Vi Văn Tú", username="quan-tri", password=WORDS, repeat=WORDS)
    expect(page.get_by_text("Đã đặt mật khẩu")).to_be_visible()


def test_the_link_on_the_console_leads_to_the_first_sign_in_and_on_to_everybody_elses(empty, page, browser):
    set_up(page, empty)
    fill(page, username="quan-tri", password=WORDS)
    expect(page.get_by_role("heading", name="Tổng quan", level=1)).to_be_visible()
    expect(page.get_by_text("Vi Văn Tú")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Tổng quan", level=1)).to_be_visible()
    tab = page.context.new_page()
    tab.goto(f"{empty.address}/nhiem-vu")
    expect(tab.get_by_role("heading", name="Nhiệm vụ", level=1)).to_be_visible()

    tab.get_by_role("link", name="Đổi mật khẩu").click()
    fill(tab, password=WORDS, new_password=OTHER, repeat=OTHER)
    expect(tab.get_by_text("Đã đổi mật khẩu")).to_be_visible()
    tab.goto(f"{empty.address}/dang-xuat")
    tab.get_by_role("button", name="Đăng xuất").click()
    expect(tab.get_by_text("Bạn đã đăng xuất")).to_be_visible()

    page.get_by_test_id("stSidebarNav").get_by_text("Nhiệm vụ").click()
    expect(page).to_have_url(re.compile(r"/dang-nhap\?xong=het-phien&tiep="))
    fill(page, username="quan-tri", password=WORDS)
    expect(page.get_by_role("alert")).to_contain_text("không đúng")
    fill(page, password=OTHER)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_signing_in_needs_no_script(empty, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    set_up(page, empty)
    page.goto(f"{empty.address}/bao-cao")
    expect(page).to_have_url(re.compile(r"/dang-nhap\?tiep=/bao-cao"))
    fill(page, username="quan-tri", password=WRONG)
    expect(page.get_by_role("alert")).to_contain_text("không đúng")
    fill(page, password=WORDS)
    expect(page).to_have_url(f"{empty.address}/bao-cao")
    context.close()


def test_no_page_breaks_its_policy_or_asks_another_machine(demo, page):
    asked: set[str] = set()
    page.add_init_script(VIOLATIONS)
    page.on("request", lambda request: asked.add(request.url))
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for path, title in PAGES.items():
        open_page(page, demo, path, title)
        assert page.evaluate("window.violations") == []
    page.context.clear_cookies()
    page.goto(f"{demo.address}/dang-nhap")
    assert page.evaluate("window.violations") == []
    assert {url for url in asked if not url.startswith((demo.address, "data:", "blob:"))} == set()
    assert [text for text in said if "Content Security Policy" in text or "Refused to" in text] == []


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, plans, directory):
    """A server whose people, files and reasons are what an attacker would write."""
    path = tmp_path_factory.mktemp("hostile") / "kpi.duckdb"
    sender = Sender(plans["bac-kan-2022"], directory)
    with Store(path) as store:
        person = Person("ke-gian", HOSTILE, "x@so.vn", (Grant(Role.OFFICE), Grant(Role.ADMIN)))
        store.people.invite(person, LAN)
        for manned in (18, 17):
            draft = sender.posts(Q1, manned)
            kept = store.keep(replace(draft, filename=f"{HOSTILE}.xlsx"), person)
        store.withdraw(kept.upload, person, HOSTILE)
        token = store.people.sign_in_by_email(person.email, "127.0.0.1")
    running = start(path, everybody=False)
    yield replace(running, tokens={Role.OFFICE: token})
    stop(running)


@pytest.mark.parametrize("path", [*PAGES])
def test_what_people_wrote_is_shown_as_text_and_never_run(hostile, page, path):
    """By the person of that name, since the name stands on every page."""
    sign_in(page, hostile)
    page.goto(f"{hostile.address}/{path}")
    expect(page.get_by_role("heading", name=PAGES[path], level=1)).to_be_visible()
    expect(page.get_by_test_id("stSidebar").get_by_text("window.hacked=1").first).to_be_visible()
    settle(page)
    assert page.evaluate("window.hacked") is None
    assert page.locator("a[href*='bay.example']").count() == 0
    assert page.locator("img[src='x']").count() == 0
    assert page.locator("strong", has_text=re.compile("^đậm$")).count() == 0
