"""What is restored into servers: PostgreSQL and Redis."""
import os

import postgres
import redis
from files import BIN, Scene


class Postgres(Scene):
    """The target is a database that others are connected to."""
    name = "postgres"

    @classmethod
    def scenes(cls, scratch):
        if postgres.folder_of_programs() is None:
            print(f"SKIPPED: {postgres.PART}: {postgres.INSTALL}")
            return
        with postgres.Server() as server:
            for mode in ("full", "empty", "absent"):
                yield cls(scratch, mode, server)

    def __init__(self, scratch, mode, server):
        super().__init__(f"restore, PostgreSQL, {mode}", scratch / f"postgres {mode}")
        self.mode, self.server, self.number = mode, server, 0
        self.places = ("restore", "restored", "counted", *(("swapped",) if mode != "absent" else ()), "in-place")
        self.acts = {one.__name__: one for one in (self.write, self.hold, self.open, self.create, self.rename, self.delete, self.grant, self.migrate, self.restore, self.drop_copy)}
        self.senseless = {(place, act) for place in ("swapped", "in-place") for act in ("rename", "delete")}
        (self.folder / "fairlead.yml").write_text("version: 1\napp: shop\nenvironments: {dev: {}}\nbackup:\n  stores: [file:store]\n"
                                                  "migrate: {backup_first: 'no'}\n")
        (self.folder / "migrations").mkdir()
        (self.folder / "migrations/1_more.sql").write_text("CREATE TABLE more (who text, number integer);\nINSERT INTO more VALUES ('more', 1);\n")
        self.drop()
        self.say("CREATE DATABASE shop", "postgres")
        self.say("CREATE TABLE rows (who text, number integer); INSERT INTO rows SELECT 'set', n FROM generate_series(0, 49) n")
        self.call("fairlead-backup", "run")
        self.wanted = {f"rows set {number}" for number in range(50)}

    def environment(self):
        return super().environment() | {"DATABASE_URL": self.server.url("shop"), "LANG": "C.UTF-8"}

    def command(self):
        return [BIN / "fairlead-backup", "restore", "latest", "--to", "original", "--overwrite"]

    def say(self, text, database="shop"):
        """Whether it did; nobody waits long for a lock."""
        return self.server.psql("SET lock_timeout = '300ms';\n" + text, database, check=False).returncode == 0

    def ours(self):
        return self.server.ask("SELECT datname FROM pg_database WHERE datname ~ '^(shop|moved)'").split()

    def drop(self):
        self.server.psql("".join(f'DROP DATABASE "{one}" WITH (FORCE);\n' for one in self.ours()))

    def reset(self):
        self.drop()
        self.acknowledged = set()
        if self.mode != "absent":
            self.say("CREATE DATABASE shop", "postgres")
        if self.mode == "full":
            self.say("CREATE TABLE rows (who text, number integer); INSERT INTO rows SELECT 'before', n FROM generate_series(0, 99) n")
            self.acknowledged = {f"rows before {number}" for number in range(100)}

    def write(self, place):
        self.number += 1
        if self.say(f"CREATE TABLE IF NOT EXISTS rows (who text, number integer); INSERT INTO rows VALUES ('came', {self.number})"):
            self.acknowledged.add(f"rows came {self.number}")

    def hold(self, place):
        """A session that has written, and writes again at the end where it still can."""
        self.number += 1
        number = self.number
        if "shop" not in self.ours():
            return
        session = self.server.session("shop", "CREATE TABLE IF NOT EXISTS rows (who text, number integer);\n"
                                              f"INSERT INTO rows VALUES ('held', {number}) RETURNING 'acknowledged';")
        self.acknowledged.add(f"rows held {number}")

        def end():
            said = session.communicate(f"INSERT INTO rows VALUES ('late', {number}) RETURNING 'late';\n")[0] if session.poll() is None else ""
            if "late" in said.split():
                self.acknowledged.add(f"rows late {number}")
        self.held.append(end)

    def open(self, place):
        """A transaction that holds a lock on the table."""
        if "shop" not in self.ours():
            return
        session = self.server.session("shop", "BEGIN; CREATE TABLE IF NOT EXISTS rows (who text, number integer); LOCK TABLE rows;")
        self.held.append(lambda: session.communicate("ROLLBACK;\n") if session.poll() is None else session.communicate())

    def create(self, place):
        """The database, or a table in it."""
        self.say("CREATE DATABASE shop", "postgres")
        if self.say("CREATE TABLE came (who text, number integer); INSERT INTO came VALUES ('made', 1)"):
            self.acknowledged.add("came made 1")

    def rename(self, place):
        if self.say('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = \'shop\'; ALTER DATABASE shop RENAME TO moved', "postgres"):
            self.write(place)

    def delete(self, place):
        if self.say("DROP DATABASE shop WITH (FORCE)", "postgres"):
            self.acknowledged = set()

    def grant(self, place):
        self.say("CREATE ROLE someone", "postgres")
        self.say("GRANT CONNECT ON DATABASE shop TO someone; ALTER DATABASE shop SET work_mem = '5MB'", "postgres")

    def migrate(self, place):
        done = self.call("fairlead-migrate", "up", "--env", "dev", "--wait-lock", "100ms", check=False)
        if done.returncode == 0:
            self.acknowledged.add("more more 1")

    def restore(self, place):
        self.call(*map(str, self.command()), check=False)

    def drop_copy(self, place):
        """The database that is filled beside it, whatever it is called."""
        for one in self.ours():
            if "_restore_" in one:
                self.say(f'DROP DATABASE "{one}" WITH (FORCE)', "postgres")

    def rows(self, database):
        tables = self.server.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename IN ('rows', 'came', 'more')", database).split()
        return {f"{table} {line.replace('|', ' ')}" for table in tables for line in self.server.ask(f"SELECT who, number FROM {table}", database).splitlines()}

    def judge(self, place, act, status):
        found, closed = {}, []
        for one in self.ours():
            if self.server.ask(f"SELECT datallowconn FROM pg_database WHERE datname = '{one}'") == "f":
                closed.append(one)
                self.say(f'ALTER DATABASE "{one}" ALLOW_CONNECTIONS true', "postgres")
            found[one] = self.rows(one)
        lost = self.acknowledged - set().union(*found.values())
        wrong = [f"lost {len(lost)}: {sorted(lost)[:3]}"] if lost else []
        if status == 0 and not self.wanted <= found.get("shop", set()):
            wrong.append("status 0, and the set's rows are not there")
        if "shop" in closed:
            wrong.append("nobody may connect to shop")
        left = [one for one in found if "_restore_" in one]
        wrong += [f"copies are left: {left}"] if left else []
        return wrong


