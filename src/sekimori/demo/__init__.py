"""The demo provider れいじネット and scenarios: made-up members, logs and reports, all from a seed. No real data."""
