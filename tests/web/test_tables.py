from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from web.tables import Column, Picks, address, below, joined, link, press, table

ROW = SimpleNamespace(number="R-1", person="O’Brien <b>", empty="")


def number(row):
    return link(f"/{row.number}/?a&b", row.number, "wg-id")


def test_a_column_that_has_no_room_stands_in_the_first_cell():
    columns = [
        Column("Number", number),
        Column("Person", lambda row: row.person, "md", "text-break", narrow="wg-meta"),
        Column("Shelf", lambda row: row.empty, "lg", narrow="wg-meta"),
        Column("Since", lambda row: row.number, "lg"),
        Column("CHF", lambda row: 150, css="wg-n"),
    ]
    assert table(columns, [ROW], caption="Those & these") == (
        '<table class="wg-table"><caption class="visually-hidden">Those &amp; these</caption><thead><tr>'
        '<th scope="col">Number</th>'
        '<th scope="col" class="d-none d-md-table-cell text-break">Person</th>'
        '<th scope="col" class="d-none d-lg-table-cell">Shelf</th>'
        '<th scope="col" class="d-none d-lg-table-cell">Since</th>'
        '<th scope="col" class="wg-n">CHF</th>'
        "</tr></thead><tbody><tr>"
        '<th scope="row"><a class="wg-id" href="/R-1/?a&amp;b">R-1</a>'
        '<span class="d-md-none d-block wg-meta">O’Brien &lt;b&gt;</span></th>'
        '<td class="d-none d-md-table-cell text-break">O’Brien &lt;b&gt;</td>'
        '<td class="d-none d-lg-table-cell"></td>'
        '<td class="d-none d-lg-table-cell">R-1</td>'
        '<td class="wg-n">150</td>'
        "</tr></tbody></table>"
    )


def test_a_table_has_checkboxes_in_front_a_foot_and_headings_that_are_only_read_aloud():
    what_to_do = Column("What to do", lambda row: "", "sm", "wg-n", unseen=True)
    columns = [Column("Number", lambda row: row.number), what_to_do]
    picks = Picks(SafeString("<td>all</td>"), lambda row: format_html("<td>{}</td>", row.person))
    assert table(columns, [ROW], caption="Those", seen=True, picks=picks, foot=SafeString("<tr></tr>")) == (
        '<table class="wg-table"><caption>Those</caption><thead><tr><td>all</td><th scope="col">Number</th>'
        '<th scope="col"><span class="visually-hidden">What to do</span></th></tr></thead>'
        '<tbody><tr><td>O’Brien &lt;b&gt;</td><th scope="row">R-1</th>'
        '<td class="d-none d-sm-table-cell wg-n"></td></tr>'
        "</tbody><tfoot><tr></tr></tfoot></table>"
    )


def test_a_press_posts_to_its_address_with_the_token():
    assert press("/pack/?a&b", "abc", "Pack <it>", inside=format_html("<p>{}</p>", "&")) == (
        '<form method="post" action="/pack/?a&amp;b"><input type="hidden" name="csrfmiddlewaretoken" value="abc">'
        '<p>&amp;</p><button class="btn wg-btn btn-sm" type="submit">Pack &lt;it&gt;</button></form>'
    )


def test_what_is_empty_takes_no_line():
    assert below("md", "") == ""
    assert joined("a", "", None, format_html("<b>{}</b>", "<")) == "a<b>&lt;</b>"


@pytest.mark.parametrize(
    ("name", "key"), [("requests:detail", "R-2026-000001"), ("partners:detail", 7), ("billing:download", "draft-12")]
)
def test_an_address_is_what_django_makes_of_it(name, key):
    assert address(name, key) == reverse(name, args=[key])
