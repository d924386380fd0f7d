#include "base/text.h"
#include "migrate/drivers/django_files.h"
#include "migrate/drivers/rows.h"
#include <algorithm>
#include <fmt/format.h>

// Django 3.2 and later. By its files: django_files.h; where it is asked, `manage.py showmigrations --plan -v 2` prints,
// in the order of the plan,
// "[X]  app.name[ (2 squashed migrations)][ ... (app.name, app.name)]".
namespace fairlead::migrate::drivers {

namespace {

std::string app_of(std::string_view version) { return std::string(version.substr(0, version.find('.'))); }
std::string name_in(std::string_view version) { return std::string(version.substr(version.find('.') + 1)); }

// It has migrations where an app of it has, at most two folders down.
bool django_is_found(const Tree& tree) {
    if (!tree.has_file("manage.py")) return false;
    const auto is_number = [](const Tree::Entry& entry) {
        return !entry.is_folder && entry.name.front() >= '0' && entry.name.front() <= '9' &&
               entry.name.ends_with(".py");
    };
    std::vector<std::string> folders{""};
    for (int depth = 0; depth < 2; ++depth) {
        std::vector<std::string> below;
        for (const auto& folder : folders) {
            const auto entries = tree.list(folder);
            if (!entries.ok()) continue;
            for (const auto& entry : entries.value()) {
                if (!entry.is_folder || entry.name.starts_with('.')) continue;
                below.push_back(folder.empty() ? entry.name : folder + "/" + entry.name);
                const auto migrations = tree.list(below.back() + "/migrations");
                if (migrations.ok() && std::any_of(migrations->begin(), migrations->end(), is_number)) return true;
            }
        }
        folders = std::move(below);
    }
    return false;
}

std::string django_records(server::Engine engine, const std::string& table) {
    const std::string when = engine == server::Engine::sqlite
                                 ? "strftime('%Y-%m-%dT%H:%M:%SZ', applied)"
                                 : "to_char(applied AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
    return "SELECT app || '.' || name, 'applied', " + when + ", NULL FROM " + table + " ORDER BY id";
}

std::optional<Migration> migration_in(std::string_view line) {
    const bool is_applied = line.starts_with("[X]");
    if (!is_applied && !line.starts_with("[ ]")) return std::nullopt;
    line = trim(line.substr(3));
    Migration found;
    found.state = is_applied ? Migration::State::applied : Migration::State::pending;
    found.version = line.substr(0, line.find(' '));
    constexpr std::string_view before = " ... (";
    if (const auto at = line.find(before); at != std::string_view::npos && line.ends_with(')'))
        for (const auto& need : split(line.substr(at + before.size(), line.size() - at - before.size() - 1), ','))
            found.needs.emplace_back(trim(std::string_view(need)));
    if (found.version.find('.') == std::string::npos) return std::nullopt;
    return found;
}

Result<Standing> django_hear(const Seen& seen) {
    if (seen.status != 0) {
        const auto said = trim(seen.err + seen.out);
        return could_not(fmt::format("manage.py showmigrations ended with status {}: {}", seen.status,
                                     said.substr(said.find_last_of('\n') + 1)));
    }
    Standing standing;
    std::size_t common = 0, marked = 0;
    static const Driver row = django();
    for (const auto& line : split(seen.out, '\n')) {
        auto one = migration_in(line);
        if (!one) continue;
        const Record* record = seen.records.find(one->version);
        if (record != nullptr) one->when = record->when;
        if (record != nullptr && one->state == Migration::State::pending)
            return another_database(row, seen, one->version + " is applied here, but not there");
        if (one->state == Migration::State::applied) ++(record != nullptr ? common : marked);
        standing.all.push_back(std::move(*one));
    }
    if (marked > 0 && common == 0)
        return another_database(
            row, seen, fmt::format("{} migrations are applied there, but no migration is applied here", marked));
    standing.trouble = django_trouble(standing.all);
    return standing;
}

Words to(const std::string& app, const std::string& name) { return {"migrate", app, name, "--noinput"}; }

Result<std::vector<Words>> django_up(const Standing& standing, const Goal& goal) {
    if (goal.count == 0 && goal.to.empty()) return std::vector<Words>{{"migrate", "--noinput"}};
    if (!goal.to.empty()) { // Django adds what that one stands on
        const auto last = TRY(standing.find(goal.to));
        return std::vector<Words>{to(app_of(last.version), name_in(last.version))};
    }
    const auto steps = TRY(meant(standing.of(Migration::State::pending), standing, goal));
    std::vector<Words> words;
    for (const Migration& one : steps) words.push_back(to(app_of(one.version), name_in(one.version)));
    return words;
}

// The one before it in its app: what Django is told to go back to.
std::string before(const Standing& standing, const std::string& version) {
    std::string found = "zero";
    for (const Migration& one : standing.all) {
        if (one.version == version) break;
        if (app_of(one.version) == app_of(version)) found = name_in(one.version);
    }
    return found;
}

// The last one first, as the table has them; those of one second keep the plan's order.
Result<std::vector<Words>> django_down(const Standing& standing, const Goal& goal) {
    auto applied = standing.of(Migration::State::applied);
    std::stable_sort(applied.begin(), applied.end(),
                     [](const Migration& one, const Migration& other) { return one.when < other.when; });
    std::reverse(applied.begin(), applied.end());
    std::vector<Words> words;
    if (!goal.to.empty()) {
        const bool is_zero = goal.to.ends_with(".zero");
        if (is_zero) return std::vector<Words>{to(app_of(goal.to), "zero")};
        const auto last = TRY(standing.find(goal.to));
        return std::vector<Words>{to(app_of(last.version), name_in(last.version))};
    }
    for (std::size_t i = 0; i < std::min(goal.count, applied.size()); ++i)
        words.push_back(to(app_of(applied[i].version), before(standing, applied[i].version)));
    return words;
}

Result<std::vector<Words>> django_adopt(const Standing&, const Records&, const Migration& upto) {
    auto words = to(app_of(upto.version), name_in(upto.version));
    words.emplace_back("--fake");
    return std::vector<Words>{words};
}

std::vector<Words> django_sql(const Standing& standing) {
    std::vector<Words> words;
    for (const Migration& one : standing.of(Migration::State::pending))
        words.push_back({"sqlmigrate", app_of(one.version), name_in(one.version)});
    return words;
}

Words django_create(const std::string& name) { return {"makemigrations", "--name", name}; }

std::string django_explain(std::string_view said) {
    const auto has = [&](std::string_view words) { return said.find(words) != std::string_view::npos; };
    if (has("InconsistentMigrationHistory"))
        return "a migration is applied before a migration that it depends on; run: fairlead-migrate status";
    if (has("Conflicting migrations detected"))
        return "an app ends in two migrations; run: python manage.py makemigrations --merge";
    if (has("IrreversibleError"))
        return "one of the migrations can't be taken back; write a new migration that undoes it";
    return {};
}

}

Driver django() {
    return {.name = "django",
            .title = "Django",
            .mark = "manage.py",
            .is_found = django_is_found,
            .program = "python",
            .first = {"manage.py"},
            .table = "django_migrations",
            .records = django_records,
            .read = read_django,
            .look = {"showmigrations", "--plan", "-v", "2", "--no-color"},
            .hear = django_hear,
            .up = django_up,
            .down = django_down,
            .adopt = django_adopt,
            .sql = django_sql,
            .unread_mark = "CANNOT BE WRITTEN AS SQL",
            .lint = "print its SQL: python manage.py sqlmigrate APP NAME > one.sql; then: fairlead-migrate lint "
                    "--transaction file one.sql",
            .create = django_create,
            .explain = django_explain};
}

}
