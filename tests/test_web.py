"""The edge, spoken to as a server would: ASGI in, ASGI out, with the real store behind it."""

import asyncio
import gzip
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import Message
from streamlit.file_util import get_static_dir
from streamlit.runtime import Runtime

from kpi import access, ui, web
from kpi.model import Grant, Person, Role
from kpi.settings import Oidc, Settings
from kpi.store import Store
from kpi.web import files
from kpi.web.doors import NOTICES
from kpi.web.guard import way
from kpi.web.pages import ICON

PHRASE = "mot cau rat dai de nho 7"
OTHER = "mot cau khac cung rat dai 8"
MORNING = datetime.fromisoformat("2022-04-01T08:00")
PAGE = {"accept": "text/html"}
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"]
Pairs = Mapping[str, str] | Sequence[tuple[str, str]]
ALWAYS = {
    "content-security-policy",
    "cache-control",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
}


@dataclass
class Clock:
    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass(frozen=True)
class Answer:
    status: int
    raw: list[tuple[bytes, bytes]]
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode().lower(): value.decode("latin-1") for name, value in self.raw}

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def cookie(self) -> str:
        """The name and the value of the cookie that is set, as a browser would send them back."""
        return self.headers["set-cookie"].split(";")[0]


@dataclass
class Line:
    """A websocket: what the browser sends goes into `receive`, what it gets comes out of `sent`."""

    said: list[Message] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)

    async def receive(self) -> Message:
        return self.said.pop(0) if self.said else {"type": "websocket.disconnect", "code": 1001}

    async def send(self, message: Message) -> None:
        self.sent.append(message)


def scope_of(kind: str, path: str, headers: Pairs, scheme: str, **more: object) -> Message:
    pairs = [*(headers.items() if isinstance(headers, Mapping) else headers)]
    if not any(name == "host" for name, _ in pairs):
        pairs.insert(0, ("host", "127.0.0.1"))
    path, _, query = path.partition("?")
    return {
        "type": kind,
        "scheme": scheme,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in pairs],
        "client": ("10.0.0.7", 50000),
        "server": ("127.0.0.1", 80),
        "root_path": "",
        **more,
    }


def ask(
    app, path: str, method: str = "GET", headers: Pairs = (), *, form=None, body=b"", scheme="http"
) -> Answer:
    sent: list[Message] = []
    content = urlencode(form).encode() if form is not None else body
    left = [{"type": "http.request", "body": content, "more_body": False}]

    async def receive() -> Message:
        return left.pop(0) if left else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope_of("http", path, headers, scheme, method=method), receive, send))
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], sent[0]["headers"], content)


def talk(app, line: Line, headers: Pairs, path: str = "/_stcore/stream", **more: object) -> Line:
    line.said.insert(0, {"type": "websocket.connect"})
    asyncio.run(
        app(scope_of("websocket", path, headers, "ws", subprotocols=[], **more), line.receive, line.send)
    )
    return line


@dataclass
class Behind:
    """What stands behind the edge in these tests, in Streamlit's place; it remembers who came."""

    visitors: list[dict[str, list[str]]] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/media/{name}", self.media, methods=["GET", "POST", "PUT", "DELETE"]),
            Route("/_stcore/bug", self.bug),
            Route("/_stcore/refused", self.refused),
            WebSocketRoute("/_stcore/stream", self.stream),
            Route("/{rest:path}", self.fallback),
        ]

    def _note(self, connection) -> None:
        headers = connection.headers
        self.visitors.append({name: headers.getlist(name) for name in headers})

    async def media(self, request: Request) -> PlainTextResponse:
        self._note(request)
        headers = {"Cache-Control": "public", "Server": "x", "Access-Control-Allow-Origin": "*"}
        return PlainTextResponse("figures", headers=headers)

    async def fallback(self, _request: Request) -> HTMLResponse:
        return HTMLResponse("<title>Streamlit</title>")

    async def bug(self, _request: Request) -> None:
        raise RuntimeError("/srv/kpi.duckdb: select * from session")

    async def refused(self, _request: Request) -> None:
        raise HTTPException(404, "Media file not found: /srv/secret")

    async def stream(self, socket) -> None:
        self._note(socket)
        await socket.accept()
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                # What Streamlit's queue still holds is sent after the end.
                await socket.send({"type": "websocket.send", "bytes": b"late"})
                return
            self.heard.append(message["bytes"])
            await socket.send({"type": "websocket.send", "bytes": b"drawn"})


