import pytest

from partners.models import BillTo, Partner

pytestmark = pytest.mark.django_db


def test_a_program_finds_what_a_request_must_name(worker, partner, commune):
    partner.coverage.create(commune=commune)
    BillTo.objects.create(partner=partner, name="Old", postcode="3400", town="Burgdorf", is_active=False)
    (found,) = worker.get("partners/").json()["results"]
    assert (found["id"], found["communes"]) == (partner.pk, [{"bfs_no": 404, "name": "Burgdorf", "canton": "BE"}])
    assert [row["id"] for row in found["bill_tos"]] == [partner.bill_tos.filter(is_active=True).get().pk]


def test_an_organisation_sees_itself_and_the_association_all(worker, foreign, money, workshop, assert_problem):
    assert worker.get("partners/").json()["results"][0]["name"] == "Sozialdienst Lindental"
    assert foreign.get("partners/").json()["results"][0]["name"] == "Sozialdienst Obertal"
    assert len(money.get("partners/").json()["results"]) == 2
    assert_problem(workshop.get("partners/"), 403)


def test_the_list_costs_the_same_for_25_and_100_rows(money, django_assert_num_queries, django_assert_max_num_queries):
    partners = Partner.objects.bulk_create(
        Partner(name=f"Dienst {index}", postcode="3400", town="Burgdorf", status="admitted") for index in range(101)
    )
    BillTo.objects.bulk_create(BillTo(partner=row, name=row.name, postcode="3400", town="B") for row in partners)
    with django_assert_max_num_queries(8) as few:
        assert len(money.get("partners/").json()["results"]) == 25
    with django_assert_num_queries(len(few)):
        assert len(money.get("partners/?rows=100").json()["results"]) == 100
