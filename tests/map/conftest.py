import json
import re
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from lxml import html

from partners.models import Agreement, BillTo, Commune, Partner
from people.models import User
from records import clock
from tests import factories

NUMBERS = count(1)
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.fixture
def register(db):
    """The whole register."""
    call_command("load_communes", verbosity=0)


@pytest.fixture
def in_december(db):
    """The first of December 2026."""
    with clock.set_to(NOW):
        yield


@pytest.fixture
def communes(in_december, some_communes):
    """The same on the first of December 2026."""
    return some_communes


@pytest.fixture
def some_communes(db):
    """Some communes of four cantons, by their BFS numbers."""
    rows = [
        (261, "Zürich", "ZH"),
        (404, "Burgdorf", "BE"),
        (406, "Hasle bei Burgdorf", "BE"),
        (6831, "Moutier", "JU"),
        (3203, "St. Gallen", "SG"),
    ]
    made = [Commune(bfs_no=number, name=name, canton=canton, language="de") for number, name, canton in rows]
    return {commune.pk: commune for commune in Commune.objects.bulk_create(made)}


@pytest.fixture
def somebody(db):
    return User.objects.create_user("desk@example.org", name="Desk")


@pytest.fixture
def joins(db, somebody):
    """`joins(404, signed="2023-03-01")`: an organisation with an agreement that speaks for the communes."""

    def joins(*numbers, signed="2023-03-01", since=None, until=None, kind="commune", status="active"):
        name = f"Sozialdienst {next(NUMBERS)}"
        where = {"street": "Gasse", "postcode": "3400", "town": "Burgdorf"}
        partner = Partner.objects.create(name=name, kind=kind, **where)
        BillTo.objects.create(partner=partner, name=name, email="kasse@example.org", **where)
        Agreement.objects.create(
            partner=partner,
            version="1",
            signed_on=signed,
            signed_by="Nina Aebi",
            countersigned_by=somebody,
            countersigned_at=f"{signed}T12:00Z",
        )
        Partner.objects.filter(pk=partner.pk).update(status=status)
        partner.refresh_from_db()
        for number in numbers:
            partner.coverage.create(commune_id=number, valid_from=since or signed, valid_to=until)
        return partner

    return joins


@pytest.fixture
def hand_over(db):
    """`hand_over(partner, 404, 7)`: so many laptops left the house for requests that this commune pays."""

    def hand_over(partner, number, laptops, at="2026-10-20T08:00Z"):
        bill_to = partner.bill_tos.get()
        for _laptop in range(laptops):
            request = factories.request_of(bill_to, commune_id=number, commune=Commune.objects.get(pk=number))
            factories.parcel_of(factories.allocation_of(request), **factories.handed_over(bill_to, at))

    return hand_over


@pytest.fixture
def look(client):
    """`look("year=2024")`: the page, read."""

    def look(query="", **headers):
        answer = client.get(f"/map/?{query}", headers=headers)
        assert answer.status_code == 200
        return read(answer.content.decode())

    return look


@pytest.fixture
def ask(client):
    """`ask(2024)`: the JSON of a year."""

    def ask(year=""):
        return json.loads(client.get(f"/map/data.json?year={year}").content)

    return ask


def read(text):
    """What a page of the map says: the level of each shape, the table's rows, what was found."""
    tree = html.fromstring(text)
    shapes = {
        int(shape.get("id")[1:]): int(re.search(r"wg-m(\d)", shape.get("class"))[1])
        for shape in tree.xpath("//*[@class='wg-communes']/*")
    }
    cantons = {
        row.get("data-canton"): [" ".join(cell.text_content().split()) for cell in row.xpath("./td")]
        for row in tree.xpath("//tr[@data-canton]")
    }
    rows = {
        int(row.get("data-commune")): [" ".join(cell.text_content().split()) for cell in row.xpath("./*")]
        for row in tree.xpath("//tr[@data-commune]")
    }
    levels = {int(row.get("data-commune")): int(row.get("data-level")) for row in tree.xpath("//tr[@data-commune]")}
    hits = {int(hit.get("data-hit")): " ".join(hit.text_content().split()) for hit in tree.xpath("//*[@data-hit]")}
    bars = {int(bar.get("data-year")): bar.xpath("./*")[1].text for bar in tree.xpath("//*[@id='map-chart']/g")}
    text = " ".join(tree.text_content().split())
    return SimpleNamespace(
        tree=tree, shapes=shapes, cantons=cantons, rows=rows, levels=levels, hits=hits, bars=bars, text=text
    )
