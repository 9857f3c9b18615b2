from datetime import date

from django import forms
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from documents.payment_text import unknown_signs, with_plain_signs
from documents.uploads import LARGEST, detect_media_type
from records import clock
from records.text import fold, with_numbers
from web.bots import ByAPersonForm
from web.forms import Form, ModelForm, RowChoiceField
from web.pagination import parse_key
from web.validators import validate_plain_name

from .agreement_text import FACTS, unknown_names
from .cantons import CANTONS
from .communes import communes_in, unknown_in
from .lifecycle import PartnerStatus
from .models import Agreement, Application, BillTo, Commune, Notice, OnBehalf, Partner, Tariff
from .notice_period import earliest_end, next_ends
from .reasons import DECLINED, ENDED, SET_ASIDE
from .reference_pattern import is_pattern

FROM_THE_PARTNER = ("name", "postcode", "town")  # needed on an invoice, and may be left out where the two are one
Resting = Partner.RestingRequests
DAYS_TO_CHOOSE = 12
ROLES = [  # with what each of them sees
    ("social_worker", _("Social worker"), _("Enters and approves requests, and sees where each laptop is.")),
    ("manager", _("Manager"), _("All that, and invoices, the organisation’s data and its people.")),
    ("accounting", _("Accounting"), _("Invoices only: no names of people, no requests.")),
]


class CommunesMixin:
    """Fields to choose communes by what one knows of them; "find" shows what was found, and ticks what is certain."""

    def offer_communes(self):
        """Show the communes that were found, and those that are ticked."""
        found = communes_in(self["area"].value() or self.first_guess())
        ticked = [parse_key(str(value)) for value in self["communes"].value() or []]
        shown = {commune.pk: commune for commune in [*found, *Commune.objects.live().filter(pk__in=ticked)]}
        self.fields["communes"].choices = [(pk, str(commune)) for pk, commune in shown.items()]

    def first_guess(self):
        """What to look for while nothing is typed in the field itself."""
        return (self["postcode"].value() or "") if "postcode" in self.fields else ""

    def clean_area(self):
        area = self.cleaned_data["area"]
        if unknown := unknown_in(area):
            raise forms.ValidationError(_("No commune fits “%(what)s”.") % {"what": unknown[0]})
        return area

    @property
    def unknown(self):
        """What was typed for the communes that none fits, while the form is still being written."""
        return [] if self.is_bound else unknown_in(self["area"].value() or "")


def area_field():
    return forms.CharField(
        label=_("Its communes"),
        help_text=_("Names, postcodes or BFS numbers, with commas between them: Burgdorf, 3432, 411."),
        required=False,
        max_length=1000,
    )


def postcode_field():
    return forms.RegexField(
        r"\A[0-9]{4}\Z", label=_("Postcode"), strip=True, error_messages={"invalid": _("Four digits, like 3400")}
    )


def communes_field():
    return forms.ModelMultipleChoiceField(
        label=_("It speaks for"), queryset=Commune.objects.live(), required=False, widget=forms.CheckboxSelectMultiple
    )


class PartnerForm(CommunesMixin, ModelForm):
    """An organisation with its address and the communes it speaks for."""

    name = forms.CharField(label=_("Name"), max_length=70, validators=[validate_plain_name])
    area = area_field()
    communes = communes_field()
    postcode = postcode_field()
    street = forms.CharField(label=_("Street"), max_length=70, validators=[validate_plain_name])

    class Meta:
        model = Partner
        fields = ["name", "kind", "language", "street", "house_number", "postcode", "town", "delivery"]
        widgets = {"delivery": forms.RadioSelect}

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["delivery"].choices = [
            (Partner.Delivery.PERSON, Partner.Delivery.PERSON.label),
            (Partner.Delivery.OFFICE, _("To the organisation")),  # "our" office is said by its own people
        ]
        self.offer_communes()


