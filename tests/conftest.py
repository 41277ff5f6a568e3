from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import sleep

import pytest
import streamlit as st
from hypothesis import settings

from kpi import demo as demo_story
from kpi import plan as plan_files
from kpi import ui
from kpi.model import Duty, Level, Plan, Reporter
from kpi.store import Store
from kpi.units import Directory, Units
from tests.browsing import browser, demo, page, server
from tests.filled import Sender, let_in
from tests.sheets import Desk

__all__ = ["browser", "demo", "page", "server"]

DATA = Path(__file__).parent.parent / "data"

# A busy machine is no defect.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def directory() -> Directory:
    return Directory.load(DATA / "units")


@pytest.fixture(scope="session")
def plans(directory: Directory) -> dict[str, Plan]:
    return plan_files.load_all(DATA / "plans", directory)


@pytest.fixture(scope="session")
def plan(plans: dict[str, Plan]) -> Plan:
    return plans["bac-kan-2022"]


@pytest.fixture(scope="session")
def units(directory: Directory, plan: Plan) -> Units:
    """The units of Bắc Kạn on the day the plan begins."""
    return directory.on(plan.start, plan.province)


@pytest.fixture(scope="session")
def desk(plan: Plan, plans: dict[str, Plan], directory: Directory, units: Units) -> Desk:
    return Desk(plan, plans, directory, units)


@pytest.fixture(scope="session")
def coast(plan: Plan, directory: Directory) -> Desk:
    """The same plan in a province with numbered wards and with a district that has no commune."""
    units = directory.on(date(2022, 1, 1), "77")
    asked = [*units.below("77", Level.COMMUNE), *units.below("77", Level.DISTRICT)]
    duties = tuple(Duty("4" if u.level is Level.COMMUNE else "11", u.code) for u in asked)
    ours = replace(plan, code="ba-ria", province="77", reporters=(Reporter("VP", "Văn phòng Sở", duties),))
    return Desk(ours, {ours.code: ours}, directory, units)


@pytest.fixture(scope="session")
def sample(tmp_path_factory, plans, directory, request) -> Path:
    """A store with the sample quarters and one person of each role: filled once for all workers, copied for each."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if hasattr(request.config, "workerinput") else own) / "sample"
    try:
        shared.mkdir()
    except FileExistsError:
        while not (shared / "done").exists():
            sleep(0.1)
    else:
        try:
            with Store(shared / "kpi.duckdb") as opened:
                demo_story.load(opened, plans, directory)
                let_in(opened)
        finally:
            (shared / "done").touch()  # also when it failed: nobody waits for ever
    return Path(shutil.copytree(shared, own / "own-sample")) / "kpi.duckdb"


@pytest.fixture
def sender(plan: Plan, directory: Directory) -> Sender:
    return Sender(plan, directory)


@pytest.fixture
def house(tmp_path, monkeypatch) -> Iterator[Store]:
    """The open store of the program, in which one person of each role has an account."""
    monkeypatch.setenv("KPI_STORE", str(tmp_path / "kpi.duckdb"))
    st.cache_resource.clear()
    let_in(ui.store())
    yield ui.store()
    ui.close()
