import re
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from partners.actions import take_due_mutations
from partners.communes import communes_in, main_communes_in
from partners.models import Commune, CommuneMutation, Locality, Partner, RegisterLoad
from records import clock

pytestmark = pytest.mark.django_db


def test_the_register_holds_exactly_2110_communes_and_can_be_loaded_again(django_assert_max_num_queries):
    for _time in range(2):
        with django_assert_max_num_queries(21):
            call_command("load_communes", verbosity=0, stdout=_Quiet())
    assert Commune.objects.count() == 2110
    assert not Commune.objects.filter(pk__in=[2391, 5391, 5394]).exists()
    assert not Commune.objects.filter(canton="").exists()
    languages = dict(
        Commune.objects.filter(name__in=["Burgdorf", "Lausanne", "Lugano"]).values_list("name", "language")
    )
    assert languages == {"Burgdorf": "de", "Lausanne": "fr", "Lugano": "it"}
    places = [str(place.commune) for place in Locality.objects.suggest("3400")]
    assert places[0] == "Burgdorf (BE)"


class _Quiet:
    def write(self, _text):
        pass


def test_the_largest_share_gives_the_language_and_a_merger_passes_on_who_speaks_for_it(tmp_path, partner):
    (tmp_path / "places.csv").write_text(
        "postcode,locality,bfs_no,commune,canton,share,language\n"
        "2500,Oben,1,Oben,BE,30,de\n2500,Oben,3,Neu,BE,20,de\n2501,Oben,1,Oben,BE,70,fr\n2502,Unten,2,Unten,BE,100,de\n9490,Vaduz,7001,Vaduz,,100,de\n"
    )
    (tmp_path / "mutations.csv").write_text("old_no,new_no,new_name,canton,date\n1,3,Obenunten,BE,2026-01-01\n")
    call_command("load_communes", localities=tmp_path / "places.csv", stdout=_Quiet())
    assert dict(Commune.objects.values_list("pk", "language")) == {1: "fr", 2: "de", 3: "de"}
    partner.coverage.create(commune_id=1, valid_from="2024-01-01")
    for _time in range(2):
        call_command(
            "load_communes", localities=tmp_path / "places.csv", mutations=tmp_path / "mutations.csv", stdout=_Quiet()
        )
    old = Commune.objects.get(pk=1)
    assert (old.successor.name, str(old.valid_to), old.successor.language) == ("Obenunten", "2026-01-01", "de")
    assert [row.commune_id for row in partner.coverage.live()] == [3]
    assert [(place.commune_id, place.share) for place in Locality.objects.suggest("2500")] == [(3, 50)]


@pytest.mark.parametrize("typed", ["Château-d'Oex", "château-d’oex"])
def test_names_have_the_apostrophe_of_print_and_are_found_with_either(tmp_path, partner, typed):
    text = "postcode,locality,bfs_no,commune,canton,share,language\n1660,L'Etivaz,5841,Château-d'Oex,VD,100,fr\n"
    (tmp_path / "places.csv").write_text(text)
    call_command("load_communes", localities=tmp_path / "places.csv", verbosity=0)
    commune = Commune.objects.get(pk=5841)
    assert (str(commune), Locality.objects.suggest("1660")[0].name) == ("Château-d’Oex (VD)", "L’Etivaz")
    assert (communes_in(typed), main_communes_in(typed)) == ([commune], [5841])
    assert communes_in("L'Etivaz") == [commune]
    assert Locality.objects.main_commune("1660", "L'Etivaz") == 5841
    partner.coverage.create(commune=commune, valid_from="2024-01-01")
    Partner.objects.filter(pk=partner.pk).update(name="Service social de l’Arc")
    for words in (typed, "de l'arc", "de l’arc"):
        assert list(Partner.objects.found_by(words)) == [partner], words


def test_a_file_may_begin_with_the_mark_that_a_spreadsheet_writes(tmp_path):
    text = "postcode,locality,bfs_no,commune,canton,share,language\n2500,Oben,1,Oben,BE,100,de\n"
    (tmp_path / "places.csv").write_text(text, encoding="utf-8-sig")
    call_command("load_communes", localities=tmp_path / "places.csv", verbosity=0)
    assert Commune.objects.get().name == "Oben"


