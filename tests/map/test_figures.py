"""Which commune takes part in which year, and how green it is."""

from datetime import UTC, date, datetime, timedelta

import pytest

from partners.models import Agreement, Commune, Partner, PartnerStep
from partners.participation import Span, parts_by_commune
from records import clock
from shipping.models import Shipment

pytestmark = pytest.mark.django_db


def level(ask, number, year=""):
    return {commune["bfs_no"]: commune["level"] for commune in ask(year)["communes"]}[number]


def move(partner, start, to, on):
    PartnerStep.objects.create(record=partner, verb="x", from_status=start, to_status=to, at=f"{on}T10:00Z")


def test_the_map_has_the_2110_communes_of_the_register_none_of_them_green(register, in_december, look, ask):
    page = look()
    assert len(page.shapes) == 2110
    assert set(page.shapes.values()) == {0}
    assert [commune["bfs_no"] for commune in ask()["communes"]] == sorted(page.shapes)
    assert "0 of 2’110 communes take part in 2026." in page.text


@pytest.mark.parametrize(
    ("laptops", "green"), [(0, 1), (1, 1), (4, 1), (5, 2), (9, 2), (10, 3), (19, 3), (20, 4), (49, 4), (50, 5)]
)
def test_a_commune_is_as_green_as_the_laptops_it_paid_for(communes, joins, hand_over, ask, laptops, green):
    hand_over(joins(404), 404, laptops)
    assert level(ask, 404) == green
    assert level(ask, 261) == 0


def test_the_home_says_of_today_what_the_map_says_of_every_day(communes, joins):
    joins(404)
    joins(6831, since="2027-01-01")
    joins(261, until="2026-11-01")
    for number, status in ((406, "suspended"), (3203, "ended")):
        move(joins(number, status=status), "active", status, "2026-11-15")
    by_day = parts_by_commune()

    def on(day):
        today = Span(day, day + timedelta(days=1))
        return {number for number, parts in by_day.items() if any(part.touches(today) for part in parts)}

    takes_part = Commune.objects.with_taking_part().filter(takes_part=True)
    assert set(takes_part.values_list("pk", flat=True)) == on(clock.today()) == {404}
    assert on(date(2026, 10, 31)) == {404, 261, 406, 3203} and on(date(2027, 1, 1)) == {404, 6831}


def test_laptops_count_for_the_commune_that_bears_the_cost_in_the_year_they_left_here(communes, joins, hand_over, ask):
    partner = joins(404, 406)
    hand_over(partner, 406, 5, at="2025-12-31T23:30Z")  # in Zurich it is next year
    hand_over(partner, 404, 5, at="2025-12-31T22:30Z")
    assert (level(ask, 404, 2025), level(ask, 406, 2025)) == (2, 1)
    assert (level(ask, 404, 2026), level(ask, 406, 2026)) == (1, 2)


def test_what_was_not_handed_over_does_not_count(communes, joins, hand_over, ask):
    hand_over(joins(404), 404, 5)
    left = Shipment.objects.first()
    Shipment.objects.filter(pk=left.pk).update(status="labelled", handed_over_at=None)
    assert level(ask, 404) == 1


def test_a_commune_without_a_running_agreement_is_grey_whatever_it_paid_for(communes, joins, hand_over, ask):
    partner = joins(404)
    hand_over(partner, 261, 12)
    assert level(ask, 261) == 0
    assert ask()["laptops"] == 0


def test_without_an_agreement_nobody_takes_part(communes, ask):
    partner = Partner.objects.create(name="Sozialdienst", postcode="3400", town="Burgdorf", status="admitted")
    Agreement.objects.create(partner=partner, version="1", signed_on="2024-01-01", signed_by="N")  # one side only
    partner.coverage.create(commune_id=404, valid_from="2024-01-01")
    assert level(ask, 404) == 0


def test_years_go_from_the_first_signature_to_this_one(communes, joins, ask, look):
    joins(404, signed="2023-03-01", since="2021-01-01")
    assert ask()["years"] == [2023, 2024, 2025, 2026]
    assert look().bars == {2023: "1", 2024: "1", 2025: "1", 2026: "1"}
    assert ask(2022)["year"] == 2026  # which the map does not have


def test_coverage_counts_for_each_year_it_touches(communes, joins, ask):
    joins(261, signed="2022-01-01")
    joins(404, signed="2022-01-01", since="2023-12-31", until="2025-01-01")
    assert [level(ask, 404, year) for year in range(2022, 2027)] == [0, 1, 1, 0, 0]


def test_coverage_from_next_year_on_is_not_green_yet(communes, joins, ask):
    joins(404, since="2027-01-01")
    joins(406, since="2026-12-02")
    joins(261, since="2026-12-01")
    assert [level(ask, number) for number in (404, 406, 261)] == [0, 0, 1]


def test_an_agreement_runs_until_the_organisation_ends_and_again_from_the_next_one(communes, joins, ask, somebody):
    partner = joins(404, signed="2021-05-01")
    move(partner, "active", "ended", on="2022-06-30")
    assert [level(ask, 404, year) for year in range(2021, 2027)] == [1, 1, 0, 0, 0, 0]
    again = {"signed_by": "Nina Aebi", "countersigned_by": somebody}
    Agreement.objects.create(
        partner=partner, version="2", signed_on="2025-01-10", countersigned_at="2025-01-20T10:00Z", **again
    )
    assert [level(ask, 404, year) for year in range(2021, 2027)] == [1, 1, 0, 0, 1, 1]


