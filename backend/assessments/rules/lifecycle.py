"""An assessment's life: which step leads from which state to which (product.md, An assessment's life)."""

from __future__ import annotations

from enum import StrEnum

from backend.kernel.errors import Conflict
from backend.kernel.vocabulary import AssessmentState as State


class Step(StrEnum):
    """What somebody does to an assessment as a whole."""

    SUBMIT = "submit"
    REOPEN = "reopen"
    APPROVE = "approve"
    PUBLISH = "publish"
    SUPERSEDE = "supersede"


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Step.REOPEN): State.DRAFT,
    (State.APPROVED, Step.REOPEN): State.DRAFT,
    (State.SUBMITTED, Step.APPROVE): State.APPROVED,
    (State.APPROVED, Step.PUBLISH): State.PUBLISHED,
    (State.PUBLISHED, Step.SUPERSEDE): State.SUPERSEDED,
}


def after(state: State, step: Step) -> State:
    """Return the state that `step` leads to. Raises Conflict where it cannot be done from `state`."""
    found = TRANSITIONS.get((state, step))
    if found is None:
        raise Conflict(f"This assessment is {state.value}; it cannot be {_PAST[step]} from there.")
    return found


_PAST = {
    Step.SUBMIT: "submitted",
    Step.REOPEN: "reopened",
    Step.APPROVE: "approved",
    Step.PUBLISH: "published",
    Step.SUPERSEDE: "superseded",
}
