"""Organisations taken over from workbooks by the command; by the pages: test_import_pages.py."""

from datetime import date
from html import escape
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command, load_command_class

from documents.models import Mail
from partners.import_columns import FIELDS, headings
from partners.models import Agreement, BillTo, Commune, Coverage, Membership, Partner, PartnerStep, Tariff
from people.models import User
from tests.documents.test_workbooks import SAMPLES, with_parts

pytestmark = pytest.mark.django_db
ORGANISATION = {
    "Organisation": "Sozialdienst Beispiel",
    "Art": "Regionaler Sozialdienst",
    "Strasse": "Kirchbühl",
    "Hausnummer": "19a",
    "PLZ": "3400",
    "Ort": "Burgdorf",
    "Sprache": "Deutsch",
    "Lieferung": "Büro",
    "Tarif": "standard",
    "Gemeinden": "404",
    "Seit": "01.02.2023",
    "Agreement version": "2023.1",
    "Signed on": "15.01.2023",
    "Signed by": "Ruth Muster",
    "Funktion": "Gemeindeschreiberin",
    "Bill-to name": "",
    "Bill-to department": "",
    "Bill-to street": "",
    "Bill-to postcode": "",
    "Bill-to town": "",
    "Bill-to country": "",
    "Invoice e-mail": "rechnungen@example.org",
    "Cadence": "",
    "Cost centre": "",
    "Supplier number": "",
    "User name": "",
    "User e-mail": "",
    "User role": "",
}


def row(**changes):
    """A row with all that an active organisation needs; changes name columns by `_` for a space."""
    typed = {name.replace("_", " "): value for name, value in changes.items()}
    unknown = {name: value for name, value in typed.items() if name not in ORGANISATION}
    assert not unknown
    return list((ORGANISATION | typed).values())


def xlsx(*rows):
    book = openpyxl.Workbook()
    for each in (list(ORGANISATION), *rows):
        book.active.append(each)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def ods(*rows):
    """The same as LibreOffice would save it, made from its sample: soffice itself is on no test's machine."""

    def cell(value):
        if isinstance(value, int):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        text = f"<text:p>{escape(str(value))}</text:p>"
        return (
            f'<table:table-cell office:value-type="string">{text}</table:table-cell>'
            if value
            else "<table:table-cell/>"
        )

    lines = (f"<table:table-row>{''.join(map(cell, each))}</table:table-row>" for each in (list(ORGANISATION), *rows))
    table = "".join(lines).encode()

    def with_rows(content):
        before, _first, rest = content.partition(b"<table:table-row")
        return before + table + rest[rest.index(b"</table:table>") :]

    return with_parts((SAMPLES / "libreoffice.ods").read_bytes(), content_xml=with_rows)


def books():
    """All that is written about organisations, to see that nothing was."""
    models = (Partner, PartnerStep, BillTo, Coverage, Agreement, Membership, User, Mail)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.fixture(autouse=True)
def communes(commune):
    for number, name, canton in ((261, "Zürich", "ZH"), (418, "Oberburg", "BE"), (371, "Biel/Bienne", "BE")):
        Commune.objects.create(bfs_no=number, name=name, canton=canton, language="de")
    for number, name, canton in ((4003, "Buchs (AG)", "AG"), (83, "Buchs (ZH)", "ZH"), (120, "Wald (ZH)", "ZH")):
        Commune.objects.create(bfs_no=number, name=name, canton=canton, language="de")
    french = Commune.objects.create(bfs_no=5586, name="Lausanne", canton="VD", language="fr")
    Commune.objects.create(
        bfs_no=5400, name="Gewesen", canton="VD", language="fr", valid_to="2020-01-01", successor=french
    )


@pytest.fixture
def take_over(take_over_alone, admin):
    """The command, where there is an admin who countersigns."""
    return take_over_alone


@pytest.fixture
def take_over_alone(tmp_path):
    """Run the command over a workbook: what it printed, and its error."""

    def run(content, *options, name="organisations.xlsx"):
        path = tmp_path / name
        path.write_bytes(content)
        out = StringIO()
        try:
            call_command("import_partners", str(path), *options, stdout=out, stderr=StringIO())
        except CommandError as error:
            return out.getvalue(), str(error)
        return out.getvalue(), ""

    return run


