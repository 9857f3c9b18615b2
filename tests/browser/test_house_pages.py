"""The association's own pages and an organisation's, as axe sees them: two widths, four languages, day and night.

Each page is looked at once, languages and themes taking turns; with --full each in all of them.
"""

from datetime import timedelta
from itertools import cycle, product

import pytest
from django.core.management import call_command
from django.db import connection, models

from billing.models import CreditorAccount, Invoice
from devices.models import Device
from help.actions import load_articles
from help.models import Article, ArticleVersion
from partners.actions import create_notice, open_intake_link, publish_first_version, publish_notice
from partners.models import Agreement, Application, BillTo, CommuneMutation, Coverage, Membership, Partner
from people.models import User
from records import clock
from requests.models import DeviceRequest, Recipient
from tests import factories

from .checks import WIDTHS, check_colours, check_page
from .signing_in import make_person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [(language, theme) for theme, language in product(("light", "dark"), ("de", "fr", "it", "en"))]
KEPT = {  # what is no word, or is looked up
    *("postcode", "language", "country", "status", "password", "number", "theme", "asset_tag", "email"),
    *("delivery", "tier", "reference_pattern", "mobile", "end_requests", "keyboard", "system", "grade"),
}
WIDEST = """
    (() => {
      const right = element => element.getBoundingClientRect().right;
      const wide = [...document.querySelectorAll("body *")].filter(element => right(element) > innerWidth + 1);
      return wide.slice(0, 3).map(element => `${element.tagName}.${element.className} ${Math.round(right(element))}`);
    })()
"""
LONG = "Sozialberatungszweckverband"  # one word, as offices are called


@pytest.fixture
def house(visit, known_passwords):
    """An organisation with all kinds of rows, and somebody signed in on each side: their pages by name."""
    call_command("load_communes", verbosity=0)
    factories.creditor_account()
    publish_first_version()
    partner = factories.active_partner(f"{LONG} Lindental", phone="034 000 00 00")
    partner.coverage.create(commune_id=404, valid_from="2024-01-01", came_by_merger=True)
    other = factories.active_partner("Asyldienst")
    other.coverage.create(commune_id=404, valid_from="2024-01-01")
    CommuneMutation.objects.create(old_no=412, new_no=404, new_name="Burgdorf", canton="BE", day="2099-01-01")
    person, secret = make_person("admin", "de", "admin")
    colleague = User.objects.create_user("lea@example.org", name="Lea Brunner")
    colleague.roles.create(role="auditor", ends_on="2099-01-01")
    proposed = CreditorAccount.objects.create(
        iban="CH9300762011623852957",
        qr_iban="CH4431999123000889012",
        valid_from=clock.today() + timedelta(days=9),
        proposed_by=colleague,
        confirmed_at=None,
    )
    manager, _none = make_person("manager", "de")
    manager.memberships.create(partner=partner, role="manager")
    worker = User.objects.create_user("mia@example.org", name="Mia Frei")
    membership = Membership.objects.create(user=worker, partner=partner, role="social_worker")
    bill_to, agreement = partner.bill_tos.get(), Agreement.objects.filter(partner=partner).get()
    waiting = other.agreements.create(version="2026.1", signed_on="2026-10-01", signed_by="Eva Roth")
    partner.association_notes.create(text="Ruft lieber an.", by=colleague)
    ended = factories.active_partner("Dienst am Ende", postcode="3366")
    factories.request_of(ended.bill_tos.get(), status="received", recipient=factories.PERSON)
    Partner.objects.filter(pk=ended.pk).update(status="ended")
    open_intake_link(partner, by=manager)
    load_articles()
    days = {"from_on": clock.today(), "until_on": clock.today() + timedelta(days=9)}
    words = {language: (f"{LONG} zu", "Bis Montag.") for language in ("de", "fr", "it", "en")}
    notice = create_notice(days | {"audience": "everybody"}, words, by=person)
    publish_notice(notice, by=person)
    own = f"/partners/{partner.pk}/"
    shared = [
        own,
        f"{own}edit/",
        f"{own}house-rules/",
        f"{own}invite/",
        f"{own}give-notice/",
        f"{own}intake/",
        f"{own}new-bill-to/",
        f"/partners/bill-tos/{bill_to.pk}/edit/",
        f"/partners/memberships/{membership.pk}/change-role/",
        f"/partners/memberships/{membership.pk}/end-access/",
    ]
    pages = {
        "admin": [
            "/settings/",
            "/settings/people/",
            "/settings/people/invite/",
            f"/settings/people/{colleague.pk}/",
            f"/settings/people/{colleague.pk}/end-access/",
            "/settings/tariffs/",
            "/settings/tariffs/set-price/",
            "/settings/accounts/",
            "/settings/accounts/propose/",
            "/settings/vat/propose/",
            f"/settings/accounts/{proposed.pk}/confirm/",
            "/settings/communes/",
            "/settings/mails/",
            "/settings/mails/partners.invited/",
            "/settings/notices/",
            "/settings/notices/new/",
            f"/settings/notices/{notice.pk}/",
            f"/settings/notices/{notice.pk}/change/",
            "/requests/policy/",
            "/requests/calendar/",
            "/requests/round/",
            "/help/queue/",
            "/help/queue/edit/",
            "/help/queue/history/",
            "/help/feedback/",
            "/settings/desk/",
            "/settings/answers/new/",
            "/desk/hand-over/",
            "/partners/",
            "/partners/new/",
            "/partners/import/",
            "/partners/agreements/to-countersign/",
            "/partners/agreement-versions/",
            "/partners/agreement-versions/new/",
            "/partners/agreement-versions/2026.1/",
            "/partners/agreement-versions/2026.1/remind-to-sign/",
            f"/partners/agreements/{agreement.pk}/",
            f"/partners/agreements/{waiting.pk}/set-aside/",
            f"{own}edit-coverage/",
            f"{own}suspend/",
            f"{own}end/",
            *(f"{own}{tab}/" for tab in ("people", "agreements", "coverage", "tariff", "notes", "history")),
            f"{own}act-on-behalf/",
            "/requests/left-over/",
            f"/requests/take-over/{partner.pk}/?q=asyl",
            f"/requests/take-over/{partner.pk}/?successor={other.pk}",
            *shared,
        ],
        "manager": [*shared, f"{own}agreement/", f"{own}sign/", f"{own}upload-agreement/", "/questions/new/"],
    }
    assert Coverage.objects.contested().count() == 1
    return {"admin": (person, secret), "manager": (manager, None)}, pages


