#include "migrate/server/connect.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include "migrate/server/pooler.h"
#include "sys/database/postgres.h"
#include "sys/database/sqlite.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "sys/files/mounted.h"
#include "sys/permit.h"
#include "sys/process/process.h"
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::migrate::server {
namespace {

constexpr const char* ways =
    "set DATABASE_URL (postgresql://user:password@host:5432/name or sqlite:data/app.db), or name the variable that "
    "holds it as migrate.url_env in fairlead.yml, or set PGHOST, PGUSER and PGDATABASE, or PGSERVICE";

struct Found {
    std::string url, source;
};

Result<std::optional<Found>> named(const std::string& variable, const char* key, const sys::Environment& environment) {
    if (variable.empty()) return std::optional<Found>();
    const auto url = environment.get(variable);
    if (!url)
        return usage(fmt::format("variable '{}', which migrate.{} names, is not set; set it to the database's URL, or "
                                 "take the key out of fairlead.yml",
                                 variable, key));
    return std::optional<Found>({*url, variable});
}

Result<Found> find_url(const Settings& settings, const sys::Environment& environment) {
    if (const auto url = environment.get("FAIRLEAD_DATABASE_URL")) return Found{*url, "FAIRLEAD_DATABASE_URL"};
    if (auto direct = TRY(named(settings.direct_url_env, "direct_url_env", environment))) return std::move(*direct);
    if (auto url = TRY(named(settings.url_env, "url_env", environment))) return std::move(*url);
    if (const auto url = environment.get("DATABASE_URL")) return Found{*url, "DATABASE_URL"};
    for (const char* variable : {"PGSERVICE", "PGHOST", "PGHOSTADDR", "PGDATABASE"})
        if (environment.get(variable)) return Found{"", variable};
    return usage(fmt::format("no database is named, and none is guessed; {}", ways));
}

// Of `sqlite:///app.db` Python's tools take app.db from here, others /app.db: the one that is there.
Result<std::string> three_slashes(const std::string& absolute, const std::string& source) {
    const std::string relative = absolute.substr(1);
    const bool here = std::filesystem::exists(relative), there = std::filesystem::exists(absolute);
    if (here && there)
        return usage(fmt::format("{} may mean '{}' or '{}', and both are there; write sqlite:{} or sqlite:{}", source,
                                 relative, absolute, relative, absolute));
    const bool has_folder = std::filesystem::exists(std::filesystem::path(absolute).parent_path());
    const bool is_in_root = absolute.find('/', 1) == absolute.npos;
    return there || (!here && has_folder && !is_in_root) ? absolute : relative;
}

Result<std::string> sqlite_path(const Found& found) {
    if (sqlite_url_has_user(found.url))
        return usage(fmt::format("{} names a user or a host, which a SQLite file doesn't have; expected "
                                 "sqlite:data/app.db or sqlite:/srv/app.db",
                                 found.source));
    std::string path = found.url.substr(found.url.find(':') + 1);
    path = percent_decode(path.substr(0, path.find('?')));
    if (path.starts_with("////")) return path.substr(3);
    if (path.starts_with("///")) return three_slashes(path.substr(2), found.source);
    if (path.starts_with("//")) path = path.substr(2);
    if (path.empty() || path == ":memory:" || path.find('\0') != path.npos)
        return usage(
            fmt::format("{} doesn't name a SQLite file; write its path after the scheme: data/app.db or /srv/app.db",
                        found.source)); // the scheme alone may be the whole value, which is masked
    return path;
}

// https://www.sqlite.org/uri.html; what would be dropped may be what somebody relies on. A value may be a key.
Result<void> read_parameters(const Found& found, Address& address) {
    const auto question = found.url.find('?');
    if (question == found.url.npos) return {};
    for (const auto& parameter : split(found.url.substr(question + 1), '&')) {
        const auto name = parameter.substr(0, parameter.find('='));
        if (parameter.empty() || parameter == "mode=rwc") continue;
        if (name == "mode" && parameter != "mode=ro" && parameter != "mode=rw")
            return usage(fmt::format("{}: the mode of a SQLite URL is unknown; write mode=ro, mode=rw or mode=rwc",
                                     found.source));
        if (name != "mode")
            return usage(fmt::format(
                "{}: parameter '{}' of a SQLite URL is unknown; take it out (mode=ro, mode=rw and mode=rwc are known)",
                found.source, name));
        address.read_only = parameter == "mode=ro";
        address.must_exist = true;
    }
    return {};
}

// SQLAlchemy's form names the driver, too: postgresql+psycopg2://
std::string without_driver(const std::string& url) {
    const auto scheme_end = url.find("://");
    const auto plus = url.find('+');
    return plus < scheme_end && scheme_end != url.npos ? url.substr(0, plus) + url.substr(scheme_end) : url;
}

Result<Address> with_place(Result<Address> result, const std::string& source) {
    if (result.ok()) return result;
    Error error = std::move(result).error();
    error.message = source + ": " + error.message;
    return error;
}

Result<Address> postgres_address(const Found& found, const sys::Environment& environment) {
    Address address{Engine::postgres, found.url, "", found.source, ""};
    const auto asked = TRY(sys::who_is_asked({.url = found.url}, environment));
    address.shown = asked.shown();
    return address;
}

// Of one row with text in each column.
std::string text(const sys::Answer& answer, std::size_t column) {
    return answer.rows.empty() ? "" : answer.rows[0].at(column).value_or("");
}

// mode=rw
Result<void> require_file(const Address& address) {
    if (!address.must_exist || !is_absent(address)) return {};
    return usage(fmt::format("{}: no such file, and the mode in {} doesn't make it; correct it, or write mode=rwc",
                             address.shown, address.source));
}

Result<Connection> connect_sqlite(const Address& address, const Wanted& wanted) {
    if (wanted.writable)
        if (const auto warning = shared_warning(address, sys::shared_file_system(address.path)); !warning.empty())
            sys::log_warning(warning);
    TRY_VOID(require_file(address));
    Connection connection;
    const bool writable = wanted.writable && !address.read_only && sys::may(sys::Act::change_database);
    connection.session =
        TRY(sys::open_sqlite({.path = address.path, .writable = writable, .create = wanted.create && writable}));
    const sys::Answer answer = TRY(connection.session->run("SELECT sqlite_version()"));
    auto& identity = connection.identity;
    identity.engine = Engine::sqlite;
    identity.database = std::filesystem::absolute(address.path).lexically_normal().string();
    identity.version = text(answer, 0);
    identity.major =
        static_cast<int>(parse_integer(identity.version.substr(0, identity.version.find('.'))).value_or(3));
    return connection;
}

Result<Connection> connect_postgres(const Address& address, const Wanted& wanted) {
    const sys::Target target{address.url, wanted.database, wanted.application, wanted.timeout,
                             wanted.writable && sys::may(sys::Act::change_database)};
    const auto asked = TRY(sys::who_is_asked(target, sys::Environment::of_process()));
    Connection connection;
    auto session = sys::open_postgres(target);
    if (!session.ok() && session.error().message.find(fmt::format("database \"{}\" does not exist", asked.database)) !=
                             std::string::npos)
        return could_not(fmt::format("{}; correct {}, or make it: fairlead-migrate create", session.error().message,
                                     address.source));
    connection.session = TRY(std::move(session));
    const sys::Answer answer =
        TRY(connection.session->run("SELECT current_database(), current_user, current_setting('server_version'), "
                                    "current_setting('server_version_num'), pg_backend_pid()"));
    if (answer.refusal) return could_not(address.shown + ": " + answer.refusal->message);
    constexpr int per_major = 10'000;
    auto& identity = connection.identity;
    identity = {
        Engine::postgres, text(answer, 0), asked.host + ":" + asked.port, text(answer, 1), text(answer, 2), 0, 0};
    identity.version = identity.version.substr(0, identity.version.find(' '));
    identity.major = static_cast<int>(parse_integer(text(answer, 3)).value_or(0) / per_major);
    identity.pid = static_cast<int>(parse_integer(text(answer, 4)).value_or(0));
    if (!wanted.pooler) TRY_VOID(refuse_pooler(connection, address, wanted));
    return connection;
}

std::string run_of(const sys::Environment& environment) {
    for (const char* name : {"GITHUB_RUN_ID", "CI_PIPELINE_ID", "BUILD_ID"})
        if (const auto id = environment.get(name)) return id->substr(0, 20);
    return std::to_string(sys::own_pid());
}

std::string doubled(std::string_view text, char quote) {
    const std::string one(1, quote);
    return one + replace_all(text, one, one + one) + one;
}

}

Result<Address> find_database(const Settings& settings, const sys::Environment& environment) {
    Found found = TRY(find_url(settings, environment));
    register_url(found.url);
    const auto scheme = found.url.substr(0, found.url.find(':'));
    if (scheme == "sqlite" || scheme == "sqlite3") {
        const std::string path = TRY(sqlite_path(found));
        Address address{Engine::sqlite, "", path, found.source, "sqlite:" + path};
        TRY_VOID(read_parameters(found, address));
        return address;
    }
    found.url = without_driver(found.url);
    if (!found.url.empty() && !found.url.starts_with("postgresql://") && !found.url.starts_with("postgres://"))
        return usage(fmt::format("{} is not a URL of PostgreSQL or SQLite; expected "
                                 "postgresql://user:password@host:5432/name or sqlite:data/app.db",
                                 found.source));
    return with_place(postgres_address(found, environment), found.source);
}

std::string shared_warning(const Address& address, std::string_view file_system) {
    if (file_system.empty()) return "";
    return fmt::format("{} is on {}, where locks of other machines may not work: two programs that write at once can "
                       "destroy the file; keep it on a disk of this machine, or use a server",
                       address.shown, file_system);
}

bool is_absent(const Address& address) {
    return address.engine == Engine::sqlite && sys::inspect(address.path).type == sys::FileType::absent;
}

namespace {

// No database of SQLite has 0 bytes: it was cut, or somebody made a file of that name.
bool is_empty(const Address& address) {
    if (address.engine != Engine::sqlite) return false;
    const auto there = sys::inspect(address.path);
    return there.type == sys::FileType::file && there.size == 0;
}

}

Result<void> check_there(const Address& address, Makes makes, bool is_production) {
    if (is_production && is_empty(address))
        return usage(fmt::format("{}: the file is empty (0 bytes), and in production no database is made by accident; "
                                 "correct {}, restore it, or make it: fairlead-migrate create",
                                 address.shown, address.source));
    if (!is_absent(address)) return {};
    TRY_VOID(require_file(address));
    if (is_production)
        return usage(fmt::format("{}: no such file, and in production no database is made by accident; correct {}, or "
                                 "make it: fairlead-migrate create",
                                 address.shown, address.source));
    if (makes == Makes::nothing)
        return usage(fmt::format("{}: no such file; correct {}, or make it: fairlead-migrate up, or create",
                                 address.shown, address.source));
    sys::log_warning(
        fmt::format("{}: no such file; it counts as empty, because up makes it; if it should be there, correct {}",
                    address.shown, address.source));
    return {};
}

Result<Connection> connect(const Address& address, const Wanted& wanted) {
    return address.engine == Engine::sqlite ? connect_sqlite(address, wanted) : connect_postgres(address, wanted);
}

std::string application(const sys::Environment& environment) {
    constexpr std::size_t longest = 63; // NAMEDATALEN - 1
    const std::string run = " run=" + run_of(environment), name = "fairlead-migrate host=";
    return name + sys::host_name().substr(0, longest - name.size() - run.size()) + run;
}

std::string quoted_name(std::string_view name) { return doubled(name, '"'); }
std::string quoted_text(std::string_view text) {
    // E'…' where a backslash stands in it: standard_conforming_strings may be off.
    const bool escapes = text.find('\\') != text.npos;
    return (escapes ? " E" : "") + doubled(escapes ? replace_all(text, "\\", "\\\\") : std::string(text), '\'');
}

}
