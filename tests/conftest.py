from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import sleep

import pytest
import streamlit as st
from argon2 import PasswordHasher
from click.testing import CliRunner
from hypothesis import settings

from kpi import access, ui
from kpi import plan as plan_files
from kpi.cli import main
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


# How dear a password is to guess is tested where it matters; everybody else's is as cheap as it can be.
access._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def pytest_collection_finish() -> None:
    """What has been imported stays; looked through again and again for garbage it costs a tenth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


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
def demonstration(tmp_path_factory, request) -> Path:
    """The folder in which `kpi demo` has filled a store with the sample quarters: once for all workers."""
    own = tmp_path_factory.getbasetemp()
    shared: Path = (own.parent if hasattr(request.config, "workerinput") else own) / "demonstration"
    try:
        (shared / "hand").mkdir(parents=True)
    except FileExistsError:
        while not (shared / "done").exists():
            sleep(0.1)
    else:
        try:
            with pytest.MonkeyPatch.context() as patched:
                patched.delenv("KPI_STORE", raising=False)
                patched.setenv("KPI_DATA", str(shared))
                said = CliRunner().invoke(main, ["demo", "--samples", str(shared / "hand"), "--json"])
            (shared / "said").write_text(said.output, "utf-8")
        finally:
            (shared / "done").touch()  # also when it failed: nobody waits for ever
    return shared


@pytest.fixture(scope="session")
def sample(demonstration, tmp_path_factory) -> Path:
    """A store with the sample quarters and one person of each role."""
    path = Path(shutil.copytree(demonstration / "demo", tmp_path_factory.mktemp("sample") / "demo"))
    with Store(path / "kpi.duckdb") as opened:
        let_in(opened)
    return path / "kpi.duckdb"


@pytest.fixture
def sender(plan: Plan, directory: Directory) -> Sender:
    return Sender(plan, directory)


@pytest.fixture(scope="session")
def peopled(tmp_path_factory) -> Path:
    """A store that holds nothing but one person of each role, to be copied."""
    path: Path = tmp_path_factory.mktemp("peopled") / "kpi.duckdb"
    with Store(path) as opened:
        let_in(opened)
    return path


@pytest.fixture
def house(peopled, tmp_path, monkeypatch) -> Iterator[Store]:
    """The open store of the program, in which one person of each role has an account."""
    monkeypatch.setenv("KPI_STORE", str(shutil.copy(peopled, tmp_path)))
    st.cache_resource.clear()
    yield ui.store()
    ui.close()
