import re

import pytest
from django.db import IntegrityError

from partners.models import Locality, Partner

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "Gemeinde Burgdorf",
    "kind": "commune",
    "language": "de",
    "street": "Kirchbühl",
    "house_number": "19",
    "postcode": "3400",
    "town": "Burgdorf",
    "delivery": "person",
    "area": "3400",
    "communes": ["404"],
    "pays-name": "",
    "pays-postcode": "",
    "pays-town": "",
    "pays-email": "kasse@burgdorf.example.org",
    "pays-language": "de",
    "pays-cadence": "month",
}


@pytest.fixture(autouse=True)
def place(commune):
    return Locality.objects.create(postcode="3400", name="Burgdorf", commune=commune, share=98, language="de")


def test_an_organisation_is_admitted_with_who_pays_and_its_communes(client, admin, commune):
    client.force_login(admin)
    answer = client.post("/partners/new/", TYPED)
    partner = Partner.objects.get()
    assert answer.url == f"/partners/{partner.pk}/"
    bill_to = partner.bill_tos.get()
    assert (partner.status, bill_to.name, bill_to.town) == ("admitted", "Gemeinde Burgdorf", "Burgdorf")
    assert [row.commune for row in partner.coverage.all()] == [commune]
    assert "or you record the signed agreement." in client.get(answer.url).content.decode()


def test_the_same_organisation_twice_is_refused_with_everything_kept(client, admin):
    client.force_login(admin)
    client.post("/partners/new/", TYPED)
    page = client.post("/partners/new/", TYPED).content.decode()
    assert "this name and postcode already" in page
    assert 'value="Kirchbühl"' in page
    assert Partner.objects.count() == 1


def test_a_name_in_another_unicode_form_is_the_same_name(client, admin):
    client.force_login(admin)
    client.post("/partners/new/", TYPED | {"name": "Sozialdienst Müli"})
    page = client.post("/partners/new/", TYPED | {"name": "Sozialdienst\u202f Mu\u0308li"}).content.decode()
    assert "this name and postcode already" in page
    assert Partner.objects.get().name == "Sozialdienst Müli"
    assert "Sozialdienst Müli" in client.get("/partners/?q=Mu\u0308li").content.decode()


def test_a_wrong_postcode_is_named_and_the_rest_kept(client, admin):
    client.force_login(admin)
    page = client.post("/partners/new/", TYPED | {"postcode": "34000"}).content.decode()
    assert "Four digits, like 3400" in page
    assert 'value="Kirchbühl"' in page
    assert "Four digits" in client.post("/partners/new/", TYPED | {"postcode": "３４００"}).content.decode()


def test_a_commune_that_is_no_number_is_named(client, admin):
    client.force_login(admin)
    assert "to mend" in client.post("/partners/new/", TYPED | {"communes": ["²"]}).content.decode()


def test_the_communes_are_found_without_script_and_what_was_typed_stays(client, admin):
    client.force_login(admin)
    page = client.post("/partners/new/", TYPED | {"find": "1", "communes": []}).content.decode()
    assert "Burgdorf (BE)" in page
    assert 'value="Kirchbühl"' in page
    assert "to mend" not in page


def test_of_each_postcode_the_main_commune_is_ticked_and_an_unknown_one_is_named(client, admin, commune):
    small = type(commune).objects.create(bfs_no=418, name="Oberburg", canton="BE", language="de")
    other = type(commune).objects.create(bfs_no=957, name="Sumiswald", canton="BE", language="de")
    Locality.objects.create(postcode="3400", name="Burgdorf", commune=small, share=2, language="de")
    Locality.objects.create(postcode="3454", name="Sumiswald", commune=other, share=100, language="de")
    client.force_login(admin)
    area = "3400 3454 9999"
    pages = [
        client.get("/partners/places/", {"as": "communes", "area": area}).content.decode(),
        client.post("/partners/new/", TYPED | {"find": "1", "area": area, "communes": []}).content.decode(),
    ]
    for page in pages:
        boxes = re.findall(r'name="communes"\s+id="[^"]*"\s+value="(\d+)"\s+(checked)?', page)
        assert {value for value, checked in boxes if checked} == {"404", "957"}
        assert {value for value, _checked in boxes} == {"404", "418", "957"}
        assert "No commune fits “9999”." in page
    page = client.post("/partners/new/", TYPED | {"area": area}).content.decode()
    assert "Its communes: No commune fits “9999”." in page
    assert not Partner.objects.exists()


def test_a_commune_that_was_ticked_stays_when_other_postcodes_are_looked_up(client, admin, commune):
    small = type(commune).objects.create(bfs_no=418, name="Oberburg", canton="BE", language="de")
    other = type(commune).objects.create(bfs_no=957, name="Sumiswald", canton="BE", language="de")
    gone = type(commune).objects.create(bfs_no=405, name="Alt", canton="BE", language="de", valid_to="2020-01-01")
    for place, share in ((small, 2), (gone, 99)):
        Locality.objects.create(postcode="3400", name="Burgdorf", commune=place, share=share, language="de")
    Locality.objects.create(postcode="3454", name="Sumiswald", commune=other, share=100, language="de")
    client.force_login(admin)

    def boxes(page):
        return set(re.findall(r'name="communes"\s+id="[^"]*"\s+value="(\d+)"\s+(checked)?', page.content.decode()))

    found = client.post("/partners/new/", TYPED | {"find": "1", "area": "3454", "communes": ["404", "405"]})
    assert boxes(found) == {("957", "checked"), ("404", "checked")}
    by_script = client.get("/partners/places/", {"as": "communes", "area": "3400", "communes": ["418"]})
    assert boxes(by_script) == {("404", "checked"), ("418", "checked")}


