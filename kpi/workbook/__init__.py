"""Blank forms handed out, and an uploaded file becomes a Draft."""

from kpi.problems import Finding
from kpi.workbook.draft import Change, Draft, compare
from kpi.workbook.filling import fill
from kpi.workbook.forms import blank
from kpi.workbook.reader import read

__all__ = ["Change", "Draft", "Finding", "blank", "compare", "fill", "read"]
