// What `new` writes.
#include "base/text.h"
#include "migrate/files/folder.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::files {

namespace {

constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

std::string head(sql::Dialect dialect) {
    if (dialect != sql::Dialect::postgres) return "";
    return "-- A statement that waits for a lock makes all later statements wait, too.\nSET lock_timeout = '5s';\nSET "
           "statement_timeout = '60s';\n";
}

}

Result<std::vector<NewFile>> new_files(const std::string& folder, Layout layout, const std::string& stamp,
                                       std::string_view name, sql::Dialect dialect) {
    auto plain = replace_all(trim(name), " ", "_");
    if (plain.empty() || plain.find_first_not_of(allowed) != plain.npos)
        return usage(
            fmt::format("'{}' is not a migration's name; it takes letters, digits, - and _: add_totals", name));
    const auto path = [&](std::string_view file) { return (sys::Path(folder) / file).lexically_normal().string(); };
    const bool is_flyway = layout == Layout::flyway;
    const auto up =
        path(is_flyway ? fmt::format("V{}__{}.sql", stamp, plain) : fmt::format("{}_{}.up.sql", stamp, plain));
    const auto down =
        path(is_flyway ? fmt::format("U{}__{}.sql", stamp, plain) : fmt::format("{}_{}.down.sql", stamp, plain));
    const auto begin = head(dialect);
    return std::vector<NewFile>{
        {up, begin + "\n"},
        {down, begin + "\n-- Takes back what " + sys::Path(up).filename().string() + " does.\n"},
    };
}

}