@pytest.fixture(autouse=True)
def _hasty(monkeypatch):
    """What a sign-in costs is measured by the bench; here it would only take time."""
    monkeypatch.setattr(access, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock) -> Iterator[Store]:
    opened = Store(tmp_path / "kpi.duckdb", clock)
    yield opened
    opened.close()


@pytest.fixture
def people(store):
    """One administrator, `an.nguyen`, and one viewer, `binh`, who has not come yet."""
    store.people.accept(store.people.set_up(), PHRASE, login="an.nguyen", name="Nguyễn Văn An", office=True)
    return store.people


@pytest.fixture
def behind():
    return Behind()


@pytest.fixture
def app(people, behind):
    return Starlette(
        routes=behind.routes(), middleware=web.middleware(lambda: people, ["tong-quan", "don-vi"])
    )


@pytest.fixture
def token(people):
    return people.sign_in("an.nguyen", PHRASE, "10.0.0.7")


@pytest.fixture
def cookie(token):
    return {"cookie": f"kpi_phien={token}"}


@pytest.fixture
def line():
    return Line([{"type": "websocket.receive", "bytes": b"rerun"}])


def sign_in(app, password: str = PHRASE, name: str = "an.nguyen", headers: Pairs = (), **more: str) -> Answer:
    form = {"username": name, "password": password}
    return ask(app, "/dang-nhap", "POST", headers, form=form, **more)


# Who has no session.


@pytest.fixture
def dashboard(tmp_path, monkeypatch):
    """The program itself, with Streamlit's own routes; nothing of it is started."""
    import dashboard

    monkeypatch.setenv("KPI_STORE", str(tmp_path / "kpi.duckdb"))
    monkeypatch.setattr(Runtime, "_instance", None)
    monkeypatch.setattr(dashboard.app, "_runtime", None)
    yield dashboard.app._build_starlette_app()
    ui.close()


def test_nothing_of_the_program_answers_without_a_session(dashboard):
    paths = {
        re.sub(r"\{[^}]*\}", "x", route.path) if isinstance(route, Route) else "/tong-quan"
        for route in dashboard.routes
        if isinstance(route, Route | Mount)
    }
    paths |= {
        "/",
        "/static/js/x.js",
        "/_edge.js",
        "/favicon.png",
        "/dang-xuat",
        "/doi-mat-khau",
        "/unknown/x",
    }
    assert {"/_stcore/health", "/media/x", "/_stcore/upload_file/x/x", "/_stcore/metrics"} <= paths
    for path in sorted(paths):
        for method in METHODS:
            for headers in ({}, PAGE, {"cookie": "kpi_phien=forged"}):
                answer = ask(dashboard, path, method, headers)
                expected = {401} if method in {"POST", "PUT", "DELETE"} else {401, 303, 405}
                assert answer.status in expected, (path, method)
                assert answer.headers.keys() >= ALWAYS, (path, method)
                assert not re.search(r"streamlit|starlette|Not Found|Allowed", answer.text, re.IGNORECASE)


def test_the_edge_stands_before_everything_else(dashboard):
    assert [m.cls.__name__ for m in dashboard.user_middleware][:4] == ["Headers", "Net", "Guard", "House"]


@pytest.mark.parametrize("path", ["/dang-nhap", "/suc-khoe"])
def test_the_sign_in_page_and_the_health_check_are_open(app, path):
    assert ask(app, path).status == 200


def test_health_says_ok_and_nothing_else(app):
    answer = ask(app, "/suc-khoe")
    assert (answer.body, answer.headers["content-type"]) == (b"ok", "text/plain; charset=utf-8")
    assert "set-cookie" not in answer.headers
    assert ask(app, "/suc-khoe", "HEAD").status == 200
    assert ask(app, "/suc-khoe", "POST").status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/dang-nhap/..",
        "/dang-nhap/../media/x",
        "/dang-nhap//media/x",
        "/dang-nhapx",
        "/suc-khoe/x",
        "//media/x",
    ],
)
def test_no_way_leads_past_the_open_pages(app, behind, path):
    assert ask(app, path).status in {401, 404}
    assert not behind.visitors


