import re

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from devices.models import Device
from documents import uploads
from partners.models import BillTo, Commune, Coverage, Locality, Partner
from web.forms import DateInput, Form, ModelForm, RowChoiceField
from web.statements import statement
from web.validators import validate_plain_name

from .correcting import what_was_sent
from .lifecycle import RequestStatus
from .models import REASONS, DeclineReason, DeviceRequest, Policy
from .models.policy import ROUND_CAPACITY
from .models.recipient import LANGUAGES, PERSON, validate_birth_year
from .rules import ADDRESS, faults

Purpose, System, Delivery = DeviceRequest.Purpose, Device.System, Partner.Delivery
Resting = Partner.RestingRequests
TYPED = ("case_reference", *(name for name in PERSON if name != "language"))  # what is empty in a new form
WISH = ("case_reference", "bill_to", "commune", "delivery", "purpose", "system", "keyboard")


class OfferedField(forms.ModelChoiceField):
    """One of the records that are offered; once they are read, they are neither read to check one nor to show them."""

    rows = ()

    def offer(self, rows):
        self.rows = rows
        self.choices = [("", self.empty_label), *((row.pk, str(row)) for row in rows)]

    def to_python(self, value):
        chosen = (row for row in self.rows if str(row.pk) == str(value))
        return next(chosen, None) or super().to_python(value)


@statement
def _spoken_for(partner):
    return Coverage.objects.live().filter(partner=partner).select_related("commune").order_by("commune__name")


@statement
def _payers(partner):
    return BillTo.objects.filter(partner=partner, is_active=True)


class CostForm(Form):
    """What an organisation knows of a request and the person does not: its case reference, the commune, who pays."""

    case_reference = forms.CharField(
        label=_("Case reference"),
        help_text=_("Your own reference, printed on your invoice. No names."),
        max_length=40,
    )
    commune = OfferedField(
        label=_("Commune that bears the cost"), queryset=Commune.objects.none(), empty_label=_("Choose")
    )
    bill_to = OfferedField(label=_("Who pays"), queryset=BillTo.objects.none(), empty_label=_("Choose"))

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        self.partner = partner = user.acting_for
        communes = list(dict.fromkeys(row.commune for row in _spoken_for(partner.pk)))
        self._offer("commune", communes, or_any_of=Commune.objects.live())
        self._offer("bill_to", _payers(partner.pk))

    def _offer(self, name, rows, or_any_of=None):
        """The choices of a field; if there is only one it is taken and not asked, whatever an older draft holds."""
        field = self.fields[name]
        if rows or or_any_of is None:
            field.offer(rows)
        else:  # thousands: never read but to be shown
            field.queryset = or_any_of
            rows = list(or_any_of[:2])
        if len(rows) == 1:
            self.initial[name] = rows[0].pk
            field.disabled = True
            field.widget = forms.HiddenInput()


class PlaceForm(Form):
    """Asks about a postcode and a town that don't seem to belong together, with both ways on."""

    is_place_asked = False

    place = forms.CharField(label=_("Postcode and town"), required=False, widget=forms.RadioSelect)

    def _ask_about_place(self, postcode, town):
        """Take over what was chosen if there is a doubt; else ask."""
        question = Locality.objects.question_about(postcode, town)
        if question is None:
            return
        typed = f"{postcode} {town}"
        other = f"{postcode} {question.town}" if question.town else ""
        self.fields["place"].widget.choices = [(each, each) for each in (other, typed) if each]
        answer = self.cleaned_data.get("place")
        self.is_place_asked = True
        if other and answer == other:
            self.cleaned_data["town"] = question.town
        elif answer != typed:
            self.add_error("place", question.sentence)


class CompleteForm(CostForm, PlaceForm):
    """What is added to a request that a person asked by a link; the commune is preset where the postcode says it."""

    def __init__(self, *args, device_request, **options):
        super().__init__(*args, **options)
        self.person = person = device_request.recipient
        self.may_ask = not device_request.case_reference and device_request.delivery == Delivery.PERSON
        known = {"case_reference": device_request.case_reference, "bill_to": device_request.bill_to_id}
        known["commune"] = device_request.commune_id
        if known["commune"] is None and person.postcode:
            known["commune"] = Locality.objects.main_commune(person.postcode, person.town)
        self.initial = known | self.initial  # where there is but one it is taken, whatever was kept

    def clean(self):
        answers = self.cleaned_data
        names = {"first_name": self.person.first_name, "last_name": self.person.last_name, "delivery": ""}
        if reference := answers.get("case_reference"):
            found = faults(names | {"case_reference": reference})
            if fault := found.get("case_reference") or self.partner.reference_fault(reference):
                self.add_error("case_reference", fault)
        if self.may_ask and self.person.postcode:
            self._ask_about_place(self.person.postcode, self.person.town)
        return answers

    @property
    def answers(self):
        """What the organisation adds, with the town that is right if another one was typed."""
        names = ("case_reference", "commune", "bill_to")
        return {name: self.cleaned_data[name] for name in names} | {"town": self.cleaned_data.get("town", "")}


