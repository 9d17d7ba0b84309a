"""`python -m proxy` is the `handrail` command."""

from proxy.cli.main import main

main()
