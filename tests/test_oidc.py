"""Signing in with an account of an identity provider: a real provider on this machine, the real edge and store."""

import asyncio
import base64
import hashlib
import hmac
import io
import json
import logging
import os
import shutil
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from werkzeug.serving import make_server
from werkzeug.test import run_wsgi_app

from kpi import web
from kpi.model import Act, Grant, Person, Role
from kpi.settings import Oidc, Settings
from kpi.store import Store
from kpi.web import oidc
from tests.filled import LAN

Claims = dict[str, Any]
SECRET = "rat-bi-mat-9"  # noqa: S105
HOME = "http://127.0.0.1:8501"
RETURN = f"{HOME}/dang-nhap/oidc/ve"
EMAILS = {"hoa": "HOA@Example.vn", "khach": "khach@example.vn", "cu": "cu@example.vn"}


def asked_of(url: str, name: str) -> list[str]:
    return parse_qs(urlsplit(url).query).get(name, [])


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class Provider:
    """oidc-provider-mock, to which one may lend other answers. It does not check PKCE: this does."""

    app: Callable[..., Any]
    key: RSAKey
    url: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    challenges: dict[str, str] = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=list)
    sign: Callable[[Claims], str] | None = None
    """Makes another ID token of the claims of the real one."""
    answers: dict[str, Callable[[Claims], object]] = field(default_factory=dict)
    """Of a path: another answer, made of the real one."""

    def reset(self) -> None:
        self.asked, self.challenges, self.keys, self.sign, self.answers = [], {}, [self.key], None, {}

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        form = dict(parse_qsl(body.decode()))
        self.asked.append((path, form | dict(parse_qsl(environ["QUERY_STRING"]))))
        challenge = self.challenges.pop(form.get("code", ""), None)
        if challenge and challenge != b64(hashlib.sha256(form["code_verifier"].encode()).digest()):
            start_response("400 Bad Request", [("Content-Type", "application/json")])
            return [b'{"error": "invalid_grant"}']
        with warnings.catch_warnings():
            # The mock uses what Authlib will drop; nobody else runs while it is asked.
            warnings.simplefilter("ignore")
            parts, status, headers = run_wsgi_app(
                self.app, environ | {"wsgi.input": io.BytesIO(body)}, buffered=True
            )
        answer = b"".join(parts)
        if path == "/oauth2/authorize" and status.startswith("302"):
            challenge = parse_qs(environ["QUERY_STRING"])["code_challenge"][0]
            self.challenges |= dict.fromkeys(asked_of(headers["Location"], "code"), challenge)
        elif status.startswith("200") and headers["Content-Type"] == "application/json":
            answer = json.dumps(self._lent(path, json.loads(answer))).encode()
        headers["Content-Length"] = str(len(answer))
        start_response(status, headers.to_wsgi_list())
        return [answer]

    def _lent(self, path: str, said: Claims) -> object:
        if path == "/jwks" and self.sign:
            # The mock names no key in its tokens, so it may publish no second one.
            said["keys"] = [key.as_dict(private=False) for key in self.keys]
        if path == "/oauth2/token" and self.sign:
            said["id_token"] = self.sign(claims_of(said["id_token"]))
        return self.answers.get(path, lambda same: same)(said)

    def count(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.asked)

    def signed(self, **other: object) -> None:
        """Let the ID token say something else, properly signed; None leaves a claim out."""
        self.sign = lambda claims: self.token({k: v for k, v in (claims | other).items() if v is not None})

    def token(self, claims: Claims, key: RSAKey | None = None, **header: str) -> str:
        key = key or self.key
        return jwt.encode({"alg": "RS256", "kid": str(key.kid)} | header, claims, key)


def claims_of(token: str) -> Claims:
    body = token.split(".")[1]
    claims: Claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


