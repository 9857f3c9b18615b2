from django.db import migrations

from records.triggers import insert_only, same_partner


class Migration(migrations.Migration):
    dependencies = [("shipping", "0001_initial"), ("requests", "0002_of_the_same_partner")]

    operations = [
        same_partner("shipping_shipment", "request_id", "requests_devicerequest", name="shipment_of_its_partner"),
        same_partner(
            "shipping_shipment", "allocation_id", "requests_allocation", name="shipment_allocation_of_its_partner"
        ),
        same_partner("shipping_shipment", "bill_to_id", "partners_billto", name="shipment_bill_to_of_its_partner"),
        insert_only("shipping_shipmentstep"),
        insert_only("shipping_roundstep"),
    ]
