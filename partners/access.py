"""Roles inside an organisation, one decorator each: the person must be acting for it now."""

from people.access import access


def partner_role(*roles):
    return access(
        "partner: " + ", ".join(roles),
        lambda user: bool(user.acting_for) and not user.membership_roles.isdisjoint(roles),
    )


social_worker_required = partner_role("social_worker", "manager")


def reads_requests(user):
    """The service desk, the dispatcher, and social workers for their own organisation."""
    if user.acting_for:
        return not user.membership_roles.isdisjoint({"social_worker", "manager"})
    return user.has_role("admin", "dispatcher")


request_reader_required = access("admin, dispatcher, partner: social_worker, manager", reads_requests)
invoice_reader_required = access(
    "treasurer, admin, auditor, partner: manager, accounting",
    lambda user: (
        not user.membership_roles.isdisjoint({"manager", "accounting"})
        if user.acting_for
        else user.has_role("treasurer", "admin", "auditor")
    ),
)
partner_reader_required = access(
    "admin, dispatcher, treasurer, auditor, partner: manager",
    lambda user: (
        "manager" in user.membership_roles
        if user.acting_for
        else user.has_role("admin", "dispatcher", "treasurer", "auditor")
    ),
)
inviter_required = access(
    "admin, partner: manager",
    lambda user: "manager" in user.membership_roles if user.acting_for else user.has_role("admin"),
)
association_reader_required = access(
    "admin, dispatcher, treasurer, auditor",
    lambda user: not user.acting_for and user.has_role("admin", "dispatcher", "treasurer", "auditor"),
)
note_writer_required = access(
    "admin, dispatcher, treasurer",
    lambda user: not user.acting_for and user.has_role("admin", "dispatcher", "treasurer"),
)
manager_required = partner_role("manager")
writer_required = inviter_required  # an admin to an organisation, a manager to the association
signer_required = inviter_required  # reads the agreement that is to be signed
editor_required = inviter_required  # of an organisation's data
