import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from requests.models import Recipient

pytestmark = pytest.mark.django_db
BLANK = {
    "first_name": "",
    "last_name": "",
    "birth_year": None,
    "street": "",
    "house_number": "",
    "postcode": "",
    "town": "",
    "mobile": "",
}


@pytest.mark.parametrize(
    "left", [{name: "x"} for name in BLANK if name not in ("birth_year", "postcode")] + [{"birth_year": 1994}]
)
def test_of_an_erased_person_nothing_is_left(make_received, left):
    make_received()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Recipient.objects.update(erased_at=timezone.now(), **BLANK | left)
    assert refused.value.__cause__.diag.constraint_name == "erased_person_is_blank"
    assert Recipient.objects.update(erased_at=timezone.now(), **BLANK) == 1
