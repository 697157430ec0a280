"""`python -m deskgraph.graph.embedded prepare`: what the first start would do, ahead of time, for an image or for CI.

`python -m deskgraph.graph.embedded password FOLDER`: a new password for a data folder whose password file is lost.
"""

import argparse
import sys
from pathlib import Path

from deskgraph.graph.embedded.aot import train
from deskgraph.graph.embedded.errors import EmbeddedError
from deskgraph.graph.embedded.password import reset


def main() -> None:
    """Run one of the two commands."""
    parser = argparse.ArgumentParser(prog="python -m deskgraph.graph.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("prepare", help="download Neo4j and make its start-up cache")
    commands.add_parser("password", help="give a data folder a new password").add_argument("folder", type=Path)
    arguments = parser.parse_args()
    try:
        if arguments.command == "prepare":
            train()
        else:
            reset(arguments.folder)
    except EmbeddedError as error:
        sys.exit(f"deskgraph: {error}")


if __name__ == "__main__":
    main()
