from django.db import migrations

from records.triggers import insert_only, same_partner


class Migration(migrations.Migration):
    dependencies = [("requests", "0001_initial"), ("partners", "0003_steps_stay"), ("people", "0001_initial")]

    operations = [
        same_partner("requests_devicerequest", "bill_to_id", "partners_billto", name="request_bill_to_of_its_partner"),
        same_partner("requests_recipient", "request_id", "requests_devicerequest", name="recipient_of_its_partner"),
        same_partner("requests_allocation", "request_id", "requests_devicerequest", name="allocation_of_its_partner"),
        insert_only("requests_requeststep"),
    ]