@cache
def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        import oidc_provider_mock

        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        people = [
            oidc_provider_mock.User(sub=sub, claims={"email": email, "email_verified": True})
            for sub, email in EMAILS.items()
        ]
        provider = Provider(oidc_provider_mock.app(require_nonce=True, user_claims=people), new_key("ours"))
        server = make_server("127.0.0.1", 0, provider, threaded=True)
        provider.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        yield provider
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def provider(running):
    running.reset()
    return running


@pytest.fixture(scope="module")
def peopled(tmp_path_factory) -> Path:
    """A store with Hoa, and one who is no longer let in."""
    path: Path = tmp_path_factory.mktemp("store") / "kpi.duckdb"
    opened = Store(path)
    for login, name, email in (
        ("hoa", "Nông Thị Hoa", "hoa@example.VN"),
        ("cu", "Người Cũ", "cu@example.vn"),
    ):
        opened.people.invite(Person(login, name, email, (Grant(Role.VIEWER),)), LAN)
    opened.people.disable("cu", LAN)
    opened.close()
    return path


@pytest.fixture
def store(peopled, tmp_path) -> Iterator[Store]:
    opened = Store(shutil.copy(peopled, tmp_path / "kpi.duckdb"))
    yield opened
    opened.close()


def edge(store: Store, issuer: str, url: str = "") -> Starlette:
    settings = Settings(url, oidc=Oidc(issuer, "kpi", SECRET))
    inside = Route("/_stcore/inside", lambda request: PlainTextResponse(request.headers["x-kpi-user"]))
    middleware = web.middleware(lambda: store.people, settings=lambda: settings)
    return Starlette(routes=[inside], middleware=middleware)


@pytest.fixture
def app(store, provider):
    return edge(store, provider.url)


class Browser:
    """Keeps cookies; goes where the test sends it and nowhere by itself."""

    def __init__(self, app, home: str = HOME) -> None:
        self.app = app
        self.home = home
        self.cookies = httpx2.Cookies()

    def get(self, url: str, method: str = "GET") -> httpx2.Response:
        async def asked() -> httpx2.Response:
            transport = httpx2.ASGITransport(app=self.app, client=("10.0.0.7", 5000))
            async with httpx2.AsyncClient(
                transport=transport, base_url=self.home, cookies=self.cookies
            ) as client:
                answer = await client.request(method, url)
                self.cookies = client.cookies
                return answer

        return asyncio.run(asked())

    def start(self, back: str = "/don-vi?quy=2022-Q1") -> str:
        """The provider's address we are sent to."""
        answer = self.get(f"/dang-nhap/oidc?{urlencode({'tiep': back})}")
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def sign_in(self, sub: str = "hoa") -> httpx2.Response:
        return self.get(agree(self.start(), sub))


@cache
def person_there() -> httpx2.Client:
    return httpx2.Client()


def agree(there: str, sub: str = "hoa", **form: str) -> str:
    """Sign in at the provider; the address it sends the browser back to."""
    answer = person_there().post(there, data={"sub": sub} | form)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


@pytest.fixture
def browser(app):
    return Browser(app)


def acts(store: Store) -> list[tuple[str, Act, str]]:
    return [
        (event.person, event.act, event.after)
        for event in reversed(store.record.events(LAN))
        if event.act in {Act.SIGN_IN, Act.SIGN_IN_FAILED, Act.SIGN_OUT}
    ]


FAILED = [("", Act.SIGN_IN_FAILED, "10.0.0.7")]


def refused(answer: httpx2.Response, status: int, sentence: str) -> bool:
    """Whether it is the sign-in page with this sentence, without a session and without anything that is not for people."""
    assert answer.status_code == status, answer.text
    assert 'action="/dang-nhap"' in answer.text
    assert "phien" not in answer.headers.get("set-cookie", "")
    shown = answer.text.partition("</style>")[2]
    assert not [
        word for word in (SECRET, "invalid", "Error", "example.vn", "oauth2", "claim") if word in shown
    ]
    return sentence.format(account=oidc.ACCOUNT) in shown


# The way there and back.