def test_a_browser_is_led_to_the_sign_in_page_and_back(app):
    answer = ask(app, "/don-vi?quy=2022-Q1&chi-tieu=3", headers=PAGE)
    assert answer.status == 303
    there = urlsplit(answer.headers["location"])
    assert there.path == "/dang-nhap"
    assert parse_qs(there.query)["tiep"] == ["/don-vi?quy=2022-Q1&chi-tieu=3"]
    form = {"username": "an.nguyen", "password": PHRASE, "tiep": "/don-vi?quy=2022-Q1&chi-tieu=3"}
    back = ask(app, "/dang-nhap", "POST", form=form)
    assert (back.status, back.headers["location"]) == (303, "/don-vi?quy=2022-Q1&chi-tieu=3")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "x",
        "//evil",
        "https://evil",
        "/\\evil",
        "\\\\evil",
        "/\t/evil",
        "/a\r\nX: y",
        "/x" * 1001,
        "javascript:x",
        "/dang-xuat",
        "/dang-nhap",
        "/dang-nhap/oidc?x=1",
        "/%64ang-xuat",
    ],
)
def test_the_way_back_never_leaves_the_site_nor_leads_round_in_circles(path):
    assert way(path) == "/"


@pytest.mark.parametrize("path", ["/", "/don-vi", "/don-vi?a=//b", "/m%E1%BB%A5c", "/a/b"])
def test_the_way_back_may_be_any_page(path):
    assert way(path) == path


# The websocket.


def test_a_websocket_needs_a_session_of_its_own(app, behind, people, line, token):
    people.sign_out(token)
    for headers in (
        {},
        {"cookie": "kpi_phien=forged"},
        {"cookie": f"kpi_phien={token}"},
        {"x-kpi-user": "an.nguyen"},
    ):
        assert talk(app, Line(), headers).sent == [{"type": "websocket.close", "code": 1008}]
        sent = talk(app, Line(), headers, extensions={"websocket.http.response": {}}).sent
        assert [m["type"] for m in sent] == ["websocket.http.response.start", "websocket.http.response.body"]
        assert sent[0]["status"] == 403
        assert {name.decode() for name, _ in sent[0]["headers"]} >= ALWAYS
    assert not behind.visitors


def test_a_websocket_on_an_open_path_needs_one_too(app, line):
    assert talk(app, line, {}, "/dang-nhap").sent[0]["type"] == "websocket.close"


def test_a_websocket_with_a_session_is_heard(app, behind, line, cookie):
    sent = talk(app, line, cookie).sent
    assert [m["type"] for m in sent] == ["websocket.accept", "websocket.send", "websocket.send"]
    assert behind.heard == [b"rerun"]


@pytest.mark.parametrize("ending", ["sign_out", "disable", "grants", "idle", "password"])
def test_a_live_page_ends_at_its_next_message(app, behind, people, clock, line, cookie, token, ending):
    me = people.get("an.nguyen")
    people.accept(people.invite(Person("chi", "Chi", grants=(Grant(Role.ADMIN),)), me), OTHER)

    def end() -> None:
        match ending:
            case "sign_out":
                people.sign_out(token)
            case "disable":
                people.disable("an.nguyen", people.get("chi"))
            case "grants":
                people.change(Person("an.nguyen", me.name, grants=(Grant(Role.VIEWER),)), people.get("chi"))
            case "idle":
                clock.pass_by(minutes=31)
            case "password":
                elsewhere = people.session(people.sign_in("an.nguyen", PHRASE, ""))
                people.change_password(elsewhere, PHRASE, OTHER)

    class Interrupted(Line):
        async def receive(self) -> Message:
            message = await super().receive()
            if message.get("bytes") == b"last":
                end()
            return message

    told: list[Message] = [
        {"type": "websocket.receive", "bytes": b"first"},
        {"type": "websocket.receive", "bytes": b"last"},
    ]
    sent = talk(app, Interrupted(told), cookie).sent
    assert behind.heard == [b"first"]
    assert sent[-1] == {"type": "websocket.close", "code": 4401}
    assert [m["type"] for m in sent].count("websocket.send") == 1


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://127.0.0.1:9999", "null", "http://localhost"]
)
def test_a_websocket_from_another_site_is_refused_though_the_cookie_came_along(app, line, cookie, origin):
    assert talk(app, line, {**cookie, "origin": origin}).sent[0]["type"] == "websocket.close"


# Who it is.


