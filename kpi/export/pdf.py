"""PDF of a document, made by LibreOffice on this machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from kpi.model import NoOfficeProgramError

_SECONDS = 120
_PLACES = (
    "C:/Program Files/LibreOffice/program/soffice.com",
    "C:/Program Files (x86)/LibreOffice/program/soffice.com",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)


def program() -> Path | None:
    """LibreOffice: what KPI_SOFFICE names and nothing else, or what is on the PATH or in a usual place."""
    named = os.environ.get("KPI_SOFFICE")
    if named:
        return Path(named) if Path(named).is_file() else None
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return Path(found) if found else next((p for p in map(Path, _PLACES) if p.is_file()), None)


def convert(document: bytes, *, suffix: str = ".docx") -> bytes:
    """The PDF of a document or workbook; raise NoOfficeProgramError when it cannot be made."""
    office = program()
    if office is None:
        raise NoOfficeProgramError
    # Windows lets go of a file later than the program that held it ends.
    with TemporaryDirectory(prefix="kpi-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source = folder / f"document{suffix}"
        source.write_bytes(document)
        _run(office, folder, source)
        made = source.with_suffix(".pdf")
        if not made.is_file():
            raise NoOfficeProgramError(failed=True)
        return made.read_bytes()


def _run(office: Path, folder: Path, source: Path) -> None:
    """A profile of its own: LibreOffice refuses to run twice on one, and the user's may be open."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    options = [profile, "--headless", "--norestore", "--convert-to", "pdf", "--outdir", str(folder)]
    try:
        process = subprocess.Popen(  # noqa: S603 - a program of this machine, arguments of our own
            [str(office), *options, str(source)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise NoOfficeProgramError(failed=True) from error
    with process:
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise NoOfficeProgramError(failed=True) from error
        finally:
            if process.poll() is None:
                _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """With what it started: the program on the PATH is only a starter."""
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
