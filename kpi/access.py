"""Who may do what, and what a password is worth. Decides only; `kpi.store` keeps and enforces."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kpi.model import BadLoginError, Grant, Person, Plan, Right, Role, WeakPasswordError

IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=10)
"""A session ends so long after the last request, and so long after the sign-in."""
WINDOW, FAILURES = timedelta(minutes=15), 5
ADDRESS_WINDOW, ADDRESS_ATTEMPTS = timedelta(hours=1), 60
SHORTEST, LONGEST = 12, 128

_EVERYWHERE: Mapping[Right, frozenset[Role]] = {
    Right.PROGRESS: frozenset(Role),
    Right.SUBMISSION: frozenset({Role.OFFICE}),
    Right.ORIGINAL: frozenset({Role.VIEWER, Role.ROOM, Role.OFFICE}),
    Right.TASK: frozenset({Role.OFFICE}),
    Right.OFFICE: frozenset({Role.OFFICE}),
    Right.PLAN: frozenset({Role.OFFICE, Role.ADMIN}),
    Right.RECORD: frozenset({Role.OFFICE, Role.ADMIN}),
    Right.ADMIN: frozenset({Role.ADMIN}),
}
_OF_ITS_REPORTERS: Mapping[Right, frozenset[Role]] = {
    Right.SUBMISSION: frozenset({Role.REPORTER, Role.ROOM}),
    Right.ORIGINAL: frozenset({Role.REPORTER}),
}
_OF_ITSELF: Mapping[Right, frozenset[Role]] = {Right.TASK: frozenset({Role.REPORTER, Role.ROOM})}
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,31}")
# RFC 9106's second choice: 64 MiB, for machines that also do other work.
_HASHER = PasswordHasher()
_RUNS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1q2w3e4r5t6y7u8i9o0p",
)
_MASKS = str.maketrans("01345@$", "oleasas")


def may(person: Person, right: Right, reporter: str | None = None, plan: Plan | None = None) -> bool:
    """Whether a person has a right: over one reporter (or room) of a plan, or, with none named, over any at all."""
    if person.disabled:
        return False
    return any(
        grant.role in _EVERYWHERE[right]
        or (
            grant.role in _OF_ITS_REPORTERS.get(right, ())
            and (reporter is None or reporter in reporters(grant, plan))
        )
        or (grant.role in _OF_ITSELF.get(right, ()) and reporter in {None, grant.unit})
        for grant in person.grants
    )


def reporters(grant: Grant, plan: Plan | None) -> frozenset[str]:
    """Whom a bound role is for: the reporter itself, or all who report an indicator of the room."""
    if grant.role is Role.REPORTER:
        return frozenset({grant.unit})
    if plan is None:
        return frozenset()
    own = {number for room in plan.rooms if room.code == grant.unit for number in room.indicators}
    return frozenset(r.code for r in plan.reporters if any(duty.indicator in own for duty in r.duties))


def check_login(login: str) -> None:
    """Raise BadLoginError unless it is fit for a header and a command line."""
    if not _LOGIN.fullmatch(login):
        raise BadLoginError(login)


def hash_password(password: str) -> str:
    return _HASHER.hash(_spelled(password))


def matches(hashed: str | None, password: str) -> bool:
    """Whether it is the password; without a hash the same time passes and it is not."""
    try:
        return _HASHER.verify(hashed or _decoy(), _spelled(password)) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(hashed: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(hashed)


def check_password(password: str, person: Person) -> None:
    """Raise WeakPasswordError for what is too short or long, common, simple, or made of the person's own names."""
    if len(_spelled(password)) < SHORTEST:
        raise WeakPasswordError("short")
    if len(password) > LONGEST:
        raise WeakPasswordError("long")
    plain = _bare(password)
    if _is_simple(plain):
        raise WeakPasswordError("simple")
    if {plain, _core(plain), _core(plain).translate(_MASKS)} & _common():
        raise WeakPasswordError("common")
    if _only_names(plain, person):
        raise WeakPasswordError("personal")


def same(one: str, other: str) -> bool:
    """Whether two passwords are one, however their accents were typed."""
    return _spelled(one) == _spelled(other)


def is_token(text: str) -> bool:
    """Whether it could be a token at all; what is not need not be looked up."""
    return _TOKEN.fullmatch(text) is not None


def new_token() -> str:
    """256 bits; only its fingerprint is ever kept."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def wait_of_account(failures: Iterable[datetime], now: datetime) -> datetime | None:
    """Until when nobody may try an account, from its failures since the last success."""
    recent = sorted(at for at in failures if now - at < WINDOW * 2)
    for first, last in zip(recent, recent[FAILURES - 1 :], strict=False):
        if last - first < WINDOW and now < last + WINDOW:
            return last + WINDOW
    return None


def wait_of_address(attempts: Iterable[datetime], now: datetime) -> datetime | None:
    """Until when an address may not try at all."""
    recent = sorted(at for at in attempts if now - at < ADDRESS_WINDOW)
    return recent[-ADDRESS_ATTEMPTS] + ADDRESS_WINDOW if len(recent) >= ADDRESS_ATTEMPTS else None


def _spelled(password: str) -> str:
    """One spelling: a keyboard may write ữ as one letter or as three."""
    return unicodedata.normalize("NFC", password)


@cache
def _decoy() -> str:
    return _HASHER.hash(secrets.token_urlsafe())


@cache
def _common() -> frozenset[str]:
    return frozenset((files("kpi") / "common_passwords.txt").read_text("utf-8").split())


def _bare(text: str) -> str:
    """Small letters and digits, without accents."""
    bare = unicodedata.normalize("NFKD", text.lower().replace("đ", "d"))
    return "".join(c for c in bare if c.isalnum() or c in "@$")


def _core(plain: str) -> str:
    """What is left without the digits at both ends."""
    return plain.strip("0123456789@$")


def _is_simple(plain: str) -> bool:
    if len(set(plain)) <= 4 or plain in (plain + plain)[1:-1]:  # few letters, or a block repeated
        return True
    lines = [line for run in _RUNS for line in (run * 2, run[::-1] * 2)]
    return _without_runs(plain, lines) <= 3


def _without_runs(plain: str, lines: Iterable[str]) -> int:
    """How many letters are left when every stretch of five along a keyboard or alphabet is taken out."""
    left, at = 0, 0
    while at < len(plain):
        stretch = 5
        if any(plain[at : at + stretch] in line for line in lines) and at + stretch <= len(plain):
            while at + stretch < len(plain) and any(plain[at : at + stretch + 1] in line for line in lines):
                stretch += 1
            at += stretch
        else:
            left, at = left + 1, at + 1
    return left


def _only_names(plain: str, person: Person) -> bool:
    own = {
        _bare(word) for text in (person.login, person.name, person.email) for word in re.split(r"\W+", text)
    }
    own |= {_bare(person.name), _bare(person.login)}
    rest = plain
    for word in sorted(own, key=len, reverse=True):
        rest = rest.replace(word, "") if len(word) > 2 else rest
    return rest != plain and len(_core(rest)) < 4
