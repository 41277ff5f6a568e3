"""Invented figures, kept the way any workbook is: form, filled, read, kept.

Of the Bắc Kạn plan 2022 four quarters, told below; of any other plan what its files in `data/samples` say, if it has any.
Only the working stations, the stations with ICT and the published ranks are known facts (domain, "Demonstration data").
The story: one office is late, one never sends its last workbook, one corrects itself, online files stay behind,
stations with ICT arrive early, the first 5G centre comes last.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from heapq import heapify, heapreplace
from itertools import groupby
from math import lcm
from pathlib import Path
from zlib import crc32

from kpi import vi, workbook
from kpi.model import (
    Document,
    Grant,
    HoldsRealFiguresError,
    Level,
    Person,
    Plan,
    Quarter,
    Reading,
    Reporter,
    Role,
    TaskState,
    TaskUpdate,
)
from kpi.store import Store
from kpi.units import Directory, Units
from kpi.workbook import Draft
from kpi.workbook.loading import load_here

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
PLAN = "bac-kan-2022"
LATE = "060", Quarter(2022, 2)
SILENT = "063", Quarter(2022, 4)
CORRECTED = "065", Quarter(2022, 3)

Value = bool | str | tuple[object, object]
Figures = dict[tuple[str, str], Value]
Progress = Callable[[int, str], object]
"""Percent done, and what is being done."""

# One number per quarter, of the whole province.
_STATIONS = 94, 97, 98, 100
_POOR_STATIONS = 8, 7, 5, 3
_ICT_STATIONS = 71, 84, 98, 100
_VILLAGES = 1292
_DARK_VILLAGES = 109, 98, 87, 77
_BCCI_AGENCIES = 1146, (163, 271, 438, 594)
_BCCI_DISTRICTS = 1512, (241, 447, 652, 801)
_LEVEL_4_LACKING = 978, (233, 165, 131, 92)
_FILES_DISTRICTS = (7412, 8236, 8904, 8618), (986, 1395, 1873, 2104)
_FILES_AGENCIES = (10874, 11960, 12431, 12077), (1667, 2306, 2954, 3120)
_MEETINGS_DISTRICTS = (412, 446, 431, 487), (19, 27, 31, 44)
_MEETINGS_AGENCIES = (368, 391, 377, 436), (21, 26, 29, 41)
_CENTRES_WITH_5G = (), (), (), ("058",)
_RANKS: Mapping[Quarter, tuple[int, int]] = {Quarter(2022, 3): (2021, 51)}

# Kilometres of cable: all, and underground at the end of each quarter.
_CABLE = {
    "058": ("148.620", "33.150", "36.400", "41.275", "45.980"),
    "060": ("18.240", "2.100", "2.100", "2.650", "3.150"),
    "061": ("41.375", "7.820", "8.415", "9.300", "10.240"),
    "062": ("27.910", "4.300", "4.905", "5.480", "6.120"),
    "063": ("30.165", "4.985", "5.600", "6.390", "7.205"),
    "064": ("52.480", "8.940", "10.275", "11.860", "13.415"),
    "065": ("38.755", "6.105", "6.980", "7.745", "8.950"),
    "066": ("34.805", "5.260", "5.890", "6.675", "7.640"),
}
_POSTS = {"058": 12, "060": 12, "061": 18, "062": 13, "063": 17, "064": 23, "065": 17, "066": 19}
_UNMANNED = {("066", 3): 1}
_DISTRICT_SIZES = {"058": 9, "060": 5, "061": 8, "062": 5, "063": 5, "064": 8, "065": 6, "066": 6}
_AGENCY_SIZES = {
    "SO-TNMT": 14,
    "SO-NNPTNT": 12,
    "SO-CT": 12,
    "SO-GTVT": 11,
    "SO-LDTBXH": 11,
    "SO-TP": 11,
    "SO-VHTTDL": 11,
    "SO-YT": 10,
    "SO-KHDT": 9,
    "SO-GDDT": 8,
    "SO-NV": 7,
    "SO-XD": 6,
    "SO-KHCN": 5,
    "SO-TTTT": 4,
}


@dataclass(frozen=True, slots=True)
class Sending:
    """One workbook on its way: whose, for when, its name, and the moment it was kept (UTC without zone)."""

    reporter: Reporter
    quarter: Quarter
    filename: str
    kept_at: datetime
    figures: Figures


def load(
    store: Store,
    plans: Mapping[str, Plan],
    directory: Directory,
    progress: Progress = lambda percent, label: None,
    *,
    person: Person | None = None,
) -> int:
    """Keep every workbook and task update of the samples that is not kept yet, on the word of a person.

    Return how many workbooks were. Raise HoldsRealFiguresError when a plan has figures and none of them is invented.
    """
    sender = replace(person or Person.operator(""), name=vi.ILLUSTRATIVE)
    for plan in plans.values():
        if not fits(store, plan):
            raise HoldsRealFiguresError(store.path)
    there = {(u.plan, u.filename) for u in store.uploads() if u.illustrative}
    todo = [
        (plan, sending)
        for plan in sorted(plans.values(), key=lambda plan: plan.code != PLAN)
        for sending in story(plan, directory)
        if (plan.code, sending.filename) not in there
    ]
    for done, (plan, sending) in enumerate(todo):
        progress(100 * done // len(todo), f"{sending.reporter.name}, {vi.quarter(sending.quarter)}")
        draft = _read(plan, sending, store.current(plan.code), directory)
        store.keep(draft, sender, illustrative=True, kept_at=sending.kept_at)
    for plan in plans.values():
        _tell(store, plan, sender)
    progress(100, vi.ILLUSTRATIVE)
    return len(todo)


def has_samples(plan: Plan) -> bool:
    """Whether there are invented figures of this very plan."""
    return plan.code == PLAN or (SAMPLES / f"{plan.code}.csv").is_file()


def fits(store: Store, plan: Plan) -> bool:
    """Whether invented figures mix with no real ones: the plan has none yet, or some are invented already."""
    kept = [u.illustrative for u in store.uploads(plan.code)]
    kept += [u.illustrative for u in store.tasks.updates(plan.code)]
    return not kept or any(kept)


def _tell(store: Store, plan: Plan, sender: Person) -> None:
    """Keep what is told of the plan's tasks, a day after the other."""
    there = {(u.task, u.quarter) for u in store.tasks.updates(plan.code)}
    todo = [(day, u) for day, u in _updates(plan) if (u.task, u.quarter) not in there]
    for day, told in groupby(todo, key=lambda pair: pair[0]):
        moment = datetime.combine(day, time(3))
        store.tasks.keep(plan, [update for _, update in told], sender, illustrative=True, kept_at=moment)


