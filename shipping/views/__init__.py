from .parcels import by_label, detail, hand_over, label, order_label, pack, take_out, void_labels
from .rounds import hand_over_all, index, pack_all
from .scanning import station

__all__ = [
    "by_label",
    "detail",
    "hand_over",
    "hand_over_all",
    "index",
    "label",
    "order_label",
    "pack",
    "pack_all",
    "station",
    "take_out",
    "void_labels",
]
