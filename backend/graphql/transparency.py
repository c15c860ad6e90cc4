"""The head of the log: public."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.graphql.context import PInfo
from backend.transparency import service


@strawberry.type(description="The published head of the log. Sizes are strings, because they may pass 32 bits.")
class LogHead:
    origin: str = strawberry.field(description="The log's name, which its checkpoints begin with.")
    size: str = strawberry.field(description="How many entries it covers.")
    root_hash: str = strawberry.field(description="64 hex digits.")
    checkpoint: str = strawberry.field(description="The signed note, as /log/checkpoint serves it.")
    vkey: str = strawberry.field(description="The log's public key, as verifiers pin it.")
    at: datetime = strawberry.field(description="When it was signed, in UTC.")


@strawberry.type
class LogQueries:
    @strawberry.field(description="The published head; null before the first one.")
    async def log_head(self, info: PInfo) -> LogHead | None:
        head = info.context.head
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
