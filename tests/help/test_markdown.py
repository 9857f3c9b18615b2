"""Whatever an editor types, a page shows words, lists and links of three kinds, and never anything else."""

import re

import pytest

from help.links import address_of
from help.markdown import parts_of, targets_in

# What a page may hold, and nothing that does more than show or lead.
HARMLESS = re.compile(r'</?(a|blockquote|br|code|em|h3|hr|li|ol|p|pre|strong|ul)( (href="[^"]*"|start="\d+"))?\s?/?>')
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a <b onmouseover=alert(1)>b</b>",
    "<style>*{display:none}</style>",
    "<iframe src=https://evil.example></iframe>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](http://plain.example)",
    "[x](https://)",
    "[x](https://[)",
    "[x](ftp://files.example)",
    "[x](page:nowhere)",
    "[x](article:Queue)",
    "[x](mailto:a@b.example?bcc=c@d.example)",
    "[x](https://a.example 'onclick=alert(1)')",
    '[x](https://a.example"onclick="alert(1))',
    "![x](https://evil.example/pixel.png)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "<https://a.example/'onclick='alert(1)>",
    "`<script>`",
    "```html\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "[x]: javascript:alert(1)\n\n[x]",
    "<!-- --><svg/onload=alert(1)>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


def html_of(body):
    return "".join(part.html for part in parts_of(body))


@pytest.mark.parametrize("body", ATTACKS)
def test_nothing_comes_through_but_harmless_marks(body):
    html = html_of(body)
    assert "<" not in HARMLESS.sub("", html), html
    for address in re.findall(r'<a href="([^"]*)"', html):
        assert re.match(r"https://\w|mailto:\w|/help/|/contact/", address), html
    assert parts_of(f"## {body}")[-1].title.count("\n") == 0


def test_a_heading_is_words_that_the_page_escapes():
    first, *_others = parts_of("## <script>*x*</script>")
    assert (first.title, first.html) == ("<script>x</script>", "")


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("article:queue", "/help/queue/"),
        ("article:queue#the-steps", "/help/queue/#the-steps"),
        ("page:contact", "/contact/"),
        ("page:letter", "/map/letter/"),
        ("page:sign-in", "/accounts/login/"),
        ("https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("mailto:hello@example.org", "mailto:hello@example.org"),
        ("/admin/", None),
        ("page:elsewhere", None),
        ("article:", None),
    ],
)
def test_a_link_leads_to_an_article_a_page_the_web_or_a_mailbox(target, address):
    assert address_of(target) == address


def test_a_link_that_leads_nowhere_leaves_its_words():
    assert html_of("See [the *page*](page:nowhere), [that](article:queue).") == (
        '<p>See the <em>page</em>, <a href="/help/queue/">that</a>.</p>\n'
    )


def test_what_the_links_name_is_told_in_their_order():
    assert targets_in("[a](article:b)\n\n- [c](page:d) <https://e.example>") == [
        "article:b",
        "page:d",
        "https://e.example",
    ]


def test_each_heading_has_a_name_of_its_own_and_none_of_the_pages():
    body = "Before.\n\n## Größe\n\n# Größe\n\ntext\n\n## Main\n\n## 你\n\n### Below\n\n#### Lower"
    assert [(part.name, part.title) for part in parts_of(body)] == [
        ("", ""),
        ("groe", "Größe"),
        ("groe-2", "Größe"),
        ("main-2", "Main"),
        ("part", "你"),
    ]
    assert parts_of(body)[-1].html == "<h3>Below</h3>\n<h3>Lower</h3>\n"


def test_rendering_again_is_looking_up():
    before = parts_of.cache_info().hits
    body = "## A heading that nobody else has\n\ntext"
    assert parts_of(body) is parts_of(body)
    assert parts_of.cache_info().hits == before + 1
