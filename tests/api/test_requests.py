import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from documents.models import StoredFile
from documents.uploads import LARGEST
from partners.models import Commune, Locality, Partner
from requests.models import DeviceRequest
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_request_is_written_down_with_its_person(worker, wish, social_worker):
    answer = worker.post("requests/", wish)
    assert answer.status_code == 201
    device_request = DeviceRequest.objects.get()
    assert answer.json()["number"] == device_request.number
    assert (device_request.status, device_request.owner, device_request.price) == ("received", social_worker, None)
    assert (device_request.recipient.name, device_request.recipient.town) == ("Samira Wenger", "Burgdorf")
    assert [(step.verb, step.on_behalf_of) for step in device_request.steps.all()] == [
        ("receive", device_request.partner_id)
    ]


def test_what_is_sent_in_another_unicode_form_is_kept_as_on_the_page(worker, wish):
    person = wish["recipient"] | {"last_name": " Mu\u0308ller\u202f Wenger"}
    sent = wish | {"case_reference": "2026\u00a0 0412", "recipient": person}
    assert worker.post("requests/", sent).status_code == 201
    device_request = DeviceRequest.objects.get()
    assert (device_request.recipient.last_name, device_request.case_reference) == ("Müller Wenger", "2026 0412")
    assert len(worker.get("requests/?case_reference=2026\u202f0412").json()["results"]) == 1


def test_a_refused_sign_is_named_by_its_number(worker, wish, assert_problem):
    person = wish["recipient"] | {"first_name": "\u200bSamira"}
    body = assert_problem(worker.post("requests/", wish | {"recipient": person}), 400)
    assert body["errors"][0]["detail"] == "A name has no line breaks or invisible signs. Take out U+200B."


@pytest.mark.parametrize(
    ("name", "status"), [("می\u200cنا", 201), ("क्\u200dष", 201), ("Pay\u200dPal", 400), ("می\u200c", 400)]
)
def test_a_name_keeps_the_joiners_that_shape_its_letters(worker, wish, name, status):
    person = wish["recipient"] | {"first_name": name}
    assert worker.post("requests/", wish | {"recipient": person}).status_code == status
    assert [made.recipient.first_name for made in DeviceRequest.objects.all()] == [name] * (status == 201)


def test_one_name_suffices_in_either_field(worker, wish, assert_problem):
    address = {name: value for name, value in wish["recipient"].items() if not name.endswith("_name")}
    for name in ({"first_name": "Suharto"}, {"last_name": "Мар'яна"}):
        assert worker.post("requests/", wish | {"recipient": address | name}).status_code == 201
    names = [(made.recipient.name, made.recipient.short_name) for made in DeviceRequest.objects.order_by("pk")]
    assert names == [("Suharto", "Suharto"), ("Мар'яна", "Мар'яна")]
    body = assert_problem(worker.post("requests/", wish | {"recipient": address}), 400)
    assert body["errors"][0]["detail"] == "Enter a name. One is enough, in either field."
    body = assert_problem(worker.post("requests/", wish | {"recipient": address | {"last_name": "-"}}), 400)
    assert body["errors"][0]["detail"].startswith("This is no name.")


def test_a_field_that_is_not_on_the_list_changes_nothing(worker, wish, partner):
    worker.post("requests/", wish | {"status": "approved", "price": "1.00", "number": "R-1", "partner": 1})
    device_request = DeviceRequest.objects.get()
    assert (device_request.status, device_request.price, device_request.partner) == ("received", None, partner)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"case_reference": "Wenger-1"}, "leave the person’s name out"),
        ({"case_reference": "756.1234.5678.97"}, "social security number"),
        ({"system": "windows"}, "Windows is only for a training"),
        ({"system": "windows", "purpose": "training"}, "Attach the proof"),
        ({"recipient": {"first_name": "Samira", "last_name": "Wenger", "town": "Bern"}}, "needs street, postcode and"),
    ],
)
def test_what_a_request_must_keep_to_is_refused_as_on_the_page(worker, wish, change, sentence, assert_problem):
    body = assert_problem(worker.post("requests/", wish | change), 409)
    assert sentence in body["detail"]
    assert body["type"].endswith("#refused")
    assert DeviceRequest.objects.count() == 0


