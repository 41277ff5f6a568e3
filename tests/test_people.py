"""Accounts, links, sign-ins and sessions, with a clock of the test's own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import duckdb
import pytest
from argon2 import PasswordHasher

from kpi import access
from kpi.model import (
    Act,
    BadLoginError,
    Grant,
    HoldsRealPeopleError,
    LastAdminError,
    NotAllowedError,
    Person,
    Right,
    Role,
    StaleLinkError,
    TakenLoginError,
    TooManyAttemptsError,
    UnknownPersonError,
    WeakPasswordError,
    WrongPasswordError,
)
from kpi.store import Store
from tests.filled import LAN, PEOPLE

HERE, THERE = "10.0.0.7", "10.0.0.8"
WORDS, OTHER = "tuần trước trời mưa", "con trâu đi trước"


class Clock:
    """Tells the time it was given."""

    def __init__(self) -> None:
        self.now = datetime(2022, 4, 1, 1)  # noqa: DTZ001 - UTC without a zone, as the store has it

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture(autouse=True)
def light_passwords(monkeypatch):
    """The same algorithm with little work, since these tests hash some hundred times."""
    monkeypatch.setattr(access, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    access._decoy.cache_clear()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    with Store(tmp_path / "kpi.duckdb", clock) as opened:
        yield opened


@pytest.fixture
def people(store):
    return store.people


@pytest.fixture
def admin(people):
    """The first administrator, as the link on the console makes one."""
    return people.accept(people.set_up() or "", WORDS, login="quan-tri", name="Vi Văn Tú")


@pytest.fixture
def lan(people, admin):
    """Somebody with a password and one role."""
    person = Person("lan", "Nguyễn Thị Lan", "lan@so.vn", (Grant(Role.REPORTER, "061"),))
    return people.accept(people.invite(person, admin), WORDS)


def noted(store, act):
    return [event for event in store.record.events(LAN) if event.act is act]


def test_there_is_no_account_until_the_set_up_link_is_used(people):
    assert people.everybody() == []
    token = people.set_up()
    assert people.link(token).first
    made = people.accept(token, WORDS, login=" Quan-Tri ", name="Vi  Văn Tú", office=True)
    assert (made.login, made.name, made.grants) == (
        "quan-tri",
        "Vi Văn Tú",
        (Grant(Role.ADMIN), Grant(Role.OFFICE)),
    )
    assert people.set_up() is None
    assert people.session(people.sign_in("quan-tri", WORDS, HERE)).login == "quan-tri"


def test_the_set_up_link_works_once_for_a_day_and_only_the_newest(people, clock):
    first, second = people.set_up(), people.set_up()
    with pytest.raises(StaleLinkError):
        people.accept(first, WORDS, login="quan-tri", name="Tú")
    clock.wait(hours=24)
    with pytest.raises(StaleLinkError):
        people.link(second)
    third = people.set_up()
    people.accept(third, WORDS, login="quan-tri", name="Tú")
    with pytest.raises(StaleLinkError):
        people.accept(third, WORDS, login="ke-gian", name="Kẻ gian")


def test_a_refused_password_or_login_does_not_use_the_link_up(people):
    token = people.set_up()
    with pytest.raises(WeakPasswordError):
        people.accept(token, "ngắn", login="quan-tri", name="Tú")
    with pytest.raises(BadLoginError):
        people.accept(token, WORDS, login="quản trị", name="Tú")
    assert people.accept(token, WORDS, login="quan-tri", name="Tú").login == "quan-tri"


def test_an_invited_person_chooses_the_password_and_nobody_else_learns_it(store, people, admin, tmp_path):
    person = Person("hoa", "Nông Thị Hoa", "hoa@so.vn", (Grant(Role.REPORTER, "061"),))
    token = people.invite(person, admin)
    assert people.get("hoa").waiting
    assert people.link(token).name == "Nông Thị Hoa"
    with pytest.raises(WrongPasswordError):
        people.sign_in("hoa", WORDS, HERE)
    people.accept(token, WORDS)
    assert not people.get("hoa").waiting
    people.sign_in("hoa", WORDS, HERE)
    store.close()
    held = b"".join(path.read_bytes() for path in tmp_path.glob("kpi.duckdb*"))
    for secret in (WORDS, token, "tuần"):
        assert secret.encode() not in held


def test_an_invitation_is_good_for_seven_days(people, admin, clock):
    token = people.invite(PEOPLE[Role.VIEWER], admin)
    clock.wait(days=7)
    with pytest.raises(StaleLinkError):
        people.link(token)


def test_a_login_and_an_address_belong_to_one_person(people, admin, lan):
    with pytest.raises(TakenLoginError):
        people.invite(Person("lan", "Lan khác"), admin)
    with pytest.raises(TakenLoginError):
        people.invite(Person("lan2", "Lan khác", "LAN@so.vn"), admin)
    with pytest.raises(TakenLoginError):
        people.change(replace(admin, email="lan@SO.vn"), admin)
    with pytest.raises(BadLoginError):
        people.invite(Person("Lân", "Lân"), admin)
    people.change(lan, admin)


def test_a_session_is_new_at_every_sign_in_and_lasts_over_a_restart(tmp_path, clock):
    with Store(tmp_path / "kpi.duckdb", clock) as store:
        store.people.accept(store.people.set_up() or "", WORDS, login="lan", name="Lan")
        one, two = (store.people.sign_in("lan", WORDS, HERE) for _ in range(2))
        assert one != two
        assert len({held.id for held in map(store.people.session, (one, two)) if held}) == 2
    with Store(tmp_path / "kpi.duckdb", clock) as store:
        assert getattr(store.people.session(one), "login", "") == "lan"
        assert store.people.get("lan").last_sign_in == clock.now


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "'; drop table session; --"])
def test_a_forged_token_is_no_session(people, lan, token):
    assert people.session(token) is None


def test_half_an_hour_without_a_sign_of_life_ends_a_session(people, lan, clock):
    token = people.sign_in("lan", WORDS, HERE)
    for _ in range(5):
        clock.wait(minutes=29)
        assert people.session(token)
    clock.wait(minutes=30)
    assert people.session(token) is None
    clock.wait(minutes=-5)
    assert people.session(token) is None


def test_ten_hours_end_a_session_however_busy(people, lan, clock):
    token = people.sign_in("lan", WORDS, HERE)
    for _ in range(39):
        clock.wait(minutes=15)
        assert people.session(token)
    clock.wait(minutes=15)
    assert people.session(token) is None


def test_a_sign_of_life_outlives_a_restart(tmp_path, clock):
    with Store(tmp_path / "kpi.duckdb", clock) as store:
        store.people.accept(store.people.set_up() or "", WORDS, login="lan", name="Lan")
        token = store.people.sign_in("lan", WORDS, HERE)
        clock.wait(minutes=20)
        assert store.people.session(token)
    clock.wait(minutes=20)
    with Store(tmp_path / "kpi.duckdb", clock) as store:
        assert store.people.session(token)


def test_signing_out_ends_that_session_alone(store, people, lan):
    one, two = (people.sign_in("lan", WORDS, HERE) for _ in range(2))
    people.sign_out(one)
    people.sign_out("never was")
    assert people.session(one) is None
    assert people.session(two)
    assert [event.person for event in noted(store, Act.SIGN_OUT)] == ["lan"]


@pytest.mark.parametrize(
    "act",
    [
        lambda people, admin, lan: people.change(replace(lan, grants=(Grant(Role.VIEWER),)), admin),
        lambda people, admin, lan: people.disable("lan", admin),
        lambda people, admin, lan: people.reset("lan", admin),
    ],
    ids=["role", "disable", "reset"],
)
def test_what_changes_an_account_ends_its_sessions_everywhere(people, admin, lan, act):
    token = people.sign_in("lan", WORDS, HERE)
    own = people.sign_in("quan-tri", WORDS, HERE)
    act(people, admin, lan)
    assert people.session(token) is None
    assert people.session(own)


def test_another_name_leaves_the_sessions_alone(people, admin, lan):
    token = people.sign_in("lan", WORDS, HERE)
    people.change(replace(lan, name="Nguyễn Thị Ngọc Lan"), admin)
    assert people.session(token)
    assert people.get("lan").name == "Nguyễn Thị Ngọc Lan"


def test_another_password_ends_every_session_and_begins_a_new_one(people, lan):
    here, there = (people.session(people.sign_in("lan", WORDS, at)) for at in (HERE, THERE))
    tokens = [people.sign_in("lan", WORDS, HERE) for _ in range(2)]
    mine = people.session(tokens[0])
    with pytest.raises(WrongPasswordError):
        people.change_password(mine, OTHER, OTHER)
    with pytest.raises(WeakPasswordError):
        people.change_password(mine, WORDS, WORDS)
    with pytest.raises(WeakPasswordError):
        people.change_password(mine, WORDS, "matkhau12345")
    new = people.change_password(mine, WORDS, OTHER)
    assert people.session(new).login == "lan"
    assert [people.session(token) for token in tokens] == [None, None]
    assert here.id != there.id
    with pytest.raises(WrongPasswordError):
        people.sign_in("lan", WORDS, HERE)
    people.sign_in("lan", OTHER, HERE)


def test_a_disabled_account_signs_in_like_one_that_never_was(people, admin, lan):
    people.disable("lan", admin)
    for login in ("lan", "nobody"):
        with pytest.raises(WrongPasswordError):
            people.sign_in(login, WORDS, HERE)
    people.enable("lan", admin)
    people.sign_in("LAN ", WORDS, HERE)


def test_somebody_can_always_administer(people, admin, lan):
    for act in (
        lambda: people.disable("quan-tri", admin),
        lambda: people.change(replace(admin, grants=(Grant(Role.OFFICE),)), admin),
    ):
        with pytest.raises(LastAdminError):
            act()
    people.change(replace(lan, grants=(Grant(Role.ADMIN),)), admin)
    people.disable("quan-tri", admin)
    assert people.set_up() is None
    with pytest.raises(LastAdminError):
        people.disable("lan", people.get("lan"))


def test_five_wrong_passwords_make_known_and_unknown_names_wait_alike(store, people, lan, clock):
    said = {}
    for login in ("lan", "nobody"):
        for _ in range(5):
            with pytest.raises(WrongPasswordError):
                people.sign_in(login, OTHER, HERE)
        with pytest.raises(TooManyAttemptsError) as waits:
            people.sign_in(login, WORDS, HERE)
        said[login] = waits.value.until
    assert said["lan"] == said["nobody"] == clock.now + timedelta(minutes=15)
    assert [e.person for e in noted(store, Act.SIGN_IN_LOCKED)] == ["", "lan"]
    assert "nobody" not in "".join(f"{e}" for e in store.record.events(LAN))


def test_waiting_is_not_prolonged_by_trying_and_ends(people, lan, clock):
    for _ in range(5):
        with pytest.raises(WrongPasswordError):
            people.sign_in("lan", OTHER, HERE)
    for _ in range(10):
        clock.wait(minutes=1)
        with pytest.raises(TooManyAttemptsError):
            people.sign_in("lan", WORDS, THERE)
    clock.wait(minutes=5)
    assert people.session(people.sign_in("lan", WORDS, HERE))


def test_a_success_forgives_the_failures_before_it(people, lan):
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(WrongPasswordError):
                people.sign_in("lan", OTHER, HERE)
        people.sign_in("lan", WORDS, HERE)


def test_a_new_link_lifts_the_waiting_so_that_nobody_is_locked_out_for_good(people, admin, lan):
    for _ in range(5):
        with pytest.raises(WrongPasswordError):
            people.sign_in("lan", OTHER, HERE)
    people.accept(people.reset("lan", admin), OTHER)
    assert people.session(people.sign_in("lan", OTHER, HERE))


def test_sixty_attempts_an_hour_from_one_address_are_enough(people, lan, clock):
    for number in range(60):
        with pytest.raises((WrongPasswordError, TooManyAttemptsError)):
            people.sign_in(f"nobody-{number % 20}", OTHER, HERE)
    with pytest.raises(TooManyAttemptsError) as waits:
        people.sign_in("lan", WORDS, HERE)
    assert waits.value.until == clock.now + timedelta(hours=1)
    people.sign_in("lan", WORDS, THERE)
    clock.wait(hours=1)
    people.sign_in("lan", WORDS, HERE)


def test_many_guesses_at_once_are_no_more_than_five(people, lan):
    def guess(_):
        try:
            people.sign_in("lan", OTHER, HERE)
        except (WrongPasswordError, TooManyAttemptsError) as error:
            return type(error)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(20)))
    assert answers.count(WrongPasswordError) == 5


def test_guessing_the_old_password_of_a_stolen_session_waits_too(people, lan):
    session = people.session(people.sign_in("lan", WORDS, HERE))
    for weak in ("ngắn", "matkhau12345", WORDS) * 3:  # the right old one is no guess
        with pytest.raises(WeakPasswordError):
            people.change_password(session, WORDS, weak)
    for _ in range(5):
        with pytest.raises(WrongPasswordError):
            people.change_password(session, "sai rồi sai nữa", OTHER)
    with pytest.raises(TooManyAttemptsError):
        people.change_password(session, WORDS, OTHER)


def test_a_hash_of_weaker_times_is_made_anew_at_sign_in(people, lan, tmp_path, store, monkeypatch):
    old = people._password("lan")
    monkeypatch.setattr(access, "_HASHER", PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
    people.sign_in("lan", WORDS, HERE)
    new = people._password("lan")
    assert access.outdated(old)
    assert not access.outdated(new)
    people.sign_in("lan", WORDS, HERE)
    assert people._password("lan") == new


def test_an_identity_provider_signs_in_whom_the_address_names(store, people, admin, lan):
    assert people.session(people.sign_in_by_email("Lan@SO.vn", HERE)).login == "lan"
    for address in ("hoa@so.vn", ""):
        with pytest.raises(WrongPasswordError):
            people.sign_in_by_email(address, HERE)
    people.disable("lan", admin)
    with pytest.raises(WrongPasswordError):
        people.sign_in_by_email("lan@so.vn", HERE)
    assert len(noted(store, Act.SIGN_IN_FAILED)) == 3


def test_every_change_of_an_account_is_on_record_with_what_was_before(store, people, admin, lan):
    people.change(replace(lan, grants=(Grant(Role.OFFICE), Grant(Role.ROOM, "PBCVT"))), admin)
    event = noted(store, Act.ACCOUNT)[0]
    assert (event.person, event.subject) == ("quan-tri", "lan")
    assert event.before == "Nguyễn Thị Lan; lan@so.vn; reporter:061"
    assert event.after == "Nguyễn Thị Lan; lan@so.vn; office room:PBCVT"
    assert noted(store, Act.SIGN_IN) == []
    people.sign_in("lan", WORDS, HERE)
    assert [(e.person, e.after) for e in noted(store, Act.SIGN_IN)] == [("lan", HERE)]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_an_administrator_changes_accounts(people, admin, lan, role):
    other = PEOPLE[role]
    for act in (
        lambda: people.invite(Person("moi", "Mới"), other),
        lambda: people.reset("lan", other),
        lambda: people.change(lan, other),
        lambda: people.disable("lan", other),
        lambda: people.enable("lan", other),
    ):
        with pytest.raises(NotAllowedError) as refused:
            act()
        assert refused.value.right is Right.ADMIN


def test_a_person_nobody_knows_is_refused(people, admin):
    for act in (
        people.get,
        lambda login: people.reset(login, admin),
        lambda login: people.disable(login, admin),
    ):
        with pytest.raises(UnknownPersonError):
            act("nobody")


def test_the_demonstration_shows_new_passwords_and_never_in_a_store_of_real_people(tmp_path, people):
    shown = people.demonstrate(PEOPLE.values())
    assert set(shown) == {person.login for person in PEOPLE.values()}
    again = people.demonstrate(PEOPLE.values())
    assert not set(shown.values()) & set(again.values())
    for login, password in again.items():
        assert people.session(people.sign_in(login, password, HERE)).login == login
        assert len(password) >= access.SHORTEST
    with Store(tmp_path / "real" / "kpi.duckdb") as real:
        real.people.accept(real.people.set_up() or "", WORDS, login="quan-tri", name="Tú")
        with pytest.raises(HoldsRealPeopleError):
            real.people.demonstrate(PEOPLE.values())


def test_accounts_written_by_hand_into_the_file_keep_their_hash_unread(tmp_path, clock):
    """A hash that is none is a wrong password, not a crash."""
    path = tmp_path / "kpi.duckdb"
    with Store(path, clock) as store:
        store.people.accept(store.people.set_up() or "", WORDS, login="lan", name="Lan")
    with duckdb.connect(str(path)) as db:
        db.execute("update account set password = 'x'")
    with Store(path, clock) as store, pytest.raises(WrongPasswordError):
        store.people.sign_in("lan", WORDS, HERE)


def test_what_is_put_back_from_outside_leaves_nobody_signed_in_and_no_link_good(people, admin, lan):
    token, link = people.sign_in("lan", WORDS, HERE), people.reset("quan-tri", LAN)
    people.end_all()
    assert people.session(token) is None
    with pytest.raises(StaleLinkError):
        people.link(link)
