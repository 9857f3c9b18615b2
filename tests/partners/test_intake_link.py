"""The link by which people ask an organisation: opened, printed, replaced and closed by its managers or an admin."""

import pypdfium2
import pytest

from documents.barcodes import qr_code, qr_path
from jobs import actions as jobs
from jobs.models import Job
from partners import actions
from partners.models import IntakeLink, IntakePoster, Membership
from records.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(make_user, partner):
    user = make_user("manager@example.org")
    Membership.objects.create(user=user, partner=partner, role="manager")
    user.acting_for, user.membership_roles = partner, frozenset({"manager"})
    return user


@pytest.fixture
def link(partner, manager):
    return actions.open_intake_link(partner, by=manager)


def verbs(partner):
    return [step.verb for step in partner.steps.order_by("pk") if "intake" in step.verb]


def test_a_manager_opens_the_link_and_sees_address_and_code(client, manager, partner):
    client.force_login(manager)
    page = f"/partners/{partner.pk}/intake/"
    assert "Open the link" in client.get(page).content.decode()
    for _press in range(2):
        assert client.post(f"/partners/{partner.pk}/open-intake-link/").url == page
    link = IntakeLink.objects.get()
    shown = client.get(page).content.decode()
    assert f"http://localhost:8000/ask/{link.token}/" in shown
    assert qr_path(f"http://localhost:8000/ask/{link.token}/")[0] in shown
    assert verbs(partner) == ["open_intake_link"]
    assert page in client.get(f"/partners/{partner.pk}/").content.decode()


def test_the_code_on_the_screen_is_the_code_on_paper():
    path, side = qr_path("https://example.org/ask/")
    assert path.count("M") == qr_code("https://example.org/ask/", side=30).count(" re")
    assert side >= 21


def test_a_token_is_long_and_never_the_same(partner, link, manager):
    other = actions.replace_intake_link(link, by=manager)
    assert other.token != link.token
    assert [len(part) for part in link.token.split("-")] == [4, 4, 4, 4]


def test_replaced_twice_is_replaced_once_and_the_old_one_stays_closed(client, manager, partner, link):
    client.force_login(manager)
    page = f"/partners/{partner.pk}/replace-intake-link/"
    assert "stops working at once" in client.get(page).content.decode()
    assert IntakeLink.objects.open().get() == link  # asked only
    for _press in range(2):
        client.post(page, {"link": link.pk})
    link.refresh_from_db()
    assert link.closed_at and IntakeLink.objects.count() == 2
    assert verbs(partner) == ["open_intake_link", "replace_intake_link"]


def test_a_closed_link_is_not_replaced(link, manager):
    actions.close_intake_link(link, by=manager)
    with pytest.raises(Refused, match="closed already"):
        actions.replace_intake_link(link, by=manager)


def test_closed_twice_is_closed_once_and_another_can_be_opened(client, manager, partner, link):
    client.force_login(manager)
    page = f"/partners/{partner.pk}/close-intake-link/"
    assert "Nobody can ask by it any more" in client.get(page).content.decode()
    for _press in range(2):
        client.post(page, {"link": link.pk})
    assert not IntakeLink.objects.open().exists()
    assert verbs(partner) == ["open_intake_link", "close_intake_link"]
    assert client.get(page).url == f"/partners/{partner.pk}/intake/"
    assert actions.open_intake_link(partner, by=manager) != link


def test_a_link_of_another_organisation_is_not_found(client, manager, partner, stranger):
    theirs = actions.open_intake_link(stranger.memberships.first().partner, by=stranger)
    client.force_login(manager)
    for verb in ("close", "replace"):
        assert client.post(f"/partners/{partner.pk}/{verb}-intake-link/", {"link": theirs.pk}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.closed_at is None


def test_only_an_active_organisation_opens_one(partner, manager, admin):
    actions.suspend(partner, by=admin)
    with pytest.raises(Refused, match="Only an active organisation"):
        actions.open_intake_link(partner, by=manager)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Brauchen Sie einen Laptop?"),
        ("fr", "Avez-vous besoin d’un ordinateur portable ?"),
        ("it", "Le serve un portatile?"),
        ("en", "Do you need a laptop?"),
    ],
)
def test_the_poster_is_one_page_with_name_and_address_in_each_language(client, manager, partner, link, language, words):
    partner.name = "Regionaler Dienst Oberes Emmental und angrenzende Gemeinden im Tal"
    partner.save()
    client.force_login(manager)
    url = f"/partners/{partner.pk}/intake-poster.pdf?language={language}"
    assert "The PDF is being made." in client.get(url).content.decode()
    client.get(url)
    job = Job.objects.get()
    jobs.run(job.pk)
    assert "The PDF is ready." in client.get(url, headers={"HX-Request": "true"}).content.decode()
    document = pypdfium2.PdfDocument(b"".join(client.get(url).streaming_content))
    assert len(document) == 1
    text = " ".join(document[0].get_textpage().get_text_range().split()).replace("\u00a0", " ").replace("\u202f", " ")
    for said in (words, partner.name, f"localhost:8000/ask/{link.token}/"):
        assert said in text


def test_a_poster_that_would_say_something_else_is_made_anew(client, manager, partner, link):
    client.force_login(manager)
    url = f"/partners/{partner.pk}/intake-poster.pdf?language=en"
    client.get(url)
    jobs.run(Job.objects.get().pk)
    first = IntakePoster.objects.get().file_id
    partner.name = "Sozialdienst Neutal"
    partner.save()
    assert "The PDF is being made." in client.get(url).content.decode()
    jobs.run(Job.objects.get(state="waiting").pk)
    assert IntakePoster.objects.get().file_id != first


def test_without_a_link_or_in_no_language_of_ours_there_is_no_poster(client, manager, partner, link):
    client.force_login(manager)
    url = f"/partners/{partner.pk}/intake-poster.pdf"
    assert client.get(f"{url}?language=xx").status_code == 404
    actions.close_intake_link(link, by=manager)
    assert client.get(url).status_code == 404
