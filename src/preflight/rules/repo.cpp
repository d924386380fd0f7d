#include "base/credentials.h"
#include "base/path.h"
#include "base/printable.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/project.h"
#include "preflight/rules/conf_guess.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "read/compose.h"
#include "read/env.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>

namespace fairlead::preflight {

namespace {

std::string beside(std::string_view path, std::string_view name) {
    const auto folder = folder_of(path);
    return folder.empty() ? std::string(name) : folder + "/" + std::string(name);
}

// An env file that sets nothing but switches and names gives nothing away.
bool holds_something(const EnvFile& file) {
    return std::any_of(file.read->entries.begin(), file.read->entries.end(),
                       [](const read::EnvEntry& entry) { return entry.value && !entry.value->empty(); });
}

// ---- env files in git

bool holds_secret(const EnvFile& file) {
    return std::any_of(file.read->entries.begin(), file.read->entries.end(), [](const read::EnvEntry& entry) {
        return entry.value && !is_placeholder(*entry.value) &&
               (is_secret(entry.name, *entry.value) || holds_credentials(*entry.value));
    });
}

void env_committed(const Project& project, Hits& hits) {
    for (const EnvFile& file : project.env_files) {
        const bool is_tracked = project.tracked.contains(file.file);
        if (file.is_template || !is_tracked || file.profile == Profile::development || !holds_something(file)) continue;
        if (holds_secret(file))
            hits.add(file.file, 0, 0,
                     fmt::format("{} is tracked by git; its secrets are public to all readers; git rm --cached it and "
                                 "rotate the secrets",
                                 file.file));
        else
            hits.add(
                    file.file, 0, 0,
                    fmt::format("{} is tracked by git; the next secret in it is public to all readers; git rm --cached "
                                "it, commit a template",
                                file.file))
                .level = Level::warning;
    }
}

// A file that HEAD doesn't have any more. Those that it has are env_committed's.
void env_in_history(const Project& project, Hits& hits) {
    if (!project.past_env_files) return;
    const auto past = project.past_env_files();
    if (!past.ok()) {
        hits.add("", 0, 0,
                 project.is_shallow
                     ? "this clone is shallow; whether an env file was in its history can't be told; fetch-depth: 0 "
                       "brings all of it"
                     : fmt::format("history can't be read: {}; whether an env file was in it can't be told; run git "
                                   "fsck",
                                   one_line(past.error().message.substr(0, 60))))
            .level = Level::info;
        return;
    }
    for (const auto& [path, commit] : past.value()) {
        if (project.tracked.contains(path) || profile_of(path) == Profile::development) continue;
        hits.add(path, 0, 0,
                 fmt::format("{} stood in git, last in commit {}; every clone still has it; rotate its secrets, then "
                             "git filter-repo --invert-paths",
                             path.size() <= 40 ? one_line(path) : one_line(file_name(path).substr(0, 40)),
                             commit.substr(0, 10)));
    }
}

// New, and git would take it with `git add .`.
void env_not_ignored(const Project& project, Hits& hits) {
    if (!project.in_git) return;
    const auto text = project.read(".gitignore");
    for (const EnvFile& file : project.env_files) {
        if (file.is_template || project.tracked.contains(file.file) || !project.has(file.file)) continue;
        auto& hit = hits.add(file.file, 0, 0,
                             fmt::format("{} is not ignored; the next git add . commits it; add {} to .gitignore",
                                         file.file, file_name(file.file)));
        const auto end = text ? text->size() : 0;
        const bool ends_open = text && !text->empty() && text->back() != '\n';
        hit.edits.push_back(
            {".gitignore", end, end, (ends_open ? "\n" : "") + std::string(file_name(file.file)) + "\n"});
    }
}

// A word of a language or a short number: nothing that could be a secret.
bool is_plain_word(std::string_view word) {
    while (!word.empty() && std::string_view(".,;()!?'\"").find(word.back()) != std::string_view::npos)
        word.remove_suffix(1);
    while (!word.empty() && std::string_view("('\"").find(word.front()) != std::string_view::npos)
        word.remove_prefix(1);
    const auto all_of = [&](std::string_view letters) { return word.find_first_not_of(letters) == word.npos; };
    constexpr std::size_t longest = 20, longest_number = 5;
    return word.size() <= longest && (all_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-/'.#") ||
                                      (word.size() <= longest_number && all_of("0123456789")));
}

// A comment that says what a variable is for: some words. One that may be a value stays out of what is committed.
bool is_prose(std::string_view line) {
    const auto text = trim(line.substr(std::min(line.find_first_not_of('#'), line.size())));
    const auto words = split(text, ' ');
    return line.starts_with('#') && words.size() > 1 && std::all_of(words.begin(), words.end(), is_plain_word);
}

// As everybody writes the names of variables. A line of a key that lost its quotes may look like another.
bool is_usual_name(std::string_view name) {
    return is_plain_name(name) && (upper(name) == name || lower(name) == name) && name.size() <= 64;
}

// The names of an env file with the comments and blank lines above them, without what they hold.
std::string as_template(const EnvFile& file) {
    std::string text, above;
    std::set<std::string> seen;
    bool in_key = false; // between a PEM's lines
    for (const auto& line : lines_of(file)) {
        const auto words = trim(line.text);
        const bool ends_key = words.find("-----END ") != words.npos;
        const bool is_named = line.entry != nullptr && line.entry->has_equals && is_usual_name(line.entry->name);
        if (is_named && !in_key && seen.insert(line.entry->name).second) {
            text += std::exchange(above, {}) + line.entry->name + "=\n";
        } else if (line.entry == nullptr && !line.in_value && !in_key && (words.empty() || is_prose(words))) {
            above += std::string(words) + "\n";
        }
        in_key = !ends_key && (in_key || words.find("-----BEGIN ") != words.npos);
    }
    return text;
}

void env_template_missing(const Project& project, Hits& hits) {
    std::set<std::string> with_template, told;
    for (const auto* paths : {&project.paths, &project.ignored}) // also one that isn't asked about
        for (const auto& path : *paths)
            if (kind_of(path) == FileKind::env && is_env_template(path)) with_template.insert(folder_of(path));
    for (const EnvFile& file : project.env_files) {
        const auto folder = folder_of(file.file);
        if (file.is_template || file.text.empty() || with_template.contains(folder) || !told.insert(folder).second)
            continue;
        const auto wanted = beside(file.file, ".env.example");
        if (project.read(wanted)) continue; // ignored by git, or made by --fix a moment ago
        auto& hit = hits.add(file.file, 0, 0,
                             fmt::format("{} has no template; nobody else knows which variables there are; commit {}",
                                         file.file, wanted));
        hit.edits.push_back({wanted, 0, 0, as_template(file)});
    }
}

void env_mode(const Project& project, Hits& hits) {
    for (const EnvFile& file : project.env_files) {
        const auto mode = project.mode(file.file);
        if (file.is_template || !mode || (*mode & 0077) == 0 || project.tracked.contains(file.file) ||
            !holds_something(file))
            continue;
        auto& hit = hits.add(file.file, 0, 0,
                             fmt::format("{} has mode {:o}; other users of this host can read it; chmod 600 {}",
                                         file.file, *mode, file.file));
        hit.edits.push_back({file.file, 0, 0, "", 0600});
    }
}

// What a generator makes: long, letters and digits, no words.
bool looks_generated(std::string_view value) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=_-";
    if (value.size() < 20 || value.find_first_not_of(letters) != value.npos) return false;
    std::set<char> distinct(value.begin(), value.end());
    std::size_t digits = 0, longest = 0, run = 0;
    for (const char c : value) {
        const bool is_digit = c >= '0' && c <= '9';
        digits += is_digit;
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        run = is_letter ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return distinct.size() >= 10 && digits >= 3 && longest < 12;
}

void template_secret(const EnvFile& file, const Project&, Hits& hits) {
    if (!file.is_template) return;
    for (const auto& entry : file.read->entries)
        if (entry.value && sounds_secret(entry.name) && looks_generated(*entry.value))
            hits.add(
                file.file, entry.line, entry.column,
                fmt::format("{} has a value that looks generated; whoever copies the template uses a public secret; "
                            "write {}=",
                            entry.name, entry.name));
}

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
                         "a password stands in this script; every reader of the repository has it; pass it as a "
                         "variable: psql -v pw=... and :'pw'");
                break;
            }
        }
    }
}