def test_who_has_an_account_there_and_here_comes_in(browser, store):
    answer = browser.sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/don-vi?quy=2022-Q1")
    token = browser.cookies["kpi_phien"]
    assert store.people.session(token).login == "hoa"
    assert browser.get("/_stcore/inside").text == "hoa"
    assert store.people.get("hoa").last_sign_in is not None
    assert acts(store) == [("hoa", Act.SIGN_IN, "10.0.0.7")]
    assert dict(browser.cookies) == {"kpi_phien": token}


def test_the_session_is_like_any_other(browser, store):
    browser.sign_in()
    token = browser.cookies["kpi_phien"]
    assert browser.get("/dang-xuat", "POST").status_code == 303
    assert store.people.session(token) is None
    assert browser.get("/_stcore/inside").status_code == 401
    assert [act for _, act, _ in acts(store)] == [Act.SIGN_IN, Act.SIGN_OUT]


def test_a_second_sign_in_ends_the_first(browser, store):
    there = browser.start()
    browser.sign_in()
    old = browser.cookies["kpi_phien"]
    assert browser.get("/dang-nhap/oidc?tiep=/don-vi").headers["location"] == "/don-vi"
    del browser.cookies["kpi_phien"]
    there = browser.start()
    browser.cookies.set("kpi_phien", old, "127.0.0.1", "/")
    assert browser.get(agree(there)).status_code == 303
    assert store.people.session(old) is None
    assert store.people.session(browser.cookies["kpi_phien"]).login == "hoa"


def test_the_provider_is_asked_with_pkce_a_state_and_a_nonce_that_are_never_the_same(browser, provider):
    first, second = (dict(parse_qsl(urlsplit(browser.start()).query)) for _ in range(2))
    same = {
        "response_type": "code",
        "client_id": "kpi",
        "redirect_uri": RETURN,
        "scope": "openid email",
        "code_challenge_method": "S256",
    }
    assert first.items() >= same.items() <= second.items()
    assert first.keys() == same.keys() | {"state", "nonce", "code_challenge"}
    assert all(
        first[key] != second[key] and len(first[key]) >= 43 for key in ("state", "nonce", "code_challenge")
    )
    browser.sign_in()
    sent = next(form for path, form in provider.asked if path == "/oauth2/token")
    assert sent["redirect_uri"] == RETURN
    assert 43 <= len(sent["code_verifier"]) <= 128


def test_who_caught_the_code_has_not_the_verifier(browser, provider):
    mine, other = browser.start(), Browser(browser.app)
    stolen = asked_of(agree(other.start()), "code")[0]
    state = asked_of(mine, "state")[0]
    assert refused(browser.get(f"{RETURN}?{urlencode({'code': stolen, 'state': state})}"), 401, oidc.DOUBTFUL)
    assert provider.count("/jwks") == 0


def test_the_secret_goes_to_the_provider_in_a_header_only(browser, provider):
    there = browser.start()
    assert SECRET not in there
    browser.get(agree(there))
    assert SECRET not in str(provider.asked)


def test_the_cookie_of_the_way_is_bound_to_the_way(browser):
    cookie = browser.get("/dang-nhap/oidc").headers["set-cookie"]
    name, *flags = cookie.split("; ")
    assert name.startswith("kpi_oidc=")
    assert {flag.lower() for flag in flags} == {
        "httponly",
        "max-age=600",
        "path=/dang-nhap/oidc/ve",
        "samesite=lax",
    }


def test_under_tls_no_other_host_can_plant_the_cookie_and_the_way_back_is_the_address_of_the_settings(
    store, provider
):
    browser = Browser(edge(store, provider.url, "https://thidua.example.vn"), "https://127.0.0.1")
    answer = browser.get("/dang-nhap/oidc")
    name, *flags = answer.headers["set-cookie"].split("; ")
    assert name.startswith("__Host-kpi_oidc=")
    assert {"secure", "path=/"} <= {flag.lower() for flag in flags}
    there = answer.headers["location"]
    assert asked_of(there, "redirect_uri") == ["https://thidua.example.vn/dang-nhap/oidc/ve"]
    back = urlsplit(agree(there))
    assert browser.get(f"{back.path}?{back.query}").status_code == 303
    assert list(browser.cookies) == ["__Host-kpi_phien"]


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil", "/dang-xuat", ""])
def test_the_way_back_never_leaves_the_site(browser, back):
    assert browser.get(agree(browser.start(back))).headers["location"] == "/"


