"""Signing in with an account of an identity provider (OpenID Connect), into the same sessions as with a password.

Imported only where the settings name a provider: nobody else waits for these libraries."""

from __future__ import annotations

import hmac
import logging
import time
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anyio import fail_after, to_thread
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError
from authlib.oidc.core import CodeIDToken
from httpx2 import HTTPError, InvalidURL, create_ssl_context
from joserfc import jwt
from joserfc.errors import InvalidClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kpi.access import new_token
from kpi.model import WrongPasswordError
from kpi.settings import Oidc, is_private
from kpi.web.doors import Doors, address
from kpi.web.guard import SESSION, SIGN_IN, way
from kpi.web.headers import is_secure

LOG = logging.getLogger("kpi")
START, RETURN = f"{SIGN_IN}/oidc", f"{SIGN_IN}/oidc/ve"
ACCOUNT = "tài khoản của tỉnh"
"""What the button calls an account there, unless the settings say otherwise."""
STALE = (
    "Lần đăng nhập này đã quá 10 phút, đã dùng rồi, hoặc bắt đầu ở trình duyệt hay địa chỉ khác. "
    "Hãy bấm đăng nhập lại."
)
DECLINED = "Bạn đã hủy, hoặc nơi quản lý {account} không cho đăng nhập vào đây. Hãy thử lại."
DOUBTFUL = (
    "Không xác nhận được câu trả lời của nơi quản lý {account}. Hãy thử lại; nếu còn lỗi, báo cho quản trị."
)
DOWN = "Nơi quản lý {account} đang không trả lời hoặc báo lỗi. Hãy thử lại sau ít phút; nếu còn lỗi, báo cho quản trị."
UNVERIFIED = "Tài khoản bạn vừa dùng chưa có địa chỉ thư điện tử đã xác minh nên chưa đăng nhập vào đây được."
UNKNOWN = (
    "Chưa có tài khoản nào ở đây dùng địa chỉ thư điện tử của bạn, hoặc tài khoản đã bị khóa. "
    "Hãy liên hệ quản trị."
)
LASTS, AT_ONCE = 10 * 60, 4_000
"""How many seconds a sign-in may stay with the provider, and how many may be there: 10 MB at most."""
PATIENCE = 5
"""How many seconds a person waits for the provider's answers, all together."""
KEPT = 60 * 60
"""How many seconds the provider's addresses and keys are believed: a key it takes back is refused by then."""
LEEWAY = 60
"""Seconds by which the provider's clock may differ from ours."""
# Signed with a key only the provider has. HS256 would let whoever knows the client secret vouch for anybody.
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)


def routes(doors: Doors, url: str, oidc: Oidc) -> list[BaseRoute]:
    """The way to the provider and back; `url` is where it sends people back to, "" for where they came from."""
    way_in = WayIn(doors, url, Provider(oidc), Underway())
    return [Route(START, way_in.start), Route(RETURN, way_in.finish)]


class Trouble(Exception):  # noqa: N818 - not wrong, only over
    """A sign-in that ends here, with a sentence on the sign-in page."""

    def __init__(self, status: int, sentence: str, *, on_record: bool = False) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.on_record = on_record


class UnusableError(ValueError):
    """What the provider says about itself is wrong, or not safe."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What must come back with a sign-in that was sent to the provider, and where the person was going."""

    state: str
    browser: str
    """The secret in the cookie: who comes back is who went."""
    nonce: str
    verifier: str
    redirect_uri: str
    back: str
    at: float

    @classmethod
    def new(cls, redirect_uri: str, back: str, at: float) -> Asked:
        return cls(new_token(), new_token(), new_token(), new_token(), redirect_uri, back, at)


class Underway:
    """The sign-ins that are with the provider now; each comes back once."""

    def __init__(self) -> None:
        self._asked: dict[str, Asked] = {}

    def add(self, redirect_uri: str, back: str) -> Asked:
        asked = Asked.new(redirect_uri, back, time.monotonic())
        self._forget(room=1)
        self._asked[asked.state] = asked
        return asked

    def take(self, state: str, browser: str) -> Asked | None:
        self._forget()
        asked = self._asked.pop(state, None)
        return asked if asked and hmac.compare_digest(asked.browser.encode(), browser.encode()) else None

    def _forget(self, room: int = 0) -> None:
        """Drop the oldest, which a dict has first, while they are too old or too many."""
        while self._asked:
            oldest = next(iter(self._asked.values()))
            if time.monotonic() - oldest.at < LASTS and len(self._asked) + room <= AT_ONCE:
                return
            del self._asked[oldest.state]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the provider says about itself."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str
    algorithms: tuple[str, ...]
    method: str
    """How it wants the client's secret."""
    at: float

    @classmethod
    def of(cls, said: Mapping[str, Any], issuer: str, at: float) -> Facts:
        """Raise UnusableError for a description that is another provider's, or sends secrets in the open."""
        if str(said.get("issuer")).rstrip("/") != issuer:
            raise UnusableError("it describes another issuer")
        signs = said.get("id_token_signing_alg_values_supported") or ["RS256"]
        algorithms = tuple(sign for sign in ALGORITHMS if sign in signs)
        if not algorithms:
            raise UnusableError("it signs in no way that is safe")
        methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return cls(
            str(said["issuer"]),
            _end(said, "authorization_endpoint"),
            _end(said, "token_endpoint"),
            _end(said, "jwks_uri"),
            _end(said, "userinfo_endpoint", needed=False),
            algorithms,
            method,
            at,
        )


