#include "base/text.h"
#include "migrate/drivers/alembic_files.h"
#include "migrate/drivers/rows.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// Alembic 1.8 and later. By its files: alembic_files.h; where it is asked, `alembic history --indicate-current` prints,
// the newest first, "parent[, parent][ (dependency, …)] -> revision[ (mark)]…, message".
namespace fairlead::migrate::drivers {

namespace {

struct Revision : HeadedMigration {
    bool is_current = false;
};

std::vector<std::string> names_in(std::string_view list) {
    std::vector<std::string> names;
    for (const auto& part : split(list, ','))
        if (const auto name = trim(std::string_view(part)); !name.empty() && name != "<base>") names.emplace_back(name);
    return names;
}

bool alembic_is_found(const Tree& tree) {
    if (tree.has_file("alembic.ini")) return true;
    const auto project = tree.text("pyproject.toml");
    return project.ok() && project.value() && project.value()->find("[tool.alembic]") != std::string::npos;
}

std::string alembic_records(server::Engine, const std::string& table) {
    return "SELECT version_num, 'applied', NULL, NULL FROM " + table;
}

std::optional<Revision> revision_in(std::string_view line) {
    const auto arrow = line.find(" -> ");
    if (arrow == std::string_view::npos) return std::nullopt;
    Revision found;
    std::string_view before = line.substr(0, arrow);
    std::string_view after = line.substr(arrow + 4);
    if (const auto open = before.find(" ("); open != std::string_view::npos && before.ends_with(')')) {
        for (auto& name : names_in(before.substr(open + 2, before.size() - open - 3)))
            found.migration.needs.push_back(std::move(name));
        before = before.substr(0, open);
    }
    for (auto& name : names_in(before)) found.migration.needs.push_back(std::move(name));
    const auto end = after.find_first_of(" ,");
    found.migration.version = after.substr(0, end);
    if (found.migration.version.empty()) return std::nullopt;
    after.remove_prefix(std::min(end, after.size()));
    while (after.starts_with(" (")) {
        const auto close = after.find(')');
        if (close == std::string_view::npos) return std::nullopt;
        const auto mark = after.substr(2, close - 2);
        found.is_head = found.is_head || mark == "head" || mark == "effective head";
        found.is_current = found.is_current || mark == "current";
        after.remove_prefix(close + 1);
    }
    if (after.starts_with(", ")) found.migration.name = trim(after.substr(2));
    return found;
}

Result<Standing> alembic_hear(const Seen& seen) {
    if (seen.status != 0) {
        const auto said = seen.err + seen.out;
        return could_not(
            fmt::format("alembic history ended with status {}: {}", seen.status,
                        trim(std::string_view(said).substr(said.find_last_of('\n', said.size() - 2) + 1))));
    }
    std::vector<Revision> all; // the oldest first
    std::set<std::string> marked, known;
    for (const auto& line : split(seen.out, '\n'))
        if (auto one = revision_in(line)) {
            if (one->is_current) marked.insert(one->migration.version);
            known.insert(one->migration.version);
            all.insert(all.begin(), std::move(*one));
        }
    std::set<std::string> recorded, strange;
    for (const Record& row : seen.records.rows) (known.contains(row.version) ? recorded : strange).insert(row.version);
    static const Driver row = alembic();
    if (strange.empty() && marked != recorded)
        return another_database(row, seen,
                                fmt::format("it is at {} there, here {}", marked.empty() ? "nothing" : *marked.begin(),
                                            !seen.records.is_there ? "there is no table alembic_version"
                                            : recorded.empty()     ? "the table is empty"
                                                                   : "at " + *recorded.begin()));
    return alembic_standing({all.begin(), all.end()}, seen.records);
}

Result<std::vector<Words>> alembic_up(const Standing& standing, const Goal& goal) {
    if (goal.to == "heads") return std::vector<Words>{{"upgrade", "heads"}};
    if (!goal.to.empty()) {
        const auto last = TRY(standing.find(goal.to));
        return std::vector<Words>{{"upgrade", last.version}};
    }
    if (goal.count > 0) return std::vector<Words>{{"upgrade", fmt::format("+{}", goal.count)}};
    return std::vector<Words>{{"upgrade", "head"}};
}

Result<std::vector<Words>> alembic_down(const Standing& standing, const Goal& goal) {
    if (goal.to == "base" || goal.to == "0") return std::vector<Words>{{"downgrade", "base"}};
    if (!goal.to.empty()) {
        const auto last = TRY(standing.find(goal.to));
        return std::vector<Words>{{"downgrade", last.version}};
    }
    return std::vector<Words>{{"downgrade", fmt::format("-{}", goal.count)}};
}

Result<std::vector<Words>> alembic_adopt(const Standing&, const Records&, const Migration& upto) {
    return std::vector<Words>{{"stamp", upto.version}};
}

// Offline it knows no database: it is told where that is.
std::vector<Words> alembic_sql(const Standing& standing) {
    std::set<std::string> current;
    for (const Migration& one : standing.of(Migration::State::applied)) {
        for (const auto& parent : one.needs) current.erase(parent);
        current.insert(one.version);
    }
    if (current.size() > 1) return {}; // it takes one beginning only
    return {{"upgrade", current.empty() ? "head" : *current.begin() + ":head", "--sql"}};
}

Words alembic_create(const std::string& name) { return {"revision", "--autogenerate", "-m", name}; }

std::string alembic_explain(std::string_view said) {
    const auto has = [&](std::string_view words) { return said.find(words) != std::string_view::npos; };
    if (has("Multiple head revisions")) return "two branches each end in a head; run: alembic merge heads -m merge";
    if (has("Ambiguous walk")) return "the last revision joins two branches; say down --to REVISION";
    if (has("Can't locate revision")) return "the database is at a revision that this project does not have";
    if (has("does not provide a MetaData object"))
        return "env.py sets no target_metadata; set it, or write the revision by hand: alembic revision -m NAME";
    if (has("Target database is not up to date"))
        return "the database is not up to date; run: fairlead-migrate up, then make the new migration";
    return {};
}

}

Driver alembic() {
    return {.name = "alembic",
            .title = "Alembic",
            .mark = "alembic.ini",
            .is_found = alembic_is_found,
            .program = "alembic",
            .table = "alembic_version",
            .records = alembic_records,
            .read = read_alembic,
            .look = {"history", "--indicate-current"},
            .hear = alembic_hear,
            .up = alembic_up,
            .down = alembic_down,
            .adopt = alembic_adopt,
            .sql = alembic_sql,
            .version_mark = "-- Running upgrade ",
            .lint = "print its SQL: alembic upgrade head --sql > all.sql; then: fairlead-migrate lint --transaction "
                    "file all.sql",
            .create = alembic_create,
            .explain = alembic_explain};
}

}