def people() -> tuple[Person, ...]:
    """One person of each role, as the sign-in page of the demonstration shows them."""
    return (
        Person("lanh-dao", "Hoàng Văn Sơn", grants=(Grant(Role.VIEWER),)),
        Person(
            "can-bo",
            "Nông Thị Hoa",
            grants=tuple(Grant(Role.REPORTER, c) for c in ("061", "062", "063", "750")),
        ),
        Person("phong", "Lý Văn Minh", grants=(Grant(Role.ROOM, "PBCVT"), Grant(Role.ROOM, "PCNTT"))),
        Person("van-phong", "Trần Thị Lan", grants=(Grant(Role.OFFICE),)),
        Person("quan-tri", "Vi Văn Tú", grants=(Grant(Role.ADMIN),)),
    )


def story(plan: Plan, directory: Directory) -> list[Sending]:
    """Every workbook of a plan in the order in which it was kept."""
    if plan.code == PLAN:
        units = directory.on(plan.start, plan.province)
        sent = [s for quarter in plan.quarters for s in _quarter(plan, _figures(units, quarter), quarter)]
    else:
        sent = list(_from_file(plan))
    return sorted(sent, key=lambda sending: sending.kept_at)


def _from_file(plan: Plan) -> Iterator[Sending]:
    """A file has a row for each quarter and unit: the day its office sent it, and what it wrote of each indicator."""
    rows = _rows(f"{plan.code}.csv")
    days = {(row["quarter"], row["unit"]): date.fromisoformat(row["sent"]) for row in rows}
    numbers = [i.number for i in plan.indicators]
    for text in dict.fromkeys(row["quarter"] for row in rows):
        quarter = Quarter.parse(text)
        figures = {
            (number, row["unit"]): _written(row[number])
            for row in rows
            if row["quarter"] == text
            for number in numbers
            if row.get(number)
        }
        for place, reporter in enumerate(plan.reporters):
            if own := _own(reporter, figures):
                day = max(days[text, unit] for _, unit in own)
                kept_at = datetime.combine(day, time(1 + place % 9, place * 17 % 60))
                yield Sending(reporter, quarter, f"BC_{reporter.code}_{quarter}.xlsx", kept_at, own)