@pytest.mark.parametrize(
    "name", ["x-kpi-user", "X-Kpi-User", "x_kpi_user", "X_KPI-User", "x-kpi-session", "x-kpi-anything"]
)
def test_only_the_edge_says_who_somebody_is(app, behind, people, line, cookie, token, name):
    forged = [(name, "binh"), ("cookie", cookie["cookie"]), (name, "binh")]
    ask(app, "/media/x", headers=forged)
    talk(app, line, forged)
    session = people.session(token)
    assert len(behind.visitors) == 2
    for seen in behind.visitors:
        ours = {
            header: values for header, values in seen.items() if header.replace("_", "-").startswith("x-kpi")
        }
        assert ours == {"x-kpi-user": ["an.nguyen"], "x-kpi-session": [session.id]}


def test_the_secret_of_a_session_is_not_what_the_program_sees(app, behind, cookie, token):
    ask(app, "/media/x", headers=cookie)
    assert behind.visitors[0]["x-kpi-session"] != [token]


# The session.


def test_signing_in_works_without_javascript_and_sets_a_careful_cookie(app):
    form = ask(app, "/dang-nhap")
    assert "<script" not in form.text
    assert re.findall(r'name="(\w+)"', form.text.split("<form")[1]) == ["tiep", "username", "password"]
    answer = sign_in(app)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    name, *flags = re.split(r"; ?", answer.headers["set-cookie"])
    assert name.startswith("kpi_phien=")
    assert {flag.lower() for flag in flags} == {"httponly", "path=/", "samesite=lax"}
    assert ask(app, "/media/x", headers={"cookie": answer.cookie}).body == b"figures"


def test_under_tls_the_cookie_is_bound_to_the_host_and_the_browser_told_to_stay(app):
    answer = sign_in(app, scheme="https")
    assert answer.cookie.startswith("__Host-kpi_phien=")
    flags = {flag.strip().lower() for flag in answer.headers["set-cookie"].split(";")[1:]}
    assert flags == {"httponly", "path=/", "samesite=lax", "secure"}
    assert "strict-transport-security" in answer.headers
    assert "strict-transport-security" not in sign_in(app).headers
    plain = answer.cookie.removeprefix("__Host-")
    assert ask(app, "/media/x", headers={"cookie": plain}, scheme="https").status == 401
    assert ask(app, "/media/x", headers={"cookie": answer.cookie}, scheme="https").status == 200


def test_signing_in_makes_a_new_session_and_ends_the_one_before(app, people, cookie, token):
    answer = sign_in(app, headers=cookie)
    assert answer.cookie != cookie["cookie"]
    assert people.session(token) is None


def test_a_session_chosen_by_somebody_else_is_never_taken_up(app):
    answer = sign_in(app, headers={"cookie": "kpi_phien=chosen"})
    assert "chosen" not in answer.cookie


def test_a_session_ends_after_half_an_hour_without_use_and_after_ten_hours_with(app, clock, cookie):
    for _ in range(24):
        clock.pass_by(minutes=25)
        status = ask(app, "/media/x", headers=cookie).status
        assert status == (200 if clock.now < MORNING + timedelta(hours=10) else 401)
    fresh = {"cookie": sign_in(app).cookie}
    clock.pass_by(minutes=30)
    assert ask(app, "/media/x", headers=fresh).status == 401


def test_signing_out_ends_the_session_and_clears_the_browser(app, cookie):
    answer = ask(app, "/dang-xuat", "POST", {**cookie, "sec-fetch-site": "same-origin"})
    assert (answer.status, answer.headers["location"]) == (303, "/dang-nhap?xong=dang-xuat")
    assert answer.headers["clear-site-data"] == '"cache"'
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert ask(app, "/media/x", headers=cookie).status == 401


@pytest.mark.parametrize(
    ("site", "at_once"), [("same-origin", True), ("cross-site", False), ("same-site", False), (None, False)]
)
def test_a_link_signs_out_at_once_only_when_it_is_our_own(app, cookie, site, at_once):
    answer = ask(
        app,
        "/dang-xuat",
        headers={
            **cookie,
            **PAGE,
            **({"sec-fetch-site": site, "sec-fetch-mode": "navigate"} if site else {}),
        },
    )
    assert answer.status == (303 if at_once else 200)
    assert ask(app, "/media/x", headers=cookie).status == (401 if at_once else 200)


def test_who_is_signed_in_already_goes_straight_on(app, cookie):
    assert ask(app, "/dang-nhap?tiep=/don-vi", headers=cookie).headers["location"] == "/don-vi"


# Refusals at the door.


