"""The pages for visitors: right figures, true periods, light to fetch, and nothing about anybody."""

import gzip
import re
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from zoneinfo import ZoneInfo

import brotli
import pytest
from django.conf import settings as site_settings
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import hexagons, public
from devices.models import Device
from partners.models import Commune, Coverage, Partner, Tariff
from records import clock
from requests.models import draft
from tests import factories

pytestmark = pytest.mark.django_db
ZURICH = ZoneInfo("Europe/Zurich")
NOW = datetime(2026, 11, 30, 12, tzinfo=ZURICH)
PAGES = ("/", "/impact/", "/privacy/", "/contact/")
LANGUAGES = ("de", "fr", "it", "en")
BUDGET = 60_000  # bytes over the line, without the font
NUMBERS = count(1)


@pytest.fixture(autouse=True)
def today():
    with clock.set_to(NOW):
        yield


def place(number, canton, *, status="active", **columns):
    """A commune and who pays in the organisation that speaks for it, whose status this is; None for none.

    Another commune of the factories, Burgdorf, is there once a laptop is sent.
    """
    commune = Commune.objects.create(bfs_no=number, name=f"Ort {number}", canton=canton, language="de", **columns)
    if status is None:
        return commune, None
    partner = factories.active_partner(f"Dienst {number}")
    Partner.objects.filter(pk=partner.pk).update(status=status)
    Coverage.objects.create(partner=partner, commune=commune, valid_from="2020-01-01")
    return commune, partner.bill_tos.get()


def send(place, times=1, at="2026-10-20T08:00Z", **columns):
    """Laptops that went to people there, each for a request of its own."""
    commune, bill_to = place
    for _time in range(times):
        request = factories.request_of(bill_to, commune=commune, case_reference=f"LT-{next(NUMBERS)}")
        parcel = factories.parcel_of(factories.allocation_of(request), **factories.handed_over(bill_to, at) | columns)
    return parcel


def statements(client, path):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def text_of(page):
    """What stands on a page, without its marks."""
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", page.content.decode().partition("<main")[2]))


def test_figures_are_counted_across_the_house():
    bern, waadt, zug = place(351, "BE"), place(5586, "VD"), place(1711, "ZG", status="suspended")
    place(405, "BE", status="admitted")
    place(261, "ZH", status=None)
    send(bern, 7)
    send(bern, 2, at="2025-03-01T08:00Z")
    send(waadt, 5)
    send(zug, 4, at="2024-12-31T23:30Z")  # of 2025 in Zurich
    send(bern, 3, status="returned")
    send(waadt, 2, status="lost")
    request = send(waadt).request  # and a replacement for the same person
    again = factories.allocation_of(request, allocated_at="2026-11-01T08:00Z", released_at="2026-11-01T09:00Z")
    factories.parcel_of(again, **factories.handed_over(waadt[1]))
    course = Device.objects.create(asset_tag="course", status="passed_on")
    course.steps.create(verb="pass_on", from_status="ready", to_status="passed_on", at="2026-02-01T08:00Z")
    found = public.figures()
    assert found.years == {2025: 6, 2026: 15}
    assert (found.laptops, found.to_communes, found.people) == (21, 20, 19)
    assert (found.partners, found.communes, found.of_communes, found.cantons_taking_part) == (2, 2, 6, 2)
    assert [tuple(canton) for canton in found.cantons] == [("BE", 1, 3, 9), ("VD", 1, 1, None)]


def test_days_from_yes_to_the_door_are_the_middle_of_what_arrived_this_year():
    bern = place(351, "BE")
    for days in (3, 9, 40):
        parcel = send(bern, status="delivered")
        request = parcel.request
        request.status, request.moved_at = "delivered", datetime(2026, 10, 1, 8, tzinfo=ZURICH) + timedelta(days=days)
        request.save()
    send(bern)  # on its way still
    assert public.figures().days == 9


def test_nothing_small_is_told_of_a_canton_and_of_a_commune_its_shade_alone(client):
    send(place(351, "BE"), 12)
    send(place(5586, "VD"), 9)
    send(place(1711, "ZG"), 4)
    page = client.get("/impact/", headers={"accept-language": "en"})
    rows = re.findall(r'<th scope="row">(\w+)</th>(.*?)</tr>', page.content.decode(), re.DOTALL)
    told = {name: re.sub(r"<[^>]+>|\s+", " ", cells).split() for name, cells in rows}
    assert told["Bern"] == ["1", "2", "12"]
    assert told["Vaud"] == told["Zug"] == ["1", "1", "takes", "part"]  # else Zug’s is 25 less those of the others
    assert not {"Ort 351", "Ort 5586", "Ort 1711"} & set(re.findall(r"Ort \d+", text_of(page)))
    drawn = dict(public.figures().picture)
    assert {shade: drawn[shade].count("M") for shade in ("wg-m1", "wg-m2", "wg-m3")} == {
        "wg-m1": 1,
        "wg-m2": 1,
        "wg-m3": 1,
    }