# What is taken over


def test_an_organisation_with_all_it_needs_is_active(take_over, admin):
    said, error = take_over(xlsx(row()))
    assert error == ""
    assert said.splitlines() == [
        "Row 2: Sozialdienst Beispiel: active.",
        "1 organisation taken over: 1 active, 0 admitted. 0 there already. 0 refused.",
    ]
    partner = Partner.objects.get()
    assert (partner.name, partner.kind, partner.status) == ("Sozialdienst Beispiel", "regional", "active")
    assert (partner.street, partner.house_number, partner.postcode, partner.town) == (
        "Kirchbühl",
        "19a",
        "3400",
        "Burgdorf",
    )
    assert (partner.language, partner.delivery, partner.tier) == ("de", "office", "standard")
    bill_to = partner.bill_tos.get()
    assert (bill_to.name, bill_to.street, bill_to.postcode, bill_to.country) == (
        "Sozialdienst Beispiel",
        "Kirchbühl",
        "3400",
        "CH",
    )
    assert (bill_to.email, bill_to.cadence, bill_to.language) == ("rechnungen@example.org", "month", "de")
    assert list(partner.coverage.values_list("commune", "valid_from", "valid_to")) == [(404, date(2023, 2, 1), None)]
    agreement = partner.agreements.get()
    assert (agreement.version, agreement.signed_on, agreement.signed_by) == ("2023.1", date(2023, 1, 15), "Ruth Muster")
    assert (agreement.function, agreement.countersigned_by) == ("Gemeindeschreiberin", admin)
    steps = [(step.verb, step.from_status, step.to_status, step.by) for step in partner.steps.all()]
    assert steps == [("admit", "applied", "admitted", admin), ("record_agreement", "admitted", "active", admin)]


def test_a_dry_run_says_the_same_and_writes_nothing(take_over):
    content = xlsx(row(), row(Organisation="Zweite", PLZ="34"), row(Organisation="Dritte", Agreement_version=""))
    before = books()
    said, error = take_over(content, "--dry-run")
    assert books() == before
    assert take_over(content) == (said.replace("would be taken over", "taken over"), error)
    assert Partner.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"Agreement version": "", "Signed on": "", "Signed by": ""}, ["Row 2: The signed agreement is missing."]),
        ({"Signed by": ""}, ["Row 2, column N “Signed by”: Who signed is missing."]),
        ({"Invoice e-mail": ""}, ["Row 2, column V “Invoice e-mail”: The e-mail for invoices is missing."]),
        ({"Strasse": ""}, ["Row 2, column C “Strasse”: The street is missing."]),
    ],
)
def test_with_a_gap_it_is_admitted_and_the_gap_is_named(take_over, changes, missing):
    said, error = take_over(xlsx(row(**changes)))
    assert error == ""
    named = [line.strip() for line in said.splitlines() if line.startswith("  ")]
    assert named[: len(missing)] == missing
    assert "admitted, not active" in said
    assert Partner.objects.get().status == "admitted"
    assert not Agreement.objects.exists()
    assert BillTo.objects.count() == 1


def test_several_rows_are_several_units_communes_and_people(take_over, admin):
    first = {"User name": "Lea Beispiel", "User e-mail": "Lea@Example.org", "User role": "Leitung"}
    second = {
        "Organisation": "SOZIALDIENST  BEISPIEL",
        "Bill-to name": "Schulamt",
        "Bill-to department": "Buchhaltung",
        "Bill-to postcode": "3414",
        "Bill-to town": "Oberburg",
        "Cadence": "quartalsweise",
        "Cost centre": "4711",
        "Gemeinden": "Oberburg",
        "User name": "Nina Beispiel",
        "User e-mail": "nina@example.org",
        "User role": "Buchhaltung",
    }
    blank = dict.fromkeys(["Art", "Strasse", "Sprache", "Seit", "Agreement version", "Signed on"], "")
    said, error = take_over(xlsx(row(**first), row(**second | blank)))
    assert (error, said.splitlines()[0]) == ("", "Row 2, 3: Sozialdienst Beispiel: active.")
    partner = Partner.objects.get()
    assert [(each.name, each.department, each.cadence, each.cost_centre) for each in partner.bill_tos.all()] == [
        ("Sozialdienst Beispiel", "", "month", ""),
        ("Schulamt", "Buchhaltung", "quarter", "4711"),
    ]
    assert set(partner.coverage.values_list("commune", flat=True)) == {404, 418}
    people = [
        (each.user.email, each.invited_as, each.role, each.is_pending) for each in partner.memberships.order_by("pk")
    ]
    assert people == [
        ("lea@example.org", "Lea Beispiel", "manager", True),
        ("nina@example.org", "Nina Beispiel", "accounting", True),
    ]
    assert not Mail.objects.exists()
    lea = User.objects.get(email="lea@example.org")
    assert (lea.has_usable_password(), lea.language) == (False, "de")
    assert list(lea.emailaddress_set.values_list("email", "primary", "verified")) == [("lea@example.org", True, True)]


