"""The framework agreement: signed on screen or on paper, countersigned, and still the same text years later."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from documents.models import Mail
from jobs.actions import run
from jobs.models import Job
from partners import actions
from partners.actions.agreements import text_for
from partners.agreement_text import Block, blocks, fill, unknown_names
from partners.models import Agreement, AgreementPaper, AgreementVersion, BillTo, Partner, sha256_of
from records import clock

pytestmark = pytest.mark.django_db
WHERE = {"street": "Emmentalstrasse", "house_number": "11", "postcode": "3414", "town": "Oberburg"}
SIGNS = {"name": "Nina Aebi", "function": "Leiterin Soziales", "may_sign": "on"}
PDF = b"%PDF-1.7 signed"


@pytest.fixture
def version(db):
    actions.publish_first_version()
    return AgreementVersion.objects.get()


@pytest.fixture
def admitted(version, commune):
    partner = Partner.objects.create(name="Gemeinde Oberburg", status="admitted", language="de", **WHERE)
    BillTo.objects.create(partner=partner, name=partner.name, email="kasse@oberburg.example.org", **WHERE)
    partner.coverage.create(commune=commune, valid_from=clock.today() - timedelta(days=9))
    return partner


@pytest.fixture
def manager(make_user, admitted):
    user = make_user("nina@oberburg.example.org")
    user.memberships.create(partner=admitted, role="manager")
    return user


def sign(client, partner, **changed):
    read = sha256_of(text_for(partner, AgreementVersion.objects.current()))
    url = f"/partners/{partner.pk}/sign/"
    return client.post(url, SIGNS | {"read": read} | changed, follow=True).content.decode()


def test_signed_on_screen_the_exact_text_is_kept_with_who_when_and_from_where(client, manager, admitted):
    client.force_login(manager)
    assert (
        "Gemeinde Oberburg, Emmentalstrasse 11, 3414 Oberburg"
        in client.get(f"/partners/{admitted.pk}/sign/").content.decode()
    )
    assert "Signed. The association countersigns" in sign(client, admitted)
    agreement = Agreement.objects.get()
    assert (agreement.signed_by, agreement.function) == ("Nina Aebi", "Leiterin Soziales")
    assert (agreement.signed_from, agreement.signed_by_user) == ("127.0.0.1", manager)
    assert agreement.text_sha256 == sha256_of(agreement.text)
    assert "Unkostenbeitrag von CHF 150.00" in agreement.text
    assert "spricht für: Burgdorf (BE)" in agreement.text
    admitted.refresh_from_db()
    assert admitted.status == "admitted"  # one side is none


def test_signing_twice_is_as_signing_once(client, manager, admitted):
    client.force_login(manager)
    for _time in range(2):
        sign(client, admitted)
    assert Agreement.objects.count() == 1
    assert [step.verb for step in admitted.steps.all()] == ["sign"]


@pytest.mark.parametrize("missing", ["function", "may_sign"])
def test_who_signs_says_what_they_are_and_that_they_may(client, manager, admitted, missing):
    client.force_login(manager)
    sign(client, admitted, **{missing: ""})
    assert Agreement.objects.count() == 0


def test_nobody_signs_a_text_that_has_changed_since_it_was_read(client, manager, admitted):
    client.force_login(manager)
    read = sha256_of(text_for(admitted, AgreementVersion.objects.current()))
    Partner.objects.filter(pk=admitted.pk).update(street="Kirchbühl")
    assert "The agreement’s text has changed since you read it." in sign(client, admitted, read=read)
    assert Agreement.objects.count() == 0


def test_countersigned_it_runs_and_the_communes_count_from_the_day_of_signing(client, admin, manager, admitted):
    client.force_login(manager)
    sign(client, admitted)
    agreement = Agreement.objects.get()
    client.force_login(admin)
    assert (
        "You: look at the signed agreement and countersign." in client.get(admitted.get_absolute_url()).content.decode()
    )
    for _time in range(2):
        client.post(f"/partners/agreements/{agreement.pk}/countersign/")
    admitted.refresh_from_db()
    agreement.refresh_from_db()
    assert (admitted.status, agreement.countersigned_by) == ("active", admin)
    assert [row.valid_from for row in admitted.coverage.all()] == [clock.today()]
    assert [step.verb for step in admitted.steps.all()] == ["sign", "countersign"]
    assert Mail.objects.filter(kind="partners.countersigned", reader=manager).count() == 1


def test_years_later_the_kept_text_is_the_signed_one_whatever_the_template_says(client, manager, admin, admitted):
    client.force_login(manager)
    sign(client, admitted)
    agreement = Agreement.objects.get()
    bodies = {code: "## Neu\n\nAlles ist anders, {organisation}." for code in ("de", "fr", "it", "en")}
    actions.publish_version("2027.1", bodies, by=admin)
    agreement.refresh_from_db()
    assert agreement.text_is_as_signed
    assert "Alles ist anders" not in agreement.text
    page = client.get(f"/partners/agreements/{agreement.pk}/").content.decode()
    assert "letter by letter the one that was signed" in page
    page = client.get(admitted.get_absolute_url()).content.decode()
    assert "You: sign the agreement, version 2027.1." in page


@pytest.mark.parametrize("column", ["text", "text_sha256", "signed_by", "version", "signed_from", "signed_at"])
def test_nothing_of_a_signature_changes(manager, client, admitted, column):
    client.force_login(manager)
    sign(client, admitted)
    value = {"signed_from": "'10.0.0.1'", "signed_at": "now()"}.get(column, "'x'")
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE partners_agreement SET {column} = {value}")


def test_a_countersignature_stays(client, manager, admin, admitted):
    client.force_login(manager)
    sign(client, admitted)
    actions.countersign(Agreement.objects.get(), by=admin)
    with pytest.raises(IntegrityError, match="countersignature stays"), transaction.atomic():
        Agreement.objects.update(countersigned_at=None)


def test_a_signed_paper_is_handed_in_as_a_pdf(client, manager, admin, admitted):
    client.force_login(manager)
    url = f"/partners/{admitted.pk}/upload-agreement/"
    form = {"name": "Nina Aebi", "function": "Leiterin", "signed_on": "2026-01-15"}
    for wrong, sentence in ((b"MZ", "This is no PDF"), (b"", "empty")):
        page = client.post(url, form | {"file": SimpleUploadedFile("a.pdf", wrong)}).content.decode()
        assert sentence in page
        assert 'value="Nina Aebi"' in page
    client.post(url, form | {"file": SimpleUploadedFile("Vertrag ü.pdf", PDF)})
    agreement = Agreement.objects.get()
    assert (agreement.file.read(), agreement.signed_at) == (PDF, None)
    client.force_login(admin)
    assert b"".join(client.get(f"/partners/agreements/{agreement.pk}/file/").streaming_content) == PDF
    actions.countersign(agreement, by=admin)
    admitted.refresh_from_db()
    assert admitted.status == "active"


def test_others_neither_read_nor_sign_it(client, stranger, social_worker, manager, admitted):
    client.force_login(manager)
    sign(client, admitted)
    agreement = admitted.agreements.get()
    for user, code in ((stranger, 404), (social_worker, 403)):
        client.force_login(user)
        for page in (
            f"/partners/{admitted.pk}/sign/",
            f"/partners/{admitted.pk}/agreement/",
            f"/partners/{admitted.pk}/agreement.pdf",
            f"/partners/agreements/{agreement.pk}/",
            f"/partners/agreements/{agreement.pk}/file/",
        ):
            assert client.get(page).status_code == code, page
        assert client.post(f"/partners/agreements/{agreement.pk}/countersign/").status_code == 403


def test_without_an_address_or_a_payer_nothing_becomes_active_by_any_road(admin, client, admitted, manager):
    for spoil in (
        lambda: Partner.objects.filter(pk=admitted.pk).update(street=""),
        lambda: BillTo.objects.filter(partner=admitted).update(email=""),
        lambda: BillTo.objects.filter(partner=admitted).update(is_active=False),
    ):
        with transaction.atomic():
            spoil()
            client.force_login(admin)
            page = client.post(
                f"/partners/{admitted.pk}/record-agreement/",
                {"version": "2023.1", "signed_on": "2023-01-10", "signed_by": "Nina Aebi"},
            ).content.decode()
            assert "Before it can be active, this is missing" in page
            Agreement.objects.create(
                partner=admitted, version="x", signed_on="2026-01-15", signed_by="x", countersigned_at=clock.now()
            )
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                Partner.objects.filter(pk=admitted.pk).update(status="active")
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:  # no agreement
        Partner.objects.filter(pk=admitted.pk).update(status="active")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_paper_is_made_once_for_the_same_words(client, manager, admitted, version):
    client.force_login(manager)
    url = f"/partners/{admitted.pk}/agreement.pdf"
    for _time in range(2):
        assert "The PDF is being made." in client.get(url).content.decode()
    paper = AgreementPaper.objects.get()
    assert Job.objects.filter(kind="partners.make_paper").count() == 1
    assert paper.words["text"] == text_for(admitted, version)
    run(Job.objects.get(kind="partners.make_paper").pk)
    assert b"".join(client.get(url).streaming_content).startswith(b"%PDF-")
    sign(client, admitted)
    client.get(url)
    assert AgreementPaper.objects.count() == 2  # now with the signature


def test_a_text_names_facts_in_braces_and_a_name_is_never_read_as_one():
    facts = {name: name.upper() for name in ("organisation", "address", "communes", "contribution", "version")}
    facts |= {"association": "{version}", "association_address": "x"}
    assert fill("{organisation} und {association}, {nichts}, {", facts) == "ORGANISATION und {version}, {nichts}, {"
    assert unknown_names("{organisation} {organisatoin}") == ["organisatoin"]


def test_blocks_are_headings_paragraphs_and_lists():
    text = "## Eins\nText\nweiter\n\n- a\n- b\n\nNoch *einer* [x](https://example.org)\r\n\r\n- kein\nListe"
    assert blocks(text) == [
        Block("heading", ("Eins",)),
        Block("paragraph", ("Text", "weiter")),
        Block("list", ("a", "b")),
        Block("paragraph", ("Noch *einer* [x](https://example.org)",)),
        Block("paragraph", ("- kein", "Liste")),
    ]


def test_a_new_version_asks_all_who_take_part_by_a_day(client, admin, partner, version):
    client.force_login(admin)
    bodies = {f"body_{code}": "## Neu\n\n{organisation}" for code in ("de", "fr", "it", "en")}
    day = (clock.today() + timedelta(days=60)).isoformat()
    form = {"number": "2027.1", "sign_by": day} | bodies
    url = "/partners/agreement-versions/new/"
    assert "Publish for good" in client.post(url, form | {"look": "1"}).content.decode()
    assert AgreementVersion.objects.count() == 1
    page = client.post(url, form | {"body_de": "{organisatoin}"}).content.decode()
    assert "There is no {organisatoin}." in page
    for _time in range(2):
        client.post(url, form)
    assert AgreementVersion.objects.count() == 2
    assert Mail.objects.filter(kind="partners.sign_again").count() == 1
    page = client.get("/partners/agreement-versions/2027.1/").content.decode()
    assert str(partner) in page
