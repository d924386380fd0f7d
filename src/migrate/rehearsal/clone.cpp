#include "migrate/rehearsal/clone.h"
#include "base/text.h"
#include "sys/clock.h"
#include "sys/database/postgres.h"
#include "sys/digest.h"
#include "sys/process/process.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::migrate::rehearsal {
namespace {

using server::Connection;
constexpr const char* prefix = "fairlead_rehearsal_";

std::string stamp_of(SystemTime time) { // 20260101120000
    std::string text = format_utc(time).substr(0, 19);
    std::erase_if(text, [](char c) { return c < '0' || c > '9'; });
    return text;
}

Result<Connection> beside(const server::Address& address, const sys::Environment& variables) {
    server::Wanted wanted;
    wanted.application = server::application(variables);
    wanted.database = "postgres";
    return server::connect(address, wanted);
}

Result<sys::Answer> done(Connection& connection, const std::string& sql, const std::string& what) {
    sys::Answer answer = TRY(connection.session->run(sql));
    if (answer.refusal) return could_not(what + ": " + answer.refusal->message);
    return answer;
}

// The URL of another database on the same server; what it leaves open comes from PGHOST and its like.
std::string url_of(const std::string& url, const std::string& database) {
    if (url.empty()) return "postgresql:///" + database;
    const auto authority = url.find("://") + 3;
    const auto path = url.find_first_of("/?", authority);
    const auto query = url.find('?', authority);
    return url.substr(0, path) + "/" + database + (query == url.npos ? "" : url.substr(query));
}

// The newest that fits: pg_dump reads servers of its own version and older ones.
Result<std::string> folder_of_programs(int major) {
    std::string best;
    int newest = 0;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", failed)) {
        const auto version = static_cast<int>(parse_integer(entry.path().filename().string()).value_or(0));
        if (version < major || version <= newest || !std::filesystem::exists(entry.path() / "bin/pg_dump")) continue;
        newest = version;
        best = (entry.path() / "bin").string();
    }
    if (!best.empty()) return best;
    if (const auto found = sys::find_own_program("pg_dump")) {
        sys::Command asking;
        asking.argv = {*found, "--version"}; // "pg_dump (PostgreSQL) 15.18 (Debian …)"
        asking.whose = sys::Whose::ours;
        const sys::Output said = TRY(sys::run(asking));
        const auto number = said.out.find(") ");
        const auto version =
            number == said.out.npos ? "" : said.out.substr(number + 2, said.out.find('.') - number - 2);
        if (parse_integer(version).value_or(0) >= major) return sys::Path(*found).parent_path().string();
    }
    return could_not(fmt::format("pg_dump of version {} or newer is not here, and the database can't be copied as a "
                                 "whole; install postgresql-client-{}",
                                 major, major));
}

Result<std::string> run_program(std::vector<std::string> argv, const std::vector<std::string>& environment,
                                std::string input = "") {
    sys::Command command;
    command.argv = std::move(argv);
    command.whose = sys::Whose::ours;
    command.environment = environment;
    command.input = std::move(input);
    command.dies_with_us = true;
    auto output = TRY(sys::run(command));
    if (output.status != 0) {
        const auto lines = split(trim(std::string_view(output.err)), '\n');
        return could_not(fmt::format("{} failed: {}", sys::Path(command.argv[0]).filename().string(),
                                     lines.empty() ? "" : lines.back()));
    }
    return std::move(output.out);
}

// Tables without rows, but those of our own records.
Result<void> copy_schema(const server::Address& address, const std::string& clone, const Settings& settings,
                         const sys::Environment& variables, int major) {
    const std::string folder = TRY(folder_of_programs(major));
    auto child = sys::base_environment(variables);
    const auto source = TRY(sys::libpq_variables({.url = address.url}, variables));
    const auto target = TRY(sys::libpq_variables({.url = address.url, .database = clone}, variables));
    auto from = child, into = child;
    from.insert(from.end(), source.begin(), source.end());
    into.insert(into.end(), target.begin(), target.end());
    const std::string schema =
        TRY(run_program({folder + "/pg_dump", "--schema-only", "--no-password", "--lock-wait-timeout=30s"}, from));
    // Without such a table nothing was migrated yet, and pg_dump fails.
    const std::string rows =
        run_program({folder + "/pg_dump", "--data-only", "--no-password", "--table=" + settings.table}, from)
            .value_or("");
    TRY_VOID(
        run_program({folder + "/psql", "-X", "-q", "--no-password", "-v", "ON_ERROR_STOP=1"}, into, schema + rows));
    return {};
}

