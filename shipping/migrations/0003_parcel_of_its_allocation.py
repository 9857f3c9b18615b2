from django.db import migrations

# The wrong laptop would go to the wrong person: a parcel repeats request and device of its allocation, word for word.
PARCEL_OF_ITS_ALLOCATION = """
ALTER TABLE shipping_shipment ADD CONSTRAINT parcel_of_its_allocation
  FOREIGN KEY (allocation_id, request_id, device_id) REFERENCES requests_allocation (id, request_id, device_id)
  DEFERRABLE INITIALLY IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("shipping", "0002_of_the_same_partner"), ("requests", "0006_allocation_with_request_and_device"),
    ]  # fmt: skip

    operations = [
        migrations.RunSQL(
            PARCEL_OF_ITS_ALLOCATION, "ALTER TABLE shipping_shipment DROP CONSTRAINT parcel_of_its_allocation;"
        ),
    ]
