#include "migrate/drivers/alembic_files.h"
#include "base/text.h"
#include "read/python/python.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace fairlead::migrate::drivers {

namespace {

using read::PythonValue;

// None, "a" or ("a", "b"). Nothing: it is something else.
std::optional<std::vector<std::string>> names_of(const PythonValue& value) {
    if (value.line == 0 || value.kind == PythonValue::Kind::none) return std::vector<std::string>();
    if (value.kind == PythonValue::Kind::text) {
        if (value.text.empty()) return std::vector<std::string>();
        return std::vector<std::string>{value.text};
    }
    if (value.kind != PythonValue::Kind::list) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& item : value.items) {
        if (item.kind != PythonValue::Kind::text) return std::nullopt;
        names.push_back(item.text);
    }
    return names;
}

std::string first_words(std::string_view docstring) {
    auto text = trim(docstring);
    text = text.substr(0, text.find("\n\n"));
    return std::string(trim(text.substr(0, text.find('\n'))));
}

// As alembic does it for files that bind none: "3f2a.py".
bool is_old_name(std::string_view stem) {
    return !stem.empty() && stem.find_first_not_of("abcdef0123456789") == stem.npos;
}

Result<void> add_files(const Tree& tree, const std::string& folder, bool is_recursive, int depth,
                       std::vector<std::string>& files) {
    constexpr int deepest = 12;
    const auto entries = TRY(tree.list(folder));
    for (const auto& entry : entries) {
        const bool counts =
            entry.name.ends_with(".py") && !entry.name.starts_with("__init__") && !entry.name.starts_with(".#");
        if (!entry.is_folder && counts) files.push_back(folder + "/" + entry.name);
    }
    for (const auto& entry : entries)
        if (is_recursive && entry.is_folder && !entry.name.ends_with("__pycache__") && depth < deepest)
            TRY_VOID(add_files(tree, folder + "/" + entry.name, is_recursive, depth + 1, files));
    return {};
}

class Revisions {
  public:
    Revisions(const Project& project, Standing& standing) : project_(project), standing_(standing) {}

    void read() {
        const auto places = alembic_places(project_);
        standing_.unread = places.unread;
        standing_.places = places.folders;
        std::vector<std::string> files;
        for (const auto& folder : places.folders) {
            const auto listed = add_files(project_.files, folder, places.is_recursive, 0, files);
            if (!listed.ok()) standing_.unread.push_back({folder, 0, listed.error().message});
        }
        std::set<std::string> seen;
        for (const auto& file : files)
            if (seen.insert(file).second) take(file);
        resolve();
        check_parents();
    }

    // What env.py is asked where the table isn't there: it may have another name.
    void ask_for_table(const Records& records) {
        if (records.is_there || standing_.unread.size() > 100) return;
        const auto script = alembic_places(project_).script;
        if (script.empty()) return;
        const auto file = script + "/env.py";
        const auto text = project_.word.text(file);
        if (!text.ok() || !text.value()) return;
        const auto at = text.value()->find("version_table");
        if (at == std::string::npos) return;
        const auto line = static_cast<int>(std::count(text.value()->begin(),
                                                      text.value()->begin() + static_cast<std::ptrdiff_t>(at), '\n')) +
                          1;
        standing_.unread.push_back(
            {file, line,
             "names a version_table, and the database does not have the default table; say migrate.version_table"});
    }

    Standing standing(const Records& records) {
        const auto order = alembic_order(all_);
        if (order.empty() && !all_.empty() && !standing_.trouble)
            standing_.trouble = no("the revisions depend on each other in a circle (CycleDetected); correct "
                                   "down_revision or depends_on of one revision");
        std::set<std::string> below;
        for (const auto& one : all_) below.insert(one.down.begin(), one.down.end());
        std::vector<HeadedMigration> made;
        for (std::size_t i = 0; i < all_.size(); ++i) {
            const auto& one = all_[order.empty() ? i : order[order.size() - 1 - i]];
            HeadedMigration next{{.version = one.id, .name = one.name, .file = path_of(one.file)},
                                 !below.contains(one.id)};
            next.migration.needs = one.depends;
            next.migration.needs.insert(next.migration.needs.end(), one.down.begin(), one.down.end());
            made.push_back(std::move(next));
        }
        auto found = alembic_standing(std::move(made), records);
        if (!standing_.unread.empty() && found.trouble && found.trouble->kind == fairlead::Kind::usage)
            found.trouble.reset(); // what wasn't read may join those heads
        found.unread = std::move(standing_.unread);
        found.places = std::move(standing_.places);
        if (standing_.trouble) found.trouble = std::move(standing_.trouble);
        return found;
    }

  private:
    std::string path_of(const std::string& file) const { return (project_.files.folder() / file).string(); }

