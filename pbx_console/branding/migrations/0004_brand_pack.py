"""The brand pack: pictures in a table, drafts, versions, and what a page says besides."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import pbx_console.branding.models.brands
from pbx_console.accounts.rls import append_only, enable
from pbx_console.accounts.scope import as_everyone

OF_BRAND = "brand_id IN (SELECT id FROM branding_brand)"
DRAWINGS = ("logo", "logo_dark", "mark")
SMALL = "CHECK (octet_length(content) <= 2097152)"


def _size(text: str) -> tuple[int, int]:
    found = re.search(
        r'viewBox="\s*[\d.-]+[\s,]+[\d.-]+[\s,]+([\d.]+)[\s,]+([\d.]+)', text
    )
    width, height = (float(found[1]), float(found[2])) if found else (96, 24)
    return max(1, round(width * 10)), max(1, round(height * 10))


def move(apps: Any, schema_editor: Any) -> None:
    """SVG columns -> rows."""
    files = apps.get_model("branding", "BrandFile")
    with as_everyone("migration"):
        for brand in apps.get_model("branding", "Brand").objects.all():
            for kind in DRAWINGS:
                text = getattr(brand, kind)
                if text:
                    brand.files[kind] = _moved(files, brand, kind, text)
            brand.save(update_fields=["files"])
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _moved(files: Any, brand: Any, kind: str, text: str) -> dict[str, Any]:
    content = text.encode()
    digest, (width, height) = hashlib.sha256(content).hexdigest(), _size(text)
    shape = {"width": width, "height": height}
    files.objects.get_or_create(
        brand=brand,
        digest=digest,
        defaults={"kind": kind, "content": content, "content_type": "image/svg+xml"}
        | shape,
    )
    return {"digest": digest, "type": "image/svg+xml", **shape}


def move_back(apps: Any, schema_editor: Any) -> None:
    """Rows -> columns; a picture that is no drawing stays behind."""
    files = apps.get_model("branding", "BrandFile")
    with as_everyone("migration"):
        for brand in apps.get_model("branding", "Brand").objects.all():
            for kind in DRAWINGS:
                digest = brand.files.get(kind, {}).get("digest", "")
                row = files.objects.filter(
                    brand=brand, digest=digest, content_type="image/svg+xml"
                ).first()
                setattr(brand, kind, bytes(row.content).decode() if row else "")
            brand.save(update_fields=list(DRAWINGS))
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _removed(name: str) -> list[Any]:
    """Empty text first, so that the way back has something to put into the column."""
    return [
        migrations.AlterField("brand", name, models.TextField(default="")),
        migrations.RemoveField("brand", name),
    ]


class Migration(migrations.Migration):
    dependencies = [("branding", "0003_mail_and_domains")]

    operations = [
        migrations.AddField(
            model_name="brand",
            name="customers_may_show_logo",
            field=models.BooleanField(
                default=False,
                verbose_name="Customers may show their own logo beside yours",
            ),
        ),
        migrations.AddField(
            model_name="brand",
            name="files",
            field=models.JSONField(blank=True, default=dict, verbose_name="pictures"),
        ),
        migrations.AddField(
            model_name="brand",
            name="hold_text",
            field=models.TextField(
                blank=True,
                max_length=400,
                validators=[pbx_console.branding.models.brands.validate_plain],
                verbose_name="text",
            ),
        ),
        migrations.AddField(
            model_name="brand",
            name="hold_title",
            field=models.CharField(
                blank=True,
                max_length=80,
                validators=[pbx_console.branding.models.brands.validate_line],
                verbose_name="heading",
            ),
        ),
        migrations.AddField(
            model_name="brand",
            name="imprint_url",
            field=models.CharField(
                blank=True,
                max_length=200,
                validators=[
                    django.core.validators.URLValidator(
                        message="Write the whole address, beginning with https://.",
                        schemes=["https"],
                    )
                ],
                verbose_name="imprint",
            ),
        ),
        migrations.AddField(
            model_name="brand",
            name="login_text",
            field=models.CharField(
                blank=True,
                max_length=200,
                validators=[pbx_console.branding.models.brands.validate_plain],
                verbose_name="text at the sign-in",
            ),
        ),
        migrations.AddField(
            model_name="brand",
            name="mail_foot",
            field=models.TextField(
                blank=True,
                max_length=600,
                validators=[pbx_console.branding.models.brands.validate_plain],
                verbose_name="text below every mail",
            ),
        ),
        migrations.AddField(
            model_name="brand",
            name="mail_from_address",
            field=models.EmailField(
                blank=True, max_length=254, verbose_name="sender’s address"
            ),
        ),
        migrations.AddField(
            model_name="brand",
            name="mail_from_name",
            field=models.CharField(
                blank=True,
                max_length=60,
                validators=[pbx_console.branding.models.brands.validate_line],
                verbose_name="sender’s name",
            ),
        ),
        migrations.AddField(
            model_name="brand",
            name="mail_head",
            field=models.CharField(
                blank=True,
                max_length=200,
                validators=[pbx_console.branding.models.brands.validate_plain],
                verbose_name="line above every mail",
            ),
        ),
        migrations.AddField(
            model_name="brand",
            name="pdf_foot",
            field=models.TextField(
                blank=True,
                max_length=600,
                validators=[pbx_console.branding.models.brands.validate_plain],
                verbose_name="text at the bottom of PDFs",
            ),
        ),
        migrations.AddField(
            model_name="brand",
            name="pdf_head",
            field=models.CharField(
                blank=True,
                max_length=200,
                validators=[pbx_console.branding.models.brands.validate_plain],
                verbose_name="line at the top of PDFs",
            ),
        ),
        migrations.AddField(
            model_name="brand",
            name="privacy_url",
            field=models.CharField(
                blank=True,
                max_length=200,
                validators=[
                    django.core.validators.URLValidator(
                        message="Write the whole address, beginning with https://.",
                        schemes=["https"],
                    )
                ],
                verbose_name="privacy notice",
            ),
        ),
        migrations.AddField(
            model_name="brand",
            name="softphone_name",
            field=models.CharField(
                blank=True,
                max_length=40,
                validators=[pbx_console.branding.models.brands.validate_line],
                verbose_name="name in softphones",
            ),
        ),
        migrations.AddField(
            model_name="brand",
            name="support_email",
            field=models.EmailField(
                blank=True, max_length=254, verbose_name="mail address of the support"
            ),
        ),
        migrations.AddField(
            model_name="brand",
            name="support_phone",
            field=models.CharField(
                blank=True,
                max_length=40,
                validators=[
                    django.core.validators.RegexValidator(
                        "^\\+?[0-9 ()/.-]+$",
                        "Digits, as people dial them: +49 30 23125 100.",
                    )
                ],
                verbose_name="telephone of the support",
            ),
        ),
        migrations.AddField(
            model_name="brand",
            name="support_text",
            field=models.CharField(
                blank=True,
                max_length=200,
                validators=[pbx_console.branding.models.brands.validate_plain],
                verbose_name="when the support answers",
            ),
        ),
        migrations.AlterField(
            model_name="brand",
            name="product_name",
            field=models.CharField(
                max_length=40,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[^\\x00-\\x1f\\x7f:]+$", "Use letters, no colon."
                    ),
                    pbx_console.branding.models.brands.validate_line,
                ],
                verbose_name="product name",
            ),
        ),
        migrations.CreateModel(
            name="BrandDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("values", models.JSONField(blank=True, default=dict)),
                ("files", models.JSONField(blank=True, default=dict)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "brand",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="draft",
                        to="branding.brand",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of the brand",
            },
        ),
        migrations.CreateModel(
            name="CustomerLogo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("content_type", models.CharField(max_length=20)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="logo",
                        to="accounts.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "logo",
            },
        ),
        migrations.CreateModel(
            name="BrandFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("content_type", models.CharField(max_length=20)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("logo", "Logo on light ground"),
                            ("logo_dark", "Logo on dark ground"),
                            ("mark", "Mark and favicon"),
                            ("login", "Picture at the sign-in"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="branding.brand",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("brand", "digest"), name="brand_file_once_per_brand"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BrandVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("values", models.JSONField()),
                ("files", models.JSONField(blank=True, default=dict)),
                ("published_at", models.DateTimeField(auto_now_add=True)),
                ("published_by_name", models.CharField(blank=True, max_length=160)),
                ("published_by_level", models.CharField(blank=True, max_length=10)),
                ("rolled_back_to", models.PositiveIntegerField(null=True)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="branding.brand",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of the brand",
                "ordering": ("-number",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("brand", "number"), name="brand_version_number"
                    )
                ],
            },
        ),
        enable("branding_branddraft", owned=OF_BRAND),
        enable("branding_brandfile", owned=OF_BRAND),
        enable("branding_brandversion", owned=OF_BRAND),
        append_only("branding_brandversion"),
        enable(
            "branding_customerlogo",
            customer="customer_id",
            owned="customer_id IN (SELECT id FROM accounts_customer)",
        ),
        migrations.RunSQL(
            f"ALTER TABLE branding_brandfile ADD CONSTRAINT brand_file_size {SMALL};"
            "ALTER TABLE branding_customerlogo"
            f" ADD CONSTRAINT customer_logo_size {SMALL};",
            "ALTER TABLE branding_brandfile DROP CONSTRAINT brand_file_size;"
            "ALTER TABLE branding_customerlogo DROP CONSTRAINT customer_logo_size;",
        ),
        migrations.RunPython(move, move_back),
        *_removed("logo"),
        *_removed("logo_dark"),
        *_removed("mark"),
    ]
