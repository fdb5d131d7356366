"""Writes down for the draws until when the certificates that exist are valid; later ones are told by the actions."""

from django.db import migrations
from django.db.models import Min


def tell_draws(apps, schema_editor):
    Certificate = apps.get_model("certificates", "Certificate")
    CertificateTerm = apps.get_model("draws", "CertificateTerm")
    first = (
        Certificate.objects.filter(state="valid").order_by().values_list("person_id").annotate(first=Min("valid_until"))
    )
    CertificateTerm.objects.bulk_create(
        (CertificateTerm(person_id=person, valid_until=day) for person, day in first.iterator()),
        batch_size=2000,
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0002_certificates_can_be_replaced"),
        ("draws", "0003_certificate_terms"),
    ]

    operations = [migrations.RunPython(tell_draws, migrations.RunPython.noop)]
