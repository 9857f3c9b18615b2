"""Barcodes as SVG paths in millimetres."""

from typing import Any

import zxingcpp


def code_128(text: str, *, width: float, height: float) -> str:
    """The dark bars of a Code 128 as SVG path data, `width` × `height` mm, without the quiet zone."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    image: Any = barcode.to_image(scale=1, add_quiet_zones=False, add_hrt=False)  # a buffer, which its stub hides
    modules = [value == 0 for value in memoryview(image).tobytes()[: image.shape[1]]]
    unit = width / len(modules)
    bars = []
    start = 0
    for at in range(1, len(modules) + 1):
        if at == len(modules) or modules[at] != modules[start]:
            if modules[start]:
                bars.append(f"M{start * unit:.3f} 0h{(at - start) * unit:.3f}v{height}h-{(at - start) * unit:.3f}z")
            start = at
    return "".join(bars)