@pytest.mark.parametrize("who", ["admin", "manager"])
def test_every_page_holds_at_every_width_in_every_language_by_day_and_by_night(who, house, visit, full):
    people, pages = house
    user, secret = people[who]
    page = visit("de")
    sign_in(page, user, secret)
    turns = cycle(LOOKS)
    for path in pages[who]:
        for language, theme in LOOKS if full else [next(turns)]:
            User.objects.filter(pk=user.pk).update(language=language, theme=theme)
            answer = page.goto(path)
            assert answer.status == 200, path
            assert page.evaluate("document.documentElement.lang") == language
            name = f"{who}{path.replace('/', '-')}{language}-{theme}"
            check_page(page, name)
            check_colours(page, name)


def test_no_word_is_too_long_for_a_page(house, visit):
    """Every text as long as it may be, without a gap: nothing is ever wider than the screen."""
    people, pages = house
    partner = Partner.objects.get(name__startswith=LONG)
    asked = factories.request_of(partner.bill_tos.get(), status="received", recipient=factories.PERSON)
    approved = factories.request_of(partner.bill_tos.get(), recipient=factories.PERSON)
    parcel = factories.parcel_of(factories.allocation_of(factories.request_of(partner.bill_tos.get())))
    Recipient.objects.get_or_create(request=parcel.request, defaults={"partner": partner, "last_name": "x"})
    partner.messages.create(by=people["manager"][0], is_from_association=False, text="W" * 140)
    partner.association_notes.create(by=people["admin"][0], text="W" * 140)
    signs = {"signed_by": "W" * 100, "function": "W" * 100}
    partner.agreements.create(version="W" * 20, signed_on="2026-10-01", **signs)
    invoice = Invoice.objects.create(partner=partner, bill_to=partner.bill_tos.get(), period="2026-10-01")
    article = ArticleVersion.objects.filter(article__slug="queue", language="de", is_current=True)
    long = {"title": "W" * 100, "summary": "W" * 140, "body": f"## {'W' * 140}\n\n{'W' * 140}\n\n- {'W' * 140}\n"}
    article.update(is_current=False)
    Article.objects.get(slug="queue").versions.create(language="de", number=2, by=people["admin"][0], **long)
    days = {"from_on": clock.today(), "until_on": clock.today()}
    notice = create_notice(days | {"audience": "everybody"}, {"de": ("W" * 100, "W" * 140)}, by=people["admin"][0])
    publish_notice(notice, by=people["admin"][0])
    pages["admin"].append(f"/settings/notices/{notice.pk}/")
    for model in (Partner, BillTo, User, Coverage, Recipient, Device, DeviceRequest):
        _make_long(model)
    lists = ["/home/", "/requests/?view=all", "/invoices/", asked.get_absolute_url(), approved.get_absolute_url()]
    pages["admin"] += [*lists, "/requests/queue/", "/devices/", parcel.get_absolute_url(), invoice.get_absolute_url()]
    pages["manager"] += [*lists, "/requests/new/", f"{approved.get_absolute_url()}correct/"]
    page = visit("de", width=390)
    too_wide = []
    for who, (user, secret) in people.items():
        user.refresh_from_db()
        sign_in(page, user, secret)
        for path in pages[who]:
            assert page.goto(path).status == 200, path
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                wide = page.locator("html").evaluate("page => page.scrollWidth")
                if wide > width:
                    too_wide.append(f"{who} {path}: {wide} px on a screen of {width}, {page.evaluate(WIDEST)}")
        page.context.clear_cookies()
    assert too_wide == [], "\n".join(too_wide)


