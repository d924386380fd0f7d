#include "migrate/drivers/django_files.h"
#include "base/text.h"
#include "read/python/python.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::migrate::drivers {

namespace {

using read::PythonClass;
using read::PythonValue;
using State = Migration::State;

std::string key_name(const DjangoKey& key) { return key.first + "." + key.second; }

// ("shop", "0001_initial"), or migrations.swappable_dependency(settings.AUTH_USER_MODEL). Nothing: it is neither.
std::optional<DjangoKey> key_of(const PythonValue& value, const DjangoKey& user) {
    if (value.kind == PythonValue::Kind::call && value.text.ends_with("swappable_dependency") &&
        value.items.size() == 1) {
        const auto& model = value.items.front();
        if (model.kind == PythonValue::Kind::text)
            return DjangoKey(model.text.substr(0, model.text.find('.')), "__first__");
        if (model.kind == PythonValue::Kind::name && model.text.ends_with("AUTH_USER_MODEL")) return user;
        return std::nullopt;
    }
    const bool is_pair = value.kind == PythonValue::Kind::list && value.items.size() == 2 &&
                         value.items[0].kind == PythonValue::Kind::text &&
                         value.items[1].kind == PythonValue::Kind::text;
    if (!is_pair) return std::nullopt;
    return DjangoKey(value.items[0].text, value.items[1].text);
}

// The migrations of this tree's apps.
class Files {
  public:
    Files(const Project& project, const DjangoProject& django, Standing& standing)
        : project_(project), django_(django), standing_(standing) {}

    std::map<DjangoKey, DjangoMigration> read() {
        for (const auto& app : django_.apps) {
            standing_.places.push_back(app.folder);
            const auto entries = project_.files.list(app.folder);
            if (!entries.ok()) {
                standing_.unread.push_back({app.folder, 0, entries.error().message});
                continue;
            }
            for (const auto& entry : entries.value())
                if (!entry.is_folder && entry.name.ends_with(".py")) take(app, entry.name);
        }
        return std::move(all_);
    }

  private:
    void take(const DjangoApp& app, const std::string& file) {
        const auto name = file.substr(0, file.size() - 3);
        if (name.empty() || name.front() == '_' || name.front() == '~' || name.find('.') != name.npos) return;
        const auto path = app.folder + "/" + file;
        const auto text = project_.files.text(path);
        if (!text.ok()) return standing_.unread.push_back({path, 0, text.error().message});
        if (!text.value()) return;
        if (auto one = django_migration(path, *text.value(), django_.user, standing_.unread))
            all_.insert_or_assign({app.label, name}, std::move(*one));
    }

    const Project& project_;
    const DjangoProject& django_;
    Standing& standing_;
    std::map<DjangoKey, DjangoMigration> all_;
};

// Rows of apps that aren't here come first: they have no place among the others.
void add_elsewhere(Standing& standing, const Records& records, const std::map<DjangoKey, DjangoMigration>& all,
                   const std::vector<DjangoApp>& apps) {
    std::set<std::string> own, replaced;
    for (const auto& app : apps) own.insert(app.label);
    for (const auto& [key, migration] : all)
        for (const auto& one : migration.replaces) replaced.insert(key_name(one));
    std::vector<Migration> first, last;
    for (const Record& row : records.rows) {
        const auto dot = row.version.find('.');
        const DjangoKey key(row.version.substr(0, dot), dot == row.version.npos ? "" : row.version.substr(dot + 1));
        if (all.contains(key) || replaced.contains(row.version)) continue;
        const bool is_own = own.contains(key.first);
        (is_own ? last : first)
            .push_back({row.version, "", {}, is_own ? State::unknown : State::applied, row.when, ""});
    }
    standing.all.insert(standing.all.begin(), first.begin(), first.end());
    standing.all.insert(standing.all.end(), last.begin(), last.end());
}

std::string told_elsewhere(const DjangoProject& django) {
    if (django.knows_apps && django.elsewhere.empty()) return "";
    constexpr std::size_t most = 4;
    auto names = django.elsewhere;
    const auto more = names.size() > most ? fmt::format(" and {} more", names.size() - most) : std::string();
    if (names.size() > most) names.resize(most);
    return names.empty() ? "installed apps outside of this tree"
                         : fmt::format("installed apps outside of this tree ({}{})", join(names, ", "), more);
}

std::string file_app_of(std::string_view version) { return std::string(version.substr(0, version.find('.'))); }
std::string file_name_in(std::string_view version) { return std::string(version.substr(version.find('.') + 1)); }

// Of each app those that no other of the app stands on.
std::map<std::string, std::vector<std::string>> leaves_of(const std::vector<Migration>& all) {
    std::set<std::string> needed;
    for (const Migration& one : all)
        for (const auto& need : one.needs)
            if (file_app_of(need) == file_app_of(one.version)) needed.insert(need);
    std::map<std::string, std::vector<std::string>> leaves;
    for (const Migration& one : all)
        if (!needed.contains(one.version)) leaves[file_app_of(one.version)].push_back(file_name_in(one.version));
    return leaves;
}

}