def _written(text: str) -> Value:
    """Yes, no, or a fraction as "12/15"."""
    if text in {vi.YES, vi.NO}:
        return text == vi.YES
    numerator, _, denominator = text.partition("/")
    return Decimal(numerator), Decimal(denominator)


def _updates(plan: Plan) -> Iterator[tuple[date, TaskUpdate]]:
    """What a file tells of the tasks, and on which day."""
    for row in _rows(f"{plan.code}-nhiem-vu.csv"):
        done_on = date.fromisoformat(row["done_on"]) if row["done_on"] else None
        result = Document(row["result"], row["number"], done_on if row["number"] else None)
        yield (
            date.fromisoformat(row["told"]),
            TaskUpdate(
                row["task"],
                Quarter.parse(row["quarter"]),
                TaskState(row["state"]),
                done_on,
                result=result,
                note=row["note"],
                illustrative=True,
            ),
        )


def _rows(name: str) -> list[dict[str, str]]:
    path = SAMPLES / name
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def form(sending: Sending, held: Sequence[Reading], plan: Plan, units: Units) -> bytes:
    """The blank form of a workbook, filled in."""
    earlier = [reading for reading in held if reading.quarter < sending.quarter]
    blank = workbook.blank(plan, units, sending.reporter, sending.quarter, earlier)
    return workbook.fill(blank, sending.figures)


def samples(store: Store, plans: Mapping[str, Plan], directory: Directory) -> dict[str, bytes]:
    """Workbooks to try by hand in a store that holds the story: file name -> bytes."""
    plan = plans[PLAN]
    units, quarter = directory.on(plan.start, plan.province), plan.quarters[-1]
    figures, held = _figures(units, quarter), store.current(PLAN)

    def made(code: str, name: str, other: Figures) -> tuple[str, bytes]:
        reporter = plan.reporter(code)
        own = {**_own(reporter, figures), **other}
        sending = Sending(
            reporter, quarter, f"minh-hoa_{code}_{quarter}{name}.xlsx", _kept_at(plan, quarter, 0), own
        )
        return sending.filename, form(sending, held, plan, units)

    return dict(
        (
            made(SILENT[0], "", {}),
            made("061", "_nhieu-loi", _mistakes(units, "061", figures)),
            made("062", "_dinh-chinh", _more(figures, ("9", "062"), ("12", "062"))),
        )
    )


def _more(figures: Figures, *keys: tuple[str, str]) -> Figures:
    """The same figures with one more in each numerator."""
    pairs = {key: _pair(figures[key]) for key in keys}
    return {key: (n + 1, d) for key, (n, d) in pairs.items()}


