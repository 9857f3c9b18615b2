"""What a carrier is told about a parcel."""

from dataclasses import dataclass


def spoken(code: str) -> str:
    """An item's code as people read it: `99.00.000000.00000417`."""
    return f"{code[:2]}.{code[2:4]}.{code[4:10]}.{code[10:]}"


@dataclass(frozen=True)
class Address:
    """Where a parcel goes, or comes from."""

    name: str
    street: str
    postcode: str
    town: str
    reference: str = ""


@dataclass(frozen=True)
class LabelFace:
    """All that may stand on the outside of a parcel: two addresses and the code, nothing else of the person.

    What goes to an organisation's office names the request, never the person: that would tell who gets help.
    """

    ident_code: str
    recipient: Address
    sender: Address

    @property
    def spoken_code(self) -> str:
        return spoken(self.ident_code)
