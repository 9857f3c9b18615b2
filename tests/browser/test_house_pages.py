"""The association's own pages and an organisation's, as axe sees them: two widths, four languages, day and night.

Each page is looked at once, languages and themes taking turns; with --full each in all of them.
"""

from datetime import timedelta
from itertools import cycle, product

import pytest
from django.core.management import call_command

from billing.models import CreditorAccount
from partners.actions import publish_first_version
from partners.models import Agreement, CommuneMutation, Coverage, Membership
from people.models import User
from records import clock
from tests import factories

from .checks import check_colours, check_page
from .signing_in import make_person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [(language, theme) for theme, language in product(("light", "dark"), ("de", "fr", "it", "en"))]
LONG = "Sozialberatungszweckverband"  # one word, as offices are called


@pytest.fixture
def house(visit, known_passwords):
    """An organisation with all kinds of rows, and somebody signed in on each side: their pages by name."""
    call_command("load_communes", verbosity=0)
    factories.creditor_account()
    publish_first_version()
    partner = factories.active_partner(f"{LONG} Lindental", phone="034 000 00 00")
    partner.coverage.create(commune_id=404, valid_from="2024-01-01", came_by_merger=True)
    factories.active_partner("Asyldienst").coverage.create(commune_id=404, valid_from="2024-01-01")
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
    own = f"/partners/{partner.pk}/"
    shared = [
        own,
        f"{own}edit/",
        f"{own}house-rules/",
        f"{own}invite/",
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
            "/partners/",
            "/partners/new/",
            "/partners/import/",
            "/partners/agreements/to-countersign/",
            "/partners/agreement-versions/",
            "/partners/agreement-versions/new/",
            f"/partners/agreements/{agreement.pk}/",
            f"{own}edit-coverage/",
            f"{own}suspend/",
            f"{own}end/",
            *shared,
        ],
        "manager": [*shared, f"{own}agreement/", f"{own}sign/", f"{own}upload-agreement/"],
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
