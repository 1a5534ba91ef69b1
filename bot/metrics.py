"""Counters for /metrics, in a registry of the app's own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest


class Metrics:
    """What is counted."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.arrivals = Counter("qinqing_arrivals", "Arrivals kept", ["channel"], registry=self.registry)
        self.failed = Counter("qinqing_arrivals_failed", "Arrivals set aside", registry=self.registry)
        self.refused = Counter(
            "qinqing_arrivals_refused", "Arrivals the database could not keep", registry=self.registry
        )
        self.waiting = Gauge("qinqing_outbox_waiting", "Messages waiting to be sent", registry=self.registry)
        self.sockets = Gauge("qinqing_web_sockets", "Open sockets of the web chat", registry=self.registry)

    def text(self) -> bytes:
        """The exposition text."""
        return generate_latest(self.registry)
