from .editing import edit, feedback, history, restore, tick_off
from .reading import article, comment, index, rate

__all__ = ["article", "comment", "edit", "feedback", "history", "index", "rate", "restore", "tick_off"]
