#include "sys/database/postgres.h"
#include "base/secrets/secret.h"
#include "support/catch.h"
#include "support/postgres_server.h"
#include "sys/clock.h"
#include "sys/database/postgres_options.h"
#include "sys/signals.h"
#include <csignal>
#include <fstream>
#include <thread>

using namespace fairlead;
using namespace fairlead::sys;
using test::PostgresServer;

namespace {

Environment with(std::map<std::string, std::string> variables) { return Environment(std::move(variables)); }

std::unique_ptr<Session> open_on(const PostgresServer& server) {
    auto session = open_postgres({.url = server.url(), .application = "unit"});
    INFO((session.ok() ? "" : session.error().message));
    REQUIRE(session.ok());
    return std::move(session).value();
}

std::string only(const Result<Answer>& answer) {
    INFO((answer.ok() ? "" : answer.error().message));
    REQUIRE(answer.ok());
    INFO((answer->refusal ? answer->refusal->message : ""));
    REQUIRE(!answer->refusal);
    REQUIRE(answer->rows.size() == 1);
    return answer->rows[0].at(0).value_or("NULL");
}

}

TEST_CASE("neither user nor host nor database is guessed") {
    for (const std::string url : {"", "postgresql://", "postgresql://db/shop", "postgresql://app@/shop",
                                  "postgresql://app@db", "postgresql:///shop?host=/run/postgresql"}) {
        const auto options = postgres_options({.url = url}, with({{"HOME", "/nonexistent"}, {"USER", "me"}}));
        INFO(url);
        REQUIRE_FALSE(options.ok());
        CHECK(options.error().kind == Kind::usage);
        CHECK(options.error().message.find("postgresql://user:password@host:5432/name") != std::string::npos);
    }
}

TEST_CASE("what the URL leaves open comes from PGHOST and its like, never the other way round") {
    const auto variables = with({{"PGHOST", "elsewhere"}, {"PGUSER", "other"}, {"PGDATABASE", "db2"}, {"PGPORT", "7"}});
    const auto whole = postgres_options({.url = "postgres://app:x@db/shop"}, variables).value();
    CHECK(whole.at("host") == "db");
    CHECK(whole.at("user") == "app");
    CHECK(whole.at("dbname") == "shop");
    CHECK(whole.at("port") == "7");
    const auto none = postgres_options({}, variables).value();
    CHECK(none.at("host") == "elsewhere");
    CHECK(none.at("keepalives_idle") == "30");
    CHECK(none.at("keepalives_interval") == "10");
    CHECK(none.at("keepalives_count") == "3");
    CHECK(none.at("tcp_user_timeout") == "60000");
    CHECK_FALSE(
        postgres_options({.url = "postgres://app@db/shop?hostaddr=10.0.0.1"}, variables)->at("hostaddr").empty());
    CHECK(postgres_options({.url = "postgres://app@db/shop", .database = "clone"}, variables)->at("dbname") == "clone");
}

TEST_CASE("a service of pg_service.conf says who is asked") {
    const auto folder = TemporaryFolder::make("service").value();
    const auto file = (folder.path() / "services").string();
    std::ofstream(file)
        << "# ours\n[other]\nhost=wrong\n[shop]\nhost = db.example.org\nuser=app\ndbname=shop\n\n[z]\nuser=z\n";
    const auto options = postgres_options({}, with({{"PGSERVICE", "shop"}, {"PGSERVICEFILE", file}})).value();
    CHECK(options.at("host") == "db.example.org");
    CHECK(options.at("user") == "app");
    CHECK(options.at("dbname") == "shop");
    const auto absent = postgres_options({}, with({{"PGSERVICE", "absent"}, {"PGSERVICEFILE", file}}));
    REQUIRE_FALSE(absent.ok());
    CHECK(absent.error().message.find("'absent'") != std::string::npos);
}

