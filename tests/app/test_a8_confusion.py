"""The confusion matrix of the playground: counts that agree with accuracy and open into samples."""

import numpy as np
import pytest

from tests.app.helpers import tell

QUERIES = ("", "&loss=cross_entropy", "&data=gaussians&classes=5", "&loss=binary_cross_entropy")


@pytest.mark.parametrize("query", QUERIES)
def test_its_diagonals_are_the_accuracy(open_app, query):
    app = open_app(f"?chapter=a8{query}")
    for _ in range(5):
        tell(app.transport, "step", id="epoch")
    chapter = app.chapter
    k, snapshot = chapter.state.num_classes, chapter.session.snapshot
    values = np.array(chapter.confusion.grid.values)
    assert values.shape == (k, 2 * k)
    for half, score in ((values[:, :k], snapshot.train), (values[:, k:], snapshot.test)):
        assert np.trace(half) / half.sum() == pytest.approx(score.metric)


def test_a_count_opens_into_its_samples_and_closes_again(open_app):
    app = open_app("?chapter=a8&data=xor&hidden=&test=0")
    confusion, ringed = app.chapter.confusion, app.chapter.pictures.plane.ringed
    count = confusion.grid.values[0][1]
    assert count > 0
    assert len(confusion.grid.column_labels) == 2
    tell(confusion.grid, "open", row=0, column=1)
    assert len(ringed.data["x"]) == count
    assert confusion.grid.highlight == [[0, 1]]
    said = f"{count} training samples of class 1 taken for 2"
    assert app.stage.blocks[-1]["text"].startswith(said)
    tell(confusion.grid, "open", row=0, column=1)
    assert len(ringed.data["x"]) == 0
    assert not confusion.grid.highlight


def test_an_open_count_does_not_outlive_its_data(open_app):
    app = open_app("?chapter=a8")
    tell(app.chapter.confusion.grid, "open", row=0, column=1)
    tell(app.controls, "set", name="samples", value=50)
    assert app.chapter.confusion.cell is None
    assert sum(map(sum, app.chapter.confusion.grid.values)) == 50


def test_regression_has_none(open_app):
    app = open_app("?chapter=a8&data=plane")
    assert "Right and wrong" not in [block["title"] for block in app.stage.blocks]