def test_an_address_that_is_only_at_the_other_place_is_found_there(browser, provider):
    provider.signed(email=None, email_verified=None)
    assert browser.sign_in().status_code == 303
    assert provider.count("/userinfo") == 1


def test_what_the_other_place_says_of_somebody_else_is_not_believed(browser, provider):
    provider.signed(email=None)
    provider.answers["/userinfo"] = lambda said: said | {"sub": "khach"}
    assert refused(browser.sign_in(), 401, oidc.DOUBTFUL)


# Who does not come in.


@pytest.mark.parametrize("sub", ["khach", "cu"])
def test_who_is_unknown_or_disabled_here_stays_outside_and_on_record(browser, store, sub):
    assert refused(browser.sign_in(sub), 401, oidc.UNKNOWN)
    assert acts(store) == FAILED


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "false"},
        {"email_verified": None, "email": ""},
        {"email": 5},
    ],
)
def test_an_address_the_provider_does_not_vouch_for_opens_nothing(browser, provider, store, claims):
    provider.signed(**claims)
    assert refused(browser.sign_in(), 401, oidc.UNVERIFIED)
    assert acts(store) == FAILED


def test_who_declines_there_may_try_again(browser, store):
    there = browser.start()
    back = f"{agree(there, action='deny')}&{urlencode({'state': asked_of(there, 'state')[0]})}"
    assert "error=access_denied" in back
    answer = browser.get(back)
    assert refused(answer, 401, oidc.DECLINED)
    assert "tiep=/don-vi%3Fquy%3D2022-Q1" in answer.text
    assert browser.sign_in().status_code == 303
    assert [act for _, act, _ in acts(store)] == [Act.SIGN_IN]


# The state.


def test_a_way_back_is_good_once(browser, store):
    back = agree(browser.start())
    assert browser.get(back).status_code == 303
    browser.cookies.clear()
    assert refused(browser.get(back), 400, oidc.STALE)
    assert len(acts(store)) == 1


def test_a_code_that_was_used_opens_nothing(browser, provider, store):
    back = agree(browser.start())
    code = asked_of(back, "code")[0]
    assert browser.get(back).status_code == 303
    browser.cookies.clear()
    state = asked_of(browser.start(), "state")[0]
    assert refused(browser.get(f"{RETURN}?{urlencode({'code': code, 'state': state})}"), 401, oidc.DOUBTFUL)
    assert provider.count("/oauth2/token") == 2
    assert [act for _, act, _ in acts(store)] == [Act.SIGN_IN, Act.SIGN_IN_FAILED]


def test_another_browser_gains_nothing_by_my_way_back(browser, store):
    back = agree(browser.start())
    stranger = Browser(browser.app)
    assert refused(stranger.get(back), 400, oidc.STALE)
    stranger.start()
    assert refused(stranger.get(agree(browser.start())), 400, oidc.STALE)
    assert refused(browser.get(back), 400, oidc.STALE)
    assert acts(store) == []


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=access_denied&state="]
)
def test_a_way_back_that_nobody_was_sent_on_is_refused_and_the_provider_not_asked(
    browser, provider, store, query
):
    browser.start()
    provider.asked.clear()
    assert refused(browser.get(RETURN + query), 400, oidc.STALE)
    assert (provider.asked, acts(store)) == ([], [])
    assert "kpi_oidc" in browser.cookies


def test_a_way_back_does_not_stay_open(browser, monkeypatch):
    back = agree(browser.start())
    monkeypatch.setattr(oidc, "LASTS", 0)
    assert refused(browser.get(back), 400, oidc.STALE)


