"""The training server within `panel serve`: `panel serve … --plugins app.server.mounted`.

Visitors of the app reach it inside this process, so nobody types a key. The WebSocket is mounted as
well, for pages of this machine, by the same rules as ever.
"""

from __future__ import annotations

from typing import Any

from app.protocol import PATH, inside
from app.server.gateway import TrainSocket
from app.server.within import Within, own_gateway


class MountedSocket(TrainSocket):
    def initialize(self) -> None:  # type: ignore[override]
        super().initialize(own_gateway())


ROUTES: list[Any] = [(PATH, MountedSocket)]
inside.offer(lambda: Within(own_gateway()))
