"""Addresses: recordings of calls, and the rules for them."""

from __future__ import annotations

from django.urls import path

from pbx_console.console.views import recordings

ALL = "customers/<slug:code>/recordings/"
ONE = f"{ALL}<int:recording>/"

urlpatterns = [
    path(ALL, recordings.recordings, name="recordings"),
    path(f"{ALL}rules/", recordings.recording_rules, name="recording_rules"),
    path(ONE, recordings.recording, name="recording"),
    path(f"{ONE}sound/", recordings.recording_sound, name="recording_sound"),
    path(f"{ONE}file/", recordings.recording_file, name="recording_file"),
    path(f"{ONE}delete/", recordings.recording_delete, name="recording_delete"),
]
