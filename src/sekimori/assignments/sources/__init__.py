"""Sources of assignments: a folder each, strangers to each other. Parsers are pure; `registry` names them."""
