"""Opening the numbers of one pixel: three bytes, and what grey, HSV and CMYK make of them.

The numbers of pixel (y, x) are `pixel.red`, `pixel.hue` and so on, with index (y, x). The formulas
are those of `core.data.colour`; the hue is in degrees here, and grey in steps of a byte.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.colour import LUMA
from core.explain.factors import bracket, written
from core.explain.record import Explanation, Factor, Ref, Term, format_number

FULL = 255  # the greatest value of a byte
BYTES = {"red": "R", "green": "G", "blue": "B"}
SHARES = {"red_share": "r", "green_share": "g", "blue_share": "b"}
INKS = {"cyan": "red_share", "magenta": "green_share", "yellow": "blue_share"}
SYMBOLS = {
    **BYTES, **SHARES, "grey": "grey", "greatest": "max", "least": "min", "spread": "d",
    "hue": "H", "saturation": "S", "value": "V", "cyan": "C", "magenta": "M", "yellow": "Y",
    "black": "K",
}  # fmt: skip
BLACK_NOTE = "Of black this would be 0/0, which is no number; it is set to 0."


@dataclass(frozen=True)
class Pixel:
    """Its three bytes, from 0 to 255, and where it is: (row, column), from 0."""

    red: int
    green: int
    blue: int
    place: tuple[int, int] = (0, 0)

    def __getitem__(self, name: str) -> float:
        """A number by its name in SYMBOLS."""
        return VALUES[name](self)

    def factor(self, name: str) -> Factor:
        return Factor(SYMBOLS[name], self[name], Ref(f"pixel.{name}", self.place))

    def factors(self, *names: str) -> tuple[Factor, ...]:
        return tuple(map(self.factor, names))


def pixel_at(picture: NDArray[np.uint8], row: int, column: int) -> Pixel:
    """A pixel of a picture (3, H, W)."""
    red, green, blue = (int(value) for value in picture[:, row, column])
    return Pixel(red, green, blue, (row, column))


def _hue(p: Pixel) -> float:
    """In degrees, of a full turn of 360; red is 0."""
    r, g, b, d = p["red_share"], p["green_share"], p["blue_share"], p["spread"]
    if d == 0:
        return 0.0
    if p["greatest"] == r:
        return 60 * ((g - b) / d % 6)
    return 60 * ((b - r) / d + 2) if p["greatest"] == g else 60 * ((r - g) / d + 4)


def _ink(share: str) -> Callable[[Pixel], float]:
    def ink(p: Pixel) -> float:
        return 0.0 if p["black"] == 1 else (1 - p[share] - p["black"]) / (1 - p["black"])

    return ink


VALUES: dict[str, Callable[[Pixel], float]] = {
    "red": lambda p: float(p.red), "green": lambda p: float(p.green),
    "blue": lambda p: float(p.blue), "red_share": lambda p: p.red / FULL,
    "green_share": lambda p: p.green / FULL, "blue_share": lambda p: p.blue / FULL,
    "grey": lambda p: LUMA[0] * p.red + LUMA[1] * p.green + LUMA[2] * p.blue,
    "greatest": lambda p: max(p.red, p.green, p.blue) / FULL,
    "least": lambda p: min(p.red, p.green, p.blue) / FULL,
    "spread": lambda p: p["greatest"] - p["least"], "hue": _hue,
    "saturation": lambda p: p["spread"] / p["greatest"] if p["greatest"] else 0.0,
    "value": lambda p: p["greatest"], "black": lambda p: 1 - p["greatest"],
    **{name: _ink(share) for name, share in INKS.items()},
}  # fmt: skip


def explain_pixel(picture: NDArray[np.uint8], at: Ref) -> Explanation:
    """Open one number of a picture (3, H, W); raises ValueError when `at` names none of it."""
    name = at.tensor.removeprefix("pixel.")
    inside = all(0 <= i < n for i, n in zip(at.index, picture.shape[1:], strict=True))
    if name not in SYMBOLS or not inside:
        raise ValueError(f"{at.tensor}{list(at.index)} is no number of this picture")
    return _EXPLAINERS[name](pixel_at(picture, *at.index), name)


def _title(p: Pixel, what: str) -> str:
    return f"{what} of the pixel in row {p.place[0] + 1}, column {p.place[1] + 1}"


def _function(
    p: Pixel, name: str, what: str, formula: str, numbers: str, parts: tuple[Factor, ...],
    note: str = "",
) -> Explanation:  # fmt: skip
    made = p.factor(name)
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, _title(p, what), "function", made.value, formula,
                       numbers, arguments=parts, note=note)  # fmt: skip


def _sum(
    p: Pixel, name: str, what: str, formula: str, terms: list[Term], note: str = ""
) -> Explanation:
    made = p.factor(name)
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, _title(p, what), "sum", made.value, formula,
                       written(terms), tuple(terms), note=note)  # fmt: skip


def _byte(p: Pixel, name: str) -> Explanation:
    made = p.factor(name)
    assert made.ref is not None
    note = "Part of the picture: a byte, so one of 256 steps from 0, none, to 255, all."
    uses = p.factors(f"{name}_share", "grey")
    return Explanation(made.ref, made.symbol, _title(p, name.capitalize()), "given", made.value,
                       note=note, uses=uses)  # fmt: skip


def _share(p: Pixel, name: str) -> Explanation:
    byte = name.removesuffix("_share")
    return _function(p, name, f"{byte.capitalize()}, as a share,", f"{SYMBOLS[byte]} / {FULL}",
                     f"{p[byte]:g} / {FULL}", p.factors(byte))  # fmt: skip


def _grey(p: Pixel, name: str) -> Explanation:
    terms = [Term((Factor("", weight), p.factor(byte)))
             for weight, byte in zip(LUMA, BYTES, strict=True)]  # fmt: skip
    formula = " + ".join(f"{w} {s}" for w, s in zip(LUMA, BYTES.values(), strict=True))
    return _sum(p, name, "Grey", formula, terms,
                "Green looks the brightest, so it weighs the most. The weights, of Recommendation "
                "BT.601, add up to 1.")  # fmt: skip


def _extreme(p: Pixel, name: str) -> Explanation:
    symbol = "min" if name == "least" else "max"
    numbers = ", ".join(format_number(p[share]) for share in SHARES)
    what = {"least": "Least share", "greatest": "Greatest share", "value": "Value"}[name]
    note = "How bright the brightest of the three is." if name == "value" else ""
    return _function(p, name, what, f"{symbol}(r, g, b)", f"{symbol}({numbers})",
                     p.factors(*SHARES), note)  # fmt: skip


def _spread(p: Pixel, name: str) -> Explanation:
    terms = [Term(p.factors("greatest")), Term((Factor("", -1.0), p.factor("least")))]
    return _sum(p, name, "Distance of greatest and least", "max − min", terms, "0 for every grey.")


def _saturation(p: Pixel, name: str) -> Explanation:
    numbers = f"{format_number(p['spread'])} / {format_number(p['greatest'])}"
    note = "0 for every grey, 1 where one of r, g, b is 0."
    return _function(p, name, "Saturation", "d / max", numbers, p.factors("spread", "greatest"),
                     note if p["greatest"] else BLACK_NOTE)  # fmt: skip


def _explain_hue(p: Pixel, name: str) -> Explanation:
    """By which of r, g, b is the greatest, the first of equals."""
    first = next(share for share in SHARES if p[share] == p["greatest"])
    one, other, plus = {"red_share": ("green_share", "blue_share", 0),
                        "green_share": ("blue_share", "red_share", 2),
                        "blue_share": ("red_share", "green_share", 4)}[first]  # fmt: skip
    parts = p.factors(one, other, "spread")
    end = " mod 6" if not plus else f" + {plus}"
    numbers = (f"60° · (({format_number(p[one])} − {format_number(p[other])}) / "
               f"{bracket(p['spread'])}{end})")  # fmt: skip
    formula = f"60° · (({parts[0].symbol} − {parts[1].symbol}) / d{end})"
    note = f"An angle: red 0°, green 120°, blue 240°. {SYMBOLS[first]} is the greatest here."
    if p["spread"] == 0:
        note = "A grey has no hue: this would be 0/0. It is set to 0."
    return _function(p, name, "Hue, in degrees,", formula, numbers, parts, note)


def _black(p: Pixel, name: str) -> Explanation:
    terms = [Term((Factor("", 1.0),)), Term((Factor("", -1.0), p.factor("greatest")))]
    return _sum(p, name, "Black ink", "1 − max", terms)


def _explain_ink(p: Pixel, name: str) -> Explanation:
    share = INKS[name]
    k = format_number(p["black"])
    note = "The textbook's formula. A printer's depends on its inks and on the paper."
    return _function(p, name, f"{name.capitalize()} ink", f"(1 − {SYMBOLS[share]} − K) / (1 − K)",
                     f"(1 − {format_number(p[share])} − {k}) / (1 − {k})",
                     p.factors(share, "black"), note if p["black"] < 1 else BLACK_NOTE)  # fmt: skip


_EXPLAINERS: dict[str, Callable[[Pixel, str], Explanation]] = {
    **dict.fromkeys(BYTES, _byte), **dict.fromkeys(SHARES, _share), "grey": _grey,
    **dict.fromkeys(("greatest", "least", "value"), _extreme), "spread": _spread,
    "hue": _explain_hue, "saturation": _saturation, "black": _black,
    **dict.fromkeys(INKS, _explain_ink),
}  # fmt: skip
