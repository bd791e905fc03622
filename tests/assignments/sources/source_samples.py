"""One small sound file of every source, written by us after the vendors' documentation."""

_DETAIL = """Thu Oct  1 09:01:05 2026
\tAcct-Status-Type = {kind}
\tAcct-Session-Id = "0001"
\tUser-Name = "u1@isp.example"
\tNAS-IP-Address = 192.0.2.1
\tNAS-Port = 7
\tFramed-IP-Address = 198.18.0.7
\tDelegated-IPv6-Prefix = 2001:db8:1:200::/56
\tAcct-Session-Time = {seconds}
\tEvent-Timestamp = "Oct  1 2026 00:0{minute}:02 UTC"
\tTimestamp = 17908128{minute}5

"""
_KEA4 = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n"
_KEA6 = ("address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,"
         "hwtype,hwaddr_source,pool_id\n")
_PBA = ("Oct  1 12:0{m}:00 mx1 RT_NAT: RT_SRC_NAT_PBA_{act}: Subscriber 100.64.60.74 used/maximum [10/15] blocks, {verb} port block [24064-24191] from"
        " 203.0.113.100 in source pool P lsys_id: 0 epoch 0x6abdcdf0\n")
_TEXT = {
    "radius-detail": _DETAIL.format(kind="Start", seconds=0, minute=0) + _DETAIL.format(kind="Stop", seconds=120, minute=2),
    "radacct-csv": "acctsessionid,acctuniqueid,username,nasipaddress,acctstarttime,acctupdatetime,acctstoptime,acctterminatecause,framedipaddress,delegatedipv6prefix\n"
                   "1,u1,user,192.0.2.1,2026-10-01 09:00:00+09,2026-10-01 10:00:00+09,2026-10-01 10:30:00+09,User-Request,198.18.0.7,2001:db8::/56\n",
    "static-csv": "prefix,ports,valid_from,valid_to,contract,realm\n192.0.2.0/30,,2026-10-01T00:00:00Z,,C1,\n192.0.2.9,1024-2047,,,C2,vrf\n",
    "mape-rules": "rule_ipv6,rule_ipv4,ea_length,psid_offset,valid_from,valid_to\n2001:db8::/40,192.0.2.0/24,16,6,,\n",
    "det-nat": "inside,outside,ports_per_user\n100.64.0.0/24,203.0.113.0/28,2016\n",
    "dslite-table": "prefix,operator,kind,valid_from,valid_to\n198.51.100.0/24,VNE,dslite,,\n",
    "lw4o6-table": "ipv6,ipv4,psid,psid_length,psid_offset\n2001:db8:1::/64,192.0.2.1,3,6,0\n",
    "kea-leases4": _KEA4 + "192.0.2.57,02:00:00:00:00:57,01:02,7200,1790478902,1,0,0,laptop,0,,0\n",
    "kea-leases6": _KEA6 + "2001:db8:1:200::,00:03:00:01:02,3600,1790478902,1,1800,2,7,56,0,0,,,0,,1,2,0\n",
    "kea-legal": "2026-01-06 01:02:03 JST Address: 192.0.2.100 has been renewed for 1 hrs 52 min 15 secs to a device with hardware address: hwtype=1"
                 " 08:00:2b:02:3f:4e, circuit-id: 68:6f:77:64:79\n2026-01-06 01:12:03 JST Address: 192.0.2.100 has been released from a device with hardware"
                 " address: hwtype=1 08:00:2b:02:3f:4e, circuit-id: 68:6f:77:64:79\n",
    "dhcpd-leases": "lease 192.0.2.21 {\n  starts 2 2026/11/24 01:00:00;\n  ends 2 2026/11/24 02:00:00;\n  cltt 2 2026/11/24 01:30:00;\n  binding state active;\n"
                    "  hardware ethernet 02:00:00:00:00:21;\n}\nia-pd \"\\007\\000\\000\\000\\000\\003\\000\\001\" {\n  cltt 2 2026/11/24 01:30:00;\n"
                    "  iaprefix 2001:db8:5:600::/56 {\n    binding state active;\n    ends 2 2026/11/24 03:30:00;\n  }\n}\n",
    "radius-lines": "Oct  1 12:00:00 rad1 radiusd[1]: Accounting-Request Start User-Name=u9 Framed-IP-Address=198.18.0.12 Acct-Session-Id=A9"
                    " NAS-IP-Address=192.0.2.1\n",
    "dhcp-syslog": "Oct  1 12:00:00 dhcp1 dhcpd[12]: DHCPACK on 192.0.2.26 to 02:00:00:00:00:26 (pc) via 198.51.100.1\n"
                   "Oct  1 12:09:00 dhcp1 dhcpd[12]: DHCPRELEASE of 192.0.2.26 from 02:00:00:00:00:26 (pc) via eth0 (found)\n",
    "pba-juniper": _PBA.format(m=0, act="ALLOC", verb="allocates") + _PBA.format(m=9, act="RELEASE", verb="releases"),
    "pba-juniper-structured": '<14>1 2026-04-04T15:00:00Z srx RT_NAT - RT_SRC_NAT_PBA_ALLOC [internal-ip="10.0.10.10" block-used="1" block-max-per-host="4"'
                              ' block-port-low="48640" block-port-high="48895" reflexive-ip="198.51.100.172" nat-pool-name="guest" epoch-time-64="69d11c80"]\n',
    "cgnat-cisco": "<134>1 2026 Jan 4 05:36:21 192.0.2.1 - - NAT44 - [UserbasedA - 10.1.1.1 ivrf - 203.0.113.1 - 1024 1535 - -]\n",
    "cgnat-a10": "Oct 1 12:00:00 ax1 NAT-TCP-C: 100.64.0.9:3000 -> 203.0.113.9: 10000\nOct 1 12:00:00 ax1 FIXED-NAT-PORTS 10.10.10.172->192.168.9.173:3000-4000\n",
    "cgnat-f5": 'Oct 1 12:00:00 bigip ip_protocol="TCP",lsn_event="LSN_ADD",start="1790823600000",cli="10.10.10.1: 33950",nat="203.0.113.1: 10000"\n'
                "Oct 1 12:00:00 bigip tmm[1]: LSN_DELETE 10.10.10.1%0:33950 6 203.0.113.1%0:10000 192.0.2.1 80\n",
    "cgnat-nfware": "2026-10-01T03:00:00Z nfw nat: A VRF 0 INT 10.0.0.1 EXT 198.51.100.1:1024-1535\n",
    "cgnat-6wind": 'Jun 11 08:03:09 vsr fp-cgnat[4269]: USER 100.64.0.1 (matching rule 1): NEW BLOCK (pool "p", ip public 192.0.2.33, proto 6, port 1 - 512)\n',
    "cgnat-fortigate": 'devname="fgt" eventtime=1790823600123456789 tz="+0900" logid="0100022015" vd="root" nat=203.0.113.10 portbegin=5117 portend=5244 saddr="10.1.100.1"\n',
    "cgnat-citrix": "<134> 10/01/2026:03:00:00 GMT Informational 0-PPE-0 : LSN LSN_ADDRPORT_MAPPING 2581750 : EIM CREATED Client IP:Port:TD 192.0.2.11:15136:0,"
                    " NatIP:NatPort 203.0.113.6:6234, Protocol: TCP\n",
    "ipfix-json": '[\n{"natEvent":16,"observationTimeMilliseconds":1790823600500,"sourceIPv4Address":"10.0.0.5","postNATSourceIPv4Address":"203.0.113.9",'
                  '"portRangeStart":1024,"portRangeEnd":1151}\n]\n',
}
SAMPLES = {name: text.encode() for name, text in _TEXT.items()}
