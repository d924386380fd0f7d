#include "base/path.h"
#include "base/printable.h"
#include "base/shell.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/trials.h"
#include "preflight/project.h"
#include "preflight/rules/groups.h"
#include "sys/pattern/pattern.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

// CREATE USER x PASSWORD 'y', IDENTIFIED BY 'y'.
void password_literal(const Project& project, Hits& hits) {
    for (const auto& path : project.paths) {
        if (!path.ends_with(".sql") || profile_of(path) == Profile::development) continue;
        const auto text = project.read(path);
        if (!text) continue;
        int number = 0;
        for (const auto& line : split(*text, '\n')) {
            ++number;
            const auto words = lower(line);
            for (const std::string_view word : {"password '", "identified by '"}) {
                const auto at = words.find(word);
                const bool is_made = words.find("user") != words.npos || words.find("role") != words.npos;
                if (at == words.npos || !is_made || words.find("--") < at) continue;
                const auto value =
                    words.substr(at + word.size(), words.find('\'', at + word.size()) - at - word.size());
                if (value.empty() || value.starts_with(':') || value.starts_with("${") || value.starts_with("{{"))
                    continue;
                hits.add(path, number, static_cast<int>(at) + 1,
                         "a password is in this script; every reader of the repository has it; pass it as a variable: "
                         "psql -v pw=... and :'pw'");
                break;
            }
        }
    }
}

// ---- lock files

struct LockManifest {
    std::string_view name;
    std::vector<std::string_view> locks;
    std::string_view way_out;
    std::string_view needs = {}; // a word without which there is nothing to lock
};

const LockManifest lock_manifests[] = {
    {"package.json",
     {"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lockb", "bun.lock"},
     "run npm install and commit package-lock.json",
     "ependencies\""},
    {"Cargo.toml", {"Cargo.lock"}, "commit Cargo.lock", "[[bin]]"},
    {"Pipfile", {"Pipfile.lock"}, "run pipenv lock and commit Pipfile.lock"},
    {"composer.json", {"composer.lock"}, "commit composer.lock"},
    {"Gemfile", {"Gemfile.lock"}, "commit Gemfile.lock"},
    {"go.mod", {"go.sum"}, "run go mod tidy and commit go.sum", "require"},
};

// In the folder or one above it: workspaces have one for all.
bool has_above(const Project& project, std::string folder, std::string_view name) {
    while (true) {
        if (project.has(folder.empty() ? std::string(name) : folder + "/" + std::string(name))) return true;
        if (folder.empty()) return false;
        folder = folder_of(folder);
    }
}

bool is_locked(const Project& project, const std::string& path, const LockManifest& manifest) {
    return std::any_of(manifest.locks.begin(), manifest.locks.end(),
                       [&](std::string_view lock) { return has_above(project, folder_of(path), lock); });
}

void lock_missing(const Project& project, Hits& hits) {
    for (const auto& path : project.paths) {
        const auto name = file_name(path);
        const auto manifest = std::find_if(std::begin(lock_manifests), std::end(lock_manifests),
                                           [&](const LockManifest& one) { return one.name == name; });
        if (manifest == std::end(lock_manifests) || path.find("node_modules/") != path.npos) continue;
        if (profile_of(path) == Profile::development || is_locked(project, path, *manifest)) continue;
        const auto text = project.read(path);
        if (!text || (!manifest->needs.empty() && text->find(manifest->needs) == text->npos)) continue;
        hits.add(
            path, 0, 0,
            fmt::format("{} has no lock file; the next build may take other versions; {}", name, manifest->way_out));
    }
}

// ---- scripts

bool is_script_file(std::string_view path) {
    return path.ends_with(".sh") || path.ends_with(".bash") || file_name(path) == "entrypoint";
}

void script_not_executable(const Project& project, Hits& hits) {
    std::string calls; // what workflows and docs say
    for (const Workflow& workflow : project.workflows) calls += workflow.text;
    for (const auto* page : {"README.md", "Makefile"}) calls += project.read(page).value_or("");
    if (calls.empty()) return;
    for (const auto& path : project.paths) {
        if (!is_script_file(path)) continue;
        const auto mode = project.mode(path);
        if (!mode || (*mode & 0111) != 0) continue;
        const auto call = "./" + path;
        const auto at = calls.find(call);
        if (at == calls.npos || !project.read(path).value_or("").starts_with("#!")) continue;
        auto& hit = hits.add(
            path, 1, 1,
            fmt::format("{} is not executable; {} would be refused; run chmod +x {}", path, call, shell_word(path)));
        hit.edits.push_back({path, 0, 0, "", *mode | 0111});
    }
}

