import pytest

pytestmark = pytest.mark.django_db


def test_an_agreement_that_waits_for_our_signature_is_a_task_with_its_deed(client, admin, partner):
    client.force_login(admin)
    assert "to countersign" not in client.get("/home/").content.decode()
    agreement = partner.agreements.create(version="2026.1", signed_on="2026-10-01", signed_by="Nina Aebi")
    assert "Agreement to countersign" in client.get("/home/").content.decode()
    page = client.get("/partners/agreements/to-countersign/").content.decode()
    assert f'href="/partners/agreements/{agreement.pk}/"' in page
