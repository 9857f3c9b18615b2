from .allocation import allocate, queue, release
from .conversation import write_about
from .form import check, discard, draft, new
from .left_over import left_over, withdraw_left_over
from .listing import drafts, index, search
from .policy import set_policy
from .record import approve, complete, decline, detail, proof, withdraw
from .succession import take_over

__all__ = [
    "allocate",
    "approve",
    "check",
    "complete",
    "decline",
    "detail",
    "discard",
    "draft",
    "drafts",
    "index",
    "left_over",
    "new",
    "proof",
    "queue",
    "release",
    "search",
    "set_policy",
    "take_over",
    "withdraw",
    "withdraw_left_over",
    "write_about",
]
