"""The log: append in the cause's transaction, sequence, read, prove, and check all of it again (fsck)."""

from backend.transparency.service.fsck import check_log, find_outside, fsck
from backend.transparency.service.reading import (
    find_head,
    get_entry_file,
    list_all_entries,
    list_latest_entries,
    log_key,
    prove,
)
from backend.transparency.service.sequencer import SEQUENCE_LOG, append, is_waiting, sequence

__all__ = [
    "SEQUENCE_LOG",
    "append",
    "check_log",
    "find_head",
    "find_outside",
    "fsck",
    "get_entry_file",
    "is_waiting",
    "list_all_entries",
    "list_latest_entries",
    "log_key",
    "prove",
    "sequence",
]
