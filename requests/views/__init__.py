from .allocation import allocate, choose, queue, release
from .approve_many import approve_many
from .calendar import calendar
from .conversation import write_about
from .form import check, discard, discard_all, draft, new
from .left_over import left_over, withdraw_left_over
from .listing import drafts, found, index, search
from .next_round import next_round
from .policy import set_policy
from .record import approve, complete, correct, decline, detail, proof, withdraw
from .settle import give_up, reject, requeue, send_back
from .succession import take_over
from .tracking import (
    close_tracking_link,
    open_tracking_link,
    replace_tracking_link,
    tracking,
    tracking_slip,
)

__all__ = [
    "allocate",
    "approve",
    "approve_many",
    "calendar",
    "check",
    "choose",
    "close_tracking_link",
    "complete",
    "correct",
    "decline",
    "detail",
    "discard",
    "discard_all",
    "draft",
    "drafts",
    "found",
    "give_up",
    "index",
    "left_over",
    "new",
    "next_round",
    "open_tracking_link",
    "proof",
    "queue",
    "reject",
    "release",
    "replace_tracking_link",
    "requeue",
    "search",
    "send_back",
    "set_policy",
    "take_over",
    "tracking",
    "tracking_slip",
    "withdraw",
    "withdraw_left_over",
    "write_about",
]
