"""The codes of the matching, in words."""

from django.utils.translation import gettext_lazy as _

PARTNER_ENDED = "partner_ended"  # why a request was withdrawn by itself
TAKEN_OVER = "taken_over"  # why one was withdrawn: it goes on at the organisation that has taken over
KNOWN = {  # what a further request for such a person is
    "another_person": _("It is another person"),
    "further_laptop": _("It is a further laptop for this person"),
}
CORRECTED = {  # what a correction changed: several fields of a form are one thing to a reader
    "first_name": _("Name"),
    "last_name": _("Name"),
    "birth_year": _("Year of birth"),
    "street": _("Address"),
    "house_number": _("Address"),
    "postcode": _("Address"),
    "town": _("Address"),
    "mobile": _("Mobile"),
    "language": _("Language of the person"),
    "case_reference": _("Case reference"),
    "delivery": _("Delivery"),
    "purpose": _("Purpose"),
    "system": _("System"),
    "keyboard": _("Keyboard"),
    "proof": _("Proof"),
}
SUITS = {  # what speaks for this laptop, with its own values
    "system": _("%(system)s as asked for"),
    "memory": _("%(memory)s, %(needed)s needed"),
    "keyboard": _("keyboard %(keyboard)s"),
    "grade": _("grade %(grade)s"),
    "oldest_approval": _("approved on %(approved)s"),
}
LACKS = {  # what stands in the way of one laptop
    "other_system": _("the system asked for"),
    "too_little_memory": _("enough memory"),
    "other_keyboard": _("the right keyboard"),
    "grade_below_b": _("grade A or B"),
}
WAITS = {
    "nothing_ready": _("No laptop is ready."),
    "all_taken": _("Those that suit go to older approvals."),
    "other_system": _("None is ready with this system."),
    "too_little_memory": _("None that is ready has enough memory."),
    "other_keyboard": _("None is ready with this keyboard."),
    "grade_below_b": _("None that is ready is grade A or B."),
}
