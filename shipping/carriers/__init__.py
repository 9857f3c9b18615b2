"""What a carrier is told about a parcel."""

from dataclasses import dataclass

from documents import ident_codes
from partners.places import country_of


@dataclass(frozen=True)
class Address:
    """Where a parcel goes, or comes from."""

    name: str
    street: str
    postcode: str
    town: str
    reference: str = ""

    @property
    def country(self) -> str:
        """The country's name where it is not Switzerland; empty where it is."""
        return "Liechtenstein" if country_of(self.postcode) == "LI" else ""

    def __str__(self) -> str:
        """The address, a line each."""
        lines = (self.name, self.reference, self.street, f"{self.postcode} {self.town}", self.country)
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