def test_the_first_people_are_invited_by_mail_when_asked_to(take_over):
    person = {"User name": "Lea Beispiel", "User e-mail": "lea@example.org", "User role": "manager"}
    take_over(xlsx(row(**person), row(Organisation="Zweite", **person)), "--invite")
    assert [mail.kind for mail in Mail.objects.all()] == ["partners.invited"] * 2
    assert User.objects.filter(email="lea@example.org").count() == 1
    assert [step.verb for step in Partner.objects.first().steps.all()] == ["admit", "record_agreement", "invite"]


def test_who_is_known_by_the_address_is_the_same_person(take_over, make_user):
    known = make_user("lea@example.org", name="Lea Frei")
    take_over(xlsx(row(**{"User name": "Lea Beispiel", "User e-mail": "LEA@example.org", "User role": "manager"})))
    assert Membership.objects.get().user == known
    known.refresh_from_db()
    assert known.name == "Lea Frei"


def test_what_is_left_empty_follows_from_the_rest(take_over):
    take_over(xlsx(row(Art="", Sprache="", Lieferung="", Tarif="", Seit="", Gemeinden="5586")))
    partner = Partner.objects.get()
    assert (partner.kind, partner.language, partner.delivery, partner.tier) == ("commune", "fr", "person", "standard")
    assert partner.bill_tos.get().language == "fr"
    assert partner.coverage.get().valid_from == date(2023, 1, 15)


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        (404, {404}),
        (404.0, {404}),
        ("0404", {404}),
        ("404, 418; 261", {404, 418, 261}),
        ("404 418/261", {404, 418, 261}),
        ("Burgdorf; oberburg", {404, 418}),
        ("Biel/Bienne", {371}),
        ("Zu\u0308rich", {261}),
        ("Buchs AG, Buchs (ZH)", {4003, 83}),
        ("Wald", {120}),
    ],
)
def test_communes_by_number_or_name(take_over, typed, numbers):
    assert take_over(xlsx(row(Gemeinden=typed)))[1] == ""
    assert set(Coverage.objects.values_list("commune", flat=True)) == numbers


# Twice is as once


def test_a_second_run_changes_nothing(take_over):
    person = {"User name": "Lea Beispiel", "User e-mail": "lea@example.org", "User role": "manager"}
    content = xlsx(row(**person), row(Organisation="Zweite", **{"Bill-to name": "Amt", "Signed by": ""}))
    take_over(content)
    before = books()
    said, error = take_over(content)
    assert (books(), error) == (before, "")
    assert said.splitlines() == [
        "Row 2: Sozialdienst Beispiel: there already.",
        "Row 3: Zweite: there already.",
        "  Row 3: Agreement 2023.1 is not recorded. It was not added.",
        "0 organisations taken over: 0 active, 0 admitted. 2 there already. 0 refused.",
    ]


