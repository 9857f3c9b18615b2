"""Who may use the API, and how others are refused."""

import pytest
from django.utils import timezone
from rest_framework.throttling import SimpleRateThrottle

from partners import actions
from partners.models import ApiToken, Membership
from people.models import AssociationRole
from tests import factories

pytestmark = pytest.mark.django_db


def test_no_token_no_answer_and_the_way_in_is_named(nobody, assert_problem):
    answer = nobody.get("requests/")
    assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_session_opens_nothing(client, dispatcher, assert_problem):
    client.force_login(dispatcher)
    assert_problem(client.get("/api/v1/requests/"), 401)
    assert_problem(client.post("/api/v1/allocations/", {}), 401)


@pytest.mark.parametrize(
    "words", ["Bearer", "Bearer wg_unknown", "Bearer a b", "Bearer ünbekannt", "Basic Zm9vOmJhcg=="]
)
def test_what_is_no_live_token_is_401(client, db, words, assert_problem):
    assert_problem(client.get("/api/v1/requests/", headers={"Authorization": words}), 401)


def test_a_token_stands_alone_in_its_header(client, program_of, dispatcher, assert_problem):
    words = program_of(dispatcher).client.defaults["HTTP_AUTHORIZATION"]
    assert client.get("/api/v1/requests/", headers={"Authorization": words}).status_code == 200
    assert_problem(client.get("/api/v1/requests/", headers={"Authorization": f"{words} more"}), 401)


def test_a_token_needs_no_session_and_no_csrf(worker, wish):
    worker.client.handler.enforce_csrf_checks = True
    assert worker.post("requests/", wish).status_code == 201
    assert worker.client.cookies == {}


def test_only_the_hash_of_a_token_is_kept(social_worker, partner):
    token, secret = ApiToken.objects.issue(owner=social_worker, acting_for=partner, name="Case software")
    assert secret not in str(vars(token))
    assert len(token.digest) == 64


def end_membership(user, partner):
    Membership.objects.filter(user=user).update(ended_at=timezone.now())


def end_partner(user, partner):
    actions.end(partner, by=None)


def revoke(user, partner):
    ApiToken.objects.update(revoked_at=timezone.now())


def leave(user, partner):
    user.is_active = False
    user.save()


def join_the_association(user, partner):
    AssociationRole.objects.create(user=user, role="admin")


def move_to_another(user, partner):
    end_membership(user, partner)
    other = factories.active_partner("Obertal", postcode="3454", town="Sumiswald")
    Membership.objects.create(user=user, partner=other, role="manager")


@pytest.mark.parametrize("end", [revoke, end_membership, end_partner, leave, join_the_association, move_to_another])
def test_a_token_ends_with_the_right_behind_it(worker, social_worker, partner, end, assert_problem):
    assert worker.get("requests/").status_code == 200
    end(social_worker, partner)
    assert_problem(worker.get("requests/"), 401)


@pytest.mark.parametrize("end", [revoke, leave])
def test_a_token_for_the_association_ends_too(dispatch, dispatcher, end, assert_problem):
    assert dispatch.get("requests/").status_code == 200
    end(dispatcher, None)
    assert_problem(dispatch.get("requests/"), 401)


def test_a_token_for_the_association_never_becomes_one_for_an_organisation(
    program_of, make_user, partner, assert_problem
):
    user = make_user("somebody@example.org", "dispatcher")
    program = program_of(user)
    user.roles.all().delete()
    Membership.objects.create(user=user, partner=partner, role="manager")
    assert_problem(program.get("requests/"), 401)


def test_a_token_does_only_what_its_scopes_say(program_of, social_worker, wish, assert_problem):
    program = program_of(social_worker, scopes=["requests:read"])
    assert program.get("requests/").status_code == 200
    assert "requests:write" in assert_problem(program.post("requests/", wish), 403)["detail"]
    assert_problem(program.get("shipments/"), 403)


def test_the_wrong_role_is_refused_before_anything_is_fetched(workshop, make_approved, assert_problem):
    for number in (make_approved().number, "R-2026-999999"):
        assert_problem(workshop.get(f"requests/{number}/"), 403)


def test_what_is_not_there_is_a_problem_too(worker, nobody, assert_problem):
    for program in (worker, nobody):
        for path in ("", "nowhere/", "nowhere/at/all/"):
            assert_problem(program.get(path), 404)
            assert_problem(program.post(path), 404)


def test_a_method_that_is_not_there_is_405(worker, assert_problem):
    answer = worker.client.delete("/api/v1/requests/")
    assert_problem(answer, 405)
    assert "GET" in answer.headers["Allow"]
    assert_problem(worker.client.options("/api/v1/requests/"), 405)


def test_a_wrong_field_is_named_with_its_sentence(worker, wish, assert_problem):
    wish["recipient"] = wish["recipient"] | {"postcode": "340", "first_name": "a" * 51}
    del wish["case_reference"]
    body = assert_problem(worker.post("requests/", wish), 400)
    assert {(error["field"], error["code"]) for error in body["errors"]} == {
        ("recipient.first_name", "max_length"),
        ("recipient.postcode", "invalid"),
        ("case_reference", "required"),
    }
    assert body["type"].endswith("/api/v1/docs/#invalid")


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ("null", "application/json", 400),
        ("<a/>", "application/xml", 415),
        ("x", "multipart/form-data; boundary=", 400),
    ],
)
def test_what_cannot_be_read_is_a_problem(worker, body, content_type, status, assert_problem):
    answer = worker.client.post(
        "/api/v1/requests/", body, content_type=content_type, headers={"Idempotency-Key": "a-key-of-mine"}
    )
    assert_problem(answer, status)


def test_a_body_larger_than_any_file_is_not_read(worker, assert_problem):
    answer = worker.client.post(
        "/api/v1/requests/", "{}", content_type="application/json", CONTENT_LENGTH=str(20 * 1024 * 1024)
    )
    assert_problem(answer, 413)


def test_the_sentences_come_in_the_language_asked_for(worker, assert_problem):
    answer = worker.post("requests/", {}, **{"Accept-Language": "de"})
    assert "Fehlt noch." in {e["detail"] for e in assert_problem(answer, 400)["errors"]}
    assert answer.headers["Content-Language"] == "de"


def test_too_many_calls_in_a_minute_are_429_with_the_time_to_wait(worker, monkeypatch, assert_problem):
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "token", "2/minute")
    assert [worker.get("requests/").status_code for _call in range(2)] == [200, 200]
    answer = worker.get("requests/")
    assert_problem(answer, 429)
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_nobody_is_turned_away_while_redis_is_away(worker, settings):
    settings.CACHES = settings.CACHES | {"quick": settings.CACHES["quick"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert worker.get("requests/").status_code == 200