class Redis(Scene):
    """The target is a database of a server; the one beside it is filled."""
    name = "redis"

    @classmethod
    def scenes(cls, scratch):
        if not redis.is_here():
            print(f"SKIPPED: {redis.PART}: {redis.INSTALL}")
            return
        with redis.Server() as server:
            for mode in ("full", "empty"):
                yield cls(scratch, mode, server)

    def __init__(self, scratch, mode, server):
        super().__init__(f"restore, Redis, {mode}", scratch / f"redis {mode}")
        self.mode, self.server = mode, server
        self.places = ("restore", "claimed", "moved", "restored", "counted", "in-place")
        self.acts = {one.__name__: one for one in (self.write, self.write_beside, self.write_short, self.hold, self.create, self.rename, self.delete, self.swap,
                                                   self.flush_beside, self.replace_ours, self.restore)}
        self.senseless = {("in-place", "delete"), ("in-place", "swap"), ("in-place", "flush_beside")}
        (self.folder / "fairlead.yml").write_text("version: 1\napp: shop\nbackup:\n  stores: [file:store]\n"
                                                  "  sources: [{name: cache, engine: redis, url_env: CACHE_URL}]\n")
        server.say("FLUSHALL\n" + "".join(f"SET set:{number} {number}\n" for number in range(50)))
        self.call("fairlead-backup", "run")

    def environment(self):
        return super().environment() | {"CACHE_URL": self.server.url()}

    def command(self):
        return [BIN / "fairlead-backup", "restore", "latest", "--to", "original", "--overwrite"]

    def put(self, key, database=0, *more):
        if self.server.ask("SET", key, "mine", *more, database=database) == "OK":
            self.acknowledged.add(key)

    def reset(self):
        self.server.ask("FLUSHALL")
        self.acknowledged = set()
        if self.mode == "full":
            self.put("before")

    def write(self, place):
        self.put("came")

    def write_beside(self, place):
        for database in (15, 14):
            self.put(f"beside:{database}", database)

    def write_short(self, place):
        """Keys that end by themselves."""
        self.put("short", 0, "EX", "1000")
        self.put("short beside", 15, "EX", "1000")

    def hold(self, place):
        """Who is connected, and writes at the end."""
        self.held.append(lambda: self.put("late"))

    def create(self, place):
        """A key that is in the set, too."""
        self.put("set:1")
        self.acknowledged.discard("set:1")

    def rename(self, place):
        if self.server.ask("RENAME", "before", "renamed") == "OK":
            self.acknowledged = {"renamed"} | (self.acknowledged - {"before"})

    def delete(self, place):
        self.server.ask("FLUSHDB")
        self.acknowledged = set()

    def swap(self, place):
        self.server.ask("SWAPDB", "0", "9")

    def flush_beside(self, place):
        self.server.ask("FLUSHDB", database=15)

    def replace_ours(self, place):
        """One of the keys that are filled in beside becomes somebody's own."""
        if self.server.ask("SET", "set:1", "not ours", "XX", database=15) == "OK":
            self.put("replaced", 15)

    def restore(self, place):
        self.call(*map(str, self.command()), check=False)

    def judge(self, place, act, status):
        keys = {database: set(self.server.ask("KEYS", "*", database=database).splitlines()) for database in range(16)}
        lost = self.acknowledged - set().union(*keys.values())
        wrong = [f"lost {sorted(lost)}"] if lost else []
        if status == 0 and not {f"set:{number}" for number in range(50)} <= keys[0]:
            wrong.append(f"status 0, and the set's keys are not there: {len(keys[0])}")
        if "fairlead:restore" in keys[0]:
            wrong.append("our mark serves")
        return wrong


SCENES = [Postgres, Redis]