def test_only_so_many_are_under_way_at_once(browser, monkeypatch):
    monkeypatch.setattr(oidc, "AT_ONCE", 2)
    back = agree(browser.start())
    for _ in range(2):
        Browser(browser.app).start()
    assert refused(browser.get(back), 400, oidc.STALE)
    assert browser.sign_in().status_code == 303


# The token.


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": None},
        {"aud": []},
        {"aud": ["kpi", "another"], "azp": None},
        {"aud": ["kpi", "another"], "azp": "another"},
        {"azp": "another"},
        {"exp": 1_600_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"iat": 4_000_000_000},
        {"iat": None},
        {"nbf": 4_000_000_000},
        {"sub": None},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=str,
)
def test_a_token_for_somebody_or_some_time_else_opens_nothing(browser, provider, store, claims):
    provider.signed(**claims)
    assert refused(browser.sign_in(), 401, oidc.DOUBTFUL)
    assert acts(store) == FAILED


def test_a_token_of_ours_among_others_and_a_clock_a_little_off_are_no_fault(browser, provider):
    provider.signed(aud=["kpi", "another"], azp="kpi", iat=int(time.time()) + 30)
    assert browser.sign_in().status_code == 303


def part(said: Claims) -> str:
    return b64(json.dumps(said).encode())


def unsigned(provider: Provider, claims: Claims) -> str:
    return f"{part({'alg': 'none'})}.{part(claims)}."


def hashed(key: bytes, claims: Claims, **header: object) -> str:
    signed = f"{part({'alg': 'HS256'} | header)}.{part(claims)}"
    return f"{signed}.{b64(hmac.digest(key, signed.encode(), 'sha256'))}"


def signed_with_what_is_public(provider: Provider, claims: Claims) -> str:
    return hashed(provider.key.as_pem(private=False), claims, kid=provider.key.kid)


def signed_with_the_client_secret(provider: Provider, claims: Claims) -> str:
    return hashed(SECRET.encode(), claims)


def signed_by_somebody_else(provider: Provider, claims: Claims) -> str:
    return provider.token(claims, new_key("theirs"), kid="ours")


def signed_with_a_key_of_its_own(provider: Provider, claims: Claims) -> str:
    key = new_key("theirs")
    return jwt.encode({"alg": "RS256", "kid": "theirs", "jwk": key.as_dict(private=False)}, claims, key)


def changed_after_signing(provider: Provider, claims: Claims) -> str:
    head, _, signature = provider.token(claims).split(".")
    return f"{head}.{part(claims | {'email': 'hoa@example.vn'})}.{signature}"


def nonsense(provider: Provider, claims: Claims) -> str:
    return "not.a.token"


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        signed_with_what_is_public,
        signed_with_the_client_secret,
        signed_by_somebody_else,
        signed_with_a_key_of_its_own,
        changed_after_signing,
        nonsense,
        lambda provider, claims: "",
    ],
)
def test_a_forged_token_opens_nothing_though_the_provider_claims_to_sign_like_that(
    browser, provider, store, forge
):
    claimed = {"id_token_signing_alg_values_supported": ["RS256", "HS256", "none"]}
    provider.answers["/.well-known/openid-configuration"] = lambda said: said | claimed
    provider.sign = lambda claims: forge(provider, claims)
    assert refused(browser.sign_in(), 401, oidc.DOUBTFUL)
    assert acts(store) == FAILED


def test_keys_and_addresses_are_fetched_once_and_keys_again_when_there_is_a_new_one(browser, provider):
    def sign_in():
        browser.cookies.clear()
        return browser.sign_in().status_code

    provider.signed()
    assert (sign_in(), sign_in()) == (303, 303)
    assert (provider.count("/.well-known/openid-configuration"), provider.count("/jwks")) == (1, 1)
    fresh = new_key("fresh")
    provider.keys.append(fresh)
    provider.sign = lambda claims: provider.token(claims, fresh)
    assert (sign_in(), sign_in()) == (303, 303)
    assert provider.count("/jwks") == 2


