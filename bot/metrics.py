"""Prometheus metrics. Labels are small closed sets: never an id, a name or a text."""

from prometheus_client import CollectorRegistry, Counter, Gauge

REGISTRY = CollectorRegistry()

UPDATES = Counter("vouch_updates", "Updates by what became of them.", ["result"], registry=REGISTRY)
POLL_CONFLICTS = Counter(
    "vouch_poll_conflicts", "Polls that Telegram broke off because another program took the updates.", registry=REGISTRY
)
SENDS = Counter("vouch_sends", "Messages by lane and outcome.", ["lane", "outcome"], registry=REGISTRY)
PAUSES = Counter("vouch_channel_pauses", "Times that the channel asked for a pause.", registry=REGISTRY)
IN_FLIGHT = Gauge("vouch_sends_in_flight", "Calls to the channel under way.", registry=REGISTRY)
FLAGS = Counter("vouch_flags", "Questions passed to the team.", ["kind"], registry=REGISTRY)
