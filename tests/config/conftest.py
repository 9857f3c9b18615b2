import io
import logging

import pytest

from config.logs import DiscreetFormatter


@pytest.fixture
def written():
    """What the process writes to its log, by the formatter that all of it goes through."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(DiscreetFormatter())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)
