"""The HTTP API, version 1: reports in, their state out, health and metrics."""
