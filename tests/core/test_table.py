"""Tables that learners bring: what is read, and what is said about what cannot be."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.table import LARGEST, MAX_ROWS, guess_kind, read_table, take

GOOD = "width,height,kind\n1.5,2,a\n3,4.25,b\n-1e2,0,a\n"


def taken(text, kind="classes", **options):
    return take(read_table(text), 0, 1, 2, kind, **options)


def test_columns_become_points_and_classes():
    table = read_table(GOOD)
    assert table.names == ("width", "height", "kind")
    found = take(table, 0, 1, 2, "classes")
    np.testing.assert_array_equal(found.points, [[1.5, 2], [3, 4.25], [-100, 0]])
    np.testing.assert_array_equal(found.targets, [0, 1, 0])
    assert (found.classes, found.notices) == (("a", "b"), ())
    swapped = take(table, 1, 0, 2, "classes")
    np.testing.assert_array_equal(swapped.points, found.points[:, ::-1])


def test_a_number_can_be_the_target():
    found = taken("1,2,0.5\n3,4,1.5\n5,7,2.5")
    assert found.classes == ("0.5", "1.5", "2.5")
    found = taken("1,2,0.5\n3,4,1.5\n5,7,2.5", "number")
    np.testing.assert_array_equal(found.targets, [[0.5], [1.5], [2.5]])
    assert found.classes == ()


@pytest.mark.parametrize(
    "text",
    ["1.5;2;a\n3;4.25;b\n", "1,5;2;a\n3;4,25;b\n", "1.5\t2\ta\n3\t4.25\tb", "1.5|2|a\n3|4.25|b",
     "\ufeff1.5, 2, a\r\n3, 4.25, b\r\n", '"1.5","2","a"\n"3","4.25","b"',
     "\n1.5,2,a\n\n,,\n3,4.25,b\n\n"],
)  # fmt: skip
def test_spreadsheets_write_tables_in_many_ways(text):
    found = taken(text)
    np.testing.assert_array_equal(found.points, [[1.5, 2], [3, 4.25]])
    assert found.classes == ("a", "b")


def test_names_are_a_first_line_without_numbers():
    assert read_table("1,2,a\n3,4,b").names == ("column 1", "column 2", "column 3")
    assert read_table("x,,class\n1,2,a").names == ("x", "column 2", "class")
    assert len(read_table("x,y,class\n1,2,a").rows) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the table is empty"),
        (" \n\t\n", "the table is empty"),
        ("x,y,class\n", "names but no rows"),
        ("1\n2\n", "the first line has 1 column, cut at commas; it must have 3"),
        ("1,2\n2,3\n", "the first line has 2 columns"),
        ("1,2,a\n3,4\n", "line 2 has 2 cells, but the first line has 3"),
        ("1,2,a\n\n3,4,b,5\n", "line 3 has 4 cells"),
        ("1,2,a\n7\n", "line 2 has 1 cell, but"),
        ("x," * 101 + "y\n1,2", "the first line has 102 columns"),
    ],
)
def test_what_is_no_table_is_said_in_words(text, words):
    with pytest.raises(ValueError, match=words):
        read_table(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b,c\n1,,x\n3,4,y", "line 2, column b: the cell is empty"),
        ("a,b,c\n1,2,x\n3,four,y", "line 3, column b: the cell “four” is not a number"),
        ("a,b,c\n1,2,x\nNaN,4,y", "line 3, column a: the cell “NaN” is not a number"),
        ("a,b,c\n1,2,x\n1e300,4,y", "line 3, column a: the cell “1e300” is beyond ±1,000,000,000"),
        ("a,b,c\n1,2,x\n-inf,4,y", "line 3, column a: the cell “-inf” is beyond"),
        ("a,b,c\n1,2,x\n1_0,4,y", "column a: the cell “1_0” is not a number"),
        ("a,b,c\n1,2,x\n3,4,", "line 3, column c: the cell is empty"),
        ("a,b,c\n,,\n?,2,x\n3,?,y\n?,?,z\n?,1,x", "“?” is not a number; and 2 more such cells"),
        ("a,b,c\n1,2,x\n3,4,x", "column c has one class only, “x”, in all 2 rows"),
        ("\n".join(f"{k},{k},k{k}" for k in range(9)), "has 9 different values; at most 5"),
        ("1,2,a\n1,3,b", "column column 1 is 1 in every row"),
    ],
)
def test_cells_that_cannot_be_used_are_named(text, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        taken(text)


def test_a_textual_number_target_is_named():
    with pytest.raises(ValueError, match=r"line 1, column column 3: the cell “a” is not a number"):
        taken("1,2,a\n3,4,5", "number")
    with pytest.raises(ValueError, match=r"column column 3 is 7 in every row"):
        taken("1,2,7\n3,4,7", "number")


def test_rows_that_cannot_be_used_can_be_left_out():
    found = taken("a,b,c\n1,2,x\n?,4,y\n5,6,y\n7,8,", leave_out=True)
    np.testing.assert_array_equal(found.points, [[1, 2], [5, 6]])
    assert found.notices == (
        "2 rows were left out: line 3, column a: the cell “?” is not a number; line 5, column c: "
        "the cell is empty.",
    )
    with pytest.raises(ValueError, match="no row is left"):
        taken("a,b,c\n?,2,x\n?,4,y", leave_out=True)


def test_of_very_many_rows_some_are_drawn():
    rng = np.random.default_rng(0)
    rows = [f"{x:.6f},{y:.6f},{int(x > y)}" for x, y in rng.normal(size=(100_000, 2))]
    text = "x,y,side\n" + "\n".join(rows)
    first, again, other = (taken(text, seed=seed) for seed in (1, 1, 2))
    assert len(first.points) == MAX_ROWS
    assert first.notices == ("2,000 of 100,000 rows were drawn at random, by the seed.",)
    np.testing.assert_array_equal(first.points, again.points)
    assert (first.points != other.points).any()
    np.testing.assert_array_equal(first.targets, first.points[:, 0] > first.points[:, 1])


def test_classes_that_are_numbers_are_in_their_order():
    assert taken("1,2,10\n3,4,9\n5,6,2").classes == ("2", "9", "10")
    assert taken("1,2,no\n3,4,7\n5,6,yes").classes == ("7", "no", "yes")


def test_three_different_columns_and_a_known_kind_are_wanted():
    table = read_table(GOOD)
    with pytest.raises(ValueError, match="three different columns"):
        take(table, 0, 0, 2, "classes")
    with pytest.raises(ValueError, match="one of classes, number"):
        take(table, 0, 1, 2, "colour")


def test_the_kind_of_a_target_is_guessed_by_its_values():
    assert guess_kind(read_table(GOOD), 2) == "classes"
    many = read_table("\n".join(f"{k},{k},{k / 7}" for k in range(9)))
    assert guess_kind(many, 2) == "number"


@given(st.text(max_size=200))
def test_whatever_is_pasted_is_read_or_refused_in_words(text):
    try:
        table = read_table(text)
        take(table, 0, 1, 2, "classes")
    except ValueError as error:
        assert str(error)  # noqa: PT017


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_every_number_that_is_taken_is_finite_and_of_a_fair_size(value):
    try:
        points = taken(f"{value!r},1,a\n0,2,b\n1,3,a").points
    except ValueError:
        assert not abs(value) <= LARGEST
    else:
        assert np.abs(points).max() <= LARGEST
        assert points[0, 0] == value
