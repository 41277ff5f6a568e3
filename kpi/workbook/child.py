"""The subprocess: the bytes of one file in, JSON out; or, asked to mark, the marked file. Run as a file, with nothing
of the program loaded yet."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType

MEMORY = 512 * 1024 * 1024
SECONDS = 10
# Whoever waits for a page goes before whoever reads a file: at 10, pages were a third slower while files were refused.
NICE = 19


def limit() -> None:
    """Windows has none of these; there only the clock of the parent ends a reading."""
    with suppress(ImportError):
        import resource

        for kind, most in (
            (resource.RLIMIT_AS, MEMORY),
            (resource.RLIMIT_CPU, SECONDS),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(kind, (most, most))


def step_back() -> None:
    """Done before anything is imported: that alone takes as long as most refusals."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    # It lives for one file, and makes no cycles.
    gc.disable()


def _reading() -> Callable[[bytes], bytes]:
    from kpi.workbook.loading import load_here
    from kpi.workbook.wire import packed

    def read(question: bytes) -> bytes:
        name, _, content = question.partition(b"\0")
        return packed(load_here(name.decode("utf-8", "replace"), content))

    return read


def _marking() -> Callable[[bytes], bytes]:
    from kpi.workbook.annotate import answered

    return answered


def serve() -> None:
    step_back()
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, os.path.dirname(os.path.dirname(folder)))
    # The package itself would import all that makes and judges forms, which takes longer than most files.
    package = ModuleType("kpi.workbook")
    package.__path__ = [folder]
    sys.modules["kpi.workbook"] = package
    work = _marking() if sys.argv[1:] == ["mark"] else _reading()
    limit()
    sys.stdout.buffer.write(work(sys.stdin.buffer.read()))
    sys.stdout.buffer.flush()
    # Everything is said: taking a large workbook apart again would only take time.
    os._exit(0)


if __name__ == "__main__":
    serve()