def test_a_wrong_password_keeps_the_name_and_says_no_more_than_it_must(app):
    known, unknown = sign_in(app, "sai"), sign_in(app, "sai", "khong-co")
    assert known.status == unknown.status == 401
    assert 'role="alert"' in known.text
    assert 'value="an.nguyen"' in known.text
    assert known.text.replace("an.nguyen", "?") == unknown.text.replace("khong-co", "?")
    assert "sai" not in re.findall(r'value="([^"]*)"', known.text)


def test_known_and_unknown_names_wait_alike(app):
    def tries(name: str) -> list[Answer]:
        return [sign_in(app, "sai", name) for _ in range(6)]

    known, unknown = tries("an.nguyen"), tries("khong-co")
    assert [a.status for a in known] == [a.status for a in unknown] == [401] * 5 + [429]
    assert (
        known[-1].headers["retry-after"]
        == unknown[-1].headers["retry-after"]
        == "Fri, 01 Apr 2022 08:15:00 GMT"
    )
    assert known[-1].text.replace("an.nguyen", "?") == unknown[-1].text.replace("khong-co", "?")


def test_what_was_typed_is_shown_as_text(app):
    answer = sign_in(app, "sai", '"><script>alert(1)</script>')
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize("notice", ["<b>x</b>", "gì đó", ""])
def test_a_notice_is_one_of_ours(app, notice):
    assert 'role="status"' not in ask(app, f"/dang-nhap?{urlencode({'xong': notice})}").text
    for code, sentence in NOTICES.items():
        assert sentence in ask(app, f"/dang-nhap?xong={code}").text


def test_a_form_is_small_and_readable(app):
    assert ask(app, "/dang-nhap", "POST", body=b"x" * 20_000).status == 413
    assert ask(app, "/dang-nhap", "POST", body=b"username=%ff").status == 400
    assert ask(app, "/dang-nhap", "POST", body=b"&".join([b"a=b"] * 50)).status == 400
    assert ask(app, "/dang-nhap", "POST", body=b'{"username": "an.nguyen"}').status == 401


# One-time links, and another password.


def test_the_set_up_link_makes_the_first_administrator_once(store, behind):
    app = Starlette(routes=behind.routes(), middleware=web.middleware(lambda: store.people))
    address = f"/dang-nhap/moi/{store.people.set_up()}"
    form = {"username": "an.nguyen", "name": "An", "password": "ngan", "repeat": "ngan", "office": "1"}
    assert re.search(r'name="office"[^>]* checked', ask(app, address).text)
    assert ask(app, address, "POST", form=form).status == 422
    form |= {"password": PHRASE, "repeat": OTHER}
    assert ask(app, address, "POST", form=form).status == 422
    form |= {"repeat": PHRASE}
    answer = ask(app, address, "POST", form=form)
    assert (answer.status, answer.headers["location"]) == (303, "/dang-nhap?xong=dat-mat-khau")
    assert "set-cookie" not in answer.headers
    assert store.people.get("an.nguyen").grants == (Grant(Role.ADMIN), Grant(Role.OFFICE))
    assert ask(app, address).status == ask(app, address, "POST", form=form).status == 410
    assert sign_in(app).status == 303


def test_an_invitation_names_the_person_and_asks_for_a_password_only(app, people):
    invited = Person("binh", "Trần Thị Bình", grants=(Grant(Role.VIEWER),))
    address = f"/dang-nhap/moi/{people.invite(invited, people.get('an.nguyen'))}"
    shown = ask(app, address).text
    assert "Trần Thị Bình" in shown
    assert 'name="office"' not in shown
    form = {"password": OTHER, "repeat": OTHER, "username": "an.nguyen", "office": "1"}
    assert ask(app, address, "POST", form=form).status == 303
    assert people.get("binh").grants == (Grant(Role.VIEWER),)
    assert sign_in(app, OTHER, "binh").status == 303


def test_a_link_nobody_made_is_stale(app):
    answer = ask(app, "/dang-nhap/moi/forged", headers=PAGE)
    assert answer.status == 410
    assert 'role="alert"' in answer.text


