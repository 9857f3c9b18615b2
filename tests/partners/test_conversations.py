"""What organisations and the association write to each other: who reads it, who is told, who looks after it."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents.mail import DOORS
from documents.models import Mail
from partners import actions, tasks
from partners.actions.conversations import working_days_before
from partners.models import Answer, Attachment, Conversation, ConversationMessage, Membership, Partner, Policy, Reading
from people.models import AuditEntry
from records import clock
from tests import factories

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 a letter"


@pytest.fixture
def device_request(partner, social_worker, commune):
    return factories.receive(partner, by=social_worker)


def form(text, **more):
    return {"text": text, "form_token": uuid.uuid4()} | more


def note(text):
    return {f"note-{name}": value for name, value in form(text).items()}


def question(partner, *, by, topic="Öffnungszeiten", text="Sind Sie am Montag da?"):
    by.acting_for = partner
    return actions.begin_conversation(partner, topic=topic, text=text, by=by, form_token=uuid.uuid4())


def answer(conversation, *, by, text="Ja.", **more):
    return actions.write_message(conversation, text=text, by=by, form_token=uuid.uuid4(), **more)


def page(client, user, url):
    client.force_login(user)
    return client.get(url).content.decode()


def mailed(kind):
    """Whom the doors of the planned mails of a kind write to."""
    envelopes = [DOORS[kind](row) for row in Mail.objects.filter(kind=kind).order_by("pk")]
    return [envelope and envelope.address for envelope in envelopes]


class TestOnARequest:
    def test_both_sides_write_and_nothing_but_a_link_is_mailed(
        self, client, device_request, social_worker, admin, mailoutbox
    ):
        client.force_login(social_worker)
        sent = client.post(f"/requests/{device_request.number}/write/", form("Braucht es den Nachweis?"))
        device_request.refresh_from_db()
        conversation = device_request.conversation
        assert sent.url == f"/requests/{device_request.number}/#conversation"
        assert (conversation.request_number, conversation.colleague) == (device_request.number, social_worker)
        assert (conversation.waits_for, conversation.owner) == ("association", None)
        assert Mail.objects.filter(kind="partners.message").count() == 0  # nobody looks after it yet: the home says it
        assert "Braucht es den Nachweis?" in page(client, admin, device_request.get_absolute_url())
        client.post(f"/questions/{conversation.pk}/write/", form("Ja, bitte."))
        conversation.refresh_from_db()
        assert (conversation.waits_for, conversation.owner) == ("partner", admin)
        row = Mail.objects.get(kind="partners.message")
        envelope = DOORS[row.kind](row)
        assert (envelope.address, envelope.language) == (social_worker.email, "en")
        assert envelope.context == {"url": f"http://localhost:8000{sent.url}"}

    def test_the_organisation_never_meets_a_note_of_the_association(
        self, client, device_request, social_worker, admin, dispatcher
    ):
        client.force_login(admin)
        client.post(f"/requests/{device_request.number}/write/", form("Guten Tag"))
        conversation = Conversation.objects.get()
        seen_before = conversation.last_message_id
        client.post(
            f"/questions/{conversation.pk}/note/",
            note("Vorsicht, heikel.") | {"note-files": SimpleUploadedFile("heikel.pdf", PDF)},
        )
        assert "Vorsicht, heikel." in page(client, admin, device_request.get_absolute_url())
        conversation.refresh_from_db()
        assert conversation.last_message_id == seen_before  # no mark of anything new either
        for is_new in (True, False):
            shown = page(client, dispatcher, device_request.get_absolute_url())
            assert (">New</span>" in shown) == is_new
        client.force_login(admin)
        file = f"/questions/attachments/{Attachment.objects.get().pk}/"
        assert b"".join(client.get(file).streaming_content) == PDF
        shown = page(client, social_worker, device_request.get_absolute_url())
        assert "Guten Tag" in shown and "heikel" not in shown and str(admin) not in shown
        assert client.get(file).status_code == 404
        assert client.post(f"/questions/{conversation.pk}/note/", note("x")).status_code == 403

    def test_a_second_press_sends_once(self, client, device_request, social_worker):
        client.force_login(social_worker)
        twice = form("Guten Tag")
        for _press in range(2):
            client.post(f"/requests/{device_request.number}/write/", twice)
        assert ConversationMessage.objects.count() == 1

    def test_what_was_typed_survives_a_refusal(self, client, device_request, social_worker):
        client.force_login(social_worker)
        wrong = form("Mit Beilage", files=SimpleUploadedFile("a.exe", b"MZ"))
        answer = client.post(f"/requests/{device_request.number}/write/", wrong).content.decode()
        assert "Mit Beilage" in answer and "neither a PDF nor a photo" in answer and not Conversation.objects.exists()
        client.post(f"/requests/{device_request.number}/write/", form("Mit Beilage"))
        empty = form("", files=SimpleUploadedFile("a.pdf", PDF))
        answer = client.post(f"/questions/{Conversation.objects.get().pk}/write/", empty).content.decode()
        assert "Choose the files once more" in answer

    def test_an_attachment_is_read_by_both_sides_and_that_is_written_down(
        self, client, device_request, social_worker, admin, stranger
    ):
        client.force_login(social_worker)
        files = [SimpleUploadedFile("Brief.docx.pdf", PDF), SimpleUploadedFile("Foto.png", b"\x89PNG\r\n\x1a\n")]
        client.post(f"/requests/{device_request.number}/write/", form("Zwei Beilagen", files=files))
        first, second = Attachment.objects.all()
        assert (str(first), str(second)) == ("Brief.docx.pdf", "Foto.png")
        client.force_login(admin)
        url = f"/questions/attachments/{first.pk}/"
        assert b"".join(client.get(url).streaming_content) == PDF
        assert AuditEntry.objects.filter(by=admin, subject=device_request.number).exists()
        client.force_login(stranger)
        assert client.get(url).status_code == 404
        first.file.erase()
        client.force_login(admin)
        assert client.get(url).status_code == 404
        assert "Brief.docx" not in page(client, admin, device_request.get_absolute_url())

    def test_words_are_emptied_when_a_person_is_erased(self, client, device_request, social_worker, admin):
        client.force_login(social_worker)
        client.post(f"/requests/{device_request.number}/write/", form("Sie heisst Samira."))
        ConversationMessage.objects.update(text="", erased_at=clock.now())
        shown = page(client, admin, device_request.get_absolute_url())
        assert "These words were erased." in shown and "Sie heisst" not in shown

    def test_a_request_without_one_asks_the_database_for_none(self, client, device_request, admin):
        client.force_login(admin)
        client.get(device_request.get_absolute_url())
        with CaptureQueriesContext(connection) as captured:
            client.get(device_request.get_absolute_url())
        assert not [query for query in captured if "partners_conversation" in query["sql"]]


class TestWithoutARequest:
    def test_an_organisation_asks_and_reads_the_answer(self, client, partner, social_worker, admin):
        client.force_login(social_worker)
        sent = client.post("/questions/new/", form("Sind Sie am Montag da?", topic="Öffnungszeiten"))
        conversation = Conversation.objects.get()
        assert sent.url == f"/questions/{conversation.pk}/"
        answer(conversation, by=admin)
        listed = page(client, social_worker, "/questions/")
        assert "Öffnungszeiten" in listed and ">New</span>" in listed and "You: answer or close it" in listed
        shown = client.get(sent.url).content.decode()
        assert "Ja." in shown and ">New</span>" in shown and str(admin) not in shown
        assert ">New</span>" not in client.get("/questions/").content.decode()
        assert ">New</span>" not in client.get(sent.url).content.decode()

    def test_the_association_writes_first(self, client, partner, social_worker, admin):
        client.force_login(admin)
        client.post(f"/partners/{partner.pk}/write-to/", form("Wir zügeln im Mai.", topic="Neue Adresse"))
        conversation = Conversation.objects.get()
        assert (conversation.owner, conversation.colleague, conversation.waits_for) == (admin, None, "partner")
        assert "Wir zügeln im Mai." in page(client, social_worker, f"/questions/{conversation.pk}/")

    def test_another_organisation_and_other_roles_read_nothing(
        self, client, partner, social_worker, stranger, make_user
    ):
        conversation = question(partner, by=social_worker)
        client.force_login(stranger)
        assert client.get(f"/questions/{conversation.pk}/").status_code == 404
        assert client.post(f"/questions/{conversation.pk}/write/", form("x")).status_code == 404
        assert "Öffnungszeiten" not in client.get("/questions/").content.decode()
        for role in ("volunteer", "treasurer", "auditor"):
            user = make_user(f"{role}.2@example.org", role)
            assert not Conversation.objects.visible_to(user).exists()
            client.force_login(user)
            assert client.get(f"/questions/{conversation.pk}/").status_code == 403
        accounting = make_user("kasse@example.org")
        accounting.acting_for, accounting.membership_roles = partner, frozenset({"accounting"})
        assert not Conversation.objects.visible_to(accounting).exists()

    def test_whoever_acts_on_behalf_reads_and_leaves_no_trace(self, client, partner, social_worker, admin):
        conversation = question(partner, by=social_worker)
        answer(conversation, by=admin)
        Reading.objects.all().delete()
        client.force_login(admin)
        client.post(f"/partners/{partner.pk}/act-on-behalf/", {"reason": "help"})
        shown = client.get(f"/questions/{conversation.pk}/").content.decode()
        assert "Ja." in shown and "<textarea" not in shown
        assert not Reading.objects.exists()
        for url in (f"/questions/{conversation.pk}/write/", "/questions/new/"):
            client.post(url, form("x", topic="y"))
        client.post(f"/questions/{conversation.pk}/close/")
        assert ConversationMessage.objects.count() == 2 and Conversation.objects.get().is_open


class TestClosing:
    def test_it_is_closed_opened_again_and_waits_as_before(self, client, partner, social_worker, admin):
        conversation = question(partner, by=social_worker)
        client.force_login(admin)
        for verb, is_open in (("close", False), ("close", False), ("reopen", True), ("close", False)):
            client.post(f"/questions/{conversation.pk}/{verb}/")
            conversation.refresh_from_db()
            assert conversation.is_open == is_open
        assert (conversation.closed_by, conversation.waits_for) == (admin, "association")
        answer(conversation, by=social_worker, text="Doch noch etwas.")
        assert conversation.is_open and conversation.waits_for == "association"

    def test_an_answer_closes_in_one_press(self, client, partner, social_worker, admin):
        conversation = question(partner, by=social_worker)
        client.force_login(admin)
        client.post(f"/questions/{conversation.pk}/write/", form("Ja.", close="1"))
        conversation.refresh_from_db()
        assert not conversation.is_open
        assert "Öffnungszeiten" in client.get("/desk/?view=closed").content.decode()
        assert "Öffnungszeiten" in page(client, social_worker, "/questions/?view=closed")


class TestTheDesk:
    def test_it_shows_the_oldest_first_with_owner_and_age(self, client, partner, social_worker, admin, dispatcher):
        with clock.set_to(clock.now() - timedelta(days=9)):
            old = question(partner, by=social_worker, topic="Alte Frage")
            answer(old, by=admin, text="Welche?")
            answer(old, by=social_worker, text="Diese.")
        question(partner, by=social_worker, topic="Neue Frage")
        answer(question(partner, by=social_worker, topic="Beantwortet"), by=admin)
        shown = page(client, dispatcher, "/desk/")
        assert shown.index("Alte Frage") < shown.index("Neue Frage") and "Beantwortet" not in shown
        assert "9 days" in shown and "today" in shown and "Nobody yet" in shown
        assert "Beantwortet" in client.get("/desk/?view=waiting").content.decode()
        assert "Alte Frage" not in client.get("/desk/?owner=nobody").content.decode()
        assert "Alte Frage" in client.get(f"/desk/?owner={admin.pk}").content.decode()

    def test_it_asks_the_database_as_much_for_many_as_for_one(self, client, partner, social_worker, admin):
        def asked():
            with CaptureQueriesContext(connection) as captured:
                assert client.get("/desk/").status_code == 200
            return len([query for query in captured if query["sql"].split()[0] in ("SELECT", "INSERT", "UPDATE")])

        question(partner, by=social_worker)
        client.force_login(admin)
        asked()
        assert asked() == 4  # who is it, who answers, the rows, who applies
        for number in range(5):
            question(partner, by=social_worker, topic=f"Frage {number}")
        assert asked() == 4

    def test_applicants_who_wrote_last_are_named_there(self, client, admin):
        applicant = factories.active_partner("Gemeinde Wasen", postcode="3457", town="Wasen")
        Partner.objects.filter(pk=applicant.pk).update(status="applied")
        actions.write(applicant, "Wann hören wir von Ihnen?", by=None)
        assert "Gemeinde Wasen" in page(client, admin, "/desk/")
        actions.write(applicant, "Morgen.", by=admin)
        assert "Gemeinde Wasen" not in page(client, admin, "/desk/")

    def test_one_takes_it_and_hands_it_over_alone_or_with_all_others(
        self, client, partner, social_worker, admin, dispatcher, volunteer
    ):
        first, second = (question(partner, by=social_worker) for _time in range(2))
        client.force_login(dispatcher)
        client.post(f"/questions/{first.pk}/hand-over/")
        client.post(f"/questions/{second.pk}/hand-over/", {"owner": dispatcher.pk})
        assert set(Conversation.objects.values_list("owner", flat=True)) == {dispatcher.pk}
        client.post(f"/questions/{second.pk}/hand-over/", {"owner": volunteer.pk})
        assert set(Conversation.objects.values_list("owner", flat=True)) == {dispatcher.pk}
        assert f"{dispatcher} (2)" in client.get("/desk/hand-over/").content.decode()
        same = {"of": dispatcher.pk, "to": dispatcher.pk}
        assert "Choose somebody else." in client.post("/desk/hand-over/", same).content.decode()
        client.post("/desk/hand-over/", {"of": dispatcher.pk, "to": admin.pk})
        assert set(Conversation.objects.values_list("owner", flat=True)) == {admin.pk}

    def test_homes_count_what_waits_for_their_reader(self, client, partner, social_worker, admin, dispatcher):
        mine, theirs, _nobodys = (question(partner, by=social_worker) for _time in range(3))
        actions.hand_over(mine, admin)
        actions.hand_over(theirs, dispatcher)
        answer(question(partner, by=social_worker), by=admin)
        home = page(client, admin, "/home/")
        assert "Messages to answer" in home and 'href="/desk/"' in home
        counts = {user: client.get("/home/").context["todos"] for user in [admin]}
        assert [todo.count for todo in counts[admin] if todo.url == "/desk/"] == [2]
        client.force_login(social_worker)
        todos = client.get("/home/").context["todos"]
        assert [(todo.count, todo.title) for todo in todos if todo.url == "/questions/"] == [(1, "Message to answer")]
        dispatcher.roles.all().delete()  # what is left goes to everybody
        client.force_login(admin)
        assert [todo.count for todo in client.get("/home/").context["todos"] if todo.url == "/desk/"] == [3]


class TestMails:
    def test_the_organisations_managers_are_told_when_the_colleague_has_left(
        self, partner, social_worker, admin, make_user
    ):
        manager = make_user("nina@muster.example.org")
        manager.memberships.create(partner=partner, role="manager")
        conversation = question(partner, by=social_worker)
        Membership.objects.filter(user=social_worker).update(ended_at=clock.now())
        answer(conversation, by=admin)
        assert mailed("partners.message") == [manager.email]

    def test_who_has_read_it_meanwhile_gets_none(self, partner, social_worker, admin):
        conversation = question(partner, by=social_worker)
        answer(conversation, by=admin)
        assert mailed("partners.message") == [social_worker.email]
        Reading.objects.mark_read(conversation, social_worker, up_to=conversation.last_message_id)
        assert mailed("partners.message") == [None]

    def test_the_team_is_told_once_of_what_nobody_opens(self, client, partner, social_worker, admin):
        Policy.objects.create(team_mailbox="team@weitergabe.example.org")
        with clock.set_to(clock.now() - timedelta(days=7)):
            opened, unopened = (question(partner, by=social_worker) for _time in range(2))
        question(partner, by=social_worker)
        Reading.objects.mark_read(opened, admin, up_to=opened.last_message_id)
        for _hour in range(2):
            tasks.remind_unopened()
        assert mailed("partners.unopened") == ["team@weitergabe.example.org"]
        page(client, admin, f"/questions/{unopened.pk}/")
        assert mailed("partners.unopened") == [None]

    def test_working_days_leave_out_the_weekend(self):
        monday = clock.now().replace(year=2026, month=11, day=30)
        assert working_days_before(monday, 3).date().isoformat() == "2026-11-25"

    def test_the_mailbox_is_set_and_the_change_written_down(self, client, admin):
        client.force_login(admin)
        client.post("/settings/desk/", {"team_mailbox": "team@weitergabe.example.org"})
        assert Policy.objects.current().address == "team@weitergabe.example.org"
        shown = client.get("/settings/desk/").content.decode()
        assert "– → team@weitergabe.example.org" in shown and str(admin) in shown


class TestAnswersThatAreWrittenAlready:
    def test_one_is_put_into_a_message_in_the_readers_language_and_nothing_is_sent(
        self, client, partner, social_worker, admin
    ):
        conversation = question(partner, by=social_worker)
        client.force_login(admin)
        assert "one language at least" in client.post("/settings/answers/new/", {"name": "Zeiten"}).content.decode()
        client.post(
            "/settings/answers/new/", {"name": "Zeiten", "text_de": "Montag bis Freitag.", "text_en": "Mondays."}
        )
        chosen = Answer.objects.get()
        asked = form("Hello.", answer=chosen.pk, insert="1")
        shown = client.post(f"/questions/{conversation.pk}/write/", asked).content.decode()
        assert "Hello.\n\nMondays." in shown and f'value="{asked["form_token"]}"' in shown
        assert ConversationMessage.objects.count() == 1
        social_worker.language = "fr"
        social_worker.save()
        shown = client.post(f"/questions/{conversation.pk}/write/", asked).content.decode()
        assert "Montag bis Freitag." in shown  # there is none in French

    def test_a_change_is_written_down_and_a_retired_one_comes_back(self, client, partner, social_worker, admin):
        conversation = question(partner, by=social_worker)
        client.force_login(admin)
        client.post("/settings/answers/new/", {"name": "Zeiten", "text_de": "Montag."})
        chosen = Answer.objects.get()
        for _time in range(2):
            client.post(f"/settings/answers/{chosen.pk}/", {"name": "Zeiten", "text_de": "Dienstag."})
        assert list(chosen.texts.values_list("text", "by")) == [("Dienstag.", admin.pk), ("Montag.", admin.pk)]
        assert "Montag." in client.get(f"/settings/answers/{chosen.pk}/").content.decode()
        for data, is_there in (({}, False), ({"restore": "1"}, True)):
            client.post(f"/settings/answers/{chosen.pk}/retire/", data)
            assert (">Zeiten</option>" in client.get(f"/questions/{conversation.pk}/").content.decode()) == is_there