@pytest.mark.parametrize(
    ("spoke_for", "until", "speaks_for"), [([1], "2025-06-30", []), ([1, 3], None, [3]), ([3], None, [3])]
)
def test_a_merger_revives_nothing_and_doubles_nothing(tmp_path, partner, spoke_for, until, speaks_for):
    (tmp_path / "places.csv").write_text(
        "postcode,locality,bfs_no,commune,canton,share,language\n2500,Oben,1,Oben,BE,100,de\n2501,Neu,3,Neu,BE,100,de\n"
    )
    (tmp_path / "mutations.csv").write_text("old_no,new_no,new_name,canton,date\n1,3,Obenunten,BE,2026-01-01\n")
    call_command("load_communes", localities=tmp_path / "places.csv", verbosity=0)
    for number in spoke_for:
        partner.coverage.create(commune_id=number, valid_from="2024-01-01", valid_to=until)
    call_command("load_communes", localities=tmp_path / "places.csv", mutations=tmp_path / "mutations.csv", verbosity=0)
    assert [row.commune_id for row in partner.coverage.live()] == speaks_for


def test_a_commune_may_merge_again_change_its_name_alone_or_follow_one_that_nobody_knew(tmp_path):
    (tmp_path / "places.csv").write_text(
        "postcode,locality,bfs_no,commune,canton,share,language\n"
        "2500,Oben,1,Oben,BE,100,fr\n2501,Mitte,3,Mitte,BE,100,fr\n2502,Unten,2,Unten,BE,100,fr\n"
    )
    head = "old_no,new_no,new_name,canton,date\n"
    (tmp_path / "2025.csv").write_text(f"{head}1,3,Obenmitte,BE,2025-01-01\n2,2,Neuunten,BE,2025-01-01\n")
    (tmp_path / "2026.csv").write_text(f"{head}3,4,Ganzoben,BE,2026-01-01\n99,5,Fern,BE,2026-01-01\n")
    for year in ("2025", "2026"):
        call_command(
            "load_communes", localities=tmp_path / "places.csv", mutations=tmp_path / f"{year}.csv", verbosity=0
        )
    assert {place.commune_id for place in Locality.objects.filter(postcode="2500")} == {4}
    renamed = Commune.objects.get(pk=2)
    assert (renamed.valid_to, renamed.successor) == (None, None)
    assert list(Commune.objects.filter(pk__in=[4, 5]).order_by("pk").values_list("name", "language")) == [
        ("Ganzoben", "fr"),
        ("Fern", "de"),
    ]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (b"2501,Oben,x1,Oben,BE,70,fr", "bfs_no can't be x1"),
        (b"2501,Oben,12345,Oben,BE,70,fr", "bfs_no can't be 12345"),
        (b"2501,Oben,1,Oben,BE,much,fr", "share can't be much"),
        (b"2501,Oben,1,Oben,BE,NaN,fr", "share can't be NaN"),
        (b"25011,Oben,1,Oben,BE,70,fr", "postcode can't be 25011"),
        (b"2501,Oben,1," + b"O" * 61 + b",BE,70,fr", "commune can't be OOO"),
        (b"2501,Ob\0en,1,Oben,BE,70,fr", "locality can't be Ob"),
        (b"2501,Oben,1,Oben,Bern,70,fr", "canton can't be Bern"),
        (b"2501,Oben,1,Oben,BE,70,f\0r", "language can't be f"),
        (b"2501,Oben", "bfs_no can't be empty"),
        (b'2501,"Oben' + b"x" * 140_000, "field larger than"),
        (b"2501,Ob\xe9n,1,Oben,BE,70,fr", "this is not UTF-8"),
    ],
)
def test_a_row_that_is_not_well_formed_is_named_by_its_line_and_nothing_is_loaded(tmp_path, row, sentence):
    path = tmp_path / "places.csv"
    head, good = b"postcode,locality,bfs_no,commune,canton,share,language\n", b"2500,Oben,1,Oben,BE,30,de\n"
    path.write_bytes(head + good + row + b"\n" + good)
    with pytest.raises(CommandError, match=re.escape(f"{path}, line 3: {sentence}")):
        call_command("load_communes", localities=path)
    assert Commune.objects.count() == 0


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("1,3,Obenunten,BE,2026-13-01", "date can't be 2026-13-01"),
        ("1,3,Obenunten,BE,1.1.2026", "date can't be 1.1.2026"),
        ("-1,3,Obenunten,BE,2026-01-01", "old_no can't be -1"),
        ("1,,Obenunten,BE,2026-01-01", "new_no can't be empty"),
    ],
)
def test_a_merger_that_is_not_well_formed_is_named_by_its_line_and_nothing_is_loaded(tmp_path, row, sentence):
    path = tmp_path / "mutations.csv"
    path.write_text(f"old_no,new_no,new_name,canton,date\n{row}\n")
    with pytest.raises(CommandError, match=re.escape(f"{path}, line 2: {sentence}")):
        call_command("load_communes", mutations=path, verbosity=0)
    assert Commune.objects.count() == 0


