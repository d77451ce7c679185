"""Figures for other systems: Prometheus metrics and OpenTelemetry traces. Off, neither library is even imported."""
