"""Nobody comes in without the edge, however the program is started, and no page is open to the wrong role."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from kpi import ui, vi
from kpi.model import Act, Grant, Person, Role
from tests.browsing import listens
from tests.filled import LAN, PEOPLE, user_of

ROOT = Path(__file__).parent.parent
PAGES = sorted(path.relative_to(ROOT / "pages").as_posix() for path in (ROOT / "pages").rglob("*.py"))
# Written down here and not derived, so that a change of the rule is seen.
OPEN_TO = {
    "progress": set(Role),
    "submission": {Role.REPORTER, Role.ROOM, Role.OFFICE},
    "original": {Role.VIEWER, Role.REPORTER, Role.ROOM, Role.OFFICE},
    "office": {Role.OFFICE},
    "plan": {Role.OFFICE, Role.ADMIN},
    "record": {Role.OFFICE, Role.ADMIN},
    "admin": {Role.ADMIN},
}
STRANGERS = [
    {},
    {"username": ""},
    {"username": None},
    {"username": "nobody"},
    {"username": "da-khoa"},
    {"email": "x@y.z"},
]


@pytest.fixture
def run(house):
    """Run a script as somebody, on an empty store in which everyone has an account."""
    house.people.invite(Person("da-khoa", "Đã khóa", grants=(Grant(Role.OFFICE),)), LAN)
    house.people.disable("da-khoa", LAN)

    def running(script: Path, user: dict[str, object]) -> AppTest:
        at = AppTest.from_file(str(script), default_timeout=60)
        at.user = user
        at.run()
        assert not at.exception
        return at

    return running


def said(at: AppTest) -> list[str]:
    """Everything a page shows beside its first error."""
    shown = [leaf for leaf in leaves(at._tree) if leaf is not at.error[0]]
    return [f"{leaf.type}: {getattr(leaf, 'value', '')}" for leaf in shown]


def leaves(node: Any) -> Iterator[Any]:
    if hasattr(node, "children"):
        for child in node.children.values():
            yield from leaves(child)
    else:
        yield node


@pytest.mark.parametrize(
    ("script", "user"),
    [*(("dashboard.py", user) for user in STRANGERS), *((f"pages/{page}", STRANGERS[0]) for page in PAGES)],
    ids=str,
)
def test_a_stranger_sees_one_sentence_and_nothing_else(run, script, user):
    at = run(ROOT / script, user)
    assert at.error[0].value.startswith("Chưa đăng nhập")
    assert said(at) == []


def test_a_person_who_was_disabled_is_a_stranger_at_the_next_run(run):
    at = run(ROOT / "pages" / "progress" / "tasks.py", user_of(Role.VIEWER))
    assert at.title
    ui.store().people.disable(PEOPLE[Role.VIEWER].login, LAN)
    at.run()
    assert at.error[0].value.startswith("Chưa đăng nhập")
    assert not at.title


@pytest.mark.heavy
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_to_the_roles_of_its_folder_only(run, page, role):
    at = run(ROOT / "dashboard.py", user_of(role)).switch_page(f"pages/{page}").run()
    assert not at.exception
    refused = [event for event in ui.store().record.events(LAN) if event.act is Act.REFUSED]
    if role in OPEN_TO[page.partition("/")[0]]:
        assert at.title
        assert refused == []
    else:
        assert "không có quyền" in at.error[0].value
        assert not [leaf for leaf in leaves(at.main) if leaf is not at.error[0]]
        at.run()
        assert [(event.person, event.subject) for event in refused] == [
            (PEOPLE[role].login, page.partition("/")[0])
        ]


@pytest.mark.parametrize("role", Role)
def test_the_menu_shows_what_the_role_opens_and_the_person(run, role):
    at = run(ROOT / "dashboard.py", user_of(role))
    sidebar = "\n".join(str(element.value) for element in at.sidebar.markdown)
    assert PEOPLE[role].name in sidebar
    assert vi.ROLES[role] in sidebar
    assert "/dang-xuat" in sidebar


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@pytest.mark.heavy
@pytest.mark.parametrize(
    "command",
    [["uvicorn", "dashboard:app", "--port"], ["streamlit", "run", "dashboard.py", "--server.port"]],
    ids=["uvicorn", "streamlit"],
)
def test_however_it_is_started_the_server_has_its_edge(tmp_path, command):
    """Streamlit finds the app by reading the source; where it did not, every page would be open."""
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-m", *command, str(port)],
        cwd=ROOT,
        env={**os.environ, "KPI_STORE": str(tmp_path / "kpi.duckdb")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as server:
        try:
            while not listens(port):
                assert server.poll() is None
            answers = {
                path: ask(port, path)
                for path in ("/suc-khoe", "/", "/tong-quan", "/_stcore/host-config", "/media/x")
            }
        finally:
            server.terminate()
            console = server.stdout.read().decode() if server.stdout else ""
    assert answers["/suc-khoe"] == (200, "ok")
    assert {status for path, (status, _) in answers.items() if path != "/suc-khoe"} == {401}
    assert f"http://127.0.0.1:{port}/dang-nhap/moi/" in console


def ask(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body
