"""The map is answered from what is kept, and what is kept is renewed by every commit that changes it."""

import gzip
import threading

import brotli
import pytest
from django.db import connection, connections, transaction
from django.utils.cache import get_max_age

from config.map import kept
from partners.models import Agreement, Commune, Coverage, Locality, MapChange, Partner
from records import clock
from shipping.models import Shipment

from .conftest import read
from .test_figures import level, move

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(monkeypatch):
    """How many answers were written anew."""
    made = []
    kept._answers.clear()
    monkeypatch.setattr(kept, "Answer", type("Counted", (kept.Answer,), {"__init__": _counted(made)}))
    return made


def _counted(made):
    def count(self, digest, content):
        made.append(content)
        kept_init(self, digest, content)

    return count


kept_init = kept.Answer.__init__


def test_a_second_visitor_gets_the_finished_answer_with_one_query(communes, client, written, django_assert_num_queries):
    first = client.get("/map/").content
    with django_assert_num_queries(1):
        assert client.get("/map/").content == first
    client.get("/map/data.json")
    with django_assert_num_queries(1):
        client.get("/map/data.json")
    assert len(written) == 2


def test_who_is_signed_in_gets_it_with_two_queries_and_reads_nothing_of_others(
    communes, client, admin, social_worker, written, django_assert_num_queries
):
    client.force_login(admin)
    first = client.get("/map/").content
    with django_assert_num_queries(2):
        assert client.get("/map/").content == first
    client.force_login(social_worker)
    assert client.get("/map/").content == first
    assert len(written) == 1
    text = first.decode()
    assert '<a href="/home/">Today</a>' in text
    assert not any(word in text for word in (str(admin), admin.email, "csrf", "sessionid"))


def test_the_persons_appearance_is_theirs(communes, client, social_worker):
    assert 'data-theme="auto"' in client.get("/map/").content.decode()
    social_worker.theme = "dark"
    social_worker.save()
    client.force_login(social_worker)
    assert 'data-bs-theme="dark"' in client.get("/map/").content.decode()


