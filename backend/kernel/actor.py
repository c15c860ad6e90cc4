"""Who acts: the one value that every service call and every query takes, so tenancy is never implied."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from backend.kernel.errors import NotAllowed, NotSignedIn
from backend.kernel.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in member, the public (nobody signed in) or the system itself (jobs, commands)."""

    organisation_id: UUID | None = None
    member_id: UUID | None = None
    roles: frozenset[Role] = frozenset()
    name: str = ""
    is_system: bool = False

    def require_member(self) -> tuple[UUID, UUID]:
        """Return (organisation_id, member_id). Raises NotSignedIn for the public and the system."""
        if self.organisation_id is None or self.member_id is None:
            raise NotSignedIn("Sign in to go on.")
        return self.organisation_id, self.member_id

    def require_role(self, *any_of: Role) -> tuple[UUID, UUID]:
        """Return (organisation_id, member_id). Raises NotSignedIn, or NotAllowed without one of the roles.

        An owner may do what every role may.
        """
        ids = self.require_member()
        if Role.OWNER not in self.roles and not self.roles.intersection(any_of):
            wanted = " or ".join(role.value for role in any_of)
            raise NotAllowed(f"This needs the role of {wanted}. An owner of your organisation can give it to you.")
        return ids


PUBLIC = Actor()
SYSTEM = Actor(is_system=True, name="Para73")
