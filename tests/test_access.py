"""Who may do what, and what a password is worth."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from kpi import access
from kpi.access import may
from kpi.model import BadLoginError, Grant, Person, Right, Role, WeakPasswordError

NOW = datetime(2022, 4, 1, 8)  # noqa: DTZ001 - UTC without a zone, as the store has it
LAN = Person("lan.nt", "Nguyễn Thị Lan", "nguyenlan@backan.gov.vn")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("matkhau1234", "short"),
        ("đủ dài rồi đó " * 10, "long"),
        ("matkhau12345", "common"),
        ("Mật khẩu@123456", "common"),
        ("password2024!", "common"),
        ("P@ssw0rd12345", "common"),
        ("Vietnam123456", "common"),
        ("bắc kạn 2022 2022", "common"),
        ("qazwsxedcrfv", "common"),
        ("aaaaaaaaaaaa", "simple"),
        ("abcabcabcabc", "simple"),
        ("123456789012", "simple"),
        ("0987654321098", "simple"),
        ("abcdefghijklmnop", "simple"),
        ("qwertyuiop[]123", "simple"),
        ("!!!!!!!!!!!!", "simple"),
        ("lan.nt20221234", "personal"),
        ("Nguyễn Thị Lan 1990", "personal"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password, reason):
    with pytest.raises(WeakPasswordError) as refused:
        access.check_password(password, LAN)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "password",
    [
        "tuần trước trời mưa",
        "ngan son 7 con trau",
        "xk39fmw77tqh",
        "correct horse battery",
        "x" * 3 + "trâu bò gà vịt",
    ],
)
def test_no_kind_of_letter_is_asked_for(password):
    access.check_password(password, LAN)


def test_a_password_matches_however_its_accents_were_typed():
    hashed = access.hash_password("tuần trước trời mưa")
    assert access.matches(hashed, "tuần trước trời mưa")
    assert access.matches(hashed, "tu\u1ea7n tr\u01b0\u01a1\u0301c tr\u01a1\u0300i m\u01b0a")
    assert not access.matches(hashed, "tuần trước trời nắng")
    assert not access.matches(None, "tuần trước trời mưa")
    assert hashed.startswith("$argon2id$")
    assert not access.outdated(hashed)


def test_a_token_has_256_bits_and_its_fingerprint_does_not_give_it_away():
    tokens = {access.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 43 for token in tokens)
    assert not tokens & {access.fingerprint(token) for token in tokens}


@pytest.mark.parametrize("login", ["a", "Lan", "lan nt", "lân", "1lan", "lan\n", "x" * 33, "lan:nt", ""])
def test_a_login_is_fit_for_a_header(login):
    with pytest.raises(BadLoginError):
        access.check_login(login)


def test_five_failures_within_a_quarter_of_an_hour_make_the_account_wait_as_long():
    minutes = [NOW + timedelta(minutes=m) for m in (0, 3, 6, 9, 14)]
    assert access.wait_of_account(minutes[:4], minutes[4]) is None
    assert access.wait_of_account(minutes, minutes[4]) == minutes[4] + timedelta(minutes=15)
    assert access.wait_of_account(minutes, NOW + timedelta(minutes=28)) == minutes[4] + timedelta(minutes=15)
    assert access.wait_of_account(minutes, NOW + timedelta(minutes=29)) is None
    slow = [NOW + timedelta(minutes=4 * m) for m in range(6)]
    assert access.wait_of_account(slow, slow[-1]) is None


def test_an_address_may_try_sixty_times_an_hour():
    tried = [NOW + timedelta(seconds=30 * n) for n in range(60)]
    assert access.wait_of_address(tried[:59], tried[59]) is None
    assert access.wait_of_address(tried, tried[59]) == NOW + timedelta(hours=1)
    assert access.wait_of_address(tried, NOW + timedelta(hours=1)) is None


def test_a_disabled_person_has_no_right_left():
    person = Person("x", "X", grants=tuple(Grant(role) for role in Role if not role.bound), disabled=True)
    assert not any(may(person, right) for right in Right)


def test_several_roles_add_up_each_for_its_own_units(plan):
    both = Person(
        "x", "X", grants=(Grant(Role.REPORTER, "061"), Grant(Role.REPORTER, "BDT"), Grant(Role.VIEWER))
    )
    allowed = {r.code for r in plan.reporters if may(both, Right.SUBMISSION, r.code, plan)}
    assert allowed == {"061", "BDT"}
    assert may(both, Right.ORIGINAL, "062", plan)


def test_a_room_acts_for_whoever_reports_one_of_its_indicators(plan):
    person = Person("x", "X", grants=(Grant(Role.ROOM, "PTTBCXB"),))
    allowed = {r.code for r in plan.reporters if may(person, Right.SUBMISSION, r.code, plan)}
    assert allowed == {r.code for r in plan.reporters if {d.indicator for d in r.duties} & {"1", "2", "3"}}
    assert "BDT" not in allowed
    assert not may(person, Right.SUBMISSION, "061", None)


@pytest.mark.parametrize("text", ["reporter", "office:061", "king", "", "room:"])
def test_a_role_is_bound_exactly_when_it_must_be(text):
    with pytest.raises(ValueError, match=r".*"):
        Grant.parse(text)
