"""A workbook of organisations by the pages: uploaded, read by a worker, looked over, taken over by one press."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from documents.models import Mail, StoredFile
from jobs import actions as jobs
from jobs.models import Job
from partners import import_actions, tasks
from partners.models import Commune, Partner, PartnerImport
from records import clock
from records.refusals import Refused

from .test_import_partners import row, xlsx

pytestmark = pytest.mark.django_db
PAGE = "/partners/import/"


@pytest.fixture(autouse=True)
def communes(commune):
    Commune.objects.create(bfs_no=418, name="Oberburg", canton="BE", language="de")


@pytest.fixture
def page(client, admin):
    client.force_login(admin)
    return client


def upload(page, content, name="organisations.xlsx"):
    answer = page.post(PAGE, {"file": SimpleUploadedFile(name, content)})
    return PartnerImport.objects.get() if answer.status_code == 302 else answer.content.decode()


def work():
    for job in Job.objects.under_way().filter(kind__startswith="partners.").order_by("pk"):
        assert jobs.run(job.pk)


def checked(page, *rows):
    found = upload(page, xlsx(*rows))
    work()
    return PartnerImport.objects.get(pk=found.pk)


def text_of(page, found):
    return page.get(found.get_absolute_url()).content.decode()


def test_it_is_read_looked_over_and_taken_over(page, admin):
    found = upload(page, xlsx(row(), row(Organisation="Zweite", Signed_by=""), row(Organisation="Dritte", PLZ="34")))
    assert "The workbook is being read and checked." in text_of(page, found)
    assert not Partner.objects.exists()
    work()
    looked_over = text_of(page, found)
    assert "Row 4, column E “PLZ”" in looked_over
    assert "“34” is no postcode: four digits, like 3400." in looked_over
    assert "Who signed is missing." in looked_over
    assert "Take over 2 organisations" in looked_over
    assert not Partner.objects.exists()
    page.post(f"{found.get_absolute_url()}take-over/")
    assert "0 of 3" in text_of(page, found)
    work()
    assert "What was taken over" in text_of(page, found)
    assert list(Partner.objects.values_list("name", "status").order_by("pk")) == [
        ("Sozialdienst Beispiel", "active"),
        ("Zweite", "admitted"),
    ]
    assert Partner.objects.first().agreements.get().countersigned_by == admin
    found.refresh_from_db()
    assert (found.done, found.file, found.is_finished) == (3, None, True)
    assert not StoredFile.objects.exists()


def test_pressed_twice_is_as_once(page):
    found = checked(page, row())
    for _press in range(2):
        assert page.post(f"{found.get_absolute_url()}take-over/").status_code == 302
    assert Job.objects.filter(kind="partners.take_over").count() == 1
    work()
    page.post(f"{found.get_absolute_url()}take-over/")
    assert not Job.objects.under_way().exists()
    assert Partner.objects.count() == 1


def test_people_are_invited_only_when_it_is_ticked(page):
    person = {"User name": "Lea Beispiel", "User e-mail": "lea@example.org", "User role": "manager"}
    found = checked(page, row(**person))
    page.post(f"{found.get_absolute_url()}take-over/", {"invites": "on"})
    work()
    assert Mail.objects.get().kind == "partners.invited"


def test_a_worker_that_died_is_followed_by_one_that_goes_on(page, monkeypatch):
    monkeypatch.setattr(import_actions, "AT_ONCE", 2)
    found = checked(page, *(row(Organisation=f"Amt {number}") for number in range(5)))
    page.post(f"{found.get_absolute_url()}take-over/")
    write = import_actions._write_or_refuse

    def die_in_the_second_set(taken, **options):
        if taken[0].name == "Amt 2":
            raise MemoryError
        write(taken, **options)

    with monkeypatch.context() as patch, pytest.raises(MemoryError):
        patch.setattr(import_actions, "_write_or_refuse", die_in_the_second_set)
        work()
    found.refresh_from_db()
    assert (found.done, Partner.objects.count()) == (2, 2)
    assert "2 of 5" in text_of(page, found)
    Job.objects.under_way().update(due_at=clock.now() - timedelta(minutes=1))
    work()
    found.refresh_from_db()
    assert [line["outcome"] for line in found.results] == ["active"] * 5
    assert Partner.objects.count() == 5


def test_somebody_else_in_the_same_set_is_noticed(page, monkeypatch):
    found = checked(page, row())
    page.post(f"{found.get_absolute_url()}take-over/")
    stale = PartnerImport.objects.get()
    work()
    PartnerImport.objects.update(finished_at=None)
    stale.file = StoredFile.objects.store(xlsx(row(Organisation="Zweite")), media_type="x", name="x")
    with pytest.raises(Refused, match="Somebody else"):
        import_actions.take_over_ordered(stale, claim=None)
    assert Partner.objects.count() == 1


def test_a_file_that_cannot_be_read_says_why_and_goes(page):
    found = upload(page, b"a;b\r\n1;2\r\n", "list.csv")
    work()
    assert "No row holds the headings. At least these are needed: “Organisation”, “Postcode”, “Town”." in text_of(
        page, found
    )
    assert not StoredFile.objects.exists()
    page.post(f"{found.get_absolute_url()}take-over/")
    assert not Job.objects.under_way().exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7 ...", "This is no workbook. .xlsx, .ods and CSV are read."),
        (b"\x89PNG\r\n\x1a\n", "This is no workbook. .xlsx, .ods and CSV are read."),
        (b"<html><table>", "This is no workbook. .xlsx, .ods and CSV are read."),
        (b"", "This file is empty."),
        (b"x" * (10 * 1024 * 1024 + 1), "This file is larger than 10 MB."),
    ],
    ids=["pdf", "photo", "page", "empty", "huge"],
)
def test_what_is_no_workbook_does_not_pass_the_gate(page, content, sentence):
    assert sentence in upload(page, content)
    assert not PartnerImport.objects.exists()
    assert not StoredFile.objects.exists()


def test_nothing_to_take_over_offers_no_press(page):
    found = checked(page, row(PLZ="34"))
    shown = text_of(page, found)
    assert "take-over/" not in shown
    assert "There is nothing to take over in this workbook." in shown


def test_it_can_be_thrown_away_until_it_is_ordered(page):
    found = checked(page, row())
    page.post(f"{found.get_absolute_url()}discard/")
    assert (PartnerImport.objects.count(), StoredFile.objects.count(), Partner.objects.count()) == (0, 0, 0)
    found = checked(page, row())
    page.post(f"{found.get_absolute_url()}take-over/")
    page.post(f"{found.get_absolute_url()}discard/")
    assert PartnerImport.objects.exists()


def test_a_check_that_was_thrown_away_meanwhile_is_over(page):
    found = upload(page, xlsx(row()))
    page.post(f"{found.get_absolute_url()}discard/")
    work()
    assert Job.objects.get().state == "done"


def test_what_happened_is_told_in_the_language_of_who_uploaded(page, admin):
    admin.language = "de"
    admin.save()
    found = checked(page, row(PLZ="34"), row(Organisation="Total"))
    finding = found.lines[0]["findings"][0]
    assert finding["place"] == "Zeile 2, Spalte E «PLZ»"
    assert finding["sentence"] == "«34» ist keine Postleitzahl: vier Ziffern, wie 3400."
    assert "Eine Summe ist keine Organisation" in found.remarks[0]["sentence"]


def test_the_report_is_a_csv_without_formulas(page):
    found = checked(page, row(Organisation="@SUM(1)", PLZ="34"), row())
    answer = page.get(f"{found.get_absolute_url()}report/")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert lines[0] == ["Row", "Column", "Heading", "Organisation", "Outcome", "What there is to say"]
    assert lines[1:] == [
        ["2", "E", "PLZ", "'@SUM(1)", "Refused", "“34” is no postcode: four digits, like 3400."],
        ["3", "", "", "Sozialdienst Beispiel", "Active", ""],
    ]


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_the_template_is_read_as_it_is_in_every_language(page, admin, language):
    admin.language = language
    admin.save()
    content = page.get(f"{PAGE}template/").content
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert len(list(book.active.rows)) == 2
    found = upload(page, content)
    work()
    found.refresh_from_db()
    assert (
        found.refusal
        == {
            "de": "Unter den Überschriften steht keine Organisation.",
            "fr": "Il n’y a aucune organisation sous les en-têtes.",
            "it": "Sotto le intestazioni non c’è nessuna organizzazione.",
            "en": "There is no organisation under the headings.",
        }[language]
    )
    example = [cell.value for cell in book.active[2]]
    book.active.append(["Sozialdienst Beispiel", *example[1:]])
    filled = io.BytesIO()
    book.save(filled)
    PartnerImport.objects.all().delete()
    found = upload(page, filled.getvalue())
    work()
    found.refresh_from_db()
    assert [line["outcome"] for line in found.lines] == ["active"], found.lines


def test_workbooks_and_reports_go_after_thirty_days(page):
    found = checked(page, row())
    tasks.delete_old_imports()
    assert PartnerImport.objects.exists()
    PartnerImport.objects.update(at=clock.now() - timedelta(days=31))
    tasks.delete_old_imports()
    assert (PartnerImport.objects.count(), StoredFile.objects.count()) == (0, 0)
    assert page.get(found.get_absolute_url()).status_code == 404


def test_a_dead_job_is_said_on_the_page(page):
    found = upload(page, xlsx(row()))
    Job.objects.update(state="dead", error="MemoryError: ")
    assert "This did not work." in text_of(page, found)


def test_the_page_asks_for_the_rest_of_itself_until_it_is_there(page):
    found = upload(page, xlsx(row()))
    asked = {"HX-Request": "true"}
    assert "hx-trigger" in page.get(found.get_absolute_url(), headers=asked).content.decode()
    work()
    assert page.get(found.get_absolute_url(), headers=asked).headers["HX-Refresh"] == "true"


def test_nobody_else_takes_over(client, dispatcher, social_worker):
    for user in (dispatcher, social_worker):
        client.force_login(user)
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, {"file": SimpleUploadedFile("a.csv", b"a;b")}).status_code == 403
        assert PAGE not in client.get("/partners/", follow=True).content.decode()
    assert not PartnerImport.objects.exists()


def test_admins_are_led_there_from_the_list(page):
    assert f'href="{PAGE}"' in page.get("/partners/").content.decode()
