import uuid

import pytest

from documents.models import StoredFile
from requests.models import RequestDraft

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_draft(social_worker, partner):
    def make(reference="LT-1", **columns):
        columns = {"owner": social_worker, "partner": partner, "answers": {"case_reference": reference}} | columns
        return RequestDraft.objects.create(token=uuid.uuid4(), **columns)

    return make


def test_ones_own_drafts_are_listed_and_home_leads_there(client, social_worker, stranger, make_draft):
    client.force_login(social_worker)
    assert "Drafts" not in client.get("/requests/").content.decode()
    first, second = make_draft("LT-1"), make_draft("LT-2")
    make_draft("OT-9", owner=stranger)
    page = client.get("/requests/drafts/").content.decode()
    assert f'href="/requests/new/{first.token}/"' in page
    assert f'href="/requests/new/{second.token}/"' in page
    assert "OT-9" not in page
    for leads_there in ("/requests/", "/home/"):
        assert 'href="/requests/drafts/"' in client.get(leads_there).content.decode()


def test_who_has_no_draft_reads_so_where_the_drafts_are(client, social_worker):
    client.force_login(social_worker)
    page = client.get("/requests/drafts/")
    assert "No draft here" in page.content.decode()
    assert [tab["label"] for tab in page.context["views"] if tab["current"]] == ["Drafts"]


def test_a_draft_that_holds_nothing_is_listed_too(client, social_worker, make_draft):
    draft = make_draft(answers={})
    client.force_login(social_worker)
    assert f'href="/requests/new/{draft.token}/">Not given' in client.get("/requests/drafts/").content.decode()


def test_discarding_says_what_it_does_and_twice_is_as_once(client, social_worker, make_draft):
    proof = StoredFile.objects.store(b"%PDF-1.7", media_type="application/pdf", name="proof.pdf")
    gone, kept = make_draft("LT-1", proof=proof), make_draft("LT-2")
    client.force_login(social_worker)
    url = f"/requests/new/{gone.token}/discard/"
    assert "erased at once" in client.get(url).content.decode()
    for told in ("The draft is discarded.", ""):
        assert client.post(url).url == "/requests/drafts/"
        assert "".join(str(message) for message in client.get("/requests/drafts/").context["messages"]) == told
    assert list(RequestDraft.objects.all()) == [kept]
    assert StoredFile.objects.count() == 0


def test_a_colleagues_draft_is_not_discarded(client, make_user, partner, make_draft):
    draft = make_draft()
    colleague = make_user("colleague@example.org")
    partner.memberships.create(user=colleague, role="manager")
    client.force_login(colleague)
    url = f"/requests/new/{draft.token}/discard/"
    missing = f"/requests/new/{uuid.uuid4()}/discard/"
    assert (client.get(url).status_code, client.get(missing).status_code) == (404, 404)
    assert client.post(url).url == client.post(missing).url == "/requests/drafts/"
    assert RequestDraft.objects.count() == 1


def test_all_are_discarded_at_once_with_their_proofs_and_nobody_elses(client, social_worker, stranger, make_draft):
    client.force_login(social_worker)
    assert client.get("/requests/drafts/discard/").url == "/requests/drafts/"
    file = StoredFile.objects.store(b"%PDF-1.7", media_type="application/pdf", name="proof.pdf")
    make_draft("LT-1", proof=file), make_draft("LT-2")
    other = make_draft("OT-9", owner=stranger)
    assert "/requests/drafts/discard/" in client.get("/requests/drafts/").content.decode()
    assert "Discard all 2 drafts?" in client.get("/requests/drafts/discard/").content.decode()
    for _press in range(2):
        assert client.post("/requests/drafts/discard/").url == "/requests/drafts/"
    assert (RequestDraft.objects.get(), StoredFile.objects.count()) == (other, 0)
    assert "2 drafts are discarded." in client.get("/requests/drafts/").content.decode()
