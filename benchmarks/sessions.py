"""Streamlit reruns over WebSocket without a browser: one `Session` is one tab."""

from __future__ import annotations

import asyncio
import http.client
import random
import time
from urllib.parse import urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string

from benchmarks.servers import Site

TIMEOUT = 60
_BOUNDARY = "tep-cua-nguoi-khac"


class FailedRunError(Exception):
    """The page showed an exception, or does not exist: a fast wrong answer does not count."""


class Session:
    def __init__(self, site: Site, page: str) -> None:
        self._address, self._cookie, self._page = urlsplit(site.address), site.cookie, page
        self._page_hash = self._id = self._uploader = ""
        self._cached: dict[str, bytes] = {}
        self._shown: list[bytes] = []
        """What the last run sent."""

    async def open(self) -> None:
        self._socket = await websockets.connect(
            f"ws://{self._address.netloc}/_stcore/stream",
            max_size=None,
            additional_headers={"Cookie": self._cookie},
            origin=websockets.Origin(f"http://{self._address.netloc}"),
            subprotocols=[websockets.Subprotocol("streamlit")],
        )
        await self.rerun()

    async def rerun(self, state: WidgetState | None = None) -> float:
        """Run the page again; return milliseconds from the message sent to the script's end received."""
        message = BackMsg()
        if state:
            message.rerun_script.widget_states.widgets.append(state)
        run = message.rerun_script
        run.page_name, run.page_script_hash = self._page, self._page_hash
        run.cached_message_hashes.extend(self._cached)
        run.context_info.timezone, run.context_info.locale = "Asia/Ho_Chi_Minh", "vi"
        run.context_info.url = f"http://{self._address.netloc}/{self._page}"
        self._shown.clear()
        begin = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        await self._until_finished()
        return (time.perf_counter() - begin) * 1e3

    async def upload(self, name: str, content: bytes, said: str) -> float:
        """Send a file as a browser does and run the page with it; return the milliseconds until the page said so."""
        begin = time.perf_counter()
        message = BackMsg()
        message.file_urls_request.request_id, message.file_urls_request.session_id = name, self._id
        message.file_urls_request.file_names.append(name)
        await self._socket.send(message.SerializeToString())
        while (answer := await self._receive()).WhichOneof("type") != "file_urls_response":
            pass
        urls = answer.file_urls_response.file_urls[0]
        await asyncio.to_thread(self._put, urls.upload_url, name, content)
        state = WidgetState(id=self._uploader)
        file = state.file_uploader_state_value.uploaded_file_info.add()
        file.file_id, file.name, file.size = urls.file_id, name, len(content)
        file.file_urls.CopyFrom(urls)
        await self.rerun(state)
        if not any(said.encode() in shown for shown in self._shown):
            raise FailedRunError(f"{name}: the page does not say {said!r}")
        return (time.perf_counter() - begin) * 1e3

    def _put(self, path: str, name: str, content: bytes) -> None:
        token = generate_xsrf_token_string()
        head = {
            "Cookie": f"{self._cookie}; _streamlit_xsrf={token}",
            "X-Xsrftoken": token,
            "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
        }
        start = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        connection = http.client.HTTPConnection(self._address.netloc, timeout=TIMEOUT)
        connection.request("PUT", path, start + content + f"\r\n--{_BOUNDARY}--\r\n".encode(), head)
        answer = connection.getresponse()
        connection.close()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise FailedRunError(f"{path} answered {answer.status}")

    async def close(self) -> None:
        await self._socket.close()

    async def _until_finished(self) -> None:
        while True:
            message = await self._receive()
            match message.WhichOneof("type"):
                case "new_session":
                    self._id = message.new_session.initialize.session_id
                    self._page_hash = message.new_session.page_script_hash
                case "navigation":
                    self._page_hash = message.navigation.page_script_hash
                case "delta" if message.delta.new_element.WhichOneof("type") == "exception":
                    raise FailedRunError(message.delta.new_element.exception.message)
                case "delta" if message.delta.new_element.WhichOneof("type") == "file_uploader":
                    self._uploader = message.delta.new_element.file_uploader.id
                case "page_not_found":
                    raise FailedRunError(f"no page {self._page}")
                case "script_finished" if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    return

    async def _receive(self) -> ForwardMsg:
        data = await asyncio.wait_for(self._socket.recv(decode=False), TIMEOUT)
        self._shown.append(data)
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
