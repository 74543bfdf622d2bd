"""Softmax opens number by number, in both forms; where the plain one ends, the stable goes on."""

import math

import numpy as np
import pytest

from core.explain.record import Factor, Ref
from core.explain.softmax import EXPLAINERS, SoftmaxHead, explain_softmax, ref
from core.functional.losses import cross_entropy_per_sample, softmax

Z = (2.0, 1.0, 0.1, -1.0)


def head(shift=0.0, temperature=1.0, right=0):
    logits = tuple(Factor(f"z{k}", z + shift, Ref("logit", (k,))) for k, z in enumerate(Z))
    return SoftmaxHead(logits, temperature, right)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_every_number_opens_and_its_terms_come_to_it(temperature):
    it = head(3.0, temperature, right=2)
    for name in EXPLAINERS:
        for k, value in enumerate(it.values[name]):
            opened = explain_softmax(it, ref(name, k))
            assert opened.result == value
            if opened.kind == "sum":
                assert sum(t.value for t in opened.terms) == pytest.approx(value, rel=1e-13)
            parts = [f for t in opened.terms for f in t.factors] + list(opened.arguments)
            for part in parts:
                if part.ref and part.ref.tensor != "logit":
                    assert explain_softmax(it, part.ref).result == part.value


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_both_forms_are_softmax_and_the_loss_is_the_cross_entropy(temperature):
    it = head(0.0, temperature, right=1)
    wanted = softmax(np.array(Z), temperature)
    np.testing.assert_allclose(it.values["probability"], wanted, rtol=1e-15)
    np.testing.assert_allclose(it.values["plain_probability"], wanted, rtol=1e-14)
    scaled = np.array([Z]) / temperature
    assert it.values["loss"][0] == pytest.approx(cross_entropy_per_sample(scaled, np.array([1]))[0])


def test_the_gradient_is_the_slope_of_the_loss():
    step = 1e-6
    it = head(temperature=2.0, right=3)
    for k in range(len(Z)):
        losses = []
        for sign in (1, -1):
            moved = list(it.logits)
            moved[k] = Factor("z", Z[k] + sign * step)
            losses.append(SoftmaxHead(tuple(moved), 2.0, 3).values["loss"][0])
        slope = (losses[0] - losses[1]) / (2 * step)
        assert it.values["gradient"][k] == pytest.approx(slope, abs=1e-9)


def test_a_shift_changes_nothing_until_the_plain_form_ends():
    plain, far = head(), head(1000.0)
    np.testing.assert_allclose(far.values["probability"], plain.values["probability"], rtol=1e-12)
    assert np.isnan(far.values["plain_probability"]).all()
    assert "709.8" in explain_softmax(far, ref("plain_power", 0)).note
    assert "no such number" in explain_softmax(far, ref("plain_probability", 0)).note
    below = head(-1000.0)
    assert math.isnan(below.values["plain_probability"][0])
    assert "rounded to 0" in explain_softmax(below, ref("plain_power", 1)).note
    np.testing.assert_allclose(below.values["probability"], plain.values["probability"], rtol=1e-12)


@pytest.mark.parametrize("at", [Ref("softmax.beauty", (0,)), ref("probability", 4), ref("sum", 1)])
def test_what_is_not_there_is_named(at):
    with pytest.raises(ValueError, match="no number of a softmax"):
        explain_softmax(head(), at)
