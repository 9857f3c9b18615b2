"""The doors: which function does which kind of job."""

DOORS = {}


def job(kind):
    """Register `door(key, claim)` for a kind such as "shipping.make_label".

    A door fetches by key and calls one action. What it writes goes inside `with claim.held():`, so that a worker
    whose lease ran out writes nothing.
    """

    def register(door):
        if DOORS.setdefault(kind, door) is not door:
            raise ValueError(f"two doors for {kind}")
        return door

    return register
