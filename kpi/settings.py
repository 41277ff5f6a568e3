"""settings.toml, where an office says what differs from house to house: read strictly, its secret never shown."""

from __future__ import annotations

import difflib
import logging
import os
import re
import stat
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from kpi import vi
from kpi.model import Fault, FaultyFileError

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_KEYS = {"site": ("url", "hosts"), "oidc": ("issuer", "client_id", "client_secret", "name")}
_HOST = re.compile(r"(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


class SettingsError(FaultyFileError):
    """The settings say something they may not."""


@dataclass(frozen=True, slots=True)
class Oidc:
    """An identity provider, and who we are to it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = ""
    """What people call an account there; "" for the words of kpi.web."""


@dataclass(frozen=True, slots=True)
class Settings:
    url: str = ""
    """The address people use, without a slash at the end; "" when it is whatever they asked for."""
    hosts: tuple[str, ...] = ()
    oidc: Oidc | None = None


def beside(store: Path) -> Path:
    """The settings that go with a store's file (KPI_SETTINGS names others)."""
    return Path(os.environ.get("KPI_SETTINGS") or store.with_name("settings.toml"))


def load(path: Path) -> Settings:
    """Raise SettingsError with everything that is wrong; without a file nothing is set."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    faults: list[Fault] = []
    raw = _read(path, content, faults)
    settings = _build(_Table(path, "", raw, faults))
    if faults:
        raise SettingsError(path, faults)
    if settings.oidc and os.name == "posix" and path.stat().st_mode & stat.S_IROTH:
        logging.getLogger("kpi").warning("%s", vi.readable_by_others(path))
    return settings


def is_private(url: str) -> bool:
    """Whether nobody on the way can read or change what is said to this address."""
    parts = _parts(url.partition("?")[0])
    return parts is not None and (parts.scheme == "https" or parts.hostname in LOOPBACK)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the file; what is wrong with a value is noted, and the value left out."""

    path: Path
    name: str
    raw: Mapping[str, Any]
    faults: list[Fault]

    def wrong(self, key: str, reason: str, value: object = "", *facts: str) -> None:
        self.faults.append(Fault(self.path, f"{self.name}.{key}".strip("."), value, reason, facts=facts))

    def only(self, keys: Collection[str]) -> None:
        # The value is not shown: it may be the secret, under a name that is spelled wrong.
        for key in sorted(self.raw.keys() - keys):
            self.wrong(key, "unknown_key", "", *difflib.get_close_matches(key, keys, 1))

    def table(self, key: str) -> _Table | None:
        found = self.raw.get(key)
        if isinstance(found, dict):
            return _Table(self.path, key, found, self.faults)
        if found is not None:
            self.wrong(key, "not_table")
        return None

    def text(self, key: str, *, needed: bool = False) -> str:
        found = self.raw.get(key, "")
        if not isinstance(found, str):
            self.wrong(key, "not_text")
        elif found.strip():
            return found.strip()
        elif needed:
            self.wrong(key, "missing")
        return ""

    def hosts(self, key: str) -> tuple[str, ...]:
        found = self.raw.get(key, [])
        if not isinstance(found, list):
            self.wrong(key, "not_list")
            return ()
        bad = [host for host in found if not isinstance(host, str) or not _HOST.fullmatch(host)]
        for host in bad:
            self.wrong(key, "not_host", host)
        return () if bad else tuple(found)

    def url(self, key: str, *, needed: bool = False) -> tuple[str, SplitResult | None]:
        text = self.text(key, needed=needed).rstrip("/")
        parts = _parts(text)
        if text and parts is None:
            # Not shown either: a password may stand in it.
            self.wrong(key, "not_web_address")
        return text, parts


def _read(path: Path, content: bytes, faults: list[Fault]) -> dict[str, Any]:
    """The file's tables; of a broken line only the number is told, for the secret may stand in it."""
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        faults.append(Fault(path, "", "", "not_utf8", line=line))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else content.count(b"\n") + 1
        faults.append(Fault(path, "", "", "broken_toml", line=line))
    return {}


def _build(file: _Table) -> Settings:
    file.only(_KEYS)
    site, provider = file.table("site"), file.table("oidc")
    url, hosts = _site(site) if site else ("", ())
    return Settings(url, hosts, _oidc(provider) if provider else None)


def _site(table: _Table) -> tuple[str, tuple[str, ...]]:
    table.only(_KEYS["site"])
    url, parts = table.url("url")
    if parts and parts.path:
        table.wrong("url", "not_at_the_root", url)
    return url, table.hosts("hosts")


def _oidc(table: _Table) -> Oidc:
    table.only(_KEYS["oidc"])
    issuer, parts = table.url("issuer", needed=True)
    if parts and not is_private(issuer):
        table.wrong("issuer", "not_https", issuer)
    return Oidc(
        issuer,
        table.text("client_id", needed=True),
        table.text("client_secret", needed=True),
        table.text("name"),
    )


def _parts(url: str) -> SplitResult | None:
    """A web address in its parts; None for what is none, or holds what an address of a site does not."""
    if not url.isascii() or not url.isprintable() or any(sign in url for sign in ' \\?#@"<>'):
        return None
    try:
        parts = urlsplit(url)
        named = parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if named and parts.scheme in {"http", "https"} else None
