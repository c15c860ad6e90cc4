"""The head of the log: public."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.transparency import service


@strawberry.type(description="The published head of the log. Sizes are strings, because they may pass 32 bits.")
class LogHead:
    origin: str
    size: str
    root_hash: str = strawberry.field(description="64 hex digits.")
    checkpoint: str = strawberry.field(description="The signed note, as /log/checkpoint serves it.")
    vkey: str = strawberry.field(description="The log's public key, as verifiers pin it.")
    at: datetime


@strawberry.type
class LogQueries:
    @strawberry.field(description="The published head; null before the first one.")
    async def log_head(self) -> LogHead | None:
        head = await service.find_head()
        if head is None:
            return None
        return LogHead(
            origin=head.origin,
            size=str(head.size),
            root_hash=head.root.hex(),
            checkpoint=head.note,
            vkey=service.log_key().vkey,
            at=head.at,
        )
