"""The record of who did what: complete, in the same transaction, and telling when it was tampered with."""

from __future__ import annotations

import dataclasses
import random
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest

from kpi.model import PROGRAM, Act, Event, NotAllowedError, Period, Right, Role
from kpi.store import Store
from kpi.store.record import check, digest, read_anchor
from tests.filled import LAN, PEOPLE, Q1, let_in

FIRST = datetime(2022, 4, 1, 1)  # noqa: DTZ001 - UTC without a zone, as the store has it


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "kpi.duckdb") as opened:
        yield opened


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    """Two hundred events of a real store."""
    moments = iter(FIRST + timedelta(seconds=n) for n in range(10_000))
    with Store(tmp_path_factory.mktemp("record") / "kpi.duckdb", clock=lambda: next(moments)) as store:
        let_in(store)
        for number in range(195):
            store.record.add(LAN, Act.EXPORT, subject=f"báo cáo {number}", after=str(number))
        return store.record._fetch()


def acts(store):
    return [event.act for event in reversed(store.record.events(LAN))]


def test_every_event_says_who_when_and_what_and_carries_the_hash_before(store, sender):
    kept = store.keep(sender.posts(Q1, 18), LAN)
    store.withdraw(kept.upload, LAN, "nhầm quý")
    withdrawal, keeping = store.record.events(LAN)
    assert (keeping.act, keeping.person, keeping.plan, keeping.unit) == (
        Act.UPLOAD_KEPT,
        LAN.signature,
        "bac-kan-2022",
        "BDT",
    )
    assert (keeping.quarter, keeping.subject, keeping.offset) == ("2022-Q1", kept.upload, "+07:00")
    assert keeping.after.startswith(kept.sha256)
    assert (withdrawal.act, withdrawal.before, withdrawal.after) == (Act.WITHDRAWAL, kept.sha256, "nhầm quý")
    assert withdrawal.previous == keeping.hash
    assert store.record.head() == f"2-{withdrawal.hash[:20]}"
    assert store.verify() == []