bool is_entry_script(std::string_view path) {
    const auto name = lower(file_name(path));
    return name.find("entrypoint") != name.npos || name.find("start") == 0 || name.find("docker-entry") == 0 ||
           name == "run.sh" || name == "boot.sh";
}

// Calls `each` with the lines of each entry script that stand in no comment.
template <typename Each>
void each_entry_line(const Project& project, Each each) {
    for (const auto& path : project.paths) {
        if (!is_entry_script(path) || profile_of(path) == Profile::development) continue;
        if (!is_script_file(path) && file_name(path).find('.') != std::string_view::npos) continue;
        const auto text = project.read(path);
        if (!text || !text->starts_with("#!")) continue;
        int number = 0;
        for (const auto& line : split(*text, '\n')) {
            ++number;
            if (!trim(std::string_view(line)).starts_with('#')) each(path, *text, number, line);
        }
    }
}

void wait_unbounded(const Project& project, Hits& hits) {
    each_entry_line(project,
                    [&](const std::string& path, const std::string& text, int number, const std::string& line) {
                        const auto words = trim(std::string_view(line));
                        const bool loops = words.starts_with("while ! ") || words.starts_with("until ");
                        const bool waits = words.find("nc ") != words.npos || words.find("pg_isready") != words.npos ||
                                           words.find("curl ") != words.npos || words.find("wget ") != words.npos ||
                                           words.find("/dev/tcp/") != words.npos;
                        const bool bounded = text.find("timeout ") != text.npos || text.find("-ge ") != text.npos ||
                                             text.find("-gt ") != text.npos || text.find("exit 1") != text.npos;
                        if (loops && waits && !bounded)
                            hits.add(path, number, 1,
                                     "this loop can wait for ever; with a wrong address the start hangs without a "
                                     "message; count the tries and exit 1");
                    });
}

// The branch of a script in which a line stands: a label of `case`, or a function. "clean" of `"clean")`.
class Branch {
  public:
    void take(std::string_view line) {
        static const auto label = sys::Pattern::compile(R"x(^\s*\(?["']?([\w|"' -]+?)["']?\)\s*(?:#.*)?$)x");
        static const auto function = sys::Pattern::compile(R"x(^\s*(?:function\s+)?([\w-]+)\s*\(\)\s*\{?)x");
        std::vector<std::string_view> groups;
        if (label.value().search(line, 0, groups)) label_ = lower(groups[1]);
        if (function.value().search(line, 0, groups)) function_ = lower(groups[1]);
        if (trim(line).ends_with(";;")) label_.clear();
        if (line.starts_with('}')) function_.clear();
    }
    // What somebody asks for by name.
    std::string asked_to_empty() const {
        for (const auto* name : {&label_, &function_})
            if (has_any(*name, {"clean", "reset", "purge", "destroy", "wipe", "teardown", "uninstall", "nuke"}))
                return *name;
        return {};
    }

  private:
    std::string label_, function_;
};

// What a release or a start runs, and that empties the database.
void data_dropped(const Project& project, Hits& hits) {
    constexpr std::string_view commands[] = {"migrate:fresh",
                                             "migrate:refresh",
                                             "migrate:reset",
                                             "db:wipe",
                                             "prisma migrate reset",
                                             "--force-reset",
                                             "rails db:drop",
                                             "rails db:reset",
                                             "rake db:drop",
                                             "rake db:reset",
                                             "sequelize db:drop",
                                             "schema:drop",
                                             "manage.py flush",
                                             "manage.py reset_db",
                                             "doctrine:database:drop",
                                             "typeorm schema:drop",
                                             "dropdb ",
                                             "compose down -v",
                                             "compose down --volumes"};
    for (const auto& path : project.paths) {
        const auto name = lower(file_name(path));
        const bool is_workflow = path.starts_with(".github/workflows/");
        const bool is_script =
            path.ends_with(".sh") || name.starts_with("entrypoint") || name.starts_with("docker-entrypoint");
        const bool releases = has_any(name, {"deploy", "release", "prod", "entrypoint", "start", "run.sh"});
        const bool is_image = kind_of(path) == FileKind::dockerfile;
        if (!is_image && !((is_workflow || is_script) && releases)) continue;
        if (!is_workflow && profile_of(path) == Profile::development) continue;
        int number = 0;
        Branch branch;
        const auto text = project.read(path).value_or("");
        for (const auto& line : split(text, '\n')) {
            ++number;
            const auto words = trim(std::string_view(line));
            if (is_script) branch.take(line);
            if (words.starts_with('#') || (is_image && !words.starts_with("CMD") && !words.starts_with("ENTRYPOINT")))
                continue;
            const auto plain = without_project(words);
            const auto* const found = std::find_if(std::begin(commands), std::end(commands),
                                                   [&](auto command) { return plain.find(command) != plain.npos; });
            if (found == std::end(commands) || words.find("--pretend") != words.npos) continue;
            const bool is_compose = found->starts_with("compose ");
            if (is_compose && works_in_trial_project(text, words)) continue; // whose volumes are its own
            Hit& hit = hits.add(
                path, number, 1,
                fmt::format("{} empties the database; each {} loses all rows; run migrations that only go forward",
                            trim(*found), is_workflow || has_any(name, {"deploy", "release"}) ? "release" : "start"));
            auto asked = branch.asked_to_empty();
            if (asked.empty() && is_compose && !is_workflow && is_named_for_trials(file_name(path)))
                asked = file_name(path);
            if (!asked.empty()) {
                hit.level = Level::warning;
                hit.message = fmt::format("{} empties the database; whoever runs {} loses all rows; let it ask first",
                                          trim(*found), shortened(asked, 40));
            }
        }
    }
}

