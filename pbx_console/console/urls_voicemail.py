"""Addresses: voicemail, prompts and music."""

from __future__ import annotations

from django.urls import path

from pbx_console.console.views import (
    prompt_calls,
    prompts,
    voicemail_boxes,
    voicemail_messages,
)

BOXES = "customers/<slug:code>/voicemail/"
BOX = f"{BOXES}<int:key>/"
MESSAGE = f"{BOX}messages/<int:message>/"
PROMPTS = "customers/<slug:code>/prompts/"
MUSIC = "customers/<slug:code>/music/"

urlpatterns = [
    path(BOXES, voicemail_boxes.voicemail_boxes, name="voicemail_boxes"),
    path(f"{BOXES}new/", voicemail_boxes.voicemail_box_new, name="voicemail_box_new"),
    path(BOX, voicemail_boxes.voicemail_box, name="voicemail_box"),
    path(
        f"{BOX}delete/",
        voicemail_boxes.voicemail_box_delete,
        name="voicemail_box_delete",
    ),
    path(
        f"{BOX}messages/",
        voicemail_messages.voicemail_messages,
        name="voicemail_messages",
    ),
    path(f"{BOX}pin/", voicemail_messages.voicemail_pin, name="voicemail_pin"),
    path(
        f"{MESSAGE}sound/", voicemail_messages.voicemail_sound, name="voicemail_sound"
    ),
    path(
        f"{MESSAGE}heard/", voicemail_messages.voicemail_heard, name="voicemail_heard"
    ),
    path(
        f"{MESSAGE}delete/",
        voicemail_messages.voicemail_remove,
        name="voicemail_remove",
    ),
    path(PROMPTS, prompts.prompts, name="prompts"),
    path(f"{PROMPTS}new/", prompts.prompt_new, name="prompt_new"),
    path(f"{PROMPTS}<int:key>/", prompts.prompt, name="prompt"),
    path(f"{PROMPTS}<int:key>/delete/", prompts.prompt_delete, name="prompt_delete"),
    path(f"{PROMPTS}<int:key>/sound/", prompts.prompt_sound, name="prompt_sound"),
    path(f"{PROMPTS}spoken/", prompt_calls.prompt_record_new, name="prompt_record_new"),
    path(
        f"{PROMPTS}<int:key>/phone/",
        prompt_calls.prompt_by_phone,
        name="prompt_by_phone",
    ),
    path(
        f"{PROMPTS}<int:key>/record/", prompt_calls.prompt_record, name="prompt_record"
    ),
    path(f"{MUSIC}new/", prompts.music_new, name="music_new"),
    path(f"{MUSIC}<int:key>/", prompts.music, name="music"),
    path(f"{MUSIC}<int:key>/delete/", prompts.music_delete, name="music_delete"),
    path(f"{MUSIC}pieces/<int:track>/", prompts.track_sound, name="track_sound"),
    path(
        f"{MUSIC}pieces/<int:track>/delete/", prompts.track_delete, name="track_delete"
    ),
]
