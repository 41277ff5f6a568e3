"""Streamlit reruns over WebSocket without a browser: one `Session` is one tab."""

from __future__ import annotations

import asyncio
import random
import time
from urllib.parse import urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.servers import Site

TIMEOUT = 60


class FailedRunError(Exception):
    """The page showed an exception, or does not exist: a fast wrong answer does not count."""


class Session:
    def __init__(self, site: Site, page: str) -> None:
        self._address, self._cookie, self._page = urlsplit(site.address), site.cookie, page
        self._page_hash = ""
        self._cached: dict[str, bytes] = {}

    async def open(self) -> None:
        self._socket = await websockets.connect(
            f"ws://{self._address.netloc}/_stcore/stream",
            max_size=None,
            additional_headers={"Cookie": self._cookie},
            origin=websockets.Origin(f"http://{self._address.netloc}"),
            subprotocols=[websockets.Subprotocol("streamlit")],
        )
        await self.rerun()

    async def rerun(self) -> float:
        """Run the page again; return milliseconds from the message sent to the script's end received."""
        message = BackMsg()
        run = message.rerun_script
        run.page_name, run.page_script_hash = self._page, self._page_hash
        run.cached_message_hashes.extend(self._cached)
        run.context_info.timezone, run.context_info.locale = "Asia/Ho_Chi_Minh", "vi"
        run.context_info.url = f"http://{self._address.netloc}/{self._page}"
        begin = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        await self._until_finished()
        return (time.perf_counter() - begin) * 1e3

    async def close(self) -> None:
        await self._socket.close()

    async def _until_finished(self) -> None:
        while True:
            message = await self._receive()
            match message.WhichOneof("type"):
                case "new_session":
                    self._page_hash = message.new_session.page_script_hash
                case "navigation":
                    self._page_hash = message.navigation.page_script_hash
                case "delta" if message.delta.new_element.WhichOneof("type") == "exception":
                    raise FailedRunError(message.delta.new_element.exception.message)
                case "page_not_found":
                    raise FailedRunError(f"no page {self._page}")
                case "script_finished" if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    return

    async def _receive(self) -> ForwardMsg:
        data = await asyncio.wait_for(self._socket.recv(decode=False), TIMEOUT)
        message: ForwardMsg = ForwardMsg.FromString(data)
        if message.WhichOneof("type") == "ref_hash":
            kept: ForwardMsg = ForwardMsg.FromString(self._cached[message.ref_hash])
            kept.metadata.CopyFrom(message.metadata)
            return kept
        if message.metadata.cacheable:
            self._cached[message.hash] = data
        return message


async def reruns(site: Site, page: str, count: int) -> list[float]:
    """Milliseconds of `count` reruns in one session, one after the other."""
    session = Session(site, page)
    await session.open()
    times = [await session.rerun() for _ in range(count)]
    await session.close()
    return times


async def crowd(site: Site, page: str, people: int, count: int, think: float) -> list[float]:
    """Milliseconds of all reruns of `people` sessions at once, each thinking about `think` seconds between."""

    async def person(seed: int) -> list[float]:
        dice = random.Random(seed)  # noqa: S311 - spreads the load, guards nothing
        session = Session(site, page)
        await asyncio.sleep(think * seed / people)
        await session.open()
        times = []
        for _ in range(count):
            await asyncio.sleep(think * dice.uniform(0.5, 1.5))
            times.append(await session.rerun())
        await session.close()
        return times

    return [ms for times in await asyncio.gather(*map(person, range(people))) for ms in times]
