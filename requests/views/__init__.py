from .allocation import allocate, queue, release
from .form import check, discard, discard_all, draft, new
from .left_over import left_over, withdraw_left_over
from .listing import drafts, index, search
from .policy import set_policy
from .record import approve, complete, correct, decline, detail, proof, withdraw
from .succession import take_over

__all__ = [
    "allocate",
    "approve",
    "check",
    "complete",
    "correct",
    "decline",
    "detail",
    "discard",
    "discard_all",
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
]
