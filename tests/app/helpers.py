"""What a learner does, as the views tell it."""


def follow_link(app, query):
    """As the page does when the learner follows a link."""
    tell(app.bridge, "navigate", query=query)


def tell(view, kind, **message):
    view.receive({"type": kind, **message})
