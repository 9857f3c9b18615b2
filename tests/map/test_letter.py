"""The letter that a visitor takes along to a commune that does not take part."""

from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from django.core.cache import cache

from documents.models import StoredFile
from jobs import actions as jobs
from jobs.models import Job
from partners.models import Commune, CommuneLetter, Tariff
from records import clock

from .conftest import read

pytestmark = pytest.mark.django_db
LONGEST = "Wichtrach-Oberwichtrach-Niederwichtrach am Fuss des Belpbergs"  # 60 letters
URL = "/map/letter/404/de/"


@pytest.fixture(autouse=True)
def no_limits_before():
    cache.clear()


@pytest.fixture
def press(client):
    def press(number=404, language="de"):
        return client.post("/map/letter/", {"commune": number, "language": language})

    return press


def work():
    """Let the worker do what waits."""
    for job in Job.objects.filter(state=Job.State.WAITING):
        jobs.run(job.pk)


def text_of(content):
    document = pypdfium2.PdfDocument(content)
    assert len(document) == 1
    return " ".join(document[0].get_textpage().get_text_range().split())


def test_a_visitor_chooses_commune_and_language_and_gets_the_letter_that_a_job_has_made(communes, client, press):
    page = read(client.get("/map/letter/?q=burgdorf").content.decode())
    assert "/map/letter/?commune=404" in page.tree.xpath("//main//a/@href")
    chosen = read(client.get("/map/letter/?commune=404", headers={"Accept-Language": "fr"}).content.decode())
    assert chosen.tree.xpath("//input[@name='language' and @checked]/@value") == ["fr"]
    answer = press()
    assert (answer.status_code, answer.url) == (302, URL)
    waiting = client.get(URL)
    assert "The letter is being made." in waiting.content.decode()
    assert '<meta http-equiv="refresh"' in waiting.content.decode()
    assert 'hx-trigger="every 1s"' in client.get(URL, headers={"HX-Request": "true"}).content.decode()
    assert client.get("/map/letter/404/de.pdf").url == URL
    work()
    made = client.get(URL).content.decode()
    assert "The letter is ready." in made and "/map/letter/404/de.pdf" in made and "refresh" not in made
    answer = client.get("/map/letter/404/de.pdf")
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/pdf",
        'inline; filename="Weitergabe-Burgdorf-de.pdf"',
    )
    words = text_of(b"".join(answer.streaming_content))
    for said in ("Gemeinde Burgdorf", "CHF 150.00", "Verein Weitergabe", "Werkgasse 8, 3018 Bern", "Rahmenvertrag"):
        assert said in words.replace("\u00a0", " ")


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_the_longest_name_fits_on_one_page_in_each_language(communes, client, press, language):
    Commune.objects.filter(pk=404).update(name=LONGEST[:60])
    press(language=language)
    work()
    answer = client.get(f"/map/letter/404/{language}.pdf")
    assert "Oberwichtrach" in text_of(b"".join(answer.streaming_content))


def test_a_letter_is_made_once_for_all_and_anew_when_it_would_say_something_else(communes, press):
    for _visitor in range(3):
        press()
    assert Job.objects.count() == 1
    work()
    press()
    assert Job.objects.count() == 1
    first = CommuneLetter.objects.get().file
    Tariff.objects.create(tier="standard", delivery="person", valid_from="2026-01-01", amount="160.00")
    press()
    work()
    letter = CommuneLetter.objects.get()
    assert letter.file != first
    assert not StoredFile.objects.filter(pk=first.pk).exists()
    assert "CHF 160.00" in text_of(letter.file.read()).replace("\u00a0", " ")


def test_a_letter_that_says_what_no_longer_holds_is_not_handed_out(communes, client, press):
    press()
    work()
    Commune.objects.filter(pk=404).update(name="Neudorf")
    assert client.get("/map/letter/404/de.pdf").url == URL
    assert "The letter could not be made." in client.get(URL).content.decode()  # nobody has asked for the new one


def test_a_commune_that_takes_part_needs_no_letter(communes, joins, client, press, look):
    joins(404)
    page = read(client.get("/map/letter/?commune=404").content.decode())
    assert "Burgdorf (BE) takes part." in page.text
    assert not page.tree.xpath("//main//form")
    assert press().url == "/map/letter/"
    assert not CommuneLetter.objects.exists()
    offered = look("canton=BE").tree.xpath("//tr[@data-commune]//a/@href")
    assert offered == ["/map/letter/?commune=406"]


def test_a_former_commune_leads_to_the_one_it_became_part_of(communes, client, press):
    Commune.objects.create(bfs_no=700, name="Moutier", canton="BE", language="fr")
    Commune.objects.filter(pk=700).update(valid_to="2026-01-01", successor=6831)
    page = read(client.get("/map/letter/?commune=700").content.decode())
    assert "Moutier (BE) became part of Moutier (JU) on 01.01.2026." in page.text
    assert press(700).url == "/map/letter/6831/de/"


@pytest.mark.parametrize(
    "url",
    [
        "/map/letter/404/de/",
        "/map/letter/404/de.pdf",
        "/map/letter/404/xx/",
        "/map/letter/404/rm.pdf",
        "/map/letter/999999999999999999999/de/",
    ],
)
def test_what_nobody_has_asked_for_is_not_there(communes, client, url):
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("number", "language"), [("404", "rm"), ("404", ""), ("x", "de"), ("", "de"), ("9" * 40, "de")]
)
def test_what_is_no_choice_leads_back(communes, press, number, language):
    assert press(number, language).url == "/map/letter/"
    assert not CommuneLetter.objects.exists()


def test_one_place_can_have_only_so_many_made_and_those_that_are_there_stay_free(communes, press):
    numbers = [Commune(bfs_no=number, name=f"C{number}", canton="BE", language="de") for number in range(1, 22)]
    Commune.objects.bulk_create(numbers)
    answers = [press(number).status_code for number in range(1, 22)]
    assert answers == [302] * 20 + [429]
    jobs.run(Job.objects.earliest("pk").pk)
    assert press(1).status_code == 302


def test_all_together_can_have_only_so_many_made_in_an_hour(communes, client, press, monkeypatch):
    monkeypatch.setattr("partners.actions.letters.LETTERS_AN_HOUR", 2)
    assert [press(number).status_code for number in (404, 406, 261)] == [302, 302, 303]
    assert CommuneLetter.objects.count() == 2
    with clock.set_to(datetime(2026, 12, 1, 11, tzinfo=UTC) + timedelta(minutes=1)):
        assert press(261).status_code == 302


def test_a_letter_that_could_not_be_made_can_be_asked_for_again(communes, client, press):
    press()
    Job.objects.update(state=Job.State.DEAD)
    page = client.get(URL).content.decode()
    assert "The letter could not be made." in page and "/map/letter/?commune=404" in page
    press()
    work()
    assert "The letter is ready." in client.get(URL).content.decode()
