"""Files kept beside the database under the hash of their bytes, written before whoever names them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from uuid import uuid4

from kpi.model import LostFileError
from kpi.store.database import sync_folder

EVIDENCE, EXPORTS = "evidence", "exports"
"""What was handed in to prove a task; what was handed out."""


class Files:
    """One folder of them. Bytes that are there already are not written again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, content: bytes) -> str:
        """Write and sync; return the SHA-256 under which the bytes are found again."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.folder / sha256
        if path.exists() and path.read_bytes() == content:
            return sha256
        self.folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{uuid4().hex}.part")
        try:
            with part.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(self.folder)
        return sha256

    def content(self, sha256: str) -> bytes:
        """The bytes; LostFileError when they are missing or others."""
        path = self.folder / sha256
        try:
            content = path.read_bytes()
        except OSError as error:
            raise LostFileError(path) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise LostFileError(path)
        return content
