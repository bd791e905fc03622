"""One folder per format, strangers to each other; listed in `sekimori.reports.registry`."""