def _mistakes(units: Units, district: str, figures: Figures) -> Figures:
    """What offices get wrong most: words, swapped parts, half a fraction, a remark, a contradiction, parts of a whole."""
    communes = [unit.code for unit in units.below(district, Level.COMMUNE)]
    _, villages = _pair(figures["4", communes[1]])
    online, files = _pair(figures["11", district])
    return {
        ("1", communes[0]): "chưa rõ",
        ("4", communes[1]): (villages + 2, villages),
        ("4", communes[2]): ("mười hai", 12),
        ("4", communes[3]): (Decimal("10.5"), 12),
        ("9", district): (None, 210),
        ("11", district): (online, f"khoảng {files}"),
    }


def _read(plan: Plan, sending: Sending, held: Sequence[Reading], directory: Directory) -> Draft:
    content = form(sending, held, plan, directory.on(plan.start, plan.province))
    # The forms were made just now, by this program: they need no process of their own.
    return workbook.read(sending.filename, content, {plan.code: plan}, directory, held=held, load=load_here)


def _quarter(plan: Plan, figures: Figures, quarter: Quarter) -> Iterator[Sending]:
    for place, reporter in enumerate(plan.reporters):
        key = reporter.code, quarter
        name = f"BC_{reporter.code}_{quarter}"
        own = _own(reporter, figures)
        sent = _kept_at(plan, quarter, place, late=key == LATE)
        if key == CORRECTED:
            yield Sending(reporter, quarter, f"{name}.xlsx", sent, _mistyped(own, reporter.code))
            yield Sending(reporter, quarter, f"{name}_dinh-chinh.xlsx", sent + timedelta(days=16), own)
        elif key != SILENT:
            yield Sending(reporter, quarter, f"{name}.xlsx", sent, own)


def _own(reporter: Reporter, figures: Figures) -> Figures:
    """What one office writes; a rank that was not published in a quarter stays blank."""
    keys = [(duty.indicator, duty.unit) for duty in reporter.duties]
    return {key: figures[key] for key in keys if key in figures}


def _kept_at(plan: Plan, quarter: Quarter, place: int, *, late: bool = False) -> datetime:
    """In the week before the deadline, at office hours of Hà Nội."""
    day = plan.due(quarter) + timedelta(days=17 if late else -1 - place * 5 % 8)
    return datetime.combine(day, time(1 + place % 9, (place * 17 + quarter.number * 11) % 60))


