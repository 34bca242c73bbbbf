"""A PostgreSQL server of the tests' own, with the estate's schema, and a log-in with the rights that the service has."""
import glob
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile

from shop import die_with_parent, eventually, free_port

SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../examples/online-boutique/checkout/schema")
GRANTS = """
CREATE ROLE orderservice LOGIN;
GRANT SELECT, INSERT, UPDATE, DELETE ON orders, order_items, order_outbox TO orderservice;
GRANT SELECT, INSERT ON order_events TO orderservice;
GRANT SELECT, UPDATE, USAGE ON SEQUENCE order_commits_seq TO orderservice;
"""


def newest_programs():
    if os.environ.get("INNKEEPER_TEST_PG"):
        return os.environ["INNKEEPER_TEST_PG"]
    return max(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))


class Database:
    def __init__(self):
        self.programs = newest_programs()
        self.folder = tempfile.mkdtemp(prefix="checkout-pg-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.port = free_port()
        self.run("initdb", "-D", f"{self.folder}/data", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self.process = None
        self.start()
        self.sql("CREATE DATABASE ordersdb", database="postgres")
        for file in sorted(glob.glob(f"{SCHEMA}/migrations/V*.sql")):
            with open(file, encoding="utf-8") as text:
                self.sql(re.split(r"^-- innkeeper: down$", text.read(), flags=re.M)[0])
        self.sql(GRANTS)
        self.url = self.url_of("orderservice", "ordersdb")

    def become_postgres(self):
        die_with_parent()
        if self.user:
            os.setgid(self.user.pw_gid)
            os.setuid(self.user.pw_uid)
            die_with_parent()  # a change of user forgets it

    def run(self, program, *words):
        done = subprocess.run([f"{self.programs}/{program}", *words], capture_output=True, text=True, check=False,
                              preexec_fn=self.become_postgres, cwd="/", env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"})
        assert done.returncode == 0, done.stderr

    def start(self):
        def try_once():
            with open(f"{self.folder}/log", "ab") as log:
                self.process = subprocess.Popen(
                    [f"{self.programs}/postgres", "-D", f"{self.folder}/data", "-p", str(self.port), "-c",
                     "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.folder}", "-c", "fsync=off",
                     "-c", "full_page_writes=off", "-c", "max_connections=100"],
                    stdout=log, stderr=log, preexec_fn=self.become_postgres, cwd="/", env={"LC_ALL": "C"})
            # While a child of a dead postmaster holds the shared memory, a new one ends at once.
            return eventually(lambda: self.process.poll() is not None or self.is_ready(), what="a server") and self.is_ready()

        eventually(try_once, 60, "a server's start")

    def is_ready(self):
        try:
            with open(f"{self.folder}/data/postmaster.pid", encoding="utf-8") as file:
                text = file.read()
        except OSError:
            return False
        return text.startswith(f"{self.process.pid}\n") and "\nready " in text

    def text(self):
        with open(f"{self.folder}/log", encoding="utf-8", errors="replace") as file:
            return file.read()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def recover(self):
        """After its postmaster died, by whatever hand."""
        eventually(lambda: self.process.poll() is not None, what="the postmaster's end")
        self.start()

    restart = recover

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def become_standby(self, yes):
        """Of a primary that isn't there."""
        self.stop()
        file = f"{self.folder}/data/standby.signal"
        if yes:
            with open(file, "w", encoding="ascii"):
                pass
        elif os.path.exists(file):
            os.remove(file)
        self.start()

    def url_of(self, role, database):
        return f"postgres://{role}@127.0.0.1:{self.port}/{database}?sslmode=disable"

    def close(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def sql(self, text, database="ordersdb"):
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "|", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p",
                               str(self.port), "-U", "postgres", "-d", database], input=text, capture_output=True,
                              text=True, check=False)
        assert done.returncode == 0, done.stderr
        return [line.split("|") for line in done.stdout.splitlines() if line]
