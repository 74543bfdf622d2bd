"""A9 without a page: what the prose says of each experiment is what happens."""

from tests.app.helpers import tell


def trained(open_app, query, epochs):
    """The app after so many epochs, of which only the last is drawn."""
    app = open_app(query)
    for _ in range(epochs - 1):
        app.chapter.session.engine.step("epoch")
    tell(app.transport, "step", id="epoch")
    return app, app.chapter.session.snapshot


def gap(snapshot):
    return snapshot.test.loss - snapshot.train.loss


def test_a_large_network_learns_the_noise_by_heart(open_app):
    app, late = trained(open_app, "?chapter=a9", 300)
    _, early = trained(open_app, "?chapter=a9", 20)
    assert late.train.loss < early.train.loss / 2
    assert late.test.loss > 1.5 * early.test.loss
    shown = {c["label"]: c["value"] for c in app.transport.counters}
    assert float(shown["gap"].replace("−", "-")) == round(gap(late), 5)


def test_one_neuron_underfits_and_a_penalty_closes_the_gap(open_app):
    _, small = trained(open_app, "?chapter=a9&hidden=1", 300)
    _, large = trained(open_app, "?chapter=a9", 300)
    _, bound = trained(open_app, "?chapter=a9&l2=0.01", 300)
    assert small.train.loss > 2 * large.train.loss
    assert gap(small) < gap(large) / 2
    assert gap(bound) < gap(large)


def test_more_layers_of_sigmoids_do_worse_on_the_training_samples(open_app):
    deep = "?chapter=a9&hidden=8~8~8~8~8~8&activation=sigmoid&optimizer=sgd"
    shallow = "?chapter=a9&hidden=8~8&activation=sigmoid&optimizer=sgd"
    _, six = trained(open_app, deep, 600)
    _, two = trained(open_app, shallow, 600)
    assert six.train.loss > two.train.loss
