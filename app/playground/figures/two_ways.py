"""Two passes over a string with a gap: what of it reaches the answer at the gap."""

from __future__ import annotations

from dataclasses import dataclass

from app.playground.figures.unfolded import Dot, Link

INPUT, FORWARD, BACKWARD, OUTPUT = range(4)


@dataclass(frozen=True)
class TwoWays:
    """The letters of a string, where its gap is, which passes there are, and how far the one from
    the end looks ahead, None for as far as there is."""

    letters: str
    gap: int
    has_forward: bool
    has_backward: bool
    look_ahead: int | None

    @property
    def last_seen(self) -> int:
        """The last letter that the pass from the end starts with."""
        end = len(self.letters) - 1
        return end if self.look_ahead is None else min(end, self.gap + self.look_ahead)

    @property
    def rows(self) -> list[str]:
        """The names of the rows; none for a pass that is not there."""
        forward, backward = self.has_forward * "forward →", self.has_backward * "← backward"
        return ["letters", forward, backward, "answer"]

    def _forward(self, step: int) -> bool:
        return self.has_forward and step <= self.gap

    def _backward(self, step: int) -> bool:
        return self.has_backward and self.gap <= step <= self.last_seen

    def dots(self, answer: str) -> list[Dot]:
        """Row by row, but for passes that are not there; the answer stands above the gap."""
        found = [Dot(INPUT, t, letter, self._tone(self._forward(t) or self._backward(t)))
                 for t, letter in enumerate(self.letters)]  # fmt: skip
        steps = range(len(self.letters))
        if self.has_forward:
            found += [Dot(FORWARD, t, "", self._tone(self._forward(t))) for t in steps]
        if self.has_backward:
            found += [Dot(BACKWARD, t, "", self._tone(self._backward(t))) for t in steps]
        return [*found, Dot(OUTPUT, self.gap, answer, "lit")]

    def links(self) -> list[Link]:
        steps, found = range(len(self.letters)), []
        for row, there, reaches, by in ((FORWARD, self.has_forward, self._forward, 1),
                                        (BACKWARD, self.has_backward, self._backward, -1)):
            if not there:
                continue
            for t in steps:
                found.append(Link((INPUT, t), (row, t), self._tone(reaches(t))))
                if 0 <= t + by < len(self.letters):
                    lit = reaches(t) and reaches(t + by)
                    found.append(Link((row, t), (row, t + by), self._tone(lit)))
            found.append(Link((row, self.gap), (OUTPUT, self.gap), "lit"))
        return found

    @staticmethod
    def _tone(reaches: bool) -> str:
        return "lit" if reaches else "faint"