def test_another_password_ends_the_other_sessions_and_keeps_this_one(app, cookie):
    elsewhere = {"cookie": sign_in(app).cookie}

    def change(old: str, new: str, repeat: str) -> Answer:
        form = {"password": old, "new_password": new, "repeat": repeat}
        return ask(app, "/doi-mat-khau", "POST", cookie, form=form)

    assert ask(app, "/doi-mat-khau", headers=cookie).status == 200
    assert change("sai", OTHER, OTHER).status == 401
    assert change(PHRASE, "ngan", "ngan").status == 422
    assert change(PHRASE, OTHER, PHRASE).status == 422
    done = change(PHRASE, OTHER, OTHER)
    assert done.status == 303
    assert ask(app, "/", headers={**cookie, **PAGE}).status == 303
    cookie = {"cookie": done.cookie}
    assert 'role="status"' in ask(app, done.headers["location"], headers=cookie).text
    assert ask(app, "/media/x", headers=elsewhere).status == 401
    assert ask(app, "/media/x", headers=cookie).status == 200


# Other sites, other hosts, other methods.


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1"}, 403),
        ({"sec-fetch-site": "anything"}, 403),
        ({"origin": "http://127.0.0.1"}, 200),
        ({"origin": "http://127.0.0.1:8501", "host": "127.0.0.1:8501"}, 200),
        ({"origin": "http://127.0.0.1:8501"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"origin": "http://["}, 403),
    ],
)
def test_only_our_own_pages_may_change_anything(app, behind, cookie, headers, status):
    for method in ("POST", "PUT", "DELETE"):
        assert ask(app, "/media/x", method, {**cookie, **headers}).status == status
    assert len(behind.visitors) == (3 if status == 200 else 0)


def test_another_site_cannot_sign_anybody_in(app):
    assert sign_in(app, headers={"origin": "http://evil.example"}).status == 403


def test_streamlit_is_not_asked_to_judge_an_origin_again(app, behind, cookie):
    """It would ask the internet for this machine's address."""
    ask(app, "/media/x", "PUT", {**cookie, "origin": "http://127.0.0.1"})
    assert "origin" not in behind.visitors[0]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil", ""])
def test_another_host_is_refused_before_anything_else(app, line, cookie, host):
    for path in ("/suc-khoe", "/dang-nhap", "/media/x", "/"):
        assert ask(app, path, headers={**cookie, "host": host}).status == 400
    assert talk(app, line, {**cookie, "host": host}).sent[0]["type"] == "websocket.close"
    assert ask(app, "/suc-khoe", headers=[("host", "127.0.0.1"), ("host", host)]).status == 400


def test_methods_nobody_needs_are_not_there(app, behind, cookie):
    for method in ("PATCH", "OPTIONS", "TRACE", "CONNECT", "get"):
        answer = ask(app, "/media/x", method, cookie)
        assert (answer.status, answer.headers["allow"]) == (405, "DELETE, GET, HEAD, POST, PUT")
    assert not behind.visitors


# Every answer.


def test_every_kind_of_answer_carries_the_headers_and_none_tells_of_the_server(app, cookie):
    answers = [
        *(ask(app, path, headers=PAGE) for path in ("/dang-nhap", "/don-vi", "/suc-khoe", "/dang-nhap/x")),
        *(
            ask(app, path, headers=cookie)
            for path in ("/", "/media/x", "/_stcore/bug", "/_stcore/refused", "/a/b")
        ),
        *(
            ask(app, path, headers=cookie)
            for path in ("/_edge.js", "/static/x", "/doi-mat-khau", "/dang-xuat")
        ),
        ask(app, "/", "PATCH"),
        ask(app, "/", headers={"host": "evil.example"}),
        sign_in(app),
    ]
    for answer in answers:
        assert answer.headers.keys() >= ALWAYS
        assert "server" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers
        assert "unsafe-eval" not in answer.headers["content-security-policy"]
        assert not re.search(r"script-src[^;]*unsafe", answer.headers["content-security-policy"])
    media = ask(app, "/media/x", headers=cookie).headers
    assert media["cache-control"] == "no-store"
    assert "sandbox" in media["content-security-policy"]


def test_a_page_of_the_edge_may_load_nothing_and_its_style_is_its_own(app):
    answer = ask(app, "/dang-nhap")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.findall(r'(?:src|href)="(?!data:|/)', answer.text)
    assert " style=" not in answer.text


@pytest.mark.parametrize("headers", [{}, PAGE])
def test_a_bug_becomes_a_lookup_code_and_a_log_entry(app, cookie, headers, caplog):
    answer = ask(app, "/_stcore/bug", headers={**cookie, **headers})
    assert answer.status == 500
    code = re.search(r"Mã tra cứu: ([0-9a-f]{6})", answer.text)
    assert code
    assert code[1] in caplog.text
    assert "select * from session" in caplog.text
    assert not re.search(r"duckdb|select \*|Traceback", answer.text)


