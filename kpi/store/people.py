"""Accounts, one-time links, sign-ins and sessions. What changes an account is on record in the same transaction."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import duckdb

from kpi import access
from kpi.model import (
    PROGRAM,
    Act,
    Grant,
    HoldsRealPeopleError,
    KpiError,
    LastAdminError,
    Link,
    Person,
    Right,
    Role,
    Session,
    StaleLinkError,
    TakenLoginError,
    TooManyAttemptsError,
    UnknownPersonError,
    WeakPasswordError,
    WrongPasswordError,
)
from kpi.store.database import Database, sql
from kpi.store.record import Flaw, Record

INVITATION, RESET = timedelta(days=7), timedelta(hours=24)
"""How long a one-time link is good; the set-up link as long as a reset."""
_FLUSH = timedelta(minutes=1)


@dataclass(slots=True)
class _Live:
    """A session as this process knows it."""

    id: str
    login: str
    started_at: datetime
    seen_at: datetime
    flushed_at: datetime


class People:
    """One process owns the file, so what it remembers of accounts and sessions is exact."""

    def __init__(self, database: Database, record: Record) -> None:
        self._database = database
        self._record = record
        self._accounts: dict[str, Person] | None = None
        self._live: dict[str, _Live] = {}
        self._flusher = ThreadPoolExecutor(1, "kpi-sessions")
        record.now_of = lambda person: self._known().get(person.login, person)

    def close(self) -> None:
        self._flusher.shutdown()

    def everybody(self) -> list[Person]:
        return [*self._known().values()]

    def get(self, login: str) -> Person:
        try:
            return self._known()[login]
        except KeyError as error:
            raise UnknownPersonError(login) from error

    def invite(self, person: Person, by: Person) -> str:
        """Make an account without a password; return the token of the link that sets one."""
        access.check_login(person.login)
        with self._changing(by, person.login) as db:
            self._refuse_taken(person)
            self._insert(db, replace(person, waiting=True), None)
            self._note(db, by, person.login, "", _facts(person))
            return self._new_link(db, person.login, INVITATION)

    def reset(self, login: str, by: Person) -> str:
        """Make the password void and lift all waiting; return the token of the link that sets a new one."""
        with self._changing(by, login) as db:
            found = self.get(login)
            self._set_password(db, login, None)
            self._forgive(db, login)
            self._end(db, login)
            self._note(db, by, login, _facts(found), _facts(replace(found, waiting=True)))
            return self._new_link(db, login, RESET)

    def change(self, person: Person, by: Person) -> None:
        """Give a person another name, e-mail address or grants; other grants end the sessions."""
        with self._changing(by, person.login) as db:
            old = self.get(person.login)
            new = replace(old, name=person.name, email=person.email, grants=person.grants)
            self._refuse_taken(new, new=False)
            self._keep_an_admin(old, new)
            self._save(db, new)
            if set(old.grants) != set(new.grants):
                self._end(db, new.login)
            self._note(db, by, new.login, _facts(old), _facts(new))

    def disable(self, login: str, by: Person) -> None:
        self._switch(login, by, disabled=True)

    def enable(self, login: str, by: Person) -> None:
        self._switch(login, by, disabled=False)

    def set_up(self) -> str | None:
        """The token of a link that makes the first administrator; None as soon as there is one."""
        if self._administrators():
            return None
        with self._database.change() as db:
            return self._new_link(db, "", RESET)

    def link(self, token: str) -> Link:
        return self._link(token)[1]

    def accept(
        self, token: str, password: str, *, login: str = "", name: str = "", office: bool = False
    ) -> Person:
        """Set the password a link is for, and use the link up; the first one makes the administrator."""
        found = self.link(token)
        person = _first(login, name, office=office) if found.first else self.get(found.login)
        access.check_login(person.login)
        access.check_password(password, person)
        hashed = access.hash_password(password)
        with self._database.change() as db:
            mark, again = self._link(token)
            if again.first:
                self._refuse_taken(person)
                self._insert(db, person, hashed)
            else:
                self._set_password(db, person.login, hashed)
            self._forgive(db, person.login)
            self._end(db, person.login)
            db.execute(
                "delete from link where fingerprint = $mark or login = $login",
                {"mark": mark, "login": again.login},
            )
            self._note(
                db,
                person,
                person.login,
                _facts(replace(person, waiting=True)),
                _facts(replace(person, waiting=False)),
            )
        return self.get(person.login)

    def demonstrate(self, people: Iterable[Person]) -> dict[str, str]:
        """Give each person a new password that may be shown to everybody; login -> password."""
        known = self.everybody()
        if known and not any(person.demonstration for person in known):
            raise HoldsRealPeopleError(self._database.path)
        shown = {}
        for person in people:
            shown[person.login] = "-".join(_syllable() for _ in range(4))
            hashed = access.hash_password(shown[person.login])
            with self._database.change() as db:
                if person.login in self._known():
                    self._save(db, replace(person, demonstration=True, disabled=False))
                    self._set_password(db, person.login, hashed)
                    self._end(db, person.login)
                else:
                    self._insert(db, replace(person, demonstration=True), hashed)
                self._forgive(db, person.login)
                self._note(db, PROGRAM, person.login, "", _facts(replace(person, demonstration=True)))
        return shown

    def sign_in(self, login: str, password: str, address: str) -> str:
        """Return the token of a new session. Slow on purpose, and as slow for a name nobody has."""
        login = login.strip().lower()
        self._try(login, address)
        hashed = self._password(login)
        if not access.matches(hashed, password):
            raise self._failed(login, address)
        better = access.hash_password(password) if hashed and access.outdated(hashed) else hashed
        with self._database.change() as db:
            if self._password(login) == hashed:  # else it was disabled, or changed, while this one was judged
                self._forgive(db, login)
                if better != hashed:
                    self._set_password(db, login, better)
                return self._begin(db, self.get(login), address)
        raise self._failed(login, address)

    def sign_in_by_email(self, email: str, address: str) -> str:
        """Return the token of a new session for whom an identity provider vouches."""
        same = [
            p
            for p in self.everybody()
            if p.email and p.email.lower() == email.strip().lower() and not p.disabled
        ]
        if len(same) != 1:
            self.fail_sign_in(address)
            raise WrongPasswordError
        with self._database.change() as db:
            return self._begin(db, same[0], address)

    def fail_sign_in(self, address: str) -> None:
        """Put on record that an identity provider's word was no good."""
        self._record.add("", Act.SIGN_IN_FAILED, after=address)

    def change_password(self, session: Session, old: str, new: str, address: str = "") -> str:
        """Set another password; every session of the person ends, and the token of a new one is returned."""
        person = self.get(session.login)
        self._try(person.login, address)
        if not access.matches(self._password(person.login), old):
            raise self._failed(person.login, address)
        with self._database.change() as db:
            self._forgive(db, person.login)
        if access.same(old, new):
            raise WeakPasswordError("same")
        access.check_password(new, person)
        hashed = access.hash_password(new)
        with self._database.change() as db:
            self._set_password(db, person.login, hashed)
            self._end(db, person.login)
            self._note(db, person, person.login, "password", _facts(person))
            return self._begin(db, person, address)

    def session(self, token: str) -> Session | None:
        """The session of a token, seen just now; None when it has ended."""
        if not access.is_token(token):
            return None
        mark, now = access.fingerprint(token), self._database.now()
        live = self._live.get(mark) or self._load(mark)
        if live is None:
            return None
        if now - live.seen_at >= access.IDLE or now - live.started_at >= access.ABSOLUTE:
            self._live.pop(mark, None)
            return None
        live.seen_at = now
        if now - live.flushed_at >= _FLUSH:
            live.flushed_at = now
            self._flusher.submit(self._flush, mark, now)
        return Session(live.id, live.login, live.started_at, now)

    def sign_out(self, token: str) -> None:
        mark = access.fingerprint(token)
        with self._database.change() as db:
            rows = db.execute(
                "select login from session where fingerprint = $mark", {"mark": mark}
            ).fetchall()
            db.execute("delete from session where fingerprint = $mark", {"mark": mark})
            self._live.pop(mark, None)
            for (login,) in rows:
                self._record.write(db, login, Act.SIGN_OUT)

    def end_all(self) -> None:
        """Nobody stays signed in, and no link stays good: of what comes from outside nothing is believed."""
        with self._database.change() as db:
            db.execute(sql("end_sign_ins"))
            self._live = {}

    def verify(self) -> list[Flaw]:
        """The accounts that are not as the record says they were left."""
        noted = {login: (facts, at) for login, facts, at in self._database.fetch("list_account_events")}
        now = {person.login: _facts(replace(person, waiting=False)) for person in self.everybody()}
        wrong = {
            login
            for login in noted.keys() | now.keys()
            if noted.get(login, ("", 0))[0].removesuffix("; waiting") != now.get(login)
        }
        return [Flaw("account", noted.get(login, ("", 0))[1]) for login in sorted(wrong)]

    def _known(self) -> dict[str, Person]:
        known = self._accounts
        if known is None:
            with self._database.writing():
                known = {row[0]: _person(row) for row in self._database.fetch("list_accounts")}
                self._accounts = known
        return known

    @contextmanager
    def _changing(self, by: Person, login: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction of somebody who may change accounts."""
        with self._database.writing():
            self._record.allow(by, Right.ADMIN, subject=login)
            with self._database.change() as db:
                yield db

    def _note(
        self, db: duckdb.DuckDBPyConnection, by: Person | str, login: str, before: str, after: str
    ) -> None:
        self._accounts = None
        self._record.write(db, by, Act.ACCOUNT, subject=login, before=before, after=after)

    def _insert(self, db: duckdb.DuckDBPyConnection, person: Person, hashed: str | None) -> None:
        db.execute(sql("add_account"), {**_row(person), "password": hashed})

    def _save(self, db: duckdb.DuckDBPyConnection, person: Person) -> None:
        db.execute(sql("change_account"), _row(person))

    def _switch(self, login: str, by: Person, *, disabled: bool) -> None:
        with self._changing(by, login) as db:
            old = self.get(login)
            new = replace(old, disabled=disabled)
            self._keep_an_admin(old, new)
            self._save(db, new)
            self._end(db, login)
            db.execute("delete from link where login = $login", {"login": login})
            self._note(db, by, login, _facts(old), _facts(new))

    def _refuse_taken(self, person: Person, *, new: bool = True) -> None:
        known = self._known()
        if new and person.login in known:
            raise TakenLoginError(person.login)
        others = {p.email.lower() for p in known.values() if p.email and p.login != person.login}
        if person.email.lower() in others:
            raise TakenLoginError(person.email)

    def _administrators(self) -> set[str]:
        return {p.login for p in self.everybody() if not p.waiting and access.may(p, Right.ADMIN)}

    def _keep_an_admin(self, old: Person, new: Person) -> None:
        if (
            access.may(old, Right.ADMIN)
            and not access.may(new, Right.ADMIN)
            and self._administrators() == {old.login}
        ):
            raise LastAdminError(old.login)

    def _new_link(self, db: duckdb.DuckDBPyConnection, login: str, good_for: timedelta) -> str:
        token = access.new_token()
        facts = {"mark": access.fingerprint(token), "login": login, "until": self._database.now() + good_for}
        db.execute("delete from link where login = $login", {"login": login})
        db.execute("insert into link values ($mark, $login, $until)", facts)
        return token

    def _link(self, token: str) -> tuple[str, Link]:
        mark = access.fingerprint(token)
        rows = self._database.fetch("find_link", mark=mark, now=self._database.now())
        if not rows:
            raise StaleLinkError
        ((login,),) = rows
        if not login:
            if self._administrators():
                raise StaleLinkError
            return mark, Link("", "", first=True)
        person = self.get(login)
        if person.disabled:
            raise StaleLinkError
        return mark, Link(login, person.name, first=False)

    def _set_password(self, db: duckdb.DuckDBPyConnection, login: str, hashed: str | None) -> None:
        db.execute(
            "update account set password = $hashed where login = $login", {"login": login, "hashed": hashed}
        )

    def _password(self, login: str) -> str | None:
        rows = self._database.fetch("find_password", login=login)
        return rows[0][0] if rows else None

    def _try(self, login: str, address: str) -> None:
        """Count an attempt as failed before it is judged, so that many at once gain nothing."""
        now, name = self._database.now(), _name_mark(login)
        asked = {"since": now - access.ADDRESS_WINDOW, "name": name, "address": address}
        with self._database.change() as db:
            rows = db.execute(sql("list_attempts"), asked).fetchall()
            account = access.wait_of_account((at for at, own, _, failed in rows if own and failed), now)
            machine = access.wait_of_address((at for at, _, here, _ in rows if here), now)
            if machine is None:
                counted = {
                    "now": now,
                    "name": "" if account else name,
                    "address": address,
                    "failed": not account,
                }
                db.execute("insert into attempt values ($now, $name, $address, $failed)", counted)
            until = max(filter(None, (account, machine)), default=None)
            if until is not None:
                self._note_wait(db, self._who(login), address)
        if until is not None:
            raise TooManyAttemptsError(until)

    def _note_wait(self, db: duckdb.DuckDBPyConnection, who: str, address: str) -> None:
        """Once for each wait: otherwise a stranger could fill the record."""
        asked = {"who": who, "address": address, "since": self._database.now() - access.WINDOW}
        if not db.execute(sql("find_noted_wait"), asked).fetchall():
            self._record.write(db, who, Act.SIGN_IN_LOCKED, after=address)

    def _failed(self, login: str, address: str) -> WrongPasswordError:
        self._record.add(self._who(login), Act.SIGN_IN_FAILED, after=address)
        return WrongPasswordError()

    def _who(self, login: str) -> str:
        """Only a name that exists goes on record: people type passwords into the wrong field."""
        return login if login in self._known() else ""

    def _forgive(self, db: duckdb.DuckDBPyConnection, login: str) -> None:
        db.execute("update attempt set failed = false where name = $name", {"name": _name_mark(login)})

    def _begin(self, db: duckdb.DuckDBPyConnection, person: Person, address: str) -> str:
        token, now = access.new_token(), self._database.now()
        db.execute("delete from session where started_at <= $past", {"past": now - access.ABSOLUTE})
        db.execute("delete from attempt where tried_at <= $past", {"past": now - access.ADDRESS_WINDOW})
        facts = {"mark": access.fingerprint(token), "id": uuid4().hex, "login": person.login, "now": now}
        db.execute("insert into session values ($mark, $id, $login, $now, $now)", facts)
        db.execute(
            "update account set last_sign_in = $now where login = $login", _without(facts, "mark", "id")
        )
        self._accounts = None
        self._record.write(db, person, Act.SIGN_IN, after=address)
        return token

    def _end(self, db: duckdb.DuckDBPyConnection, login: str) -> None:
        db.execute("delete from session where login = $login", {"login": login})
        self._live = {mark: session for mark, session in self._live.items() if session.login != login}

    def _load(self, mark: str) -> _Live | None:
        if not self._database.fetch("find_session", mark=mark):
            return None  # the many that are forged wait for nobody
        with self._database.writing():
            rows = self._database.fetch("find_session", mark=mark)
            for number, login, started_at, seen_at in rows:
                self._live[mark] = _Live(number, login, started_at, seen_at, flushed_at=seen_at)
            return self._live.get(mark)

    def _flush(self, mark: str, seen_at: datetime) -> None:
        with suppress(KpiError, duckdb.Error), self._database.change() as db:
            db.execute(
                "update session set seen_at = $seen where fingerprint = $mark",
                {"seen": seen_at, "mark": mark},
            )


def _first(login: str, name: str, *, office: bool) -> Person:
    roles = [Role.ADMIN, Role.OFFICE] if office else [Role.ADMIN]
    return Person(login.strip().lower(), " ".join(name.split()), grants=tuple(map(Grant, roles)))


def _person(row: tuple[Any, ...]) -> Person:
    login, name, email, waiting, grants, disabled, demonstration, last = row
    held = tuple(sorted(map(Grant.parse, grants.split())))
    return Person(login, name, email, held, disabled, waiting, demonstration, last)


def _row(person: Person) -> dict[str, object]:
    return {
        "login": person.login,
        "name": person.name,
        "email": person.email,
        "grants": _grants(person),
        "disabled": person.disabled,
        "demonstration": person.demonstration,
    }


def _grants(person: Person) -> str:
    return " ".join(map(str, sorted(person.grants)))


def _facts(person: Person) -> str:
    """An account in one line, for the record; nothing secret."""
    signs = ["disabled"] * person.disabled + ["waiting"] * person.waiting
    return "; ".join(filter(None, (person.name, person.email, _grants(person), *signs)))


def _name_mark(login: str) -> str:
    return hashlib.sha256(login.encode()).hexdigest()


def _syllable() -> str:
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(4))


def _without(facts: dict[str, object], *keys: str) -> dict[str, object]:
    return {key: value for key, value in facts.items() if key not in keys}