def test_what_the_workbook_says_otherwise_is_named_and_not_written(take_over):
    take_over(xlsx(row()))
    before = books()
    changes = {
        "Organisation": "Sozialdienst BEISPIEL",
        "Strasse": "Bahnhofstrasse",
        "Lieferung": "person",
        "Invoice e-mail": "neu@example.org",
        "Cadence": "quarter",
        "Signed by": "Hans Anders",
        "Gemeinden": "404, 418",
        "User name": "Lea Beispiel",
        "User e-mail": "lea@example.org",
        "User role": "manager",
    }
    said, error = take_over(xlsx(row(**changes), row(**changes | {"Bill-to name": "Schulamt"})))
    assert (books(), error) == (before, "")
    assert [line.strip() for line in said.splitlines() if line.startswith("  ")] == [
        "Row 2: Name: “Sozialdienst Beispiel” is recorded, and stays. Here it says “Sozialdienst BEISPIEL”.",
        "Row 2: Street: “Kirchbühl” is recorded, and stays. Here it says “Bahnhofstrasse”.",
        "Row 2: Usual delivery: “To our office” is recorded, and stays. Here it says “To the person”.",
        "Row 2: How often: “Once a month” is recorded, and stays. Here it says “Once a quarter”.",
        "Row 2: E-mail for invoices: “rechnungen@example.org” is recorded, and stays. Here it says “neu@example.org”.",
        "Row 3: “Schulamt” does not pay for it. It was not added.",
        "Row 2: Signed by: “Ruth Muster” is recorded, and stays. Here it says “Hans Anders”.",
        "Row 2: Oberburg (BE) is not among its communes. It was not added.",
        "Row 2: lea@example.org has no role there as Manager. It was not added.",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Sozialdienst Mu\u0308li-Ba\u0308chau",
        "SOZIALDIENST MÜLI-BÄCHAU",
        "Sozialdienst\u202fMüli-Bächau",
        " Sozialdienst\u00a0 Müli-Bächau ",
    ],
)
def test_no_other_way_to_write_a_name_makes_it_another_organisation(take_over, name):
    take_over(xlsx(row(Organisation="Sozialdienst Müli-Bächau")))
    before = books()
    said, error = take_over(xlsx(row(Organisation=name)))
    assert (": there already." in said, error) == (True, "")
    assert books() == before
    assert Partner.objects.get().name == "Sozialdienst Müli-Bächau"


def test_the_same_name_under_another_postcode_is_another_organisation(take_over):
    take_over(xlsx(row(), row(PLZ="3414", Ort="Oberburg")))
    assert Partner.objects.count() == 2


# Faults

FAULTS = [  # what is typed, the column's letter and heading, and what is said
    ({"Organisation": ""}, "A “Organisation”", "This must not be empty."),
    (
        {"Organisation": "Dienst <b>"},
        "A “Organisation”",
        "A name has no line breaks or invisible signs, no “<” and no web address.",
    ),
    ({"Organisation": "x" * 71}, "A “Organisation”", "At most 70 characters have room; these are 71."),
    (
        {"Art": "Verein"},
        "B “Art”",
        "“Verein” is not known here. There are: "
        "Commune, Canton, Regional social service, Mandated organisation, Relief organisation.",
    ),
    (
        {"PLZ": 340},
        "E “PLZ”",
        "“340” is a number here, and zeros at its beginning may be lost: write the postcode as text.",
    ),
    ({"PLZ": "34000"}, "E “PLZ”", "“34000” is no postcode: four digits, like 3400."),
    ({"Ort": "#N/A"}, "F “Ort”", "“#N/A” is a formula’s error: mend it in your program."),
    ({"Sprache": "Romanisch"}, "G “Sprache”", "“Romanisch” is not known here. There are: de, fr, it, en."),
    ({"Gemeinden": "404, 9999"}, "J “Gemeinden”", "No commune has the BFS number 9999."),
    ({"Gemeinden": "Buchs"}, "J “Gemeinden”", "“Buchs” may be 83 Buchs (ZH), 4003 Buchs (AG): write the number."),
    (
        {"Gemeinden": "5400"},
        "J “Gemeinden”",
        "Gewesen (VD), BFS number 5400, is no commune any more: write 5586 Lausanne (VD).",
    ),
    ({"Seit": "07/08/2023"}, "K “Seit”", "“07/08/2023” may be 07.08.2023 or 08.07.2023: write it like 31.12.2024."),
    ({"Signed on": "31.02.2023"}, "M “Signed on”", "“31.02.2023”: there is no such day."),
    (
        {"Signed on": "=L2"},
        "M “Signed on”",
        "This formula is not computed: open the file once in your program and save it.",
    ),
    ({"Signed on": "01.01.2199"}, "M “Signed on”", "This day has not come yet."),
    ({"Bill-to name": "Kasse 漢"}, "P “Bill-to name”", "A QR-bill does not know 漢 (U+6F22)."),
    ({"Bill-to street": "Kasse"}, "S “Bill-to postcode”", "An address for invoices needs postcode and town."),
    (
        {"Bill-to country": "Atlantis"},
        "U “Bill-to country”",
        "“Atlantis” is not known here. There are: CH, LI, DE, AT, FR, IT.",
    ),
    ({"Invoice e-mail": "rechnungen@"}, "V “Invoice e-mail”", "“rechnungen@” is no e-mail address."),
    (
        {"Invoice e-mail": "a@example.org; b@example.org"},
        "V “Invoice e-mail”",
        "“a@example.org; b@example.org” is no e-mail address.",
    ),
    ({"Tarif": "gold"}, "I “Tarif”", "“gold” is not known here. There are: full, standard."),
    ({"User e-mail": "lea@example.org"}, "Z “User name”", "A person needs name, e-mail and role."),
    (
        {"User name": "Le\u202ea", "User e-mail": "l@example.org", "User role": "manager"},
        "Z “User name”",
        "A name has no line breaks or invisible signs. Take out U+202E.",
    ),
]


