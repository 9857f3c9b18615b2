"""Mergers as an admin sees them, and two organisations that are left on one commune."""

import pytest
from django.core.management import call_command

from partners import actions
from partners.models import Commune, CommuneMutation, Coverage
from records import clock
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def merged(db):
    """Two organisations, each of which spoke for a commune; one of these has gone up in the other."""
    for number, name in ((404, "Burgdorf"), (406, "Hasle")):
        Commune.objects.create(bfs_no=number, name=name, canton="BE", language="de")
    here, there = factories.active_partner("Dienst Burgdorf"), factories.active_partner("Dienst Hasle")
    here.coverage.create(commune_id=404, valid_from="2024-01-01")
    there.coverage.create(commune_id=406, valid_from="2024-01-01")
    CommuneMutation.objects.create(old_no=406, new_no=404, new_name="Burgdorf", canton="BE", day="2026-01-01")
    actions.take_due_mutations()
    return here.coverage.live().get(), there.coverage.live().get()


def test_two_left_on_one_commune_are_a_task_until_somebody_says_for_whom_each_is(client, admin, merged):
    _here, there = merged
    client.force_login(admin)
    assert "Organisation shares a commune since a merger" in client.get("/home/").content.decode()
    page = client.get("/settings/communes/").content.decode()
    assert "Dienst Burgdorf" in page and "Dienst Hasle" in page
    client.post(f"/settings/communes/{there.pk}/share/", {f"{there.pk}-for_whom": "Asyl"})
    there.refresh_from_db()
    assert there.for_whom == "Asyl"
    assert there.partner.steps.filter(verb="edit_coverage").count() == 1
    assert "shares a commune" not in client.get("/home/").content.decode()
    assert "Two organisations" not in client.get("/settings/communes/").content.decode()


def test_one_may_leave_it_to_the_other(client, admin, merged):
    here, there = merged
    client.force_login(admin)
    answer = client.post(f"/settings/communes/{there.pk}/leave/", follow=True)
    assert "Dienst Hasle no longer speaks for Burgdorf (BE)" in answer.content.decode()
    assert list(Coverage.objects.live()) == [here]
    there.refresh_from_db()
    assert there.valid_to == clock.today()
    assert client.post(f"/settings/communes/{there.pk}/leave/").status_code == 404


def test_for_whom_must_be_said(client, admin, merged):
    _here, there = merged
    client.force_login(admin)
    answer = client.post(f"/settings/communes/{there.pk}/share/", {f"{there.pk}-for_whom": " "}, follow=True)
    assert "Still missing" in answer.content.decode()
    assert Coverage.objects.contested().count() == 1


@pytest.mark.parametrize("change", [{"came_by_merger": False}, {"for_whom": "Asyl"}, {"valid_to": "2026-06-30"}])
def test_what_was_so_on_purpose_is_no_task(merged, change):
    assert Coverage.objects.contested().count() == 1
    Coverage.objects.filter(came_by_merger=True).update(**change)
    assert Coverage.objects.contested().count() == 0


def test_a_suspended_organisation_is_no_second_one(merged, admin):
    actions.suspend(merged[0].partner, by=admin)
    assert Coverage.objects.contested().count() == 0


def test_what_merges_is_listed(client, admin):
    call_command("load_communes", verbosity=0)
    client.force_login(admin)
    page = client.get("/settings/communes/").content.decode()
    assert "6831 Moutier (JU)" in page
    assert "taken place" in page
