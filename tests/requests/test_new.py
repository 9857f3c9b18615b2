import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from documents.models import StoredFile
from documents.uploads import LARGEST
from partners.models import Commune, Locality, Tariff
from people.models import AuditEntry
from records.refusals import Refused
from requests.forms import TYPED
from requests.models import DeviceRequest, Recipient, RequestDraft
from tests import factories
from tests.request_form import send

pytestmark = pytest.mark.django_db


def write(client, token, answers, **more):
    return client.post(f"/requests/new/{token}/", answers | more)


def test_the_commune_and_who_pays_are_preset_when_there_is_one(client, social_worker, partner, commune):
    partner.coverage.create(commune=commune)
    client.force_login(social_worker)
    page = client.get("/requests/new/", follow=True).content.decode()
    assert '<input type="hidden" name="commune" value="404" disabled id="id_commune">' in page
    assert "CHF 150.00" in page


def test_a_draft_without_a_commune_or_with_another_takes_the_only_one(client, social_worker, partner, answers, token):
    other = Commune.objects.create(bfs_no=351, name="Bern", canton="BE", language="de")
    client.force_login(social_worker)
    for stale in ("", str(other.pk)):
        write(client, token, answers, commune=stale, bill_to="", keep="1")
    partner.coverage.create(commune_id=answers["commune"])
    page = client.get(f"/requests/new/{token}/").content.decode()
    assert '<input type="hidden" name="commune" value="404" disabled id="id_commune">' in page
    assert "Burgdorf (BE)" in client.get(f"/requests/new/{token}/check/").content.decode()
    send(client, token, "approve")
    assert DeviceRequest.objects.get().commune_id == 404


@pytest.mark.parametrize("asked", [{"commune", "bill_to"}, set()])
def test_each_change_leads_to_its_field_and_what_was_not_asked_offers_none(
    client, social_worker, partner, answers, token, asked
):
    if asked:
        Commune.objects.create(bfs_no=351, name="Bern", canton="BE", language="de")
        partner.bill_tos.create(name="Schule", postcode="3400", town="Burgdorf")
    client.force_login(social_worker)
    proof = SimpleUploadedFile("course.pdf", b"%PDF-1.7 a course")
    write(client, token, answers, system="windows", purpose="training", proof=proof)
    check = client.get(f"/requests/new/{token}/check/").content.decode()
    targets = re.findall(rf'href="/requests/new/{token}/#id_([^"]+)"', check)
    form = client.get(f"/requests/new/{token}/").content.decode()
    assert [target for target in targets if not re.search(rf'<(input|select)[^>]* id="id_{target}"', form)] == []
    assert {"delivery_0", "purpose_0", "system_0", "keyboard_0", "proof", "language"} <= set(targets)
    assert {"commune", "bill_to"} & set(targets) == asked


def test_a_complete_form_is_kept_as_a_draft_and_goes_on_to_the_check(client, social_worker, answers, token):
    client.force_login(social_worker)
    answer = write(client, token, answers)
    assert (answer.status_code, answer.url) == (302, f"/requests/new/{token}/check/")
    assert RequestDraft.objects.get().owner == social_worker
    assert DeviceRequest.objects.count() == 0


def test_what_was_typed_stays_after_an_error_and_is_kept(client, social_worker, answers, token):
    client.force_login(social_worker)
    page = write(client, token, answers, postcode="340").content.decode()
    assert "One thing to mend before you go on" in page
    assert 'href="#id_postcode"' in page
    assert 'value="Samira"' in page
    assert RequestDraft.objects.get().answers["postcode"] == "340"


def test_a_parcel_to_the_person_asks_for_what_the_address_lacks_once(client, social_worker, answers, token):
    client.force_login(social_worker)
    page = write(client, token, answers, street="", postcode="340").content.decode()
    assert page.count('<a href="#id_street">Street: A parcel to the person needs street, postcode and town.') == 1
    assert page.count('<a href="#id_postcode">') == 1
    assert '<a href="#id_town">' not in page


