"""Streamlit's files, compressed once and kept, and its index.html as our own."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path

from anyio import to_thread
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit.file_util import get_static_dir

from kpi.web.pages import icon, template

EDGE = Path(__file__).parent / "static" / "edge.js"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".gif": "image/gif",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
TEXTS = {".css", ".js", ".svg"}
# Their names change with their content. Private: they stand behind the door.
KEEP = "private, max-age=31536000, immutable"
ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")
TAGS = re.compile(
    r'<script type="module"[^>]*></script>|<link\s[^>]*rel="(?:preload|modulepreload|stylesheet)"[^>]*>'
)


async def static(request: Request) -> Response:
    known = _known().get(request.path_params["name"])
    if known is None:
        raise HTTPException(404)
    return await _file(request, known)


async def _edge(request: Request) -> Response:
    return await _file(request, EDGE)


SCRIPT = Route("/_edge.js", _edge)


@cache
def index() -> str:
    """Streamlit's page in our words: of its own it keeps the scripts, styles and fonts it loads."""
    page = (Path(get_static_dir()) / "index.html").read_text("utf-8")
    tags = [re.sub(r"\s+", " ", tag).replace('"./', '"/') for tag in TAGS.findall(page)]
    if not any(tag.startswith("<script") for tag in tags):
        raise LookupError("Streamlit's index.html has no module script")
    version = hashlib.sha256(EDGE.read_bytes()).hexdigest()[:12]
    return template("index.html").render(
        tags=Markup("\n").join(map(Markup, tags)), icon=icon(), version=version
    )


async def _file(request: Request, path: Path) -> Response:
    headers = {"Cache-Control": KEEP, "Content-Type": TYPES.get(path.suffix, "application/octet-stream")}
    if path.suffix not in TEXTS:
        return Response(await to_thread.run_sync(_content, path), headers=headers)
    headers["Vary"] = "Accept-Encoding"
    if not ACCEPTS_GZIP.search(request.headers.get("accept-encoding", "")):
        return Response(await to_thread.run_sync(path.read_bytes), headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(await to_thread.run_sync(_compressed, path), headers=headers)


@cache
def _known() -> dict[str, Path]:
    """What may be asked for, by name; no path of a request ever reaches the disk."""
    root = Path(get_static_dir()) / "static"
    return {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}


@cache
def _compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 6, mtime=0)


@cache
def _content(path: Path) -> bytes:
    return path.read_bytes()
