"""Our own sensor: reads submission logs only, envelope data only (recipients, rate, countries). It reports like anybody else:
a message, a report, a finding, which go down the river.
"""
