"""Tokens as vectors, looked up or one-hot."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.functional.embedding import (
    embedding_backward,
    embedding_forward,
    one_hot,
    sum_by_token,
)
from tests.core.gradcheck import assert_close, numeric_gradient


@given(st.integers(1, 6), st.integers(1, 5), st.integers(1, 4), st.integers(1, 3), st.integers())
def test_a_lookup_is_a_product_with_one_hot_vectors(num_tokens, steps, n, features, seed):
    rng = np.random.default_rng(abs(seed))
    tokens = rng.integers(0, num_tokens, (steps, n))
    weight = rng.normal(size=(num_tokens, features))
    y, cache = embedding_forward(tokens, weight)
    vectors = one_hot(tokens, num_tokens, "float64")
    np.testing.assert_array_equal(y, np.einsum("vf,vtn->ftn", weight, vectors))
    dy = rng.normal(size=y.shape)
    dweight = embedding_backward(dy, cache, np.full_like(weight, np.nan))
    wanted = np.einsum("vtn,ftn->vf", vectors, dy)
    np.testing.assert_allclose(dweight, wanted, rtol=1e-12, atol=1e-13)


def test_gradient_against_differences():
    rng = np.random.default_rng(0)
    tokens, weight = rng.integers(0, 4, (5, 3)), rng.normal(size=(4, 2))
    dy = rng.normal(size=(2, 5, 3))
    found = embedding_backward(dy, tokens, np.empty_like(weight))
    numeric = numeric_gradient(lambda: (embedding_forward(tokens, weight)[0] * dy).sum(), weight)
    assert_close(found, numeric)


def test_one_hot_vectors_have_one_one():
    tokens = np.array([[2, 0], [1, 2], [0, 0]])
    wanted = np.eye(3)[tokens].transpose(2, 0, 1)
    np.testing.assert_array_equal(one_hot(tokens, 3, "float32"), wanted)


def test_sums_over_tokens_that_are_missing_are_zero():
    out = np.full((4, 2), np.nan)
    sum_by_token(np.array([[1.0, 2], [3, 4], [5, 6]]), np.array([2, 0, 2]), 4, out)
    np.testing.assert_array_equal(out, [[3, 4], [0, 0], [6, 8], [0, 0]])


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        (np.array([[0, 3]]), "from 0 to 2; there is a 3"),
        (np.array([[0, -1]]), "there is a -1"),
        (np.zeros((0, 2), int), "T and N at least 1"),
        (np.zeros((2, 0), int), "T and N at least 1"),
        (np.zeros(3, int), r"\(T, N\)"),
        (np.zeros((2, 2)), "whole numbers"),
        (np.zeros((2, 2), bool), "whole numbers"),
    ],
)
def test_tokens_that_cannot_be_are_named(tokens, words):
    with pytest.raises(ValueError, match=words):
        embedding_forward(tokens, np.zeros((3, 2)))
    with pytest.raises(ValueError, match=words):
        one_hot(tokens, 3, "float64")
