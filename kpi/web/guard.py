"""The guard: every request and every message of a websocket has a session, or gets nowhere."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, unquote

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from kpi.model import Session
from kpi.store import People
from kpi.web.headers import Pairs, is_secure
from kpi.web.pages import refusal, wants_page

SIGN_IN, HEALTH = "/dang-nhap", "/suc-khoe"
READING = {"GET", "HEAD"}
WRITING = {"POST", "PUT", "DELETE"}
DOORS = {"dang-nhap", "dang-xuat"}
ENDED = 4401
"""The close code that tells the page to go to the sign-in page."""
SESSION = "kpi.session"
"""Where the scope holds the `Session`, or None on the pages open to all."""


class Guard:
    def __init__(self, app: ASGIApp, people: Callable[[], People]) -> None:
        self.app = app
        self._people = people

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if status := _fault(scope):
            headers = {"Allow": ", ".join(sorted(READING | WRITING))} if status == 405 else None
            await refusal(scope, status, headers=headers)(scope, receive, send)
            return
        key = token(scope)
        session = self._people().session(key) if key else None
        if session is None and not _is_public(scope):
            await _to_the_door(scope)(scope, receive, send)
            return
        if scope["type"] == "websocket":
            receive, send = self._watched(scope, key, receive, send)
        await self.app(_introduced(scope, session), receive, send)

    def _watched(self, scope: Scope, key: str, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """A websocket outlives its session: every message asks again whether there still is one."""
        ended, begun = False, False

        async def heard() -> Message:
            nonlocal ended
            message = await receive()
            if message["type"] != "websocket.receive" or self._people().session(key):
                return message
            ended = True
            await send({"type": "websocket.close", "code": ENDED})
            return {"type": "websocket.disconnect", "code": ENDED}

        async def said(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "websocket.accept"
            if message["type"] == "websocket.close" and not begun:
                await refusal(scope, 403)(scope, receive, send)
            elif not ended:
                await send(message)

        return heard, said


def cookie_name(scope: Scope) -> str:
    return "__Host-kpi_phien" if is_secure(scope) else "kpi_phien"


def token(scope: Scope) -> str:
    """The session's secret from the cookie, or ""; of two, one was planted, and neither is believed."""
    wanted = cookie_name(scope).encode()
    cookies = [
        c.strip() for header, value in scope["headers"] if header == b"cookie" for c in value.split(b";")
    ]
    found = [c.partition(b"=")[2] for c in cookies if c.partition(b"=")[0] == wanted]
    return str(found[0].decode("latin-1")) if len(found) == 1 else ""


def way(path: str) -> str:
    """Where to go after signing in: a path of this site, or the start."""
    before, *steps = unquote(path.partition("?")[0]).split("/")
    harmless = before == "" and path.isprintable() and "\\" not in path and len(path) <= 2000
    # Of "//", "/./x" and "/../x" a browser makes another address.
    straight = bool(steps) and not {"", ".", ".."} & set(steps) and steps[0] not in DOORS
    return path if harmless and straight else "/"


def _fault(scope: Scope) -> int:
    """The status to refuse with whoever asks, or 0."""
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    if len(hosts) != 1 or not is_host_allowed(hosts[0]) or not scope["path"].isprintable():
        return 400
    method = scope.get("method", "")
    if method and method not in READING | WRITING:
        return 405
    if method not in READING and not _is_same_origin(scope, hosts[0]):
        return 403
    return 0


def _is_same_origin(scope: Scope, host: str) -> bool:
    """Whether our own page sent this, rather than another site with our cookie.

    Browsers say so in Sec-Fetch-Site and Origin, and all that is said must fit. Who sends neither is no
    browser, and lends nobody its cookies: so far the rule of Go's http.CrossOriginProtection.
    """
    sites = [value for name, value in scope["headers"] if name == b"sec-fetch-site"]
    origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
    ours = f"{'https' if is_secure(scope) else 'http'}://{host}"
    return all(site in {b"same-origin", b"none"} for site in sites) and all(o == ours for o in origins)


def _is_public(scope: Scope) -> bool:
    path = scope["path"]
    return scope["type"] == "http" and (path in {SIGN_IN, HEALTH} or path.startswith(f"{SIGN_IN}/"))


def _to_the_door(scope: Scope) -> ASGIApp:
    if scope.get("method") not in READING or not wants_page(scope):
        return refusal(scope, 401)
    path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    back = way(f"{path}?{query}" if query else path)
    return RedirectResponse(SIGN_IN if back == "/" else f"{SIGN_IN}?tiep={quote(back, safe='/')}", 303)


def _introduced(scope: Scope, session: Session | None) -> Scope:
    """The scope as the app sees it: who asks is said by us alone."""
    headers: Pairs = [(name, value) for name, value in scope["headers"] if not _is_ours_to_say(name)]
    if session is not None:
        headers += [(b"x-kpi-user", session.login.encode()), (b"x-kpi-session", session.id.encode())]
    # It was judged above. Streamlit would ask the internet for this machine's address to judge it again.
    headers = [pair for pair in headers if pair[0] != b"origin"]
    return {**scope, "headers": headers, SESSION: session}


def _is_ours_to_say(name: bytes) -> bool:
    return name.lower().replace(b"_", b"-").startswith(b"x-kpi-")