def test_what_is_rolled_back_leaves_no_event(store, sender, monkeypatch):
    monkeypatch.setattr(store.record, "write", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.keep(sender.posts(Q1, 18), LAN)
    monkeypatch.undo()
    assert store.uploads() == []
    assert store.record.events(LAN) == []


def test_a_refused_act_is_on_record_and_changes_nothing(store, sender):
    let_in(store)
    with pytest.raises(NotAllowedError):
        store.keep(sender.posts(Q1, 18), PEOPLE[Role.VIEWER])
    newest = store.record.events(LAN)[0]
    assert (newest.act, newest.person, newest.unit, newest.after) == (
        Act.REFUSED,
        "giam-doc",
        "BDT",
        Right.SUBMISSION,
    )
    assert store.uploads() == []


def test_checks_decisions_exports_and_plans_are_on_record(store, sender):
    draft = sender.posts(Q1, 18)
    store.note_check(draft, LAN)
    store.note_check(dataclasses.replace(draft, content=b"x", problems=(object(),)), LAN)
    kept = store.keep(draft, LAN)
    store.approve(kept.upload, LAN)
    store.approve(kept.upload, LAN)
    store.close_quarter("bac-kan-2022", Q1, LAN)
    period = Period.of(Q1)
    store.exports.keep(LAN, "bac-kan-2022", period, "csv", "bao-cao.csv", "{}", "", lambda _: b"1;2")
    store.plans.note({"bac-kan-2022": b"ab"})
    store.plans.note({"bac-kan-2022": b"ab"})
    store.plans.note({"bac-kan-2022": b"cd"})
    assert acts(store) == [
        Act.UPLOAD_CHECKED,
        Act.UPLOAD_REFUSED,
        Act.UPLOAD_KEPT,
        Act.APPROVAL,
        Act.CLOSE,
        Act.EXPORT,
        Act.PLAN,
        Act.PLAN,
    ]
    assert store.upload(kept.upload).approved_by == "Lan"


def test_only_the_office_and_administrators_read_the_record(store):
    let_in(store)
    for role, person in PEOPLE.items():
        if role in {Role.OFFICE, Role.ADMIN}:
            assert store.record.events(person)
        else:
            with pytest.raises(NotAllowedError):
                store.record.events(person)


def test_the_record_is_asked_by_person_unit_act_and_time(tmp_path, sender):
    clock = [FIRST]
    with Store(tmp_path / "kpi.duckdb", clock=lambda: clock[0]) as store:
        let_in(store)
        clock[0] += timedelta(days=1)
        store.keep(sender.posts(Q1, 18), PEOPLE[Role.OFFICE])
        assert len(store.record.events(LAN, until=clock[0])) == len(PEOPLE)
        (kept,) = store.record.events(LAN, since=clock[0])
        assert store.record.events(LAN, person="van-phong") == [kept]
        assert store.record.events(LAN, unit="BDT") == [kept]
        assert store.record.events(LAN, act=Act.UPLOAD_KEPT) == [kept]
        assert store.record.events(LAN, act=Act.EXPORT) == []


def tampered(events: list[Event], dice: random.Random) -> list[Event]:
    """The same events with one thing done to them that a person with the file could do."""
    found = list(events)
    at, other = dice.sample(range(len(found)), 2)
    event = found[at]
    match dice.choice(["edit", "delete", "swap", "insert", "cut"]):
        case "edit":
            field = dice.choice([f.name for f in dataclasses.fields(Event) if f.name != "id"])
            changed: Any = {
                "at": event.at + timedelta(seconds=1),
                "act": Act.RESTORE,
            }.get(field, f"{getattr(event, field)}x")
            found[at] = dataclasses.replace(event, **{field: changed})
        case "delete":
            del found[min(at, len(found) - 2)]
        case "swap":
            one, two = found[at], found[other]
            found[at] = dataclasses.replace(two, id=one.id)
            found[other] = dataclasses.replace(one, id=two.id)
        case "insert":
            new = dataclasses.replace(
                event, subject="chen vào", id=event.id + 1, previous=event.hash, hash=""
            )
            rest = [dataclasses.replace(e, id=e.id + 1) for e in found[at + 1 :]]
            found = [*found[: at + 1], dataclasses.replace(new, hash=digest(new)), *rest]
        case "cut":
            found = found[: at or 1]
    return found


def test_a_thousand_tamperings_are_found_a_thousand_times(chain):
    anchor = f"{chain[-1].id}-{chain[-1].hash[:20]}"
    assert check(chain, [anchor]) == []
    missed = []
    for seed in range(1000):
        forged = tampered(chain, random.Random(seed))  # noqa: S311 - repeatable on purpose
        assert forged != chain
        if not check(forged, [anchor]):
            missed.append(seed)
    assert missed == []


def test_a_record_written_anew_from_some_point_on_does_not_fit_what_was_printed(chain):
    anchor = f"{chain[150].id}-{chain[150].hash[:20]}"
    forged, previous = chain[:100], chain[99].hash
    for event in chain[101:]:
        new = dataclasses.replace(event, id=event.id - 1, previous=previous, hash="")
        new = dataclasses.replace(new, hash=digest(new))
        forged.append(new)
        previous = new.hash
    assert check(forged) == []
    assert [flaw.fault for flaw in check(forged, [anchor])] == ["cut"]


@pytest.mark.parametrize(
    "tampering",
    [
        "update event set became = 'khác' where id = 3",
        "update event set act = 'export' where id = 2",
        "delete from event where id = 2",
        "update event set utc_offset = '+00:00' where id = 1",
        "update reading set numerator = 19 where upload = 1",
        "delete from reading where upload = 1 and unit = '060'",
        "insert into upload select 2, plan, reporter, year, quarter, 'x', 'x', 'x', kept_at, false from upload",
        "delete from upload",
        "update upload set reporter = '061'",
        "update upload set sha256 = 'x'",
        "update reading set plan = 'x'",
        "insert into reading select * replace (9 as upload) from reading limit 1",
        "update account set grants = 'admin office' where login = 'ba-be'",
        "insert into account select * replace ('x' as login) from account limit 1",
        "delete from event",
        "insert into withdrawal values (1, 'x', 'x', '2022-04-01')",
        "insert into decision values (1, 'bac-kan-2022', 2022, 1, null, 'close', 'x', '2022-04-01')",
    ],
)
def test_what_was_changed_in_the_file_itself_is_found(tmp_path, sender, tampering):
    path = tmp_path / "kpi.duckdb"
    with Store(path) as store:
        let_in(store)
        store.keep(sender.posts(Q1, 18, 19), LAN)
        anchor = store.record.head()
        assert store.verify(anchor) == []
    with duckdb.connect(str(path)) as db:
        db.execute(tampering)
    with Store(path) as store:
        assert store.verify(anchor)


def test_what_an_older_program_kept_is_put_on_record_when_it_is_found(tmp_path, sender):
    path = tmp_path / "kpi.duckdb"
    with Store(path) as store:
        store.withdraw(store.keep(sender.posts(Q1, 18), LAN).upload, LAN, "nhầm")
        store.keep(sender.posts(Q1, 17), LAN)
    with duckdb.connect(str(path)) as db:
        for table in ("event", "decision", "attempt", "session", "link", "account"):
            db.execute(f"drop table {table}")
        db.execute("delete from schema_step where name = '002_door.sql'")
    for _ in range(2):
        with Store(path) as store:
            assert acts(store) == [Act.UPLOAD_KEPT, Act.WITHDRAWAL, Act.UPLOAD_KEPT]
            assert {event.person for event in store.record.events(LAN)} == {PROGRAM}
            assert store.verify() == []


@pytest.mark.parametrize(
    "text", ["", "12", "12-abc", "x-" + "a" * 20, "0-" + "a" * 20, "12-", "1-" + "g" * 20]
)
def test_a_head_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        read_anchor(text)


def test_the_head_of_an_empty_record_can_be_checked(store):
    assert store.verify(store.record.head()) == []
