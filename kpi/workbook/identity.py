"""Which plan, reporter and quarter a workbook is for: by its hidden key, else by its titles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from kpi import vi
from kpi.model import Cell, Level, Plan, Quarter, Reporter, Unit
from kpi.problems import (
    CutOffRead,
    DateBesideQuarter,
    DateOutsideQuarter,
    InvalidPeriod,
    NotADate,
    Notice,
    OlderForm,
    Problem,
    QuarterDisagrees,
    QuarterOutsidePlan,
    QuarterUnclear,
    ReporterDisagrees,
    ReporterUnclear,
    UnknownPlan,
    UnknownQuarter,
    UnknownReporter,
)
from kpi.units import Directory, Units
from kpi.workbook.forms import KEY_MARK, KEY_ROWS, VERSION
from kpi.workbook.grid import LONGEST_TEXT, Grid, Spot
from kpi.workbook.headings import DEEPEST
from kpi.workbook.names import strange
from kpi.workbook.questions import Questions
from kpi.workbook.roles import Role, role_of
from kpi.workbook.times import SOON_AFTER
from kpi.workbook.values import as_date, date_in
from kpi.workbook.words import NO_VALUE, fold, is_note, sender, tells_cut_off, tidy

# How far right of its label a name or a date may stand.
NEIGHBOURS = 8
# A year outside these is a slip of the keyboard.
YEARS = range(2000, 2100)
# How far over its table the title of a second one may stand.
TITLE_ROWS = 5


@dataclass(frozen=True, slots=True)
class Period:
    """A period as written: its quarter, or None when there is no such period."""

    found: str
    quarter: Quarter | None
    at: Cell | None = None


@dataclass
class Identity:
    plan: Plan | None = None
    reporter: Reporter | None = None
    quarter: Quarter | None = None
    own_reporter: Reporter | None = None
    """Whose the file itself says it is: its cells are read as that reporter's, whoever hands it in."""
    own_quarter: Quarter | None = None
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person said when handing the file in."""

    reporter: str | None = None
    quarter: Quarter | None = None
    form_decides: bool = False
    """The key of a form of ours outweighs what was said."""


_QUARTER = re.compile(
    r"\b(?:qui|q)\s*\.?\s*(?P<number>[ivx]{1,5}|\d{1,2}|mot|nhat|hai|ba(?!\s+be)|bon|tu(?!\s+(?:ngai|thang|\d{1,2}[/.-])))\b(?:\s*(?:[/\-.,]|\bnam\b)\s*|\s+)*(?P<year>\d{4})?"
)
_MONTHS = re.compile(
    r"\b(?P<months>\d{1,2})\s+thang(?:\s+(?P<half>dau|cuoi))?(?:\s+nam)?(?:\s+(?P<year>\d{4}))?"
)
_WHOLE_YEAR = re.compile(
    r"(?:(?:ki|ki bao cao|bao cao(?: so lieu| ket qua)?)\s*:?\s*)?(?:ca )?nam (?P<year>\d{4})"
)
# "… đến năm 2025", "ban hành năm 2021": no time that is reported.
_LAST_YEAR = re.compile(
    r"^(?!.*\b(?:ngai|so \d|qd|nq|kh-|giai doan|dinh huong|ban hanh|so sanh|so voi|phuong huong))"
    r".*(?<!den )\bnam (?P<year>20\d\d)\W*$"
)
_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "1": 1,
    "2": 2,
    "3": 3,
    "4": 4,
    "01": 1,
    "02": 2,
    "03": 3,
    "04": 4,
    "mot": 1,
    "nhat": 1,
    "hai": 2,
    "ba": 3,
    "bon": 4,
    "tu": 4,
}
# No month of a day: "Ba Bể, ngày 5 tháng 10 năm 2022" says when it was signed.
_MONTH = re.compile(
    r"(?:^\(?|\b(?:bao cao|ket qua|so lieu|ki|bieu|tong hop)\b(?:(?!\bngai\b).)*\b)thang\s+(?P<month>1[0-2]|0?[1-9])"
    r"(?:(?:\s+nam\s+|\s*[/\-.]\s*)(?P<year>\d{4})\b|$)"
)
_SPAN = re.compile(
    r"\btu(?: ngai)?\s+\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})?\s*(?:den|-)\s*(?:het )?(?:ngai )?\s*"
    r"\d{1,2}[/.-](?P<month>1[0-2]|0?[1-9])[/.-](?P<year>\d{4})\b"
)
_MONTHS_END = {"6": 2, "06": 2, "9": 3, "09": 3, "12": 4, "3": 1, "03": 1}


def period(text: str, year: int | None = None) -> Period | None:
    """ "Quý I/2022", "Q1/2022", "6 tháng đầu năm 2022", "Năm 2022"; None for a text without a period.

    `year` is taken when the text says none.
    """
    words = fold(text)
    if (found := _QUARTER.search(words)) and (found["year"] or _is_roman_or_few(found, words)):
        return _period(text, _ROMAN.get(found["number"]), found["year"], year)
    if found := _MONTHS.search(words):
        number = 4 if found["half"] == "cuoi" else _MONTHS_END.get(found["months"])
        if number and (found["half"] or found["year"] or year):
            return _period(text, number, found["year"], year)
    if found := _WHOLE_YEAR.fullmatch(words):
        return _period(text, 4, found["year"], year)
    # A title often ends in the year of the plan, which says nothing of the quarter; another year does.
    last = _LAST_YEAR.search(words)
    if last and year and str(year) not in words and int(last["year"]) != year:
        return _period(text, 4, last["year"], year)
    if not tells_cut_off(text) and (found := _SPAN.search(words) or _MONTH.search(words)):
        return _period(text, (int(found["month"]) + 2) // 3, found["year"], year)
    return None


def _is_roman_or_few(found: re.Match[str], words: str) -> bool:
    """Without a year a lone letter may be part of a word; "Quý V" is a period, "quý vị" is none."""
    return words.startswith(found.group().strip()) or "bao cao" in words


def _period(text: str, number: int | None, written: str | None, year: int | None) -> Period | None:
    known = int(written) if written else year
    if known is None and number:
        return None
    return Period(text, Quarter(known, number) if number and known and known in YEARS else None)


def identify(
    grids: tuple[Grid, ...],
    plans: Mapping[str, Plan],
    directory: Directory,
    asked: Asked,
    questions: Questions,
) -> Identity:
    """Everything that is known, and everything that contradicts it: a form of ours is refused, a title asked about."""
    found = Identity()
    key = next((g for g in grids if g.text(1, 1) == KEY_MARK), None)
    told = _key(key)
    if asked.form_decides and "reporter" in told and "quarter" in told:
        asked = Asked()
    visible = [g for g in grids if not g.hidden and g.title != vi.GUIDE_SHEET]
    found.problems += _disguised(visible)
    if key and told.get(KEY_MARK) != VERSION:
        found.notices.append(OlderForm(None, told.get(KEY_MARK, ""), VERSION))
    _find_plan(found, plans, directory, told, visible, asked)
    if found.plan:
        _find_quarter(found, found.plan, told, visible, asked, questions)
        _find_reporter(found, found.plan, directory, told, visible, asked, questions)
    return found


def _key(grid: Grid | None) -> dict[str, str]:
    return {grid.text(row, 1): grid.text(row, 2) for row in range(1, KEY_ROWS + 1)} if grid else {}


def _title_spots(grids: Iterable[Grid]) -> Iterator[tuple[Grid, Spot]]:
    """The texts over the tables."""
    for grid in grids:
        for row, spots in grid.rows.items():
            if row > DEEPEST or _begins_table(spots):
                break
            yield from ((grid, spot) for spot in spots if isinstance(spot.value, str))


def _begins_table(spots: list[Spot]) -> bool:
    """ "Đơn vị báo cáo: …" and "Nội dung: …" stand over a table and begin none."""
    heads = (spot for spot in spots if len(spots) > 1 and sender(spot.text) is None)
    return any(role_of(spot.text) in _BEGIN_TABLES for spot in heads)


def _periods(grids: Iterable[Grid], year: int | None) -> list[Period]:
    return [period for mine in _parts(grids, year) for period in mine]


def _parts(grids: Iterable[Grid], year: int | None) -> list[list[Period]]:
    """What the titles of each sheet say, and those of each table further down."""
    found = []
    for grid in grids:
        over = list(_said(_title_spots([grid]), year))
        named = period(grid.title, year) if _SHEET.match(fold(grid.title)) else None
        if named and named.quarter and not any(p.quarter for p in over):
            over.append(Period(named.found, named.quarter, grid.cell(1, 1)))
        found += [over, *(list(_said([(grid, spot)], year)) for spot in _later_titles(grid))]
    return [mine for mine in found if mine]


_SHEET = re.compile(r"(.*\b)?(qui|q)\s*[.\divxbhmn]|thang \d|\d{1,2} thang|.*\bnam 20\d\d$")


def _later_titles(grid: Grid) -> Iterator[Spot]:
    """Words alone in their row, just over another table."""
    rows = sorted(grid.rows)
    texts = {row: [s.text for s in grid.rows[row] if isinstance(s.value, str)] for row in rows}
    heads = [row for row in rows if sum(role_of(text) is not None for text in texts[row]) > 1]
    for before, head in pairwise(heads):
        for row in rows:
            if max(before, head - TITLE_ROWS - 1) < row < head and len(grid.rows[row]) == 1:
                yield from (spot for spot in grid.rows[row] if isinstance(spot.value, str))


def _said(spots: Iterable[tuple[Grid, Spot]], year: int | None) -> Iterator[Period]:
    for grid, spot in spots:
        told = (
            len(spot.text) < LONGEST_TITLE and not is_note(spot.text) and not _BESIDE.match(fold(spot.text))
        )
        said = period(spot.text, year) if told else None
        if said and _says_title(spot.text):
            yield Period(said.found, said.quarter, grid.cell(spot.row, spot.column))


# What a title sets beside the figures, or whom it goes to.
_BESIDE = re.compile(r"\(?(?:ki truoc|cung ki|so sanh|khong |noi nhan|kinh gui|cum )")


# Letters of the keyboard one switch away, as ours.
_SEEN_AS = str.maketrans("АВЕІКМНОРСТУХаеіорсухΑΒΕΙΚΜΝΟΡΤΥΧ", "ABEIKMHOPCTYXaeiopcyxABEIKMNOPTYX")


def _disguised(grids: Iterable[Grid]) -> Iterator[Problem]:
    """Titles that would say who or when if their letters were what they seem."""
    for grid, spot in _title_spots(grids):
        problem = strange(grid.cell(spot.row, spot.column), spot)
        seen = spot.text.translate(_SEEN_AS)
        if problem and (sender(seen) is not None or _says_title(seen)):
            yield problem


_BEGIN_TABLES = frozenset({Role.ORDER, Role.UNIT, Role.INDICATOR})
_TITLE = re.compile(
    r"\b(bao cao|bieu|ki|so lieu|ket qua|tong hop|ke hoach|du kien|phu luc|chi tieu)\b|^(qui|q)\b|^q[.\d]|^\(?\d{1,2} thang|^\(?thang \d|^\(?(trong ki )?tu ngai|^\(?tu \d|^nam\b|^\(?(qui|q)"
)


def _says_title(text: str) -> bool:
    return bool(_TITLE.search(fold(text)))


def _find_plan(
    found: Identity,
    plans: Mapping[str, Plan],
    directory: Directory,
    told: Mapping[str, str],
    grids: list[Grid],
    asked: Asked,
) -> None:
    if "plan" in told:
        found.plan = plans.get(told["plan"])
        if found.plan is None:
            found.problems.append(UnknownPlan(told["plan"]))
        return
    quarters = [p.quarter for p in _periods(grids, None) if p.quarter]
    if asked.quarter:
        quarters.insert(0, asked.quarter)
    titles = " ".join(fold(spot.text) for _, spot in _title_spots(grids))
    senders = [text for _, text in _senders(grids)]
    # Who sends says more than when: a year may be mistyped, and the years of plans overlap.
    signs: tuple[Callable[[Plan], bool], ...] = (
        lambda p: fold(p.title) in titles,
        lambda p: any(r.code == asked.reporter for r in p.reporters),
        lambda p: _knows(p, directory, senders),
        lambda p: any(q in p.quarters for q in quarters),
    )
    fitting = list(plans.values())
    for sign in signs:
        # A sign that no plan bears says nothing.
        fitting = [p for p in fitting if sign(p)] or fitting
    if len(fitting) == 1:
        found.plan = fitting[0]
    else:
        found.problems.append(UnknownPlan(""))


def _knows(plan: Plan, directory: Directory, senders: Iterable[str]) -> bool:
    units = directory.on(plan.start, plan.province)
    return any(reporter_named(text, plan, units) for text in senders)


def _find_quarter(
    found: Identity,
    plan: Plan,
    told: Mapping[str, str],
    grids: list[Grid],
    asked: Asked,
    questions: Questions,
) -> None:
    # A title without a year says nothing in a plan of several, unless somebody said which quarter it is.
    one = plan.start.year == plan.end.year
    parts = _parts(grids, plan.year if one else asked.quarter.year if asked.quarter else None)
    periods = [p for mine in parts for p in mine]
    if "quarter" in told:
        periods.append(Period(told["quarter"], _parsed(told["quarter"])))
    found.problems += [InvalidPeriod(p.at, p.found) for p in periods if p.quarter is None]
    said = {p.quarter: p for p in reversed(periods) if p.quarter}
    key = _parsed(told.get("quarter", ""))
    found.own_quarter = key or next((p.quarter for p in periods if p.quarter), None)
    found.quarter = asked.quarter or found.own_quarter
    if found.quarter is None:
        found.problems += [] if periods else [UnknownQuarter()]
        return
    others = {q: p for q, p in said.items() if q != found.quarter}
    if key:
        found.problems += [QuarterDisagrees(p.at, q, found.quarter) for q, p in others.items()]
    elif asked.quarter and (apart := _apart(parts, found.quarter)):
        found.problems += [QuarterDisagrees(p.at, p.quarter, found.quarter) for p in apart if p.quarter]
    elif others:
        _ask_quarter(found, said, others, asked, questions)
    if found.quarter not in plan.quarters:
        at = said[found.quarter].at if found.quarter in said else None
        found.problems.append(QuarterOutsidePlan(at, found.quarter, plan.start.year, plan.year))


def _apart(parts: list[list[Period]], wanted: Quarter) -> list[Period]:
    """Sheets and tables of another quarter beside those of the wanted one: no answer makes them one."""
    quarters = [{p.quarter for p in mine if p.quarter} for mine in parts]
    if not any(wanted in mine for mine in quarters) and len({frozenset(q) for q in quarters if q}) < 2:
        return []
    return [
        next(p for p in mine if p.quarter)
        for mine, said in zip(parts, quarters, strict=True)
        if said and wanted not in said
    ]


def _ask_quarter(
    found: Identity,
    said: Mapping[Quarter, Period],
    others: Mapping[Quarter, Period],
    asked: Asked,
    questions: Questions,
) -> None:
    """A title left over from another quarter is common; only a person can say which of the two is wrong."""
    wanted = found.quarter
    other, at = next((q, p.at) for q, p in others.items())
    if wanted is None or at is None:
        return
    possible = [wanted] if asked.quarter else sorted(said)
    choices = (*map(vi.quarter, possible), vi.MEND_FILE)
    chosen = questions.ask(
        "quarter", at, choices, lambda cells: QuarterUnclear(at, other, wanted, choices, cells)
    )
    if chosen is not None and chosen < len(possible):
        found.quarter = found.own_quarter = possible[chosen]


def _parsed(text: str) -> Quarter | None:
    try:
        quarter = Quarter.parse(text)
    except ValueError:
        return None
    return quarter if quarter.year in YEARS else None


def _find_reporter(
    found: Identity,
    plan: Plan,
    directory: Directory,
    told: Mapping[str, str],
    grids: list[Grid],
    asked: Asked,
    questions: Questions,
) -> None:
    known = {r.code: r for r in plan.reporters}
    codes = [code for code in (asked.reporter, told.get("reporter")) if code]
    unknown = [code for code in codes if code not in known]
    if unknown:
        found.problems.append(UnknownReporter(unknown[0]))
        return
    units = directory.on(plan.start, plan.province)
    named = list(_senders(grids))
    said: dict[str, tuple[Cell | None, str]] = {}
    for at, text in named:
        if reporter := reporter_named(text, plan, units):
            said.setdefault(reporter.code, (at, text))
    key = told.get("reporter")
    # A head says less than "Đơn vị gửi:", and offices above the own one may stand in it.
    for grid in grids if asked.reporter and not key else ():
        heads = {
            r.code: (at, text) for at, text in _heads([grid]) if (r := reporter_named(text, plan, units))
        }
        if asked.reporter not in heads and next(_senders([grid]), None) is None:
            said = {**heads, **said}
    if key:
        said.setdefault(key, (None, known[key].name))
    own = key or next(iter(said), None)
    wanted = asked.reporter or own
    if wanted and wanted in units and not key:
        named_units = list(_units_said(grids, units))
        # A text that names the own unit among others is about it.
        own_texts = {text for _, text, unit in named_units if unit.code == wanted}
        for at, text, unit in ((a, t, u) for a, t, u in named_units if t not in own_texts):
            below = wanted in (above.code for above in units.path(unit.code))
            if not below or (unit.code != wanted and sender(text) is not None):
                said.setdefault(unit.code, (at, text))
    if wanted is None:
        found.problems.append(UnknownReporter(named[0][1], named[0][0]) if named else UnknownReporter(""))
        return
    found.reporter, found.own_reporter = known[wanted], known[own] if own else None
    others = [(at, text) for code, (at, text) in said.items() if code != wanted]
    if key:
        found.problems += [ReporterDisagrees(at, text, found.reporter.name) for at, text in others]
    elif others:
        possible = [known[wanted]] if asked.reporter else [known[code] for code in said if code in known]
        _ask_reporter(found, found.reporter, others[0], possible, questions)


# A kind of unit, and the name behind it up to what ends a name.
_UNIT_SAID = re.compile(
    r"\b(?=((?:huyện|thành phố|thị xã|thị trấn|phường|xã)\s+[^\n,;:()\d–-]+?)"
    r"\s*(?:$|[\n,;:()\d.–-]|\b(?:quý|năm|tháng|kỳ|trong|theo|đến|về|tại|tỉnh|và)\b))",
    re.IGNORECASE,
)
_SENDING = frozenset({Level.DISTRICT, Level.COMMUNE})
# Longer texts over a table tell stories.
LONGEST_TITLE = 200


def _units_said(grids: Iterable[Grid], units: Units) -> Iterator[tuple[Cell, str, Unit]]:
    """The districts and communes that titles and names of sheets say a table is about."""
    for grid in grids:
        spots = [spot for _, spot in _title_spots([grid]) if not is_note(spot.text)]
        texts = [(grid.cell(s.row, s.column), s.text) for s in (*spots, *_later_titles(grid))]
        for at, text in [(grid.cell(1, 1), grid.title), *texts]:
            told = len(text) < LONGEST_TITLE and not _BESIDE.match(fold(text))
            for name in _UNIT_SAID.findall(tidy(text)) if told else ():
                match = units.match(name)
                if match.unit and match.exact and match.unit.level in _SENDING:
                    yield at, text, match.unit


def _ask_reporter(
    found: Identity,
    wanted: Reporter,
    other: tuple[Cell | None, str],
    possible: list[Reporter],
    questions: Questions,
) -> None:
    at, text = other
    if at is None:
        return
    choices = (*(reporter.name for reporter in possible), vi.MEND_FILE)
    chosen = questions.ask(
        "reporter", at, choices, lambda cells: ReporterUnclear(at, text, wanted.name, choices, cells)
    )
    if chosen is not None and chosen < len(possible):
        found.reporter = found.own_reporter = possible[chosen]


def _senders(grids: Iterable[Grid]) -> Iterator[tuple[Cell, str]]:
    for grid, spot in _title_spots(grids):
        name = sender(spot.text)
        if name is None:
            continue
        beside = next(_right_of(grid, spot), None) if not name else None
        name = name or (beside.text if beside else "")
        if name and not NO_VALUE.fullmatch(name):
            yield grid.cell(spot.row, spot.column), name


_HEAD = re.compile(r"(ui ban nhan dan|ubnd|phong|so|chi cuc|ban|buu dien|trung tam|cong an)\b")


def _heads(grids: Iterable[Grid]) -> Iterator[tuple[Cell, str]]:
    """The names of offices over a table, each in a line of its own."""
    for grid, spot in _title_spots(grids):
        for line in str(spot.value)[:LONGEST_TEXT].splitlines():
            if _HEAD.match(fold(line)):
                yield grid.cell(spot.row, spot.column), line.strip()


def _right_of(grid: Grid, spot: Spot) -> Iterator[Spot]:
    for column in range(spot.column + 1, spot.column + NEIGHBOURS + 1):
        if beside := grid.at(spot.row, column):
            yield beside


def reporter_named(text: str, plan: Plan, units: Units) -> Reporter | None:
    """By its own name, else by the unit whose office it is."""
    # "Bưu điện tỉnh Bắc Kạn" is the province's only one.
    words = fold(text).strip(" .").removesuffix(f" {fold(units.province.name)}")
    for reporter in plan.reporters:
        if words in (fold(reporter.name), reporter.code.casefold()):
            return reporter
    match = units.match(text, levels=(Level.DISTRICT, Level.AGENCY))
    return next((r for r in plan.reporters if match.unit and r.code == match.unit.code), None)


@dataclass(frozen=True, slots=True)
class CutOff:
    day: date | None
    problem: Problem | None = None
    notice: Notice | None = None


def cut_off(grid: Grid, quarter: Quarter) -> CutOff | None:
    """ "Số liệu tính đến ngày …" of a sheet; None when it says nothing."""
    for place in sorted(grid.spots):
        spot = grid.spots[place]
        if isinstance(spot.value, str) and tells_cut_off(spot.text):
            return _cut_off(grid, spot, quarter)
    return None


def _cut_off(grid: Grid, label: Spot, quarter: Quarter) -> CutOff | None:
    said = date_in(label.text)
    spot, found = label, said[0] if said else None
    written = said[1] if said else ""
    if said is None:
        beside = next(_right_of(grid, label), None)
        if beside is None or beside.value is None or NO_VALUE.fullmatch(beside.text):
            return None
        spot, written, found = beside, beside.text, as_date(beside.value)
        if found is None and (typed := date_in(beside.text)):
            found, written = typed
    at = grid.cell(spot.row, spot.column)
    if found is None:
        return CutOff(None, NotADate(at, written))
    if not date(quarter.year, 1, 1) <= found <= quarter.last_day + SOON_AFTER:
        return CutOff(None, DateOutsideQuarter(at, found, quarter))
    if not quarter.first_day <= found <= quarter.last_day:
        return CutOff(found, notice=DateBesideQuarter(at, found, quarter))
    return CutOff(found, notice=CutOffRead(at, found) if said else None)
