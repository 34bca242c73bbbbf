"""Brings up an estate of hostile names and passwords and connects to it with each driver, by each string."""
import asyncio
import base64
import ctypes
import glob
import json
import os
import pathlib
import shlex
import subprocess
import sys
import urllib.parse

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
    "fragment": ("q?#", "d?x#y", "p?#%3F"),
    "blanks": (" a  b ", "two words", "  leading and trailing  "),
    "backslashes": ("back\\slash", "c:\\d", "\\'\\\\\""),
    "unicode": ("müller密", "データ", "pässwörd密é"),
    "emoji": ("user🔑", "🗄", "key🔑"),
    "shell": ("$USER `id`", "$(id)", "${HOME} $$ `x` !! {a,b} * ~ <> |"),
}
DIALECTS = ("uri", "keyword", "sqlalchemy", "asyncpg", "jdbc", "go", "node", "dotnet")
PRESETS = ("servicebinding", "cnpg", "crunchy", "libpq", "spring", "django")
# What node-postgres can't read back in a database's name, docs/connection-strings.md: its dialect refuses that.
REFUSED = {("node", "fragment")}
# pgJDBC's SASLprep takes no character that is newer than Unicode 3.2, whatever the string around it.
PROHIBITED = {"emoji": "Prohibited character"}
WHO = "SELECT session_user, current_database()"

work, programs = map(pathlib.Path, sys.argv[1:])
estate = work / "estate"
failures = 0
stage = ""


def told(name, problem=""):
    global failures
    print(f"not ok {name}{stage}: {problem}" if problem else f"ok {name}{stage}", flush=True)
    failures += bool(problem)


