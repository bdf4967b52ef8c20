"""Prompts, and music for those who wait."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from pbx_console.console.access import needs
from pbx_console.console.flow import Words, show_delete, show_form, show_list
from pbx_console.console.forms.prompts import MusicForm, PromptForm
from pbx_console.console.owners import customer_for
from pbx_console.console.toasts import toast
from pbx_console.console.views.prompt_calls import by_phone
from pbx_console.pbx.models import MusicClass, MusicTrack, Prompt
from pbx_console.pbx.services import prompts as services

PROMPT = Words(
    stem="prompt",
    title=_("Prompts and music"),
    add=_("Add prompt"),
    change=_("Save prompt"),
    delete=_("Delete prompt"),
    saved=_("Prompt %(name)s is saved."),
    deleted=_("Prompt %(name)s is deleted."),
    empty=_("No prompts yet"),
    teach=_(
        "What callers hear: upload a recording, or write a text and have it spoken."
        " Menus, announcements and voicemail boxes play it."
    ),
    icon="music",
)
MUSIC = Words(
    stem="music",
    plural="prompts",
    title=_("Prompts and music"),
    add=_("Add music"),
    change=_("Save music"),
    delete=_("Delete music"),
    saved=_("Music %(name)s is saved."),
    deleted=_("Music %(name)s is deleted."),
    empty=_("No music yet"),
    teach=_("Callers on hold and in queues hear free music until you add your own."),
    icon="music",
)


@needs("callflow.view")
def prompts(request: Any, code: str) -> HttpResponse:
    """List prompts, and below them music."""
    customer = customer_for(request, code)
    music = MusicClass.objects.filter(customer=customer).prefetch_related("tracks")
    return show_list(
        request,
        PROMPT,
        customer,
        Prompt.objects.filter(customer=customer).defer("data"),
        template="console/prompts/list.html",
        prompts=[
            (row, PROMPT.url("change", customer, row.pk))
            for row in Prompt.objects.filter(customer=customer).defer("data")
        ],
        music=[(m, MUSIC.url("change", customer, m.pk), _pieces(m)) for m in music],
        music_words=MUSIC,
        music_url=MUSIC.url("new", customer),
    )


def _pieces(music: MusicClass) -> str:
    count = len(music.tracks.all())
    return ngettext("%(n)s piece", "%(n)s pieces", count) % {"n": count}


@needs("callflow.manage")
def prompt_new(request: Any, code: str) -> HttpResponse:
    """Add a prompt."""
    customer = customer_for(request, code)
    form = PromptForm(request.POST or None, request.FILES or None)
    save = partial(services.save_prompt, customer=customer)
    return show_form(request, PROMPT, customer, form, save)


@needs("callflow.manage")
def prompt(request: Any, code: str, key: int) -> HttpResponse:
    """Change a prompt and listen to it."""
    customer = customer_for(request, code)
    found = get_object_or_404(Prompt, customer=customer, pk=key)
    form = PromptForm(request.POST or None, request.FILES or None, obj=found)
    save = partial(services.save_prompt, customer=customer, prompt=found)
    return show_form(
        request,
        PROMPT,
        customer,
        form,
        save,
        found,
        template="console/prompts/form.html",
        plays=services.plays(found),
        by_phone=by_phone(request, customer, found),
    )


@needs("callflow.manage")
def prompt_delete(request: Any, code: str, key: int) -> HttpResponse:
    """Ask for the name, then delete."""
    customer = customer_for(request, code)
    found = get_object_or_404(Prompt, customer=customer, pk=key)
    return show_delete(request, PROMPT, customer, found, services.delete_prompt)


@needs("callflow.view")
def prompt_sound(request: Any, code: str, key: int) -> HttpResponse:
    """Return the sound of a prompt."""
    customer = customer_for(request, code)
    return _wav(get_object_or_404(Prompt, customer=customer, pk=key))


def _wav(found: Prompt | MusicTrack) -> HttpResponse:
    answer = HttpResponse(bytes(found.data), content_type="audio/wav")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


@needs("callflow.manage")
def music_new(request: Any, code: str) -> HttpResponse:
    """Add music."""
    customer = customer_for(request, code)
    form = MusicForm(request.POST or None, request.FILES or None)
    save = partial(services.save_music, customer=customer)
    return show_form(request, MUSIC, customer, form, save)


@needs("callflow.manage")
def music(request: Any, code: str, key: int) -> HttpResponse:
    """Change music, add and delete pieces."""
    customer = customer_for(request, code)
    found = get_object_or_404(MusicClass, customer=customer, pk=key)
    form = MusicForm(request.POST or None, request.FILES or None, obj=found)
    return show_form(
        request,
        MUSIC,
        customer,
        form,
        partial(services.save_music, customer=customer, music=found),
        found,
        template="console/prompts/music.html",
        tracks=found.tracks.defer("data"),
        plays=services.plays(found),
    )


@needs("callflow.manage")
def music_delete(request: Any, code: str, key: int) -> HttpResponse:
    """Ask for the name, then delete."""
    customer = customer_for(request, code)
    found = get_object_or_404(MusicClass, customer=customer, pk=key)
    return show_delete(request, MUSIC, customer, found, services.delete_music)


def _track(request: Any, code: str, track: int) -> MusicTrack:
    customer = customer_for(request, code)
    return get_object_or_404(MusicTrack, music__customer=customer, pk=track)


@needs("callflow.view")
def track_sound(request: Any, code: str, track: int) -> HttpResponse:
    """Return the sound of a piece."""
    return _wav(_track(request, code, track))


@needs("callflow.manage")
@require_POST
def track_delete(request: Any, code: str, track: int) -> HttpResponse:
    """Delete a piece."""
    found = _track(request, code, track)
    services.delete_track(request.actor, found)
    toast(request, gettext("%(name)s is deleted.") % {"name": found.name})
    return redirect("console:music", code=code, key=found.music_id)
