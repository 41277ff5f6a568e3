"""The pages of the edge itself: HTML that stands alone, without a script and without a second request."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

TEMPLATES = Path(__file__).parent / "templates"
ICON = Path(__file__).parents[2] / ".streamlit" / "icon.svg"
SENTENCES = {
    400: "Yêu cầu này không hợp lệ.",
    401: "Bạn chưa đăng nhập, hoặc phiên làm việc đã hết.",
    403: "Yêu cầu này không được chấp nhận vì không đến từ chính trang này.",
    404: "Không có trang hoặc tệp này.",
    405: "Địa chỉ này không nhận yêu cầu kiểu đó.",
    413: "Dữ liệu gửi lên lớn hơn mức cho phép.",
}
OTHERWISE = "Không thực hiện được yêu cầu này."


def page(name: str, status: int = 200, headers: Mapping[str, str] | None = None, **facts: object) -> Response:
    """A page from `templates/`, which may load nothing but its own style."""
    style = _style()
    body = template(name).render(style=Markup(style), icon=icon(), status=status, **facts)  # noqa: S704 - our own file
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )
    return HTMLResponse(body, status, {**(headers or {}), "Content-Security-Policy": policy})


def refusal(
    scope: Scope, status: int, sentence: str = "", *, headers: Mapping[str, str] | None = None
) -> ASGIApp:
    """One sentence: as a page for people, as text for programs and websockets."""
    said = sentence or SENTENCES.get(status, OTHERWISE)
    if scope["type"] == "websocket":
        return _denial(scope, status, said)
    if wants_page(scope):
        return page("refused.html", status, headers, sentence=said)
    return PlainTextResponse(said, status, headers)


def wants_page(scope: Scope) -> bool:
    """Whether somebody navigates here, rather than a script or a program asking."""
    asked = dict(scope["headers"])
    return asked.get(b"sec-fetch-mode") == b"navigate" or b"text/html" in asked.get(b"accept", b"")


@cache
def template(name: str) -> Template:
    house = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    return house.get_template(name)


@cache
def icon() -> str:
    return f"data:image/svg+xml,{quote(ICON.read_text('utf-8'))}"


@cache
def _style() -> str:
    return (TEMPLATES / "style.css").read_text("utf-8")


def _denial(scope: Scope, status: int, sentence: str) -> ASGIApp:
    """A websocket is refused before it opens; a server that cannot say why answers a bare 403."""
    if "websocket.http.response" in scope.get("extensions", {}):
        return PlainTextResponse(sentence, HTTPStatus.FORBIDDEN if status < 500 else status)

    async def close(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "websocket.close", "code": 1008})

    return close
