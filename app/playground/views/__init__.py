"""The instruments on the page. Views show what they are given and tell what the learner did."""

from app.playground.views.actions import Actions
from app.playground.views.arithmetic import Arithmetic
from app.playground.views.blueprint import Blueprint
from app.playground.views.bridge import Bridge
from app.playground.views.controls import Controls
from app.playground.views.drawing_pad import DrawingPad
from app.playground.views.facts import Facts
from app.playground.views.file_sender import FileSender
from app.playground.views.files_input import FilesInput
from app.playground.views.findings import Findings
from app.playground.views.fraction import Fraction
from app.playground.views.gallery import Gallery
from app.playground.views.letters import Letters
from app.playground.views.maps import Maps
from app.playground.views.number_grid import NumberGrid
from app.playground.views.own_text import OwnText
from app.playground.views.painter import Painter
from app.playground.views.picture import Group, Picture
from app.playground.views.picture_input import PictureInput
from app.playground.views.pixels import Pixels
from app.playground.views.stage import Stage
from app.playground.views.table import Table
from app.playground.views.table_input import TableInput
from app.playground.views.timeline import Timeline
from app.playground.views.transport import Transport
from app.playground.views.unfolding import Unfolding
from app.playground.views.wiring import Wiring
from app.playground.views.word_table import WordTable

__all__ = [
    "Actions",
    "Arithmetic",
    "Blueprint",
    "Bridge",
    "Controls",
    "DrawingPad",
    "Facts",
    "FileSender",
    "FilesInput",
    "Findings",
    "Fraction",
    "Gallery",
    "Group",
    "Letters",
    "Maps",
    "NumberGrid",
    "OwnText",
    "Painter",
    "Picture",
    "PictureInput",
    "Pixels",
    "Stage",
    "Table",
    "TableInput",
    "Timeline",
    "Transport",
    "Unfolding",
    "Wiring",
    "WordTable",
]
