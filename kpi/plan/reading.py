"""Plan files: read strictly, checked against the units of their day, expanded to who fills in what."""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import ROUND_CEILING, Decimal
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, ValidationError

from kpi import forms as form_files
from kpi import units as unit_files
from kpi.model import (
    Behaviour,
    Component,
    Criterion,
    Document,
    Duty,
    Edition,
    Entry,
    Fault,
    FaultyFileError,
    Indicator,
    Kind,
    Level,
    Nominee,
    Plan,
    Reporter,
    Room,
    Rule,
    Target,
    Task,
    Unit,
)
from kpi.plan import files
from kpi.units import Directory, Units


class PlanError(FaultyFileError):
    """A plan file says something it may not."""


def load(path: Path, directory: Directory) -> Plan:
    """Raise PlanError with everything that is wrong."""
    return loads(path, path.read_bytes(), directory)


def loads(path: Path, content: bytes, directory: Directory) -> Plan:
    """The plan of a text that is, or is to become, the file at `path`; raise PlanError with everything wrong."""
    shape, faults = _read(path, content)
    if shape is not None:
        plan, found = _build(path, shape, directory)
        faults += found
        if plan is not None and all(fault.warning for fault in faults):
            return replace(plan, text=hashlib.sha256(content).hexdigest(), source=content.decode())
    raise PlanError(path, faults)


def load_all(folder: Path, directory: Directory) -> dict[str, Plan]:
    """All plans of a folder by code; PlanError names the first bad file and has the faults of every one."""
    plans, bad = load_each(sorted(folder.glob("*.toml")), directory)
    if bad:
        raise PlanError(bad[0].path, [fault for error in bad for fault in error.faults])
    return plans


def load_each(paths: Iterable[Path], directory: Directory) -> tuple[dict[str, Plan], list[PlanError]]:
    """The plans of these files by code, and why each of the others cannot be used."""
    plans: dict[str, Plan] = {}
    bad = []
    for path in paths:
        try:
            plans[path.stem] = load(path, directory)
        except PlanError as error:
            bad.append(error)
    return plans, bad


def check(data: Path, store: Path | None = None) -> list[Fault]:
    """Everything wrong or doubtful in the unit, form and plan files of a data folder, and in the plans beside a store."""
    units = files.folder(data, "units")
    faults = unit_files.check(units)
    directory = None if faults else Directory.load(units)
    paths = files.paths(data, store)
    if not paths:
        faults.append(Fault(files.folder(data, "plans"), "", "", "no_plans"))
    for path in paths:
        faults += examine(path, path.read_bytes(), directory)
    return [*faults, *form_files.check(files.forms(data))]


def examine(path: Path, content: bytes, directory: Directory | None) -> list[Fault]:
    """Everything wrong or doubtful in a plan's text; without the units, only what can be seen without them."""
    shape, found = _read(path, content)
    if shape is not None and directory is not None:
        found += _build(path, shape, directory)[1]
    return found


def _exact(value: object) -> object:
    """TOML's whole numbers, for Decimal fields; true is no number."""
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


