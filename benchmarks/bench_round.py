"""What a round of 200 costs: proposed over 5,000 ready laptops, and kept in one press.

Run it with `.venv/bin/python benchmarks/bench_round.py`: it fills a Postgres of its own and throws it away. Medians of
seconds are printed, and the press as a ratio to keeping the same pairs one by one.
"""

import random
import statistics
import tempfile
import time
from pathlib import Path

from bench_load_demo import start

ROUND, LAPTOPS, TIMES = 200, 5000, 9
PROPOSED, PRESSED = 0.1, 0.5  # seconds, at most


def main():
    _propose()
    with tempfile.TemporaryDirectory() as data_dir:
        start(data_dir)
        from django.core.management import call_command

        Path(data_dir, "static").mkdir()
        call_command("prepare", verbosity=0)
        call_command("load_communes", verbosity=0)
        call_command("load_demo", requests=3000, verbosity=0)
        _press()


def _propose():
    from requests.matching import Laptop, Wish, propose

    chance = random.Random(1)  # noqa: S311  # the same shelf each time
    kinds = [(system, keyboard) for system in ("linux", "windows") for keyboard in ("ch-de", "ch-fr")]
    laptops = [
        Laptop(n, *chance.choice(kinds), chance.choice((4, 8, 16)), chance.choice("ABC")) for n in range(LAPTOPS)
    ]
    wishes = [Wish(n, *chance.choice(kinds)) for n in range(ROUND)]
    taken = []
    for _time in range(TIMES):
        begun = time.perf_counter()
        proposals = propose(wishes, laptops)
        taken.append(time.perf_counter() - begun)
    assert all(each.laptop for each in proposals)
    _say(f"{ROUND} proposed over {LAPTOPS:,}", statistics.median(taken), PROPOSED)


def _press():
    from django.db import transaction

    from devices.models import Device
    from people.models import User
    from records import clock
    from requests import actions
    from requests.models import Allocation, DeviceRequest
    from requests.rounds import Pair, allocate_round

    user = User.objects.get(email="dispatch@demo.example")
    sent = DeviceRequest.objects.filter(status="delivered", partner__status="active", system="linux", keyboard="ch-de")
    requests = list(sent[:ROUND])
    keys = [row.pk for row in requests]
    DeviceRequest.objects.filter(pk__in=keys).update(status="approved")
    Allocation.objects.filter(request__in=keys).update(released_at=clock.now())
    devices = Device.objects.bulk_create(
        Device(asset_tag=f"B{n}", status="ready", grade="A", memory_gb=8, system="linux", keyboard="ch-de")
        for n in range(ROUND)
    )
    pairs = [Pair(row.number, device.number) for row, device in zip(requests, devices, strict=True)]

    def together():
        return allocate_round(pairs, by=user)[0]

    def one_by_one():
        for row, device in zip(requests, devices, strict=True):
            actions.allocate(DeviceRequest.objects.get(pk=row.pk), Device.objects.get(pk=device.pk), by=user)
        return ROUND

    medians = {}
    for press in (together, one_by_one):
        taken = []
        for _time in range(TIMES):
            with transaction.atomic():
                begun = time.perf_counter()
                kept = press()
                taken.append(time.perf_counter() - begun)
                transaction.set_rollback(True)
            assert kept == ROUND, kept
        medians[press.__name__] = statistics.median(taken)
    _say(f"{ROUND} kept in one press", medians["together"], PRESSED)
    print(f"one by one {medians['one_by_one']:.3f} s: {medians['together'] / medians['one_by_one']:.2f} × of it")


def _say(what, seconds, limit):
    print(f"{what}: {seconds:.3f} s (at most {limit}){' !' if seconds > limit else ''}")


if __name__ == "__main__":
    main()
