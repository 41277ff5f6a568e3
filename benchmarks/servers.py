"""Start the servers that are compared, and stop them."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kpi.model import Grant, Person, Role
from kpi.store import Store

ROOT = Path(__file__).parent.parent
BASES = Path(__file__).parent / "bases"
OPERATOR = Person.operator("bench")
PERSON = Person("bench", "Bench", "bench@example.vn", (Grant(Role.OFFICE),))


@dataclass(frozen=True, slots=True)
class Site:
    """A running server, and the session that comes in; "" where there is no door."""

    address: str
    token: str = ""

    @property
    def cookie(self) -> str:
        return f"kpi_phien={self.token}"


@contextmanager
def dashboard(store: Path) -> Iterator[Site]:
    """The program as `make run` serves it, with somebody of the office signed in."""
    port, token = _free_port(), _sign_in(store)
    command = ["uvicorn", "dashboard:app", "--host", "127.0.0.1", "--port", str(port), "--log-level", "error"]
    with _running(command, ROOT, port, {"KPI_STORE": str(store)}) as address:
        yield Site(address, token)


@contextmanager
def plain(script: str) -> Iterator[Site]:
    """A page of benchmarks/bases under plain `streamlit run`."""
    port = _free_port()
    command = ["streamlit", "run", script, "--server.port", str(port), "--server.headless", "true"]
    command += ["--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]
    with _running(command, BASES, port, {}) as address:
        yield Site(address)


def _sign_in(store: Path) -> str:
    with Store(store) as opened:
        if PERSON.login not in {person.login for person in opened.people.everybody()}:
            opened.people.invite(PERSON, OPERATOR)
        return opened.people.sign_in_by_email(PERSON.email, "127.0.0.1")


@contextmanager
def _running(command: list[str], folder: Path, port: int, extra: Mapping[str, str]) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, **extra},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_answers(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/_stcore/health")
            if connection.getresponse().status in {http.HTTPStatus.OK, http.HTTPStatus.UNAUTHORIZED}:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("the server did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