TEST_CASE("no message about a URL holds its password") {
    for (const std::string url :
         {"postgresql://app:hunter2%zz@db/shop", "postgresql://app:hun/ter2@db:x/shop", "mysql://app:hunter2@db/shop",
          "postgresql://app:hunter2@db:99999/shop", "postgresql://app:hunter2@[::1/shop", "app:hunter2@db/shop",
          "postgresql://app:hunter2@db/shop?password=hunter2&nosuch=hunter2", "postgresql://app:hunter2@",
          "postgresql://hunter2@db\n/x?%%%"}) {
        INFO(url);
        const auto session = open_postgres({.url = url, .timeout = Milliseconds{200}});
        REQUIRE_FALSE(session.ok());
        CHECK(session.error().message.find("hunter2") == std::string::npos);
        CHECK(session.error().message.find("ter2") == std::string::npos);
        if (url.find("//hunter2") == std::string::npos)
            CHECK(without_password(url).find("hunter2") == std::string::npos);
    }
    CHECK(without_password("postgresql://app:hunter2@db:5432/shop?sslmode=require") == "postgresql://app@db:5432/shop");
    CHECK(without_password("postgresql://app@/shop?host=/run/pg") == "postgresql://app@/shop?host=/run/pg");
    CHECK(mask("app:hunter2").find("hunter2") == std::string::npos);
}

TEST_CASE("nobody there is an error that names who was asked, and a mute one ends with the time given") {
    const auto absent = open_postgres({.url = "postgresql://app:hunter2@127.0.0.1:1/shop"});
    REQUIRE_FALSE(absent.ok());
    CHECK(absent.error().kind == Kind::could_not);
    CHECK(absent.error().message.starts_with("PostgreSQL 'shop' at 127.0.0.1:1 can't be reached: "));
    CHECK(absent.error().message.find('\n') == std::string::npos);
}

TEST_CASE("a session answers with rows, nulls, counts and refusals") {
    NEED_POSTGRES(server);
    const auto session = open_on(*server);
    std::vector<std::string> heard;
    session->heard = [&](std::string_view text) { heard.emplace_back(text); };
    const auto made = session->run("DROP TABLE IF EXISTS nothing; CREATE TEMP TABLE t (a int, b text); "
                                   "INSERT INTO t VALUES (1, 'x'), (2, NULL); SELECT * FROM t ORDER BY a");
    REQUIRE(made.ok());
    CHECK(made->done == 4);
    CHECK(made->columns == std::vector<std::string>{"a", "b"});
    CHECK(made->rows == std::vector<std::vector<Field>>{{"1", "x"}, {"2", std::nullopt}});
    CHECK(heard == std::vector<std::string>{"NOTICE: table \"nothing\" does not exist, skipping"});
    CHECK(session->run("UPDATE t SET b = 'y'")->changed == 2);
    CHECK(only(session->ask("SELECT $1::text || $2", {"it's ", "ü"})) == "it's ü");
    CHECK(only(session->ask("SELECT $1::text", {std::nullopt})) == "NULL");

    const auto refused = session->run("INSERT INTO t VALUES (3); SELECT 'ü', nosuch; INSERT INTO t VALUES (4)");
    REQUIRE(refused.ok());
    REQUIRE(refused->refusal);
    CHECK(refused->refusal->code == "42703");
    CHECK(refused->done == 1);
    CHECK(refused->refusal->position == 40); // bytes, not characters
    CHECK(only(session->run("SELECT count(*) FROM t")) == "2");
    CHECK(only(session->run("SHOW client_encoding")) == "UTF8");
    CHECK(only(session->run("SELECT pg_backend_pid()")) == std::to_string(session->process()));
    CHECK(session->run("SELECT 1 WHERE false")->columns.size() == 1);
    CHECK(session->run("").ok());
    CHECK_FALSE(session->run(std::string("SELECT 1\0; DROP TABLE t", 22)).ok());
}

