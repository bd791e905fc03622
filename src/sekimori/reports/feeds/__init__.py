"""Feeds that are fetched: HTTPS lists with ETag, Shadowserver's API; their schedule, and alarms when one falls silent or changes."""
