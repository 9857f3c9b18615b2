from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from config.notices import notices_for_visitors
from documents.templatetags.swiss import day
from documents.templatetags.swiss import number as counted
from partners.cantons import CANTONS
from people.access import public

from . import kept
from .data import FEWEST
from .drawing import draw, draw_chart
from .search import LONGEST, folded
from .words import ACCESS, CODES, FIGURES, LEVELS

SOURCES = {
    "shapes": "Bundesamt für Statistik (BFS), GEOSTAT",
    "localities": "swisstopo, Amtliches Ortschaftenverzeichnis",
}
READERS = ("Accept-Encoding", "Accept-Language", "Cookie", "HX-Request")  # what an answer depends on


@public
@require_safe
def page(request):
    """The map of a year. The first view is the same for everybody and kept; what was looked for is written anew."""
    if is_kept(request):
        return kept_page(request, signed_in=request.user.is_authenticated, theme=getattr(request.user, "theme", "auto"))
    data = kept.current()
    return _written_anew(request, data, _asked_year(request, data))


@public
@require_safe
def data_json(request):
    """The same for programs; figures below five read “takes part”."""
    data = kept.current()
    year = _asked_year(request, data)

    def write():
        return JsonResponse(_for_programs(data, year), json_dumps_params={"ensure_ascii": False}).content.decode()

    return _send(request, kept.answer(("json", year.year), data, write), "application/json")


def is_kept(request):
    """Whether a page is asked for that is the same for everybody: nothing looked for, nothing opened, no fragment."""
    return "HX-Request" not in request.headers and not any(map(request.GET.get, ("q", "commune", "canton")))


def kept_page(request, *, signed_in=False, theme="auto"):
    """The finished page of a year; it says that somebody is signed in, and never who."""
    data = kept.current()
    year = _asked_year(request, data)

    def write():
        return render_to_string("map/page.html", _context(data, year) | _frame(signed_in, theme), _nobody(year))

    key = "page", year.year, get_language(), signed_in, theme, () if signed_in else notices_for_visitors()
    return _send(request, kept.answer(key, data, write), "text/html; charset=utf-8")


def _asked_year(request, data):
    """The year of the address if the map has it, else this one."""
    text = request.GET.get("year")
    asked = int(text) if text and text.isascii() and text.isdecimal() and len(text) == 4 else 0
    return data.year(asked if asked in data.years else data.today.year)


def _nobody(year):
    """The request of nobody in particular: nothing of whoever asked first gets into a page that is kept."""
    request = HttpRequest()
    request.method, request.path = "GET", reverse("map")
    request.path_info, request.user = request.path, AnonymousUser()
    request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "QUERY_STRING": f"year={year.year}"}
    return request


def _frame(signed_in, theme):
    """What the frame shows of the reader: that somebody is signed in, and the appearance they chose; never who."""
    frame = {"csrf_token": "", "theme": theme, "account_label": _("Today") if signed_in else ""}
    return frame | ({"site_notices": ()} if signed_in else {})  # which would be somebody's own


def _send(request, answer, content_type):
    """A finished answer in the smallest packing that the reader takes; 304 when it is there already."""
    taken = _encodings(request.headers.get("Accept-Encoding", ""))
    packing = next((name for name in ("br", "gzip") if name in taken), "")
    etag = f'"{answer.etag}-{packing or "plain"}"'
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponseNotModified()
    else:
        content = {"br": answer.brotli, "gzip": answer.gzip}.get(packing) if packing else answer.plain
        response = HttpResponse(content, content_type=content_type)
        if packing:
            response["Content-Encoding"] = packing
    response["ETag"], response["Cache-Control"] = etag, "private, no-cache"
    patch_vary_headers(response, READERS)
    return response


def _encodings(header):
    """The packings that a reader takes; one with q=0 is refused."""
    parts = (part.replace(" ", "").partition(";") for part in header.lower().split(","))
    return {name for name, _semicolon, weight in parts if weight not in ("q=0", "q=0.0", "q=0.00", "q=0.000")}


def _written_anew(request, data, year):
    """A page with something looked for or opened, or, for a script, only the part that changes."""
    words, canton = request.GET.get("q", "").strip(), request.GET.get("canton", "")
    asked = hit_of(request.GET.get("commune"))
    hits = [said(data, asked)] if asked else hits_for(data, words) if words else []
    context = _context(data, year, canton=canton, marked=[hit["place"] for hit in hits])
    response = render(
        request, _template(request, looked_for=bool(asked or words)), context | {"q": words, "hits": hits}
    )
    patch_vary_headers(response, READERS)
    return response


