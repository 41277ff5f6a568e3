"""Who may sign in, and as what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import click

from kpi import vi
from kpi.cli.home import IN_STORE, OPERATOR, Home, command_of, main, say, table
from kpi.model import Grant, Person, Role
from kpi.store.database import now
from kpi.store.people import INVITATION, RESET

_ROLES = click.option(
    "--role", "roles", multiple=True, required=True, metavar="ROLE[:CODE]", help=vi.COMMANDS["--role"]
)


@main.group(help=vi.COMMANDS["person"])
@IN_STORE
def person() -> None:
    pass


_command = command_of(person)


@_command
@click.argument("login")
@click.option("--name", required=True)
@click.option("--email", default="")
@_ROLES
def add(ctx: click.Context, login: str, name: str, email: str, roles: tuple[str, ...]) -> None:
    home = Home(ctx)
    new = Person(login, " ".join(name.split()), " ".join(email.split()), _grants(home, roles))
    if not new.name:
        raise click.BadParameter(repr(name), param_hint="--name")
    site = home.site
    with home.store() as store:
        token = store.people.invite(new, OPERATOR)
        _hand_over(ctx, new, f"{site}{vi.link_path(token)}", INVITATION)


@_command
def list_(ctx: click.Context) -> None:
    home = Home(ctx)
    found: list[Person] = []
    if home.path.exists():
        with home.store() as store:
            found = store.people.everybody()
    names = vi.bound_names(home.plans.values())
    lines = [_person_line(known, names) for known in found]
    click.echo(table(vi.ACCOUNT_HEADINGS, lines) if found else vi.NO_PEOPLE)
    say(ctx, [_person_json(known) for known in found])


@_command
@click.argument("login")
@_ROLES
def role(ctx: click.Context, login: str, roles: tuple[str, ...]) -> None:
    home = Home(ctx)
    grants = _grants(home, roles)
    with home.known(login) as store:
        store.people.change(replace(store.people.get(login), grants=grants), OPERATOR)
        _show_person(ctx, home, store.people.get(login))


@_command
@click.argument("login")
def disable(ctx: click.Context, login: str) -> None:
    home = Home(ctx)
    with home.known(login) as store:
        store.people.disable(login, OPERATOR)
        _show_person(ctx, home, store.people.get(login))


@_command
@click.argument("login")
def enable(ctx: click.Context, login: str) -> None:
    home = Home(ctx)
    with home.known(login) as store:
        store.people.enable(login, OPERATOR)
        _show_person(ctx, home, store.people.get(login))


@_command
@click.argument("login")
def reset(ctx: click.Context, login: str) -> None:
    home = Home(ctx)
    site = home.site
    with home.known(login) as store:
        token = store.people.reset(login, OPERATOR)
        _hand_over(ctx, store.people.get(login), f"{site}{vi.link_path(token)}", RESET)


def _grants(home: Home, roles: Iterable[str]) -> tuple[Grant, ...]:
    """The roles named, each bound to something that a plan knows."""
    names = vi.bound_names(home.plans.values())
    found = set()
    for text in roles:
        try:
            grant = Grant.parse(text)
        except ValueError as error:
            known = [f"{role}:…" if role.bound else str(role) for role in Role]
            raise click.BadParameter(vi.unknown("role", text, known), param_hint="--role") from error
        if grant.role.bound and grant.unit not in names[grant.role]:
            said = vi.unknown(grant.role.value, grant.unit, names[grant.role])
            raise click.BadParameter(said, param_hint="--role")
        found.add(grant)
    return tuple(sorted(found))


def _hand_over(ctx: click.Context, known: Person, link: str, good_for: timedelta) -> None:
    until = now() + good_for
    click.echo(vi.handover(known, link, until))
    say(ctx, {"login": known.login, "link": link, "until": f"{until.isoformat(timespec='seconds')}Z"})


def _show_person(ctx: click.Context, home: Home, known: Person) -> None:
    click.echo(vi.account_saved(known, vi.bound_names(home.plans.values())))
    say(ctx, _person_json(known))


def _person_json(known: Person) -> dict[str, Any]:
    last = known.last_sign_in
    return {
        "login": known.login,
        "name": known.name,
        "email": known.email,
        "roles": [str(grant) for grant in known.grants],
        "disabled": known.disabled,
        "waiting": known.waiting,
        "last_sign_in": last and f"{last.isoformat()}Z",
    }


def _person_line(known: Person, names: vi.Names) -> tuple[str, ...]:
    last = vi.moment(known.last_sign_in) if known.last_sign_in else ""
    roles = vi.grants(known.grants, names)
    return known.login, known.name, roles, known.email, last, vi.account_state(known)
