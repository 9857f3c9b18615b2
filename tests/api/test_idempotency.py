"""The Idempotency-Key: the same action asked for again is answered again and done once."""

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from jobs.models import IdempotentAnswer
from jobs.tasks import delete_old_answers
from requests.models import DeviceRequest
from tests import contention

KEY = "a-key-of-mine"
STOP = "LOCK TABLE requests_devicerequest IN EXCLUSIVE MODE"


@pytest.mark.django_db
def test_the_same_key_and_body_get_the_same_answer_and_nothing_is_done_again(worker, wish):
    first, second = worker.post("requests/", wish, key=KEY), worker.post("requests/", wish, key=KEY)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert first.status_code == 201
    assert (first.headers.get("Idempotent-Replayed"), second.headers["Idempotent-Replayed"]) == (None, "true")
    assert DeviceRequest.objects.count() == 1


@pytest.mark.django_db
def test_another_key_is_another_action(worker, wish):
    assert [worker.post("requests/", wish).status_code for _time in range(2)] == [201, 201]
    assert DeviceRequest.objects.count() == 2


@pytest.mark.django_db
def test_the_same_key_for_something_else_is_422(worker, wish, assert_problem):
    number = worker.post("requests/", wish, key=KEY).json()["number"]
    assert_problem(worker.post("requests/", wish | {"case_reference": "LT-2"}, key=KEY), 422)
    assert_problem(worker.post(f"requests/{number}/approve/", wish, key=KEY), 422)
    assert DeviceRequest.objects.get().status == "received"


@pytest.mark.django_db
def test_the_order_of_the_fields_makes_no_other_request(worker, wish):
    worker.post("requests/", wish, key=KEY)
    assert worker.post("requests/", dict(reversed(wish.items())), key=KEY).status_code == 201
    assert DeviceRequest.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "short", "with a space in it", "x" * 65, "schlüssel-mit-umlaut"])
def test_an_action_without_a_usable_key_is_not_done(worker, wish, key, assert_problem):
    answer = worker.client.post(
        "/api/v1/requests/", wish, content_type="application/json", headers={"Idempotency-Key": key}
    )
    assert assert_problem(answer, 400)["errors"][0]["field"] == "Idempotency-Key"
    assert DeviceRequest.objects.count() == 0


@pytest.mark.django_db
def test_each_token_has_keys_of_its_own(worker, program_of, social_worker, wish):
    assert worker.post("requests/", wish, key=KEY).status_code == 201
    assert program_of(social_worker).post("requests/", wish | {"case_reference": "LT-2"}, key=KEY).status_code == 201


@pytest.mark.django_db
def test_what_was_refused_leaves_nothing_and_may_be_tried_again(worker, wish, partner, assert_problem):
    partner.status = "suspended"
    partner.save()
    assert_problem(worker.post("requests/", wish, key=KEY), 409)
    assert IdempotentAnswer.objects.count() == 0
    partner.status = "active"
    partner.save()
    assert worker.post("requests/", wish, key=KEY).status_code == 201


@pytest.mark.django_db
def test_no_answer_that_is_kept_names_the_person(worker, wish):
    number = worker.post("requests/", wish).json()["number"]
    worker.post(f"requests/{number}/approve/")
    kept = str(list(IdempotentAnswer.objects.values()))
    assert number in kept
    for word in ("Samira", "Wenger", "Mühlegasse"):
        assert word not in kept


@pytest.mark.django_db
def test_answers_are_forgotten_after_a_week(worker, wish):
    worker.post("requests/", wish, key=KEY)
    delete_old_answers()
    assert IdempotentAnswer.objects.count() == 1
    IdempotentAnswer.objects.update(made_at=timezone.now() - timedelta(days=7, seconds=1))
    delete_old_answers()
    assert IdempotentAnswer.objects.count() == 0


@pytest.mark.django_db
def test_a_form_sent_again_is_the_same_though_its_boundary_differs(worker, wish, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def send(content):
        form = {name: value for name, value in wish.items() if name != "recipient"}
        form |= {f"recipient.{name}": value for name, value in wish["recipient"].items()}
        form |= {"system": "windows", "purpose": "training"}
        form["proof"] = SimpleUploadedFile("letter.pdf", content)
        return worker.post("requests/", form, form=True, key=KEY)

    assert [send(b"%PDF-1.7").status_code, send(b"%PDF-1.7").status_code] == [201, 201]
    assert send(b"%PDF-1.7 another").status_code == 422
    assert DeviceRequest.objects.get().proof.read() == b"%PDF-1.7"


def test_every_action_asks_for_its_key():
    api = next(entry for entry in get_resolver().url_patterns if str(entry.pattern) == "api/v1/")
    handlers = {
        entry.name: getattr(entry.callback.cls, "post", None)
        for entry in api.url_patterns
        if isinstance(entry, URLPattern)
    }
    actions = {name: handler for name, handler in handlers.items() if handler}
    assert len(actions) > 8
    assert [name for name, handler in actions.items() if not getattr(handler, "is_idempotent", False)] == []


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_does_it_and_the_other_waits_for_its_answer(worker, wish, partner):
    answers = []

    def send():
        try:
            answers.append(worker.post("requests/", wish, key=KEY))
        except Exception as error:
            answers.append(error)
            raise
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _caller in range(2)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STOP)  # the first caller in mid-action
        for thread in threads:
            thread.start()
        assert contention.wait_for(2, unless=answers), answers  # they overlap
    for thread in threads:
        thread.join(20)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert sorted(answer.headers.get("Idempotent-Replayed", "") for answer in answers) == ["", "true"]
    assert DeviceRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_hears_that_somebody_is_at_it(worker, wish, partner, assert_problem):
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        (before,) = cursor.fetchone()
    answers = []

    def send():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '100ms'")
            answers.append(worker.post("requests/", wish, key=KEY))
        finally:
            connections.close_all()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STOP)
        thread = threading.Thread(target=send)
        thread.start()
        thread.join(20)
    assert before == "5s"
    assert_problem(answers[0], 409)
    assert answers[0].headers["Retry-After"] == "1"
    assert DeviceRequest.objects.count() == 0
