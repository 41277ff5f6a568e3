"""What the council said, which papers came in, and, until the day the plan sets, the list of people.

Rows are only ever added, but for the list of people: ratings and discipline may be kept only as long as they are
needed, so a new list takes the place of the old one, and on its day it is erased. Of both only counts go on record.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal

import duckdb

from kpi.model import (
    PROGRAM,
    Act,
    Cell,
    Discipline,
    Document,
    Initiative,
    Judgement,
    Member,
    OwnTask,
    Person,
    PersonalErasedError,
    Plan,
    Rating,
    Receipt,
    Right,
    UnknownSubjectError,
)
from kpi.store.database import Database, sql
from kpi.store.record import Flaw, Record

Changing = Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]
"""One transaction that makes every cache of figures stale."""
_KEPT, _ERASED, _REPLACED = "kept", "erased", "replaced"
"""What the record says was done with how many people."""


class Awards:
    def __init__(self, database: Database, record: Record, changing: Changing) -> None:
        self._database = database
        self._record = record
        self._changing = changing

    def judge(self, plan: Plan, judgement: Judgement, person: Person) -> str:
        """Keep what the council said of one criterion of one nominee; return its number."""
        known = {c.key for c in plan.criteria if c.judged}
        with self._database.writing():
            self._refuse(plan, judgement.year, judgement.subject, person, judgement.criterion, known)
            facts = {
                "year": judgement.year,
                "subject": judgement.subject,
                "criterion": judgement.criterion,
                "fulfilled": judgement.fulfilled,
                "judged_by": judgement.by,
                "judged_on": judgement.judged_on,
                "note": judgement.note,
            }
            about = _about(plan, judgement.year, judgement.subject, judgement.criterion)
            return self._add("judgement", Act.JUDGEMENT, plan, facts, person, about)

    def judgements(self, plan: str | None = None, year: int | None = None) -> list[Judgement]:
        """All that was said, or what was said in one round, oldest first."""
        return [_judgement(*row) for row in self._database.fetch("list_judgements", plan=plan, year=year)]

    def receive(self, plan: Plan, receipt: Receipt, person: Person) -> str:
        """Keep that a paper came in; return its number."""
        known = {component.key for component in plan.components}
        with self._database.writing():
            self._refuse(plan, receipt.year, receipt.subject, person, receipt.component, known)
            facts = {
                "year": receipt.year,
                "subject": receipt.subject,
                "component": receipt.component,
                "received_at": receipt.received_at,
                "document": _json(receipt.document),
                "note": receipt.note,
            }
            about = _about(plan, receipt.year, receipt.subject, receipt.component)
            return self._add("receipt", Act.RECEIPT, plan, facts, person, about)

    def receipts(self, plan: str | None = None, year: int | None = None) -> list[Receipt]:
        """All that came in, or what came in one round, oldest first."""
        return [_receipt(*row) for row in self._database.fetch("list_receipts", plan=plan, year=year)]

    def note_dossier(self, plan: Plan, subject: str, name: str, content: bytes, person: Person) -> None:
        """Put on record that a dossier goes out; it is kept nowhere, since it may say what people were rated."""
        self._record.allow(person, Right.OFFICE, subject=name)
        self._record.add(
            person,
            Act.EXPORT,
            plan=plan.code,
            unit=subject,
            subject=name,
            after=hashlib.sha256(content).hexdigest(),
        )

    def keep_members(
        self,
        plan: Plan,
        year: int,
        members: Sequence[Member],
        person: Person,
        *,
        today: date,
        sha256: str = "",
        filename: str = "",
    ) -> None:
        """Keep a round's list of people in the place of the one before; PersonalErasedError when its day has come."""
        with self._database.writing():
            self._record.allow(person, Right.OFFICE, subject=plan.code)
            _refuse_year(plan, year)
            if plan.erase_personal is not None and plan.erase_personal <= today:
                raise PersonalErasedError(plan.erase_personal)
            before = self._count(plan.code, year)
            facts = {
                "plan": plan.code,
                "year": year,
                "filename": filename,
                "sha256": sha256,
                "person": person.name,
            }
            with self._changing() as db:
                _delete(db, plan.code, year)
                when = {"erase_on": plan.erase_personal, "kept_at": self._database.now()}
                db.execute(sql("add_member_list"), facts | when)
                if members:
                    rows = [_member_row(place, m) for place, m in enumerate(members, start=1)]
                    db.execute(sql("add_members"), {"plan": plan.code, "year": year, "rows": rows})
                said = f"{_KEPT} {len(members)} {sha256}".strip()
                was = "" if before is None else f"{_REPLACED} {before}"
                subject = _about(plan, year, plan.code)
                self._record.write(
                    db, person, Act.PERSONAL, plan=plan.code, subject=subject, before=was, after=said
                )
            if before is not None:
                self._database.overwrite_freed()

    def members(self, plan: Plan, year: int, person: Person, today: date) -> tuple[Member, ...] | None:
        """A round's list of people; None when none was handed in, or its day has come."""
        self._record.allow(person, Right.OFFICE, subject=plan.code)
        self.erase_personal({plan.code: plan}, today)
        if self._count(plan.code, year) is None:
            return None
        rows = self._database.fetch("list_members", plan=plan.code, year=year)
        return tuple(_member(*row) for row in rows)

    def erase_personal(self, plans: Mapping[str, Plan], today: date) -> list[str]:
        """Erase every list whose day has come, by its plan or, when that is gone, as the plan said; return the plans."""
        erased = []
        for code, year, kept_until, count in self._database.fetch("list_member_lists"):
            until = plans[code].erase_personal if code in plans else kept_until
            if until is None or until > today:
                continue
            with self._changing() as db:
                _delete(db, code, year)
                said = f"{_ERASED} {count}"
                subject = _about(plans[code], year, code) if code in plans else code
                self._record.write(db, PROGRAM, Act.PERSONAL, plan=code, subject=subject, after=said)
            erased.append(code)
        if erased:
            self._database.overwrite_freed()
        return list(dict.fromkeys(erased))

    def verify(self) -> list[Flaw]:
        """Judgements and receipts that are not as the record says, are not on record, or are gone."""
        return [
            *self._changed("judgement", Act.JUDGEMENT, [j.id for j in self.judgements()]),
            *self._changed("receipt", Act.RECEIPT, [r.id for r in self.receipts()]),
        ]

    def _refuse(self, plan: Plan, year: int, subject: str, person: Person, key: str, known: set[str]) -> None:
        self._record.allow(person, Right.OFFICE, subject=f"{subject} {key}")
        _refuse_year(plan, year)
        people = {row[0] for row in self._database.fetch("list_members", plan=plan.code, year=year)}
        if subject not in people | {room.code for room in plan.rooms}:
            raise UnknownSubjectError(subject)
        if key not in known:
            raise UnknownSubjectError(key)

    def _add(
        self, table: str, act: Act, plan: Plan, facts: Mapping[str, object], person: Person, about: str
    ) -> str:
        with self._changing() as db:
            ((newest,),) = db.execute(_NEWEST[table]).fetchall()
            mine = {"id": newest + 1, "plan": plan.code, "person": person.name}
            db.execute(sql(f"add_{table}"), {**facts, **mine, "kept_at": self._database.now()})
            subject, digest = f"{newest + 1} {about}", _digest(db, table, newest + 1)
            self._record.write(db, person, act, plan=plan.code, subject=subject, after=digest)
        return str(newest + 1)

    def _changed(self, table: Literal["judgement", "receipt"], act: Act, ids: Iterable[str]) -> list[Flaw]:
        noted = {
            int(subject.partition(" ")[0]): digest
            for subject, digest in self._database.fetch("list_noted_facts", act=act)
        }
        with self._database.cursor() as db:
            kept = {int(number): _digest(db, table, int(number)) for number in ids}
        return [Flaw(table, n) for n in sorted(noted.keys() | kept.keys()) if noted.get(n) != kept.get(n)]

    def _count(self, plan: str, year: int) -> int | None:
        """How many people a round's list has; None without a list."""
        counts = {(code, of): count for code, of, _, count in self._database.fetch("list_member_lists")}
        return counts.get((plan, year))


