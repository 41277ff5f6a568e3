"""The edge: without a session nothing answers but the sign-in pages and the health check."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from streamlit import config

from kpi import vi
from kpi.model import KpiError, Person
from kpi.settings import Settings
from kpi.store import People
from kpi.web.doors import Doors
from kpi.web.guard import Guard
from kpi.web.headers import Headers
from kpi.web.house import House
from kpi.web.net import Net

__all__ = ["middleware"]


def middleware(
    people: Callable[[], People],
    pages: Collection[str] = (),
    *,
    demo: Callable[[], Sequence[tuple[Person, str]]] = tuple,
    settings: Callable[[], Settings] = Settings,
) -> list[Middleware]:
    """What stands before Streamlit, outermost first.

    `pages` are the paths that show one; `demo` are people whose passwords the sign-in page shows; `settings` may name an identity provider."""
    return [
        Middleware(Headers),
        Middleware(Net),
        Middleware(Guard, people=people),
        Middleware(House, doors=lambda: _ways_in(Doors(people, demo), settings), pages=pages),
    ]


def _ways_in(doors: Doors, settings: Callable[[], Settings]) -> list[BaseRoute]:
    try:
        found = settings()
    except KpiError as error:
        # A slip in the settings shuts out nobody who has a password, and lets in nobody else.
        logging.getLogger("kpi").warning("%s", vi.refusal(error))
        found = Settings()
    _answer_to(found)
    if found.oidc is None:
        return doors.routes()
    # Half a second of imports, for those who use it.
    from kpi.web import oidc

    doors = replace(doors, account=found.oidc.name or oidc.ACCOUNT)
    return [*oidc.routes(doors, found.url, found.oidc), *doors.routes()]


def _answer_to(settings: Settings) -> None:
    """Let the house be called by the names the settings give it, beside those of its own machine."""
    names = {
        *config.get_option("server.allowedHosts"),
        *settings.hosts,
        urlsplit(settings.url).hostname or "",
    }
    config.set_option("server.allowedHosts", sorted(names - {""}))
