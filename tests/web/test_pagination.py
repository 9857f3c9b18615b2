import pytest
from django.http import QueryDict

from web.filters import chips
from web.pagination import fair_shares


def test_a_chip_leads_to_the_list_without_its_filter_from_the_first_page_on():
    params = QueryDict("q=t480&status=ready&rows=100&after=17")
    assert chips(params, {"q": "t480", "status": "Ready", "partner": None}) == [
        {"label": "t480", "url": "?status=ready&rows=100"},
        {"label": "Ready", "url": "?q=t480&rows=100"},
    ]


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        ({"a": 3, "b": 20}, {"a": 3, "b": 20}),
        ({"a": 300}, {"a": 25}),
        ({"a": 300, "b": 2, "c": 40}, {"a": 12, "b": 2, "c": 11}),
        ({"a": 0, "b": 26}, {"a": 0, "b": 25}),
        (dict.fromkeys("abcdef", 300), {"a": 4, "b": 4, "c": 4, "d": 4, "e": 4, "f": 5}),
        ({}, {}),
    ],
)
def test_what_a_short_list_leaves_of_a_page_goes_to_the_longer_ones(counts, shares):
    assert fair_shares(counts) == shares
