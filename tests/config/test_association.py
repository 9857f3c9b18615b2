import pytest
from django.urls import reverse

from config.association import SECTIONS

pytestmark = pytest.mark.django_db


def test_the_settings_lead_to_each_section_that_an_admin_may_change(client, admin):
    client.force_login(admin)
    page = client.get("/settings/").content.decode()
    for section in SECTIONS:
        address = reverse(section.url_name)
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200


def test_a_treasurer_sees_no_section_that_only_admins_may_change(client, make_user):
    client.force_login(make_user("treasurer@example.org", "treasurer"))
    page = client.get("/settings/").content.decode()
    for section in SECTIONS:
        assert (f'href="{reverse(section.url_name)}"' in page) == ("treasurer" in section.roles)