@pytest.fixture
def tariff():
    return Tariff.objects.create(tier="full", delivery="person", valid_from="2023-01-01", amount=265)


@pytest.mark.parametrize(
    "changes, column, sentence", FAULTS, ids=[f"{case[1]} {number}" for number, case in enumerate(FAULTS)]
)
def test_a_fault_is_named_by_row_and_column_and_the_good_rows_are_taken(take_over, tariff, changes, column, sentence):
    before = row(Organisation="Vorher")
    said, error = take_over(xlsx(before, row(**changes), row(Organisation="Nachher")))
    assert f"  Row 3, column {column}: {sentence}" in said.splitlines()
    assert error == "1 organisation refused: mend these rows and repeat."
    assert [partner.name for partner in Partner.objects.all()] == ["Nachher", "Vorher"]


def test_a_fault_in_one_row_refuses_the_whole_organisation(take_over):
    said, _error = take_over(xlsx(row(), row(**{"Bill-to name": "Amt", "Cadence": "nie"})))
    assert "  Row 2: The same organisation is to be mended in row 3." in said.splitlines()
    assert not Partner.objects.exists()


def test_rows_of_one_organisation_that_differ_are_named(take_over):
    said, _error = take_over(xlsx(row(), row(Strasse="Bahnhofstrasse")))
    assert "  Row 3, column C “Strasse”: Row 2 says “Kirchbühl”." in said.splitlines()
    assert not Partner.objects.exists()


def test_who_works_for_the_association_acts_for_no_organisation(take_over, dispatcher):
    person = {"User name": "Lea", "User e-mail": dispatcher.email, "User role": "manager"}
    said, _error = take_over(xlsx(row(**person)))
    assert "This person works for the association and can’t act for an organisation." in said


def test_a_total_the_example_and_unknown_columns_are_named_and_left_out(take_over):
    book = openpyxl.Workbook()
    example = row(Organisation="Beispiel: diese Zeile löschen")
    for each in (
        ["Unsere Liste"],
        [],
        [*ORGANISATION, "Fax"],
        [*example, ""],
        [*row(), "034"],
        ["Total", *[""] * 20, 1],
    ):
        book.active.append(each)
    content = BytesIO()
    book.save(content)
    said, error = take_over(content.getvalue())
    assert error == ""
    assert said.splitlines()[:4] == [
        "Column AC “Fax”: This column is not read.",
        "Row 4: The template’s example: this row is not read.",
        "Row 6: A total is no organisation: this row is not read.",
        "Row 5: Sozialdienst Beispiel: active.",
    ]