def test_a_key_taken_back_is_forgotten_in_time(browser, provider, monkeypatch):
    provider.signed()
    assert browser.sign_in().status_code == 303
    monkeypatch.setattr(oidc, "KEPT", 0)
    provider.keys = [new_key("next")]
    browser.cookies.clear()
    assert refused(browser.sign_in(), 401, oidc.DOUBTFUL)


# The provider itself.


def test_a_provider_that_is_down_is_said_to_be_and_its_neighbour_the_password_form_stays(store, caplog):
    browser = Browser(edge(store, "http://127.0.0.1:9"))
    assert refused(browser.get("/dang-nhap/oidc?tiep=/don-vi"), 502, oidc.DOWN)
    assert "OIDC: ConnectError" in caplog.text
    assert acts(store) == []


def test_nobody_waits_long_for_a_slow_provider(browser, provider, monkeypatch, caplog):
    there = browser.start()
    monkeypatch.setattr(oidc, "PATIENCE", 0.2)
    late = threading.Event()
    provider.answers["/oauth2/token"] = lambda said: late.wait(5) and said
    answer = browser.get(agree(there))
    late.set()
    assert refused(answer, 502, oidc.DOWN)
    assert "Time" in caplog.text


@pytest.mark.parametrize(
    "other",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://sso.example.vn/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
        {"userinfo_endpoint": "http://127.0.0.1.evil.example/"},
        {"id_token_signing_alg_values_supported": ["none", "HS256"]},
    ],
    ids=str,
)
def test_a_description_that_is_another_ones_or_unsafe_is_not_used(browser, provider, other):
    path = "/.well-known/openid-configuration"
    provider.answers[path] = lambda said: said | other
    assert refused(browser.get("/dang-nhap/oidc"), 502, oidc.DOWN)
    del provider.answers[path]
    assert browser.sign_in().status_code == 303


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/oauth2/token"])
def test_what_makes_no_sense_opens_nothing(browser, provider, path):
    senseless: list[object] = [[], "x", {}, {"keys": []}, None, 5]
    for other in senseless:
        provider.answers[path] = lambda _, other=other: other
        answer = browser.get("/dang-nhap/oidc")
        if answer.status_code == 303:
            answer = browser.get(agree(answer.headers["location"]))
        assert answer.status_code in {401, 502}, other
    assert "kpi_phien" not in browser.cookies


@pytest.mark.parametrize("error", ["server_error", "temporarily_unavailable", "invalid_scope", "<script>"])
def test_an_error_of_the_provider_is_said_in_our_words(browser, caplog, error):
    state = asked_of(browser.start(), "state")[0]
    told = {"error": error, "error_description": SECRET, "state": state}
    assert refused(browser.get(f"{RETURN}?{urlencode(told)}"), 502, oidc.DOWN)
    assert error in caplog.text
    assert SECRET not in caplog.text


def test_who_does_not_use_it_does_not_load_it(tmp_path):
    code = (
        "import sys; from kpi import web; from kpi.store import Store; from starlette.applications import Starlette; "
        "app = Starlette(middleware=web.middleware(lambda: None)); app.build_middleware_stack(); "
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'authlib', 'joserfc', 'httpx2', 'httpx'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"


def test_a_slip_in_the_settings_closes_this_way_and_no_other(store, tmp_path, caplog):
    from kpi import settings

    path = tmp_path / "settings.toml"
    path.write_text(f'[oidc]\nissuer = "http://sso.example.vn"\nclient_secret = "{SECRET}"\n')
    app = Starlette(middleware=web.middleware(lambda: store.people, settings=lambda: settings.load(path)))
    page = Browser(app).get("/dang-nhap")
    assert (page.status_code, "oidc" in page.text) == (200, False)
    assert Browser(app).get("/dang-nhap/oidc").status_code == 404
    assert "oidc.issuer" in caplog.text
    assert SECRET not in caplog.text
