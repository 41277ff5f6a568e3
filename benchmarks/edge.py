"""Time the edge in process: one request through it and past it, and one sign-in."""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Scope

from kpi import web
from kpi.store import People, Store

LOGIN, PHRASE = "an.nguyen", "mot cau rat dai de nho 7"
BROWSER = {
    "host": "127.0.0.1:8501",
    "connection": "keep-alive",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0",
    "accept": "*/*",
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "cors",
    "sec-fetch-dest": "empty",
    "referer": "http://127.0.0.1:8501/tong-quan",
    "accept-encoding": "gzip, deflate, br, zstd",
    "accept-language": "vi-VN,vi;q=0.9",
}


def requests(path: Path, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds of `count` requests with the edge, and of as many without, taken in turns."""
    store = Store(path)
    _make_account(store.people)
    cookie = f"kpi_phien={store.people.sign_in(LOGIN, PHRASE, '')}; _streamlit_xsrf=2|b79c7f29|0"
    asked = _scope("GET", "/media/figures.csv", {**BROWSER, "cookie": cookie})
    behind, before = _app(), _app(store.people)
    for app in (behind, before):
        asyncio.run(_times(app, asked, 200))
    with_edge, without = [], []
    for _ in range(10):
        with_edge += asyncio.run(_times(before, asked, count // 10))
        without += asyncio.run(_times(behind, asked, count // 10))
    store.close()
    return with_edge, without


def sign_ins(path: Path, count: int) -> list[float]:
    """Milliseconds of `count` sign-ins through the form."""
    store = Store(path)
    _make_account(store.people)
    form = urlencode({"username": LOGIN, "password": PHRASE}).encode()
    times = asyncio.run(_times(_app(store.people), _scope("POST", "/dang-nhap", BROWSER), count, form, 303))
    store.close()
    return times


def _make_account(people: People) -> None:
    if (token := people.set_up()) is not None:
        people.accept(token, PHRASE, login=LOGIN, name="Nguyễn Văn An", office=True)


def _app(people: People | None = None) -> ASGIApp:
    async def figures(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("figures")

    edge = [] if people is None else web.middleware(lambda: people)
    return Starlette(routes=[Route("/media/{name}", figures)], middleware=edge)


def _scope(method: str, path: str, headers: dict[str, str]) -> Scope:
    return {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8501),
        "root_path": "",
    }


async def _times(app: ASGIApp, scope: Scope, count: int, body: bytes = b"", status: int = 200) -> list[float]:
    times = []
    for _ in range(count):
        told: list[int] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message, told: list[int] = told) -> None:
            told.append(message.get("status", 0))

        begin = time.perf_counter()
        await app(dict(scope), receive, send)
        times.append((time.perf_counter() - begin) * 1e3)
        if told[0] != status:
            raise RuntimeError(f"{scope['path']} answered {told[0]}")
    return times


def added(path: Path, count: int = 2000) -> float:
    """Milliseconds the edge adds to a request, at the median."""
    with_edge, without = requests(path, count)
    return statistics.median(with_edge) - statistics.median(without)
