from __future__ import annotations

from pathlib import Path

import pytest

from kpi import plan as plan_files
from kpi.model import Plan
from kpi.units import Directory, Units

DATA = Path(__file__).parent.parent / "data"


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
