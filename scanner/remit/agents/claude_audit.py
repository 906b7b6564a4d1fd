"""Whether Claude Code sends a record of its tool calls to a collector.

Source: Claude Code documentation, "Monitoring" (2.1.240, August 2026). Telemetry is switched on by variables in
`env`; without OTEL_LOG_TOOL_DETAILS no command text leaves. Transcripts on the machine are evidence, not a sink.
"""

from __future__ import annotations

from remit.access.agent import Audit
from remit.agents.layers import Layers
from remit.agents.telemetry import host_of

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


def audit(layers: Layers) -> Audit:
    """The collector that the settings files name."""
    found = layers.highest("env", "CLAUDE_CODE_ENABLE_TELEMETRY")
    if found is None or not _on(layers, "CLAUDE_CODE_ENABLE_TELEMETRY"):
        return Audit(False, None, False, found.source if found else None)
    exporters = {each.strip() for each in (layers.text("env", "OTEL_LOGS_EXPORTER") or "").split(",")}
    address = next((text for key in _ENDPOINTS if (text := layers.text("env", key))), None)
    return Audit(
        enabled="otlp" in exporters,
        sink=host_of(address) if "otlp" in exporters and address else None,
        tool_details=_on(layers, "OTEL_LOG_TOOL_DETAILS"),
        source=found.source,
    )


def _on(layers: Layers, name: str) -> bool:
    found = layers.highest("env", name)
    return found is not None and str(found.node.value).lower() in {"1", "true", "yes", "on"}
