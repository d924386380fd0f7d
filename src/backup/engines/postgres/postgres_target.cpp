#include "backup/engines/postgres/postgres_target.h"
#include "base/text.h"
#include "sys/database/postgres.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup::postgres {

namespace {
constexpr std::size_t longest_name = 63; // NAMEDATALEN - 1
}

std::string with_end(const std::string& name, const std::string& end) {
    return name.substr(0, longest_name - std::min(longest_name, end.size())) + end;
}

Result<Target> target_of(const SourceSettings& source, const Aim& aim, const World& world) {
    constexpr std::string_view by_variable = "env:";
    Target target;
    if (aim.to.starts_with(by_variable)) {
        const std::string variable = aim.to.substr(by_variable.size());
        const auto url = world.variables.get(variable);
        if (!url)
            return usage(
                fmt::format("variable '{}', which --to names, is not set; set it to a database's URL", variable));
        target.address = TRY(read_address(*url, variable, world));
        target.address.via = source.via;
    } else if (aim.to.find("://") != aim.to.npos)
        return usage("--to doesn't take a URL, because everybody on this machine can read it there; put the URL into a "
                     "variable and say --to env:VARIABLE");
    else {
        target.address = TRY(find_address(source, world));
        if (aim.to != "original" && aim.to.find('/') != aim.to.npos)
            return usage(fmt::format("'{}' is a path, and the set holds a database of PostgreSQL; --to names a "
                                     "database of the source's server",
                                     aim.to));
        if (aim.to != "original") target.database = aim.to;
    }
    if (target.address.kind != Address::Kind::postgres)
        return usage("the set holds a database of PostgreSQL, and --to names a file of SQLite");
    if (target.database.empty())
        target.database = TRY(sys::who_is_asked({.url = target.address.url}, world.variables)).database;
    if (target.database.size() > longest_name)
        return usage(fmt::format("'{}' is longer than 63 bytes, the limit of a database's name", target.database));
    return target;
}

Result<bool> has_row(Server& server, const std::string& sql) {
    const auto answer = TRY(ask(server, sql, "it can't be looked at"));
    return !answer.rows.empty();
}

// "postgres" is on every server, but not everybody may go there, and from within none is renamed.
Result<Server> connect_beside(const Target& target, const World& world) {
    if (target.database == "postgres") return connect(target.address, world, "template1");
    auto server = connect(target.address, world, "postgres");
    if (server.ok()) return server;
    if (auto other = connect(target.address, world, "template1"); other.ok()) return other;
    return server;
}

// But for what extensions brought.
Result<bool> is_empty(Server& server) {
    constexpr const char* anything =
        "WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> "
        "'information_schema'), found AS (SELECT oid FROM pg_class WHERE relnamespace IN (SELECT oid FROM ours) "
        "UNION ALL SELECT oid FROM pg_proc WHERE pronamespace IN (SELECT oid FROM ours) "
        "UNION ALL SELECT oid FROM pg_type WHERE typnamespace IN (SELECT oid FROM ours) "
        "UNION ALL SELECT o.oid FROM ours o JOIN pg_namespace n ON n.oid = o.oid WHERE n.nspname <> 'public' "
        "UNION ALL SELECT oid FROM pg_largeobject_metadata) "
        "SELECT 1 FROM found f WHERE NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = f.oid AND d.deptype = 'e') "
        "LIMIT 1";
    const bool has_any = TRY(has_row(server, anything));
    return !has_any;
}

Result<void> check_server(Server& server, const Part& part, Roles needed) {
    const int wanted = major_of(part.server_version);
    if (server.major < wanted)
        return usage(fmt::format("the set is from PostgreSQL {}, and {} is {}; restore into {} or newer",
                                 part.server_version, server.shown, server.version, wanted));
    std::vector<std::string> missing;
    for (const auto& [name, version] : part.extensions)
        if (!TRY(has_row(server, "SELECT 1 FROM pg_available_extensions WHERE name =" + quoted_text(name))))
            missing.push_back(name);
    if (!missing.empty())
        return usage(fmt::format("the set needs the extension {}, which {} does not have; install it there",
                                 join(missing, ", "), server.shown));
    const auto roles = part.facts.find("roles");
    if (needed != Roles::needed || roles == part.facts.end() || roles->second.empty()) return {};
    for (const auto& name : split(roles->second, '\n'))
        if (!TRY(has_row(server, "SELECT 1 FROM pg_roles WHERE rolname =" + quoted_text(name))))
            missing.push_back(name);
    if (missing.empty()) return {};
    return usage(fmt::format("the set names roles that {} does not have: {}; make them (the set's '{}.globals' holds "
                             "them: say --globals), or say --no-owner",
                             server.shown, join(missing, ", "), part.name));
}

}
