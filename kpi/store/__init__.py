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
from kpi.store.people import People
from kpi.store.record import Flaw, Record
from kpi.store.uploads import Kept, Store

__all__ = [
    "AlreadyKeptError",
    "AlreadyWithdrawnError",
    "DamagedOriginalError",
    "Flaw",
    "Kept",
    "NotKeptError",
    "People",
    "Record",
    "Store",
    "StoreBusyError",
    "StoreUnusableError",
    "UncleanDraftError",
    "UnknownUploadError",
]
