#!/usr/bin/env python3
"""./run-checkout: the example estate as innkeeper up makes it, with the least rights, and the service on it, with no
further setup."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.realpath(os.path.join(HERE, "../.."))
INNKEEPER = os.path.join(REPOSITORY, "build/dev/bin/innkeeper")


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)


def orders_are_placed_on_what_innkeeper_up_makes(estate):
    done = run(os.path.join(REPOSITORY, "run-checkout"), "--preset", "dev", "--orders", "40", "--clients", "8", "--estate", estate)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^placed 40, failed 0: ", done.stdout, re.M), done.stdout
    assert "charges in the payment service's journal: 43\n" in done.stdout
    ada = done.stdout[done.stdout.index("the orders of ada"):done.stdout.index("orders by status")]
    assert len(re.findall(r"  confirmed  65\.838124725 EUR  ", ada)) == 3, ada
    assert re.search(r"^ confirmed \| +43 \|", done.stdout, re.M), done.stdout


def its_log_in_has_the_least_rights(estate):
    ask = lambda sql: run(INNKEEPER, "psql", "checkout", "--manifest", f"{estate}/innkeeper.yaml", "--", "-XAtc", sql)
    for sql in ("UPDATE order_events SET actor = 'x'", "DELETE FROM order_events", "TRUNCATE order_events",
                "CREATE TABLE mine (n int)", "DROP TABLE orders", "SELECT pg_logical_emit_message(true, '', '')"):
        done = ask(sql)
        assert done.returncode != 0 and ("permission denied" in done.stderr or "must be owner" in done.stderr), (sql, done)
    assert ask("SELECT count(*) FROM order_events").stdout == f"{43 * 3}\n"
    proved = run(INNKEEPER, "verify", "--prove", estate)
    assert proved.returncode == 0, proved.stdout + proved.stderr


def main():
    folder = tempfile.mkdtemp(prefix="run-checkout-")
    os.chmod(folder, 0o755)
    estate = os.path.join(folder, "online-boutique")
    shutil.copytree(os.path.join(REPOSITORY, "examples/online-boutique"), estate, ignore=shutil.ignore_patterns(".innkeeper"))
    failures = 0
    try:
        for test in (orders_are_placed_on_what_innkeeper_up_makes, its_log_in_has_the_least_rights):
            start = time.monotonic()
            try:
                test(estate)
                print(f"ok {test.__name__} ({time.monotonic() - start:.2f} s)", flush=True)
            except Exception:  # pylint: disable=broad-except
                failures += 1
                print(f"not ok {test.__name__}\n{traceback.format_exc()}", flush=True)
    finally:
        run(INNKEEPER, "down", "--purge", "--yes", estate)
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