def test_a_refusal_of_streamlit_is_put_into_our_words(app, cookie):
    for path in (
        "/khong-co",
        "/_stcore/refused",
        "/_stcore/unknown",
        "/a/b",
        "/favicon.ico",
        "/static/unknown.js",
    ):
        answer = ask(app, path, headers=cookie)
        assert (answer.status, answer.text) == (404, "Không có trang hoặc tệp này.")


# Streamlit's page and files.


@pytest.mark.parametrize("path", ["/", "/tong-quan"])
def test_the_page_is_vietnamese_and_has_no_script_of_its_own(app, cookie, path):
    answer = ask(app, path, headers=cookie)
    assert answer.status == 200
    assert '<html lang="vi">' in answer.text
    assert re.findall(r"<script(?![^>]*\bsrc=)", answer.text) == []
    assert re.search(r'<head>\s*<meta charset="utf-8">\s*<script src="/_edge\.js', answer.text)
    words = re.sub(r"<[^>]*>", " ", answer.text)
    assert not re.search(r"\b(the|this|you|app|run|Streamlit|agent|enable)\b", words)
    assert "_stcore/agent" not in answer.text


def test_all_the_page_loads_is_there(app, cookie):
    page = ask(app, "/", headers=cookie).text
    loaded = [
        path
        for path in re.findall(r'(?:src|href)="([^"]*)"', page)
        if not path.startswith(("data:", "/dang-xuat"))
    ]
    original = (Path(get_static_dir()) / "index.html").read_text("utf-8")
    assert len(loaded) > 10
    assert {f"/{path}" for path in re.findall(r'"\./(static/[^"]*)"', original)} <= set(loaded)
    for path in loaded:
        assert ask(app, path, headers=cookie).status == 200, path


@pytest.mark.parametrize("suffix", ["js", "css", "woff2", "svg"])
def test_a_file_arrives_whole_with_and_without_compression(app, cookie, suffix):
    root = Path(get_static_dir())
    path = min((root / "static").rglob(f"*.{suffix}"))
    address = f"/{path.relative_to(root).as_posix()}"
    plain = ask(app, address, headers=cookie)
    small = ask(app, address, headers={**cookie, "accept-encoding": "br, gzip;q=0.8"})
    refused = ask(app, address, headers={**cookie, "accept-encoding": "gzip;q=0"})
    assert plain.body == refused.body == path.read_bytes()
    assert plain.headers["content-type"] == small.headers["content-type"]
    assert "immutable" in plain.headers["cache-control"]
    assert "public" not in plain.headers["cache-control"]
    if suffix == "woff2":
        assert "content-encoding" not in small.headers
        assert small.body == plain.body
    else:
        assert small.headers["content-encoding"] == "gzip"
        assert small.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
        assert gzip.decompress(small.body) == plain.body


@pytest.mark.parametrize(
    "name", ["../index.html", "%2e%2e/index.html", "js/../../index.html", "/etc/passwd", ""]
)
def test_no_other_file_can_be_asked_for(app, cookie, name):
    assert ask(app, f"/static/{name}", headers=cookie).status == 404


def test_the_script_of_the_edge_is_ours(app, cookie):
    answer = ask(app, "/_edge.js", headers=cookie)
    assert answer.body == files.EDGE.read_bytes()
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


def test_the_mark_of_the_page_is_ours(app, cookie):
    answer = ask(app, "/favicon.png", headers=cookie)
    assert answer.body == ICON.read_bytes()
    assert answer.headers["content-type"] == "image/svg+xml"


def test_the_demo_shows_its_passwords_and_a_provider_its_button(people, behind):
    demo = [(Person("thu", "Người xem thử"), "abcd-efgh")]
    settings = Settings(oidc=Oidc("https://id.example", "kpi", "x", name="tài khoản của tỉnh"))
    edge = web.middleware(lambda: people, demo=lambda: demo, settings=lambda: settings)
    shown = ask(Starlette(routes=behind.routes(), middleware=edge), "/dang-nhap?tiep=/don-vi?a=b%26c=d").text
    assert "abcd-efgh" in shown
    assert 'href="/dang-nhap/oidc?tiep=/don-vi%3Fa%3Db%26c%3Dd"' in shown
    assert "Đăng nhập bằng tài khoản của tỉnh" in shown
