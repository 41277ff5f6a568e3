"""A file from outside is parsed in a process of its own, which can be stopped and cannot take anything with it."""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import BoundedSemaphore

from kpi.problems import DamagedWorkbook, Unreadable
from kpi.workbook import guard, wire
from kpi.workbook.grid import Grid

SECONDS = 15
AT_ONCE = 2

_CHILD = Path(__file__).with_name("child.py")
_turns = BoundedSemaphore(AT_ONCE)
# Without these, Python does not start on Windows. Nothing else is handed on: no key, no password, no path.
_KEPT = ("SYSTEMROOT", "WINDIR")


def load_apart(filename: str, content: bytes) -> tuple[Grid, ...] | Unreadable:
    """The sheets of a file in their order, or why it cannot be read. Waits while two others are being read."""
    if refused := guard.refuse_unopened(filename, content):
        return refused
    with _turns:
        answer = _ask(filename.encode("utf-8", "replace").replace(b"\0", b"") + b"\0" + content)
    try:
        found = answer if isinstance(answer, str) else wire.unpacked(answer)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        found = f"answer: {type(error).__name__}"
    if isinstance(found, str):
        return _damaged(found)
    # What the parser stumbled over is for the log, where the code leads.
    return _damaged(found.code) if isinstance(found, DamagedWorkbook) and found.code else found


def ask_apart(task: str, question: bytes) -> bytes | None:
    """What comes of another task than reading; None when it could not be done. It waits as reading does."""
    with _turns:
        answer = _ask(question, task)
    if isinstance(answer, str):
        logging.getLogger("kpi").warning("%s: %s", task, answer)
        return None
    return answer


def _ask(question: bytes, *task: str) -> bytes | str:
    """The answer, or what became of who was asked."""
    with tempfile.TemporaryDirectory(prefix="kpi-") as folder:
        try:
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-I", str(_CHILD), *task],
                input=question,
                capture_output=True,
                timeout=SECONDS,
                cwd=folder,
                env={name: os.environ[name] for name in _KEPT if name in os.environ},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "wall clock"
    if done.returncode or len(done.stdout) > wire.LONGEST_ANSWER:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        # The name of the error alone: what follows it may quote the file.
        return f"exit {done.returncode} {last.partition(':')[0][:60]}"
    return done.stdout


def _damaged(why: str) -> DamagedWorkbook:
    code = secrets.token_hex(3)
    logging.getLogger("kpi").warning("%s: workbook not read: %s", code, why)
    return DamagedWorkbook(code=code)
