"""What a life cycle is written down in: statuses with their looks and what comes next, and the arrows between them."""

from enum import property as enum_property
from typing import Any, Final, NamedTuple, Self

from django.db.models.enums import TextChoices
from django.utils.functional import Promise

Words = str | Promise


class Look(NamedTuple):
    """How people see a status: its word, a colour and an icon.

    Tones: wait = a person must act, work = in hand, move = under way outside, done, stop = ended badly or blocked,
    none = neutral or over. The word is marked per noun: French and Italian agree with it.
    """

    word: Words
    tone: str
    icon: str


class Next(NamedTuple):
    """What comes next: who acts, the action in a few words, and a sentence on what to expect.

    `actor` is partner, association, post, nobody (it has ended) or empty (it rests). `your_action` and
    `your_sentence` are for who acts; `page` is the URL name of where it is done, empty for the record's own page.
    `own_action` and `own_sentence` are how the organisation itself reads what names it: "your organisation", or "you".
    """

    actor: str
    action: Words
    sentence: Words
    your_action: Words = ""
    your_sentence: Words = ""
    page: str = ""
    own_action: Words = ""
    own_sentence: Words = ""

    def told_to(self, user: Any) -> "Next":
        """The same as this reader is told it."""
        if not user.acting_for:
            return self
        return self._replace(action=self.own_action or self.action, sentence=self.own_sentence or self.sentence)

    def waits_for(self, user: Any) -> bool:
        """Whether this reader acts next: for the partner whoever acts for one, else the association."""
        return self.actor == ("partner" if user.acting_for else "association")


class Status(TextChoices):
    """The statuses of one noun: `NAME = "value", Look(…)`, and `Next(…)` where a page says what comes next."""

    look: Look
    next_step: Next | None

    def __new__(cls, value: str, look: Look, next_step: Next | None = None) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.look, member.next_step = look, next_step
        return member

    @enum_property
    def label(self) -> Words:
        return self.look.word


BACK: Final = "back"  # to where the record stood before its last step


class Move(NamedTuple):
    """An arrow: from which statuses a verb leads, and to which; `title` names the step in a timeline.

    Without a title it is named by the word of the status that it leads to.
    """

    sources: set[Any]
    to: Any
    title: Words = ""


class Arrow(NamedTuple):
    """One way of taking a verb, as it is drawn."""

    verb: str
    start: Any
    to: Any


class Note(NamedTuple):
    """A verb that moves nothing: a fact worth telling."""

    title: Words = ""