class Provider:
    """The identity provider. Nobody but it, and where its description points, is ever asked."""

    def __init__(self, oidc: Oidc) -> None:
        self._oidc = oidc
        # Whom this machine trusts takes 20 ms to read.
        self._trusted = create_ssl_context()
        self._facts: Facts | None = None
        self._keys: tuple[KeySet, float] | None = None

    async def address(self, asked: Asked) -> str:
        """Where the browser goes to be asked who its person is."""
        with fail_after(PATIENCE):
            async with self._client() as client:
                facts = await self._describe(client)
        url, _ = client.create_authorization_url(
            facts.authorization,
            redirect_uri=asked.redirect_uri,
            state=asked.state,
            nonce=asked.nonce,
            code_verifier=asked.verifier,
        )
        return str(url)

    async def email(self, code: str, asked: Asked) -> str:
        """The e-mail address the provider vouches for, or "" when there is none or it is not verified."""
        with fail_after(PATIENCE):
            async with self._client() as client:
                facts = await self._describe(client)
                client.token_endpoint_auth_method = facts.method
                token = await client.fetch_token(
                    facts.token,
                    code=code,
                    code_verifier=asked.verifier,
                    redirect_uri=asked.redirect_uri,
                    grant_type="authorization_code",
                )
                claims = await self._claims(client, facts, token, asked.nonce)
                if "email" not in claims and facts.userinfo:
                    claims = await self._more(client, facts, claims)
        email, verified = claims.get("email"), claims.get("email_verified", True)
        return email.strip() if isinstance(email, str) and verified in (True, "true") else ""

    async def _describe(self, client: AsyncOAuth2Client) -> Facts:
        if self._facts is None or time.monotonic() - self._facts.at >= KEPT:
            issuer = self._oidc.issuer
            said = await _fetch(client, f"{issuer}/.well-known/openid-configuration")
            self._facts = Facts.of(said, issuer, time.monotonic())
        return self._facts

    async def _key_set(self, client: AsyncOAuth2Client, facts: Facts, *, fresh: bool = False) -> KeySet:
        if fresh or self._keys is None or time.monotonic() - self._keys[1] >= KEPT:
            said: Any = await _fetch(client, facts.keys)
            self._keys = KeySet.import_key_set(said), time.monotonic()
        return self._keys[0]

    async def _claims(
        self, client: AsyncOAuth2Client, facts: Facts, token: Mapping[str, Any], nonce: str
    ) -> Mapping[str, Any]:
        """What the ID token says, once it is the provider's, for us, of now, and the answer to our question."""
        written, registry = str(token.get("id_token", "")), _registry(facts.algorithms)
        try:
            read = jwt.decode(written, await self._key_set(client, facts), registry=registry)
        except InvalidKeyIdError:
            read = jwt.decode(written, await self._key_set(client, facts, fresh=True), registry=registry)
        ours = self._oidc.client_id
        wanted: dict[str, object] = {
            "iss": {"essential": True, "value": facts.issuer},
            "aud": {"essential": True, "value": ours},
        }
        params = {"client_id": ours, "nonce": nonce, "access_token": token.get("access_token")}
        claims = CodeIDToken(read.claims, read.header, wanted, params)
        claims.validate(leeway=LEEWAY)
        return dict(claims)

    async def _more(
        self, client: AsyncOAuth2Client, facts: Facts, claims: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """The standard's other place for an e-mail address; believed only about the same person."""
        answer = await client.get(facts.userinfo)
        answer.raise_for_status()
        said = answer.json()
        if not isinstance(said, dict) or said.get("sub") != claims["sub"]:
            raise InvalidClaimError("sub")
        return said

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self._oidc.client_id,
            self._oidc.client_secret,
            scope="openid email",
            code_challenge_method="S256",
            timeout=PATIENCE,
            verify=self._trusted,
        )


