"""Blank forms handed out, and an uploaded file becomes a Draft."""

from kpi.problems import Finding
from kpi.workbook.annotate import annotate
from kpi.workbook.draft import Change, Draft, compare
from kpi.workbook.filling import fill
from kpi.workbook.forms import blank
from kpi.workbook.members import MemberDraft, blank_members, read_members
from kpi.workbook.reader import read
from kpi.workbook.tasks import TaskDraft, blank_tasks, read_tasks

__all__ = [
    "Change",
    "Draft",
    "Finding",
    "MemberDraft",
    "TaskDraft",
    "annotate",
    "blank",
    "blank_members",
    "blank_tasks",
    "compare",
    "fill",
    "read",
    "read_members",
    "read_tasks",
]
