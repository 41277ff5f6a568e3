"""The net under the edge: a bug becomes a lookup code and a log entry."""

from __future__ import annotations

import logging
import secrets

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kpi import vi
from kpi.web.pages import refusal


class Net:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        begun = False

        async def said(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, said)
        except (ClientDisconnect, TimeoutError):
            return
        except HTTPException as error:
            await refusal(scope, error.status_code, headers=error.headers)(scope, receive, send)
        except Exception:
            code = secrets.token_hex(3)
            logging.getLogger("kpi").exception("Mã tra cứu %s", code)
            if begun:
                # Half an answer must not look like a whole one: the server cuts the connection.
                raise
            await refusal(scope, 500, vi.bug(code))(scope, receive, send)
