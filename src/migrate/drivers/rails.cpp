#include "base/text.h"
#include "migrate/drivers/rows.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// Rails' files, db/migrate/20260101120000_create_users.rb, and its table. Rails itself is never started.
namespace fairlead::migrate::drivers {

namespace {

constexpr const char* rails_place = "db/migrate";

bool is_migration(const Tree::Entry& entry) {
    const auto digits = entry.name.find_first_not_of("0123456789");
    return !entry.is_folder && entry.name.ends_with(".rb") && digits != entry.name.npos && digits > 0 &&
           entry.name[digits] == '_';
}

bool rails_is_found(const Tree& tree) {
    const auto entries = tree.list(rails_place);
    return entries.ok() && (std::any_of(entries->begin(), entries->end(), is_migration) ||
                            (entries->empty() && tree.has_file("db/schema.rb")));
}

std::string rails_records(server::Engine, const std::string& table) {
    return "SELECT version, 'applied', NULL, NULL FROM " + table + " ORDER BY version";
}

bool is_before(const std::string& one, const std::string& other) {
    return one.size() != other.size() ? one.size() < other.size() : one < other;
}

Result<Standing> rails_read(const Project& project, const Records& records) {
    Standing standing;
    standing.places = {rails_place};
    standing.way_out = "write a migration: bin/rails generate migration NAME; or say migrate.dir: FOLDER, the folder "
                       "of the application";
    std::set<std::string> seen;
    for (const auto& entry : TRY(project.files.list(rails_place))) {
        if (!is_migration(entry)) continue;
        const auto end = entry.name.find('_');
        auto version = entry.name.substr(0, end);
        version.erase(0, std::min(version.find_first_not_of('0'), version.size() - 1));
        Migration found{.version = version,
                        .name = replace_all(entry.name.substr(end + 1, entry.name.size() - end - 4), "_", " "),
                        .file = (project.files.folder() / rails_place / entry.name).string()};
        if (const auto* row = records.find(version); row != nullptr) found.state = Migration::State::applied;
        if (!seen.insert(version).second)
            standing.trouble = no(fmt::format(
                "version {} is in two files of {} (DuplicateMigrationVersionError); give one file another version",
                version, rails_place));
        standing.all.push_back(std::move(found));
    }
    std::stable_sort(standing.all.begin(), standing.all.end(), [](const Migration& one, const Migration& other) {
        return is_before(one.version, other.version);
    });
    for (const Record& row : records.rows)
        if (!seen.contains(row.version))
            standing.all.push_back({row.version, "", {}, Migration::State::unknown, "", ""});
    return standing;
}

Result<std::vector<Words>> rails_not_run(std::string_view verb, std::string_view instead) {
    return usage(fmt::format("{}: only Rails runs its migrations, and it is not started from here; run: {}; for your "
                             "own files of SQL say migrate.driver: sql",
                             verb, instead));
}

Result<std::vector<Words>> rails_up(const Standing&, const Goal&) {
    return rails_not_run("up", "bin/rails db:migrate");
}
Result<std::vector<Words>> rails_down(const Standing&, const Goal&) {
    return rails_not_run("down", "bin/rails db:rollback");
}
Result<std::vector<Words>> rails_adopt(const Standing&, const Records&, const Migration&) {
    return rails_not_run("baseline", "bin/rails db:migrate");
}

}

Driver rails() {
    return {.name = "rails",
            .title = "Rails",
            .mark = "db/migrate/*.rb",
            .is_found = rails_is_found,
            .program = "",
            .table = "schema_migrations",
            .records = rails_records,
            .read = rails_read,
            .up = rails_up,
            .down = rails_down,
            .adopt = rails_adopt,
            .no_sql =
                "they are Ruby: only Rails can say, as it runs them, which SQL they run and which locks they take",
            .lint = "they are Ruby; only SQL is checked"};
}

}
