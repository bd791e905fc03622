"""X-ARF 0.1 and 0.2: a mail with `X-XARF:` (or `X-ARF: yes`) whose second part is a small YAML-like report.txt."""