// Why it can't be copied as a whole; empty: it can.
Result<std::string> hindrance(Connection& connection, const std::string& database, std::uint64_t limit) {
    const auto name = server::quoted_text(database);
    const auto answer = TRY(done(connection,
                                 fmt::format("SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = {0}), "
                                             "pg_database_size({0}), pg_size_pretty(pg_database_size({0}))",
                                             name),
                                 fmt::format("database '{}' can't be looked at", database)));
    const auto number = [&](std::size_t column) {
        return parse_integer(answer.rows[0][column].value_or("0")).value_or(0);
    };
    if (number(0) > 0) return fmt::format("{} sessions are connected to it", number(0));
    if (static_cast<std::uint64_t>(number(1)) > limit)
        return fmt::format("it has {}, more than rehearse.limit", answer.rows[0][2].value_or(""));
    return std::string();
}

}

Clone::Clone(Clone&& other) noexcept
    : server_(std::move(other.server_)), database_(std::exchange(other.database_, "")), url_(std::move(other.url_)),
      how_(std::move(other.how_)), has_rows_(other.has_rows_), folder_(std::move(other.folder_)) {}

Clone::~Clone() {
    if (database_.empty()) return;
    auto connection = beside(server_, sys::Environment::of_process());
    if (connection.ok())
        (void)connection->session->run("DROP DATABASE IF EXISTS " + server::quoted_name(database_) + " WITH (FORCE)");
}

Result<Clone> Clone::make(const server::Address& address, const Settings& settings, const sys::Environment& variables) {
    Clone clone;
    if (address.engine == server::Engine::sqlite) {
        auto folder = TRY(sys::TemporaryFolder::make("fairlead-rehearsal"));
        clone.folder_.emplace(std::move(folder));
        const auto path = (clone.folder_->path() / "clone.db").string();
        server::Wanted wanted;
        wanted.writable = false;
        auto source = TRY(server::connect(address, wanted));
        TRY_VOID(done(source, "VACUUM INTO " + server::quoted_text(path), "the file can't be copied"));
        clone.url_ = "sqlite:" + path;
        clone.how_ = "a copy of the file";
        return clone;
    }
    const auto asked = TRY(sys::who_is_asked({.url = address.url}, variables));
    auto connection = TRY(beside(address, variables));
    const std::string name = prefix + stamp_of(sys::real_clock().now()) + "_" + sys::random_hex(4);
    std::string why = TRY(hindrance(connection, asked.database, settings.rehearse.limit));
    const std::string made = "CREATE DATABASE " + server::quoted_name(name) + " TEMPLATE ";
    if (why.empty()) {
        const sys::Answer answer = TRY(connection.session->run(made + server::quoted_name(asked.database)));
        if (answer.refusal) why = answer.refusal->message;
        clone.how_ = "a copy by TEMPLATE";
    }
    if (!why.empty()) TRY_VOID(done(connection, made + "template0", "a database for the rehearsal can't be made"));
    clone.server_ = address;
    clone.database_ = name;
    clone.url_ = url_of(address.url, name);
    if (why.empty()) return clone;
    TRY_VOID(copy_schema(address, name, settings, variables, connection.identity.major));
    clone.how_ = "its schema without rows, as " + why;
    clone.has_rows_ = false;
    return clone;
}

Result<std::vector<std::string>> collect(const server::Address& address, const sys::Environment& variables,
                                         bool dry_run) {
    std::vector<std::string> dropped;
    if (address.engine == server::Engine::sqlite) return dropped;
    auto connection = TRY(beside(address, variables));
    constexpr std::chrono::hours day{24};
    const auto before = stamp_of(sys::real_clock().now() - day);
    const auto answer =
        TRY(done(connection,
                 fmt::format("SELECT datname FROM pg_database d WHERE datname ~ '^{0}[0-9]{{14}}_[0-9a-f]{{8}}$' "
                             "AND substr(datname, {1}, 14) < '{2}' AND NOT EXISTS (SELECT 1 FROM "
                             "pg_stat_activity a WHERE a.datname = d.datname) ORDER BY 1",
                             prefix, std::string_view(prefix).size() + 1, before),
                 "databases can't be listed"));
    for (const auto& row : answer.rows) {
        const auto name = row[0].value_or("");
        if (!dry_run)
            TRY_VOID(done(connection, "DROP DATABASE IF EXISTS " + server::quoted_name(name),
                          fmt::format("database '{}' can't be dropped", name)));
        dropped.push_back(name);
    }
    return dropped;
}

}
