from collections.abc import Iterable
from datetime import datetime
from random import Random

from demo.accounts import Staff
from demo.calendar import Calendar
from demo.closings import Closing
from demo.laptops import PlannedLaptop
from demo.plans import Plan, PlannedRequest
from jobs.progress import Progress

from . import records
from .invoices import Invoices
from .numbers import Numbers
from .steps import STEPS
from .tables import Table, run


class Sets:
    """All that stays sets: numbered as time goes on, and in the end written, table by table."""

    def __init__(
        self,
        plans: Iterable[Plan],
        stock: Iterable[PlannedLaptop],
        closings: list[Closing],
        *,
        rng: Random,
        calendar: Calendar,
        staff: Staff,
    ) -> None:
        self.calendar = calendar
        with Table("planned_request", PlannedRequest) as requests, Table("planned_laptop", PlannedLaptop) as laptops:
            for request, laptop in plans:
                requests.add(request)
                if laptop:
                    laptops.add(laptop)
            for laptop in stock:
                laptops.add(laptop)
        self.numbers, self.invoices = Numbers(), Invoices(rng, calendar, closings, staff.treasurer)

    def draw_numbers(self, until: datetime) -> None:
        """Draw the numbers of all that happens up to a moment and has none yet."""
        self.numbers.draw(until)
        self.invoices.draw(until)

    def write(self, progress: Progress) -> None:
        """Write the records with their steps; numbers were drawn up to the last thing that walks."""
        self.draw_numbers(self.calendar.now)
        self.numbers.join()
        progress.advance(4, "laptops")
        records.write_devices()
        progress.advance(12, "requests")
        records.write_requests()
        progress.advance(10, "parcels")
        records.write_shipments()
        progress.advance(8, "invoices")
        self.invoices.write()
        for steps in STEPS:
            progress.advance(8, "steps")
            run(steps)