def innkeeper(*words):
    environment = {"PATH": os.environ["PATH"], "HOME": str(work), "LC_ALL": "C.UTF-8"}
    environment |= {k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_"))}
    return subprocess.run([os.environ["INNKEEPER"], *words], cwd=estate, env=environment, capture_output=True, text=True)


def file_name(name):
    plain = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return "".join(chr(b) if b in plain else f"%{b:02X}" for b in name.encode())


def sayable(name):
    return [form for form in DIALECTS if (form, name) not in REFUSED]


def write_estate(**more):
    services = {}
    for name, (user, database, password) in CASES.items():
        places = [{"directory": f"{preset}/{name}", "preset": preset} for preset in PRESETS]
        places.append({"directory": f"dialects/{name}", "keys": {form: form for form in sayable(name)}})
        places.append({"file": f"{name}.env", "keys": {form.upper(): form for form in sayable(name)}})
        services[name] = {
            "user": user.replace("${", "$${"),
            "database": database.replace("${", "$${"),
            "secrets": places,
        }
        folder = estate / ".innkeeper/secrets/shared" / file_name(user)
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        (folder / "password").write_text(password)
        (folder / "password").chmod(0o600)
    for path in (estate, estate / ".innkeeper", estate / ".innkeeper/secrets", estate / ".innkeeper/secrets/shared"):
        path.chmod(0o700)
    (estate / "innkeeper.yaml").write_text(json.dumps({"estate": "drivers", "services": services, **more}, ensure_ascii=False))


def placed(folder, name):
    """What stands in a place that is a directory, byte for byte."""
    files = [file for file in (estate / folder / name).iterdir() if not file.name.startswith(".")]
    return {file.name: file.read_bytes().decode() for file in files}


def check_show():
    """`secret show` says what the places hold, and refuses what the driver can't read."""
    name = "separators"
    for form, there in {**placed("dialects", name), **{preset: placed(preset, name) for preset in PRESETS}}.items():
        ran = innkeeper("secret", "show", name, "--as", form, "--json")
        said = json.loads(ran.stdout)
        told(f"secret show --as {form}", "" if there in (said.get("value"), said.get("values")) else ran.stderr or "differs")
    for form, name in REFUSED:
        ran = innkeeper("secret", "show", name, "--as", form)
        told(f"secret show --as {form} refuses {name}", "" if ran.returncode == 1 and not ran.stdout else ran.stdout)


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
        if "JDBC" in driver and service in PROHIBITED:
            told(f"{driver} refuses {service}", "" if PROHIBITED[service] in "".join(decoded) else f"answered {decoded}")
        elif not decoded or decoded[0] == "!":
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


def dotnet_pairs(text):
    """The rules of .NET's DbConnectionStringBuilder, for want of a packaged Npgsql: NAME=VALUE; with a value bare up to
    the semicolon and trimmed, or in quotes of either kind, a quote inside them doubled."""
    found, rest = {}, text
    while rest:
        name, rest = rest.split("=", 1)
        if rest[:1] in ("'", '"'):
            quote, value, rest = rest[0], "", rest[1:]
            while True:
                part, rest = rest.split(quote, 1)
                value += part
                if not rest.startswith(quote):
                    break
                value, rest = value + quote, rest[1:]
            if rest and not rest.startswith(";"):
                raise ValueError("something follows the quotes")
            rest = rest[1:]
        else:
            value, _, rest = rest.partition(";")
            value = value.strip()
        found[name.strip()] = value
    return found


def by_dotnet_grammar(text):
    pairs = dotnet_pairs(text)
    names = {"Host": "host", "Port": "port", "Database": "dbname", "Username": "user", "Password": "password",
             "SSL Mode": "sslmode", "Root Certificate": "sslrootcert"}
    if "SSL Mode" in pairs:
        pairs["SSL Mode"] = {"VerifyCA": "verify-ca", "VerifyFull": "verify-full"}.get(pairs["SSL Mode"], "disable")
    with psycopg2.connect(**{names[key]: value for key, value in pairs.items()}) as session, session.cursor() as cursor:
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
    library = ctypes.CDLL(*glob.glob("/usr/lib/*/systemd/libsystemd-shared-*.so"))
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
    wanted = {form.upper(): text for form, text in placed("dialects", service).items()}
    for reader, read in (("systemd", systemd_reads), ("sh", sh_reads)):
        name = f"{reader} reads the env file of {service}"
        try:
            found = read(estate / f"{service}.env")
            wrong = [key for key, value in wanted.items() if found.get(key) != value]
            told(name, f"differs: {wrong}" if wrong else "")
        except Exception as failed:  # whatever a reader throws is its answer
            told(name, f"{type(failed).__name__}: {failed}")


def check_all(services):
    strings = {name: placed("dialects", name) for name in services}
    keys = {preset: {name: placed(preset, name) for name in services} for preset in PRESETS}
    for name, said in strings.items():
        attempt(f"libpq uri {name}", name, lambda: by_libpq(said["uri"]))
        attempt(f"libpq keyword {name}", name, lambda: by_libpq(said["keyword"]))
        attempt(f"SQLAlchemy with psycopg2 {name}", name, lambda: by_sqlalchemy(said["sqlalchemy"]))
        attempt(f"SQLAlchemy with asyncpg {name}", name, lambda: by_asyncpg(said["asyncpg"]))
        attempt(f"dotnet by its grammar {name}", name, lambda: by_dotnet_grammar(said["dotnet"]))
        attempt(f"preset libpq {name}", name, lambda: by_psql(keys["libpq"][name]))
        attempt(f"preset django {name}", name, lambda: by_django(keys["django"][name]["DATABASE_URL"]))
        for preset in ("servicebinding", "cnpg", "crunchy"):
            attempt(f"uri of {preset} {name}", name, lambda: by_libpq(keys[preset][name]["uri"]))
        attempt(f"pgpass of cnpg {name}", name, lambda: by_passfile(estate / "cnpg" / name))
        check_env_file(name)
    java = ["java", "-XX:TieredStopAtLevel=1", "-cp", f"{programs}:/usr/share/java/postgresql.jar", "PgJdbc"]
    by_program("pgJDBC", java, [(name, [said["jdbc"]]) for name, said in strings.items()])
    by_program("preset spring by pgJDBC", java,
               [(name, [said[f"SPRING_DATASOURCE_{key}"] for key in ("URL", "USERNAME", "PASSWORD")])
                for name, said in keys["spring"].items()])
    by_program("jdbc-uri of cnpg by pgJDBC", java, [(name, [said["jdbc-uri"]]) for name, said in keys["cnpg"].items()])
    by_program("lib/pq", [str(programs / "lib_pq")], [(name, [said["go"]]) for name, said in strings.items()])
    node = ["env", f"NODE_PATH={programs}/node_modules", "node", str(pathlib.Path(__file__).with_name("node_postgres.js"))]
    by_program("node-postgres", node, [(name, [said["node"]]) for name, said in strings.items() if "node" in said])


def check_tls():
    """The server takes nobody without TLS, and every string verifies it."""
    global stage
    stage = " over TLS"
    write_estate(hardening={"tls": "require"})
    came_up = innkeeper("up", "--tls", "-q")
    told("the estate comes up", came_up.stderr.strip()[-2000:] if came_up.returncode else "")
    if came_up.returncode != 0:
        return
    uri = placed("dialects", "plain")["uri"]
    told("the uri verifies", "" if "sslmode=verify-full" in uri else "it does not say so")
    # The one thing that its URL can't say, docs/connection-strings.md.
    os.environ["PGSSLROOTCERT"] = urllib.parse.parse_qs(urllib.parse.urlsplit(uri).query)["sslrootcert"][0]
    check_all(["plain", "separators"])


estate.mkdir()
write_estate()
try:
    came_up = innkeeper("up", "-q")
    told("the estate comes up", came_up.stderr.strip()[-2000:] if came_up.returncode else "")
    if came_up.returncode == 0:
        check_all(CASES)
        check_show()
        check_tls()
finally:
    innkeeper("down", "--purge", "--yes")
sys.exit(failures > 0)
