"""What a learner does, as the views tell it."""


def tell(view, kind, **message):
    view.receive({"type": kind, **message})
