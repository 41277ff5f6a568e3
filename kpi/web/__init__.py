"""The edge: without a session nothing answers but the sign-in pages and the health check."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from kpi.model import Person
from kpi.store import People
from kpi.web.doors import Doors
from kpi.web.guard import Guard
from kpi.web.headers import Headers
from kpi.web.house import House
from kpi.web.net import Net

__all__ = ["middleware"]


def middleware(
    people: Callable[[], People],
    *,
    demo: Callable[[], Sequence[tuple[Person, str]]] = tuple,
    oidc: Sequence[BaseRoute] = (),
) -> list[Middleware]:
    """What stands before Streamlit, outermost first.

    `demo` are people whose passwords the sign-in page shows; `oidc` the routes below /dang-nhap/oidc."""
    doors = Doors(people, demo, tuple(oidc))
    return [
        Middleware(Headers),
        Middleware(Net),
        Middleware(Guard, people=people),
        Middleware(House, doors=doors.routes()),
    ]
