"""Write assessments out for the award board. Nothing is decided here."""

from kpi.export.report import Annex, Course, Paragraph, Report, Stamp, digest, from_json, to_json
from kpi.export.tables import Figure, Format, Table, Value, matrix, printed, report, write

__all__ = [
    "Annex",
    "Course",
    "Figure",
    "Format",
    "Paragraph",
    "Report",
    "Stamp",
    "Table",
    "Value",
    "digest",
    "from_json",
    "matrix",
    "printed",
    "report",
    "to_json",
    "write",
]
