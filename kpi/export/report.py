"""All that a report says, gathered once: what is kept of an export, and all its formats are made from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from kpi.export.tables import Figure, Table


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What there is to say of one indicator, as a sentence or more."""

    number: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Course:
    """One indicator of the province through the quarters of the year, for a chart."""

    number: str
    name: str
    unit_of_measure: str
    target: Figure | None
    labels: tuple[str, ...]
    """Of the quarters."""
    values: tuple[Figure | None, ...]


@dataclass(frozen=True, slots=True)
class Annex:
    """One district: its own indicators, and its communes by indicators."""

    title: str
    own: Table
    communes: Table | None


@dataclass(frozen=True, slots=True)
class Report:
    plan: str
    """The code of the plan."""
    title: str
    """Of the plan."""
    issuer: str
    superior: str
    place: str
    signer: str
    recipients: tuple[str, ...]
    legal_basis: tuple[str, ...]
    number: str
    """Number and symbol of the plan's document."""
    issued: str
    province: str
    """With its kind: "Tỉnh Bắc Kạn"."""
    period: str
    """As `Period` writes it: "2022-Q4"."""
    day: date
    """As of which tasks are told."""
    closed: bool
    illustrative: bool
    standing: str
    """Where the province stands, in one sentence."""
    counts: tuple[tuple[str, Figure], ...]
    """How many indicators are done, under way, late, waiting for figures."""
    summary: Table
    """A row per indicator of the province, then the tasks (domain, "Exports and reports")."""
    matrix: Table
    """Units by indicators."""
    annexes: tuple[Annex, ...]
    paragraphs: tuple[Paragraph, ...]
    tasks: tuple[Paragraph, ...]
    """The same of each task."""
    lacking: tuple[str, ...]
    """What is late, missing or not reported, a sentence each."""
    courses: tuple[Course, ...]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a document carries to be found again: see `kpi.model.Snapshot`."""

    id: str
    figures_sha256: str
    made_at: datetime
    """UTC without a zone."""
    person: str
    plan_sha256: str


def to_json(report: Report) -> str:
    """Everything, exact; the same report always gives the same text."""
    return json.dumps(_plain(report), ensure_ascii=False, separators=(",", ":"))


def digest(figures: str) -> str:
    """The SHA-256 by which the text of a report is kept."""
    return hashlib.sha256(figures.encode()).hexdigest()


def from_json(text: str) -> Report:
    """The report a text was made of."""
    found = _built(Report, json.loads(text))
    assert isinstance(found, Report)  # noqa: S101 - what `_built` was asked for
    return found


def _plain(value: object) -> object:
    match value:
        case Fraction():
            return f"{value.numerator}/{value.denominator}"
        case Decimal():
            return f"{value:f}"
        case date():
            return {"day": value.isoformat()}
        case tuple():
            return [_plain(item) for item in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _built(kind: Any, raw: Any) -> object:  # noqa: ANN401 - any annotation of the records above
    """`raw` as the annotation `kind` wants it."""
    if get_origin(kind) is UnionType:
        return _one_of(get_args(kind), raw)
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        kinds = [inner[0]] * len(raw) if inner[-1] is ... else inner
        return tuple(_built(k, item) for k, item in zip(kinds, raw, strict=True))
    if kind is Fraction or kind is Decimal:
        return kind(raw)
    if kind is date:
        return date.fromisoformat(raw["day"])
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: _built(hint, raw[name]) for name, hint in hints.items()})  # type: ignore[operator]
    return raw


def _one_of(kinds: tuple[Any, ...], raw: object) -> object:
    """Of a cell that may hold several things: what it looks like."""
    if raw is None or isinstance(raw, str):
        return raw
    wanted = date if isinstance(raw, dict) and "day" in raw else None
    return _built(wanted or next(k for k in kinds if k not in {str, date, NoneType}), raw)
