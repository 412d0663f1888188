"""`python -m tests.run [PYTEST ARGUMENTS]`: every test on SQLite, then the data layer again on PostgreSQL."""

import os
import subprocess
import sys

import psycopg2

from tests import servers

NO_TESTS_COLLECTED = 5


def main(arguments: list[str]) -> int:
    """The first exit code that isn't success; the second run happens whatever the first one said."""
    print("== tests on SQLite", flush=True)  # noqa: T201
    first = _pytest(arguments)
    with servers.postgresql() as url:
        print(f"== the data layer again on PostgreSQL {_version(url)}", flush=True)  # noqa: T201
        second = _pytest(["-m", "data_layer", *arguments], TEST_DATABASE_URL=url)
    return first or (0 if second == NO_TESTS_COLLECTED else second)


def _version(url: str) -> str:
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_jit_available()")
        version, jit = cursor.fetchone()
    connection.close()
    return f"{version}, {'with' if jit else 'without'} JIT"


def _pytest(arguments: list[str], **environ: str) -> int:
    # A process for each processor; tests of one file share what is costly to make.
    split = ["-n", "auto", "--dist", "loadfile"]
    return subprocess.call([sys.executable, "-m", "pytest", *split, *arguments], env={**os.environ, **environ})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