def test_without_an_admin_nobody_countersigns(take_over_alone, db):
    said, _error = take_over_alone(xlsx(row()))
    assert "There is no admin yet to countersign the agreement." in said
    assert Partner.objects.get().status == "admitted"


def test_what_the_database_refuses_is_refused_alone(take_over, monkeypatch):
    """Somebody writes the same organisation between the look and the writing."""
    from partners import importing

    compare = importing.compare

    def compare_too_early(organisations):
        compare(organisations)
        Partner.objects.create(name="ZWEITE", postcode="3400", town="Burgdorf")

    monkeypatch.setattr(importing, "compare", compare_too_early)
    said, error = take_over(xlsx(row(), row(Organisation="Zweite"), row(Organisation="Dritte")))
    assert "  Row 3: There is an organisation of this name and postcode already." in said.splitlines()
    assert error == "1 organisation refused: mend these rows and repeat."
    assert sorted(partner.name for partner in Partner.objects.all()) == ["Dritte", "Sozialdienst Beispiel", "ZWEITE"]


# A thousand


@pytest.mark.parametrize("save", [xlsx, ods])
def test_a_thousand_with_faults_among_them(take_over, tariff, save, django_assert_max_num_queries):
    faults = [case for case in FAULTS if len(case[0]) == 1 and case[1][0] not in "SZ"]  # one sentence for each
    if save is ods:
        faults = [case for case in faults if "=L2" not in case[0].values()]
    rows, wrong = [], {}
    for number in range(1, 1001):
        changes = {
            "Organisation": f"Gemeinde Mu\u0308hle\u202f{number}",
            "Gemeinden": 404,
            "Invoice e-mail": f"re{number}@example.org",
        }
        if number % 40 == 0 and number // 40 <= len(faults):
            typed, column, sentence = faults[number // 40 - 1]
            changes |= typed
            wrong[number + 1] = f"  Row {number + 1}, column {column}: {sentence}"
        rows.append(row(**changes))
    assert len(wrong) >= 15
    content = save(*rows)
    with django_assert_max_num_queries(250):
        said, error = take_over(content)
    lines = said.splitlines()
    assert [line for line in lines if line.startswith("  ")] == list(wrong.values())
    assert error == f"{len(wrong)} organisations refused: mend these rows and repeat."
    assert Partner.objects.filter(status="active").count() == 1000 - len(wrong)
    assert Partner.objects.filter(name="Gemeinde Mühle 1").exists()
    before = books()
    said, _error = take_over(content)
    assert books() == before
    assert (
        said.splitlines()[-1]
        == f"0 organisations taken over: 0 active, 0 admitted. {1000 - len(wrong)} there already. {len(wrong)} refused."
    )


# The file


def test_files_that_are_no_workbook_end_in_one_sentence(take_over, tmp_path):
    assert take_over(b"%PDF-1.7\0")[1].endswith("This is no workbook. .xlsx, .ods and CSV are read.")
    assert take_over(b"")[1].endswith("This file is empty.")
    assert take_over(xlsx())[1].endswith("There is no organisation under the headings.")
    assert "is larger than 10 MB" in take_over(b"x" * (10 * 1024 * 1024 + 1))[1]
    with pytest.raises(CommandError, match="can’t be read: No such file"):
        call_command("import_partners", str(tmp_path / "none.xlsx"))


def test_a_csv_in_windows_1252_is_taken_over_too(take_over):
    lines = "\r\n".join(";".join(map(str, each)) for each in (ORGANISATION, row()))
    assert take_over(lines.encode("cp1252"), name="organisations.csv")[1] == ""
    assert Partner.objects.get().street == "Kirchbühl"


def test_only_an_admin_countersigns(take_over, dispatcher):
    assert take_over(xlsx(row()), "--by", dispatcher.email)[1] == "dispatch@example.org is no admin."
    assert not Partner.objects.exists()


def test_the_command_shows_how_it_is_called():
    assert "Example: manage.py import_partners" in load_command_class("partners", "import_partners").help


def test_each_heading_names_one_column_in_every_language():
    from documents.workbooks import heading_key

    keys = {}
    for key, ways in headings().items():
        for heading in ways:
            assert keys.setdefault(heading_key(heading), key) == key, heading
    assert len(headings()) == len(FIELDS)
