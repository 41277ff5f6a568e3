"""Hostile files: how soon and in how much memory each is refused, and what everybody else notices of it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

from benchmarks import sessions
from benchmarks.servers import Site
from kpi.workbook.limits import LARGEST
from tests.test_workbook_hostile import HOSTILE

PAGE = "nap-so-lieu"


@dataclass(frozen=True)
class Refusal:
    """One hostile file: its bytes, the seconds until the answer, and the MiB of the process that gave it at most."""

    content: bytes
    seconds: float
    memory: float


def refusals() -> list[Refusal]:
    """Of every hostile file that the tests make; the slowest first."""
    makers: Mapping[str, Callable[[], bytes]] = HOSTILE
    made = (make() for make in makers.values())
    files = [content for content in made if len(content) <= LARGEST]
    return sorted(map(_refused, files), key=lambda refusal: -refusal.seconds)


def _refused(content: bytes) -> Refusal:
    # A process is charged with what whoever started it held at that moment: a small one starts each.
    told = subprocess.run([sys.executable, "-c", _REFUSE], input=content, stdout=subprocess.PIPE, check=True)
    seconds, memory = map(float, told.stdout.split())
    return Refusal(content, seconds, memory / 1024)


_REFUSE = """
import resource, sys, time
from kpi.workbook.apart import load_apart
content = sys.stdin.buffer.read()
begin = time.perf_counter()
assert not isinstance(load_apart("x.xlsx", content), tuple)
print(time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


async def beside(site: Site, page: str, files: Sequence[bytes]) -> list[float]:
    """Milliseconds of a crowd's reruns while each of `files` is being sent and refused, again and again."""
    senders = [asyncio.create_task(_send(site, number, content)) for number, content in enumerate(files)]
    times = await crowd(site, page)
    for sender in senders:
        if sender.done():
            sender.result()
        sender.cancel()
        with suppress(asyncio.CancelledError):
            await sender
    return times


async def crowd(site: Site, page: str) -> list[float]:
    return await sessions.crowd(site, page, 10, 6, 1)


_rounds = count()


async def _send(site: Site, number: int, content: bytes) -> None:
    session = sessions.Session(site, PAGE)
    await session.open()
    try:
        while True:
            # Under a new name, or the page would remember its answer.
            name = f"{number}-{next(_rounds)}.xlsx"
            await session.upload(name, content, f"Tệp: {name}")
    finally:
        await session.close()
