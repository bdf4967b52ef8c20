"""Forms of prompts and of music for those who wait."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.accounts.models.resellers import Language
from pbx_console.console.forms.base import NounForm
from pbx_console.lib.audio import MOST_BYTES
from pbx_console.pbx.models import Extension, MusicClass, Prompt

ACCEPTED = ".wav,.mp3,.flac,.ogg,audio/*"


class UploadField(forms.FileField):
    """A sound that somebody sends, as bytes; what it is the service finds out."""

    def __init__(self, **kwargs: Any) -> None:
        """Ask for a file that may stay away."""
        widget = forms.FileInput(attrs={"accept": ACCEPTED})
        messages = {"empty": _("This file is empty.")}
        super().__init__(
            required=False, widget=widget, error_messages=messages, **kwargs
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the bytes, or None; `file_name` of the field keeps the name."""
        upload = super().clean(data, initial)
        if not upload:
            return None
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 20 MB. Make it shorter.")
            )
        return upload.read()


class PromptForm(NounForm):
    """A prompt: a recording, or a text that is spoken."""

    model = Prompt
    names = ("name", "text", "phone_code")
    upload = UploadField(
        label=_("Recording"),
        help_text=_("WAV, MP3, FLAC or Ogg, at most 10 minutes."),
    )
    language = forms.ChoiceField(
        label=_("Language of the text"),
        required=False,
        choices=[("", _("the customer's")), *Language.choices],
    )
    field_order = ("name", "upload", "text", "language", "phone_code")

    def __init__(self, *args: Any, obj: Prompt | None = None, **kwargs: Any) -> None:
        """Say what a text is for."""
        if obj is not None:
            kwargs["initial"] = {"language": obj.language}
        super().__init__(*args, obj=obj, **kwargs)
        self.fields["text"].widget = forms.Textarea(attrs={"rows": 4})
        self.fields["text"].label = _("Or a text that is spoken")
        self.order_fields(self.field_order)


class PhoneForm(forms.Form):
    """Which extension's phone rings, so that somebody speaks there."""

    extension = forms.ModelChoiceField(
        Extension.objects.none(), label=_("Which phone rings"), empty_label=None
    )

    def __init__(
        self, *args: Any, customer: Customer, own: str = "", **kwargs: Any
    ) -> None:
        """Offer the customer's extensions, the person's own one first."""
        super().__init__(*args, **kwargs)
        rows = Extension.objects.filter(customer=customer)
        field: Any = self.fields["extension"]
        field.queryset = rows
        field.initial = rows.filter(number=own).first() if own else None


class SpokenPromptForm(PhoneForm):
    """A new prompt that is spoken at a phone at once."""

    name = forms.CharField(label=_("Name"), max_length=60)
    field_order = ("name", "extension")


class MusicForm(NounForm):
    """Music; a recording is added to its pieces."""

    model = MusicClass
    names = ("name", "is_default")
    upload = UploadField(
        label=_("Add a piece"),
        help_text=_(
            "WAV, MP3, FLAC or Ogg, at most 10 minutes. Use music that you may play in"
            " public."
        ),
    )
    field_order = ("name", "upload", "is_default")

    def clean(self) -> dict[str, Any]:
        """Add the name of the file, which names the piece."""
        data: dict[str, Any] = self.cleaned_data
        sent = self.files.get("upload")
        data["file_name"] = str(sent.name).rpartition(".")[0] if sent else ""
        return data
