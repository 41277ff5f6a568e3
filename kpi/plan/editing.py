"""Changes to the text of a plan: what is not changed stays as it was written, to the byte.

Each takes a text and gives a text, and judges nothing: `kpi.plan.loads` says whether the result is a plan.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import tomlkit
from tomlkit.exceptions import TOMLKitError

from kpi.model import UneditablePlanError
from kpi.vi import plans as words

_MARK = "\ufeff"
"""What Notepad puts at the start of a file."""
_HEADER = re.compile(r"\[\[?\s*([A-Za-z_]+)(\.[A-Za-z_.]+)?\s*\]\]?\s*(?:#.*)?$")
_KEYS = {"indicator": "number", "task": "key", "criterion": "key"}
_DAYS = ("start", "end", "dossier_before", "erase_personal")
_OF_LAST_YEAR = ("done_on", "result", "started", "dropped")
Table = Literal["indicator", "task", "criterion"]


def change_target(text: str, number: str, value: Decimal) -> str:
    """The floor of an indicator; of a ranking, the places to climb."""

    def change(found: Any) -> None:  # noqa: ANN401 - tomlkit's tables have no common type
        key = "rise_at_least" if "rise_at_least" in found["target"] else "at_least"
        _put(found["target"], key, _digits(value))

    if "target" not in _plain(text, "indicator", number):
        return _insert(text, "indicator", number, f"target = {{ at_least = {_digits(value)} }}")
    return _change(text, "indicator", number, change)


def change_owner(text: str, table: Table, key: str, room: str | None) -> str:
    """The room that answers for an indicator or a task; None takes it away."""
    return _set(text, table, key, "room", None if room is None else _quoted(room))


def change_milestones(text: str, number: str, values: Mapping[int, Decimal]) -> str:
    """What an indicator should reach by quarter; without any, nothing is asked for before the end."""
    if _plain(text, "indicator", number).get("milestones", {}) == {f"q{q}": v for q, v in values.items()}:
        return text
    inner = ", ".join(f"q{quarter} = {_digits(values[quarter])}" for quarter in sorted(values))
    return _set(text, "indicator", number, "milestones", f"{{ {inner} }}" if inner else None)


def change_dates(text: str, key: str, start: date, due: date) -> str:
    text = _set(text, "task", key, "start", start.isoformat())
    return _set(text, "task", key, "due", due.isoformat())


def change_blocking(text: str, key: str, blocking: bool) -> str:
    """Whether nobody is proposed who does not fulfil a criterion."""
    if _plain(text, "criterion", key).get("blocking", True) is blocking:
        return text
    return _set(text, "criterion", key, "blocking", str(blocking).lower())


def add_task(
    text: str,
    content: str,
    start: date,
    due: date,
    *,
    assignee: str,
    room: str | None = None,
    output: str = "",
) -> tuple[str, str]:
    """A task that arose after the plan was issued, as the last one; the new text, and the key it was given."""
    taken = {task["key"] for task in _raw(text).get("task", [])}
    key = next(k for n in range(1, len(taken) + 2) if (k := f"PS{n}") not in taken)
    lines = ["[[task]]", f'key = "{key}"', f"content = {_quoted(content)}", f"assignee = {_quoted(assignee)}"]
    lines += [f"room = {_quoted(room)}"] if room else []
    lines += [f"start = {start.isoformat()}", f"due = {due.isoformat()}"]
    lines += [f"output = {_quoted(output)}"] if output else []
    blocks = _blocks(text, "task")
    at = blocks[-1][1] if blocks else len(text.splitlines())
    return _with_lines(text, at, ["", *lines, "arising = true"]), key


def copy(text: str, code: str, year: int, baselines: Mapping[str, Decimal] | None = None) -> str:
    """The plan of a later time, its last year given: days, code and title move on; what was done in this one is left out.

    `baselines`: number of an indicator -> what it had reached when this plan ended.
    """
    raw = _raw(text)
    later, years = year - raw["end"].year, range(raw["start"].year, raw["end"].year + 1)
    for task, (first, last) in [*zip(raw.get("task", []), _blocks(text, "task"), strict=True)][::-1]:
        if task.get("arising"):
            text = _without_lines(text, first, last)
    document = _parse(text)
    for key in _DAYS:
        if key in document:
            document[key] = _later(document[key], later)
    for key, value in {
        "code": code,
        "title": words.in_years(raw["title"], years, later),
        "number": words.number_to_fill(raw["number"]),
        "issued": words.issued_to_fill(raw["start"].year + later),
    }.items():
        _put(document, key, _quoted(value))
    for task in document.get("task", []):
        for key in ("start", "due"):
            task[key] = _later(task[key], later)
        _drop(task, *_OF_LAST_YEAR)
    for indicator in document["indicator"]:
        _drop(indicator, "baseline")
    text = _written(text, document)
    for number, reached in (baselines or {}).items():
        text = _insert(text, "indicator", number, f"baseline = {_digits(reached)}")
    return _with_assumption(text, words.copied_from(raw["code"]))


def _with_assumption(text: str, said: str) -> str:
    document = _parse(text)
    if "assumptions" in document:
        document["assumptions"].append(said)
        return _written(text, document)
    first = next((n for n, line in enumerate(text.splitlines()) if _HEADER.match(line)), 0)
    return _with_lines(text, _body_end(text, 0, first), [f"assumptions = [{_quoted(said)}]"])


def _set(text: str, table: Table, key: str, name: str, value: str | None) -> str:
    """One value of a table, written as TOML; a new one stands last, None takes it away."""
    there = name in _plain(text, table, key)
    if value is None:
        return _change(text, table, key, lambda found: found.pop(name)) if there else text
    if not there:
        return _insert(text, table, key, f"{name} = {value}")
    return _change(text, table, key, lambda found: _put(found, name, value))


def _change(text: str, table: Table, key: str, change: Callable[[Any], object]) -> str:
    document = _parse(text)
    change(next(found for found in document[table] if found[_KEYS[table]] == key))
    return _written(text, document)


def _put(table: Any, key: str, value: str) -> None:  # noqa: ANN401 - tomlkit's tables have no common type
    """A value as it is written in TOML; the same value is not written again."""
    new = tomlkit.parse(f"{key} = {value}")[key]
    if table[key] != new:
        table[key] = new


def _drop(table: Any, *keys: str) -> None:  # noqa: ANN401 - tomlkit's tables have no common type
    for key in keys:
        if key in table:
            table.pop(key)


def _insert(text: str, table: Table, key: str, line: str) -> str:
    """A new line at the end of a table, ahead of whatever remark belongs to what comes next."""
    place = [found[_KEYS[table]] for found in _raw(text)[table]].index(key)
    first, last = _blocks(text, table)[place]
    lines = text.splitlines()
    inner = next((n for n in range(first + 1, last) if _HEADER.match(lines[n])), last)
    return _with_lines(text, _body_end(text, first, inner), [line])


def _blocks(text: str, table: Table) -> list[tuple[int, int]]:
    """Of each table of that name: its first line, and the line after its last; tables within it belong to it."""
    found = list(_blocks_of(text, table))
    if len(found) != len(_raw(text).get(table, [])):
        raise UneditablePlanError
    return found


def _blocks_of(text: str, table: Table) -> Iterator[tuple[int, int]]:
    lines = text.splitlines()
    heads = [(n, found) for n, line in enumerate(lines) if (found := _HEADER.match(line.strip(_MARK)))]
    own = [n for n, found in heads if found[1] == table and not found[2]]
    for first in own:
        after = (n for n, found in heads if n > first and (found[1] != table or not found[2]))
        yield first, _body_end(text, first, next(after, len(lines)))


def _body_end(text: str, first: int, after: int) -> int:
    """The line after the last that says something, or remarks on it without a gap."""
    lines = text.splitlines()
    said = [n for n in range(first, after) if lines[n].strip() and not lines[n].lstrip().startswith("#")]
    end = said[-1] + 1 if said else first
    while (
        end < after
        and lines[end].lstrip().startswith("#")
        and any(not lines[n].strip() for n in range(end, after))
    ):
        end += 1
    return end


def _with_lines(text: str, at: int, new: list[str]) -> str:
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if at and lines and not lines[at - 1].endswith("\n"):
        lines[at - 1] += ending
    return "".join([*lines[:at], *(line + ending for line in new), *lines[at:]])


def _without_lines(text: str, first: int, last: int) -> str:
    """With the remarks just above, and one of the gaps around."""
    lines = text.splitlines(keepends=True)
    while first and lines[first - 1].startswith("#"):
        first -= 1
    if first and not lines[first - 1].strip():
        first -= 1
    return "".join([*lines[:first], *lines[last:]])


def _plain(text: str, table: Table, key: str) -> dict[str, Any]:
    """A table as it is read, without its form."""
    found: dict[str, Any] = next(t for t in _raw(text)[table] if t[_KEYS[table]] == key)
    return found


def _raw(text: str) -> dict[str, Any]:
    return tomllib.loads(text.removeprefix(_MARK), parse_float=Decimal)


def _parse(text: str) -> tomlkit.TOMLDocument:
    """Raise UneditablePlanError for what would not come out as it went in."""
    body = text.removeprefix(_MARK)
    try:
        document = tomlkit.parse(body)
    except TOMLKitError as error:
        raise UneditablePlanError from error
    if document.as_string() != body:
        raise UneditablePlanError
    return document


def _written(text: str, document: tomlkit.TOMLDocument) -> str:
    return (_MARK if text.startswith(_MARK) else "") + document.as_string()


def _digits(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _quoted(text: str) -> str:
    return tomlkit.item(text).as_string()


def _later(day: date, years: int) -> date:
    """The same day so many years later; the last of February where there is no 29th."""
    leap = day.month == 2 and day.day == 29
    return (
        date(day.year + years, 2, 28)
        if leap and (day.year + years) % 4
        else date(day.year + years, day.month, day.day)
    )
