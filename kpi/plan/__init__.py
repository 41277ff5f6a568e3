"""Plan files: found, read, checked, and rewritten with their comments kept."""

from kpi.plan.files import SHIPPED, decode, folder, forms, overlay, paths, write
from kpi.plan.reading import PlanError, check, examine, load, load_all, load_each, loads

__all__ = [
    "SHIPPED",
    "PlanError",
    "check",
    "decode",
    "examine",
    "folder",
    "forms",
    "load",
    "load_all",
    "load_each",
    "loads",
    "overlay",
    "paths",
    "write",
]
