"""Names as they are looked for: without accents, capitals and the signs between their words."""

import re

from django.db import models
from django.db.models import Func

# Apostrophes and hyphens as keyboards, word processors and registers write them; for `folded` of the database spaces.
BETWEEN_WORDS = re.compile(r"[\s.,'’ʼ‘´`ʹ′\-‐‑‒–—]+")


class Folded(Func):
    """A text as the database folds it; a search and what it finds are both folded so."""

    function = "folded"
    output_field = models.TextField()
