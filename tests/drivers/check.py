"""Brings up an estate of hostile names and passwords and connects to it with each driver, by each string."""
import asyncio
import base64
import ctypes
import json
import os
import pathlib
import shlex
import subprocess
import sys

import asyncpg  # noqa: F401  SQLAlchemy takes it by its name
import dj_database_url
import psycopg2
import sqlalchemy
from sqlalchemy.ext.asyncio import create_async_engine

# user, database, password; each breaks another reader that quotes by halves.
CASES = {
    "plain": ("cafe_user", "cafe", "Secret123"),
    "quotes": ("o'brien\"s", "it's \"quoted\"", "'\"''\"\""),
    "separators": ("a;b=c&d", "x;y=z", "p;w=d&Password=other;"),
    "url": ("u@h:1/d?x#y%41+z", "d@h:1%41+b", "p@h:5432/d?sslmode=x#y%41%zz+ "),
    "blanks": (" a  b ", "two words", "  leading and trailing  "),
    "backslashes": ("back\\slash", "c:\\d", "\\'\\\\\""),
    "unicode": ("müller密", "データ", "pässwörd🔑é"),
    "shell": ("$USER `id`", "$(id)", "${HOME} $$ `x` !! {a,b} * ~ <> |"),
}
# What node-postgres can't read back in a database's name, docs/connection-strings.md; its dialect refuses that.
REFUSED = {("node", "url")}
WHO = "SELECT session_user, current_database()"

work = pathlib.Path(sys.argv[1])
estate = work / "estate"
failures = 0


def told(name, problem=""):
    global failures
    print(f"not ok {name}: {problem}" if problem else f"ok {name}", flush=True)
    failures += bool(problem)


def innkeeper(*words):
    environment = {"PATH": os.environ["PATH"], "HOME": str(work), "LC_ALL": "C.UTF-8"}
    environment |= {k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_"))}
    return subprocess.run([os.environ["INNKEEPER"], *words], cwd=estate, env=environment, capture_output=True, text=True)


def file_name(name):
    plain = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return "".join(chr(b) if b in plain else f"%{b:02X}" for b in name.encode())


def write_estate():
    services = {}
    for name, (user, database, password) in CASES.items():
        presets = [
            {"directory": f"bindings/{name}", "preset": "servicebinding"},
            {"directory": f"cnpg/{name}", "preset": "cnpg"},
            {"directory": f"crunchy/{name}", "preset": "crunchy"},
            {"file": f"{name}.env", "keys": {"DATABASE_URL": "uri", "KEYWORD": "keyword", "DOTNET": "dotnet"}},
        ]
        services[name] = {
            "user": user.replace("${", "$${"),
            "database": database.replace("${", "$${"),
            "secrets": presets,
        }
        folder = estate / ".innkeeper/secrets/shared" / file_name(user)
        folder.mkdir(parents=True, mode=0o700)
        (folder / "password").write_text(password)
        (folder / "password").chmod(0o600)
    for path in (estate, estate / ".innkeeper", estate / ".innkeeper/secrets", estate / ".innkeeper/secrets/shared"):
        path.chmod(0o700)
    (estate / "innkeeper.yaml").write_text(json.dumps({"estate": "drivers", "services": services}, ensure_ascii=False))


def shown(service, form):
    ran = innkeeper("secret", "show", service, "--as", form, "--json")
    document = json.loads(ran.stdout)
    if ran.returncode == 0:
        return document.get("value", document.get("values"))
    if (form, service) not in REFUSED:
        told(f"secret show {service} --as {form}", ran.stderr.strip())
    return None


def judge(name, service, found):
    user, database, _ = CASES[service]
    told(name, "" if tuple(found) == (user, database) else f"arrived as {found}")


def attempt(name, service, connect):
    try:
        judge(name, service, connect())
    except Exception as failed:  # whatever a driver throws is its answer
        told(name, f"{type(failed).__name__}: {failed}")


def in_base64(text):
    return base64.b64encode(text.encode()).decode()


def by_program(driver, command, asked):
    """asked: [(service, [fields])]; one process for all of a driver's connections."""
    lines = "".join("\t".join([service, *map(in_base64, fields)]) + "\n" for service, fields in asked)
    ran = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=120)
    answers = {line.split("\t")[0]: line.split("\t")[1:] for line in ran.stdout.splitlines()}
    for service, _ in asked:
        answer = answers.get(service)
        decoded = [base64.b64decode(part).decode() if part != "!" else part for part in answer or []]
        if not decoded or decoded[0] == "!":
            told(f"{driver} {service}", decoded[1] if decoded else ran.stderr.strip()[-400:])
        else:
            judge(f"{driver} {service}", service, decoded)


def by_libpq(text):
    with psycopg2.connect(text) as session, session.cursor() as cursor:
        cursor.execute(WHO)
        return cursor.fetchone()


def by_psql(variables):
    ran = subprocess.run(["psql", "-X", "-At", "-F", "\x1f", "-w", "-c", WHO], capture_output=True, text=True,
                         env={"PATH": os.environ["PATH"], "HOME": str(work), "PGCLIENTENCODING": "UTF8", **variables})
    if ran.returncode != 0:
        raise RuntimeError(ran.stderr.strip())
    return ran.stdout.rstrip("\n").split("\x1f")


def by_sqlalchemy(text):
    with sqlalchemy.create_engine(text).connect() as session:
        return tuple(session.execute(sqlalchemy.text(WHO)).fetchone())