def _template(request, *, looked_for):
    """The page, or the fragment that a script asks for."""
    if not request.htmx:
        return "map/page.html"
    if request.GET.get("part") == "year":
        return "map/_year.html"
    return "map/_hits.html" if looked_for else "map/_table.html"


def hit_of(text):
    """The commune of a BFS number; of one that has gone up in another, that one; None if there is none."""
    is_number = text and text.isascii() and text.isdecimal() and len(text) <= 6
    return kept.names().numbers.get(int(text)) if is_number else None


def _context(data, year, *, canton="", marked=()):
    """The variables of `map/page.html`."""
    shares = sorted(year.shares.values(), key=lambda share: folded(str(CANTONS[share.canton])))
    first = next((each for each in data.all_years() if each.taking_part), year)
    chart_label = _("Communes taking part per year: %(first)s in %(begin)s, %(now)s in %(year)s") % {
        "first": counted(first.taking_part),
        "begin": first.year,
        "now": counted(year.taking_part),
        "year": year.year,
    }
    return {
        "data": data,
        "year": year,
        "communes": len(data.places),
        "levels": [{"css": f"wg-m{level}", "words": words} for level, words in enumerate(LEVELS)],
        "shares": [{"share": share, "name": CANTONS[share.canton], "open": share.canton == canton} for share in shares],
        "rows": _rows(data, year, canton),
        "canton": canton,
        "svg": draw(data, year, marked),
        "chart": draw_chart(data, year, chart_label),
        "longest": LONGEST,
        "fewest": FEWEST,
    }


def _rows(data, year, canton):
    """The communes of a canton as rows of the table; written here, as a template takes five times as long for them."""
    places = sorted((data.places[number] for number in data.by_canton.get(canton, ())), key=lambda p: folded(p.name))
    return format_html_join(
        "\n",
        '<tr data-commune="{0}" data-level="{1}"><th scope="row">{2}</th><td class="wg-n">{0}</td>'
        "<td>{3}</td><td>{4}</td></tr>",
        (
            (
                place.number,
                year.level(place.number),
                place.name,
                day(year.since[place.number]) if place.number in year.since else _letter_link(place),
                FIGURES[year.level(place.number)],
            )
            for place in places
        ),
    )


def _letter_link(place):
    return format_html(
        '<a href="{}?commune={}">{}<span class="visually-hidden"> {}</span></a>',
        reverse("map_letter"),
        place.number,
        _("Letter"),
        _("for %(name)s") % {"name": place.name},
    )


def hits_for(data, words):
    """The communes that are meant, each with how one gets a laptop there."""
    return [said(data, hit) for hit in kept.names().find(words)]


def said(data, hit):
    number = hit.place.number
    kinds = data.kinds_today(number)
    return {
        "place": hit.place,
        "locality": hit.locality,
        "is_small_part": hit.is_small_part,
        "former": hit.former,
        "takes_part": bool(kinds),
        "since": data.since_today(number),
        "access": [ACCESS[kind] for kind in kinds],
        "ended_on": data.ended_on(number),
    }


def _for_programs(data, year):
    """The map as JSON."""
    places = sorted(data.places.values())
    return {
        "year": year.year,
        "years": list(data.years),
        "communes_taking_part": year.taking_part,
        "communes_in_all": len(places),
        "laptops": year.total,
        "note": "Laptops are counted where a commune has five or more a year; fewer are in no figure and in no sum.",
        "communes": [
            {
                "bfs_no": place.number,
                "name": place.name,
                "canton": place.canton,
                "level": year.level(place.number),
                "laptops": CODES[year.level(place.number)],
                "since": year.since[place.number].isoformat() if place.number in year.since else None,
            }
            for place in places
        ],
        "cantons": [
            {
                "canton": share.canton,
                "communes_taking_part": share.taking_part,
                "communes_in_all": share.communes,
                "laptops": share.laptops,
            }
            for share in sorted(year.shares.values())
        ],
        "sources": SOURCES,
        "licence": {
            "shapes": "Bundesamt für Statistik (BFS), GEOSTAT: non-commercial use, the source must be named",
            "localities": "Open use, the source must be named",
            "figures": f"{settings.ASSOCIATION['name']}: free use, naming the source",
        },
    }
