"""`python -m tests.run [--on DATABASE] [PYTEST ARGUMENTS]`: every test on SQLite, then the data layer on PostgreSQL.

The data layer runs on this machine's PostgreSQL (15 on Debian 12, the oldest that is supported), and then without its
slow tests on the version that docker-compose.yml names. `--on` runs one of the three: sqlite, postgresql, compose.
"""

import os
import subprocess
import sys

import psycopg2

from tests import servers

NO_TESTS_COLLECTED = 5


def main(arguments: list[str]) -> int:
    """The first exit code that isn't success; each run happens whatever the ones before it said."""
    if arguments[:1] == ["--on"]:
        if len(arguments) < 2 or arguments[1] not in RUNS:
            print(f"--on takes one of {', '.join(RUNS)}", file=sys.stderr)  # noqa: T201
            return 2
        return RUNS[arguments[1]](arguments[2:])
    codes = [run(arguments) for run in RUNS.values()]
    return next((code for code in codes if code), 0)


def on_sqlite(arguments: list[str]) -> int:
    print("== tests on SQLite", flush=True)  # noqa: T201
    return _pytest(arguments)


def on_postgresql(arguments: list[str]) -> int:
    with servers.postgresql() as url:
        return _data_layer("data_layer", url, arguments)


def on_compose(arguments: list[str]) -> int:
    with servers.postgresql() as url:
        tested = _version(url)
    with servers.wheel_postgresql() as url:
        if _version(url).partition(".")[0] == tested.partition(".")[0]:
            return 0
        return _data_layer("data_layer and not slow", url, arguments)


RUNS = {"sqlite": on_sqlite, "postgresql": on_postgresql, "compose": on_compose}


def _data_layer(marked: str, url: str, arguments: list[str]) -> int:
    print(f"== the data layer on PostgreSQL {_version(url)}", flush=True)  # noqa: T201
    code = _pytest(["-m", marked, *arguments], TEST_DATABASE_URL=url)
    return 0 if code == NO_TESTS_COLLECTED else code


def _version(url: str) -> str:
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
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
