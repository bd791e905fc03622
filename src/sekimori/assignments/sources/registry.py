"""The sources that `assignments load` knows. Adding one is a folder and a line here."""

from __future__ import annotations

from sekimori.assignments.sources.contract import Source
from sekimori.assignments.sources.mape_rules import parser as mape_rules
from sekimori.assignments.sources.radius_detail import parser as radius_detail
from sekimori.assignments.sources.static_csv import parser as static_csv

_ALL = [
    Source("radius-detail", radius_detail.parse, b"\n\n", kinds=("radius", "pd", "static"), options=radius_detail.OPTIONS),
    Source(
        "static-csv", static_csv.parse, retention="static", continuous=False, kinds=("static", "pd"), options=static_csv.OPTIONS, whole=True
    ),
    Source("mape-rules", mape_rules.parse, retention="static", continuous=False, kinds=("mape",), options=mape_rules.OPTIONS, whole=True),
]
SOURCES: dict[str, Source] = {s.name: s for s in _ALL}