@pytest.mark.parametrize(("system", "kept"), [("windows", 1), ("linux", 0)])
def test_a_proof_is_kept_for_windows_only(worker, wish, system, kept):
    wish |= {f"recipient.{name}": value for name, value in wish.pop("recipient").items()}
    proof = SimpleUploadedFile("Wenger.pdf", b"%PDF-1.7 a course")
    sent = worker.post("requests/", wish | {"system": system, "purpose": "training", "proof": proof}, form=True)
    assert (sent.status_code, StoredFile.objects.count()) == (201, kept)
    assert bool(DeviceRequest.objects.get().proof) is bool(kept)


def test_a_parcel_to_the_office_keeps_the_address_of_the_office_only(worker, wish, partner):
    assert worker.post("requests/", wish | {"delivery": "office"}).status_code == 201
    recipient = DeviceRequest.objects.get().recipient
    assert (recipient.street, recipient.house_number, recipient.town) == (
        partner.street,
        partner.house_number,
        partner.town,
    )


@pytest.mark.parametrize(("more", "status"), [(0, 201), (1, 400)])
def test_a_proof_may_have_ten_megabytes_and_no_byte_more(worker, wish, more, status):
    wish |= {f"recipient.{name}": value for name, value in wish.pop("recipient").items()}
    proof = SimpleUploadedFile("course.pdf", b"%PDF-".ljust(LARGEST + more))
    windows = {"system": "windows", "purpose": "training", "proof": proof}
    assert worker.post("requests/", wish | windows, form=True).status_code == status
    assert StoredFile.objects.count() == (status == 201)


def test_a_proof_that_is_neither_a_pdf_nor_a_photo_is_a_wrong_field(worker, wish, assert_problem):
    wish |= {f"recipient.{name}": value for name, value in wish.pop("recipient").items()}
    proof = SimpleUploadedFile("course.pdf", b"<html>", content_type="application/pdf")
    windows = {"system": "windows", "purpose": "training", "proof": proof}
    (error,) = assert_problem(worker.post("requests/", wish | windows, form=True), 400)["errors"]
    assert (error["field"], error["detail"]) == ("proof", "This is neither a PDF nor a photo (JPEG, PNG).")
    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize(("year", "is_one"), [(1899, False), (1900, True), ("now", True), ("next", False)])
def test_nobody_is_born_before_1900_or_in_a_year_to_come(worker, wish, year, is_one):
    year = {"now": timezone.localdate().year, "next": timezone.localdate().year + 1}.get(year, year)
    answer = worker.post("requests/", wish | {"recipient": wish["recipient"] | {"birth_year": year}})
    assert answer.status_code == (201 if is_one else 400)
    assert is_one or [error["field"] for error in answer.json()["errors"]] == ["recipient.birth_year"]
    assert list(DeviceRequest.objects.values_list("recipient__birth_year", flat=True)) == [year] * is_one


@pytest.mark.parametrize(("sent", "kept"), [({}, "fr"), ({"language": "uk"}, "uk")])
def test_a_person_speaks_the_organisations_language_unless_told(worker, wish, partner, sent, kept):
    Partner.objects.filter(pk=partner.pk).update(language="fr")
    person = {name: value for name, value in wish["recipient"].items() if name != "language"}
    worker.post("requests/", wish | {"recipient": person | sent})
    assert DeviceRequest.objects.get().recipient.language == kept


