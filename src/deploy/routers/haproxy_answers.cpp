#include "deploy/routers/haproxy_answers.h"
#include "base/printable.h"
#include "base/text.h"
#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <initializer_list>
#include <map>

namespace fairlead::deploy {

namespace {

// No text in a column that we read is quoted: HAProxy's names have no commas.
struct Table {
    std::map<std::string, std::size_t, std::less<>> columns;
    std::string cell(const std::vector<std::string>& row, std::string_view name) const {
        const auto column = columns.find(name);
        return column == columns.end() || column->second >= row.size() ? "" : row[column->second];
    }
    int number(const std::vector<std::string>& row, std::string_view name) const {
        constexpr std::int64_t most = 1'000'000'000;
        return static_cast<int>(std::clamp<std::int64_t>(parse_integer(cell(row, name)).value_or(0), 0, most));
    }
    std::int64_t counter(const std::vector<std::string>& row, std::string_view name) const {
        constexpr std::int64_t most = 1'000'000'000'000'000;
        return std::clamp<std::int64_t>(parse_integer(cell(row, name)).value_or(0), 0, most);
    }
    std::int64_t sum(const std::vector<std::string>& row, std::initializer_list<std::string_view> names) const {
        std::int64_t all = 0;
        for (const auto name : names) all += counter(row, name);
        return all;
    }
};

Counted counted(const Table& table, const std::vector<std::string>& row) {
    const auto unanswered = table.sum(row, {"econ", "wredis", "eresp"}), errors = table.counter(row, "hrsp_5xx");
    const auto well = table.sum(row, {"hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_other"});
    return {well + errors + unanswered, errors + unanswered};
}

}

Result<std::vector<HaproxyServer>> parse_stat(std::string_view text, std::string_view backend) {
    const auto lines = split(text, '\n');
    constexpr std::string_view start = "# ";
    if (!lines[0].starts_with("# pxname,svname,"))
        return could_not(
            fmt::format("HAProxy's answer is not a statistics table: '{}'", one_line(lines[0].substr(0, 100))));
    Table table;
    for (const auto& name : split(std::string_view(lines[0]).substr(start.size()), ','))
        table.columns.try_emplace(name, table.columns.size());
    std::vector<HaproxyServer> servers;
    bool known = false;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto row = split(lines[i], ',');
        if (table.cell(row, "pxname") != backend) continue;
        const auto name = table.cell(row, "svname");
        known |= name == "BACKEND";
        if (name == "BACKEND" || name == "FRONTEND") continue;
        servers.push_back({name, table.cell(row, "addr"), table.cell(row, "status"), table.number(row, "weight"),
                           table.number(row, "scur") + table.number(row, "qcur"), counted(table, row),
                           table.cell(row, "status").starts_with("DRAIN")});
    }
    if (known) return servers;
    return usage(fmt::format("HAProxy has no backend '{}'; add the output of `fairlead-deploy router` to HAProxy's "
                             "configuration and restart HAProxy",
                             backend));
}

std::vector<std::string> parse_drained(std::string_view text) {
    constexpr std::size_t name = 3, admin_state = 6;
    constexpr std::int64_t drain = 8;
    std::vector<std::string> found;
    for (const auto& line : split(text, '\n')) {
        const auto cells = split(line, ' ');
        if (line.starts_with('#') || cells.size() <= admin_state) continue;
        if ((parse_integer(cells[admin_state]).value_or(0) & drain) != 0) found.push_back(cells[name]);
    }
    return found;
}

Result<void> check_set(std::string_view command, std::string_view answer) {
    const auto said = trim(answer);
    const bool address = said.find(" by 'stats socket command'") != said.npos &&
                         (said.find("changed from") != said.npos || said.starts_with("no need to change"));
    if (said.empty() || (address && command.find(" addr ") != command.npos)) return {};
    return could_not(fmt::format("HAProxy refuses '{}': {}", command, one_line(said)));
}

}
