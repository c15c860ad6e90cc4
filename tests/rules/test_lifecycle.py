"""An assessment's life: the steps of product.md, and no others."""

from __future__ import annotations

import pytest

from backend.assessments.rules.lifecycle import Step, after
from backend.kernel.errors import Conflict
from backend.kernel.vocabulary import AssessmentState as State

ALLOWED = {
    State.DRAFT: {Step.SUBMIT: State.SUBMITTED},
    State.SUBMITTED: {Step.REOPEN: State.DRAFT, Step.APPROVE: State.APPROVED},
    State.APPROVED: {Step.REOPEN: State.DRAFT, Step.PUBLISH: State.PUBLISHED},
    State.PUBLISHED: {Step.SUPERSEDE: State.SUPERSEDED},
    State.SUPERSEDED: {},
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_a_step_leads_where_the_assessments_life_says_or_nowhere(state: State, step: Step) -> None:
    if step in ALLOWED[state]:
        assert after(state, step) is ALLOWED[state][step]
    else:
        with pytest.raises(Conflict):
            after(state, step)


def test_a_published_assessment_is_never_opened_again() -> None:
    reached, waiting = {State.PUBLISHED}, [State.PUBLISHED]
    while waiting:
        for found in ALLOWED[waiting.pop()].values():
            if found not in reached:
                reached.add(found)
                waiting.append(found)
    assert reached == {State.PUBLISHED, State.SUPERSEDED}


def test_a_refused_step_says_where_the_assessment_stands() -> None:
    with pytest.raises(Conflict) as refused:
        after(State.DRAFT, Step.PUBLISH)
    assert refused.value.message == "This assessment is draft; it cannot be published from there."
