"""A real server and a real browser for the tests that need them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from kpi.model import Role
from kpi.store import Store
from tests.filled import PEOPLE, let_in

ROOT = Path(__file__).parent.parent
PAGES = {
    "tong-quan": "Tổng quan",
    "don-vi": "Tiến độ theo đơn vị",
    "chi-tieu": "Một chỉ tiêu",
    "nhiem-vu": "Nhiệm vụ",
    "nap-so-lieu": "Nạp số liệu",
    "lich-su-nap": "Lịch sử nạp",
    "duyet": "Duyệt và chốt kỳ",
    "bao-cao": "Báo cáo",
    "binh-xet": "Bình xét",
    "ho-so": "Hồ sơ khen thưởng",
    "ke-hoach": "Kế hoạch",
    "nhat-ky": "Nhật ký",
    "tai-khoan": "Tài khoản",
    "sao-luu": "Sao lưu",
}
OF_ADMIN = {"tai-khoan", "sao-luu"}
"""The pages somebody of the office cannot open."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 40_000


@dataclass(frozen=True)
class Server:
    """`uvicorn dashboard:app` on a port of its own, with its own store; it never starts half."""

    process: subprocess.Popen[bytes]
    address: str
    log: Path
    tokens: Mapping[Role, str]
    """A session of one person of each role."""


def start(store: Path, *, everybody: bool = True) -> Server:
    """Serve a store, in which one person of each role is signed in."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = store.with_suffix(".log")
    with Store(store) as opened:
        people = PEOPLE if everybody else {}
        let_in(opened, people.values())
        tokens = {
            role: opened.people.sign_in_by_email(person.email, "127.0.0.1") for role, person in people.items()
        }
    command = [sys.executable, "-m", "uvicorn", "dashboard:app", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "KPI_STORE": str(store)}, stdout=said, stderr=said
        )
    while not listens(port):
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
            pytest.fail(f"the server did not start:\n{log.read_text('utf-8')}")
    return Server(process, f"http://127.0.0.1:{port}", log, tokens)


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


def stop(server: Server) -> None:
    server.process.terminate()
    server.process.wait(30)
    assert "Traceback" not in server.log.read_text("utf-8")


@pytest.fixture
def server(tmp_path) -> Iterator[Server]:
    running = start(tmp_path / "kpi.duckdb")
    yield running
    stop(running)


@pytest.fixture(scope="session")
def demo(demonstration, tmp_path_factory) -> Iterator[Server]:
    """A server with the four sample quarters."""
    filled = shutil.copytree(demonstration / "demo", tmp_path_factory.mktemp("served") / "demo")
    running = start(Path(filled) / "kpi.duckdb")
    yield running
    stop(running)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which(os.environ.get("KPI_CHROMIUM") or "chromium")
    if chromium is None:
        pytest.fail(
            "The browser tests need Chromium. Run: sudo apt-get install chromium "
            "(or name another with KPI_CHROMIUM)"
        )
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="vi-VN")
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield opened
    context.close()


def sign_in(page: Page, server: Server, role: Role = Role.OFFICE) -> None:
    """Bring the cookie of a session, as a sign-in leaves it; the sign-in page has tests of its own."""
    page.context.add_cookies(
        [{"name": "kpi_phien", "value": server.tokens[role], "url": server.address, "httpOnly": True}]
    )


def open_page(page: Page, server: Server, path: str, title: str) -> None:
    sign_in(page, server, Role.ADMIN if path in OF_ADMIN else Role.OFFICE)
    page.goto(f"{server.address}/{path}")
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    settle(page)


def settle(page: Page) -> None:
    """Until the script has run to its end and everything it sent is drawn."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.evaluate(
        "document.fonts.ready.then(() => new Promise(r => requestAnimationFrame(() => setTimeout(r, 100))))"
    )
