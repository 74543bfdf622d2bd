"""A page whose session trains on a server in the test's own process."""

import asyncio

import numpy as np

from app.playground.remote.away import Away
from app.playground.remote.connection import Connection
from app.playground.session import Session
from core.spec import ActivationSpec, DataSpec, DropoutSpec, LinearSpec, NetworkSpec, TrainSpec
from core.training import Trainer
from tests.app.double import CODE, Server

LAYERS = (LinearSpec(8), ActivationSpec("relu"), DropoutSpec(0.2), LinearSpec(2))
NETWORK = NetworkSpec((2,), LAYERS)
DATA = DataSpec("circles", 120, num_classes=2)
TRAIN = TrainSpec("cross_entropy", "adam", 0.01, batch_size=8)


class Page:
    """A session, its pictures, and its way to a server."""

    def __init__(self, server, kind=Session):
        self.shown, self.told = [], []
        self.pictures = asyncio.Event()
        self.session = kind(self.frame, self.show, "here")
        self.session.tell = self.told.append
        self.session.speed = len(self.session.speeds) - 1
        self.session.configure(NETWORK, DATA, TRAIN)
        self.connection = Connection(server.around, lambda: None)

    async def frame(self, update):
        update()
        await asyncio.sleep(0)

    def show(self, snapshot):
        self.shown.append(snapshot)
        self.pictures.set()

    async def until(self, is_so):
        """Pictures later."""
        while not is_so():
            self.pictures.clear()
            await asyncio.wait_for(self.pictures.wait(), 20)

    async def connect(self):
        self.connection.open(CODE)
        await self.connection.ready()

    async def try_to_connect(self):
        """Until it is decided whether there is a connection."""
        self.connection.open(CODE)
        while self.connection.state == "connecting":
            await self.connection._moved.wait()

    async def depart(self):
        await self.connect()
        self.session.hand_over(Away(self.connection, "numpy"))

    async def rest(self):
        """Until it stands still, here and there."""
        self.session.pause()
        if self.session._loop:
            await asyncio.wait_for(self.session._loop, 20)

    @property
    def step(self):
        return self.session.snapshot.step


def with_page(story, kind=Session, limits=None):
    async def told():
        server = Server(limits)
        page = Page(server, kind)
        await story(page, server)
        page.connection.close()
        await server.jobs.close()

    asyncio.run(told())


def expect_exact(page):
    """All numbers are those of a trainer that never went away."""
    snapshot, alone = page.session.snapshot, Trainer(NETWORK, DATA, TRAIN)
    for _ in range(snapshot.step):
        alone.step()
    np.testing.assert_array_equal(snapshot.parameters, alone.network.parameters)
    for name, array in alone.optimizer.state.items():
        np.testing.assert_array_equal(snapshot.optimizer.state[name], array)
    np.testing.assert_array_equal(snapshot.order, alone._order)
    assert (snapshot.epoch, snapshot.batch) == (alone.epoch, alone.batch)