def _mistyped(figures: Figures, unit: str) -> Figures:
    """Numerators of two rows as they were first sent."""
    online, files = _pair(figures["11", unit])
    held, meetings = _pair(figures["12", unit])
    return {**figures, ("11", unit): (online // 10, files), ("12", unit): (held + 6, meetings)}


def _pair(value: Value) -> tuple[int, int]:
    match value:
        case int(n), int(d):
            return n, d
    raise ValueError(value)


def _figures(units: Units, quarter: Quarter) -> Figures:
    """Everything of a quarter: (indicator, unit) -> what is written into the form."""
    at = quarter.number - 1
    districts = [unit.code for unit in units.at(Level.DISTRICT)]
    agencies = [unit.code for unit in units.at(Level.AGENCY)]
    towns, offices = _sizes(districts, _DISTRICT_SIZES), _sizes(agencies, _AGENCY_SIZES)
    figures: Figures = {
        **_stations(units, at),
        **_villages(units, at),
        **_centres(units, at),
        **{("6", code): (Decimal(row[at + 1]), Decimal(row[0])) for code, row in _CABLE.items()},
        **{("7", c): (posts - _UNMANNED.get((c, quarter.number), 0), posts) for c, posts in _POSTS.items()},
        **_done("8", offices, _BCCI_AGENCIES[0], _BCCI_AGENCIES[1][at]),
        **_done("9", towns, _BCCI_DISTRICTS[0], _BCCI_DISTRICTS[1][at]),
        **_but("10", offices, _LEVEL_4_LACKING[0], _LEVEL_4_LACKING[1][at]),
        **_done("11", towns, _FILES_DISTRICTS[0][at], _FILES_DISTRICTS[1][at]),
        **_done("11", offices, _FILES_AGENCIES[0][at], _FILES_AGENCIES[1][at]),
        **_done("12", towns, _MEETINGS_DISTRICTS[0][at], _MEETINGS_DISTRICTS[1][at]),
        **_done("12", offices, _MEETINGS_AGENCIES[0][at], _MEETINGS_AGENCIES[1][at]),
    }
    if quarter in _RANKS:
        figures["13", units.province.code] = _RANKS[quarter]
    return figures


def _stations(units: Units, at: int) -> Figures:
    """Three rosters. The silent district has all of its stations early, so that its lack changes no total."""
    settled = {unit.code for unit in units.below(SILENT[0], Level.COMMUNE)}
    codes = [unit.code for unit in units.at(Level.COMMUNE)]
    order = sorted(codes, key=lambda code: (code not in settled, _lean(code)))
    rest = [code for code in order if code not in settled]
    poor = set(rest[: _POOR_STATIONS[at]])
    working, modern = set(order[: _STATIONS[at]]), set(order[: _ICT_STATIONS[at]])
    figures: Figures = {}
    for code in codes:
        figures["1", code] = code in working
        figures["2", code] = code in working - poor
        figures["3", code] = code in modern
    return figures


def _villages(units: Units, at: int) -> Figures:
    """The same number of villages all year; those without coverage lie in every third commune."""
    codes = [unit.code for unit in units.at(Level.COMMUNE)]
    villages = _apportion(_VILLAGES, [8 + _lean(code) % 9 for code in codes])
    remote = [village if place % 3 == 0 else 0 for place, village in enumerate(villages)]
    dark = _apportion(_DARK_VILLAGES[at], remote)
    return {
        ("4", code): (all_of - without, all_of)
        for code, all_of, without in zip(codes, villages, dark, strict=True)
    }


def _centres(units: Units, at: int) -> Figures:
    figures: Figures = {}
    for district in units.at(Level.DISTRICT):
        towns = any(unit.kind == "thị trấn" for unit in units.below(district.code, Level.COMMUNE))
        centre = towns or district.kind == "thành phố"
        figures["5", district.code] = int(district.code in _CENTRES_WITH_5G[at]), int(centre)
    return figures


def _sizes(codes: Sequence[str], known: Mapping[str, int]) -> dict[str, int]:
    return {code: known.get(code, 2) for code in codes}


def _done(indicator: str, sizes: Mapping[str, int], everything: int, done: int) -> Figures:
    """Spread a total and its done part over units, some of them better than others."""
    totals = _apportion(everything, list(sizes.values()))
    parts = _apportion(
        done, [t * (80 + _lean(f"{indicator}{c}") % 41) for c, t in zip(sizes, totals, strict=True)]
    )
    return {(indicator, c): (n, d) for c, n, d in zip(sizes, parts, totals, strict=True)}


def _but(indicator: str, sizes: Mapping[str, int], everything: int, lacking: int) -> Figures:
    without = _done(indicator, sizes, everything, lacking)
    return {key: (d - n, d) for key, (n, d) in ((key, _pair(value)) for key, value in without.items())}


def _lean(text: str) -> int:
    """A number of the text that looks accidental and is always the same."""
    return crc32(text.encode()) % 10007


def _apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Share a total out by highest averages: when the total grows, no part shrinks."""
    shares = [0] * len(weights)
    scale = lcm(*filter(None, weights))
    steps = [scale // weight if weight else 0 for weight in weights]
    queue = [(step, place) for place, step in enumerate(steps) if step]
    heapify(queue)
    for _ in range(total):
        _, place = queue[0]
        shares[place] += 1
        heapreplace(queue, ((2 * shares[place] + 1) * steps[place], place))
    return shares
