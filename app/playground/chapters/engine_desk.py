"""The engine menu of a chapter that trains: what computes, where, and how fast."""

from __future__ import annotations

import json
from typing import Any

from app.playground.chapters.base import Instruments
from app.playground.remote.address import Address
from app.playground.remote.away import AUTO, Away, pace
from app.playground.session import Session
from app.playground.views.component import Message
from app.protocol import LABELS

HERE = "here"
UNKNOWN = "not measured yet"
# What to do with a network that is too large for a page: in short, by the button; and why not play.
CONNECT = (
    "Too large to be trained in a page. Connect to a training server:",
    "start a training server with python3 build.py server, connect to it by the button that names "
    "the engine, then train",
)
CHOOSE = (
    "Too large to be trained in a page. Choose one of the server's engines:",
    "choose one of the training server's engines by the button that names the engine, then train",
)
FETCH = {"id": "fetch", "label": "Fetch what was trained meanwhile"}


class EngineDesk:
    """Answers the menu for the session of one chapter, by its name."""

    def __init__(self, app: Instruments, session: Session, name: str) -> None:
        self.app, self.session, self.connection, self.name = app, session, app.connection, name
        session.tell = app.say_error
        self.error = ""  # what is wrong with the address that was typed
        self._is_sending = False
        self._rates: dict[Any, dict[str, float]] = {}  # of the server's engines, for each network

    # What the learner does

    def told(self, message: Message) -> None:
        getattr(self, f"_{message['act']}")(message)
        self.show()

    def _open(self, message: Message) -> None:
        """The menu was opened. A server that has only begun to look for its engines says in its
        welcome that it can use none yet; so it is asked for another one."""
        connection = self.connection
        is_early = not any(each.get("usable") for each in connection.engines)
        if connection.is_on and connection.address and is_early and not self.session.away:
            connection.connect(connection.address)

    def _choose(self, message: Message) -> None:
        name = str(message["engine"])
        self.session.hand_over(None if name == HERE else Away(self.connection, name))

    def _connect(self, message: Message) -> None:
        try:
            self.connection.open(str(message.get("text", "")))
            self.error = ""
        except ValueError as error:
            self.error = f"{str(error)[:1].upper()}{str(error)[1:]}."

    def _retry(self, message: Message) -> None:
        self.connection.retry()

    def _home(self, message: Message) -> None:
        """Go on in this page from the last snapshot."""
        self.session.hand_over(None)

    def _leave(self, message: Message) -> None:
        self.connection.close()

    def _fetch(self, message: Message) -> None:
        """Take over a network that went on when this page was closed. The server tells of it those
        who connect as its learner; so a page that is connected does so again."""
        kept, self.app.before = self.app.before, {}
        address, there = self.connection.address, Address(str(kept["url"]), str(kept["key"]))
        self.connection.learner = str(kept["learner"])
        away = Away(self.connection, str(kept["engine"]))
        away.adopt(str(kept["job"]))
        self.connection.connect(address if address and address.url == there.url else there)
        self.session.hand_over(away)

    # Showing

    @property
    def remedy(self) -> tuple[str, str]:
        """What to do first, where the network is too large to be trained in this page; or blank."""
        closed = self.connection.around.closed
        if self.session.can_here or self.session.away:
            return "", ""
        if closed:
            return f"Too large to be trained in a page; {closed}.", closed
        return CHOOSE if self.connection.is_on else CONNECT

    @property
    def rates(self) -> dict[str, float]:
        """Steps a second of the server's engines, as measured with the network at hand."""
        trainer = self.session.engine.trainer
        return self._rates.setdefault((trainer.network_spec, trainer.train_spec.batch_size), {})

    def show(self) -> None:
        """Say how things are; also, in the tab's own memory, where the network is."""
        away = self.session.away
        if away and away.job and away.job.steps_per_second:
            for name in (away.engine, away.job.engine):
                self.rates[name] = away.job.steps_per_second
        self.app.transport.param.update(menu=self._menu(), engine=self.session.label)
        self._show_sending()
        self._keep()

    def _show_sending(self) -> None:
        """How far the learner's own files are on their way."""
        away = self.session.away
        if away and away.sending:
            value, total = away.sending
            label = f"Your data, to the server: {value / 1e6:.1f} of {total / 1e6:.1f} MB"
            self._is_sending = True
            self.app.transport.progress = {"label": label, "value": value, "total": total}
        elif self._is_sending:
            self._is_sending = False
            self.app.transport.progress = {}

    def _menu(self) -> dict[str, Any]:
        state = "refused" if self.error else self.connection.state
        return {
            "state": state, "text": self.error or self._text(), "options": self._options(),
            "acts": self._acts(), "connects": self._connects,
            "remedy": self.remedy[0],
        }  # fmt: skip

    @property
    def _connects(self) -> bool:
        """Whether an address can be typed. A page that came from a server needs none, unless that
        was started anew since; one that runs within a server has no other."""
        state, own = self.connection.state, self.connection.around.own
        if self.connection.around.closed:
            return False
        if own:
            return bool(own.url) and state == "refused"
        return state in ("off", "refused", "connecting")

    def _text(self) -> str:
        connection, away = self.connection, self.session.away
        place = connection.address.place if connection.address else ""
        if connection.state == "connecting":
            return f"Connecting to {place} … If the browser asks, allow it."
        if not connection.is_on:
            closed = connection.around.closed
            return f"To train larger networks, {closed}." if closed else connection.text
        if away and away.sending:
            there, total = (size / 1e6 for size in away.sending)
            return f"Sending your data to {place}: {there:,.1f} of {total:,.1f} MB."
        job = away.job if away else None
        if job and not job.is_ready:
            return f"Connected to {place}; the network is {job.delay}."
        return f"Connected to {place}."

    def _options(self) -> list[dict[str, Any]]:
        away = self.session.away
        session = self.session
        place = f"NumPy {session.engine.place}"
        note = place if session.can_here else f"{place}: too large to be trained here"
        here = _option(HERE, "This page", note, away is None, True,
                       session.engine.steps_per_second)  # fmt: skip
        return [here, *(self._there(each) for each in self._engines())]

    def _engines(self) -> list[dict[str, Any]]:
        """The fastest, whichever that is; each by its best device, which the server names first;
        and the one that is chosen, even when nobody answers there."""
        found = {str(each["name"]): each for each in reversed(self.connection.engines)}
        away = self.session.away
        if away and away.engine not in found:
            found[away.engine] = {"name": away.engine, "usable": True}
        fastest = {"name": AUTO, "usable": True, "device": "the server tries its engines on it"}
        others = [each for name, each in reversed(found.items()) if name != AUTO]
        is_there = self.connection.is_on or bool(away)
        return [fastest, *others] if is_there else []

    def _there(self, engine: dict[str, Any]) -> dict[str, Any]:
        name, away = str(engine["name"]), self.session.away
        device, reason = (str(engine.get(key) or "") for key in ("device", "reason"))
        note = f"{device}: {reason}" if device and reason else device or reason
        called = "the fastest" if name == AUTO else LABELS.get(name, name)
        label = f"Training server: {called}"
        return _option(name, label, note, bool(away and away.engine == name),
                       bool(engine.get("usable")), self.rates.get(name, 0.0))  # fmt: skip

    def _acts(self) -> list[dict[str, str]]:
        state, away = self.connection.state, self.session.away
        acts = []
        if state == "lost":
            acts.append({"id": "retry", "label": "Try again now"})
        if away and state != "on":
            acts.append({"id": "home", "label": "Go on in this page"})
        if state == "on" and not away and self.connection.around.own is None:
            acts.append({"id": "leave", "label": "Disconnect"})
        if not away and self.app.before.get("chapter") == self.name:
            acts.append(FETCH)
        return acts

    def _keep(self) -> None:
        """So that the same tab can come back to the job after the page was closed."""
        away, address = self.session.away, self.connection.address
        if self.app.before:
            return
        kept = {}
        if away and away.job and address and address.url:
            kept = {"url": address.url, "key": address.key, "learner": self.connection.learner,
                    "job": away.job.id, "engine": away.engine,
                    "chapter": self.name}  # fmt: skip
        self.app.bridge.kept = json.dumps(kept) if kept else ""


def _option(name: str, label: str, note: str, chosen: bool, usable: bool,
            rate: float) -> dict[str, Any]:  # fmt: skip
    words = pace(rate) if rate else UNKNOWN if usable else ""
    return {"id": name, "label": label, "note": note, "chosen": chosen, "usable": usable,
            "rate": words}  # fmt: skip
