#include "base/path.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/conf_values.h"
#include "preflight/rules/groups.h"
#include "read/env/env.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

// Variables and env files that a compose file asks for and that aren't there.
namespace fairlead::preflight {

namespace {

using namespace compose;

// Names that a template beside the first file sets: whoever deploys copies it to .env.
std::set<std::string> offered_by_templates(const Compose& compose, const Project& project) {
    std::set<std::string> names;
    for (const EnvFile& one : project.env_files)
        if (one.is_template && folder_of(one.file) == folder_of(compose.files.front()))
            for (const auto& entry : one.read->entries) names.insert(entry.name);
    return names;
}

// What no container starts with when it is empty: an image's name, a password that the server asks for.
bool starts_with_nothing(std::string_view key) {
    constexpr std::string_view keys[] = {"image", "POSTGRES_PASSWORD", "MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD"};
    return std::find(std::begin(keys), std::end(keys), key) != std::end(keys);
}

// ${NAME:-} elsewhere in the same files: it may be left out.
std::set<std::string, std::less<>> left_optional(const Compose& compose) {
    std::set<std::string, std::less<>> names;
    for (const auto& reference : compose.read->references)
        if ((reference.operation == ":-" || reference.operation == "-") && reference.operand.empty())
            names.insert(reference.name);
    return names;
}

void var_unset(const Compose& compose, const Project& project, Hits& hits) {
    Texts texts(compose, project);
    const auto optional = left_optional(compose);
    const auto offered = offered_by_templates(compose, project);
    // Only where the values of the deployment are here is it known that this one isn't among them: the .env that
    // compose reads by itself, or a file that sets others of those that are asked for.
    std::set<std::string, std::less<>> asked;
    for (const auto& reference : compose.read->references)
        if (reference.set) asked.insert(reference.name);
    const auto is_beside = [&](const EnvFile& one) {
        return !one.is_template && one.profile != Profile::development &&
               folder_of(one.file) == folder_of(compose.files.front());
    };
    const auto& env_files = project.env_files;
    const bool has_other = std::any_of(env_files.begin(), env_files.end(), is_beside);
    const bool has_values = std::any_of(env_files.begin(), env_files.end(), [&](const EnvFile& one) {
        const auto& entries = one.read->entries;
        return is_beside(one) && (file_name(one.file) == ".env" ||
                                  std::any_of(entries.begin(), entries.end(),
                                              [&](const auto& entry) { return asked.contains(entry.name); }));
    });
    // All values that are here are git's: whoever installs it writes the others, as the template says.
    const bool is_filled_in = std::all_of(env_files.begin(), env_files.end(), [&](const EnvFile& one) {
        return !is_beside(one) || project.tracked.contains(one.file);
    });
    std::map<std::string, std::size_t> told; // where of `all`
    std::vector<Hit> all;
    for (const auto& reference : compose.read->references) {
        if (!reference.needed) continue;
        const auto [at, is_new] = told.emplace(reference.name, all.size());
        if (is_new) {
            const std::string name = short_word(reference.name);
            all.push_back(
                {compose.read->file(reference.place),
                 reference.place.line,
                 reference.place.column,
                 fmt::format("{} is {}; compose would use an empty text; write ${{{}:?}}", name,
                             offered.contains(reference.name) ? "set in a template only" : "not set anywhere", name),
                 has_values && sounds_secret(reference.name) && !optional.contains(reference.name) &&
                         !(is_filled_in && offered.contains(reference.name))
                     ? std::optional(Level::error)
                 : !has_other && offered.contains(reference.name) ? std::optional(Level::info)
                                                                  : std::nullopt,
                 {}});
        }
        // Elsewhere the project may have run well with an empty text: --fix must not stop it.
        if (!reference.exact || !starts_with_nothing(reference.key) || lets_in_without_password(compose)) continue;
        for (const std::string& old : {"${" + reference.name + "}", "$" + reference.name})
            if (auto edit = texts.instead(reference.place, old, "${" + reference.name + ":?}")) {
                all[at->second].edits.push_back(*edit);
                break;
            }
    }
    for (Hit& hit : all) {
        Hit& added = hits.add(hit.file, hit.line, hit.column, hit.message);
        added.level = hit.level;
        if (hit.level != Level::error) added.cause = "unset variables";
        added.edits = std::move(hit.edits);
    }
}

bool has_template(const Project& project, const std::string& env_file) {
    const auto folder = env_file.substr(0, env_file.rfind('/') + 1);
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
        return path.starts_with(folder) && path.find('/', folder.size()) == path.npos && is_env_template(path);
    });
}

void env_file_missing(const Compose& compose, const Project& project, Hits& hits) {
    for (const auto& service : compose.read->services)
        for (const auto& file : service.env_files)
            if (file.required && !file.path.empty() && !file.path.starts_with('/') &&
                file_name(file.path) != "stack.env" && // Portainer writes that one
                !project.read(file.path)) {
                auto& hit = add(
                    hits, compose, service, file.place,
                    fmt::format("env_file {} of {} is not there; compose refuses to start; add it, or required: false",
                                short_file(file.path), short_word(service.name)));
                // No clone has it: whoever installs the project makes it.
                const bool is_made = has_template(project, file.path) || project.is_git_ignored(file.path);
                hit.level = is_made ? Level::info : Level::warning;
            }
}

}

std::span<const Rule> compose_variable_rules() {
    static const Rule rows[] = {
        {.id = "compose-var-unset",
         .title = "Nothing sets a variable",
         .levels = always(Level::warning),
         .check = var_unset,
         .why = "Compose uses an empty text instead, and prints a warning that nobody reads. With `${NAME:?}`, Compose "
                "stops instead. If the variable is for a secret, and an env file next to the compose file sets other "
                "variables, the level is error. `--fix` writes `:?` only for images and for passwords of database "
                "servers, because these services don't start without the value.",
         .way_out = "image: app:${VERSION:?}",
         .refs = {"S2-32"},
         .fix = Fix::safe},
        {.id = "compose-env-file-missing",
         .title = "An env file isn't there",
         .levels = always(Level::error),
         .check = env_file_missing,
         .why = "Compose refuses to start without a file that env_file lists. The level is warning, or info if git "
                "ignores the file or if a template of an env file is in the same folder.",
         .way_out = "env_file: [{path: .env.local, required: false}]",
         .refs = {"S1-19"}},
    };
    return rows;
}

}
