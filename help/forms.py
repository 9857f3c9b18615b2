from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from web.bots import ByAPersonForm
from web.forms import Form

from . import catalogue, links, markdown
from .models import LONGEST_COMMENT

LONGEST_SEARCH = 100
LONGEST_BODY = 30_000
TEXT = ("title", "summary", "body")


class SearchForm(Form):
    q = forms.CharField(label=_("What are you looking for?"), required=False)

    def clean_q(self):
        return self.cleaned_data["q"][:LONGEST_SEARCH]


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


class WordsField(forms.CharField):
    """A text that keeps its spaces: French has narrow ones before some signs."""

    def __init__(self, **options):
        super().__init__(strip=False, **options)

    def to_python(self, value):
        return catalogue.tidy(super().to_python(value))


class ArticleForm(Form):
    """The words of an article in one language; `began_from` is the version that stood on the page."""

    title = WordsField(label=_("Title"), max_length=100)
    summary = WordsField(
        label=_("Summary"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences: they stand under the title and in the list."),
    )
    body = WordsField(
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
        return " ".join(self.cleaned_data["summary"].split("\n"))

    def clean_body(self):
        body = self.cleaned_data["body"]
        for target in markdown.targets_in(body):
            if links.leads_nowhere(target, self.slugs):
                raise forms.ValidationError(gettext("The link to “%(target)s” leads nowhere.") % {"target": target})
        return body

    @property
    def text(self):
        return catalogue.Text(*(self.cleaned_data[name] for name in TEXT))
