#include "base/path.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/shell.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/conf_values.h"
#include "preflight/project.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/env_files.h"
#include "read/env/env.h"
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

bool holds_real_secret(const EnvFile& file) {
    return std::any_of(file.read->entries.begin(), file.read->entries.end(), [](const read::EnvEntry& entry) {
        return entry.value && gives_secret_away(entry.name, *entry.value);
    });
}

bool holds_generated_secret(const EnvFile& file) {
    return std::any_of(file.read->entries.begin(), file.read->entries.end(), [](const read::EnvEntry& entry) {
        return sounds_secret(entry.name) && !is_public_by_prefix(entry.name) &&
               looks_generated(entry.value.value_or(""));
    });
}

// react-native-config and Expo build what is in it into the app that everybody gets.
bool is_of_mobile_app(const Project& project, const EnvFile& file) {
    const auto package = project.read(beside(file.file, "package.json"));
    return package && has_any(*package, {"\"react-native-config\"", "\"react-native-dotenv\"", "\"expo\""});
}

void env_committed(const Project& project, Hits& hits) {
    for (const EnvFile& file : project.env_files) {
        const bool is_tracked = project.tracked.contains(file.file);
        const bool is_skipped = file.profile == Profile::development && !is_env_backup(file.file);
        if (file.is_template || !is_tracked || is_skipped || !holds_something(file)) continue;
        // Any other x.env may be the defaults that whoever installs it changes.
        const bool is_deployed =
            file_name(file.file).starts_with(".env") || !environment_in(file.file).empty() || !file.users.empty();
        if (holds_real_secret(file) && !is_deployed)
            hits.add(file.file, 0, 0,
                     fmt::format("{} is tracked by git and sets secrets; if these are defaults, everybody knows them; "
                                 "leave them empty",
                                 file.file))
                .level = Level::warning;
        else if (holds_real_secret(file) && is_of_mobile_app(project, file))
            hits.add(file.file, 0, 0,
                     fmt::format("{} is tracked by git, and everybody who has the app has its secrets; keep secrets on "
                                 "a server",
                                 file.file))
                .level = Level::warning;
        else if (holds_real_secret(file))
            hits.add(file.file, 0, 0,
                     fmt::format("{} is tracked by git; every reader has its secrets; run git rm --cached for it and "
                                 "rotate the secrets",
                                 file.file))
                .sure = holds_generated_secret(file) || is_env_backup(file.file); // whoever uses the file
        else
            hits.add(file.file, 0, 0,
                     fmt::format("{} is tracked by git; every reader gets the next secret in it; run git rm --cached "
                                 "for it and commit a template",
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
                     ? "this clone is shallow; it is not known whether an env file was in its history; fetch-depth: 0 "
                       "fetches the whole history"
                     : fmt::format(
                           "history can't be read: {}; it is not known whether an env file was in it; run git fsck",
                           one_line(past.error().message.substr(0, 60))))
            .level = Level::info;
        return;
    }
    for (const auto& [path, commit] : past.value()) {
        if (project.tracked.contains(path) || profile_of(path) == Profile::development) continue;
        hits.add(path, 0, 0,
                 fmt::format("{} was in git, last in commit {}; every clone still has it; rotate its secrets, then git "
                             "filter-repo --invert-paths",
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
                             fmt::format("{} has no template; nobody else knows which variables it needs; commit {}",
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
                             fmt::format("{} has mode {:o}; other users of this host can read it; run chmod 600 {}",
                                         file.file, *mode, shell_word(file.file)));
        hit.edits.push_back({file.file, 0, 0, "", 0600});
    }
}

// A key of SSH or PEM in a file whose name says nothing: deploy, 20240131.
bool is_nameless_key(const Project& project, const std::string& path) {
    const auto name = file_name(path);
    if (name.find('.') != name.npos || is_of_tests(folder_of(path) + "/") || !project.in_scope(path)) return false;
    const auto text = trim(project.read(path).value_or(""));
    const auto first = std::string_view(text).substr(0, text.find('\n'));
    return first.starts_with("-----BEGIN ") && trim(first).ends_with("PRIVATE KEY-----") &&
           text.find("-----END ") != text.npos;
}

// Where Spring's settings of every profile take a key from the source, and those of production no other one.
std::optional<std::pair<std::string, int>> taken_by_spring(const Project& project, const std::string& path) {
    constexpr std::string_view resources = "src/main/resources/";
    const auto at = path.find(resources);
    if (at == path.npos || !(path.ends_with(".pem") || path.ends_with(".key"))) return std::nullopt;
    const auto folder = path.substr(0, at + resources.size() - 1), rest = path.substr(folder.size() + 1);
    for (const std::string_view name : {"application.yml", "application.yaml", "application.properties"}) {
        const auto file = path_in(folder, name);
        int number = 0;
        for (const auto& line : split(project.read(file).value_or(""), '\n')) {
            ++number;
            const auto words = trim(std::string_view(line));
            if (words.starts_with('#') || !words.ends_with("classpath:" + rest) || words.find("${") != words.npos)
                continue;
            const std::string key(words.substr(0, words.find_first_of(":=")));
            const bool is_replaced = std::any_of(project.paths.begin(), project.paths.end(), [&](const auto& other) {
                return folder_of(other) == folder && file_name(other).starts_with("application-prod") &&
                       project.read(other).value_or("").find(key) != std::string::npos;
            });
            if (!is_replaced) return std::pair(file, number);
        }
    }
    return std::nullopt;
}

// Keys whose names say that they open something, wherever they lie, and those that have no ending.
void key_committed(const Project& project, Hits& hits) {
    constexpr std::string_view names[] = {"master.key", "production.key", "id_rsa", "id_ed25519", "id_ecdsa"};
    for (const auto& path : project.tracked) {
        const auto name = file_name(path);
        const auto folder = "/" + folder_of(path);
        if (const auto taken = taken_by_spring(project, path);
            taken && project.read(path).value_or("").find("PRIVATE KEY-----") != std::string::npos)
            hits.add(taken->first, taken->second, 1,
                     fmt::format("{}, which is tracked by git, is the key that the program takes; anyone with a clone "
                                 "has it; mount a new one",
                                 short_name(name)));
        const bool is_of_rails = folder.ends_with("/config") || folder.ends_with("/credentials");
        const bool is_named = std::find(std::begin(names), std::end(names), name) != std::end(names) &&
                              (!name.ends_with(".key") || is_of_rails);
        if (profile_of(path) == Profile::development || (!is_named && !is_nameless_key(project, path))) continue;
        const auto text = trim(project.read(path).value_or(""));
        if (text.empty() || (!name.ends_with(".key") && text.find("PRIVATE KEY-----") == text.npos)) continue;
        hits.add(
            path, 0, 0,
            fmt::format("{} is tracked by git; anyone with a clone has the key; run git rm --cached for it and make "
                        "a new key",
                        path));
    }
}

void template_secret(const EnvFile& file, const Project& project, Hits& hits) {
    if (!file.is_template) return;
    const bool is_of_defaults = is_of_symfony(project, file.file); // nobody copies them
    for (const auto& entry : file.read->entries) {
        if (!entry.value || !sounds_secret(entry.name) || !looks_generated(*entry.value)) continue;
        if (is_public_by_prefix(entry.name) && !is_token(*entry.value)) continue; // each page has it
        Hit& hit = hits.add(
            file.file, entry.line, entry.column,
            is_of_defaults ? fmt::format("{} looks generated, in defaults that git has; production takes it where "
                                         "nothing else sets it; write {}= and set it there",
                                         short_name(entry.name), short_name(entry.name))
                           : fmt::format("{} has a value that looks generated; anyone who copies the template uses a "
                                         "public secret; write {}=",
                                         entry.name, entry.name));
        if (is_of_defaults) hit.level = Level::warning; // what production sets stands elsewhere
    }
}

}

std::span<const Rule> repo_env_rules() {
    static const Rule rows[] = {
        {.id = "repo-env-committed",
         .title = "An env file is tracked by git",
         .levels = always(Level::error),
         .check = env_committed,
         .why = "Every clone, fork and backup has the file's content, and git's history keeps it after you remove the "
                "file.",
         .way_out = "git rm --cached .env.production; echo .env.production >>.gitignore; then rotate its secrets",
         .refs = {"S1-167", "S3-23"}},
        {.id = "repo-key-committed",
         .title = "A private key is tracked by git",
         .levels = always(Level::error),
         .check = key_committed,
         .why = "The key in Rails' `config/master.key` decrypts the credentials in the same folder, and an SSH key "
                "opens servers. Git's history keeps the key after you remove the file.",
         .way_out = "git rm --cached config/master.key; echo /config/master.key >>.gitignore; then make a new key"},
        {.id = "repo-env-in-history",
         .title = "An env file was tracked by git",
         .levels = always(Level::warning),
         .check = env_in_history,
         .why = "A file that you remove from git stays in the history: every clone and fork has its content. The rule "
                "looks only at the names of files. In a shallow clone, the rule reports that it can't know the "
                "history.",
         .way_out = "rotate its secrets; then git filter-repo --invert-paths --path .env.production, or "
                    "fairlead-preflight --write-baseline --accept-new",
         .refs = {"S3-25"}},
        {.id = "repo-env-not-ignored",
         .title = "An env file is not ignored by git",
         .levels = always(Level::warning),
         .check = env_not_ignored,
         .why = "One `git add .` adds the file to the next commit, and a push then publishes the file.",
         .way_out = "echo .env >>.gitignore",
         .refs = {"S3-23"},
         .fix = Fix::safe},
        {.id = "repo-env-template-missing",
         .title = "There is no template of the env file",
         .levels = always(Level::warning),
         .check = env_template_missing,
         .why = "The env file itself is in no clone. Without a template, nobody knows which variables are needed.",
         .way_out = ".env.example with every name and no value",
         .refs = {"S1-161", "S1-168"},
         .fix = Fix::safe},
        {.id = "repo-template-secret",
         .title = "A template has a value that looks like a real secret",
         .levels = always(Level::error),
         .check = template_secret,
         .why = "Every reader can see a template, and anyone who copies it goes to production with that value.",
         .way_out = "SECRET_KEY= # 64 characters; make them with openssl rand -base64 48",
         .refs = {"S2-80"}},
        {.id = "repo-env-mode",
         .title = "Other users can read an env file",
         .levels = deployed(Level::warning),
         .check = env_mode,
         .why = "Every user and every service of the host could read the secrets.",
         .way_out = "chmod 600 .env.production",
         .refs = {"S3-29"},
         .fix = Fix::safe},
    };
    return rows;
}

}