def test_a_missing_file_or_column_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.csv"):
        call_command("load_communes", localities=tmp_path / "nowhere.csv")
    (tmp_path / "places.csv").write_text("postcode,locality,bfs_no,commune,share,language\n")
    with pytest.raises(CommandError, match="lacks the columns canton"):
        call_command("load_communes", localities=tmp_path / "places.csv")


PLACES = (
    "postcode,locality,bfs_no,commune,canton,share,language\n"
    "2500,Oben,404,Oben,BE,100,de\n2501,Unten,406,Unten,BE,100,de\n2502,Neben,413,Neben,BE,100,de\n"
)


def load(folder, *mutations):
    (folder / "places.csv").write_text(PLACES)
    (folder / "mutations.csv").write_text("old_no,new_no,new_name,canton,date\n" + "\n".join(mutations) + "\n")
    files = {"localities": folder / "places.csv", "mutations": folder / "mutations.csv"}
    call_command("load_communes", **files, verbosity=0, stderr=_Quiet())


@pytest.mark.parametrize("turned", [False, True])
def test_a_chain_in_one_file_is_followed_to_its_end_whatever_the_order(tmp_path, turned):
    rows = ["413,6998,Zwischen,BE,2025-01-01", "6998,6997,Endgemeinde,BE,2026-01-01"]
    for _time in range(2):
        load(tmp_path, *(rows[::-1] if turned else rows))
        between = Commune.objects.get(pk=6998)
        assert (str(between.valid_to), between.successor_id) == ("2026-01-01", 6997)
        assert {place.commune_id for place in Locality.objects.filter(postcode="2502")} == {6997}


def test_one_dated_in_the_future_changes_nothing_before_its_day_and_then_takes_place_by_itself(tmp_path, partner):
    load(tmp_path, "404,406,Unten,BE,2099-01-01")
    partner.coverage.create(commune_id=404, valid_from="2024-01-01")
    take_due_mutations()
    assert Commune.objects.get(pk=404).successor is None
    assert {place.commune_id for place in Locality.objects.filter(postcode="2500")} == {404}
    Locality.objects.create(postcode="2500", name="Oben", commune_id=406, share=10)
    with clock.set_to(datetime(2099, 1, 1, 9, tzinfo=UTC)):
        for _time in range(2):
            take_due_mutations()
        assert [row.commune_id for row in partner.coverage.live()] == [406]
    assert (Commune.objects.get(pk=404).successor_id, str(Commune.objects.get(pk=404).valid_to)) == (406, "2099-01-01")
    assert [(place.commune_id, place.share) for place in Locality.objects.filter(postcode="2500")] == [(406, 110)]


def test_an_announced_merger_may_be_corrected_before_its_day(tmp_path):
    load(tmp_path, "404,406,Unten,BE,2099-01-01")
    load(tmp_path, "404,413,Neben,BE,2099-01-01")
    assert [(row.old_no, row.new_no) for row in CommuneMutation.objects.all()] == [(404, 413)]


def test_a_ring_with_what_is_announced_is_refused(tmp_path):
    load(tmp_path, "404,406,Unten,BE,2099-01-01")
    with pytest.raises(CommandError, match="line 2: 406 would follow itself"):
        load(tmp_path, "406,404,Oben,BE,2099-02-01")


def test_a_register_that_lacks_what_is_live_here_is_refused_until_somebody_says_what_follows(tmp_path, partner):
    load(tmp_path)
    partner.coverage.create(commune_id=404, valid_from="2024-01-01")
    (tmp_path / "next.csv").write_text(PLACES.replace(",404,Oben,", ",406,Unten,"))
    (tmp_path / "said.csv").write_text("old_no,new_no,new_name,canton,date\n404,406,Unten,BE,2026-01-01\n")
    with pytest.raises(CommandError, match=re.escape("lacks what is live here: 404 Oben (BE). Say in --mutations")):
        call_command("load_communes", localities=tmp_path / "next.csv", verbosity=0)
    assert {place.commune_id for place in Locality.objects.filter(postcode="2500")} == {404}
    for mutations in (tmp_path / "said.csv", None):
        call_command("load_communes", localities=tmp_path / "next.csv", mutations=mutations, verbosity=0)
        assert [row.commune_id for row in partner.coverage.live()] == [406]
    assert list(Commune.objects.live().order_by("pk").values_list("pk", flat=True)) == [406, 413]


