"""Which engine, on which device: what is there, and the fastest for a network.

The engines are asked in processes of their own, see app.server.engines.probe.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import Any

from app.protocol import LABELS
from app.server.engines.base import Engine, EngineError, Task
from app.server.engines.catalogue import ENGINES, EXTRAS, engine_class
from app.server.engines.probe import Broken, Message, Probe
from app.server.installing import bringing
from core.spec import NetworkSpec, TrainSpec, to_json

AUTO = "auto"
START_S = 30.0  # for an engine to be imported and to look for devices
STEPS_S = 15.0  # for a few steps
AT_LEAST_S, AT_MOST = 5.0, 10  # an engine that takes this many times as long as another is given up
ALIKE = 1.1  # what is slower by no more than this is as fast
SOFTWARE = "a graphics card only in name, computed by the processor; it is used when asked for"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Candidate:
    """An engine on a device; reason says why it is not usable, as the end of a sentence, or is
    empty. software: whether the device is one only in name. seconds: what a step takes, where that
    was measured."""

    engine: str
    device: str
    reason: str = ""
    software: bool = False
    seconds: float | None = None

    @property
    def usable(self) -> bool:
        return not self.reason

    @property
    def words(self) -> str:
        """Such as PyTorch on CPU."""
        label = _label(self.engine)
        return f"{label} on {self.device}" if self.device else label

    def told(self) -> dict[str, Any]:
        """As the protocol's `welcome` has it."""
        reason = self.reason or (SOFTWARE if self.software else "")
        return {"name": self.engine, "device": self.device, "usable": self.usable,
                "reason": reason}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """What was chosen, and a sentence that says why."""

    engine: str
    device: str
    text: str


def find(
    network: NetworkSpec | None = None, train: TrainSpec | None = None,
    names: Iterable[str] | None = None,
) -> tuple[Candidate, ...]:  # fmt: skip
    """All engines on all their devices, the best first: graphics cards before the processor. With a
    network, an engine that cannot train it says why."""
    with Probes(tuple(ENGINES if names is None else names), _question(network, train)) as probes:
        return probes.candidates


def choose(
    network: NetworkSpec, train: TrainSpec, engine: str = AUTO, device: str = ""
) -> Choice:
    """The engine that is asked for, on the device asked for or its best; for `auto` the fastest, as
    a few steps of this network tell. Raises EngineError where there is none."""
    if engine != AUTO:
        engine_named(engine)
    names = tuple(ENGINES) if engine == AUTO else (engine,)
    with Probes(names, _question(network, train)) as probes:
        fit = [each for each in probes.candidates
               if each.usable and device in ("", each.device)]  # fmt: skip
        if not fit:
            raise EngineError(_nothing(probes.candidates, device))
        if engine != AUTO:
            return Choice(engine, fit[0].device, _as_asked(fit[0]))
        return _fastest(probes, [each for each in fit if not each.software] or fit)


def engine_for(
    task: Task, engine: str = AUTO, device: str = "", known: Choice | None = None
) -> tuple[Engine, Choice]:
    """The engine of `choose` for a task, and why it is that. One that is asked for by name, or that
    is known to be the fastest, is made at once, in this process, without a look at the others."""
    if engine != AUTO:
        return _named(task, engine, device)
    if known is not None:
        with suppress(ImportError, EngineError):  # where it is not there any more
            return _made(task, known), known
    choice = choose(task.network, task.train, engine, device)
    return _made(task, choice), choice


def _made(task: Task, choice: Choice) -> Engine:
    return engine_class(choice.engine)(task, choice.device)


def _named(task: Task, engine: str, device: str) -> tuple[Engine, Choice]:
    engine_named(engine)
    try:
        made = engine_class(engine)
    except ImportError as error:
        raise EngineError(
            f"{_label(engine)} is not installed ({error}){_remedy(engine)}"
        ) from None
    obstacle, candidates = made.obstacle(task.network, task.train), []
    for each in made.devices():
        candidate = Candidate(engine, each, obstacle)
        if candidate.usable and device in ("", each):
            try:
                return made(task, each), Choice(engine, each, _as_asked(candidate))
            except EngineError as error:  # such as a card without float64
                candidate = replace(candidate, reason=str(error))
        candidates.append(candidate)
    raise EngineError(_nothing(candidates or [_without_device(engine)], device))


def engine_named(name: str) -> None:
    """Raise EngineError unless there is an engine of that name."""
    if name not in ENGINES:
        raise EngineError(f"there is no engine {name!r}; there are {AUTO}, {', '.join(ENGINES)}")


