"""The map as a page: the table beside it, looking for a commune, the JSON, and nothing that needs a script."""

import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils import translation

from partners.cantons import CANTONS
from partners.models import Commune, Locality
from tests import factories

from .conftest import read

pytestmark = pytest.mark.django_db
LARGEST = 200 * 1024  # bytes of a first view, packed, without the fonts
LEVEL_OF = {"not yet": 0, "takes part": 1, "5–9": 2, "10–19": 3, "20–49": 4, "50 and more": 5}


def test_the_table_says_all_that_the_map_shows(register, in_december, joins, hand_over, look, ask):
    partner = joins(404, 406, 261, signed="2024-02-01", since="2024-03-01")
    hand_over(partner, 404, 12)
    hand_over(partner, 406, 5)
    mapped, tabled, rows = look().shapes, {}, {}
    for canton in CANTONS:
        page = look(f"canton={canton}")
        assert page.shapes == mapped
        tabled |= page.levels
        rows |= page.rows
    assert tabled == mapped
    assert {number: LEVEL_OF[figure] for number, (*_rest, figure) in rows.items()} == mapped
    assert rows[404] == ["Burgdorf", "404", "01.03.2024", "10–19"]
    assert rows[301] == ["Aarberg", "301", "Letter for Aarberg", "not yet"]
    assert {each["bfs_no"]: each["level"] for each in ask()["communes"]} == mapped
    cantons = look().cantons
    assert set(cantons) == set(CANTONS)
    assert sum(int(row[0]) for row in cantons.values()) == 3
    assert sum(int(row[1]) for row in cantons.values()) == 2110


@pytest.fixture
def places(communes):
    rows = [
        ("3400", "Burgdorf", 404, 95),
        ("3400", "Burgdorf", 406, 5),
        ("3415", "Rüegsauschachen", 406, 80),
        ("8001", "Zürich", 261, 100),
    ]
    Locality.objects.bulk_create(
        Locality(postcode=postcode, name=name, commune_id=commune, share=share, language="de")
        for postcode, name, commune, share in rows
    )


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Burgdorf", [404, 406]),
        ("burgd", [404, 406]),
        ("zurich", [261]),
        ("ZÜRICH", [261]),
        ("Zu\u0308rich", [261]),  # u and a combining diaeresis
        ("Zuerich", [261]),
        ("st gallen", [3203]),
        ("ruegsau", [406]),
        ("rüegsauschachen", [406]),
        ("hasle", [406]),
        ("bei", [406]),
        ("3400", [404, 406]),
        ("3400 Burgdorf", [404, 406]),
        ("\u00a03415  ", [406]),
        ("404", [404]),
        ("0404", [404]),
        ("9999", []),
        ("nowhere", []),
        ("%", []),
        ("x" * 500, []),
        ("9" * 500, []),
    ],
)
def test_a_commune_is_found_by_name_locality_postcode_or_number(places, look, typed, found):
    page = look(f"q={typed}".replace("%", "%25"))
    assert list(page.hits) == found
    assert ("No commune is found." in page.text) == (not found)
    assert len(page.tree.xpath("//*[@id='map-marks']/path")) == len(found)


def test_a_hit_says_whether_it_takes_part_and_how_one_asks_there(places, joins, look):
    joins(404, signed="2023-03-01")
    joins(404, signed="2024-03-01", kind="relief")
    hits = look("q=3400").hits
    assert hits[404] == (
        "Burgdorf (BE) takes part. Since 01.03.2023. Ask your commune’s social service. "
        "Ask the relief organisation that works with your commune."
    )
    assert hits[406] == (
        "Hasle bei Burgdorf (BE) does not take part yet. Some addresses of 3400 Burgdorf belong to it. "
        "A letter to bring along there"
    )


def test_one_that_has_stopped_says_until_when(places, joins, look):
    joins(404, signed="2023-03-01", until="2026-07-01")
    assert "Burgdorf (BE) does not take part yet. It took part until 01.07.2026." in look("q=404").hits[404]


def test_the_marked_commune_is_named_on_the_map(places, look):
    assert [text.text for text in look("commune=404").tree.xpath("//*[@id='map-marks']/text")] == ["Burgdorf"]
    assert look("commune=404000").hits == {}


def test_a_name_is_written_as_text(communes, look):
    Commune.objects.filter(pk=404).update(name="<b>&x")
    assert look("commune=404").tree.xpath("//*[@id='map-marks']/text")[0].text == "<b>&x"