def _make_long(model):
    """Fill the columns of words with as many letters as they take, the first few each row's own."""
    key, assigned = model._meta.pk.column, []
    for column in model._meta.concrete_fields:
        if type(column) in (models.CharField, models.TextField) and not column.choices and column.name not in KEPT:
            length = min(column.max_length or 140, 140)
            assigned.append(f"{column.column} = left(lpad({key}::text, 6, 'w') || repeat('W', 200), {length})")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET {', '.join(assigned)}")


def test_pages_without_signing_in_hold_in_every_language_by_day_and_by_night(visit, full):
    """What applicants, readers of the help and whoever waits for a laptop meet."""
    load_articles()
    partner = factories.active_partner(f"{LONG} Lindental", phone="034 000 00 00")
    applied = Partner.objects.create(name=f"{LONG} Wangental", postcode="3380", town="Wangen")
    known = {"kind": "commune", "email": "eva@example.org", "confirmed_at": clock.now()}
    application = Application.objects.create(name=applied.name, partner=applied, **known)
    applied.messages.create(is_from_association=False, text="W" * 140)
    sent = factories.request_of(partner.bill_tos.get(), status="shipped", recipient=factories.PERSON)
    sent.note("open_tracking_link")
    token = sent.tracking_links.create().token
    own = f"/join/{application.token}/"
    paths = ["/join/", own, f"{own}complete/", "/help/", "/help/?q=laptop", "/help/costs/", "/map/letter/"]
    turns, own_languages = cycle(LOOKS), [(code, theme) for theme in ("light", "dark") for code in ("uk", "ar")]
    looks = [(path, look) for path in paths for look in (LOOKS if full else [next(turns)])]
    looks += [(f"/track/{token}/", look) for look in [*(LOOKS if full else LOOKS[:1]), *own_languages]]
    pages = {}
    for path, (language, theme) in looks:
        if language not in pages:
            pages[language] = visit(language)
        page = pages[language]
        page.emulate_media(color_scheme=theme)
        answer = page.goto(f"{path}{language}/" if path.startswith("/track/") else path)
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.lang") == language
        name = f"visitor{path.replace('/', '-').replace('?', '-')}{language}-{theme}"
        check_page(page, name)
        check_colours(page, name)
