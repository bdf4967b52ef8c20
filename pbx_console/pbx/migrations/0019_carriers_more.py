"""Carriers by name, their certificates, callers from abroad, ranges that move as a block."""

from __future__ import annotations

from typing import ClassVar

import django.core.validators
from django.db import migrations, models

import pbx_console.pbx.models.trunks
from pbx_console.pbx.migrations import _carriers_more_sql as sql


def _ports() -> list[object]:
    return [
        django.core.validators.MinValueValidator(1),
        django.core.validators.MaxValueValidator(65535),
    ]


_HOST = [pbx_console.pbx.models.trunks.validate_host]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0018_queue_words")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(sql.NAMES, sql.ADDRESSES)],
            [
                migrations.AlterField(
                    model_name="trunk",
                    name="host",
                    field=models.CharField(
                        help_text="Host name or IP address.",
                        max_length=85,
                        validators=_HOST,
                        verbose_name="address",
                    ),
                ),
                migrations.AlterField(
                    model_name="trunk",
                    name="proxy",
                    field=models.CharField(
                        blank=True,
                        default="",
                        help_text="Everything is sent there first. Empty: straight to the address.",
                        max_length=85,
                        validators=_HOST,
                        verbose_name="outbound proxy",
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            model_name="trunk",
            name="port",
            field=models.PositiveIntegerField(
                blank=True,
                default=5060,
                help_text="Empty, with a name: as its SRV records say.",
                null=True,
                validators=_ports(),
                verbose_name="port",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="resolved",
            field=models.CharField(
                blank=True,
                editable=False,
                max_length=500,
                verbose_name="leads to",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="checks_certificate",
            field=models.BooleanField(
                default=True,
                help_text="With TLS. Off: encrypted, but nobody knows with whom.",
                verbose_name="certificate is checked",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="origin",
            field=models.CharField(
                choices=[
                    ("home", "this country; the carrier watches its borders"),
                    ("abroad", "networks abroad"),
                    ("marked", "both; the carrier marks calls from abroad"),
                ],
                default="home",
                help_text="Calls from abroad to German numbers arrive without a German caller's number, mobile ones excepted (TKG, section 120).",
                max_length=6,
                verbose_name="calls come from",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="abroad_header",
            field=models.CharField(
                blank=True,
                help_text="The SIP header that the carrier sends with them.",
                max_length=80,
                validators=[
                    django.core.validators.RegexValidator(
                        pbx_console.pbx.models.trunks.HEADER,
                        "A header, X-Origin, or X-Origin: abroad",
                    )
                ],
                verbose_name="mark of calls from abroad",
            ),
        ),
        migrations.AddField(
            model_name="trunkhealth",
            name="trouble",
            field=models.CharField(
                blank=True,
                choices=[
                    ("silent", "The carrier does not answer."),
                    ("no_name", "The carrier's host name leads to no address."),
                    (
                        "not_ours",
                        "The carrier's host name leads to an address that cannot be used.",
                    ),
                    ("wrong_name", "The carrier's certificate is for another name."),
                    ("expired", "The carrier's certificate has expired."),
                    (
                        "untrusted",
                        "The carrier's certificate is not signed by a known authority.",
                    ),
                    ("no_tls", "The carrier does not speak TLS on this port."),
                    ("registration", "The carrier refuses the registration."),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="porting",
            name="numbers",
            field=models.JSONField(blank=True, default=list, verbose_name="numbers"),
        ),
        migrations.AddField(
            model_name="porting",
            name="stem",
            field=models.CharField(
                blank=True,
                max_length=14,
                validators=[
                    django.core.validators.RegexValidator(
                        "^\\+[1-9][0-9]{3,12}$", "E.164 with a plus."
                    )
                ],
                verbose_name="stem of a range",
            ),
        ),
        migrations.AddField(
            model_name="porting",
            name="digits",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(4),
                ],
                verbose_name="digits behind it",
            ),
        ),
        migrations.RunSQL(sql.FORWARD, sql.BACK),
    ]
