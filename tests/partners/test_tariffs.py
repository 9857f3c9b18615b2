"""What a laptop costs: set from a day on, by somebody, and never changed once it has begun."""

from datetime import timedelta

import pytest

from partners.models import Tariff
from records import clock
from records.refusals import Refused

pytestmark = pytest.mark.django_db
PATH = "/settings/tariffs/set-price/"


def typed(days=1, **more):
    return {
        "tier": "standard",
        "delivery": "person",
        "amount": "160.00",
        "valid_from": str(clock.today() + timedelta(days=days)),
    } | more


def price(days=0, tier="standard"):
    return Tariff.objects.price_for(tier=tier, delivery="person", on=clock.today() + timedelta(days=days))


def test_a_price_holds_from_its_day_on_and_says_who_set_it(client, admin):
    client.force_login(admin)
    page = client.post(PATH, typed(), follow=True).content.decode()
    assert "The price is set." in page
    assert (price(), price(1)) == (150, 160)
    assert Tariff.objects.get(amount=160).by == admin
    assert "planned" in page
    assert "holds today" in page


def test_until_its_day_it_can_be_withdrawn_and_then_no_more(client, admin):
    client.force_login(admin)
    client.post(PATH, typed())
    planned = Tariff.objects.get(amount=160)
    with clock.set_to(clock.now() + timedelta(days=1)):
        page = client.post(f"/settings/tariffs/{planned.pk}/withdraw/", follow=True).content.decode()
        assert "This price has begun and stays" in page
        assert price() == 160
    client.post(f"/settings/tariffs/{planned.pk}/withdraw/")
    assert price(1) == 150


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"days": 0}, "From tomorrow on at the earliest"),
        ({"days": -1}, "From tomorrow on at the earliest"),
        ({"amount": "0"}, "more than zero"),
        ({"amount": "viel"}, "number"),
        ({"tier": ""}, "Still missing"),
    ],
)
def test_what_can_t_be_a_price_is_said_and_stays_typed(client, admin, changes, sentence):
    client.force_login(admin)
    page = client.post(PATH, typed(**{"amount": "160.00"} | changes)).content.decode()
    assert sentence in page
    assert Tariff.objects.count() == 2


def test_a_second_one_from_the_same_day_is_refused(client, admin):
    client.force_login(admin)
    client.post(PATH, typed())
    assert "set already" in client.post(PATH, typed(amount="170.00")).content.decode()
    assert price(1) == 160


def test_a_new_tier_may_begin_today_and_is_one_however_it_is_written(client, admin):
    client.force_login(admin)
    client.post(PATH, typed(days=0, tier="Voll"))
    client.post(PATH, typed(tier=" voll", amount="170.00"))
    assert (price(tier="Voll"), price(1, tier="Voll")) == (160, 170)


def test_a_treasurer_looks_and_sets_nothing(client, make_user):
    client.force_login(make_user("treasurer@example.org", "treasurer"))
    page = client.get("/settings/tariffs/").content.decode()
    assert "150.00" in page
    assert "New price" not in page
    assert client.post(PATH, typed()).status_code == 403


def test_where_no_price_is_set_nobody_approves_for_nothing(partner):
    with pytest.raises(Refused, match="No price is set for gold"):
        Tariff.objects.price_for(tier="gold", delivery="person")


def test_an_admin_chooses_a_tier_that_has_a_price(client, admin, partner):
    client.force_login(admin)
    Tariff.objects.create(tier="full", delivery="person", valid_from="2020-01-01", amount=265)
    page = client.get(f"/partners/{partner.pk}/edit/").content.decode()
    assert '<option value="full">' in page