@dataclass(frozen=True)
class WayIn:
    doors: Doors
    url: str
    provider: Provider
    underway: Underway

    async def start(self, request: Request) -> Response:
        """To the provider, with a cookie that says who went."""
        back = way(request.query_params.get("tiep", ""))
        if request.scope[SESSION]:
            return RedirectResponse(back, 303)
        origin = self.url or f"{request.url.scheme}://{request.url.netloc}"
        asked = self.underway.add(f"{origin}{RETURN}", back)
        try:
            response = RedirectResponse(await self._asking(self.provider.address(asked)), 303)
        except Trouble as trouble:
            return self._refused(trouble, back)
        name, path = _cookie(request)
        response.set_cookie(
            name,
            asked.browser,
            LASTS,
            path=path,
            secure=is_secure(request.scope),
            httponly=True,
            samesite="lax",
        )
        return response

    async def finish(self, request: Request) -> Response:
        """Back from the provider: a session, or a sentence."""
        name, path = _cookie(request)
        asked = self.underway.take(request.query_params.get("state", ""), request.cookies.get(name, ""))
        if asked is None:
            # Perhaps another tab's is still under way: its cookie stays.
            return self._refused(Trouble(400, STALE), "/")
        try:
            response = await self.doors.enter(request, await self._key(request, asked), asked.back)
        except Trouble as trouble:
            response = self._refused(trouble, asked.back)
        response.delete_cookie(name, path, secure=is_secure(request.scope), httponly=True, samesite="lax")
        return response

    async def _key(self, request: Request, asked: Asked) -> str:
        """The key of a new session. On record as failed is only what the provider answered:
        whoever comes with less could fill the record without an account anywhere."""
        sign_in, here = self.doors.people().sign_in_by_email, address(request)
        try:
            code = _code(request.query_params)
            email = await self._asking(self.provider.email(code, asked))
            return await to_thread.run_sync(sign_in, email, here)
        except WrongPasswordError as error:
            raise Trouble(401, UNKNOWN if email else UNVERIFIED) from error
        except Trouble as trouble:
            if trouble.on_record:
                await to_thread.run_sync(self.doors.people().fail_sign_in, here)
            raise

    async def _asking(self, answer: Awaitable[str]) -> str:
        try:
            return await answer
        except (OAuthError, JoseError) as error:
            _note(error)
            if isinstance(error, JoseError) or error.error == "invalid_grant":
                raise Trouble(401, DOUBTFUL, on_record=True) from error
            raise Trouble(502, DOWN) from error
        except (HTTPError, InvalidURL, TimeoutError, ValueError, KeyError) as error:
            _note(error)
            raise Trouble(502, DOWN) from error

    def _refused(self, trouble: Trouble, back: str) -> Response:
        sentence = trouble.sentence.format(account=self.doors.account)
        return self.doors.sign_in_page(trouble.status, tiep=back, error=sentence)


def _code(query: Mapping[str, str]) -> str:
    """What the provider gave the browser for us; a Trouble when it gave an error."""
    if error := query.get("error"):
        LOG.warning("OIDC: the provider says %r", error[:100])
        raise Trouble(401, DECLINED) if error == "access_denied" else Trouble(502, DOWN)
    if not query.get("code"):
        raise Trouble(400, STALE)
    return query["code"]


def _note(error: Exception) -> None:
    """For whoever looks after the program; what a provider writes in many words may hold anything."""
    said = error.error if isinstance(error, OAuthError) else str(error).partition("\n")[0]
    LOG.warning("OIDC: %s %.200r", type(error).__name__, said)


async def _fetch(client: AsyncOAuth2Client, url: str) -> dict[str, Any]:
    answer = await client.request("GET", url, withhold_token=True)
    answer.raise_for_status()
    said = answer.json()
    if not isinstance(said, dict):
        raise UnusableError("its answer is not a JSON object")
    return said


def _end(said: Mapping[str, Any], key: str, *, needed: bool = True) -> str:
    """An address in the provider's description of itself."""
    found = said.get(key) or ""
    if not isinstance(found, str) or ((found or needed) and not is_private(found)):
        raise UnusableError(f"its {key} is missing or not https")
    return found


def _registry(algorithms: Sequence[str]) -> JWSRegistry:
    return JWSRegistry(algorithms=algorithms, strict_check_header=False)


def _cookie(request: Request) -> tuple[str, str]:
    """The cookie's name and path. A __Host- cookie, which no other host of the domain can plant, is one for all paths."""
    return ("__Host-kpi_oidc", "/") if is_secure(request.scope) else ("kpi_oidc", RETURN)
