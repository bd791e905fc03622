"""The sources that `assignments load` knows. Adding one is a folder and a line here."""

from __future__ import annotations

from sekimori.assignments import leases, natlog
from sekimori.assignments.sources.cgnat_6wind import parser as cgnat_6wind
from sekimori.assignments.sources.cgnat_a10 import parser as cgnat_a10
from sekimori.assignments.sources.cgnat_cisco import parser as cgnat_cisco
from sekimori.assignments.sources.cgnat_citrix import parser as cgnat_citrix
from sekimori.assignments.sources.cgnat_f5 import parser as cgnat_f5
from sekimori.assignments.sources.cgnat_fortigate import parser as cgnat_fortigate
from sekimori.assignments.sources.cgnat_nfware import parser as cgnat_nfware
from sekimori.assignments.sources.contract import Parse, Source
from sekimori.assignments.sources.det_nat import parser as det_nat
from sekimori.assignments.sources.dhcp_syslog import parser as dhcp_syslog
from sekimori.assignments.sources.dhcpd_leases import parser as dhcpd_leases
from sekimori.assignments.sources.dslite_table import parser as dslite_table
from sekimori.assignments.sources.ipfix_json import parser as ipfix_json
from sekimori.assignments.sources.kea_leases import parser as kea_leases
from sekimori.assignments.sources.kea_legal import parser as kea_legal
from sekimori.assignments.sources.lw4o6_table import parser as lw4o6_table
from sekimori.assignments.sources.mape_rules import parser as mape_rules
from sekimori.assignments.sources.pba_juniper import parser as pba_juniper
from sekimori.assignments.sources.radacct_csv import parser as radacct_csv
from sekimori.assignments.sources.radius_detail import parser as radius_detail
from sekimori.assignments.sources.radius_lines import parser as radius_lines
from sekimori.assignments.sources.static_csv import parser as static_csv


def _nat(name: str, parse: Parse, options: frozenset[str] = natlog.OPTIONS, separator: bytes = b"\n") -> Source:
    return Source(name, parse, separator, retention="nat", kinds=("cgnat",), options=options)


def _table(name: str, parse: Parse, kinds: tuple[str, ...], options: frozenset[str]) -> Source:
    return Source(name, parse, retention="static", continuous=False, kinds=kinds, options=options, whole=True)


_ALL = [
    Source("radius-detail", radius_detail.parse, b"\n\n", kinds=("radius", "pd", "static"), options=radius_detail.OPTIONS),
    Source("radius-lines", radius_lines.parse, kinds=("radius", "pd", "static"), options=radius_lines.OPTIONS),
    Source("radacct-csv", radacct_csv.parse, continuous=False, kinds=("radius", "pd", "static"), options=radacct_csv.OPTIONS, whole=True),
    Source("kea-legal", kea_legal.parse, kinds=("dhcp", "pd"), options=kea_legal.OPTIONS),
    Source("kea-leases4", kea_leases.parse, kinds=("dhcp",), options=leases.OPTIONS),
    Source("kea-leases6", kea_leases.parse, kinds=("dhcp", "pd"), options=leases.OPTIONS),
    Source("dhcpd-leases", dhcpd_leases.parse, b"\n}\n", kinds=("dhcp", "pd"), options=leases.OPTIONS),
    Source("dhcp-syslog", dhcp_syslog.parse, kinds=("dhcp", "pd"), options=dhcp_syslog.OPTIONS),
    _nat("pba-juniper", pba_juniper.parse),
    _nat("pba-juniper-structured", pba_juniper.parse),
    _nat("cgnat-cisco", cgnat_cisco.parse),
    _nat("cgnat-a10", cgnat_a10.parse),
    _nat("cgnat-f5", cgnat_f5.parse),
    _nat("cgnat-nfware", cgnat_nfware.parse),
    _nat("cgnat-6wind", cgnat_6wind.parse),
    _nat("cgnat-fortigate", cgnat_fortigate.parse),
    _nat("cgnat-citrix", cgnat_citrix.parse),
    _nat("ipfix-json", ipfix_json.parse, ipfix_json.OPTIONS, b"}"),
    _table("static-csv", static_csv.parse, ("static", "pd"), static_csv.OPTIONS),
    _table("mape-rules", mape_rules.parse, ("mape",), mape_rules.OPTIONS),
    _table("det-nat", det_nat.parse, ("cgnat",), det_nat.OPTIONS),
    _table("lw4o6-table", lw4o6_table.parse, ("mape",), lw4o6_table.OPTIONS),
    _table("dslite-table", dslite_table.parse, ("dslite",), dslite_table.OPTIONS),
]
SOURCES: dict[str, Source] = {s.name: s for s in _ALL}
