"""Time pages in Chromium, from the start of a navigation or a click until they are ready."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from benchmarks.servers import Site

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
TEXT = "wanted => document.body !== null && document.body.innerText.includes(wanted) ? performance.now() : 0"
CHARTS = """wanted => {
  const drawn = [...document.querySelectorAll('.js-plotly-plot')].filter(e => e.querySelector('.main-svg .point'));
  return drawn.length >= wanted ? performance.now() : 0;
}"""
CLICK = """label => {
  window.clicked = performance.now();
  [...document.querySelectorAll('a')].find(a => a.innerText.trim() === label).click();
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    path = os.environ.get("KPI_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def text_after_load(browser: Browser, site: Site, path: str, text: str) -> float:
    """Milliseconds until `text` is on the page, in a profile that has cached nothing."""
    return _first_load(browser, site, path, TEXT, text)


def chart_after_load(browser: Browser, site: Site, path: str) -> float:
    """Milliseconds until a Plotly chart has drawn, in a profile that has cached nothing."""
    return _first_load(browser, site, path, CHARTS, 1)


def text_after_switch(browser: Browser, site: Site, path: str, ready: str, link: str, text: str) -> float:
    """Milliseconds from a click on `link` until `text` is there, on a page that showed `ready` before."""
    with _profile(browser, site) as context:
        page = context.new_page()
        page.goto(f"{site.address}/{path}")
        page.wait_for_function(TEXT, arg=ready, polling="raf")
        page.evaluate(CLICK, link)
        done = page.wait_for_function(TEXT, arg=text, polling="raf").json_value()
        return float(done) - float(page.evaluate("window.clicked"))


def _first_load(browser: Browser, site: Site, path: str, condition: str, wanted: str | int) -> float:
    with _profile(browser, site) as context:
        page = context.new_page()
        page.goto(f"{site.address}/{path}", wait_until="commit")
        return float(page.wait_for_function(condition, arg=wanted, polling="raf").json_value())


@contextmanager
def _profile(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN")
    if site.token:
        context.add_cookies([{"name": "kpi_phien", "value": site.token, "url": site.address}])
    yield context
    context.close()
