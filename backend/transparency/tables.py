"""The log. All tables take inserts only, by trigger: what was logged cannot be changed by this program."""

from __future__ import annotations

from piccolo.columns import BigInt, Bytea, Text, Timestamptz
from piccolo.table import Table


class LogEntry(Table):
    """One entry; `index` has no gaps, because it is given under a lock that is held until commit."""

    index = BigInt(primary_key=True, default=None)
    content = Bytea()
    leaf_hash = Bytea()
    at = Timestamptz()


class Checkpoint(Table):
    """Each signed tree head that ever was; the newest is the one with the greatest size."""

    size = BigInt(primary_key=True, default=None)
    root = Bytea()
    note = Text()
    at = Timestamptz()


class PublishedCheckpoint(Table):
    """The checkpoints that stand outside as well. Only what one of these covers is public."""

    size = BigInt(primary_key=True, default=None)
    at = Timestamptz()