@pytest.mark.parametrize("reference", ["wenger-1", "LT 756.9217.0769.85", "WENGÉR"])
def test_a_name_or_a_social_security_number_in_the_case_reference_is_refused(
    client, social_worker, answers, token, reference
):
    client.force_login(social_worker)
    page = write(client, token, answers, case_reference=reference).content.decode()
    assert "printed on the invoice" in page
    assert f'value="{reference}"' in page


def test_windows_needs_a_training_and_a_proof(client, social_worker, answers, token):
    client.force_login(social_worker)
    assert "only for a training" in write(client, token, answers, system="windows").content.decode()
    training = {"system": "windows", "purpose": "training"}
    assert "Attach the proof" in write(client, token, answers, **training).content.decode()
    wrong = SimpleUploadedFile("proof.pdf", b"MZ not a pdf")
    assert "neither a PDF" in write(client, token, answers, **training, proof=wrong).content.decode()
    proof = SimpleUploadedFile("Wenger.pdf", b"%PDF-1.7 a course")
    assert write(client, token, answers, **training, proof=proof).status_code == 302
    assert RequestDraft.objects.get().proof.name == "proof.pdf"
    assert "A proof is kept with the draft." in client.get(f"/requests/new/{token}/").content.decode()
    assert "Windows laptops are scarce" in client.get(f"/requests/new/{token}/check/").content.decode()
    send(client, token, "approve")
    number = DeviceRequest.objects.get().number
    assert b"".join(client.get(f"/requests/{number}/proof/")) == b"%PDF-1.7 a course"


@pytest.mark.parametrize(("year", "is_one"), [(1899, False), (1900, True), ("now", True), ("next", False)])
def test_nobody_is_born_before_1900_or_in_a_year_to_come(client, social_worker, answers, token, year, is_one):
    year = {"now": timezone.localdate().year, "next": timezone.localdate().year + 1}.get(year, year)
    client.force_login(social_worker)
    answer = write(client, token, answers, birth_year=year)
    assert (answer.status_code == 302) is is_one
    assert is_one or list(answer.context["form"].errors) == ["birth_year"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"birth_year": "89"}, "Year of birth: Four digits, 1900 at the earliest"),
        ({"birth_year": "19890"}, f"Year of birth: Four digits, {timezone.localdate().year} at the latest"),
        ({"mobile": "12"}, "Mobile: A mobile number, like 079 123 45 67, or one with its country code"),
    ],
)
def test_what_is_typed_too_short_is_asked_for_with_an_example(client, social_worker, answers, token, typed, sentence):
    client.force_login(social_worker)
    assert sentence in write(client, token, answers, **typed).content.decode()


@pytest.mark.parametrize(("more", "is_kept"), [(0, True), (1, False)])
def test_a_proof_may_have_ten_megabytes_and_no_byte_more(client, social_worker, answers, token, more, is_kept):
    client.force_login(social_worker)
    proof = SimpleUploadedFile("course.pdf", b"%PDF-".ljust(LARGEST + more))
    answer = write(client, token, answers, system="windows", purpose="training", proof=proof)
    assert ("larger than 10 MB" in answer.content.decode()) is not is_kept
    assert StoredFile.objects.count() == is_kept


def test_what_is_being_typed_is_kept_in_passing(client, social_worker, answers, token):
    client.force_login(social_worker)
    empty = answers | dict.fromkeys(TYPED, "")
    assert write(client, token, empty, typing="1").status_code == 204
    assert RequestDraft.objects.count() == 0
    answer = write(client, token, empty, typing="1", first_name="Samira").content.decode()
    assert "Draft kept" in answer
    assert "to mend" not in answer
    assert RequestDraft.objects.get().answers["first_name"] == "Samira"
    write(client, token, answers)
    send(client, token, "send")
    assert write(client, token, answers, typing="1").status_code == 204
    assert RequestDraft.objects.count() == 0


def test_a_new_form_has_an_address_of_its_own_and_is_kept_from_the_first_letter_on(client, social_worker):
    client.force_login(social_worker)
    first, second = (client.get("/requests/new/").url for _time in range(2))
    assert re.fullmatch(r"/requests/new/[0-9a-f-]{36}/", first) and first != second
    assert f'hx-post="{first}"' in client.get(first).content.decode()
    assert RequestDraft.objects.count() == 0
    client.post(first, {"first_name": "S", "typing": "1"})
    assert 'value="S"' in client.get(first).content.decode()
    assert 'value="S"' not in client.get(second).content.decode()
    assert RequestDraft.objects.count() == 1


