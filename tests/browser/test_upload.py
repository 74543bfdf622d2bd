"""A file that is too large for a page goes to the training server, which learns all of it."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from .conftest import LIVE_MS
from .helpers import press
from .test_server import Running, open_menu, opened, trained

COUNT = 6000  # pictures of CIFAR-10's form, 18 MB
ON_ITS_WAY = re.compile(r"^(Reading|Sending) “data_batch_1\.bin”")


@pytest.fixture(scope="module")
def training(tmp_path_factory):
    running = Running(tmp_path_factory.mktemp("data"))
    yield running
    running.end()


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    records = np.random.default_rng(0).integers(0, 256, (COUNT, 3073), np.uint8)
    records[:, 0] = np.arange(COUNT) % 10
    path = tmp_path_factory.mktemp("pictures") / "data_batch_1.bin"
    path.write_bytes(records.tobytes())
    return path


def test_send_with_progress_call_off_send_again_and_learn(chromium, training, batch):
    with opened(chromium, training.address.replace("/#", "/?chapter=c8#"), granted=False) as page:
        choose = page.locator("input[aria-label='A large file of pictures']")
        way = page.get_by_role("progressbar", name=ON_ITS_WAY)
        choose.set_input_files(batch)
        expect(way).to_be_visible()
        page.get_by_role("button", name="Cancel", exact=True).click()
        expect(page.get_by_text("Not sent.")).to_be_visible()
        expect(way).to_be_hidden()
        choose.set_input_files(batch)
        expect(way).to_be_visible()
        says = "“data_batch_1.bin”, on the training server: 6,000 pictures of 10 classes"
        expect(page.get_by_text(says)).to_be_visible(timeout=LIVE_MS)
        expect(way).to_be_hidden()
        open_menu(page).get_by_role("radio", name="Training server: numpy").check()
        page.keyboard.press("Escape")
        press(page, "Batch")
        trained(page, 1)