_Text = Annotated[str, Field(min_length=1)]
_Number = Annotated[str, Field(pattern=r"^[0-9A-Za-z]+(\.[0-9A-Za-z]+)*$")]
_Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]+$")]
_Day = Annotated[int, Field(ge=1, le=30)]
# The bound keeps a slip of the keyboard from becoming arithmetic with a million digits.
_Amount = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, le=10**9)]
_AboveZero = Annotated[Decimal, BeforeValidator(_exact), Field(gt=0, le=10**9)]
_Count = Annotated[int, Field(ge=0, le=10**9)]
_OF_ALL, _OF_EACH, _KEY = "of all", "of each", "[key]"
_Universe = Annotated[
    Annotated[_Count, Tag(_OF_ALL)] | Annotated[dict[_Code, _Count], Tag(_OF_EACH)],
    Discriminator(lambda value: _OF_EACH if isinstance(value, dict) else _OF_ALL),
]
_Level = Annotated[Level, Field(strict=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Target(_Strict):
    at_least: _AboveZero | None = None
    rise_at_least: _AboveZero | None = None


class _Edition(_Strict):
    year: Annotated[int, Field(ge=2000, le=2100)]
    rank: Annotated[int, Field(ge=1, le=1000)]
    published: date | None = None
    source: str = ""


class _Milestones(_Strict):
    q1: _Amount | None = None
    q2: _Amount | None = None
    q3: _Amount | None = None
    q4: _Amount | None = None

    def by_quarter(self) -> dict[int, Decimal]:
        values = enumerate((self.q1, self.q2, self.q3, self.q4), start=1)
        return {number: value for number, value in values if value is not None}


class _Indicator(_Strict):
    number: _Number
    name: _Text
    short_name: _Text
    group: _Text
    unit_of_measure: _Text
    kind: Annotated[Kind, Field(strict=False)]
    behaviour: Annotated[Behaviour, Field(strict=False)]
    entry: Annotated[Entry, Field(strict=False)]
    levels: Annotated[list[_Level], Field(min_length=1)]
    target: _Target | None = None
    numerator: str = ""
    denominator: str = ""
    things: _Text
    decimals: Annotated[int, Field(ge=0, le=6)] = 0
    within: _Number | None = None
    all_of: list[_Number] = []
    universe: _Universe | None = None
    maintain: bool = False
    baseline: _Amount | None = None
    milestones: _Milestones = _Milestones()
    expected_year_total: _AboveZero | None = None
    edition: list[_Edition] = []
    room: _Code | None = None
    definition: str = ""
    assumptions: list[_Text] = []


class _Ask(_Strict):
    level: _Level
    indicators: Annotated[list[_Number], Field(min_length=1)]
    units: list[_Code] | None = None
    """Only these of the level; all without it."""
    kinds: list[_Text] | None = None
    """Only units of these kinds: "xã", "phường", "thị trấn" …"""


class _Reporter(_Strict):
    code: _Code | None = None
    each: _Level | None = None
    name: _Text
    asks: Annotated[list[_Ask], Field(min_length=1)]


class _Room(_Strict):
    code: _Code
    name: _Text


class _Document(_Strict):
    title: str = ""
    number: str = ""
    signed_on: date | None = None
    issuer: str = ""

    def built(self) -> Document:
        return Document(self.title, self.number, self.signed_on, self.issuer)


_Output = Annotated[
    _Document, BeforeValidator(lambda value: {"title": value} if isinstance(value, str) else value)
]
"""A document, or just its title."""


class _Assigned(_Strict):
    """One of those a task is given to: a room by its code, each unit of a level, or somebody by name."""

    room: _Code | None = None
    each: _Level | None = None
    name: _Text | None = None
    output: _Output = _Document()


class _Task(_Strict):
    key: _Code
    group: str = ""
    content: _Text
    assignee: _Text | None = None
    assigned: list[_Assigned] = []
    start: date
    due: date
    room: _Code | None = None
    output: _Output = _Document()
    done_on: date | None = None
    result: _Output = _Document()
    dropped: bool = False
    started: bool = False
    milestone: bool = False
    arising: bool = False
    assumptions: list[_Text] = []


class _Criterion(_Strict):
    key: _Code
    nominee: Annotated[Nominee, Field(strict=False)]
    text: _Text
    clause: _Text
    rule: Annotated[Rule, Field(strict=False)]
    judged: str = ""
    blocking: bool = True
    indicator: _Number | None = None
    at_least: _AboveZero = Decimal(100)


class _Component(_Strict):
    key: _Code
    name: _Text
    paper: _Code
    per_nominee: bool = False


class _Plan(_Strict):
    code: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: _Text
    number: _Text
    issuer: _Text
    issued: _Text
    legal_basis: list[_Text]
    province: _Code
    start: date
    end: date
    dossier_before: date | None = None
    as_of_day: _Day
    report_day: _Day
    assumptions: list[_Text] = []
    place: str = ""
    superior: str = ""
    signer: str = ""
    recipients: list[_Text] = []
    awards: list[_Text] = []
    erase_personal: date | None = None
    indicator: Annotated[list[_Indicator], Field(min_length=1)]
    reporter: Annotated[list[_Reporter], Field(min_length=1)]
    room: list[_Room] = []
    task: list[_Task] = []
    criterion: list[_Criterion] = []
    component: list[_Component] = []


def _read(path: Path, content: bytes) -> tuple[_Plan | None, list[Fault]]:
    try:
        raw = tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return None, [Fault(path, "", content[error.start : error.end].hex(), "not_utf8", line=line)]
    except tomllib.TOMLDecodeError as error:
        return None, [_broken(path, content.decode("utf-8-sig"), str(error))]
    try:
        return _Plan.model_validate(raw), []
    except ValidationError as error:
        found = error.errors(include_url=False)
    faults = [_fault_of(path, raw, dict(e)) for e in found]
    _drop(raw, [e["loc"] for e in found if e["type"] == "extra_forbidden"])
    try:
        # Unknown keys alone do not hide what else is wrong.
        return _Plan.model_validate(raw), faults
    except ValidationError:
        return None, faults


def _drop(raw: dict[str, Any], keys: Iterable[tuple[int | str, ...]]) -> None:
    """Take keys out of a file's tables; pydantic's own marks among the steps to a key lead nowhere and are skipped."""
    for key in keys:
        node: Any = raw
        for step in key[:-1]:
            with suppress(KeyError, IndexError, TypeError):
                node = node[step]
        if isinstance(node, dict):
            node.pop(key[-1], None)


def _broken(path: Path, text: str, message: str) -> Fault:
    lines = text.splitlines() or [""]
    found = re.search(r"at line (\d+)", message)
    line = min(int(found[1]) if found else len(lines), len(lines))
    return Fault(path, "", lines[line - 1].strip(), "broken_toml", line=line)


_REASONS = {
    "missing": "missing",
    "string_too_short": "missing",
    "too_short": "missing",
    "extra_forbidden": "unknown_key",
    "string_type": "not_text",
    "string_pattern_mismatch": "bad_form",
    "is_instance_of": "not_number",
    "decimal_type": "not_number",
    "decimal_parsing": "not_number",
    "finite_number": "not_number",
    "int_type": "not_whole",
    "bool_type": "not_true_or_false",
    "date_type": "not_date",
    "list_type": "not_list",
    "dict_type": "not_table",
    "model_type": "not_table",
    "enum": "not_one_of",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
}


def _fault_of(path: Path, raw: dict[str, Any], error: dict[str, Any]) -> Fault:
    """pydantic's error in the file's own terms; a type nobody thought of stays a plain `wrong_value`."""
    location, kind = error["loc"], error["type"]
    reason = _REASONS.get(kind, "wrong_value")
    facts: tuple[str, ...] = ()
    if kind == "enum":
        facts = tuple(re.findall(r"'([^']*)'", error["ctx"]["expected"]))
    elif reason == "unknown_key":
        facts = tuple(difflib.get_close_matches(str(location[-1]), _keys_at(location[:-1]), 1))
    elif reason == "out_of_range":
        facts = tuple(f"{name} {limit}" for name, limit in error["ctx"].items())
    value = "" if reason == "missing" else error["input"]
    return Fault(path, _dotted(raw, location), value, reason, facts=facts)


def _keys_at(location: Sequence[str | int]) -> list[str]:
    """The keys the table at a place of the file may have."""
    names = [name for name in location if isinstance(name, str)]
    shapes: dict[str, type[BaseModel]] = {
        "indicator": _Indicator,
        "target": _Target,
        "edition": _Edition,
        "milestones": _Milestones,
        "reporter": _Reporter,
        "asks": _Ask,
        "room": _Room,
        "task": _Task,
        "assigned": _Assigned,
        "output": _Document,
        "result": _Document,
        "criterion": _Criterion,
        "component": _Component,
    }
    return list(shapes.get(names[-1], _Plan).model_fields if names else _Plan.model_fields)


def _dotted(raw: object, location: Iterable[str | int]) -> str:
    """A place as a dotted path; an entry of a list goes by its number, code or key, or by its position from 1.

    What pydantic puts between the steps of the file (which side of a union, "this is about the key") is left out.
    """
    parts = []
    for step in location:
        if step in (_OF_ALL, _OF_EACH, _KEY):
            continue
        name = str(step)
        if isinstance(step, int):
            raw = raw[step] if isinstance(raw, list) and step < len(raw) else None
            keys = raw if isinstance(raw, dict) else {}
            own = (keys.get(k) for k in ("number", "code", "each", "key", "year", "level"))
            name = next((str(k) for k in own if isinstance(k, str | int)), str(step + 1))
        else:
            raw = raw.get(step) if isinstance(raw, dict) else None
        parts.append(name)
    return ".".join(parts)


def _build(path: Path, shape: _Plan, directory: Directory) -> tuple[Plan | None, list[Fault]]:
    faults = [*_plan_faults(path, shape)]
    for indicator in shape.indicator:
        faults += _indicator_faults(path, shape, indicator)
    try:
        units = directory.on(shape.start, shape.province)
    except KeyError:
        return None, [*faults, Fault(path, "province", shape.province, "unknown_unit")]
    faults += _ask_faults(path, shape, units)
    if faults:
        return None, faults
    plan = _expand(shape, units)
    faults += _duty_faults(path, plan, units)
    faults += _warnings(path, shape, plan)
    return plan, faults


def _plan_faults(path: Path, shape: _Plan) -> Iterator[Fault]:
    """What can be seen without the units."""
    fault = partial(Fault, path)
    if shape.code != path.stem:
        yield fault("code", shape.code, "not_the_file_name", facts=(path.stem,))
    for key, before, after in (
        ("end", shape.start, shape.end),
        *((("dossier_before", shape.start, shape.dossier_before),) if shape.dossier_before else ()),
        *((("erase_personal", shape.end, shape.erase_personal),) if shape.erase_personal else ()),
        *((f"task.{task.key}.due", task.start, task.due) for task in shape.task),
    ):
        if after < before:
            yield fault(key, after, "dates_out_of_order", facts=(before.isoformat(),))
    if shape.report_day < shape.as_of_day:
        yield fault("report_day", shape.report_day, "days_out_of_order", facts=(str(shape.as_of_day),))
    yield from _twice(path, "indicator", "number", [i.number for i in shape.indicator])
    yield from _twice(path, "room", "code", [r.code for r in shape.room])
    yield from _twice(path, "task", "key", [t.key for t in shape.task])
    yield from _twice(path, "criterion", "key", [c.key for c in shape.criterion])
    yield from _twice(path, "component", "key", [c.key for c in shape.component])
    rooms = {room.code for room in shape.room}
    named = [(f"indicator.{i.number}", i.room) for i in shape.indicator]
    for task in shape.task:
        named += [
            (f"task.{task.key}", task.room),
            *((f"task.{task.key}.assigned", a.room) for a in task.assigned),
        ]
        if (task.assignee is None) == (not task.assigned):
            yield fault(f"task.{task.key}.assignee", task.assignee or "", "assignee_or_assigned")
        yield from (_assigned_faults(path, task))
    for where, room in named:
        if room is not None and room not in rooms:
            yield fault(f"{where}.room", room, "unknown_room")
    numbers = {i.number for i in shape.indicator}
    for criterion in shape.criterion:
        here = f"criterion.{criterion.key}"
        if criterion.rule is Rule.CHECKLIST and criterion.indicator is None:
            yield fault(f"{here}.indicator", "", "missing")
        if criterion.indicator is not None and criterion.indicator not in numbers:
            yield fault(f"{here}.indicator", criterion.indicator, "unknown_indicator")
        if criterion.rule is Rule.JUDGEMENT and not criterion.judged:
            yield fault(f"{here}.judged", "", "missing")


def _assigned_faults(path: Path, task: _Task) -> Iterator[Fault]:
    """Each of those a task is given to is a room, or every unit of a level by a name, or somebody by name alone."""
    for number, one in enumerate(task.assigned, start=1):
        here = f"task.{task.key}.assigned.{number}"
        given = [key for key in ("room", "each", "name") if getattr(one, key) is not None]
        if given not in (["room"], ["each", "name"], ["name"]):
            yield Fault(path, here, ", ".join(given), "room_or_each_or_name")
        elif one.each is not None and "{unit}" not in (one.name or ""):
            yield Fault(path, f"{here}.name", one.name, "name_without_unit")


def _twice(path: Path, table: str, key: str, values: Iterable[str]) -> Iterator[Fault]:
    for value, times in Counter(values).items():
        if times > 1:
            yield Fault(path, f"{table}.{value}.{key}", value, "twice")


_FITTING = {
    Kind.COUNT: ({Entry.YES_NO}, {Behaviour.STOCK}),
    Kind.SHARE: ({Entry.YES_NO, Entry.FRACTION}, {Behaviour.STOCK, Behaviour.FLOW, Behaviour.DISTINCT}),
    Kind.RANK: ({Entry.RANK}, {Behaviour.EDITION}),
}


def _indicator_faults(path: Path, shape: _Plan, i: _Indicator) -> Iterator[Fault]:
    def fault(key: str, value: object, reason: str, *facts: str) -> Fault:
        return Fault(path, f"indicator.{i.number}.{key}", value, reason, facts=facts)

    entries, behaviours = _FITTING[i.kind]
    if i.entry not in entries:
        yield fault("entry", i.entry.value, "does_not_fit", "kind", i.kind, *sorted(entries))
    if i.behaviour not in behaviours:
        yield fault("behaviour", i.behaviour.value, "does_not_fit", "kind", i.kind, *sorted(behaviours))
    elif i.entry == Entry.YES_NO and i.behaviour != Behaviour.STOCK:
        yield fault("behaviour", i.behaviour.value, "does_not_fit", "entry", i.entry, Behaviour.STOCK)
    wanted = "rise_at_least" if i.kind == Kind.RANK else "at_least"
    given = sorted(i.target.model_dump(exclude_none=True)) if i.target else []
    if i.target is not None and given != [wanted]:
        yield fault("target", ", ".join(given), "wrong_target", wanted)
    if i.target is None and i.kind != Kind.SHARE:
        yield fault("target", "", "missing")
    for key, needed in (("numerator", i.kind != Kind.RANK), ("denominator", i.kind == Kind.SHARE)):
        if needed and not getattr(i, key):
            yield fault(key, "", "missing")
    for key in _pointless(i):
        yield fault(key, _plain(getattr(i, key)), "means_nothing_here")
    yield from (
        fault("edition", edition.year, "twice")
        for edition in i.edition
        if [e.year for e in i.edition].count(edition.year) > 1
    )
    others = {o.number: o for o in shape.indicator if o is not i}
    for number in i.all_of:
        part = others.get(number)
        if part is None:
            yield fault("all_of", number, "unknown_indicator")
        elif (
            not i.entry == part.entry == Entry.YES_NO or i.levels != part.levels or part.all_of or part.within
        ):
            yield fault("all_of", number, "all_of_no_roster")
    if i.within is not None:
        other = next((o for o in shape.indicator if o.number == i.within), None)
        if other is None or other is i:
            yield fault("within", i.within, "unknown_indicator")
        elif not i.entry == other.entry == Entry.YES_NO or i.levels != other.levels:
            yield fault("within", i.within, "within_no_roster")


def _pointless(i: _Indicator) -> Iterator[str]:
    """Keys that were given and would never be looked at."""
    used = {
        "universe": i.entry in {Entry.FRACTION, Entry.RANK},
        "decimals": i.entry == Entry.FRACTION,
        "maintain": i.behaviour == Behaviour.STOCK,
        "baseline": i.behaviour == Behaviour.STOCK,
        "milestones": i.behaviour in (Behaviour.STOCK, Behaviour.DISTINCT),
        "expected_year_total": i.behaviour == Behaviour.FLOW,
        "edition": i.kind == Kind.RANK,
        "denominator": i.kind == Kind.SHARE,
        "within": not i.all_of,
    }
    if i.target is None:
        used |= dict.fromkeys(("maintain", "baseline", "milestones", "expected_year_total"), False)
    given = i.model_fields_set
    return (key for key, used_here in used.items() if key in given and not used_here and getattr(i, key))


def _plain(value: object) -> object:
    """A value as the file's writer would know it again."""
    if isinstance(value, BaseModel):
        return ", ".join(value.model_dump(exclude_none=True))
    return ", ".join(map(str, map(_plain, value))) if isinstance(value, list) else value


def _ask_faults(path: Path, shape: _Plan, units: Units) -> Iterator[Fault]:
    indicators = {i.number: i for i in shape.indicator}
    for indicator in shape.indicator:
        codes = indicator.universe if isinstance(indicator.universe, dict) else {}
        yield from (
            Fault(path, f"indicator.{indicator.number}.universe", code, "unknown_unit")
            for code in codes
            if code not in units
        )
    for reporter in shape.reporter:
        where = f"reporter.{reporter.code or reporter.each}"
        if (reporter.code is None) == (reporter.each is None):
            yield Fault(path, where, _plain([reporter.code, reporter.each]), "code_or_each")
        if reporter.each is not None and "{unit}" not in reporter.name:
            yield Fault(path, f"{where}.name", reporter.name, "name_without_unit")
        for ask in reporter.asks:
            here = f"{where}.asks.{ask.level}"
            for number in ask.indicators:
                if number not in indicators:
                    yield Fault(path, f"{here}.indicators", number, "unknown_indicator")
                elif indicators[number].all_of:
                    yield Fault(path, f"{here}.indicators", number, "follows_from_others")
                elif ask.level not in indicators[number].levels:
                    levels = tuple(indicators[number].levels)
                    yield Fault(path, f"{here}.indicators", number, "not_at_this_level", facts=levels)
            for code in ask.units or ():
                if code not in units or units.get(code).level != ask.level:
                    yield Fault(path, f"{here}.units", code, "unknown_unit")
            kinds = sorted({unit.kind for unit in units.at(ask.level)})
            for kind in ask.kinds or ():
                if kind not in kinds:
                    yield Fault(path, f"{here}.kinds", kind, "no_such_kind", facts=tuple(kinds))


def _expand(shape: _Plan, units: Units) -> Plan:
    order = {i.number: position for position, i in enumerate(shape.indicator)}
    rooms = {room.code: room.name for room in shape.room}
    tasks = tuple(t for task in shape.task for t in _tasks(task, rooms, units))
    return Plan(
        code=shape.code,
        title=shape.title,
        number=shape.number,
        issuer=shape.issuer,
        issued=shape.issued,
        legal_basis=tuple(shape.legal_basis),
        province=shape.province,
        start=shape.start,
        end=shape.end,
        dossier_before=shape.dossier_before,
        as_of_day=shape.as_of_day,
        report_day=shape.report_day,
        indicators=tuple(_indicator(i) for i in shape.indicator),
        reporters=tuple(r for reporter in shape.reporter for r in _reporters(reporter, units, order)),
        rooms=tuple(
            Room(
                room.code,
                room.name,
                tuple(i.number for i in shape.indicator if i.room == room.code),
                tuple(t.key for t in tasks if room.code in {t.room, t.unit}),
            )
            for room in shape.room
        ),
        tasks=tasks,
        assumptions=tuple(shape.assumptions),
        place=shape.place,
        superior=shape.superior,
        signer=shape.signer,
        recipients=tuple(shape.recipients),
        awards=tuple(shape.awards),
        criteria=tuple(_criterion(c) for c in shape.criterion),
        components=tuple(Component(c.key, c.name, c.paper, c.per_nominee) for c in shape.component),
        erase_personal=shape.erase_personal,
    )


def _indicator(i: _Indicator) -> Indicator:
    return Indicator(
        number=i.number,
        name=i.name,
        short_name=i.short_name,
        group=i.group,
        unit_of_measure=i.unit_of_measure,
        kind=i.kind,
        behaviour=i.behaviour,
        entry=i.entry,
        levels=tuple(i.levels),
        target=_target(i.target),
        numerator=i.numerator,
        denominator=i.denominator,
        things=i.things,
        decimals=i.decimals,
        within=i.within,
        all_of=tuple(i.all_of),
        universe=i.universe,
        maintain=i.maintain,
        baseline=i.baseline,
        milestones=i.milestones.by_quarter(),
        expected_year_total=i.expected_year_total,
        editions=tuple(Edition(e.year, e.rank, e.published, e.source) for e in i.edition),
        assumptions=tuple(i.assumptions),
        definition=i.definition,
    )


def _target(given: _Target | None) -> Target | None:
    if given is None:
        return None
    return Target(given.rise_at_least or given.at_least or Decimal(0), given.rise_at_least is not None)


def _criterion(c: _Criterion) -> Criterion:
    return Criterion(
        c.key, c.nominee, c.text, c.clause, c.rule, c.judged, c.blocking, c.indicator or "", c.at_least
    )


def _tasks(task: _Task, rooms: Mapping[str, str], units: Units) -> Iterator[Task]:
    """A task once for each of those it is given to."""
    whole = Task(
        key=task.key,
        content=task.content,
        assignee=task.assignee or "",
        start=task.start,
        due=task.due,
        unit=task.room or "",
        room=task.room,
        group=task.group,
        output=task.output.built(),
        done_on=task.done_on,
        result=task.result.built(),
        dropped=task.dropped,
        started=task.started,
        milestone=task.milestone,
        arising=task.arising,
        assumptions=tuple(task.assumptions),
    )
    if not task.assigned:
        yield whole
    for number, one in enumerate(task.assigned, start=1):
        output = one.output.built() or whole.output
        if one.room is not None:
            key = f"{task.key}.{one.room}"
            yield replace(
                whole, key=key, unit=one.room, room=one.room, assignee=rooms[one.room], output=output
            )
        elif one.each is not None:
            for unit in units.at(one.each):
                name = _named(one.name or "", unit)
                yield replace(
                    whole, key=f"{task.key}.{unit.code}", unit=unit.code, assignee=name, output=output
                )
        else:
            yield replace(whole, key=f"{task.key}.{number}", assignee=one.name or "", output=output)


def _named(name: str, unit: Unit) -> str:
    return name.replace("{unit}", f"{unit.kind} {unit.name}" if unit.kind else unit.name)


def _reporters(reporter: _Reporter, units: Units, order: Mapping[str, int]) -> Iterator[Reporter]:
    if reporter.each is None:
        duties = _duties(reporter.asks, units, units.province, order)
        yield Reporter(reporter.code or "", reporter.name, duties)
        return
    for unit in units.at(reporter.each):
        if duties := _duties(reporter.asks, units, unit, order):
            yield Reporter(unit.code, _named(reporter.name, unit), duties)


def _duties(asks: Iterable[_Ask], units: Units, top: Unit, order: Mapping[str, int]) -> tuple[Duty, ...]:
    found = [
        (list(Level).index(ask.level), unit.code, order[number], number)
        for ask in asks
        for unit in ((top,) if ask.level == top.level else units.below(top.code, ask.level))
        if (ask.units is None or unit.code in ask.units) and (ask.kinds is None or unit.kind in ask.kinds)
        for number in ask.indicators
    ]
    return tuple(Duty(number, code) for _, code, _, number in sorted(found))


def _duty_faults(path: Path, plan: Plan, units: Units) -> Iterator[Fault]:
    """Everything asked for is asked of one reporter, once."""
    yield from _twice(path, "reporter", "code", [r.code for r in plan.reporters])
    asked: dict[Duty, str] = {}
    for reporter in plan.reporters:
        for duty in reporter.duties:
            if duty in asked:
                facts = duty.indicator, duty.unit, asked[duty]
                yield Fault(path, f"reporter.{reporter.code}", reporter.code, "asked_twice", facts=facts)
            asked.setdefault(duty, reporter.code)
    for indicator in plan.indicators:
        covered = {units.get(code).level for code in plan.expected[indicator.number]}
        for level in indicator.levels:
            if level not in covered:
                yield Fault(path, f"indicator.{indicator.number}.levels", level.value, "nobody_reports")


def _warnings(path: Path, shape: _Plan, plan: Plan) -> Iterator[Fault]:
    for i, given in zip(plan.indicators, shape.indicator, strict=True):

        def warn(key: str, value: object, reason: str, *facts: str, number: str = i.number) -> Fault:
            return Fault(path, f"indicator.{number}.{key}", value, reason, warning=True, facts=facts)

        if given.room is None:
            yield warn("room", "", "no_room")
        if i.target is None:
            continue
        share = i.kind == Kind.SHARE
        if share and i.target.value > 100:
            yield warn("target.at_least", i.target.value, "over_100")
        yield from (
            warn(f"milestones.q{quarter}", value, "over_100")
            for quarter, value in i.milestones.items()
            if share and value > 100
        )
        if share and (whole := _whole(plan, i)) and whole * i.target.value < 100:
            yield warn("target.at_least", i.target.value, "at_least_one", str(whole), i.things)
        yield from (warn("target.at_least", i.target.value, *facts) for facts in _more_than_asked(plan, i))
        if i.behaviour == Behaviour.STOCK and not i.maintain and i.baseline is None and not i.milestones:
            yield warn("baseline", "", "no_pace")


def _whole(plan: Plan, i: Indicator) -> int | None:
    """How many things there are in all, when that is known before anyone has reported."""
    if i.entry == Entry.YES_NO:
        return len(plan.expected[i.number])
    return sum(i.universe.values()) if isinstance(i.universe, Mapping) else i.universe


def _more_than_asked(plan: Plan, i: Indicator) -> Iterator[tuple[str, ...]]:
    """A share of a roster that, over the whole roster, needs more units than a count over the same roster asks for."""
    if i.kind != Kind.SHARE or i.entry != Entry.YES_NO:
        return
    if i.target is None:
        return
    roster = plan.expected[i.number]
    needed = (len(roster) * i.target.value / 100).to_integral_value(ROUND_CEILING)
    for other in plan.indicators:
        if other.kind != Kind.COUNT or other.target is None or plan.expected[other.number] != roster:
            continue
        if i.target.value <= 100 and needed > other.target.value:
            facts = str(len(roster)), str(needed), other.number, str(other.target.value), i.things
            yield ("more_than_asked", *facts)