def test_a_merged_commune_is_as_green_as_the_one_that_it_became():
    new = place(9001, "BE")
    Commune.objects.create(bfs_no=351, name="Alt", canton="BE", language="de", valid_to="2026-01-01", successor=new[0])
    send(new, 50)
    found = public.figures()
    assert dict(found.picture)["wg-m5"].count("M") == sum(351 in each.communes for each in hexagons.hexagons())
    assert (found.communes, found.of_communes) == (1, 2)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_works_before_there_is_anything(client, path, language):
    page = client.get(path, headers={"accept-language": language})
    content = page.content.decode()
    assert page.status_code == 200
    assert f'<html lang="{language}"' in content
    assert re.search(r'<meta name="description" content="\s*[^"\s]', content)
    assert re.search(r"<title>\s*\S.*· Weitergabe</title>", content, re.DOTALL)
    assert f'<link rel="canonical" href="{site_settings.BASE_URL}{path}">' in content
    assert 'rel="icon"' in content
    assert not re.search(r"\bNone (?!needs)|\bNaN\b", text_of(page))


def test_an_empty_house_shows_no_figures_and_the_map_all_the_same(client):
    page = client.get("/")
    assert "wg-figures" not in page.content.decode()
    assert page.content.decode().count('<path class="wg-m0"') == 1
    assert "Nothing passed on yet" in text_of(client.get("/impact/"))


@pytest.mark.parametrize("path", PAGES)
def test_what_is_asked_of_the_database_once_and_then_no_more(client, path):
    send(place(351, "BE"), 6)
    client.get("/accounts/login/")  # whatever a process asks only once
    assert len(statements(client, path)) <= 3
    assert statements(client, path) == []


def test_figures_cost_two_statements_whatever_there_is():
    with CaptureQueriesContext(connection) as few:
        public.figures()
    for number, canton in ((351, "BE"), (5586, "VD"), (1711, "ZG")):
        send(place(number, canton), 6)
    caches["figures"].clear()
    with CaptureQueriesContext(connection) as many:
        public.figures()
    assert len(few.captured_queries) == len(many.captured_queries) == 2


def test_figures_are_kept_for_an_hour_and_not_past_the_day():
    assert public.FIGURES_KEPT == 3600
    place(351, "BE")
    assert public.figures().communes == 1
    place(5586, "VD")
    assert public.figures().communes == 1
    with clock.set_to(NOW + timedelta(days=1)):
        assert public.figures().communes == 2


def test_the_home_page_weighs_no_more_than_its_budget(client):
    shades = {number: number % 6 for each in hexagons.hexagons() for number in each.communes}
    place(351, "BE")
    kept = public.figures()._replace(picture=hexagons.paths(shades), days=12)  # the country green in all shades
    caches["figures"].set(f"figures:{clock.today()}", kept)
    answer = client.get("/", headers={"accept-encoding": "gzip", "accept-language": "fr"})
    assert answer.headers["Content-Encoding"] == "gzip"
    page = gzip.decompress(answer.content).decode()
    assert 'class="wg-m5"' in page
    linked = {name for name in re.findall(r'(?:href|src)="/static/([^"#]+)', page) if not name.endswith(".woff2")}
    assert {"app.css", "icons.svg", "theme.js"} <= linked
    weights = [len(brotli.compress((site_settings.STATIC_ROOT / name).read_bytes())) for name in linked]
    assert len(answer.content) + sum(weights) <= BUDGET


@pytest.mark.parametrize("path", PAGES)
def test_strangers_get_no_cookie_and_what_proxies_may_keep(client, path):
    answer = client.get(path, headers={"accept-encoding": "gzip"})
    assert not answer.cookies
    page = gzip.decompress(answer.content).decode()
    assert not any(mark in page for mark in ("csrfmiddlewaretoken", "X-CSRFToken", "nonce"))
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert {"Cookie", "Accept-Language", "Accept-Encoding"} <= set(answer.headers["Vary"].split(", "))


