"""What every answer carries, whoever wrote it."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Pairs = list[tuple[bytes, bytes]]

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        # Streamlit's scripts write its styles.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)
UNLESS_SAID = {
    b"content-security-policy": POLICY.encode(),
    # Streamlit's files say otherwise; everything else is somebody's figures, or the page that shows them.
    b"cache-control": b"no-store",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    # With no-referrer a form would be sent with "Origin: null", and refused as another site's.
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
UNDER_TLS = {**UNLESS_SAID, b"strict-transport-security": b"max-age=31536000"}
STARTS = {"http.response.start", "websocket.http.response.start"}


class Headers:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = UNDER_TLS if is_secure(scope) else UNLESS_SAID

        async def said(message: Message) -> None:
            if message["type"] in STARTS:
                message["headers"] = _completed(message.get("headers", []), wanted)
            await send(message)

        await self.app(scope, receive, said)


def is_secure(scope: Scope) -> bool:
    return scope.get("scheme") in {"https", "wss"}


def _completed(headers: Pairs, wanted: dict[bytes, bytes]) -> Pairs:
    """Without what tells of the server, or lets other sites in; with what is missing."""
    kept = [
        (name, value)
        for name, value in headers
        if name.lower() != b"server" and not name.lower().startswith(b"access-control-")
    ]
    said = {name.lower() for name, _ in kept}
    return kept + [pair for pair in wanted.items() if pair[0] not in said]
