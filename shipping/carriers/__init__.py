"""What a carrier is told about a parcel."""

from dataclasses import dataclass

from documents import ident_codes


@dataclass(frozen=True)
class Address:
    """Where a parcel goes, or comes from."""

    name: str
    street: str
    postcode: str
    town: str
    reference: str = ""

    def __str__(self) -> str:
        """The address, a line each."""
        lines = (self.name, self.reference, self.street, f"{self.postcode} {self.town}")
        return "\n".join(line for line in lines if line)


@dataclass(frozen=True)
class LabelFace:
    """All that may stand on the outside of a parcel: two addresses and the code, nothing else of the person.

    What goes to an organisation's office names the request, never the person: that would tell who gets help.
    """

    ident_code: str
    recipient: Address
    sender: Address

    @property
    def printed_code(self) -> str:
        return ident_codes.printed(self.ident_code)