def test_enter_admits_and_looks_for_no_communes(client, admin):
    client.force_login(admin)
    form = client.get("/partners/new/").content.decode().partition("<main")[2]
    assert "name=" not in re.search(r'<button[^>]*type="submit"[^>]*>', form)[0]


def test_who_pays_may_be_left_out_as_a_whole_and_a_half_is_named_with_its_section(client, admin):
    client.force_login(admin)
    assert client.get("/partners/new/").content.decode().count("(optional)") > 8
    page = client.post("/partners/new/", TYPED | {"pays-street": "Kasse", "pays-postcode": "3400"}).content.decode()
    assert '<a href="#id_pays-town">Who pays, Town: ' in page
    assert not Partner.objects.exists()


def test_what_the_organisation_lacks_is_not_asked_of_who_pays_too(client, admin):
    client.force_login(admin)
    page = client.post("/partners/new/", TYPED | {"name": "", "postcode": "34", "pays-town": "Bern"}).content.decode()
    assert page.count('<a href="#id_') == 2 + 1
    assert '<a href="#id_pays-name"' not in page
    assert '<a href="#id_pays-postcode">Who pays, Postcode: ' in page


def test_places_are_ranked_by_share(client, social_worker, commune):
    other = type(commune).objects.create(bfs_no=418, name="Oberburg", canton="BE", language="de")
    Locality.objects.create(postcode="3400", name="Burgdorf", commune=other, share=2, language="de")
    client.force_login(social_worker)
    answer = client.get("/partners/places/?postcode=3400", headers={"accept": "application/json"})
    assert [(row["commune"], row["share"]) for row in answer.json()["places"]] == [
        ("Burgdorf", 98.0),
        ("Oberburg", 2.0),
    ]
    assert '<option value="Burgdorf">' in client.get("/partners/places/?postcode=3400").content.decode()
    fragment = client.get("/partners/places/?as=communes&area=3400").content.decode()
    assert fragment.index("Burgdorf (BE)") < fragment.index("Oberburg (BE)")


def test_a_filter_that_is_none_leaves_the_other_one(client, admin, partner):
    Partner.objects.create(name="Gemeinde Oberburg", postcode="3414", town="Oberburg")
    client.force_login(admin)
    page = client.get("/partners/?q=lindental&status=nonsense")
    assert (page.context["page"].rows, page.context["filtered"]) == ([partner], True)
    assert client.get("/partners/?status=nonsense").context["filtered"] is False


def test_so_many_postcodes_are_looked_up_and_no_more(client, social_worker, django_assert_max_num_queries):
    client.force_login(social_worker)
    with django_assert_max_num_queries(10):
        client.get("/partners/places/", {"postcode": "".join(f"{postcode} " for postcode in range(3400, 3600))})


def test_before_the_register_is_loaded_no_postcode_is_called_unknown(client, admin):
    Locality.objects.all().delete()
    client.force_login(admin)
    assert "No commune fits" not in client.post("/partners/new/", TYPED).content.decode()
    assert Partner.objects.exists()


def test_whose_office_it_is_depends_on_who_reads(client, admin, make_user, partner):
    Partner.objects.update(delivery="office")
    manager = make_user("manager@example.org")
    manager.memberships.create(partner=partner, role="manager")
    for user, words in ((admin, "To the organisation"), (manager, "To our office")):
        client.force_login(user)
        assert f"<dd>{words}<br>" in client.get(partner.get_absolute_url()).content.decode()


def test_nobody_else_takes_on_organisations(client, social_worker, dispatcher):
    for user in (social_worker, dispatcher):
        client.force_login(user)
        assert client.post("/partners/new/", TYPED).status_code == 403
    assert not Partner.objects.filter(name="Gemeinde Burgdorf").exists()


def test_the_list_filters_and_the_detail_is_for_managers_of_their_own_only(client, admin, partner, stranger):
    client.force_login(admin)
    assert client.get("/partners/?q=linden&status=active").context["page"].rows == [partner]
    assert client.get("/partners/?status=ended").context["page"].rows == []
    client.force_login(stranger)
    assert client.get(f"/partners/{partner.pk}/").status_code == 404
    assert client.get("/partners/").url == f"/partners/{stranger.memberships.first().partner_id}/"


def test_whoever_may_not_read_requests_is_not_led_to_them(client, make_user, admin, partner):
    for user, led in ((admin, True), (make_user("cash@example.org", "treasurer"), False)):
        client.force_login(user)
        assert ("/requests/?view=all" in client.get(f"/partners/{partner.pk}/").content.decode()) is led


def test_the_database_knows_an_organisation_whatever_its_capitals(partner):
    with pytest.raises(IntegrityError, match="one_partner_per_name_and_postcode"):
        Partner.objects.create(name=partner.name.upper(), postcode=partner.postcode, town="x")


def test_signs_that_a_qr_bill_does_not_know_become_plain_or_are_named(client, admin):
    client.force_login(admin)
    page = client.post("/partners/new/", TYPED | {"pays-name": "Sozialdienst 漢"}).content.decode()
    assert "A QR-bill does not know 漢 (U+6F22)." in page
    client.post("/partners/new/", TYPED | {"name": "Service social d'Échallens – Gros-de-Vaud"})
    partner = Partner.objects.get()
    assert partner.name == "Service social d’Échallens – Gros-de-Vaud"
    assert partner.bill_tos.get().name == "Service social d'Échallens - Gros-de-Vaud"