def test_a_script_gets_only_the_part_that_it_asked_for(places, client):
    asked = {"HX-Request": "true"}
    hits = client.get("/map/?q=3400", headers=asked).content.decode()
    assert hits.strip().startswith("<div") and 'id="map-hits"' in hits and "<svg class=" not in hits.split("wg-icon")[0]
    table = client.get("/map/?canton=BE", headers=asked).content.decode()
    assert table.strip().startswith('<div id="map-table"') and read(table).levels == {404: 0, 406: 0}
    year = client.get("/map/?year=2026&part=year", headers=asked).content.decode()
    assert re.findall(r'id="(map-\w+)"', year) == ["map-lead", "map-figures", "map-table", "map-chart"]
    assert "wg-communes" not in hits + table + year


def test_without_a_script_all_of_it_is_links_and_forms(communes, joins, look):
    joins(404, signed="2024-03-01")
    tree = look().tree
    assert [option.text for option in tree.xpath("//form[@id='map-years']//option")] == ["2024", "2025", "2026"]
    assert tree.xpath("//form[@id='map-years']//button[@type='submit']")
    assert {form.get("method") for form in tree.xpath("//main//form")} == {"get"}
    links = tree.xpath("//tr[@data-canton='BE']//a/@href")
    assert links == ["/map/?year=2026&canton=BE#canton-BE"]
    assert look("year=2024").text.count("take part in 2024") == 1


def test_sources_and_licence_are_named(communes, look, ask):
    page = look()
    for words in ("Bundesamt für Statistik (BFS), GEOSTAT", "swisstopo", "non-commercial"):
        assert words in page.text
        assert words in str(ask())


def test_the_map_is_labelled_by_its_sentence(communes, look):
    tree = look().tree
    (drawing,) = tree.xpath("//*[@id='map']")
    assert (drawing.get("role"), drawing.get("aria-labelledby")) == ("img", "map-lead")
    assert "communes take part" in tree.get_element_by_id("map-lead").text


@pytest.mark.parametrize("year", ["2023", "2027", "-1", "9" * 50, "٢٠٢٦", "x", ""])
def test_a_year_that_the_map_does_not_have_is_this_one(communes, joins, look, year):
    joins(404, signed="2024-03-01")
    assert "take part in 2026" in look(f"year={year}").text


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_the_map_speaks_the_readers_language(communes, look, language):
    with translation.override(language):
        title = str(CANTONS["BE"])
    assert f">{title}<" in re.sub(r"\s+<", "<", html_of(look("", **{"Accept-Language": language}).tree))


def html_of(tree):
    from lxml import html

    return re.sub(r">\s+", ">", html.tostring(tree, encoding="unicode"))


def test_a_first_view_is_light(register, in_december, joins, client):
    """All that a browser fetches for it but the fonts, each packed by Brotli as it is sent."""
    numbers = list(Commune.objects.values_list("pk", flat=True)[::2])
    joins(*numbers[:600])
    joins(*numbers[600:], signed="2021-03-01")
    answer = client.get("/map/", headers={"Accept-Encoding": "gzip, br"})
    assert answer["Content-Encoding"] == "br"
    page = brotli.decompress(answer.content).decode()
    files = set(re.findall(r'(?:src|href)="/static/([^"#?]+\.(?:css|js|svg))', page))
    assert {"map.js", "app.css", "vendor/bootstrap.min.css", "icons.svg"} <= files
    packed = [
        len(brotli.compress(Path(finders.find(name) or settings.BASE_DIR / "static" / name).read_bytes()))
        for name in files
    ]
    assert len(answer.content) < 110 * 1024
    assert len(answer.content) + sum(packed) < LARGEST


def test_the_language_is_switched_without_a_token_and_leads_back(client, communes):
    tree = read(client.get("/map/?year=2026").content.decode()).tree
    (form,) = tree.xpath("//footer//form")
    typed = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
    assert typed == {"next": "/map/?year=2026"}
    answer = client.post(form.get("action"), typed | {"language": "fr"})
    assert (answer.status_code, answer.url) == (302, "/map/?year=2026")
    assert "participent" in client.get(answer.url).content.decode()


def test_laptops_of_a_persons_request_never_name_the_person(communes, joins, hand_over, client):
    partner = joins(404)
    factories.request_of(partner.bill_tos.get(), commune=communes[404], recipient=factories.PERSON)
    for url in ("/map/", "/map/?canton=BE", "/map/?q=404", "/map/data.json"):
        content = client.get(url).content.decode()
        assert not any(word in content for word in ("Wenger", "Samira", "LT-1", partner.name))