def test_while_it_is_suspended_no_agreement_runs(communes, joins, ask, look):
    partner = joins(404, signed="2022-05-01")
    move(partner, "active", "suspended", on="2022-11-01")
    move(partner, "suspended", "active", on="2025-02-01")
    assert [level(ask, 404, year) for year in range(2022, 2027)] == [1, 0, 0, 1, 1]
    move(partner, "active", "suspended", on="2026-11-30")
    assert level(ask, 404) == 1
    assert "does not take part yet" in look("q=404").hits[404]


def test_an_agreement_taken_over_from_the_old_system_runs_from_its_own_day(communes, joins, ask, somebody):
    partner = joins(261, signed="2026-11-01")  # recorded then
    Agreement.objects.create(
        partner=partner,
        version="old",
        signed_on="2021-05-01",
        signed_by="Nina Aebi",
        countersigned_by=somebody,
        countersigned_at="2026-10-01T08:00Z",
    )
    partner.coverage.create(commune_id=404, valid_from="2021-05-01")
    assert level(ask, 404, 2021) == 1


def test_since_when_a_commune_takes_part_bridges_a_change_of_organisations(communes, joins, ask):
    joins(404, signed="2021-05-01", until="2024-01-01")
    joins(404, signed="2024-01-01")
    joins(406, signed="2021-05-01", until="2023-01-01")
    joins(406, signed="2024-06-01")
    since = {commune["bfs_no"]: commune["since"] for commune in ask()["communes"]}
    assert (since[404], since[406], since[261]) == ("2021-05-01", "2024-06-01", None)


def test_moutier_is_green_as_700_until_2025_and_as_6831_from_2026_on(communes, joins, hand_over, ask, look):
    Commune.objects.create(
        bfs_no=700, name="Moutier", canton="BE", language="fr", valid_to="2026-01-01", successor_id=6831
    )
    partner = joins(700, signed="2024-02-01", until="2026-01-01")
    partner.coverage.create(commune_id=6831, valid_from="2026-01-01")
    hand_over(partner, 700, 12, at="2025-06-01T08:00Z")
    hand_over(partner, 6831, 3)
    assert [level(ask, 6831, year) for year in (2024, 2025, 2026)] == [1, 3, 1]
    assert look("year=2025").shapes[6831] == 3
    assert 700 not in {commune["bfs_no"] for commune in ask(2025)["communes"]}
    assert {commune["bfs_no"]: commune["since"] for commune in ask()["communes"]}[6831] == "2024-02-01"
    sentence = "Moutier (JU) takes part. Moutier (BE) became part of Moutier (JU) on 01.01.2026."
    assert look("q=700").hits[6831].startswith(sentence)


def test_when_two_communes_merge_on_a_day_the_colour_moves(communes, joins, hand_over, ask, look):
    hand_over(joins(404), 404, 7)
    assert (look().shapes[404], look().shapes[406]) == (2, 0)
    Commune.objects.filter(pk=404).update(valid_to="2026-12-24", successor=406)
    assert (look().shapes[404], look().shapes[406]) == (2, 0)  # not before its day
    with clock.set_to(datetime(2026, 12, 24, 9, tzinfo=UTC)):
        page = look("canton=BE")
        assert (page.shapes[404], page.shapes[406]) == (2, 2)  # the whole ground is one commune's
        assert page.levels == {406: 2}
        assert "1 of 4 communes take part in 2026." in page.text


def test_a_chain_of_mergers_is_followed_to_its_end(communes, joins, ask):
    for number in (901, 902, 903):
        Commune.objects.create(bfs_no=number, name=f"C{number}", canton="BE", language="de")
    for number, follower in ((901, 902), (902, 903), (903, 404)):
        Commune.objects.filter(pk=number).update(valid_to="2025-01-01", successor_id=follower)
    joins(901, signed="2023-01-01", until="2025-01-01")
    assert [level(ask, 404, year) for year in (2023, 2024, 2025)] == [1, 1, 0]


def test_what_is_below_five_is_in_no_sum(communes, joins, hand_over, ask, look):
    partner = joins(404, 406, 261)
    hand_over(partner, 404, 6)
    hand_over(partner, 406, 4)
    hand_over(partner, 261, 3)
    hand_over(partner, 406, 4, at="2025-06-01T08:00Z")
    said = ask()
    assert said["laptops"] == 6
    assert {each["canton"]: each["laptops"] for each in said["cantons"] if each["laptops"]} == {"BE": 6}
    assert {commune["laptops"] for commune in said["communes"]} == {"5-9", "takes part", "not taking part"}
    page = look()
    assert page.cantons["BE"] == ["2", "2", "2/2", "6"]
    assert page.cantons["ZH"] == ["1", "1", "1/1", "–"]
    assert page.tree.xpath("//*[@id='map-figures']//dd")[1].text.strip() == "6"  # of all years


@pytest.mark.parametrize("on", [date(2026, 1, 1), date(2026, 12, 31)])
def test_the_first_and_the_last_day_of_a_year_belong_to_it(communes, joins, ask, on):
    joins(404, signed="2026-01-01", since=on)
    with clock.set_to(datetime(2027, 5, 1, 9, tzinfo=UTC)):
        assert [level(ask, 404, year) for year in (2026, 2027)] == [1, 1]
