"""What the association tells its readers."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from partners.cantons import CANTONS
from partners.models import Notice, Partner
from records import clock
from web.forms import DateInput, ModelForm


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
        choices=list(CANTONS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Notice
        fields = ["audience", "kind", "cantons", "from_on", "until_on", "tone", "by_mail"]
        widgets = {
            "from_on": DateInput(),
            "until_on": DateInput(),
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