def test_nobody_elses_cost_bearer_nor_a_commune_one_does_not_speak_for(worker, wish, partner, stranger, assert_problem):
    other = stranger.memberships.first().partner
    foreign = other.bill_tos.get()
    elsewhere = Commune.objects.create(bfs_no=351, name="Bern", canton="BE", language="de")
    partner.coverage.create(commune_id=wish["commune"])
    body = assert_problem(worker.post("requests/", wish | {"bill_to": foreign.pk, "commune": elsewhere.pk}), 400)
    assert {error["field"] for error in body["errors"]} == {"bill_to", "commune"}
    missing = assert_problem(worker.post("requests/", wish | {"bill_to": 99_999_999}), 400)["errors"][0]["detail"]
    assert missing.replace("99999999", str(foreign.pk)) in {error["detail"] for error in body["errors"]}


def test_approving_registers_the_request_and_freezes_the_price(worker, make_received):
    received = make_received()
    answer = worker.post(f"requests/{received.number}/approve/")
    assert (answer.status_code, answer.json()["status"], answer.json()["price"]) == (200, "approved", "150.00")
    assert DeviceRequest.objects.get().status == "approved"


def test_approving_twice_is_as_approving_once(worker, make_received):
    received = make_received()
    assert [worker.post(f"requests/{received.number}/approve/").status_code for _time in range(2)] == [200, 200]
    assert [step.verb for step in received.steps.all()] == ["receive", "approve"]


def test_a_suspended_organisation_approves_nothing(worker, make_received, partner, assert_problem):
    received = make_received()
    partner.status = "suspended"
    partner.save()
    body = assert_problem(worker.post(f"requests/{received.number}/approve/"), 409)
    assert body["detail"] == "Your organisation has no running agreement."


def test_a_stranger_finds_nothing_and_changes_nothing(foreign, worker, make_received, assert_problem):
    number = make_received().number
    for path in (f"requests/{number}/", "requests/R-2026-999999/"):
        assert (
            assert_problem(foreign.get(path), 404)["detail"]
            == assert_problem(worker.get("requests/R-2026-999999/"), 404)["detail"]
        )
        assert_problem(foreign.post(f"{path}approve/"), 404)
    assert foreign.get("requests/").json()["results"] == []
    assert DeviceRequest.objects.get().status == "received"


def test_the_association_never_approves(dispatch, make_received, assert_problem):
    assert_problem(dispatch.post(f"requests/{make_received().number}/approve/"), 403)


def test_the_list_names_nobody_and_one_request_names_its_person(worker, make_received):
    number = make_received().number
    assert b"Samira" not in worker.get("requests/").content
    assert worker.get(f"requests/{number}/").json()["recipient"]["first_name"] == "Samira"


def test_neither_treasurer_nor_volunteer_nor_accounting_sees_a_person(
    money, workshop, program_of, make_user, partner, make_received, assert_problem
):
    number = make_received().number
    accounting = make_user("accounting@example.org")
    partner.memberships.create(user=accounting, role="accounting")
    for program in (money, workshop, program_of(accounting)):
        assert_problem(program.get("requests/"), 403)
        assert_problem(program.get(f"requests/{number}/"), 403)


def test_requests_are_found_by_status_and_case_reference(worker, make_received, make_approved, assert_problem):
    received, approved = make_received("LT-1"), make_approved("LT-2")

    def found(query):
        return [row["number"] for row in worker.get(f"requests/?{query}").json()["results"]]

    assert found("status=approved") == [approved.number]
    assert found("case_reference=LT-1") == [received.number]
    assert_problem(worker.get("requests/?status=nonsense"), 400)


@pytest.mark.parametrize("reader", ["worker", "dispatch"])
def test_the_list_costs_the_same_for_25_and_100_rows(
    request, reader, make_received, django_assert_num_queries, django_assert_max_num_queries
):
    program = request.getfixturevalue(reader)
    for index in range(101):
        make_received(f"A-{index}")
    with django_assert_max_num_queries(8) as few:
        assert len(program.get("requests/").json()["results"]) == 25
    with django_assert_num_queries(len(few)):
        assert len(program.get("requests/?rows=100").json()["results"]) == 100


