"""Where the links of an article lead: `article:queue`, `page:contact`, an address on the web, a mail address."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

# By address and not by name: an article is written where the page's app may not be known.
PAGES = {
    "join": "/join/",
    "map": "/map/",
    "letter": "/map/letter/",
    "impact": "/impact/",
    "privacy": "/privacy/",
    "contact": "/contact/",
    "sign-in": "/accounts/login/",
    "help": "/help/",
}
ARTICLE = re.compile(r"article:([a-z0-9-]+)(#[\w-]+)?")
PAGE = re.compile(r"page:([a-z-]+)")
MAIL = re.compile(r"mailto:[^\s@?]+@[^\s@?]+")


def address_of(target: str) -> str | None:
    """The address that a link's target stands for; None where it may not lead."""
    if found := ARTICLE.fullmatch(target):
        return f"/help/{found[1]}/{found[2] or ''}"
    if found := PAGE.fullmatch(target):
        return PAGES.get(found[1])
    if MAIL.fullmatch(target) or (target.startswith("https://") and _has_host(target)):
        return target
    return None


def leads_nowhere(target: str, slugs: Collection[str]) -> bool:
    """Whether a link is of no use: of an unknown kind, to an unknown page, or to no article of these."""
    if found := ARTICLE.fullmatch(target):
        return found[1] not in slugs
    return address_of(target) is None


def _has_host(target: str) -> bool:
    try:
        return bool(urlsplit(target).hostname)
    except ValueError:  # it is no address
        return False
