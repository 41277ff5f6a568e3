"""Print one table: each figure, its base where it has one, their ratio, and the bound it must keep."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks import browser, edge, reading, refusing, servers, sessions
from kpi import demo, plan, progress, workbook
from kpi.model import Plan
from kpi.store import Store
from kpi.units import Directory, Units

OVERVIEW, SENTENCE = "tong-quan", "chỉ tiêu đạt"
EMPTY = "Trang trống"
SWITCH_TO, SWITCHED = "Tiến độ theo đơn vị", "Xếp thứ tự theo một chỉ tiêu"


@dataclass(frozen=True)
class Row:
    name: str
    ours: float
    unit: str
    base: float | None = None
    bound: float | None = None
    """The most that `ours / base` may be, or `ours` itself when there is no base."""

    def __str__(self) -> str:
        ratio = self.ours if self.base is None else self.ours / self.base
        base = "" if self.base is None else f"{self.base:12,.1f}"
        times = "" if self.base is None else f"{ratio:8.2f} x"
        kept = (
            "" if self.bound is None else f"<= {self.bound:g} " + ("ok" if ratio <= self.bound else "MISSED")
        )
        return f"{self.name:58}{self.ours:12,.1f} {self.unit:6}{base:>12}{times:>10}  {kept}"


def main() -> None:
    print(f"{'':58}{'ours':>12} {'':6}{'base':>12}{'ratio':>10}  bound")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kpi.duckdb"
        for row in (
            *_kernel_and_files(path),
            *_edge(path),
            *_server(path),
            *_refusing(path),
            *_first_loads(path),
        ):
            print(row, flush=True)


def _kernel_and_files(path: Path) -> Iterator[Row]:
    data = servers.ROOT / "data"
    directory = Directory.load(data / "units")
    plans = plan.load_all(data / "plans", directory)
    ours = plans["bac-kan-2022"]
    units = directory.on(ours.start, ours.province)
    store = Store(path)
    begin = time.perf_counter()
    demo.load(store, plans, directory)
    loading = time.perf_counter() - begin
    yield from _kernel(ours, units, store)
    yield Row("make demo: load four sample quarters", loading, "s", bound=20)
    yield from _workbook(ours, units, store)
    store.close()


def _kernel(ours: Plan, units: Units, store: Store) -> Iterator[Row]:
    readings, everyone = store.current(ours.code), [*units]
    seconds = _median(lambda: progress.assess(ours, units, ours.quarters[-1], readings, everyone), 15)
    count = len(progress.assess(ours, units, ours.quarters[-1], readings, everyone))
    yield Row(f"kernel: {count} assessments from {len(readings)} readings", count / seconds, "per s")


def _workbook(ours: Plan, units: Units, store: Store) -> Iterator[Row]:
    """A district's real workbook: the newest one kept for Ba Bể."""
    directory, plans = Directory.load(servers.ROOT / "data" / "units"), {ours.code: ours}
    upload = next(u for u in store.uploads(ours.code) if u.reporter == "061")
    content, held = store.original(upload.id, servers.OPERATOR), store.current(ours.code)

    def read() -> workbook.Draft:
        return workbook.read(upload.filename, content, plans, directory, held=held)

    for case in reading.cases(ours, directory, units, content):
        yield Row(f"parse {case.name} / bare library", case.parsed * 1e3, "ms", case.bare * 1e3, 1.5)
        yield Row(f"read {case.name} / bare library", case.read * 1e3, "ms", case.bare * 1e3, 1.5)
    apart = reading.subprocess_start(ours, directory, content)
    yield Row("the same in a process of its own: added", apart * 1e3, "ms", bound=400)
    times = []
    for number in range(9):
        with tempfile.TemporaryDirectory() as folder:
            empty = Store(Path(folder) / f"{number}.duckdb")
            draft = read()
            begin = time.perf_counter()
            empty.keep(draft, servers.OPERATOR)
            times.append(time.perf_counter() - begin)
            empty.close()
    yield Row("keep it, until it is safe on disk", statistics.median(times) * 1e3, "ms", bound=50)


def _edge(path: Path) -> Iterator[Row]:
    store = path.with_name("edge.duckdb")
    yield Row("edge: time added to a request, p50", edge.added(store) * 1e3, "us", bound=1000)
    yield Row(
        "edge: a sign-in, nearly all of it Argon2, p50", statistics.median(edge.sign_ins(store, 9)), "ms"
    )


def _server(path: Path) -> Iterator[Row]:
    with servers.dashboard(path) as ours, servers.plain("empty.py") as empty:
        mine, base = [], []
        for _ in range(5):
            mine += asyncio.run(sessions.reruns(ours, OVERVIEW, 20))
            base += asyncio.run(sessions.reruns(empty, "", 20))
        yield Row(
            "overview rerun, p50 / empty page, streamlit run",
            statistics.median(mine),
            "ms",
            statistics.median(base),
            0.20,
        )
        mine, base = [], []
        for _ in range(2):
            mine += asyncio.run(sessions.crowd(ours, OVERVIEW, 20, 8, 1))
            base += asyncio.run(sessions.crowd(empty, "", 20, 8, 1))
        yield Row("the same, 20 people thinking 1 s, p95", _p95(mine), "ms", _p95(base), 0.15)


def _refusing(path: Path) -> Iterator[Row]:
    found = refusing.refusals()
    yield Row(f"the slowest of {len(found)} hostile files refused", found[0].seconds * 1e3, "ms", bound=1000)
    yield Row("the most memory that one of them takes", max(r.memory for r in found), "MiB", bound=256)
    slowest = [refusal.content for refusal in found[:10]]
    with servers.dashboard(path) as ours:
        asyncio.run(refusing.crowd(ours, OVERVIEW))
        calm, beside = [], []
        for _ in range(3):
            calm += asyncio.run(refusing.crowd(ours, OVERVIEW))
            beside += asyncio.run(refusing.beside(ours, OVERVIEW, slowest))
    middle = statistics.median
    yield Row("overview while ten are refused / without, p50", middle(beside), "ms", middle(calm), 1.2)
    yield Row("the same, p95", _p95(beside), "ms", _p95(calm), 1.2)


def _first_loads(path: Path) -> Iterator[Row]:
    with ExitStack() as stack:
        ours = stack.enter_context(servers.dashboard(path))
        empty = stack.enter_context(servers.plain("empty.py"))
        chart = stack.enter_context(servers.plain("one_chart.py"))
        chromium = stack.enter_context(browser.chromium())
        figures, charts, floor, one, switch = zip(
            *(
                (
                    browser.text_after_load(chromium, ours, OVERVIEW, SENTENCE),
                    browser.chart_after_load(chromium, ours, OVERVIEW),
                    browser.text_after_load(chromium, empty, "", EMPTY),
                    browser.chart_after_load(chromium, chart, ""),
                    browser.text_after_switch(chromium, ours, OVERVIEW, SENTENCE, SWITCH_TO, SWITCHED),
                )
                for _ in range(9)
            ),
            strict=True,
        )
    middle = statistics.median
    yield Row("first load: overview's figures / empty page", middle(figures), "ms", middle(floor), 1.75)
    yield Row("first load: overview's charts / one Plotly chart", middle(charts), "ms", middle(one), 1.15)
    yield Row("switch inside the app / empty page's first load", middle(switch), "ms", middle(floor), 0.75)


def _median(act: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        act()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main()