// ---- lock files

struct Manifest {
    std::string_view name;
    std::vector<std::string_view> locks;
    std::string_view way_out;
    std::string_view needs = {}; // a word without which there is nothing to lock
};

const Manifest manifests[] = {
    {"package.json",
     {"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lockb", "bun.lock"},
     "run npm install and commit package-lock.json",
     "ependencies\""},
    {"Cargo.toml", {"Cargo.lock"}, "commit Cargo.lock", "[[bin]]"},
    {"Pipfile", {"Pipfile.lock"}, "run pipenv lock and commit it"},
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

bool is_locked(const Project& project, const std::string& path, const Manifest& manifest) {
    return std::any_of(manifest.locks.begin(), manifest.locks.end(),
                       [&](std::string_view lock) { return has_above(project, folder_of(path), lock); });
}

void lock_missing(const Project& project, Hits& hits) {
    for (const auto& path : project.paths) {
        const auto name = file_name(path);
        const auto manifest = std::find_if(std::begin(manifests), std::end(manifests),
                                           [&](const Manifest& one) { return one.name == name; });
        if (manifest == std::end(manifests) || path.find("node_modules/") != path.npos) continue;
        if (profile_of(path) == Profile::development || is_locked(project, path, *manifest)) continue;
        const auto text = project.read(path);
        if (!text || (!manifest->needs.empty() && text->find(manifest->needs) == text->npos)) continue;
        hits.add(
            path, 0, 0,
            fmt::format("{} has no lock file; the next build may take other versions; {}", name, manifest->way_out));
    }
}

// ---- scripts

bool is_script(std::string_view path) {
    return path.ends_with(".sh") || path.ends_with(".bash") || file_name(path) == "entrypoint";
}

void script_not_executable(const Project& project, Hits& hits) {
    std::string calls; // what workflows and docs say
    for (const Workflow& workflow : project.workflows) calls += workflow.text;
    for (const auto* page : {"README.md", "Makefile"}) calls += project.read(page).value_or("");
    if (calls.empty()) return;
    for (const auto& path : project.paths) {
        if (!is_script(path)) continue;
        const auto mode = project.mode(path);
        if (!mode || (*mode & 0111) != 0) continue;
        const auto call = "./" + path;
        const auto at = calls.find(call);
        if (at == calls.npos || !project.read(path).value_or("").starts_with("#!")) continue;
        auto& hit = hits.add(path, 1, 1,
                             fmt::format("{} is not executable; {} would be refused; chmod +x {}", path, call, path));
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
        if (!is_script(path) && file_name(path).find('.') != std::string_view::npos) continue;
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
    each_entry_line(project, [&](const std::string& path, const std::string& text, int number,
                                 const std::string& line) {
        const auto words = trim(std::string_view(line));
        const bool loops = words.starts_with("while ! ") || words.starts_with("until ");
        const bool waits = words.find("nc ") != words.npos || words.find("pg_isready") != words.npos ||
                           words.find("curl ") != words.npos || words.find("wget ") != words.npos ||
                           words.find("/dev/tcp/") != words.npos;
        const bool bounded = text.find("timeout ") != text.npos || text.find("-ge ") != text.npos ||
                             text.find("-gt ") != text.npos || text.find("exit 1") != text.npos;
        if (loops && waits && !bounded)
            hits.add(
                path, number, 1,
                "this loop waits for ever; a wrong address hangs the start without a word; count the tries and exit "
                "1");
    });
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
        {.id = "repo-env-committed",
         .title = "An env file is tracked by git",
         .levels = always(Level::error),
         .check = env_committed,
         .why = "Every clone, fork and backup has what it holds, and history keeps it after it is removed.",
         .way_out = "git rm --cached .env.production; echo .env.production >>.gitignore; then rotate what it held",
         .refs = {"S1-167", "S3-23"}},
        {.id = "repo-env-in-history",
         .title = "An env file was tracked by git",
         .levels = always(Level::warning),
         .check = env_in_history,
         .why =
             "Removing a file from git leaves it in history: every clone and fork has what it held. Only its name is "
             "looked at. Of a shallow clone it is said that this can't be told.",
         .way_out = "rotate what it held; then git filter-repo --invert-paths --path .env.production, or "
                    "fairlead-preflight --write-baseline --accept-new",
         .refs = {"S3-25"}},
        {.id = "repo-env-not-ignored",
         .title = "An env file is not ignored by git",
         .levels = always(Level::warning),
         .check = env_not_ignored,
         .why = "One `git add .` is enough to publish it.",
         .way_out = "echo .env >>.gitignore",
         .refs = {"S3-23"},
         .fix = Fix::safe},
        {.id = "repo-env-template-missing",
         .title = "There is no template of the env file",
         .levels = always(Level::warning),
         .check = env_template_missing,
         .why =
             "The env file itself is in no clone: without a template nobody can tell which variables there have to be.",
         .way_out = ".env.example with every name and no value",
         .refs = {"S1-161", "S1-168"},
         .fix = Fix::safe},
        {.id = "repo-template-secret",
         .title = "A template holds what looks like a real secret",
         .levels = always(Level::error),
         .check = template_secret,
         .why = "A template is public to all readers, and whoever copies it goes to production with that value.",
         .way_out = "SECRET_KEY= # 64 characters; openssl rand -base64 48 makes one",
         .refs = {"S2-80"}},
        {.id = "repo-env-mode",
         .title = "Others can read an env file",
         .levels = deployed(Level::warning),
         .check = env_mode,
         .why = "Every user and every service of the host could read the secrets.",
         .way_out = "chmod 600 .env.production",
         .refs = {"S3-29"},
         .fix = Fix::safe},
        {.id = "repo-lock-missing",
         .title = "A manifest has no lock file",
         .levels = always(Level::warning),
         .check = lock_missing,
         .why = "Without it each build takes the newest versions that fit: what was tested is not what is deployed.",
         .way_out = "commit package-lock.json, Cargo.lock, go.sum, ...",
         .peers = {"PinnedDependenciesID"},
         .refs = {"S1-21"}},
        {.id = "repo-script-not-executable",
         .title = "A script that is called can't be executed",
         .levels = always(Level::warning),
         .check = script_not_executable,
         .why = "The workflow or the reader that calls it gets `Permission denied`.",
         .way_out = "git update-index --chmod=+x script.sh; chmod +x script.sh",
         .refs = {"S1-159"},
         .fix = Fix::safe},
        {.id = "repo-wait-unbounded",
         .title = "An entry script waits without end",
         .levels = always(Level::info),
         .check = wait_unbounded,
         .why = "With a wrong address the container neither starts nor stops, and no log says why.",
         .way_out = "for try in $(seq 30); do nc -z db 5432 && break; sleep 1; done",
         .refs = {"S2-49"}},
        {.id = "repo-migrate-in-entrypoint",
         .title = "Each start migrates the database",
         .levels = deployed(Level::warning),
         .check = migrate_in_entrypoint,
         .why = "Two replicas that start together migrate at the same time, and a roll-back starts with a migration.",
         .way_out = "run migrations once, as a step of the deployment",
         .refs = {"S2-50"}},
        {.id = "mig-password-literal",
         .title = "A password stands in an SQL script",
         .levels = always(Level::error),
         .check = password_literal,
         .why = "Whoever reads the repository can log in to the database.",
         .way_out = "CREATE USER app PASSWORD :'pw'; with psql -v pw=\"$APP_PASSWORD\"",
         .refs = {"S2-88"}},
    };
    return rows;
}

}
