"""The pages one passes on the way in and out: sign-in, the one-time link, the password, sign-out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import format_datetime
from urllib.parse import parse_qsl

from anyio import CapacityLimiter, fail_after, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kpi import vi
from kpi.model import (
    BadLoginError,
    KpiError,
    Link,
    Person,
    StaleLinkError,
    TakenLoginError,
    TooManyAttemptsError,
    WeakPasswordError,
    WrongPasswordError,
)
from kpi.store import People
from kpi.web.guard import HEALTH, SESSION, SIGN_IN, cookie_name, token, way
from kpi.web.headers import is_secure
from kpi.web.pages import page

SIGN_OUT, PASSWORD = "/dang-xuat", "/doi-mat-khau"
FORM_LIMIT, FORM_PATIENCE = 16 * 1024, 15
"""Bytes, and seconds until they must be here."""
FORM = ["GET", "POST"]
NOTICES = {
    "dat-mat-khau": "Đã đặt mật khẩu. Bây giờ bạn có thể đăng nhập.",
    "dang-xuat": "Bạn đã đăng xuất.",
    "het-phien": "Phiên làm việc đã kết thúc (hết giờ, hoặc tài khoản vừa được thay đổi). Hãy đăng nhập lại.",
}
UNEQUAL = "Hai lần nhập mật khẩu không giống nhau."
WRONG_OLD = "Mật khẩu hiện tại không đúng."
STATUS: dict[type[KpiError], int] = {WrongPasswordError: 401, TooManyAttemptsError: 429, StaleLinkError: 410}


@dataclass(frozen=True)
class Doors:
    people: Callable[[], People]
    demo: Callable[[], Sequence[tuple[Person, str]]] = tuple
    account: str = ""
    """What people call an account of the identity provider, when there is one."""
    # Argon2 takes 64 MB and a whole core each time: a crowd at the door waits there.
    slow: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(2))

    def routes(self) -> list[BaseRoute]:
        return [
            Route(HEALTH, _health),
            Route(SIGN_IN, self.sign_in, methods=FORM),
            Route(f"{SIGN_IN}/moi/{{token}}", self.accept, methods=FORM),
            # What is open to all ends here, and never falls through to Streamlit.
            Route(f"{SIGN_IN}/{{rest:path}}", _nothing),
            Route(SIGN_OUT, self.sign_out, methods=FORM),
            Route(PASSWORD, self.change_password, methods=FORM),
        ]

    async def sign_in(self, request: Request) -> Response:
        if request.method != "POST":
            back, notice = (
                way(request.query_params.get("tiep", "")),
                NOTICES.get(request.query_params.get("xong", "")),
            )
            if request.scope[SESSION] and request.query_params.get("xong") != "dat-mat-khau":
                return RedirectResponse(back, 303)
            return self.sign_in_page(200, tiep=back, notice=notice)
        form = await _form(request)
        name, back = form.get("username", "").strip(), way(form.get("tiep", ""))
        try:
            key = await to_thread.run_sync(
                self.people().sign_in, name, form.get("password", ""), address(request), limiter=self.slow
            )
        except (WrongPasswordError, TooManyAttemptsError) as error:
            return self.sign_in_page(
                STATUS[type(error)], _later(error), tiep=back, username=name, error=vi.refusal(error)
            )
        return await self.enter(request, key, back)

    async def enter(self, request: Request, key: str, back: str) -> Response:
        """Begin the session `key`; the one the browser had before, whoever's it was, ends."""
        if old := token(request.scope):
            await to_thread.run_sync(self.people().sign_out, old)
        return _with_cookie(request, RedirectResponse(way(back), 303), key)

    async def accept(self, request: Request) -> Response:
        """Choose a password with a one-time link; looking at the page does not use the link up."""
        key = request.path_params["token"]
        try:
            link = await to_thread.run_sync(self.people().link, key)
            if request.method != "POST":
                return page("link.html", link=link, typed={}, error=None)
            form = await _form(request)
            if form.get("password", "") != form.get("repeat", ""):
                return page("link.html", 422, link=link, typed=form, error=UNEQUAL)
            await to_thread.run_sync(self._accept, link, key, form, limiter=self.slow)
        except StaleLinkError as error:
            return page("refused.html", 410, sentence=vi.refusal(error))
        except (WeakPasswordError, BadLoginError, TakenLoginError) as error:
            return page("link.html", 422, link=link, typed=form, error=vi.refusal(error))
        return RedirectResponse(f"{SIGN_IN}?xong=dat-mat-khau", 303)

    async def change_password(self, request: Request) -> Response:
        session = request.scope[SESSION]
        if request.method != "POST":
            return page(
                "password.html", login=session.login, error=None, done=request.query_params.get("xong") == "1"
            )
        form = await _form(request)
        old, new = form.get("password", ""), form.get("new_password", "")
        said, status, headers = UNEQUAL, 422, None
        if new == form.get("repeat", ""):
            try:
                key = await to_thread.run_sync(
                    self.people().change_password, session, old, new, address(request), limiter=self.slow
                )
            except (WrongPasswordError, WeakPasswordError, TooManyAttemptsError) as error:
                said = WRONG_OLD if isinstance(error, WrongPasswordError) else vi.refusal(error)
                status, headers = STATUS.get(type(error), 422), _later(error)
            else:
                return _with_cookie(request, RedirectResponse(f"{PASSWORD}?xong=1", 303), key)
        return page("password.html", status, headers, login=session.login, error=said, done=False)

    async def sign_out(self, request: Request) -> Response:
        """At once for our own link; another site's link, or a browser that does not say, meets a button."""
        asked = (request.headers.get("sec-fetch-site"), request.headers.get("sec-fetch-mode"))
        ours = asked == ("same-origin", "navigate") and request.method == "GET"
        if not ours and request.method != "POST":
            return page("sign_out.html", login=request.scope[SESSION].login)
        await to_thread.run_sync(self.people().sign_out, token(request.scope))
        response = RedirectResponse(f"{SIGN_IN}?xong=dang-xuat", 303, {"Clear-Site-Data": '"cache"'})
        response.delete_cookie(cookie_name(request.scope), httponly=True, secure=is_secure(request.scope))
        return response

    def _accept(self, link: Link, key: str, form: Mapping[str, str]) -> None:
        if link.first:
            login, name, office = (
                form.get("username", "").strip(),
                form.get("name", "").strip(),
                "office" in form,
            )
            self.people().accept(key, form.get("password", ""), login=login, name=name, office=office)
        else:
            self.people().accept(key, form.get("password", ""))

    def sign_in_page(
        self, status: int, headers: Mapping[str, str] | None = None, **facts: object
    ) -> Response:
        shown = {"username": "", "error": None, "notice": None, "roles": vi.roles, **facts}
        return page("sign_in.html", status, headers, demo=self.demo(), account=self.account, **shown)


def _with_cookie(request: Request, response: Response, key: str) -> Response:
    response.set_cookie(cookie_name(request.scope), key, httponly=True, secure=is_secure(request.scope))
    return response


async def _form(request: Request) -> dict[str, str]:
    body = bytearray()
    with fail_after(FORM_PATIENCE):
        async for chunk in request.stream():
            body += chunk
            if len(body) > FORM_LIMIT:
                raise HTTPException(413)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=20))
    except ValueError as error:
        raise HTTPException(400) from error


def address(request: Request) -> str:
    return request.client.host if request.client else ""


def _later(error: KpiError) -> dict[str, str] | None:
    if not isinstance(error, TooManyAttemptsError):
        return None
    return {"Retry-After": format_datetime(error.until.replace(tzinfo=UTC), usegmt=True)}


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok")


async def _nothing(_request: Request) -> Response:
    raise HTTPException(404)