class PolicyForm(ModelForm):
    class Meta:
        model = Policy
        fields = ["guard_months", "round_first", "round_days", "round_capacity"]
        widgets = {"round_first": DateInput()}
        help_texts = {
            "guard_months": _(
                "By marks of name and year of birth that nobody can read. The privacy page says it, too."
            ),
            "round_first": _("The others follow from it. Single days are changed in the calendar."),
        }


class RoundDateForm(Form):
    """How many parcels a day holds; nothing typed: as the rule says."""

    on = forms.DateField(label=_("Day"), widget=DateInput())
    capacity = forms.IntegerField(
        label=_("Parcels"),
        required=False,
        min_value=0,
        max_value=ROUND_CAPACITY[-1],
        help_text=_("0: nothing goes out on this day. Empty: as the rule says."),
    )


class SuccessorForm(Form):
    q = forms.CharField(label=_("Name, town, commune or postcode"), required=False, max_length=70)


class TakeOverForm(Form):
    """What another organisation takes over besides the communes, and who pays there for requests that go along."""

    people = RowChoiceField(
        label=_("What becomes of its people?"),
        choices=[
            ("move", _("They work for the successor, too"), _("Each with the same role, from now on.")),
            ("stay", _("They only read what was"), _("The successor invites whom it needs.")),
        ],
        initial="move",
    )
    requests = RowChoiceField(
        label=_("What becomes of its requests without a laptop?"),
        choices=[
            ("move", _("They go along"), _("With a new number, and with their place in the queue and their price.")),
            ("withdraw", Resting.WITHDRAW.label, _("Within a minute. Whoever asked does not hear it from us.")),
            ("leave", Resting.LEAVE.label, _("The association decides on them once it has ended.")),
        ],
        initial="move",
    )
    payer = forms.ModelChoiceField(
        label=_("Who pays there for requests that go along?"), queryset=BillTo.objects.none(), empty_label=None
    )

    def __init__(self, *args, successor, **options):
        super().__init__(*args, **options)
        self.fields["payer"].queryset = successor.bill_tos.filter(is_active=True)


