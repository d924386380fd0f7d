#include "backup/engines/address.h"
#include "backup/engines/kinds.h"
#include "sys/database/session.h"
#include "sys/permit.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::backup {
namespace {

const std::vector<const Engine*>& all_engines() {
    static const std::vector<const Engine*> engines = {&postgres_engine(), &sqlite_engine(), &path_engine(),
                                                       &redis_engine(), &volume_engine()};
    return engines;
}

}

Result<const Engine*> engine_named(std::string_view name) {
    const auto found = std::find_if(all_engines().begin(), all_engines().end(),
                                    [&](const Engine* one) { return one->name() == name; });
    if (found != all_engines().end()) return *found;
    return no(fmt::format("engine '{}' is not known to this fairlead-backup; install a newer version", name));
}

// The check of whether this process may write at all goes here.
Result<void> may_change_target(std::string_view shown) { return sys::ask(sys::Act::change_target, shown); }

Result<void> Restore::take(sys::Source& plain) {
    if (!is_scratch) TRY_VOID(may_change_target(shown));
    return fill(plain);
}

Result<void> Restore::take_before(const Part& globals, sys::Source& plain) {
    if (!is_scratch) TRY_VOID(may_change_target(shown));
    return fill_before(globals, plain);
}

Result<std::string> Restore::put_in_place() {
    TRY_VOID(may_change_target(shown));
    return change_places();
}

Result<std::vector<std::string>> Restore::compare(const std::string&) { return std::vector<std::string>(); }

Result<std::unique_ptr<sys::Session>> Restore::session() {
    return usage(fmt::format("{} is not an SQL database; --scrub and verify.queries need an SQL database", shown));
}

Result<const Engine*> engine_of(const SourceSettings& source, const World& world) {
    if (!source.path.empty()) return &path_engine();
    if (!source.volume.empty()) return &volume_engine();
    if (!source.engine.empty()) return engine_named(source.engine);
    const auto address = TRY(find_address(source, world));
    switch (address.kind) {
    case Address::Kind::sqlite: return engine_named("sqlite");
    case Address::Kind::redis: return engine_named("redis");
    default: return engine_named("postgres");
    }
}

std::string World::via_of(std::string_view part) const {
    const auto found = via.find(std::string(part.substr(0, part.find('.'))));
    return found == via.end() ? std::string() : found->second;
}

std::vector<std::string> differences(const std::vector<TableCount>& wanted, const std::vector<TableCount>& found) {
    std::map<std::string, const TableCount*> there;
    for (const TableCount& table : found) there[table.name] = &table;
    std::vector<std::string> all_of;
    for (const TableCount& table : wanted) {
        const auto its = there.find(table.name);
        if (its == there.end())
            all_of.push_back(fmt::format("table {} is missing", table.name));
        else if (table.exact && its->second->rows != table.rows)
            all_of.push_back(
                fmt::format("table {} has {} rows, and had {}", table.name, its->second->rows, table.rows));
    }
    return all_of;
}

}