std::optional<DjangoMigration> django_migration(const std::string& file, std::string_view text, const DjangoKey& user,
                                                std::vector<Unread>& unread) {
    const auto module = read::read_python(text);
    if (!module.problems.empty()) {
        unread.push_back({file, module.problems.front().line, module.problems.front().message});
        return std::nullopt;
    }
    const PythonClass* klass = nullptr;
    for (const auto& one : module.classes)
        if (one.name == "Migration") klass = &one;
    if (klass == nullptr || klass->is_maybe) {
        unread.push_back({file, klass == nullptr ? 1 : klass->line, "has no class Migration at its top level"});
        return std::nullopt;
    }
    DjangoMigration found;
    found.file = file;
    struct Row {
        std::string_view name;
        std::vector<DjangoKey>* list;
        bool decides;
    };
    for (const auto& [name, list, decides] :
         {Row{"dependencies", &found.dependencies, false}, Row{"replaces", &found.replaces, true},
          Row{"run_before", &found.run_before, false}}) {
        const auto value = value_of(klass->bindings, name, module.bindings);
        if (value.line == 0) continue;
        bool is_plain = value.kind == PythonValue::Kind::list;
        for (const auto& item : value.items) {
            const auto key = value.kind == PythonValue::Kind::list ? key_of(item, user) : std::nullopt;
            is_plain = is_plain && key.has_value();
            if (key && !key->first.empty()) list->push_back(*key);
        }
        if (!is_plain) unread.push_back({file, value.line, fmt::format("{} is not a plain list", name), decides});
    }
    return found;
}

std::optional<Error> django_trouble(const std::vector<Migration>& all) {
    std::map<std::string, State> states;
    for (const Migration& one : all) states[one.version] = one.state;
    for (const Migration& one : all)
        for (const auto& need : one.needs)
            if (one.state == State::applied && states.contains(need) && states[need] == State::pending)
                return no(fmt::format(
                    "{} is applied, and {}, which it depends on, is not (InconsistentMigrationHistory): somebody "
                    "changed what a migration depends on, or its row in django_migrations is gone; if the database has "
                    "what it makes, run: fairlead-migrate baseline {}; else take {} back first",
                    one.version, need, need, one.version));
    for (const auto& [app, leaves] : leaves_of(all))
        if (leaves.size() > 1)
            return usage(fmt::format("{} ends in {} migrations: {}; join them, run: python manage.py makemigrations "
                                     "--merge {}",
                                     app, leaves.size(), join(leaves, ", "), app));
    return std::nullopt;
}

Result<Standing> read_django(const Project& project, const Records& records) {
    Standing standing;
    const auto django = django_project(project);
    standing.unread = django.unread;
    const auto all = Files(project, django, standing).read();
    std::vector<DjangoKey> applied;
    for (const Record& row : records.rows)
        if (const auto dot = row.version.find('.'); dot != row.version.npos)
            applied.emplace_back(row.version.substr(0, dot), row.version.substr(dot + 1));
    auto plan = django_plan(all, django.apps, applied);
    for (const auto& node : plan.nodes) {
        Migration one{.version = key_name(node.key), .file = (project.files.folder() / all.at(node.key).file).string()};
        one.state = node.is_applied ? State::applied : State::pending;
        for (const auto& parent : node.parents) one.needs.push_back(key_name(parent));
        if (const Record* row = records.find(one.version)) one.when = row->when;
        standing.all.push_back(std::move(one));
    }
    const bool is_sure = standing.unread.size() == django.unread.size(); // each file was read
    if (is_sure) standing.trouble = std::move(plan.trouble);
    if (is_sure && !standing.trouble) standing.trouble = django_trouble(standing.all);
    add_elsewhere(standing, records, all, django.apps);
    standing.beyond = told_elsewhere(django);
    return standing;
}

}