def test_next_and_previous_lead_there_and_back(worker, make_received):
    numbers = [make_received(f"A-{index}").number for index in range(60)][::-1]
    pages = [worker.get("requests/").json()]
    while address := pages[-1]["next"]:
        pages.append(worker.client.get(address).json())
    assert [row["number"] for page in pages for row in page["results"]] == numbers
    assert [len(page["results"]) for page in pages] == [25, 25, 10]
    back = worker.client.get(pages[1]["previous"]).json()
    assert (back["results"], back["previous"]) == (pages[0]["results"], None)


def test_what_a_person_asked_by_the_link_is_read_completed_and_approved(
    worker, foreign, partner, admin, commune, assert_problem
):
    asked = factories.asked_by_link(partner, by=admin)
    path = f"requests/{asked.number}/"
    (listed,) = worker.get("requests/?status=received").json()["results"]
    read = worker.get(path).json()
    for shown in (listed, read):
        assert (shown["case_reference"], shown["bill_to"], shown["commune"], shown["price"]) == ("", None, None, None)
    assert "Add the commune" in assert_problem(worker.post(f"{path}approve/"), 409)["detail"]
    known = {"case_reference": "LT-2026-0401", "bill_to": partner.bill_tos.get().pk, "commune": commune.pk}
    assert_problem(foreign.post(f"{path}complete/", known), 404)
    errors = assert_problem(worker.post(f"{path}complete/", {"case_reference": ""}), 400)["errors"]
    assert {error["field"] for error in errors} == set(known)
    refused = worker.post(f"{path}complete/", known | {"case_reference": "Wenger-1"})
    assert "name out of it" in assert_problem(refused, 409)["detail"]
    completed = worker.post(f"{path}complete/", known).json()
    assert {name: completed[name] for name in known} == known
    assert completed["status"] == "received"
    assert worker.post(f"{path}approve/").json()["status"] == "approved"
    assert_problem(worker.post(f"{path}complete/", known | {"case_reference": "LT-2"}), 409)
    assert [step["verb"] for step in worker.get(path).json()["steps"]] == ["receive", "complete", "approve"]


def test_single_fields_are_corrected_and_the_rest_stays(worker, wish, assert_problem):
    number = worker.post("requests/", wish).json()["number"]
    answer = worker.post(f"requests/{number}/correct/", {"recipient": {"street": "Hofgut"}, "purpose": "everyday"})
    assert (answer.status_code, answer.json()["purpose"]) == (200, "everyday")
    found = DeviceRequest.objects.get()
    assert (found.recipient.street, found.recipient.town) == ("Hofgut", "Burgdorf")
    assert found.steps.last().numbers == {"fields": "street purpose"}
    assert_problem(worker.post(f"requests/{number}/correct/", {"recipient": {"first_name": "-"}}), 409)


def test_a_place_in_doubt_is_taken_once_the_program_says_that_it_is_right(worker, wish, commune, assert_problem):
    Locality.objects.create(postcode="3400", name="Burgdorf", commune=commune, share=98, language="de")
    wrong = wish | {"recipient": wish["recipient"] | {"town": "Zürich"}}
    body = assert_problem(worker.post("requests/", wrong), 409)
    assert body["detail"] == "3400 is Burgdorf, not Zürich. Which is right?"
    answer = worker.post("requests/", wrong | {"place_confirmed": True})
    assert answer.status_code == 201
    person = worker.get(f"requests/{answer.json()['number']}/").json()["recipient"]
    assert (person["town"], person["country"]) == ("Zürich", "CH")
    thun = {"recipient": {"town": "Thun"}}
    page = f"requests/{answer.json()['number']}/correct/"
    assert_problem(worker.post(page, thun), 409)
    assert worker.post(page, thun | {"place_confirmed": True}).status_code == 200
