"""Who did what: rows that are only added, each carrying the hash of the one before."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, astuple, dataclass, replace
from datetime import datetime
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

import duckdb

from kpi.access import may
from kpi.model import Act, Event, NotAllowedError, Person, Plan, Right
from kpi.store.database import Database, sql

_OFFICE = ZoneInfo("Asia/Ho_Chi_Minh")
_DIGITS = 20
"""Of a hash, in a printed head: 80 bits."""

Fault = Literal[
    "missing",
    "edited",
    "unchained",
    "cut",
    "figures",
    "unnoted",
    "gone",
    "account",
    "task",
    "judgement",
    "receipt",
    "evidence",
    "export",
    "plan",
]


@dataclass(frozen=True, slots=True)
class Flaw:
    """Where the record does not hold: the first event it shows at, or the upload whose figures changed."""

    fault: Fault
    id: int


class Record:
    def __init__(self, database: Database) -> None:
        self._database = database
        self.now_of: Callable[[Person], Person] = lambda person: person
        """A person as of this moment: a page, or the wait for a lock, may be older than a change of roles."""

    def write(
        self,
        db: duckdb.DuckDBPyConnection,
        person: Person | str,
        act: Act,
        *,
        plan: str = "",
        unit: str = "",
        quarter: object = "",
        subject: str = "",
        before: str = "",
        after: str = "",
    ) -> None:
        """Put an act on record in the transaction that does it."""
        last, previous = _head(db)
        at = self._database.now()
        who = person if isinstance(person, str) else person.signature
        event = Event(
            last + 1, at, _offset(at), who, act, plan, unit, str(quarter), subject, before, after, previous
        )
        db.execute(sql("add_event"), asdict(replace(event, hash=digest(event))))

    def add(self, person: Person | str, act: Act, **facts: Any) -> None:  # noqa: ANN401 - as `write` has them
        """Put on record what changes nothing else."""
        with self._database.change() as db:
            self.write(db, person, act, **facts)

    def allow(
        self,
        person: Person,
        right: Right,
        reporter: str | None = None,
        plan: Plan | None = None,
        subject: str = "",
    ) -> None:
        """Raise NotAllowedError, and put on record that it was tried, unless the person has the right."""
        if may(self.now_of(person), right, reporter, plan):
            return
        self.add(
            person,
            Act.REFUSED,
            plan=plan.code if plan else "",
            unit=reporter or "",
            subject=subject,
            after=right,
        )
        raise NotAllowedError(person, right, reporter or "")

    def events(
        self,
        reader: Person,
        *,
        person: str | None = None,
        unit: str | None = None,
        act: Act | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Event]:
        """Newest first, those asked for; `until` is the first moment no longer asked for."""
        self.allow(reader, Right.RECORD, subject="record")
        return self._fetch(person=person, unit=unit, act=act, since=since, until=until)[::-1]

    def head(self) -> str:
        """What to print on paper: number and hash of the newest event, "0-" of an empty record."""
        with self._database.cursor() as db:
            last, hashed = _head(db)
        return f"{last}-{hashed[:_DIGITS]}"

    def verify(self, *anchors: str) -> list[Flaw]:
        """What does not hold, in the chain itself and against heads that were printed."""
        return check(self._fetch(), anchors)

    def _fetch(self, **asked: object) -> list[Event]:
        facts = dict.fromkeys(("person", "unit", "act", "since", "until")) | asked
        return [_event(row) for row in self._database.fetch("list_events", **facts)]


def check(events: Iterable[Event], anchors: Iterable[str] = ()) -> list[Flaw]:
    """The flaws of a chain that begins with event 1."""
    found = list(events)
    return [*_breaks(found), *_cuts({event.id: event.hash for event in found}, anchors)]


def digest(event: Event) -> str:
    """The hash of everything in an event but its hash."""
    facts = [str(fact) for fact in astuple(event)[:-1]]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


def read_anchor(text: str) -> tuple[int, str]:
    """Number and digits of a printed head; raise ValueError for anything else."""
    found = re.fullmatch(r"(\d{1,9})-([0-9a-f]{20}|)", text.strip().lower())
    if not found or (found[2] == "") != (int(found[1]) == 0):
        raise ValueError(text)
    return int(found[1]), found[2]


def _breaks(events: Iterable[Event]) -> Iterator[Flaw]:
    last, hashed = 0, ""
    for event in events:
        if event.id != last + 1:
            yield Flaw("missing", last + 1)
        elif event.previous != hashed:
            yield Flaw("unchained", event.id)
        if digest(event) != event.hash:
            yield Flaw("edited", event.id)
        last, hashed = event.id, event.hash


def _cuts(hashes: dict[int, str], anchors: Iterable[str]) -> Iterator[Flaw]:
    for number, digits in map(read_anchor, anchors):
        if number and not hashes.get(number, "").startswith(digits or "-"):
            yield Flaw("cut", number)


def _head(db: duckdb.DuckDBPyConnection) -> tuple[int, str]:
    row = db.execute("select id, hash from event order by id desc limit 1").fetchone()
    return (int(row[0]), str(row[1])) if row else (0, "")


def _offset(at: datetime) -> str:
    text = at.replace(tzinfo=_OFFICE).strftime("%z")
    return f"{text[:3]}:{text[3:]}"


def _event(row: tuple[Any, ...]) -> Event:
    number, at, offset, person, act, *rest = row
    return Event(number, at, offset, person, _act(act), *rest)


def _act(text: str) -> Act:
    try:
        return Act(text)
    except ValueError:
        return cast(Act, text)  # tampered with: the hash will say so
