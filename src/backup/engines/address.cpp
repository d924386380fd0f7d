#include "backup/engines/address.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

// sqlite:app.db and sqlite:///srv/app.db; of sqlite:///app.db Python's tools take app.db from here, where it is.
Result<std::string> sqlite_path(const std::string& url, const std::string& variable, const World& world) {
    if (sqlite_url_has_user(url))
        return usage(fmt::format("{} names a user or a host, which a SQLite file doesn't have; expected "
                                 "sqlite:data/app.db or sqlite:/srv/app.db",
                                 variable));
    const auto question = url.find('?');
    for (const auto& parameter : split(question == url.npos ? "" : url.substr(question + 1), '&')) {
        if (parameter.empty() || parameter == "mode=rwc" || parameter == "mode=rw") continue;
        return usage(fmt::format("{}: parameter '{}' of a SQLite URL has no effect here; take it out", variable,
                                 parameter.substr(0, parameter.find('='))));
    }
    std::string path = url.substr(url.find(':') + 1);
    path = percent_decode(path.substr(0, path.find('?')));
    if (path.starts_with("////"))
        path = path.substr(3);
    else if (path.starts_with("///")) {
        const auto here = world.folder / path.substr(3);
        const bool is_here = sys::inspect(here).type == sys::FileType::file;
        const bool is_there = sys::inspect(path.substr(2)).type == sys::FileType::file;
        if (is_here && is_there)
            return usage(fmt::format("{} may mean '{}' or '{}', and both are there; write sqlite:{} or sqlite:{}",
                                     variable, path.substr(3), path.substr(2), path.substr(3), path.substr(2)));
        path = is_here ? path.substr(3) : path.substr(2);
    } else if (path.starts_with("//"))
        path = path.substr(2);
    if (path.empty() || path == ":memory:" || path.find('\0') != path.npos)
        return usage(
            fmt::format("{} doesn't name a SQLite file; expected sqlite:data/app.db or sqlite:/srv/app.db", variable));
    return (world.folder / path).lexically_normal().string();
}

// SQLAlchemy's form names the driver, too: postgresql+psycopg2://
std::string without_driver(const std::string& url) {
    const auto end = url.find("://"), plus = url.find('+');
    return plus < end && end != url.npos ? url.substr(0, plus) + url.substr(end) : url;
}

}

Result<Address> read_address(const std::string& given, const std::string& variable, const World& world) {
    using Kind = Address::Kind;
    register_url(given);
    const std::string url = without_driver(given), scheme = url.substr(0, url.find(':'));
    if (scheme == "sqlite" || scheme == "sqlite3") {
        Address address{Kind::sqlite, "", "", variable};
        address.path = TRY(sqlite_path(url, variable, world));
        return address;
    }
    if (url.starts_with("postgresql://") || url.starts_with("postgres://"))
        return Address{Kind::postgres, url, "", variable};
    if (scheme == "redis" || scheme == "rediss" || scheme == "unix") return Address{Kind::redis, url, "", variable};
    return usage(fmt::format(
        "{} is not a URL of PostgreSQL, SQLite or Redis; expected postgresql://user:password@host:5432/name, "
        "sqlite:data/app.db or redis://user:password@host:6379/0",
        variable));
}

namespace {

Result<Address> address_of(const SourceSettings& source, const World& world) {
    const auto& named = source.url_env;
    if (!named.empty()) {
        if (const auto url = world.variables.get(named)) return read_address(*url, named, world);
        return usage(fmt::format("variable '{}', which source '{}' names as url_env, is not set; set it to the "
                                 "database's URL",
                                 named, source.name),
                     source.place);
    }
    if (source.engine == "redis") {
        if (const auto url = world.variables.get("REDIS_URL")) return read_address(*url, "REDIS_URL", world);
        return usage(
            fmt::format("no Redis is named for source '{}'; set REDIS_URL (redis://user:password@host:6379/0), "
                        "or name the variable that holds it as url_env",
                        source.name),
            source.place);
    }
    if (const auto url = world.variables.get("DATABASE_URL")) return read_address(*url, "DATABASE_URL", world);
    for (const char* variable : {"PGSERVICE", "PGHOST", "PGHOSTADDR", "PGDATABASE"})
        if (world.variables.get(variable)) return Address{Address::Kind::postgres, "", "", variable};
    return usage(fmt::format("no database is named for source '{}'; set DATABASE_URL (postgresql://user:password@host:"
                             "5432/name or sqlite:data/app.db), or name the variable that holds it by url_env or "
                             "--url-env",
                             source.name),
                 source.place);
}

}

Result<Address> find_address(const SourceSettings& source, const World& world) {
    auto address = TRY(address_of(source, world));
    address.via = source.via;
    return address;
}

}
