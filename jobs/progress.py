"""How far a long command is, on a terminal."""

import time
from typing import TextIO

WIDTH = 30
SHOWN_AFTER = 1  # second


class Progress:
    """A bar on a terminal once the work takes longer than a second; nothing anywhere else."""

    def __init__(self, stream: TextIO, total: float) -> None:
        self.stream, self.total, self.done = stream, total, 0.0
        self.began = time.monotonic()
        self.is_shown = stream.isatty()

    def advance(self, by: float, what: str) -> None:
        self.done = min(self.done + by, self.total)
        if self.is_shown and time.monotonic() - self.began > SHOWN_AFTER:
            full = round(WIDTH * self.done / self.total)
            bar = "█" * full + "░" * (WIDTH - full)
            self.stream.write(f"\r{bar} {self.done / self.total:4.0%} {what:<24}")
            self.stream.flush()

    def end(self) -> None:
        if self.is_shown and time.monotonic() - self.began > SHOWN_AFTER:
            self.stream.write("\r" + " " * (WIDTH + 32) + "\r")
            self.stream.flush()
