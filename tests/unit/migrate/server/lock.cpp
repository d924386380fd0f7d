#include "migrate/server/lock.h"
#include "migrate/server/pooler.h"
#include "migrate/server/watch.h"
#include "support/catch.h"
#include "support/postgres_server.h"
#include "sys/clock.h"
#include <algorithm>
#include <mutex>
#include <thread>

using namespace fairlead;
using namespace fairlead::migrate::server;

namespace {

Address at(const test::PostgresServer& server) {
    return {Engine::postgres, server.url(), "", "DATABASE_URL", "postgresql://fairlead@/postgres"};
}
Request asking(Milliseconds wait, std::string table = "fairlead_migrations") {
    return {std::move(table), wait, "fairlead-migrate host=unit run=1", [](const std::string&) {}};
}
Connection open_on(const Address& address, const char* application = "unit") {
    Wanted wanted;
    wanted.application = application;
    auto connection = connect(address, wanted);
    INFO((connection.ok() ? "" : connection.error().message));
    REQUIRE(connection.ok());
    return std::move(connection).value();
}

struct Told {
    std::mutex mutex;
    std::vector<std::string> lines;
    Tell tell = [this](const std::string& line) {
        const std::lock_guard<std::mutex> lock(mutex);
        lines.push_back(line);
    };
    bool has(std::string_view part) {
        const std::lock_guard<std::mutex> lock(mutex);
        return std::any_of(lines.begin(), lines.end(), [&](auto& line) { return line.find(part) != line.npos; });
    }
};

}

TEST_CASE("a lock's key is made of database and table") {
    CHECK(lock_key("shop", "fairlead_migrations") == -2127373117530258920);
    CHECK(lock_key("shop", "other") != lock_key("shop", "fairlead_migrations"));
}

TEST_CASE("one holds the lock, another one is told who, waits, and then gets it") {
    NEED_POSTGRES(server);
    const auto address = at(*server);
    auto held = std::make_optional(take_lock(address, asking(Milliseconds{0})).value());
    CHECK(held->still_held().ok());
    const auto refused = take_lock(address, asking(Milliseconds{300}));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == Kind::could_not);
    CHECK(refused.error().message.find("(fairlead-migrate host=unit run=1), since 2") != std::string::npos);
    CHECK(refused.error().message.find("waited for 300ms") != std::string::npos);
    CHECK(take_lock(address, asking(Milliseconds{0}, "another")).ok());

    auto looking = open_on(address);
    const auto holder = lock_holder(looking, "fairlead_migrations").value();
    REQUIRE(holder);
    CHECK(holder->pid > 0);
    CHECK(holder->application == "fairlead-migrate host=unit run=1");
    std::thread freeing([&] {
        sys::real_clock().rest(Milliseconds{400});
        held.reset();
    });
    std::string told;
    auto waiting = asking(Milliseconds{10'000});
    waiting.tell = [&](const std::string& line) { told = line; };
    CHECK(take_lock(address, waiting).ok());
    freeing.join();
    CHECK(told.find("waits for the lock, which is held by pid ") != std::string::npos);
    CHECK_FALSE(lock_holder(looking, "fairlead_migrations").value());
}

TEST_CASE("the holder's own work is told, and a lock whose session was ended is held no more") {
    NEED_POSTGRES(server);
    const auto address = at(*server);
    auto lock = take_lock(address, asking(Milliseconds{0})).value();
    auto working = open_on(address, "fairlead-migrate host=unit run=1"), looking = open_on(address);
    REQUIRE(working.session->run("BEGIN; SELECT 'the work'").ok());
    const auto holder = lock_holder(looking, "fairlead_migrations").value();
    REQUIRE(holder);
    CHECK(holder->query == "BEGIN; SELECT '…'");
    REQUIRE(looking.session->run("SELECT pg_terminate_backend(" + std::to_string(holder->pid) + ", 5000)").ok());
    const auto lost = lock.still_held();
    REQUIRE_FALSE(lost.ok());
    CHECK(lost.error().message.find("another run may migrate by now") != std::string::npos);
}

TEST_CASE("SQLite's lock is a file beside the database") {
    const auto folder = sys::TemporaryFolder::make("lock").value();
    const Address address{Engine::sqlite, "", (folder.path() / "app.db").string(), "DATABASE_URL", "sqlite:app.db"};
    {
        auto held = take_lock(address, asking(Milliseconds{0})).value();
        CHECK(held.still_held().ok());
        const auto refused = take_lock(address, asking(Milliseconds{100}));
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().message.find("app.db.fairlead-lock' is held by pid ") != std::string::npos);
    }
    CHECK(take_lock(address, asking(Milliseconds{0})).ok());
}