TEST_CASE("COPY takes its data, and a refusal quotes none of it") {
    NEED_POSTGRES(server);
    const auto session = open_on(*server);
    REQUIRE(session->run("CREATE TEMP TABLE t (a int, b text)").ok());
    std::string many;
    for (int i = 0; i < 300'000; ++i) many += std::to_string(i) + "\tsome text\n";
    CHECK(session->copy_in("COPY t FROM stdin", many)->changed == 300'000);
    CHECK(only(session->run("SELECT count(*) FROM t")) == "300000");
    const auto wrong = session->copy_in("COPY t FROM stdin", "1\tx\nno\ty\n");
    REQUIRE(wrong.ok());
    REQUIRE(wrong->refusal);
    CHECK(wrong->refusal->message == "invalid input syntax for type integer: \"***\"");
    const auto torn = session->run("SELECT '{\"a\": value}'::json");
    REQUIRE(torn.ok());
    REQUIRE(torn->refusal);
    CHECK(torn->refusal->message == "invalid input syntax for type json");
    CHECK(torn->refusal->detail.empty());
    const auto none = session->run("COPY t FROM stdin");
    REQUIRE(none.ok());
    CHECK(none->refusal);
    CHECK(session->run("COPY t TO stdout").ok());
    CHECK(only(session->run("SELECT 1")) == "1");
}

TEST_CASE("more rows than anybody keeps are told as cut") {
    NEED_POSTGRES(server);
    const auto session = open_on(*server);
    const auto answer = session->run("SELECT repeat('x', 1000000) FROM generate_series(1, 100)");
    REQUIRE(answer.ok());
    CHECK(answer->cut);
    CHECK(answer->rows.size() < 70);
    CHECK_FALSE(session->run("SELECT 1")->cut);
}

TEST_CASE("a stop request cancels what runs, and what comes behind it runs still") {
    NEED_POSTGRES(server);
    catch_signals();
    const auto session = open_on(*server);
    REQUIRE(session->run("CREATE TABLE IF NOT EXISTS kept (a int)").ok());
    REQUIRE(session->run("BEGIN; INSERT INTO kept VALUES (1)").ok());
    std::thread stopping([] {
        real_clock().rest(Milliseconds{200});
        ::raise(SIGTERM);
    });
    const auto begin = real_clock().steady();
    const auto answer = session->run("SELECT pg_sleep(30)");
    stopping.join();
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().kind == Kind::could_not);
    CHECK(session->is_interrupted());
    CHECK(real_clock().steady() - begin < std::chrono::seconds{5});
    CHECK(session->is_open());
    CHECK(session->run("ROLLBACK").ok()); // the way back
    CHECK(only(session->run("SELECT count(*) FROM kept")) == "0");
    reset_stop_request();
    session->run("DROP TABLE kept").value();
}

TEST_CASE("another thread's interrupt ends what runs and nothing else") {
    NEED_POSTGRES(server);
    const auto session = open_on(*server);
    session->interrupt(); // nothing runs
    CHECK(only(session->run("SELECT 1")) == "1");
    std::thread other([&] {
        real_clock().rest(Milliseconds{100});
        session->interrupt();
    });
    const auto answer = session->run("SELECT pg_sleep(30)");
    other.join();
    CHECK_FALSE(answer.ok());
    CHECK(session->is_interrupted());
    CHECK(only(session->run("SELECT 2")) == "2");
    CHECK_FALSE(session->is_interrupted());
}

TEST_CASE("a connection that the server ends is an error, then and later") {
    NEED_POSTGRES(server);
    const auto session = open_on(*server), other = open_on(*server);
    const auto pid = std::to_string(session->process());
    std::thread ending([&] {
        real_clock().rest(Milliseconds{100});
        other->run("SELECT pg_terminate_backend(" + pid + ")").value();
    });
    const auto answer = session->run("SELECT pg_sleep(30)");
    ending.join();
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().message.find("terminating connection") != std::string::npos);
    CHECK_FALSE(session->is_open());
    CHECK_FALSE(session->run("SELECT 1").ok());
}