def test_another_person_at_one_address_is_asked_for_without_the_first_ones_name(client, social_worker, make_received):
    person = factories.PERSON | {"birth_year": 1994, "mobile": "+41791234567", "language": "uk"}
    earlier = make_received(recipient=person, purpose="training", keyboard="ch-fr")
    client.force_login(social_worker)
    assert (
        f"/requests/new/?same-address={earlier.number}" in client.get(f"/requests/{earlier.number}/").content.decode()
    )
    answer = client.get(f"/requests/new/?same-address={earlier.number}", follow=True)
    form, page = answer.context["form"], answer.content.decode()
    carried = {name: form[name].value() for name in ("street", "postcode", "town", "language", "delivery", "bill_to")}
    assert carried == {
        "street": "Mühlegasse",
        "postcode": "3400",
        "town": "Burgdorf",
        "language": "uk",
        "delivery": "person",
        "bill_to": earlier.bill_to_id,
    }
    assert not any(word in page for word in ("Samira", "1994", "079 123 45 67", earlier.case_reference))
    assert (form["keyboard"].value(), form["purpose"].value()) == ("ch-de", None)
    assert RequestDraft.objects.count() == 0
    assert AuditEntry.objects.filter(action="read_recipient", subject=earlier.number).exists()


def test_a_copy_takes_person_and_needs_along(client, social_worker, make_received):
    earlier = make_received(purpose="training", keyboard="ch-fr")
    client.force_login(social_worker)
    form = client.get(f"/requests/new/?copy={earlier.number}", follow=True).context["form"]
    carried = [form[name].value() for name in ("first_name", "case_reference", "street", "purpose", "keyboard")]
    assert carried == ["Samira", "LT-2026-0388", "Mühlegasse", "training", "ch-fr"]


def test_what_was_typed_over_a_copy_stays(client, social_worker, make_received, answers, token):
    earlier = make_received()
    client.force_login(social_worker)
    write(client, token, answers, first_name="Amina", typing="1")
    page = client.get(f"/requests/new/{token}/?copy={earlier.number}").content.decode()
    assert 'value="Amina"' in page and 'value="Samira"' not in page


def test_nothing_is_taken_over_from_anothers_request_or_an_erased_one(client, social_worker, stranger, make_received):
    earlier = make_received()
    client.force_login(stranger)
    assert client.get(f"/requests/new/?copy={earlier.number}", follow=True).status_code == 404
    blank = {name: "" for name in ("first_name", "last_name", "street", "house_number", "postcode", "town", "mobile")}
    Recipient.objects.update(**blank, birth_year=None, erased_at="2026-10-01T08:00Z")
    client.force_login(social_worker)
    assert client.get(f"/requests/new/?copy={earlier.number}", follow=True).status_code == 404
    assert "?copy=" not in client.get(f"/requests/{earlier.number}/").content.decode()


def test_a_postcode_that_the_register_does_not_know_is_named(client, social_worker, commune, answers, token):
    client.force_login(social_worker)
    assert write(client, token, answers, postcode="9999").status_code == 302  # no register is loaded
    Locality.objects.create(postcode="3400", name="Burgdorf", commune=commune, share=98, language="de")
    page = write(client, token, answers, postcode="9999").content.decode()
    assert '<a href="#id_postcode">Postcode: We don’t know this postcode.</a>' in page
    assert write(client, token, answers).status_code == 302


def test_nor_does_it_get_past_the_form(make_received, commune):
    Locality.objects.create(postcode="3400", name="Burgdorf", commune=commune, share=98, language="de")
    person = {"first_name": "Samira", "last_name": "Wenger", "street": "Gasse", "postcode": "9999", "town": "Nirgends"}
    with pytest.raises(Refused, match="know this postcode"):
        make_received(recipient=person)


