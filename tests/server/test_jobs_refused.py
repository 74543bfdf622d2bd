"""Jobs and orders that are refused: what makes no sense, and what is too large here."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.server.jobs import Refusal
from app.server.limits import Limits
from core.spec import DataSpec, TrainSpec, mlp, to_json
from tests.server.jobs_helpers import in_loop, submit


@pytest.mark.parametrize(("order", "text"), [
    ({"type": "step", "count": 0}, "count is 0"),
    ({"type": "step", "count": True}, "count is True"),
    ({"type": "step", "count": 10**9}, "from 1 to 10000000"),
    ({"type": "tune", "train": {"batch_size": 3}}, "only learning_rate, l1"),
    ({"type": "tune", "train": {"learning_rate": 10**400}}, "too large"),
    ({"type": "tune"}, "TrainSpec is None"),
    ({"type": "dance"}, "cannot be asked to 'dance'"),
    ({"type": ["play"]}, "cannot be asked to"),
])  # fmt: skip
def test_orders_that_make_no_sense_are_refused(order, text):
    async def play(jobs, runner, now):
        job = jobs.submit("a", submit(), {})
        with pytest.raises(Refusal, match=text) as refused:
            jobs.order("a", order | {"job": job.id})
        return refused.value.reason, len(runner.runs[0].orders)

    assert in_loop(play) == ("invalid", 0)


WIDE = mlp(2, (100, 100), 1)


@pytest.mark.parametrize(("change", "reason", "text"), [
    ({"network": to_json(WIDE)}, "limit", "the number of parameters is 10501; .* 10000"),
    ({"train": to_json(TrainSpec(batch_size=600))}, "limit", "batch_size is 600"),
    ({"data": {"spec": to_json(DataSpec(num_samples=90_000))}}, "limit", "bytes of all samples"),
    ({"network": None}, "invalid", "NetworkSpec is None"),
    ({"network": {"input_shape": [10**400], "layers": []}}, "invalid", "input_shape"),
    ({"data": {"spec": {}, "opened": "00"}}, "invalid", "nothing but spec"),
    ({"data": {"opened": "0" * 64, "kind": "idx", "options": {}}}, "invalid", "takes no files"),
    ({"data": 3}, "invalid", "an object with spec"),
    ({"engine": "abacus"}, "invalid", "engine is 'abacus'; it must be one of auto, "),
    ({"play": 1}, "invalid", "play is 1"),
    ({"checkpoint": [1]}, "invalid", "checkpoint is"),
])  # fmt: skip
def test_what_cannot_be_trained_is_refused_before_anything_is_made(change, reason, text):
    async def play(jobs, runner, now):
        with pytest.raises(Refusal, match=text) as refused:
            jobs.submit("a", submit() | change, {})
        return refused.value.reason, runner.runs

    assert in_loop(play, max_parameters=10_000, max_batch=500, max_bytes=10**6) == (reason, [])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)  # fmt: skip
KEYS = st.sampled_from([*submit(), "layers", "input_shape", "spec", "kind"])


@given(st.dictionaries(KEYS, JSON, max_size=3), st.sampled_from(["", "network", "train", "data"]))
@settings(max_examples=150, deadline=None)
def test_nothing_but_a_refusal_comes_of_what_is_no_job(mess, where):
    order = submit()
    if where:
        order[where] = {**order[where], **mess}
    else:
        order |= mess

    async def play(jobs, runner, now):
        with suppress(Refusal):
            jobs.submit("a", order, {})

    in_loop(play)


@pytest.mark.parametrize("wrong", [{"max_seconds": 0}, {"queue": -1}, {"max_batch": 1.5},
                                   {"max_parameters": 10**12}])  # fmt: skip
def test_limits_are_checked(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Limits(**wrong)