    void take(const std::string& file) {
        const auto text = project_.files.text(file);
        if (!text.ok()) return standing_.unread.push_back({file, 0, text.error().message});
        if (!text.value()) return;
        auto one = alembic_revision(file, *text.value(), standing_.unread);
        if (!one) return;
        const auto other = places_.find(one->id);
        if (other != places_.end()) {
            standing_.trouble = no(fmt::format("revision {} is in two files, {} and {}; give one file another revision",
                                               one->id, all_[other->second].file, one->file));
            return;
        }
        places_.emplace(one->id, all_.size());
        for (const auto& label : one->labels) labels_.try_emplace(label, one->id);
        all_.push_back(std::move(*one));
    }

    // Branch labels in depends_on become revisions.
    void resolve() {
        for (auto& one : all_)
            for (auto& name : one.depends)
                if (const auto label = labels_.find(name); !places_.contains(name) && label != labels_.end())
                    name = label->second;
    }

    void check_parents() {
        if (!standing_.unread.empty() || standing_.trouble) return; // it may be one of those
        for (const auto& one : all_)
            for (const auto* list : {&one.down, &one.depends})
                for (const auto& id : *list)
                    if (!places_.contains(id)) {
                        standing_.trouble = no(fmt::format(
                            "{}:{}: {} depends on revision {}, which no file has; bring that file back, or correct {}",
                            one.file, one.line, one.id, id, list == &one.down ? "down_revision" : "depends_on"));
                        return;
                    }
    }

    const Project& project_;
    Standing& standing_;
    std::vector<AlembicRevision> all_;
    std::map<std::string, std::size_t> places_;
    std::map<std::string, std::string> labels_;
};

// Those that what the table names stands on, and itself.
void mark_applied(std::vector<HeadedMigration>& all, const std::set<std::string>& current) {
    std::set<std::string> applied = current;
    for (auto one = all.rbegin(); one != all.rend(); ++one) {
        if (!applied.contains(one->migration.version)) continue;
        one->migration.state = Migration::State::applied;
        applied.insert(one->migration.needs.begin(), one->migration.needs.end());
    }
}

std::optional<Error> trouble_of(const std::vector<HeadedMigration>& all) {
    std::vector<std::string> heads;
    for (const auto& one : all)
        if (one.is_head) heads.push_back(one.migration.version);
    if (heads.size() < 2) return std::nullopt;
    return usage(fmt::format("alembic has {} heads: {}; join them, run: alembic merge heads -m merge; or name one head "
                             "with --to, or all heads with --to heads",
                             heads.size(), join(heads, ", ")));
}

}

std::optional<AlembicRevision> alembic_revision(const std::string& file, std::string_view text,
                                                std::vector<Unread>& unread) {
    const auto module = read::read_python(text);
    if (!module.problems.empty()) {
        unread.push_back({file, module.problems.front().line, module.problems.front().message});
        return std::nullopt;
    }
    const auto told = [&](const PythonValue& value, std::string_view name) {
        unread.push_back({file, value.line, fmt::format("{} is not a plain value", name)});
    };
    AlembicRevision one;
    one.file = file;
    one.name = first_words(module.docstring);
    const auto id = value_of(module.bindings, "revision");
    const auto stem = file.substr(file.rfind('/') + 1, file.size() - file.rfind('/') - 4);
    if (id.line == 0 && is_old_name(stem)) {
        one.id = stem;
    } else if (id.line == 0) {
        unread.push_back({file, 1, "sets no `revision`; alembic refuses such a file there"});
        return std::nullopt;
    } else if (id.kind != PythonValue::Kind::text || id.text.empty()) {
        told(id, "revision");
        return std::nullopt;
    } else {
        one.id = id.text;
    }
    struct Row {
        std::string_view name;
        std::vector<std::string>* list;
    };
    for (const auto& [name, list] :
         {Row{"down_revision", &one.down}, Row{"depends_on", &one.depends}, Row{"branch_labels", &one.labels}}) {
        const auto value = value_of(module.bindings, name);
        if (list == &one.down) one.line = value.line;
        if (auto names = names_of(value))
            *list = std::move(*names);
        else
            told(value, name);
    }
    return one;
}

Standing alembic_standing(std::vector<HeadedMigration> all, const Records& records) {
    std::set<std::string> known, recorded, strange;
    for (const auto& one : all) known.insert(one.migration.version);
    for (const Record& row : records.rows) (known.contains(row.version) ? recorded : strange).insert(row.version);
    mark_applied(all, recorded);
    Standing standing;
    standing.trouble = trouble_of(all);
    for (auto& one : all) standing.all.push_back(std::move(one.migration));
    for (const auto& version : strange) {
        const auto wrong = fmt::format("the database is at revision {}, which this project does not have: newer code "
                                       "migrated it; deploy that code, or take its revision back with it",
                                       version);
        standing.all.push_back({.version = version, .state = Migration::State::unknown, .wrong = wrong});
        standing.trouble = no(wrong);
    }
    return standing;
}

Result<Standing> read_alembic(const Project& project, const Records& records) {
    Standing standing;
    Revisions revisions(project, standing);
    revisions.read();
    revisions.ask_for_table(records);
    return revisions.standing(records);
}

}