def test_the_answer_comes_packed_as_the_reader_takes_it_and_not_twice(communes, client):
    plain = client.get("/map/")
    assert "Content-Encoding" not in plain
    packed = client.get("/map/", headers={"Accept-Encoding": "gzip, deflate, br"})
    assert (packed["Content-Encoding"], brotli.decompress(packed.content)) == ("br", plain.content)
    zipped = client.get("/map/", headers={"Accept-Encoding": "gzip, br;q=0"})
    assert (zipped["Content-Encoding"], gzip.decompress(zipped.content)) == ("gzip", plain.content)
    again = client.get("/map/", headers={"Accept-Encoding": "br", "If-None-Match": packed["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/map/", headers={"If-None-Match": packed["ETag"]}).status_code == 200
    assert {"Accept-Encoding", "Accept-Language", "Cookie", "HX-Request"} <= set(plain["Vary"].split(", "))
    assert (plain["Cache-Control"], get_max_age(plain)) == ("private, no-cache", None)


def changes(joins, hand_over, somebody):
    """Each deed that changes the map, by its name."""
    partner = Partner.objects.get()
    shipments = Shipment.objects.all()
    return {
        "an agreement": lambda: Agreement.objects.create(
            partner=partner, version="2", signed_on="2026-01-01", signed_by="N", countersigned_by=somebody
        ),
        "coverage added": lambda: partner.coverage.create(commune_id=406, valid_from="2024-01-01"),
        "coverage ended": lambda: Coverage.objects.update(valid_to="2025-01-01"),
        "coverage deleted": lambda: Coverage.objects.all().delete(),
        "suspended": lambda: move(partner, "active", "suspended", on="2026-11-01"),
        "a hand-over": lambda: hand_over(partner, 404, 1),
        "a hand-over undone": lambda: shipments.update(status="labelled", handed_over_at=None),
        "a hand-over on another day": lambda: shipments.update(handed_over_at="2025-03-01T10:00Z"),
        "another who bears the cost": lambda: partner.requests.update(commune=406),
        "a merger": lambda: Commune.objects.filter(pk=404).update(valid_to="2026-01-01", successor=406),
        "a commune's name": lambda: Commune.objects.filter(pk=404).update(name="Neudorf"),
        "a commune": lambda: Commune.objects.create(bfs_no=1, name="Neu", canton="BE", language="de"),
        "a place": lambda: Locality.objects.create(
            postcode="3400", name="Burgdorf", commune_id=404, share=100, language="de"
        ),
        "a kind": lambda: Partner.objects.update(kind="relief"),
    }


@pytest.mark.parametrize(
    "deed",
    [
        "an agreement",
        "coverage added",
        "coverage ended",
        "coverage deleted",
        "suspended",
        "a hand-over",
        "a hand-over undone",
        "a hand-over on another day",
        "another who bears the cost",
        "a merger",
        "a commune's name",
        "a commune",
        "a place",
        "a kind",
    ],
)
def test_whatever_changes_the_map_is_noticed(communes, joins, hand_over, somebody, deed):
    hand_over(joins(404), 404, 1)
    deeds = changes(joins, hand_over, somebody)
    assert deed in deeds
    before = MapChange.objects.stamp()
    deeds[deed]()
    assert MapChange.objects.stamp() != before


def test_what_does_not_change_the_map_is_not(communes, joins, hand_over):
    hand_over(joins(404), 404, 1)
    partner, before = Partner.objects.get(), MapChange.objects.stamp()
    partner.note("invite", by=None, role="manager")
    Partner.objects.update(town="Bern")
    Shipment.objects.update(status="delivered")
    Shipment.objects.get().save()
    Coverage.objects.filter(pk=0).delete()
    Commune.objects.filter(pk=404).update(name="Burgdorf")
    assert MapChange.objects.stamp() == before


def test_another_stamp_with_the_same_figures_writes_nothing_anew(communes, joins, client, written):
    partner = joins(404)
    client.get("/map/")
    partner.coverage.create(commune_id=404, valid_from="2030-01-01", valid_to="2031-01-01")
    client.get("/map/")
    assert len(written) == 1
    partner.coverage.create(commune_id=406, valid_from="2026-01-01")
    client.get("/map/")
    assert len(written) == 2


def test_counting_anew_leaves_few_rows_and_another_stamp(communes, joins):
    joins(404)
    before = MapChange.objects.stamp()
    MapChange.objects.forget()
    assert MapChange.objects.count() == 1
    assert MapChange.objects.stamp() != before


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_gone_is_made_anew(some_communes, client):
    assert client.get("/map/").status_code == 200
    connection.ensure_connection()
    connection.connection.close()  # as when the database was started again
    assert MapChange.objects.stamp()[0] > 0


def test_only_so_many_answers_are_kept(communes, client, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 2)
    for language in ("de", "fr", "it"):
        client.get("/map/", headers={"Accept-Language": language})
    assert len(kept._answers) == 2


class OtherConnection(threading.Thread):
    """Does something in a transaction of its own and commits when it is told to."""

    def __init__(self, deed):
        super().__init__()
        self.deed, self.is_done, self.may_commit = deed, threading.Event(), threading.Event()

    def run(self):
        try:
            with transaction.atomic():
                self.deed()
                self.is_done.set()
                assert self.may_commit.wait(30)
        finally:
            connections.close_all()

    def commit(self):
        self.may_commit.set()
        self.join(30)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_another_connection_commits_is_shown_at_once(some_communes, joins, ask, client):
    partner = joins(404)
    assert level(ask, 406) == 0
    other = OtherConnection(lambda: partner.coverage.create(commune_id=406, valid_from=clock.today()))
    other.start()
    assert other.is_done.wait(30)
    assert level(ask, 406) == 0
    other.commit()
    assert level(ask, 406) == 1
    assert read(client.get("/map/").content.decode()).shapes[406] == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_that_commit_in_the_other_order_none_is_missed(some_communes, joins, ask):
    partner = joins(404)
    first = OtherConnection(lambda: partner.coverage.create(commune_id=406, valid_from=clock.today()))
    first.start()
    assert first.is_done.wait(30)
    partner.coverage.create(commune_id=261, valid_from=clock.today())  # draws the higher number, is there first
    assert (level(ask, 261), level(ask, 406)) == (1, 0)
    last = MapChange.objects.latest("pk").pk
    first.commit()
    assert MapChange.objects.latest("pk").pk == last  # which alone would say that nothing has happened
    assert (level(ask, 261), level(ask, 406)) == (1, 1)
