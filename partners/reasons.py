"""Why an application was declined, in words; the codes are kept in the steps."""

from django.utils.translation import gettext_lazy as _

DECLINED = {
    "not_social": _("Laptops go to people in poverty, through who accompanies them"),
    "no_mandate": _("No commune, canton or authority has given the mandate"),
    "covered": _("Another organisation speaks for these communes already"),
    "no_answer": _("Our questions were not answered"),
    "other": _("Another reason, said in the message"),
}
SET_ASIDE = {
    "not_authorised": _("Whoever signed has no authority to sign"),
    "wrong_paper": _("The paper handed in is not the agreement, or not whole"),
    "wrong_data": _("The data in it are wrong"),
    "at_request": _("At its own request"),
}
ENDED = {
    "by_organisation": _("By its own notice"),
    "by_association": _("The association gave notice"),
    "merged": _("Another organisation has taken over its tasks"),
}