def test_the_only_place_of_a_postcode_is_the_town_and_several_are_offered(
    client, social_worker, commune, answers, token
):
    Locality.objects.create(postcode="3400", name="Burgdorf", commune=commune, share=98, language="de")
    client.force_login(social_worker)
    write(client, token, answers, town="")
    assert "3400 Burgdorf" in client.get(f"/requests/new/{token}/check/").content.decode()
    Locality.objects.create(postcode="3400", name="Lyssach", commune=commune, share=1, language="de")
    page = write(client, token, answers, town="").content.decode()
    assert "needs street, postcode and town" in page
    for offered in (page, client.get(f"/requests/new/{token}/").content.decode()):
        assert '<option value="Burgdorf"></option><option value="Lyssach"></option>' in offered


@pytest.mark.parametrize(
    ("first_name", "last_name", "sentence"),
    [
        ("", "", "First name: Enter a name. One is enough, in either field."),
        ("Samira", "-", "Last name: This is no name. If the person has one name only, leave the other field empty."),
        ("\u200bSamira", "", "First name: A name has no line breaks or invisible signs. Take out U+200B."),
        ("", "Suharto", ""),
    ],
)
def test_one_name_suffices_and_a_line_is_none(client, social_worker, answers, token, first_name, last_name, sentence):
    client.force_login(social_worker)
    answer = write(client, token, answers, first_name=first_name, last_name=last_name)
    page = answer.content.decode()
    assert answer.status_code == (200 if sentence else 302)
    assert page.count('<a href="#id_') == bool(sentence)
    assert sentence in page


def test_what_the_choices_above_hide_is_not_asked_for(client, social_worker, partner, answers, token):
    client.force_login(social_worker)
    assert f"{partner.postcode} {partner.town}</small>" in client.get("/requests/new/", follow=True).content.decode()
    proof = SimpleUploadedFile("x.pdf", b"MZ not a pdf")
    answer = write(client, token, answers, delivery="office", postcode="34", house_number="x" * 20, proof=proof)
    assert answer.status_code == 302
    assert RequestDraft.objects.get().answers["postcode"] == "34"  # and is there again if the choice changes


def test_a_draft_is_seen_by_its_owner_only(client, social_worker, stranger, answers, token):
    client.force_login(social_worker)
    write(client, token, answers, keep="1")
    client.force_login(stranger)
    assert client.get(f"/requests/new/{token}/").status_code == 404
    assert write(client, token, answers, first_name="Nina").status_code == 404
    assert RequestDraft.objects.get().answers["first_name"] == "Samira"


def test_an_empty_form_that_is_sent_says_what_it_lacks_and_leaves_no_draft(client, social_worker, answers, token):
    client.force_login(social_worker)
    page = write(client, token, {name: "" if name in TYPED else value for name, value in answers.items()})
    assert page.content.decode().count('<a href="#id_') >= 2
    assert RequestDraft.objects.count() == 0


def test_typing_in_somebody_elses_form_keeps_nothing_and_shows_nothing(client, social_worker, stranger, answers, token):
    client.force_login(social_worker)
    write(client, token, answers)
    client.force_login(stranger)
    answer = write(client, token, answers, first_name="Eva", typing="1")
    assert (answer.status_code, answer.content) == (204, b"")
    assert RequestDraft.objects.get().answers["first_name"] == "Samira"


def test_typing_after_it_was_sent_changes_nothing_and_approving_again_approves(client, social_worker, answers, token):
    client.force_login(social_worker)
    write(client, token, answers)
    send(client, token, "send")
    assert write(client, token, answers, typing="1").status_code == 204
    assert DeviceRequest.objects.get().status == "received"
    client.post(f"/requests/new/{token}/check/", {"verb": "approve"})
    assert (DeviceRequest.objects.get().status, RequestDraft.objects.count()) == ("approved", 0)


def test_of_what_is_too_long_only_the_beginning_is_kept(client, social_worker, answers, token):
    client.force_login(social_worker)
    write(client, token, answers, case_reference="7" * 500)
    assert RequestDraft.objects.get().answers["case_reference"] == "7" * 200


def test_an_incomplete_draft_is_kept_and_shown_again(client, social_worker, token):
    client.force_login(social_worker)
    client.post(f"/requests/new/{token}/", {"first_name": "Samira", "keep": "1"})
    assert 'value="Samira"' in client.get(f"/requests/new/{token}/").content.decode()
    assert client.get(f"/requests/new/{token}/check/").url == f"/requests/new/{token}/?again=1"
    assert "Last name" in client.get(f"/requests/new/{token}/?again=1").content.decode()


