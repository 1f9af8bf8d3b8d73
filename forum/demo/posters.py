"""Covers for the demo's articles: plain posters, drawn from a few shapes, each with its words.

A poster is the same every time for one article, and says in its description what is on it.
"""

import io
from collections.abc import Callable
from math import pi, sin
from random import Random

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

SIZE = (1280, 720)
PAPER = [
    ("cream", "#f1e7d3"),
    ("pale blue", "#d8e4e8"),
    ("grey", "#dcdad4"),
    ("straw", "#efdfae"),
    ("rose", "#ecd5cd"),
]
INK = [
    ("dark blue", "#1d3b53"),
    ("brick red", "#a1452e"),
    ("bottle green", "#28503c"),
    ("ochre", "#c98b2b"),
    ("charcoal", "#33312e"),
    ("slate", "#587083"),
]
Colours = list[tuple[str, str]]
Painter = Callable[[ImageDraw.ImageDraw, Random, Colours], str]


def poster(slug: str, category: str) -> tuple[ContentFile, str]:
    """A PNG of SIZE for an article, and what it shows in one sentence."""
    dice = Random(f"poster:{slug}")
    ground, paper = dice.choice(PAPER)
    picture = Image.new("RGB", SIZE, paper)
    colours = dice.sample(INK, 3)
    shown = PAINTERS.get(category, bands)(ImageDraw.Draw(picture), dice, colours)
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=1)
    return (
        ContentFile(written.getvalue(), name=f"{slug}.png"),
        f"A poster: {shown}, on {ground} paper.",
    )


def bands(draw: ImageDraw.ImageDraw, dice: Random, colours: Colours) -> str:
    """A low sun over waves."""
    width, height = SIZE
    (sun_name, sun), *waters = colours
    x, size = dice.randrange(250, 1000), dice.randrange(110, 190)
    draw.ellipse((x - size, 250 - size, x + size, 250 + size), fill=sun)
    for place in range(6):
        top = 290 + place * 75
        length, phase = dice.uniform(300, 520), dice.uniform(0, 2 * pi)
        edge = [(x, top + 24 * sin(2 * pi * x / length + phase)) for x in range(0, width + 8, 8)]
        draw.polygon([*edge, (width, height), (0, height)], fill=waters[place % 2][1])
    return f"{sun_name} sun above waves of {waters[0][0]} and {waters[1][0]}"


def houses(draw: ImageDraw.ImageDraw, dice: Random, colours: Colours) -> str:
    """A row of house fronts with windows."""
    width, height = SIZE
    x, count = 60, 0
    while x < width - 160:
        wide, high = dice.randrange(110, 210), dice.randrange(260, 560)
        _name, wall = colours[count % 3]
        draw.rectangle((x, height - high, x + wide, height), fill=wall)
        for row in range(height - high + 40, height - 90, 80):
            for column in range(x + 24, x + wide - 40, 52):
                draw.rectangle((column, row, column + 26, row + 42), fill="#f6f0df")
        x += wide + dice.choice([0, 0, 26])
        count += 1
    return f"a row of {count} house fronts in {colours[0][0]}, {colours[1][0]} and {colours[2][0]}"


def lines(draw: ImageDraw.ImageDraw, dice: Random, colours: Colours) -> str:
    """Lines of a network that meet at a stop."""
    x, y = dice.randrange(420, 860), dice.randrange(260, 460)
    for place, (_name, colour) in enumerate(colours):
        shift = (place - 1) * 34
        ends = [(-20, y + shift), (x - 60, y + shift), (x + 260, y + shift - 240 * (place - 1))]
        draw.line([*ends, (1320, ends[-1][1])], fill=colour, width=24, joint="curve")
    draw.ellipse((x - 130, y - 66, x + 2, y + 66), fill="#fbf7ec", outline="#33312e", width=12)
    names = [name for name, _colour in colours]
    return f"three lines in {names[0]}, {names[1]} and {names[2]} that meet at one round stop"


def dials(draw: ImageDraw.ImageDraw, dice: Random, colours: Colours) -> str:
    """Rings within rings, like the wheels of a clock."""
    for place, (_name, colour) in enumerate(colours):
        x, y, size = 300 + place * 330, dice.randrange(260, 470), dice.randrange(150, 250)
        for ring in range(size, 20, -44):
            draw.ellipse((x - ring, y - ring, x + ring, y + ring), outline=colour, width=16)
    return f"three sets of rings in {colours[0][0]}, {colours[1][0]} and {colours[2][0]}"


def pages(draw: ImageDraw.ImageDraw, dice: Random, colours: Colours) -> str:
    """Books on a shelf."""
    x, count = 90, 0
    while x < 1150:
        wide, high = dice.randrange(36, 92), dice.randrange(330, 500)
        draw.rectangle((x, 600 - high, x + wide, 600), fill=colours[count % 3][1])
        draw.rectangle((x, 600 - high + 50, x + wide, 600 - high + 62), fill="#f6f0df")
        x += wide + 10
        count += 1
    draw.rectangle((60, 600, 1220, 622), fill="#33312e")
    return f"a shelf of books with spines in {colours[0][0]}, {colours[1][0]} and {colours[2][0]}"


def bowls(draw: ImageDraw.ImageDraw, dice: Random, colours: Colours) -> str:
    """Bowls on a table."""
    for place, (_name, colour) in enumerate(colours):
        x, size = 260 + place * 380, dice.randrange(140, 185)
        draw.pieslice((x - size, 500 - size, x + size, 500 + size), 0, 180, fill=colour)
        draw.arc((x - 40, 290, x + 40, 390), 100, 260, fill=colour, width=10)
    draw.rectangle((0, 680, SIZE[0], SIZE[1]), fill="#33312e")
    return f"three steaming bowls in {colours[0][0]}, {colours[1][0]} and {colours[2][0]}"


PAINTERS: dict[str, Painter] = {
    "Cities": houses,
    "Transport": lines,
    "Rivers and weather": bands,
    "Work and tools": dials,
    "Language": pages,
    "Books": pages,
    "Food": bowls,
}