class RequestForm(CostForm, PlaceForm):
    """A request on one page: person, delivery, laptop. `has_proof`: one was kept with the draft."""

    field_order = (  # that of the page, in which its errors are listed
        *("first_name", "last_name", "birth_year", "case_reference", "delivery"),
        *("street", "house_number", "postcode", "town", "place", "mobile", "language"),
        *("purpose", "system", "proof", "keyboard", "commune", "bill_to"),
    )

    first_name = forms.CharField(label=_("First name"), max_length=50, required=False, validators=[validate_plain_name])
    last_name = forms.CharField(
        label=_("Last name"),
        help_text=_("Who has one name only: either field will do"),
        max_length=50,
        required=False,
        validators=[validate_plain_name],
    )
    birth_year = forms.IntegerField(
        label=_("Year of birth"),
        help_text=_("Four digits: 1989"),
        required=False,
        validators=[validate_birth_year],
        widget=forms.TextInput,
    )
    delivery = RowChoiceField(
        label=_("Where should the parcel go?"),
        choices=[
            (Delivery.PERSON, Delivery.PERSON.label, _("By Swiss Post")),
            (Delivery.OFFICE, Delivery.OFFICE.label, ""),  # its address, see __init__
        ],
    )
    street = forms.CharField(label=_("Street"), max_length=70, required=False)
    house_number = forms.CharField(label=_("No."), max_length=16, required=False)
    postcode = forms.RegexField(
        r"\A[0-9]{4}\Z",
        label=_("Postcode"),
        required=False,
        strip=True,
        error_messages={"invalid": _("Four digits, like 3400")},
    )
    town = forms.CharField(label=_("Town"), max_length=35, required=False)
    mobile = PhoneNumberField(
        label=_("Mobile"),
        help_text=_("Only for questions about the parcel"),
        required=False,
        region="CH",
        error_messages={"invalid": _("A mobile number, like 079 123 45 67, or one with its country code")},
    )
    language = forms.ChoiceField(
        label=_("Language of the person"), help_text=_("For questions to the person"), choices=LANGUAGES
    )
    purpose = RowChoiceField(
        label=_("What is it for?"),
        choices=[
            (Purpose.SCHOOL, Purpose.SCHOOL.label, _("Child or young person at school")),
            (Purpose.TRAINING, Purpose.TRAINING.label, _("Apprenticeship, course, further education")),
            (Purpose.JOB_SEARCH, Purpose.JOB_SEARCH.label, _("Applications, interviews by video")),
            (Purpose.EVERYDAY, Purpose.EVERYDAY.label, _("Forms, mail, contact with the family")),
        ],
    )
    system = RowChoiceField(
        label=_("Operating system"),
        choices=[
            (System.LINUX, System.LINUX.label, _("Ready within a week. Office, video, browser.")),
            (System.WINDOWS, System.WINDOWS.label, _("Only if the training needs it. About three weeks.")),
        ],
    )
    proof = forms.FileField(
        label=_("Proof that Windows is needed"),
        help_text=_("A letter or mail from the training provider. PDF or photo, up to 10 MB."),
        required=False,
    )
    keyboard = forms.ChoiceField(label=_("Keyboard"), choices=Device.Keyboard, widget=forms.RadioSelect)

    def __init__(self, *args, user, has_proof=False, **options):
        super().__init__(*args, user=user, **options)
        self.has_proof, partner = has_proof, self.partner
        preset = {"delivery": partner.delivery, "system": System.LINUX, "language": partner.language}
        preset["keyboard"] = Device.Keyboard.CH_FR if partner.language == "fr" else Device.Keyboard.CH_DE
        self.initial = preset | self.initial
        office = f"{partner.street} {partner.house_number}".strip()
        office = ", ".join(filter(None, [office, f"{partner.postcode} {partner.town}"]))
        delivery = self.fields["delivery"]
        delivery.choice_help = delivery.choice_help | {str(Delivery.OFFICE): office}

    def clean_proof(self):
        proof = self.cleaned_data["proof"]
        if proof and (sentence := uploads.fault(proof, proof.size)):
            raise forms.ValidationError(sentence)
        return proof

    def clean(self):
        self._leave_out_what_is_not_shown()
        answers = self.cleaned_data
        postcode, town = answers.get("postcode"), answers.get("town")
        if postcode and not (town and Locality.objects.has_place(postcode, town)):
            if not Locality.objects.has_postcode(postcode):
                self.add_error("postcode", _("We don’t know this postcode."))
            elif not town and "town" not in self.errors:
                towns = self.towns
                answers["town"] = towns[0] if len(towns) == 1 else ""
            elif town:
                self._ask_about_place(postcode, town)
        asked = {name: answers.get(name) or "" for name in ("case_reference", "first_name", "last_name", *ADDRESS)}
        asked |= {name: answers.get(name) for name in ("delivery", "system", "purpose")}
        asked["proof"] = self.has_proof or answers.get("proof")
        for name, sentence in faults(asked).items():
            if name not in self.errors:  # one is enough
                self.add_error(name if name in self.fields else None, sentence)
        if "case_reference" not in self.errors and (fault := self._reference_fault(asked["case_reference"])):
            self.add_error("case_reference", fault)
        return answers

    def _reference_fault(self, reference):
        return self.partner.reference_fault(reference)

    def _leave_out_what_is_not_shown(self):
        """The person's address when the parcel goes to the office, and a proof for Linux: as good as not typed."""
        answers, hidden = self.cleaned_data, []
        if answers.get("delivery") == Delivery.OFFICE:
            hidden += ["street", "house_number", "postcode", "town"]
        if answers.get("system") == System.LINUX:
            hidden.append("proof")
        for name in hidden:
            self.errors.pop(name, None)
            if name != "proof":
                answers[name] = ""

    @property
    def towns(self):
        """The names of the places of the postcode that was typed, the largest first."""
        postcode = self["postcode"].value() or ""
        return Locality.objects.towns_of(postcode) if re.fullmatch(r"[0-9]{4}", postcode, re.ASCII) else []

    @property
    def person(self):
        return {name: self.cleaned_data[name] for name in PERSON}

    @property
    def wish(self):
        return {name: self.cleaned_data[name] for name in WISH} | {"place_confirmed": self.is_place_asked}


class CorrectForm(RequestForm):
    """What was sent, as far as it can still be corrected; what can't stands beside the form and counts as it is."""

    def __init__(self, *args, user, device_request, **options):
        super().__init__(*args, user=user, has_proof=device_request.proof_id is not None, **options)
        self.sent = what_was_sent(device_request)
        self.initial |= self.sent
        for name in self.fields.keys() - {*device_request.correctable, "place"}:
            del self.fields[name]

    def clean(self):
        self.cleaned_data = self.sent | self.cleaned_data
        return super().clean()

    def _reference_fault(self, reference):
        """By the organisation's rule of today, unless it is an older one that stays."""
        return "" if reference == self.sent["case_reference"] else super()._reference_fault(reference)

    def _ask_about_place(self, postcode, town):
        if (postcode, town) != (self.sent["postcode"], self.sent["town"]):  # what stays was asked about before
            super()._ask_about_place(postcode, town)

    @property
    def answers(self):
        return {name: self.cleaned_data[name] for name in self.sent}


class DeclineForm(Form):
    reason = forms.ChoiceField(label=_("Why?"), choices=DeclineReason, widget=forms.RadioSelect)


class SettleForm(Form):
    """Why the association decides so about a request: the reasons of a verb."""

    reason = forms.ChoiceField(label=_("Why?"), widget=forms.RadioSelect)

    def __init__(self, *args, verb, **options):
        super().__init__(*args, **options)
        if verb in REASONS:
            self.fields["reason"].choices = REASONS[verb].choices
        else:
            del self.fields["reason"]


class FilterForm(Form):
    q = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)  # the search by POST leads here
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=lambda: [("", _("All")), *RequestStatus.choices]
    )


class NameForm(Form):
    """The search by name goes by POST: a name never stands in an address."""

    name = forms.CharField(label=_("Name, case reference or number"), max_length=100)
