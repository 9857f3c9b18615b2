from django import forms
from django.core import signing
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from records import clock

from . import catalogue, links, markdown
from .models import LONGEST_COMMENT

LONGEST_SEARCH = 100
QUICKEST = 2  # seconds in which nobody has read a page and pressed a button
SALT = "help.shown"
LONGEST_BODY = 30_000
TEXT = ("title", "summary", "body")


class SearchForm(forms.Form):
    q = forms.CharField(label=_("What are you looking for?"), required=False)

    def clean_q(self):
        return self.cleaned_data["q"][:LONGEST_SEARCH]


class ByAPersonForm(forms.Form):
    """A form that anybody may send. What fills in every field, or answers at once, is a program."""

    website = forms.CharField(required=False)  # no person sees it
    shown = forms.CharField(required=False)

    @staticmethod
    def stamp() -> str:
        """When the page was made, so that it can't be made up."""
        return signing.dumps(int(clock.now().timestamp()), salt=SALT)

    def is_by_a_person(self) -> bool:
        if not self.is_valid() or self.cleaned_data["website"]:
            return False
        try:
            shown = signing.loads(self.cleaned_data["shown"], salt=SALT)
        except signing.BadSignature:
            return False
        return clock.now().timestamp() - shown >= QUICKEST


class RateForm(ByAPersonForm):
    helpful = forms.ChoiceField(choices=[("yes", ""), ("no", "")])


class CommentForm(ByAPersonForm):
    comment = forms.CharField(
        max_length=LONGEST_COMMENT,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("At most 1000 characters, and no names: nothing is kept of who writes."),
    )

    def __init__(self, *args, is_helpful, **options):
        super().__init__(*args, **options)
        self.fields["comment"].label = gettext("What helped you?") if is_helpful else gettext("What did you miss?")


class ArticleForm(forms.Form):
    """The words of an article in one language; `began_from` is the version that stood on the page."""

    title = forms.CharField(label=_("Title"), max_length=100)
    summary = forms.CharField(
        label=_("Summary"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences: they stand under the title and in the list."),
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text=_("“## ” begins a heading, “- ” a line of a list; an empty line begins a new paragraph."),
    )
    began_from = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args, slugs, **options):
        super().__init__(*args, **options)
        self.slugs = slugs

    def clean_summary(self):
        return " ".join(catalogue.tidy(self.cleaned_data["summary"]).split("\n"))

    def clean_body(self):
        body = catalogue.tidy(self.cleaned_data["body"])
        for target in markdown.targets_in(body):
            if links.leads_nowhere(target, self.slugs):
                raise forms.ValidationError(gettext("The link to “%(target)s” leads nowhere.") % {"target": target})
        return body

    @property
    def text(self):
        return catalogue.Text(*(self.cleaned_data[name] for name in TEXT))
