"""`python -m sekimori` is `sekimori`."""

from sekimori.cli.main import main

main()
