"""Codes for scanners, as PDF operators that fill their dark parts: a shape of a `Drawing`, in millimetres."""

import re
from collections.abc import Iterator
from typing import Any

import zxingcpp

DARK = re.compile(b"\0+")


def code_128(text: str, *, width: float, height: float) -> str:
    """A Code 128, `width` × `height` mm, without the quiet zone."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    return _dark(_rows(barcode)[:1], width, height)


def qr_code(text: str, *, side: float) -> str:
    """A QR code with error correction M, `side` mm wide, without the quiet zone.

    Its letters are UTF-8 and no mark (ECI) says so, as each bank's scanner expects.
    """
    barcode = zxingcpp.create_barcode(text.encode(), zxingcpp.BarcodeFormat.QRCode, ec_level="M", eci="0")
    return _dark(_rows(barcode), side, side)


def qr_path(text: str) -> tuple[str, int]:
    """The same code as the path of an SVG, and how many modules it is wide, without the quiet zone."""
    barcode = zxingcpp.create_barcode(text.encode(), zxingcpp.BarcodeFormat.QRCode, ec_level="M", eci="0")
    rows = _rows(barcode)
    return "".join(f"M{x} {y}h{n}v1h-{n}z" for x, y, n in _runs(rows)), len(rows)


def _rows(barcode: zxingcpp.Barcode) -> list[bytes]:
    """A byte for each module, 0 where it is dark."""
    image: Any = barcode.to_image(scale=1, add_quiet_zones=False, add_hrt=False)  # a buffer, which its stub hides
    modules, across = memoryview(image).tobytes(), image.shape[1]
    return [modules[start : start + across] for start in range(0, len(modules), across)]


def _dark(rows: list[bytes], width: float, height: float) -> str:
    shape = " ".join(f"{x} {y} {n} 1 re" for x, y, n in _runs(rows))
    return f"q {width / len(rows[0]):.6f} 0 0 {height / len(rows):.6f} 0 0 cm {shape} f Q"


def _runs(rows: list[bytes]) -> Iterator[tuple[int, int, int]]:
    """Where modules beside each other are dark: from which column, in which row, how many."""
    return ((run.start(), y, run.end() - run.start()) for y, row in enumerate(rows) for run in DARK.finditer(row))