def _refuse_year(plan: Plan, year: int) -> None:
    if year not in {r.year for r in plan.rounds}:
        raise UnknownSubjectError(str(year))


def _about(plan: Plan, year: int, *parts: str) -> str:
    """What the record says something is about; of a plan with one round the year is left out."""
    return " ".join((*parts, str(year)) if len(plan.rounds) > 1 else parts)


_NEWEST = {
    "judgement": "select coalesce(max(id), 0) from judgement",
    "receipt": "select coalesce(max(id), 0) from receipt",
}
_ONE = {
    "judgement": "select * from judgement where id = $id",
    "receipt": "select * from receipt where id = $id",
}


def _digest(db: duckdb.DuckDBPyConnection, table: str, number: int) -> str:
    rows = db.execute(_ONE[table], {"id": number}).fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def _delete(db: duckdb.DuckDBPyConnection, plan: str, year: int) -> None:
    of = {"plan": plan, "year": year}
    db.execute("delete from member where plan = $plan and year = $year", of)
    db.execute("delete from member_list where plan = $plan and year = $year", of)


def _judgement(
    number: int,
    _: str,
    year: int,
    subject: str,
    criterion: str,
    fulfilled: bool | None,
    by: str,
    judged_on: date,
    note: str,
    person: str,
    kept_at: datetime,
) -> Judgement:
    return Judgement(year, subject, criterion, fulfilled, by, judged_on, note, str(number), person, kept_at)


