"""Behind the guard: our own pages and files first, then Streamlit, whose answers are put into our words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kpi.web import files
from kpi.web.pages import ICON, refusal

# What Streamlit tells of itself is nobody's business.
HIDDEN = {"/_stcore/metrics"}
# A file somebody sent is never a page of this site, whatever it holds.
NO_PAGE = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"


class House:
    def __init__(
        self, app: ASGIApp, doors: Callable[[], Sequence[BaseRoute]], pages: Collection[str]
    ) -> None:
        ours = [
            *doors(),
            # Every page is the same document; Streamlit's script reads the address.
            *(Route(f"/{page}", _index) for page in ("", *pages)),
            Route("/favicon.png", _favicon),
            Route("/static/{name:path}", files.static),
        ]
        self._rooms = Router([files.SCRIPT, *ours], redirect_slashes=False, default=_Tamed(app))
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._rooms if scope["type"] == "http" else self.app)(scope, receive, send)


async def _index(_request: Request) -> Response:
    return HTMLResponse(files.index())


async def _favicon(_request: Request) -> Response:
    """Streamlit's script puts its own mark here until the page names another one."""
    return Response(ICON.read_bytes(), media_type="image/svg+xml")


class _Tamed:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = False

        async def said(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start":
                headers = dict(message["headers"])
                # For a path it does not know Streamlit answers its own index.html.
                lost = headers.get(b"content-type", b"").startswith(b"text/html")
                status = 404 if lost or scope["path"] in HIDDEN else message["status"]
                if status >= 400:
                    replaced = True
                    await refusal(scope, status)(scope, receive, send)
                    return
                message["headers"] = [pair for pair in message["headers"] if pair[0] != b"cache-control"]
                if scope["path"].startswith("/media/"):
                    message["headers"].append((b"content-security-policy", NO_PAGE))
            if not replaced:
                await send(message)

        await self.app(scope, receive, said)
