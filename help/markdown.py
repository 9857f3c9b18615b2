"""An article's Markdown as HTML: CommonMark without HTML, cleaned by a short list of what is allowed."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

from help.links import address_of

TAGS = {"a", "blockquote", "br", "code", "em", "h3", "hr", "li", "ol", "p", "pre", "strong", "ul"}
ATTRIBUTES: dict[str, set[str]] = {"a": {"href"}, "ol": {"start"}, "*": set()}
SCHEMES = {"https", "mailto"}
OF_THE_PAGE = {"main", "contents", "helpful", "related", "preview"}  # names of its own parts
KEPT = 200  # rendered texts: all there are, in four languages

_parser = MarkdownIt("commonmark", {"html": False}).disable("image")
_cleaner = nh3.Cleaner(tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)


@dataclass(frozen=True)
class Part:
    """What stands under one heading, and the name by which a link finds it; both empty before the first heading."""

    name: str
    title: str
    html: SafeString


def render(body: str) -> tuple[Part, ...]:
    """The parts of a text, a part for each `##`."""
    names = set(OF_THE_PAGE)
    return tuple(
        Part(_name(title, names) if title else "", title, _html(tokens))
        for title, tokens in _parted(_parser.parse(body))
        if title or tokens
    )


@lru_cache(maxsize=KEPT)
def parts_of(body: str) -> tuple[Part, ...]:
    """The same, kept by the text: rendering an article takes milliseconds."""
    return render(body)


def targets_in(body: str) -> list[str]:
    """What the links of a text name, in their order."""
    inline = (token.children or [] for token in _parser.parse(body))
    return [str(child.attrs["href"]) for children in inline for child in children if child.type == "link_open"]


def _parted(tokens: list[Token]) -> Iterator[tuple[str, list[Token]]]:
    """The tokens under each heading of the first two levels, with its words; lower ones are headings of a part."""
    title = ""
    inside: list[Token] = []
    rest = iter(tokens)
    for token in rest:
        if token.type == "heading_open" and token.level == 0 and token.tag in ("h1", "h2"):
            yield title, inside
            title, inside = _words(next(rest)), []
            next(rest)  # its end
        else:
            inside.append(token)
    yield title, inside


def _words(heading: Token) -> str:
    """A heading without its marks."""
    return "".join(child.content for child in heading.children or []).strip()


def _name(title: str, taken: set[str]) -> str:
    """A name for links that no other heading of the page has."""
    first = slugify(title) or "part"
    name, count = first, 1
    while name in taken:
        count += 1
        name = f"{first}-{count}"
    taken.add(name)
    return name


def _html(tokens: list[Token]) -> SafeString:
    """Nothing a person typed gets by the cleaner, so what comes out of it is marked as HTML here, and only here."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3"
        _resolve(token.children or [])
    return SafeString(_cleaner.clean(_parser.renderer.render(tokens, _parser.options, {})))


def _resolve(line: list[Token]) -> None:
    """Give each link its address; of one that may lead nowhere the words stay."""
    is_kept = True
    for token in line:
        if token.type == "link_open":
            address = address_of(str(token.attrs["href"]))
            is_kept = address is not None
            token.attrs = {"href": address or ""}
        if token.type in ("link_open", "link_close") and not is_kept:
            token.type, token.content, token.nesting = "text", "", 0