TEST_CASE("the server itself is no pooler, whatever its port") {
    NEED_POSTGRES(server);
    const auto address = at(*server);
    auto connection = open_on(address);
    connection.identity.host = "db-pooler.example.org:6432";
    CHECK_FALSE(find_pooler(connection, address, {})->between);
    CHECK(connection.identity.database == "postgres");
    CHECK(connection.identity.user == "fairlead");
    CHECK(connection.identity.major >= 13);
}

TEST_CASE("who blocks a statement is told while it waits, and the lock timeout is tried again") {
    NEED_POSTGRES(server);
    const auto address = at(*server);
    auto blocker = open_on(address, "report"), working = open_on(address);
    REQUIRE(blocker.session->run("DROP TABLE IF EXISTS watched; CREATE TABLE watched (a int)").ok());
    REQUIRE(blocker.session->run("BEGIN; LOCK watched; SELECT 'a long report'").ok());
    Told told;
    Watch watch(address, "eyes", working.identity.pid, told.tell, Milliseconds{100});
    std::thread freeing([&] {
        while (!told.has("tries again")) sys::real_clock().rest(Milliseconds{20});
        blocker.session->run("COMMIT").value();
    });
    const auto attempt = [&]() -> Result<sys::Answer> {
        watch.begins();
        const sys::Answer answer =
            TRY(working.session->run("SET lock_timeout = '700ms'; ALTER TABLE watched ADD b int"));
        watch.ends();
        return answer;
    };
    const auto answer = retried(attempt, watch, told.tell);
    freeing.join();
    REQUIRE(answer.ok());
    CHECK_FALSE(answer->refusal);
    CHECK(told.has("waits for pid " + std::to_string(blocker.identity.pid) +
                   " (report), 0 s, idle in transaction: BEGIN; "
                   "LOCK watched; SELECT '…'"));
    CHECK(told.has("the lock was held by pid " + std::to_string(blocker.identity.pid)));
    working.session->run("DROP TABLE watched").value();
}

TEST_CASE("how far an index is, is told") {
    NEED_POSTGRES(server);
    const auto address = at(*server);
    auto holding = open_on(address), working = open_on(address);
    REQUIRE(working.session->run("DROP TABLE IF EXISTS far; CREATE TABLE far AS SELECT 1 AS a").ok());
    REQUIRE(holding.session->run("BEGIN; INSERT INTO far VALUES (2)").ok());
    Told told;
    {
        Watch watch(address, "eyes", working.identity.pid, told.tell, Milliseconds{100});
        std::thread freeing([&] {
            for (int i = 0; i < 200 && !told.has("create index concurrently: "); ++i)
                sys::real_clock().rest(Milliseconds{20});
            holding.session->run("COMMIT").value();
        });
        watch.begins();
        CHECK_FALSE(working.session->run("CREATE INDEX CONCURRENTLY far_a ON far (a)")->refusal);
        watch.ends();
        freeing.join();
    }
    CHECK(told.has("create index concurrently: waiting for writers before build"));
    CHECK(told.has("waits for pid " + std::to_string(holding.identity.pid)));
}
