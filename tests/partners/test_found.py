import pytest

from partners.models import Partner
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def organisations(db):
    factories.active_partner("Sozialdienst Müli", postcode="3400", town="Burgdorf")
    factories.active_partner("Service social d’Yverdon", postcode="1400", town="Yverdon-les-Bains")


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("müli", ["Sozialdienst Müli"]),
        ("sozial burg", ["Sozialdienst Müli"]),
        ("DIENST", ["Sozialdienst Müli"]),
        ("yverdon", ["Service social d’Yverdon"]),
        ("les-bains", ["Service social d’Yverdon"]),
        ("d’Yv", ["Service social d’Yverdon"]),
        ("' & ! :*", []),
        ("müli yverdon", []),
    ],
)
def test_an_organisation_is_found_by_words_of_its_name_and_town(words, names):
    assert [partner.name for partner in Partner.objects.found_by(words)] == names


def test_an_agreement_that_waits_for_our_signature_is_a_task_with_its_deed(client, admin):
    partner = Partner.objects.get(name="Sozialdienst Müli")
    client.force_login(admin)
    assert "to countersign" not in client.get("/home/").content.decode()
    agreement = partner.agreements.create(version="2026.1", signed_on="2026-10-01", signed_by="Nina Aebi")
    assert "Agreement to countersign" in client.get("/home/").content.decode()
    page = client.get("/partners/agreements/to-countersign/").content.decode()
    assert f'href="/partners/agreements/{agreement.pk}/"' in page
