"""docs/phones.md says what the catalogue says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from pbx_console.provisioning.render.catalogue import ALL_MODELS
from pbx_console.provisioning.render.families import Family, Feature, PhoneModel
from pbx_console.provisioning.soft_clients import CLIENTS

PAGE = Path(__file__).parents[2] / "docs" / "phones.md"
HEAD = """\
# Phones

Which phones the console sets up, what it sets on them, and where we know it from. This
page is written from the catalogue (`pbx_console/provisioning/render`); a test holds it to
it, and `PBX_WRITE_GOLDEN=1` with `tests/provisioning/test_docs.py` writes it anew.

*Verified* means: the file's format and the settings of an account were read in the maker's
own document or configuration template, named here as its source. Where we had none, the
names come from public references, and the model is *unverified*. No real phone has fetched
these files yet. A setting in *italics* was not in the part of the document that we had.
Accounts and keys are the most that the console writes; how many a model has was not
checked against its data sheet.

"""
WORDS = {
    Feature.ENCRYPTION: "TLS and SRTP",
    Feature.TRANSFER_KEYS: "transfer and conference keys",
    Feature.WEB_INTERFACE: "web interface off or protected",
    Feature.PROVISIONING_URL: "provisioning address",
}


def written() -> str:
    return HEAD + "".join(families()) + "".join(soft())


def families() -> Iterator[str]:
    for family, models in groupby(ALL_MODELS, key=lambda model: model.family):
        yield f"## {family.vendor or 'Any vendor'} {family.name}\n\n"
        yield f"Sets {settings(family)}.  \n"
        names = ", ".join(f"`{one.name}`" for one in family.fetches)
        yield f"Asks for {names}.  \n"
        yield f"Source: {'; '.join(family.sources) or 'none'}.\n\n"
        yield "| model | accounts | keys | verified | without |\n|---|---|---|---|---|\n"
        yield from (row(model) for model in models)
        yield "\n"


def settings(family: Family) -> str:
    return ", ".join(
        said(one) if one in family.documented else f"*{said(one)}*"
        for one in Feature
        if one in family.features
    )


def row(model: PhoneModel) -> str:
    missing = ", ".join(said(one) for one in Feature if one in left(model))
    sure = "yes" if model.verified else "no"
    return f"| {model.name} | {model.accounts} | {model.keys} | {sure} | {missing} |\n"


def left(model: PhoneModel) -> frozenset[Feature]:
    return model.family.features - model.features


def said(feature: Feature) -> str:
    return WORDS.get(feature, feature.value.replace("_", " "))


def soft() -> Iterator[str]:
    yield "## Soft clients\n\n| program | the code carries the secret | source |\n"
    yield "|---|---|---|\n"
    for one in CLIENTS:
        carries = "yes" if one.carries_secret else "no"
        yield f"| {one.name} | {carries} | {one.source} |\n"


def test_the_page_is_the_catalogue() -> None:
    if os.environ.get("PBX_WRITE_GOLDEN"):
        PAGE.write_text(written(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == written()
