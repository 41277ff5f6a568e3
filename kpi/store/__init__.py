"""Everything that is kept: workbooks and readings, people and sessions, and the record of who did what."""

from kpi.model import (
    AlreadyKeptError,
    AlreadyWithdrawnError,
    DamagedOriginalError,
    NotKeptError,
    StoreBusyError,
    StoreUnusableError,
    UncleanDraftError,
    UnknownUploadError,
)
from kpi.store.backups import Backup
from kpi.store.people import People
from kpi.store.plans import PlanChange, PlanText
from kpi.store.record import Flaw, Record
from kpi.store.restoring import Restored, restore
from kpi.store.uploads import Kept, Store

__all__ = [
    "AlreadyKeptError",
    "AlreadyWithdrawnError",
    "Backup",
    "DamagedOriginalError",
    "Flaw",
    "Kept",
    "NotKeptError",
    "People",
    "PlanChange",
    "PlanText",
    "Record",
    "Restored",
    "Store",
    "StoreBusyError",
    "StoreUnusableError",
    "UncleanDraftError",
    "UnknownUploadError",
    "restore",
]