def test_a_sign_that_the_database_cannot_keep_is_left_out(client, social_worker, answers, token):
    client.force_login(social_worker)
    page = write(client, token, answers, first_name="Sa\0mira", delivery="per\0son")
    assert (page.status_code, RequestDraft.objects.get().answers["first_name"]) == (200, "Samira")


def test_the_price_is_that_of_the_delivery_chosen(client, social_worker, answers, token):
    Tariff.objects.create(delivery="office", valid_from="2020-01-01", amount="120.00")
    client.force_login(social_worker)
    assert "CHF 120.00" in write(client, token, answers, delivery="office", last_name="-").content.decode()
    assert "CHF 150.00" in write(client, token, answers, last_name="-").content.decode()


def test_approving_and_sending_registers_the_request_once(client, social_worker, answers, token):
    client.force_login(social_worker)
    write(client, token, answers)
    assert "Mühlegasse 11b" in client.get(f"/requests/new/{token}/check/").content.decode()
    first = send(client, token, "approve")
    again = send(client, token, "approve")
    back = write(client, token, answers)
    looks = [client.get(f"/requests/new/{token}/{page}") for page in ("", "check/")]
    found = DeviceRequest.objects.get()
    assert {answer.url for answer in (first, again, back, *looks)} == {f"/requests/{found.number}/"}
    assert (found.status, str(found.price)) == ("approved", "150.00")
    assert [step.verb for step in found.steps.all()] == ["receive", "approve"]
    assert RequestDraft.objects.count() == 0


@pytest.mark.parametrize("changes", [{"street": "Hofgut"}, {"proof": SimpleUploadedFile("x.pdf", b"%PDF-1.7 x")}])
def test_what_another_tab_changed_is_looked_through_before_it_is_sent(client, social_worker, answers, token, changes):
    client.force_login(social_worker)
    answers |= {"system": "windows", "purpose": "training"}
    write(client, token, answers, proof=SimpleUploadedFile("course.pdf", b"%PDF-1.7 another course"))
    seen = RequestDraft.objects.get().fingerprint
    write(client, token, answers, **changes)
    page = client.post(f"/requests/new/{token}/check/", {"verb": "approve", "seen": seen}).content.decode()
    assert "in another tab perhaps" in page
    assert changes.get("street", "Mühlegasse") in page
    assert (DeviceRequest.objects.count(), RequestDraft.objects.count()) == (0, 1)
    send(client, token, "approve")
    assert DeviceRequest.objects.get().recipient.street == changes.get("street", "Mühlegasse")


def test_sending_without_approving_leaves_it_to_be_examined(client, social_worker, answers, token):
    client.force_login(social_worker)
    write(client, token, answers)
    send(client, token, "send")
    assert DeviceRequest.objects.get().status == "received"


def test_a_parcel_to_the_office_keeps_no_address_of_the_person(client, social_worker, partner, answers, token):
    client.force_login(social_worker)
    write(client, token, answers, delivery="office", street="", postcode="", town="")
    send(client, token, "send")
    assert Recipient.objects.get().town == partner.town


def test_a_suspended_organisation_is_told_so_and_keeps_its_draft(client, social_worker, partner, answers, token):
    client.force_login(social_worker)
    write(client, token, answers)
    partner.move("suspend", by=None)
    page = send(client, token, "approve").content.decode()
    assert "no running agreement" in page
    assert (DeviceRequest.objects.count(), RequestDraft.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    ("status", "words"),
    [("active", ""), ("suspended", "Your organisation is suspended"), ("admitted", "has no running agreement")],
)
def test_who_cannot_send_reads_so_before_writing(client, social_worker, partner, status, words):
    type(partner).objects.filter(pk=partner.pk).update(status=status)
    client.force_login(social_worker)
    page = client.get("/requests/new/", follow=True).content.decode()
    assert words in page
    assert ("keep it as a draft" in page) is (status != "active")


def test_the_association_enters_no_requests(client, dispatcher):
    client.force_login(dispatcher)
    assert client.get("/requests/new/").status_code == 403