class BillToForm(ModelForm):
    """Who pays; an empty name or address is taken from the organisation's.

    Signs that a QR-bill does not know become plain ones here, or are refused where they are typed.
    """

    section = _("Who pays")

    class Meta:
        model = BillTo
        fields = [
            "name",
            "department",
            "street",
            "house_number",
            "postcode",
            "town",
            "email",
            "language",
            "cadence",
            "cost_centre",
            "order_number",
        ]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for name in FROM_THE_PARTNER:
            self.fields[name].required = False
        self.fields["email"].required = True  # invoices go out by mail

    def clean(self):
        for name in FROM_THE_PARTNER:
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        for name, text in list(self.cleaned_data.items()):
            if isinstance(text, str) and name != "email":
                self.cleaned_data[name] = plain = with_plain_signs(text)
                if unknown := unknown_signs(plain):
                    self.add_error(name, _("A QR-bill does not know %(signs)s.") % {"signs": with_numbers(unknown)})
        return self.cleaned_data

    def leave_to(self, form):
        """Say nothing of what is the organisation's: it is to be mended there."""
        for name in FROM_THE_PARTNER:
            if name in form.errors and self[name].data == form[name].data:
                self.errors.pop(name, None)


class AgreementForm(ModelForm):
    class Meta:
        model = Agreement
        fields = ["version", "signed_on", "signed_by", "function"]
        widgets = {"signed_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def clean_signed_on(self):
        return not_to_come(self.cleaned_data["signed_on"])


class InviteForm(Form):
    name = forms.CharField(label=_("First and last name"), max_length=100, validators=[validate_plain_name])
    email = forms.EmailField(label=_("E-mail"))
    role = RowChoiceField(label=_("Role"), choices=ROLES)


class RoleForm(Form):
    role = RowChoiceField(label=_("Role"), choices=ROLES)


class JoinForm(CommunesMixin, ByAPersonForm, ModelForm):
    """What an organisation says of itself before anybody knows it."""

    name = forms.CharField(label=_("Name of the organisation"), max_length=70, validators=[validate_plain_name])
    kind = RowChoiceField(
        label=_("What kind of organisation is it?"),
        choices=[
            (Partner.Kind.COMMUNE, _("A commune"), _("It speaks for itself.")),
            (Partner.Kind.REGIONAL, _("A regional social service"), _("It speaks for several communes.")),
            (Partner.Kind.CANTON, _("A canton"), _("It speaks for all of its communes.")),
            (Partner.Kind.MANDATED, _("A mandated organisation"), _("By contract with a commune or a canton.")),
            (Partner.Kind.RELIEF, _("A relief organisation"), _("It accompanies people in poverty.")),
        ],
    )
    mandated_by = forms.CharField(
        label=_("Who has given the mandate?"),
        help_text=_("Only for a mandated organisation: the commune, canton or authority."),
        max_length=140,
        required=False,
        validators=[validate_plain_name],
    )
    canton = forms.ChoiceField(
        label=_("Canton"),
        help_text=_("Only for a canton: all of its communes are taken."),
        choices=[("", "–"), *((code, code) for code in CANTONS)],
        required=False,
    )
    postcode = postcode_field()
    area = area_field()
    communes = communes_field()
    contact_name = forms.CharField(label=_("First and last name"), max_length=100, validators=[validate_plain_name])
    contact_function = forms.CharField(
        label=_("Function"), max_length=100, required=False, validators=[validate_plain_name]
    )

    class Meta:
        model = Application
        fields = [
            "kind",
            "name",
            "mandated_by",
            "postcode",
            "town",
            "contact_name",
            "contact_function",
            "email",
            "phone",
            "language",
            "message",
        ]
        widgets = {"message": forms.Textarea(attrs={"rows": 4}), "language": forms.RadioSelect}

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["language"].choices = settings.LANGUAGES
        self.offer_communes()

    def clean(self):
        super().clean()
        given = self.cleaned_data
        if given.get("kind") == Partner.Kind.MANDATED and not given.get("mandated_by"):
            self.add_error("mandated_by", _("Name the commune, canton or authority."))
        if given.get("kind") == Partner.Kind.CANTON:
            if not given.get("canton"):
                self.add_error("canton", _("Choose the canton."))
            given["communes"] = Commune.objects.live().filter(canton=given.get("canton") or "–")
        elif "area" not in self.errors and not given.get("communes"):
            self.add_error("area", _("Find and tick the communes that it speaks for."))
        return given


class CompleteForm(ModelForm):
    """What the association must know before it can admit: where the office is and where laptops go."""

    street = forms.CharField(label=_("Street"), max_length=70, validators=[validate_plain_name])
    postcode = postcode_field()

    class Meta:
        model = Partner
        fields = ["street", "house_number", "postcode", "town", "phone", "email", "delivery"]
        widgets = {"delivery": forms.RadioSelect}


class EditForm(CompleteForm):
    """An organisation's data, for its managers and the association's admins."""

    name = forms.CharField(label=_("Name"), max_length=70, validators=[validate_plain_name])

    class Meta(CompleteForm.Meta):
        fields = ["name", "kind", "language", *CompleteForm.Meta.fields, "tier"]

    def __init__(self, *args, is_by_association, **options):
        super().__init__(*args, **options)
        if not is_by_association:  # the agreement was made with this name, kind and price
            for name in ("name", "kind", "tier"):
                del self.fields[name]
        else:
            tiers = sorted({self.instance.tier, *Tariff.objects.values_list("tier", flat=True)})
            self.fields["tier"] = forms.ChoiceField(
                label=self.fields["tier"].label, choices=[(tier, tier) for tier in tiers]
            )


class HouseRulesForm(ModelForm):
    """An organisation's own rules for its requests."""

    class Meta:
        model = Partner
        fields = ["approves_by_two", "reference_pattern", "yearly_limit", "person_months"]
        help_texts = {
            "reference_pattern": _("# is a digit, A a letter, * either: AA-####-#### fits LT-2026-0388. Empty: any."),
            "yearly_limit": _("Counted by approval, from January to December. Empty: no limit."),
            "person_months": _("By name and year of birth, as long as the association notices it. Empty: no limit."),
        }

    def clean_reference_pattern(self):
        text = self.cleaned_data["reference_pattern"]
        if text and not is_pattern(text):
            raise forms.ValidationError(_("Write its shape with # for a digit and A for a letter, like AA-####-####."))
        return text


class CoverageForm(CommunesMixin, Form):
    area = area_field()
    communes = communes_field()

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.offer_communes()


class TariffForm(ModelForm):
    """A price of a tier and a delivery mode from a day on."""

    tier = forms.CharField(
        label=_("Tariff tier"), help_text=_("A known one, or a new name."), max_length=20, initial="standard"
    )

    class Meta:
        model = Tariff
        fields = ["tier", "delivery", "amount", "valid_from"]
        widgets = {
            "delivery": forms.RadioSelect,
            "valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def clean_tier(self):
        """One tier, however its letters are written."""
        tiers = {fold(tier): tier for tier in Tariff.objects.values_list("tier", flat=True).distinct()}
        return tiers.get(fold(self.cleaned_data["tier"]), self.cleaned_data["tier"])

    def clean(self):
        day, known = self.cleaned_data.get("valid_from"), {}
        if "tier" in self.cleaned_data and "delivery" in self.cleaned_data:
            known = Tariff.objects.filter(tier=self.cleaned_data["tier"], delivery=self.cleaned_data["delivery"])
        if day and (day < clock.today() or (day == clock.today() and known)):
            self.add_error("valid_from", _("From tomorrow on at the earliest: what was agreed today stays."))
        return super().clean()


class ForWhomForm(Form):
    for_whom = forms.CharField(
        label=_("For whom"), help_text=_("For example: social assistance, asylum."), max_length=60, required=True
    )


class MessageForm(Form):
    text = forms.CharField(
        label=_("Your message"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), strip=True
    )


class NoteForm(Form):
    text = forms.CharField(label=_("Note"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), strip=True)


class OnBehalfForm(Form):
    reason = forms.ChoiceField(label=_("Why?"), choices=OnBehalf.Reason, widget=forms.RadioSelect)


class DeclineForm(Form):
    reason = forms.ChoiceField(label=_("Why?"), choices=list(DECLINED.items()), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("A sentence to the organisation"),
        help_text=_("It stands in the mail’s page, in your words."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self):
        if self.cleaned_data.get("reason") == "other" and not self.cleaned_data.get("text"):
            self.add_error("text", _("Say in a sentence why."))
        return self.cleaned_data


class RestingRequestsForm(Form):
    """What becomes of requests without a laptop when an agreement ends."""

    requests = RowChoiceField(
        label=_("What becomes of its requests without a laptop?"),
        choices=[
            (Resting.WITHDRAW, Resting.WITHDRAW.label, _("Within a minute. Who asked is told by the organisation.")),
            (Resting.LEAVE, Resting.LEAVE.label, _("The association decides on them once it has ended.")),
        ],
        initial=Resting.WITHDRAW,
    )


class EndForm(RestingRequestsForm):
    field_order = ("reason", "requests")

    reason = forms.ChoiceField(label=_("Why?"), choices=list(ENDED.items()), widget=forms.RadioSelect)


class GiveNoticeForm(RestingRequestsForm):
    """The last day of an agreement: for the organisation one of the ends of months that its agreement gives it."""

    field_order = ("ends_on", "requests")

    def __init__(self, *args, is_by_association, **options):
        super().__init__(*args, **options)
        label, today = _("Last day of the agreement"), clock.today()
        if is_by_association:  # which may agree on another day with the organisation
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            self.fields["ends_on"] = forms.DateField(label=label, widget=widget, initial=earliest_end(today))
        else:
            days = [(day.isoformat(), date_format(day)) for day in next_ends(today, DAYS_TO_CHOOSE)]
            self.fields["ends_on"] = forms.TypedChoiceField(label=label, choices=days, coerce=date.fromisoformat)
        self.order_fields(self.field_order)


class SetAsideForm(Form):
    reason = forms.ChoiceField(label=_("Why?"), choices=list(SET_ASIDE.items()), widget=forms.RadioSelect)


class SignForm(Form):
    """Who signs on screen; `read` is the hash of what was shown, so that nobody signs what they have not read."""

    name = forms.CharField(label=_("First and last name"), max_length=100, validators=[validate_plain_name])
    function = forms.CharField(label=_("Function"), max_length=100, validators=[validate_plain_name])
    may_sign = forms.BooleanField(label=_("I have read the agreement, and I may sign for the organisation."))
    read = forms.CharField(widget=forms.HiddenInput)


class UploadForm(Form):
    file = forms.FileField(label=_("The signed agreement as a PDF"), help_text=_("At most 10 MB."))
    name = forms.CharField(label=_("Signed by"), max_length=100, validators=[validate_plain_name])
    function = forms.CharField(label=_("Function"), max_length=100, validators=[validate_plain_name])
    signed_on = forms.DateField(label=_("Signed on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("This file is larger than 10 MB."))
        content = file.read()
        if detect_media_type(content) != "application/pdf":
            raise forms.ValidationError(_("This is no PDF. Scan the signed paper as a PDF."))
        return content

    def clean_signed_on(self):
        return not_to_come(self.cleaned_data["signed_on"])


def not_to_come(day):
    """The day, unless it has not come yet."""
    if day > clock.today():
        raise forms.ValidationError(_("This day has not come yet."))
    return day


class FilterForm(Form):
    q = forms.CharField(label=_("Name, town, commune or postcode"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=lambda: [("", _("All")), *PartnerStatus.choices]
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=lambda: [("", _("All")), *Partner.Kind.choices])
    canton = forms.ChoiceField(
        label=_("Canton"), required=False, choices=lambda: [("", _("All")), *sorted(CANTONS.items())]
    )


class VersionForm(Form):
    """A new version of the agreement in every language."""

    number = forms.RegexField(
        r"\A[0-9A-Za-z.-]{1,20}\Z",
        label=_("Version"),
        help_text=_("A year and a number, like 2027.1."),
        error_messages={"invalid": _("Letters, digits, points and hyphens only.")},
    )
    sign_by = forms.DateField(
        label=_("All partners sign by"),
        help_text=_("Each is asked by mail. Empty: only who joins from now on signs it."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for code, name in settings.LANGUAGES:
            field = forms.CharField(
                label=name,
                max_length=30_000,
                strip=False,  # French has narrow spaces before some signs
                widget=forms.Textarea(attrs={"rows": 12, "lang": code}),
            )
            self.fields[f"body_{code}"] = field

    def clean_sign_by(self):
        day = self.cleaned_data["sign_by"]
        if day and day < clock.today():
            raise forms.ValidationError(_("This day is over."))
        return day

    def clean(self):
        for code, _name in settings.LANGUAGES:
            for name in unknown_names(self.cleaned_data.get(f"body_{code}", "")):
                words = {"name": name, "known": ", ".join(f"{{{known}}}" for known in FACTS)}
                self.add_error(
                    f"body_{code}", _("There is no {%(name)s}. What stands in braces is one of %(known)s.") % words
                )
        return self.cleaned_data

    @property
    def bodies(self):
        """The texts by language."""
        return {code: self.cleaned_data[f"body_{code}"].strip() for code, _name in settings.LANGUAGES}


class NoticeForm(ModelForm):
    """A notice: to whom, from when until when, and its words in the languages of the site."""

    audience = forms.ChoiceField(label=_("To whom?"), choices=Notice.Audience.choices, widget=forms.RadioSelect)
    kind = forms.ChoiceField(
        label=_("Which kind of organisation?"),
        help_text=_("Only for a notice to one kind."),
        choices=[("", "–"), *Partner.Kind.choices],
        required=False,
    )
    cantons = forms.MultipleChoiceField(
        label=_("Which cantons?"),
        help_text=_("Only for a notice to some cantons: it goes to the organisations that speak for a commune there."),
        choices=[(code, code) for code in CANTONS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Notice
        fields = ["audience", "kind", "cantons", "from_on", "until_on", "tone", "by_mail"]
        widgets = {
            "from_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "until_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "tone": forms.RadioSelect,
        }
        help_texts = {"by_mail": _("It goes out when it is published, once to each person, in the person’s language.")}

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["tone"].choices = Notice.Tone.choices
        if not self.instance.is_draft:  # who has read it is told so, and nobody else
            for name in ("audience", "kind", "cantons", "by_mail"):
                del self.fields[name]
        for code, name in settings.LANGUAGES:
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("Title in %(language)s") % {"language": name},
                max_length=100,
                required=False,
                widget=forms.TextInput(attrs={"lang": code}),
            )
            self.fields[f"body_{code}"] = forms.CharField(
                label=_("Text in %(language)s") % {"language": name},
                max_length=800,
                required=False,
                widget=forms.Textarea(attrs={"rows": 4, "lang": code}),
            )

    def clean(self):
        given = super().clean()
        if "audience" in self.fields:
            self._ask_for("kind", _("Choose the kind of organisation."))
            self._ask_for("cantons", _("Choose at least one canton."))
        if given.get("until_on") and given["until_on"] < clock.today():
            self.add_error("until_on", _("This day is over."))
        for code, _name in settings.LANGUAGES:
            halves = [given.get(f"{part}_{code}") for part in ("title", "body")]
            if any(halves) and not all(halves):
                missing = "body" if halves[0] else "title"
                self.add_error(f"{missing}_{code}", _("Write both, title and text, or neither."))
        if not self.errors and not self.words:
            self.add_error(None, _("Write title and text in one language at least."))
        return given

    def _ask_for(self, name, sentence):
        """Ask for what only this audience needs; of any other it is left out."""
        if self.cleaned_data.get("audience") != name:
            self.cleaned_data[name] = [] if name == "cantons" else ""
        elif not self.cleaned_data.get(name):
            self.add_error(name, sentence)

    @property
    def columns(self):
        """What was given beside the words."""
        return {name: self.cleaned_data[name] for name in self._meta.fields if name in self.fields}

    @property
    def words(self):
        """Title and text of each language that has them."""
        given = self.cleaned_data
        return {
            code: (given[f"title_{code}"], given[f"body_{code}"])
            for code, _name in settings.LANGUAGES
            if given.get(f"title_{code}") and given.get(f"body_{code}")
        }

    @property
    def languages(self):
        """The fields of the words, language by language."""
        return [(name, self[f"title_{code}"], self[f"body_{code}"]) for code, name in settings.LANGUAGES]
