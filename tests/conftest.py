from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from kpi import plan as plan_files
from kpi.model import Plan
from kpi.units import Directory, Units
from tests.browsing import browser, demo, page, server

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