def _receipt(
    number: int,
    _: str,
    year: int,
    subject: str,
    component: str,
    received_at: datetime | None,
    document: str,
    note: str,
    person: str,
    kept_at: datetime,
) -> Receipt:
    paper = _document(*json.loads(document))
    return Receipt(year, subject, component, received_at, paper, note, str(number), person, kept_at)


def _member_row(place: int, member: Member) -> dict[str, object]:
    return {
        "place": place,
        "code": member.code,
        "name": member.name,
        "room": member.room,
        "position": member.position,
        "rating": member.rating and member.rating.value,
        "discipline": member.discipline and member.discipline.value,
        "decision": _json(member.decision),
        "initiatives": _json(*member.initiatives),
        "tasks": _json(*member.tasks),
        "sheet": member.cell.sheet if member.cell else "",
        "address": member.cell.address if member.cell else "",
    }


def _member(
    code: str,
    name: str,
    room: str,
    position: str,
    rating: str | None,
    discipline: str | None,
    decision: str,
    initiatives: str,
    tasks: str,
    sheet: str,
    address: str,
) -> Member:
    return Member(
        code,
        name,
        room,
        position,
        None if rating is None else Rating(rating),
        None if discipline is None else Discipline(discipline),
        _document(*json.loads(decision)),
        tuple(Initiative(i["title"], _document(i["recognition"])) for i in json.loads(initiatives)),
        tuple(
            OwnTask(t["content"], date.fromisoformat(t["due"]), _day(t["done_on"])) for t in json.loads(tasks)
        ),
        Cell(sheet, address) if sheet else None,
    )


def _json(*records: Document | Initiative | OwnTask) -> str:
    return json.dumps([asdict(record) for record in records], ensure_ascii=False, default=str)


def _document(facts: dict[str, Any]) -> Document:
    return Document(facts["title"], facts["number"], _day(facts["signed_on"]), facts["issuer"])


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