@pytest.mark.parametrize("path", PAGES[1:])
def test_who_is_signed_in_gets_a_page_that_nobody_keeps(client, social_worker, path):
    client.force_login(social_worker)
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert str(social_worker) in answer.content.decode()


def test_who_brings_any_cookie_but_the_language_gets_a_page_that_nobody_keeps(client):
    client.cookies["django_language"] = "fr"
    assert client.get("/").headers["Cache-Control"] == "public, max-age=300"
    client.cookies["messages"] = "x"
    assert client.get("/").headers["Cache-Control"] == "private, no-store"


def test_who_is_signed_in_goes_on_to_what_needs_them(client, social_worker):
    client.force_login(social_worker)
    answer = client.get("/")
    assert (answer.status_code, answer.url) == (302, "/home/")
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("amount", "words"), [(None, "CHF\u00a0150"), ("180.00", "CHF\u00a0180"), ("99.50", "CHF\u00a099.50")]
)
def test_the_price_is_that_of_the_tariff_today(client, amount, words):
    if amount:
        Tariff.objects.create(tier="standard", delivery="person", valid_from="2026-01-01", amount=Decimal(amount))
        Tariff.objects.create(tier="standard", delivery="person", valid_from="2027-01-01", amount=Decimal("1"))
        Tariff.objects.create(tier="full", delivery="person", valid_from="2026-01-01", amount=Decimal("2"))
    assert text_of(client.get("/")).count(words) == 3


def test_privacy_names_the_periods_that_the_code_keeps_to(client, settings, monkeypatch):
    settings.RETENTION_DAYS, settings.SESSION_COOKIE_AGE = 77, 5 * 86_400
    monkeypatch.setattr(draft, "KEPT", timedelta(days=19))
    settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_NAME = "__Host-csrf", "__Host-session"
    said = text_of(client.get("/privacy/"))
    for sentence in (
        "erased 77 days after all is settled",
        "Until 77 days after the latest of these",
        "or 5 days after you last worked here",
        "goes 19 days after you last saved it",
        "5 days if you asked to be remembered",
    ):
        assert sentence in said
    assert "__Host-csrf" in said
    assert "__Host-session" in said
    assert "90 days" not in said


def test_contact_says_how_soon_and_where(client, settings):
    settings.ANSWER_DAYS = 4
    settings.ASSOCIATION = settings.ASSOCIATION | {"email": "desk@example.org", "phone": "+41315550199"}
    page = client.get("/contact/")
    assert "within 4 working days" in text_of(page)
    for part in ('href="mailto:desk@example.org"', 'href="tel:+41315550199"', "Werkgasse 8", "3018 Bern"):
        assert part in page.content.decode()
    settings.ASSOCIATION = settings.ASSOCIATION | {"email": "", "phone": ""}
    assert "mailto:" not in client.get("/contact/").content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_the_menu_marks_the_page_one_is_on(client, path):
    menu = client.get(path).content.decode().partition("<main")[0]
    assert re.findall(r'<a href="([^"]+)" aria-current="page"', menu) == (["/", "/"] if path == "/" else [])


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_fetched_from_elsewhere(client, path):
    page = client.get(path).content.decode()
    assert not re.findall(r'(?:src|srcset|action)="(?:https?:)?//', page)
    assert not re.search(r'<link rel="(?:stylesheet|preload|icon)"[^>]+href="(?:https?:)?//', page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_bars_and_table_of_the_years_say_the_same(client, language):
    bern = place(351, "BE")
    send(bern, 2, at="2023-05-01T08:00Z")
    send(bern, 6)
    page = client.get("/impact/", headers={"accept-language": language}).content.decode()
    chart = page.partition('class="wg-chart"')[2].partition("</svg>")[0]
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", chart)
    assert dict(zip(texts[1::2], texts[::2], strict=True)) == {"2023": "2", "2024": "0", "2025": "0", "2026": "6"}
    heights = re.findall(r'<rect [^>]*height="([\d.]+)"', chart)
    assert heights == ["30.0", "0.0", "0.0", "90.0"]
    table = re.findall(r'<th scope="row">(20\d\d)</th>\s*<td class="wg-n">([^<]*)</td>', page)
    assert table == [("2023", "2"), ("2024", "0"), ("2025", "0"), ("2026", "6")]
    label = re.search(r'role="img"\s+aria-label="([^"]+)"', chart)[1]
    assert [part for part in ("2", "2023", "6", "2026") if not re.search(rf"\b{part}\b", label)] == []
