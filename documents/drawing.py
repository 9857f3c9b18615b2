"""Words and shapes at fixed places of a page, written straight into its content.

WeasyPrint sets the words of an SVG letter by letter and reads its paths as text: half of what a QR-bill would cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .fonts import face

MM_PER_POINT = 25.4 / 72
PIXELS_PER_MM = 96 / 25.4


@dataclass(frozen=True)
class Words:
    """A line of print: its base line `y` mm from the top, `x` mm from the left to where it begins, or ends `at_end`."""

    x: float
    y: float
    points: float
    text: str
    bold: bool = False
    at_end: bool = False


@dataclass(frozen=True)
class Drawing:
    """What an <img> shows, `width` × `height` mm large: `shapes` are PDF operators in mm from the upper left corner.

    They are black unless they say otherwise.
    """

    width: float
    height: float
    words: Sequence[Words]
    shapes: str

    def get_intrinsic_size(self, _resolution: float, _font_size: float) -> tuple[float, float, float]:
        """Width and height in CSS pixels and their ratio: what WeasyPrint asks of a picture first."""
        return self.width * PIXELS_PER_MM, self.height * PIXELS_PER_MM, self.width / self.height

    def draw(self, content: Any, width: float, height: float, _style: Any) -> None:
        """Draw it into a page, `width` × `height` CSS pixels large: what WeasyPrint asks of a picture."""
        content.transform(a=width / self.width, d=height / self.height)
        content.stream.append(f"0 g 0 G {self.shapes}")
        content.begin_text()
        for words in self.words:
            used, size = face(700 if words.bold else 400), words.points * MM_PER_POINT
            font, _size = content.add_font(used.pango_font)
            glyphs = [used.glyphs[character] for character in words.text]
            for character, (number, advance) in zip(words.text, glyphs, strict=True):
                font.to_unicode.setdefault(number, character)
                font.widths.setdefault(number, advance)
            across = sum(advance for _number, advance in glyphs) * size / 1000
            content.set_font_size(font.hash, size)
            content.set_text_matrix(1, 0, 0, -1, words.x - across if words.at_end else words.x, words.y)
            content.show_text("<" + "".join(f"{number:04x}" for number, _advance in glyphs) + ">")
        content.end_text()


# Our mark, as in components/mark.html: the base in ink, the screen in green.
MARK = Drawing(32, 32, [], ".067 .067 .067 rg 1 23 22 5 re f .082 .447 .275 rg 17.5 21 m 23.7 21 l 31 3 l 24.8 3 l f")