class Probes:
    """A process for each of some engines, all asked the same at once."""

    def __init__(self, names: tuple[str, ...], question: Message) -> None:
        self._question = question
        with ExitStack() as stack:
            self._probes = {name: stack.enter_context(Probe(*ENGINES[name])) for name in names}
            for probe in self._probes.values():
                probe.tell(question)
            found = [each for name in names for each in self._found(name)]
            self._stack = stack.pop_all()
        self.candidates = tuple(sorted(found, key=_rank))

    def __enter__(self) -> Probes:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _found(self, name: str) -> list[Candidate]:
        try:
            answer = self._probes[name].answer(START_S)
        except Broken as broken:
            return [Candidate(name, "", self._blamed(name, broken))]
        devices = [Candidate(name, each["device"], answer["obstacle"], each["software"])
                   for each in answer["devices"]]  # fmt: skip
        return devices or [_without_device(name)]

    def timed(self, candidate: Candidate, seconds: float) -> Candidate:
        """With how long a step takes; with the reason where it takes too long, or fails. Then
        another process is there for the engine's other devices."""
        name, question = candidate.engine, self._question | {"device": candidate.device}
        try:
            answer = self._probes[name].ask(question, seconds)
        except Broken as broken:
            reason = self._blamed(name, broken)
            self._probes[name].kill()
            self._probes[name] = self._stack.enter_context(Probe(*ENGINES[name]))
            return replace(candidate, reason=reason)
        return replace(candidate, seconds=answer["seconds"])

    def _blamed(self, name: str, broken: Broken) -> str:
        """Why it cannot be used; what is more than not being there is logged."""
        if broken.is_missing:
            return f"{broken}{_remedy(name)}"
        if not broken.is_stopped:
            complaints = self._probes[name].complaints()
            log.warning("%s %s %s", _label(name), broken, complaints)
        return str(broken)


def _question(network: NetworkSpec | None, train: TrainSpec | None) -> Message:
    if network is None or train is None:
        return {}
    return {"network": to_json(network), "train": to_json(train)}


def _rank(candidate: Candidate) -> tuple[bool, bool, int]:
    """What can be used before what cannot, graphics cards before the processor."""
    is_processor = candidate.device == "CPU" or candidate.software
    return not candidate.usable, is_processor, [*ENGINES].index(candidate.engine)


def _label(name: str) -> str:
    return LABELS.get(name, name)


def _remedy(name: str) -> str:
    extra = EXTRAS.get(name)
    return f"; {bringing(extra)} brings what it needs" if extra else ""


def _without_device(name: str) -> Candidate:
    return Candidate(name, "", f"finds no device here{_remedy(name)}")


def _as_asked(candidate: Candidate) -> str:
    return f"{candidate.words}, as asked for"


def _nothing(candidates: Iterable[Candidate], device: str) -> str:
    reasons = "; ".join(f"{each.words}: {each.reason or 'another device'}" for each in candidates)
    return f"no engine can train this network{f' on {device}' * bool(device)} here ({reasons})"


def _fastest(probes: Probes, candidates: list[Candidate]) -> Choice:
    """The first that is about as fast as the fastest."""
    if len(candidates) == 1:
        alone = candidates[0]
        return Choice(alone.engine, alone.device,
                      f"{alone.words}, as nothing else here can train this network")  # fmt: skip
    timed: list[Candidate] = []
    for each in candidates:
        best = min((other.seconds for other in timed if other.seconds), default=None)
        limit = STEPS_S if best is None else max(AT_LEAST_S, AT_MOST * best)
        timed.append(probes.timed(each, limit))
    there = [each for each in timed if each.seconds is not None]
    if not there:  # all are slow: the last is the plain one, which always comes to an end
        return Choice(timed[-1].engine, timed[-1].device,
                      f"{timed[-1].words}; {_given_up(timed)}")  # fmt: skip
    least = min(each.seconds or 0 for each in there)
    chosen = next(each for each in there if (each.seconds or 0) <= ALIKE * least)
    return Choice(chosen.engine, chosen.device, _told(chosen, timed))


def _told(chosen: Candidate, timed: list[Candidate]) -> str:
    others = [each for each in timed if each is not chosen]
    measured = [f"{each.words} {_rate(each)}" for each in others if each.seconds]
    parts = [f"{chosen.words} takes {_rate(chosen)} steps a second of this network"]
    parts += [", ".join(measured)] if measured else []
    parts += [given] if (given := _given_up(others)) else []
    return "; ".join(parts)


def _given_up(timed: Iterable[Candidate]) -> str:
    return "; ".join(f"{each.words} {each.reason}" for each in timed if each.reason)


def _rate(candidate: Candidate) -> str:
    """Steps a second, with as many digits as matter."""
    assert candidate.seconds
    rate = 1 / candidate.seconds
    return f"{rate:.0f}" if rate >= 10 else f"{rate:.2g}"
