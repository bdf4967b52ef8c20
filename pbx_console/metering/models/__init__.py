"""What was used, what it costs, what was handed out."""

from __future__ import annotations

from pbx_console.metering.models.calls import Call
from pbx_console.metering.models.channel_events import ChannelEvent
from pbx_console.metering.models.charges import Charge
from pbx_console.metering.models.followers import Follower
from pbx_console.metering.models.journal_files import JournalFile
from pbx_console.metering.models.legs import Leg
from pbx_console.metering.models.price_lists import PriceList
from pbx_console.metering.models.prices import Price
from pbx_console.metering.models.tariffs import CustomerTariff, ResellerTariff
from pbx_console.metering.models.usage_days import UsageDay
from pbx_console.metering.models.usage_exports import UsageExport

__all__ = [
    "Call",
    "ChannelEvent",
    "Charge",
    "CustomerTariff",
    "Follower",
    "JournalFile",
    "Leg",
    "Price",
    "PriceList",
    "ResellerTariff",
    "UsageDay",
    "UsageExport",
]
