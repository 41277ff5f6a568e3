"""Accounts and the check of the record, from the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kpi import vi
from kpi.cli import main
from kpi.model import Grant, Person, Role, StaleLinkError, WrongPasswordError
from kpi.store import Store
from tests.filled import LAN

PHRASE = "bốn mùa trăng sáng bên hồ"
ADD = ("person", "add", "annv", "--name", "Nguyễn Văn An")


@pytest.fixture
def kpi(tmp_path, monkeypatch):
    """Run a command against a store of its own, not there yet."""
    monkeypatch.setenv("KPI_STORE", str(tmp_path / "kpi.duckdb"))
    monkeypatch.delenv("KPI_DATA", raising=False)
    monkeypatch.delenv("KPI_SETTINGS", raising=False)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def store(tmp_path):
    return lambda: Store(tmp_path / "kpi.duckdb")


def said(result: Result) -> Any:
    return json.loads(result.stdout.splitlines()[-1])


def token(result: Result) -> str:
    return str(said(result)["link"].rpartition("/")[2])


def test_a_person_is_added_and_comes_in_by_the_link(kpi, store):
    result = kpi(*ADD, "--email", "an@so.example", "--role", "reporter:061", "--role", "room:PBCVT", "--json")
    assert result.exit_code == 0, result.output
    assert said(result)["link"].startswith("/dang-nhap/moi/")
    until = datetime.fromisoformat(said(result)["until"].removesuffix("Z"))
    left = until - datetime.now(UTC).replace(tzinfo=None)
    assert timedelta(days=6, hours=23) < left < timedelta(days=7, minutes=1)
    assert vi.moment(until) in result.stdout
    with store() as opened:
        person = opened.people.accept(token(result), PHRASE)
        assert (person.name, person.email) == ("Nguyễn Văn An", "an@so.example")
        assert person.grants == (Grant(Role.REPORTER, "061"), Grant(Role.ROOM, "PBCVT"))
        newest = opened.record.events(LAN, person=Person.operator(vi.OPERATOR).signature)[0]
    assert (newest.subject, token(result) in str(newest)) == ("annv", False)


def test_the_link_begins_with_the_address_of_the_settings(kpi, tmp_path):
    (tmp_path / "settings.toml").write_text('[site]\nurl = "https://thidua.example"\n', "utf-8")
    link = said(kpi(*ADD, "--role", "viewer", "--json"))["link"]
    assert link.startswith("https://thidua.example/dang-nhap/moi/")


def test_settings_that_cannot_be_read_stop_before_there_is_an_account(kpi, store, tmp_path):
    (tmp_path / "settings.toml").write_text("[site]\nurl = 7\n", "utf-8")
    assert kpi(*ADD, "--role", "viewer").exit_code == 1
    with store() as opened:
        assert not opened.people.everybody()


def test_people_are_listed_with_exact_roles_and_times(kpi, store):
    kpi(*ADD, "--role", "viewer", "--role", "room:PBCVT", "--role", "viewer")
    with store() as opened:
        opened.people.accept(opened.people.reset("annv", LAN), PHRASE)
        opened.people.sign_in("annv", PHRASE, "10.0.0.1")
    result = kpi("person", "list", "--json")
    (found,) = said(result)
    last = found.pop("last_sign_in")
    assert datetime.fromisoformat(last).tzinfo is UTC
    assert last.endswith("Z")
    assert found == {
        "login": "annv",
        "name": "Nguyễn Văn An",
        "email": "",
        "roles": ["room:PBCVT", "viewer"],
        "disabled": False,
        "waiting": False,
    }
    assert "Lãnh đạo; Phòng phụ trách: Phòng Bưu chính – Viễn thông" in result.stdout


def test_roles_are_set_to_exactly_those_named(kpi, store):
    kpi(*ADD, "--role", "viewer", "--role", "reporter:061")
    result = kpi("person", "role", "annv", "--role", "office", "--json")
    assert result.exit_code == 0, result.output
    assert said(result)["roles"] == ["office"]
    with store() as opened:
        assert opened.people.get("annv").grants == (Grant(Role.OFFICE),)


def test_a_person_is_disabled_enabled_and_reset(kpi, store):
    first = token(kpi(*ADD, "--role", "viewer", "--json"))
    with store() as opened:
        opened.people.accept(first, PHRASE)
    assert said(kpi("person", "disable", "annv", "--json"))["disabled"] is True
    with store() as opened, pytest.raises(WrongPasswordError):
        opened.people.sign_in("annv", PHRASE, "10.0.0.1")
    assert said(kpi("person", "enable", "annv", "--json"))["disabled"] is False
    again = kpi("person", "reset", "annv", "--json")
    with store() as opened:
        with pytest.raises(WrongPasswordError):
            opened.people.sign_in("annv", PHRASE, "10.0.0.1")
        with pytest.raises(StaleLinkError):
            opened.people.link(first)
        assert opened.people.accept(token(again), PHRASE + "!").login == "annv"


@pytest.mark.parametrize("words", [("role", "--role", "viewer"), ("disable",), ("enable",), ("reset",)])
def test_an_unknown_person_is_refused_and_nothing_is_made(kpi, words, tmp_path):
    result = kpi("person", words[0], "nobody", *words[1:], "--json")
    assert result.exit_code == 1
    assert said(result) == {"reason": "unknown_person", "message": "Không có tài khoản “nobody”."}
    assert list(tmp_path.iterdir()) == []


def test_a_taken_or_impossible_login_is_refused(kpi):
    kpi(*ADD, "--role", "viewer")
    assert said(kpi(*ADD, "--role", "viewer", "--json"))["reason"] == "taken_login"
    bad = kpi("person", "add", "Nguyễn An", "--name", "An", "--role", "viewer", "--json")
    assert (bad.exit_code, said(bad)["reason"]) == (1, "bad_login")


def test_the_last_admin_stays(kpi, store):
    with store() as opened:
        link = opened.people.invite(Person("tu", "Vi Văn Tú", grants=(Grant(Role.ADMIN),)), LAN)
        opened.people.accept(link, PHRASE)
    for words in (("disable", "tu"), ("role", "tu", "--role", "viewer")):
        result = kpi("person", *words, "--json")
        assert (result.exit_code, said(result)["reason"]) == (1, "last_admin")


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ((*ADD, "--role", "boss"), "viewer"),
        ((*ADD, "--role", "office:061"), "reporter:"),
        ((*ADD, "--role", "reporter"), "reporter:"),
        ((*ADD, "--role", "reporter:nope"), "BDT"),
        ((*ADD, "--role", "room:061"), "PTTBCXB"),
        (ADD, "--role"),
        (("person", "add", "annv", "--name", " ", "--role", "viewer"), "--name"),
        (("person", "nope"), "nope"),
        (("verify", "--head", "1234"), "1234"),
        (("verify", "--head", "12-xyz"), "12-xyz"),
    ],
)
def test_wrong_usage_exits_with_2_and_names_what_is_known(kpi, words, known, tmp_path):
    result = kpi(*words)
    assert result.exit_code == 2
    assert known in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_nobody_in_a_store_that_is_not_there_and_it_is_not_made(kpi, tmp_path):
    result = kpi("person", "list", "--json")
    assert (result.exit_code, said(result)) == (0, [])
    assert "Chưa có tài khoản nào" in result.stdout
    empty = kpi("verify", "--json")
    assert (empty.exit_code, said(empty)) == (0, {"events": "0", "head": "0-", "flaws": []})
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_is_gone_does_not_answer_to_its_head(kpi, tmp_path):
    kpi(*ADD, "--role", "viewer")
    head = said(kpi("verify", "--json"))["head"]
    (tmp_path / "kpi.duckdb").unlink()
    result = kpi("verify", "--head", head, "--json")
    assert (result.exit_code, said(result)["flaws"]) == (1, [{"fault": "cut", "event": "1"}])


def test_a_sound_record_is_counted_and_holds_against_every_head_printed(kpi):
    kpi(*ADD, "--role", "viewer")
    first = said(kpi("verify", "--json"))
    kpi("person", "disable", "annv")
    result = kpi("verify", "--head", first["head"], "--head", "0-", "--json")
    assert result.exit_code == 0
    assert (said(result)["events"], said(result)["flaws"]) == ("2", [])
    assert said(result)["head"].startswith("2-")
    assert "Nhật ký nguyên vẹn: 2 việc" in result.stdout


def test_a_tampered_record_is_found_out_with_a_sentence_for_each_flaw(kpi, store):
    kpi(*ADD, "--role", "viewer")
    kpi("person", "disable", "annv")
    head = said(kpi("verify", "--json"))["head"]
    with store() as opened, opened.record._database.change() as db:
        db.execute("update event set became = '' where id = 1")
        db.execute("delete from event where id = 2")
    result = kpi("verify", "--head", head, "--json")
    assert result.exit_code == 1
    flaws = [
        {"fault": "edited", "event": "1"},
        {"fault": "cut", "event": "2"},
        {"fault": "account", "event": "1"},
    ]
    assert (said(result)["events"], said(result)["flaws"]) == ("1", flaws)
    assert "Việc số 1 đã bị sửa." in result.stdout
    assert "Mã chốt của việc số 2 không khớp" in result.stdout