def test_a_merger_may_be_newer_than_the_register_but_what_it_made_can_not_go_unsaid_later(tmp_path):
    load(tmp_path, "404,6997,Ganz,BE,2026-01-01")
    load(tmp_path)
    assert Commune.objects.live().filter(pk=6997).exists()
    (tmp_path / "next.csv").write_text(PLACES.replace(",404,Oben,", ",406,Unten,"))
    with pytest.raises(CommandError, match=r"6997 Ganz \(BE\)"):
        call_command("load_communes", localities=tmp_path / "next.csv", verbosity=0)


def test_what_a_register_brings_back_goes_up_in_its_successor_again(tmp_path):
    (tmp_path / "next.csv").write_text(PLACES.replace(",404,Oben,", ",406,Unten,"))
    (tmp_path / "said.csv").write_text("old_no,new_no,new_name,canton,date\n404,406,Unten,BE,2026-01-01\n")
    call_command("load_communes", localities=tmp_path / "next.csv", mutations=tmp_path / "said.csv", verbosity=0)
    load(tmp_path)
    assert Commune.objects.get(pk=404).successor_id == 406


def test_the_shipped_mergers_move_who_spoke_for_moutier(partner):
    moutier = Commune.objects.create(bfs_no=700, name="Moutier", canton="BE", language="fr")
    partner.coverage.create(commune=moutier, valid_from="2024-01-01")
    call_command("load_communes", verbosity=0, stdout=_Quiet())
    moutier.refresh_from_db()
    assert (moutier.successor_id, str(moutier.valid_to), moutier.successor.canton) == (6831, "2026-01-01", "JU")
    assert [row.commune_id for row in partner.coverage.live()] == [6831]
    assert Commune.objects.live().count() == 2110


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (["404,406,Unten,BE,2025-01-01", "406,404,Oben,BE,2026-01-01"], 3),
        (["406,413,Neben,BE,2026-01-01", "404,406,Unten,BE,2025-01-01", "413,404,Oben,BE,2026-02-01"], 4),
    ],
)
def test_a_ring_is_refused_by_its_line(tmp_path, rows, line):
    with pytest.raises(CommandError, match=f"line {line}: .* would follow itself"):
        load(tmp_path, *rows)
    assert not Commune.objects.exists()


def test_a_ring_with_what_was_merged_before_is_refused_too(tmp_path):
    load(tmp_path, "404,406,Unten,BE,2025-01-01")
    with pytest.raises(CommandError, match="line 2: 406 would follow itself"):
        load(tmp_path, "406,404,Oben,BE,2026-01-01")


def test_one_that_names_itself_is_harmless(tmp_path):
    load(tmp_path, "404,404,Obenneu,BE,2025-01-01")
    assert Commune.objects.get(pk=404).successor is None


def test_a_second_load_of_the_same_register_changes_nothing():
    for _time in range(2):
        call_command("load_communes", verbosity=0, stdout=_Quiet())
    assert RegisterLoad.objects.count() == 1


def test_what_a_load_changed_stays_to_be_read(tmp_path, client, admin):
    load(tmp_path)
    first = RegisterLoad.objects.get()
    assert (first.file, first.counts) == ("places.csv", {"new": 3, "renamed": 0, "merged": 0})
    assert first.new == ["404 Oben (BE)", "406 Unten (BE)", "413 Neben (BE)"]
    load(tmp_path)
    assert RegisterLoad.objects.count() == 1  # nothing has changed
    Commune.objects.filter(pk=406).update(name="Anders")
    load(tmp_path, "413,404,Oben,BE,2025-01-01")
    last = RegisterLoad.objects.first()
    assert last.renamed == ["406 Anders (BE) → Unten (BE)"]
    assert len(last.merged) == 1 and last.counts["new"] == 0
    client.force_login(admin)
    page = client.get("/settings/communes/").content.decode()
    assert "0 new, 1 with another name, 1 merged" in page and "406 Anders (BE) → Unten (BE)" in page
