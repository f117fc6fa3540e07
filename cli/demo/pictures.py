"""Photos for the stories, drawn when they are needed: no picture of any real place or person is shipped."""

import io
import random
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw

SIZE = WIDTH, HEIGHT = 960, 640
GROUND = 430
_SKY, _EARTH, _PANEL, _RUST = "#cfe3f2", "#b9a88c", "#4a90c2", "#8a4b20"
_RUBBISH = ("#5a5a5a", "#d9d4c8", "#2f6b3a", "#a33b2a", "#e0c050")
_LEAVES = ("#b5702a", "#8c5a20", "#c98f3c", "#6b4a1c")
_FLOWERS = ("#e0567a", "#f2c230", "#ffffff", "#a05ad0")


@dataclass(frozen=True, slots=True)
class Scene:
    """What is to be seen: panels of a hoarding, some of them broken; heaps of rubbish, leaves, flowers; a parcel."""

    panels: int = 0
    broken: int = 0
    rubbish: int = 0
    leaves: int = 0
    flowers: int = 0
    parcel: bool = False


SCENES = {
    "broken_hoarding": Scene(panels=9, broken=4, rubbish=60),
    "rubbish_heap": Scene(panels=9, broken=4, rubbish=220),
    "hoarding_gone": Scene(rubbish=80),
    "rubbish_cleared": Scene(),
    "flower_bed": Scene(flowers=140),
    "parcel": Scene(parcel=True),
    "leaf_heap": Scene(leaves=420, rubbish=25),
    "leaves_cleared": Scene(leaves=4, flowers=12),
}


@cache
def photo(scene: str) -> bytes:
    """The scene of that name as JPEG; the same bytes every time. `KeyError` when there is none."""
    seen, dice = SCENES[scene], random.Random(scene)
    image = Image.new("RGB", SIZE, _SKY)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, GROUND, WIDTH, HEIGHT), fill=_EARTH)
    _hoarding(draw, seen, dice)
    _strewn(draw, dice, seen.rubbish, _RUBBISH, 16)
    _strewn(draw, dice, seen.leaves, _LEAVES, 9)
    _strewn(draw, dice, seen.flowers, _FLOWERS, 10)
    if seen.parcel:
        draw.rectangle((340, 380, 620, 560), fill="#c49a62", outline="#7d5c30", width=6)
        draw.line((480, 380, 480, 560), fill="#7d5c30", width=14)
    written = io.BytesIO()
    image.save(written, "JPEG", quality=85)
    return written.getvalue()


def _hoarding(draw: ImageDraw.ImageDraw, seen: Scene, dice: random.Random) -> None:
    broken = set(dice.sample(range(seen.panels), seen.broken)) if seen.panels else set()
    for number in range(seen.panels):
        left = 30 + number * 100
        tilt = dice.randint(25, 60) if number in broken else 0
        corners = [(left + tilt, 240 + tilt), (left + 92 + tilt, 240), (left + 92, GROUND), (left, GROUND)]
        draw.polygon(corners, fill=_PANEL, outline="#24506f")
        draw.rectangle((left, GROUND - 12, left + 92, GROUND + 6), fill=_RUST)


def _strewn(
    draw: ImageDraw.ImageDraw, dice: random.Random, count: int, colours: tuple[str, ...], size: int
) -> None:
    """So many pieces in a heap along the ground."""
    for _ in range(count):
        x, y = dice.gauss(WIDTH / 2, WIDTH / 5), GROUND + abs(dice.gauss(20, 55))
        wide, high = dice.uniform(size / 2, size * 1.6), dice.uniform(size / 2, size)
        draw.ellipse((x - wide, y - high, x + wide, y + high), fill=dice.choice(colours))
