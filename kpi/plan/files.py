"""Where plan files lie: those of the data folder, under those that were changed in the program."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal
from uuid import uuid4

from kpi.model import StalePlanError

SHIPPED = Path(__file__).parent.parent.parent / "data"
OVERLAY = "plans"
"""The folder beside a store that holds every plan changed or made in the program."""


def folder(data: Path, name: Literal["plans", "units", "templates"]) -> Path:
    """The folder of that name an office keeps in its data folder, or else the one that came with the program."""
    own = data / name
    return own if own.is_dir() else SHIPPED / name


def forms(data: Path) -> Path:
    """The file of prescribed forms: the office's own, or the one that came with the program."""
    own = data / "forms.csv"
    return own if own.is_file() else SHIPPED / "forms.csv"


def overlay(store: Path) -> Path:
    return store.parent / OVERLAY


def paths(data: Path, store: Path | None = None) -> list[Path]:
    """The plan files that count, by name: one beside the store stands for the one of its name in the data folder."""
    found = {path.name: path for path in folder(data, "plans").glob("*.toml")}
    if store is not None:
        found |= {path.name: path for path in overlay(store).glob("*.toml")}
    return [found[name] for name in sorted(found)]


def decode(content: bytes) -> str:
    """A text whose SHA-256, written again, is that of the file: line ends and a mark at the start stay."""
    return content.decode("utf-8")


def write(path: Path, content: bytes | None, seen: Path, before: bytes | None) -> Path:
    """Write all of a plan file or nothing; StalePlanError when `seen`, the file it replaces, no longer says `before`.

    `before` is None for a plan that is new, `content` for one that is to be no more.
    """
    if (seen.read_bytes() if seen.exists() else None) != before:
        raise StalePlanError(seen)
    path.parent.mkdir(parents=True, exist_ok=True)
    if content is None:
        path.unlink()
        return path
    part = path.with_name(f"{uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path
