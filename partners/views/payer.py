"""What the forms of an organisation with its payer share."""


def found_communes(request, main_communes_in):
    """What was typed, with the communes ticked that it means beyond doubt."""
    typed = {name: request.POST.get(name, "") for name in request.POST}
    ticked = [
        *request.POST.getlist("communes"),
        *main_communes_in(typed.get("area") or typed.get("postcode", ""), typed.get("town", "")),
    ]
    return typed | {"communes": ticked}


def unprefixed(typed):
    return {name.removeprefix("pays-"): typed[name] for name in typed if name.startswith("pays-")}


def as_the_organisation(typed, named=""):
    """What was typed, with an empty name or address of the payer filled from the organisation's."""
    filled = typed.copy()
    if not filled.get("pays-name"):
        filled["pays-name"] = filled.get("name", "") or named
    if not any(filled.get(f"pays-{name}") for name in ("street", "postcode", "town")):
        for name in ("street", "house_number", "postcode", "town"):
            filled[f"pays-{name}"] = filled.get(name, "")
    return filled
