"""What the learner has computed by hand, and how each number was judged."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.neurons.backprop_tables import Place, value_of
from core.explain import Trace
from core.explain.mistakes import usual_mistakes
from core.practice import judge


class HandWork:
    """Answers by their places: right ones, wrong ones as they were typed, and those given away."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Other numbers, other answers."""
        self.right: set[Place] = set()
        self.given: set[Place] = set()
        self.wrong: dict[Place, str] = {}
        self.tries = 0  # how many answers were wrong

    def answer(self, trace: Trace, place: Place, text: str) -> str:
        """Judge an answer; return a hint, which is empty when it is right."""
        verdict = judge(text, value_of(trace, place.ref), usual_mistakes(trace, place.ref))
        self.right.discard(place)
        self.given.discard(place)
        self.wrong.pop(place, None)
        if verdict.is_right:
            self.right.add(place)
        else:
            self.wrong[place] = text
            self.tries += 1
        return verdict.hint

    def give(self, place: Place) -> None:
        self.wrong.pop(place, None)
        self.given.add(place)

    def is_found(self, place: Place, places: list[Place]) -> bool:
        """Found, or given away; a proof by trying comes along with its gradient."""
        if place in self.right or place in self.given:
            return True
        if place.ref.tensor.startswith("numeric."):
            return self.is_found(places[places.index(place) - 1], places)
        return False

    def marks(self) -> dict[Place, str]:
        return {p: "right" for p in self.right} | {p: "wrong" for p in self.wrong}

    def saved(self) -> dict[str, Any]:
        """All of it as JSON data."""
        return {"right": sorted(map(_key, self.right)), "given": sorted(map(_key, self.given)),
                "wrong": {_key(p): text for p, text in self.wrong.items()},
                "tries": self.tries}  # fmt: skip

    def load(self, data: dict[str, Any], places: list[Place]) -> None:
        by_key = {_key(p): p for p in places}
        self.restart()
        self.right = {by_key[k] for k in data.get("right", []) if k in by_key}
        self.given = {by_key[k] for k in data.get("given", []) if k in by_key}
        self.wrong = {by_key[k]: str(t) for k, t in data.get("wrong", {}).items() if k in by_key}
        self.tries = int(data.get("tries", 0))


def _key(place: Place) -> str:
    return f"{place.table},{place.row},{place.column}"
