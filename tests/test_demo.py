from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from kpi import demo, vi, workbook
from kpi.model import HoldsRealFiguresError, Plan, Quarter, Status
from kpi.progress import Assessment, assess
from kpi.store import Store
from kpi.units import Directory
from kpi.workbook.loading import load_here
from tests.filled import LAN, Q1, Q2, Q3, Q4, Sender

SAMPLES = Path(__file__).parent.parent / "data" / "samples"


@pytest.fixture(scope="module")
def loaded(sample):
    with Store(sample) as store:
        yield store


@pytest.fixture(scope="module")
def stands(loaded: Store, plan: Plan, directory: Directory):
    """Where an indicator of the province stands at the end of a quarter."""
    units = directory.on(plan.start, plan.province)

    def stand(number: str, quarter: Quarter, *, closed: bool = False) -> Assessment:
        readings = loaded.current(plan.code, quarter)
        rows = assess(plan, units, quarter, readings, closed=closed)
        return next(row for row in rows if row.indicator.number == number)

    return stand


def test_the_known_results_stand_at_the_end_of_the_year(stands):
    working, modern, dti = stands("1", Q4), stands("3", Q4), stands("13", Q4)
    assert (working.value, working.status) == (100, Status.MET)
    assert (modern.numerator, modern.denominator, modern.status) == (93 + 7, 108, Status.EXCEEDED)
    assert (dti.value, dti.edition, dti.gain, dti.status) == (51, 2021, 8, Status.AWAITING)
    assert stands("13", Q2).value == 59
    assert stands("13", Q3).value == 51
    assert all(stands("4", quarter).denominator == 1292 for quarter in (Q1, Q2, Q3, Q4))


def test_one_indicator_is_behind_all_year_and_missed_at_its_end(stands):
    assert {stands("11", quarter).status for quarter in (Q1, Q2, Q3)} == {Status.BEHIND}
    assert stands("11", Q4, closed=True).status is Status.MISSED


def test_one_indicator_is_met_early_and_one_at_the_last_moment(stands):
    assert stands("10", Q1).status is Status.IN_PROGRESS
    assert stands("10", Q2).status is Status.EXCEEDED
    assert stands("5", Q3).numerator == 0
    assert (stands("5", Q4).numerator, stands("5", Q4).denominator) == (1, 7)


def test_a_post_point_without_staff_is_an_incident_that_passes(stands):
    assert [stands("7", quarter).status for quarter in (Q2, Q3, Q4)] == [
        Status.MET,
        Status.BEHIND,
        Status.MET,
    ]


def test_one_office_is_late_one_silent_and_one_corrects_itself(loaded, plan):
    sent = {(u.reporter, u.quarter): u for u in loaded.uploads(plan.code)}
    late = [u for u in sent.values() if u.kept_at.date() > plan.due(u.quarter)]
    assert [(u.reporter, u.quarter) for u in late if not u.filename.endswith("dinh-chinh.xlsx")] == [
        ("060", Q2)
    ]
    assert {(r.code, q) for r in plan.reporters for q in plan.quarters} - sent.keys() == {("063", Q4)}
    corrected = [u for u in loaded.uploads() if (u.reporter, u.quarter) == ("065", Q3)]
    assert [u.current for u in corrected] == [True, False]


def test_what_the_silent_office_last_said_is_used_and_marked_as_old(stands):
    assert (stands("1", Q4).reported, len(stands("1", Q4).stale)) == (108, 14)


def test_history_reads_as_if_the_year_had_passed(loaded, plan):
    kept = [upload.kept_at for upload in reversed(loaded.uploads(plan.code))]
    assert kept == sorted(kept)
    assert {at.month for at in kept} == {3, 6, 7, 9, 10, 12}


def test_everything_is_marked_as_invented(loaded, plan):
    assert loaded.illustrative(plan.code)
    assert {(u.illustrative, u.person) for u in loaded.uploads()} == {(True, vi.ILLUSTRATIVE)}


def test_loading_again_keeps_nothing_more(loaded, plans, directory):
    before = loaded.revision
    said: list[int] = []
    assert demo.load(loaded, plans, directory, lambda percent, _: said.append(percent)) == 0
    assert loaded.revision == before
    assert said == [100]


class BrokenOffError(Exception):
    pass


def test_a_loading_that_was_broken_off_is_finished_to_the_same_bytes(tmp_path, plan, directory):
    """Of two offices; one of them corrects itself, the other sends nothing in the end."""

    def stop(percent: int, _: str) -> None:
        if percent >= 30:
            raise BrokenOffError

    few = replace(plan, reporters=tuple(plan.reporter(code) for code in ("063", "065")))
    with Store(tmp_path / "whole" / "kpi.duckdb") as store:
        demo.load(store, {plan.code: few}, directory)
        whole, tasks = store.uploads(plan.code), store.tasks.updates(plan.code)
    with Store(tmp_path / "broken" / "kpi.duckdb") as store:
        with pytest.raises(BrokenOffError):
            demo.load(store, {plan.code: few}, directory, stop)
        kept = len(store.uploads())
        assert 0 < kept < len(whole) == 8
        assert demo.load(store, {plan.code: few}, directory) == len(whole) - kept
        assert store.uploads() == whole
        assert store.tasks.updates(plan.code) == tasks


def test_invented_figures_are_never_mixed_into_real_ones(tmp_path, plan, plans, directory):
    with Store(tmp_path / "kpi.duckdb") as store:
        store.keep(Sender(plan, directory).posts(Q1, 18), LAN)
        with pytest.raises(HoldsRealFiguresError) as refused:
            demo.load(store, plans, directory)
        assert "số liệu thật" in vi.refusal(refused.value)
        assert len(store.uploads()) == 1


def test_every_office_sends_every_quarter_but_the_silent_one(plan, directory):
    corrections, silent = 1, 1
    assert len(demo.story(plan, directory)) == 12 * 4 + corrections - silent


def test_the_samples_to_try_by_hand_are_what_this_program_makes(loaded, plans, directory):
    """Run `python -m kpi demo --samples data/samples` after a change of the form."""
    made = demo.samples(loaded, plans, directory)
    there = {path.name: path.read_bytes() for path in SAMPLES.glob("*.xlsx")}
    assert there.keys() == made.keys()
    stale = [name for name, content in made.items() if parts(content) != parts(there[name])]
    assert stale == []


def parts(content: bytes) -> dict[str, bytes]:
    """What a workbook holds, however it was compressed."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_the_samples_show_what_their_readme_says(loaded, plans, directory):
    verdicts = {}
    for name, content in demo.samples(loaded, plans, directory).items():
        draft = workbook.read(name, content, plans, directory, held=loaded.current, load=load_here)
        sorts = {change.sort for change in workbook.compare(draft, loaded.current("bac-kan-2022"))}
        verdicts[name] = draft.clean, len(draft.problems), sorts - {"missing"}
    assert verdicts == {
        "minh-hoa_063_2022-Q4.xlsx": (True, 0, {"new"}),
        "minh-hoa_061_2022-Q4_nhieu-loi.xlsx": (False, 6, {"unchanged"}),
        "minh-hoa_062_2022-Q4_dinh-chinh.xlsx": (True, 0, {"changed", "unchanged"}),
    }
