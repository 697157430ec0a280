"""`python -m deskgraph`."""

from deskgraph.cli import main

main()
