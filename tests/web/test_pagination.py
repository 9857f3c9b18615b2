from django.http import QueryDict

from web.filters import chips


def test_a_chip_leads_to_the_list_without_its_filter_from_the_first_page_on():
    params = QueryDict("q=t480&status=ready&rows=100&after=17")
    assert chips(params, {"q": "t480", "status": "Ready", "partner": None}) == [
        {"label": "t480", "url": "?status=ready&rows=100"},
        {"label": "Ready", "url": "?q=t480&rows=100"},
    ]
