"""Claims of the same name by several; one holder; when each is looked at again."""

from __future__ import annotations

import django.core.validators
import django.utils.timezone
from django.db import migrations, models

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


class Migration(migrations.Migration):
    dependencies = [("branding", "0004_brand_pack")]

    operations = [
        migrations.AlterField(
            model_name="branddomain",
            name="host",
            field=models.CharField(
                max_length=253,
                validators=[
                    django.core.validators.RegexValidator(
                        rf"^{_LABEL}(\.{_LABEL})+$",
                        "A host name in lower case, such as phone.example.com.",
                    )
                ],
                verbose_name="host name",
            ),
        ),
        migrations.AddField(
            model_name="branddomain",
            name="added_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, editable=False
            ),
        ),
        migrations.AddField(
            model_name="branddomain",
            name="next_check_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="branddomain",
            constraint=models.UniqueConstraint(
                fields=("brand", "host"), name="brand_domain_once_each"
            ),
        ),
        migrations.AddConstraint(
            model_name="branddomain",
            constraint=models.UniqueConstraint(
                condition=models.Q(("proven_at__isnull", False)),
                fields=("host",),
                name="brand_domain_one_holder",
            ),
        ),
        migrations.AddIndex(
            model_name="branddomain",
            index=models.Index(
                condition=models.Q(("next_check_at__isnull", False)),
                fields=["next_check_at"],
                name="brand_domain_due",
            ),
        ),
    ]
