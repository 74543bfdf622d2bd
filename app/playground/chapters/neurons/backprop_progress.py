"""How far the step of A6 has been computed: by the walk, number after number, or by hand."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.neurons.backprop_hand import HandWork
from app.playground.chapters.neurons.backprop_tables import STAGES, Place, shown, value_of
from core.explain import Ref, Trace


class Progress:
    """`places` are all numbers of the step, in the order of computing; `by_hand` says whether the
    learner computes them."""

    def __init__(self) -> None:
        self.hand = HandWork()
        self.reached = 0  # how many numbers the walk has computed
        self.begin([], by_hand=False)

    def begin(self, places: list[Place], by_hand: bool) -> None:
        """These are the numbers; what was found of them before stays found."""
        self.places, self.by_hand = places, by_hand
        self._order = {place: k for k, place in enumerate(places)}

    def restart(self) -> None:
        """Other numbers: nothing of them is computed yet."""
        self.reached = 0
        self.hand.restart()

    # What is found

    def is_found(self, place: Place) -> bool:
        """Whether a number may be shown: it is given, or was reached, or was found by hand."""
        if place.is_parameter or place.ref.tensor == "target":
            return True
        if self.by_hand:
            return self.hand.is_found(place, self.places)
        return self._order[place] < self.reached

    def is_open(self, ref: Ref) -> bool:
        """Whether a number may be opened; all that are no places of the step may."""
        return all(self.is_found(place) for place in self.places if place.ref == ref)

    def cell(self, trace: Trace, place: Place) -> Any:
        """What is shown at a place: the number, the learner's wrong one, or nothing yet."""
        if self.by_hand and place in self.hand.wrong:
            return self.hand.wrong[place]
        return shown(value_of(trace, place.ref)) if self.is_found(place) else ""

    def marks(self) -> dict[Place, str]:
        return self.hand.marks() if self.by_hand else {}

    @property
    def asked(self) -> list[Place]:
        """The numbers that are to be computed."""
        return [place for place in self.places if place.asked]

    @property
    def rest(self) -> list[Place]:
        """Those that are not found yet."""
        return [place for place in self.asked if not self.is_found(place)]

    @property
    def stage(self) -> int:
        """The stage of the next number."""
        rest = self.rest
        return rest[0].stage if rest else len(STAGES) - 1

    # Walking

    @property
    def latest(self) -> Place | None:
        """What the walk has computed last."""
        return self.places[self.reached - 1] if self.reached else None

    @property
    def is_over(self) -> bool:
        return self.reached == len(self.places)

    def walk_on(self) -> None:
        """To the next number that is asked; the last one is."""
        self.reached += 1
        while not self.places[self.reached - 1].asked:
            self.reached += 1

    def walk_back(self) -> None:
        while self.reached > 0:
            self.reached -= 1
            if self.places[self.reached].asked:
                break

    # What would be lost with Python, or by undoing

    def saved(self) -> dict[str, Any]:
        """All of it as JSON data."""
        return {"reached": self.reached, "hand": self.hand.saved()}

    def load(self, data: dict[str, Any]) -> None:
        self.reached = min(int(data.get("reached", 0)), len(self.places))
        self.hand.load(data.get("hand", {}), self.places)