def by_asyncpg(text):
    async def connect():
        engine = create_async_engine(text)
        async with engine.connect() as session:
            row = (await session.execute(sqlalchemy.text(WHO))).fetchone()
        await engine.dispose()
        return tuple(row)

    return asyncio.run(connect())


def by_django(url):
    found = dj_database_url.parse(url)
    with psycopg2.connect(host=found["HOST"], port=found["PORT"], user=found["USER"], password=found["PASSWORD"],
                          dbname=found["NAME"], **found.get("OPTIONS", {})) as session, session.cursor() as cursor:
        cursor.execute(WHO)
        return cursor.fetchone()


def by_passfile(folder):
    passfile = work / "pgpass"
    passfile.write_text((folder / "pgpass").read_text() + "\n")
    passfile.chmod(0o600)
    read = {key: (folder / key).read_text() for key in ("host", "port", "dbname", "user")}
    return by_psql({"PGPASSFILE": str(passfile), "PGHOST": read["host"], "PGPORT": read["port"],
                    "PGDATABASE": read["dbname"], "PGUSER": read["user"]})


def systemd_reads(file):
    """EnvironmentFile= is read by this very function."""
    library = ctypes.CDLL("/usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so")
    libc = ctypes.CDLL(None)
    libc.fopen.restype = ctypes.c_void_p
    opened = libc.fopen(str(file).encode(), b"r")
    lines = ctypes.POINTER(ctypes.c_char_p)()
    if library.load_env_file(ctypes.c_void_p(opened), str(file).encode(), ctypes.byref(lines)) != 0:
        raise RuntimeError("load_env_file failed")
    found, i = {}, 0
    while lines[i]:
        key, _, value = lines[i].decode().partition("=")
        found[key] = value
        i += 1
    return found


def sh_reads(file):
    ran = subprocess.run(["env", "-i", "sh", "-c", f"set -eua; . {shlex.quote(str(file))}; exec env -0"],
                         capture_output=True, text=True, check=True)
    return dict(entry.partition("=")[::2] for entry in ran.stdout.split("\0") if entry)


def check_env_file(service):
    file = estate / f"{service}.env"
    for reader, read in (("systemd", systemd_reads), ("sh", sh_reads)):
        try:
            found = read(file)
            wanted = {"DATABASE_URL": shown(service, "uri"), "KEYWORD": shown(service, "keyword"),
                      "DOTNET": shown(service, "dotnet")}
            wrong = [key for key, value in wanted.items() if found.get(key) != value]
            told(f"{reader} reads the env file of {service}", f"differs: {wrong}" if wrong else "")
        except Exception as failed:
            told(f"{reader} reads the env file of {service}", f"{type(failed).__name__}: {failed}")


def check_all():
    strings = {form: {name: shown(name, form) for name in CASES}
               for form in ("uri", "keyword", "sqlalchemy", "asyncpg", "jdbc", "go", "node", "libpq", "spring", "django")}
    there = {form: [(name, text) for name, text in by_name.items() if text is not None]
             for form, by_name in strings.items()}
    for form in ("uri", "keyword"):
        for name, text in there[form]:
            attempt(f"libpq {form} {name}", name, lambda: by_libpq(text))
    for name, text in there["sqlalchemy"]:
        attempt(f"SQLAlchemy with psycopg2 {name}", name, lambda: by_sqlalchemy(text))
    for name, text in there["asyncpg"]:
        attempt(f"SQLAlchemy with asyncpg {name}", name, lambda: by_asyncpg(text))
    for name, values in there["libpq"]:
        attempt(f"preset libpq {name}", name, lambda: by_psql(values))
    for name, values in there["django"]:
        attempt(f"preset django {name}", name, lambda: by_django(values["DATABASE_URL"]))
    for name in CASES:
        for preset in ("bindings", "cnpg", "crunchy"):
            attempt(f"uri of {preset} {name}", name, lambda: by_libpq((estate / preset / name / "uri").read_text()))
        attempt(f"pgpass of cnpg {name}", name, lambda: by_passfile(estate / "cnpg" / name))
        check_env_file(name)
    java = ["java", "-cp", f"{work}:/usr/share/java/postgresql.jar", "PgJdbc"]
    by_program("pgJDBC", java, [(name, [text]) for name, text in there["jdbc"]])
    by_program("preset spring by pgJDBC", java,
               [(name, [values[f"SPRING_DATASOURCE_{key}"] for key in ("URL", "USERNAME", "PASSWORD")])
                for name, values in there["spring"]])
    by_program("jdbc-uri of cnpg by pgJDBC", java,
               [(name, [(estate / "cnpg" / name / "jdbc-uri").read_text()]) for name in CASES])
    by_program("lib/pq", [str(work / "lib_pq")], [(name, [text]) for name, text in there["go"]])
    node = ["env", "NODE_PATH=/usr/share/nodejs", "node", str(pathlib.Path(__file__).with_name("node_postgres.js"))]
    by_program("node-postgres", node, [(name, [text]) for name, text in there["node"]])


estate.mkdir()
write_estate()
try:
    came_up = innkeeper("up", "-q")
    told("the estate comes up", came_up.stderr.strip()[-2000:] if came_up.returncode else "")
    if came_up.returncode == 0:
        check_all()
finally:
    innkeeper("down", "--purge", "--yes")
sys.exit(failures > 0)
