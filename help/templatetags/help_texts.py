"""What the help centre's pages are written with, beside the components of all pages."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from help.differences import Piece

register = template.Library()


@register.simple_tag
def difference(paragraphs: Iterable[Iterable[Piece]], language: str) -> SafeString:
    """Two texts in one, with what was added and removed marked and said to who can't see it."""
    lines = ((format_html_join("", "{}", ((_marked(piece),) for piece in pieces)),) for pieces in paragraphs)
    return format_html('<div class="wg-diff" lang="{}">{}</div>', language, format_html_join("", "<p>{}</p>", lines))


def _marked(piece: Piece) -> str | SafeString:
    if piece.kind == "same":
        return piece.text
    tag, said = ("ins", gettext("added:")) if piece.kind == "added" else ("del", gettext("removed:"))
    return format_html('<{0}><span class="visually-hidden">{1} </span>{2}</{0}>', tag, said, piece.text)