void migrate_in_entrypoint(const Project& project, Hits& hits) {
    constexpr std::string_view commands[] = {
        "manage.py migrate",     "flask db upgrade",    "alembic upgrade",  "prisma migrate deploy",
        "sequelize db:migrate",  "knex migrate:latest", "rails db:migrate", "rake db:migrate",
        "typeorm migration:run", "php artisan migrate", "goose up",         "flyway migrate"};
    each_entry_line(project, [&](const std::string& path, const std::string&, int number, const std::string& line) {
        for (const auto command : commands)
            if (line.find(command) != line.npos)
                return (void)hits.add(path, number, 1,
                                      fmt::format("{} runs at each start; two replicas migrate at once; make it a step "
                                                  "of the deployment",
                                                  command));
    });
}

}

std::span<const Rule> repo_rules() {
    static const Rule rows[] = {
        {.id = "repo-lock-missing",
         .title = "A manifest has no lock file",
         .levels = always(Level::warning),
         .check = lock_missing,
         .why = "Without a lock file, each build takes the newest versions that fit: the tested versions are not the "
                "deployed versions.",
         .way_out = "commit package-lock.json, Cargo.lock, go.sum, ...",
         .peers = {"PinnedDependenciesID"},
         .refs = {"S1-21"}},
        {.id = "repo-script-not-executable",
         .title = "A script that is called can't be executed",
         .levels = always(Level::warning),
         .check = script_not_executable,
         .why = "Anyone who runs the script gets `Permission denied`: a workflow, or a person who follows the README.",
         .way_out = "git update-index --chmod=+x script.sh; chmod +x script.sh",
         .refs = {"S1-159"},
         .fix = Fix::safe},
        {.id = "repo-wait-unbounded",
         .title = "An entry script waits without limit",
         .levels = always(Level::info),
         .check = wait_unbounded,
         .why = "If the address that the script waits for is wrong, the container neither starts nor stops, and no log "
                "says why.",
         .way_out = "for try in $(seq 30); do nc -z db 5432 && break; sleep 1; done",
         .refs = {"S2-49"}},
        {.id = "repo-migrate-in-entrypoint",
         .title = "Each start migrates the database",
         .levels = deployed(Level::warning),
         .check = migrate_in_entrypoint,
         .why =
             "Two replicas that start together migrate at the same time, and even a roll-back starts with a migration.",
         .way_out = "run migrations once, as a step of the deployment",
         .refs = {"S2-50"}},
        {.id = "repo-data-dropped",
         .title = "A release or a start empties the database",
         .levels = deployed(Level::error),
         .check = data_dropped,
         .why = "The commands that do this are for development: they drop every table, and create it again without its "
                "rows.",
         .way_out = "php artisan migrate --force"},
        {.id = "mig-password-literal",
         .title = "An SQL script contains a password",
         .levels = always(Level::warning), // who runs the script, and where, isn't in the files
         .check = password_literal,
         .why = "Anyone who reads the repository can log in to the database.",
         .way_out = "CREATE USER app PASSWORD :'pw'; with psql -v pw=\"$APP_PASSWORD\"",
         .refs = {"S2-88"}},
    };
    return rows;
}

}
