"""The training server: larger networks on the learner's own machine. Never part of the page."""
