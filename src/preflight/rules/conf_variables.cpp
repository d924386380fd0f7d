#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/conf_values.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "project/development.h"
#include "read/compose/compose.h"
#include "read/dockerfile/dockerfile.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <unordered_set>

// Which variables there are, between files: what is missing, empty, or the template's.
namespace fairlead::preflight {

namespace {

struct Need {
    std::string where;      // "is listed in .env.example:3"
    bool is_proved = true;  // else its template gives others a value, and it none: it may be optional
    bool is_listed = false; // in a template, which doesn't say that the program fails without it
};
using Needs = std::map<std::string, Need>; // by variable

std::string place_of_variable(const std::string& file, int line) { return fmt::format("{}:{}", file, line); }

// "env" of .env.production and .env.example, "db.env" of db.env.example: what one template is for.
std::string kind_of_env(std::string_view path) {
    std::vector<std::string> kept;
    for (const auto& part : split(path.substr(path.rfind('/') + 1), '.'))
        if (!part.empty() && !profile_in(lower(part)) && !is_env_template(part)) kept.push_back(part);
    return join(kept, ".");
}

// A comment behind it or in the line above that says so.
bool says_optional(const std::vector<std::string>& lines, const read::EnvEntry& entry) {
    for (const int line : {entry.line, entry.line - 1}) {
        if (line < 1 || static_cast<std::size_t>(line) > lines.size()) continue;
        const auto text = lower(lines[static_cast<std::size_t>(line - 1)]);
        const bool comment = line == entry.line || trim(std::string_view(text)).starts_with('#');
        const auto hash = text.find('#');
        if (comment && hash != text.npos && text.find("optional", hash) != text.npos) return true;
    }
    return false;
}

void add_template(const Project& project, const EnvFile& file, bool with_value, Needs& needs) {
    for (const EnvFile& other : project.env_files) {
        if (!other.is_template || folder_of(other.file) != folder_of(file.file)) continue;
        if (file_name(other.file) == ".env") continue; // Symfony, Next.js and Vite read it first, then .env.production
        if (project::head_comment(other.text)) continue;                       // "for local development"
        const bool for_local = other.file.find(".local") != std::string::npos; // .env.prod.local, which lies over it
        if (for_local && file.file.find(".local") == std::string::npos) continue;
        if (!other.environment.empty() && other.environment != file.environment) continue;
        if (kind_of_env(other.file) != kind_of_env(file.file)) continue;
        const auto lines = split(other.text, '\n');
        const auto has_value = [](const read::EnvEntry& entry) { return entry.value && !entry.value->empty(); };
        const auto& entries = other.read->entries;
        const bool is_list = std::none_of(entries.begin(), entries.end(), has_value); // of names, and no more
        for (const auto& entry : entries)
            if (entry.has_equals && !says_optional(lines, entry)) {
                const bool is_secret = entry.name.find("SECRET") != std::string::npos;
                // Of these no program can do without: its database, and what it signs with.
                const bool is_vital = entry.name.find("DATABASE") != std::string::npos ||
                                      entry.name.starts_with("DB_") || (is_secret && is_own_secret(entry.name));
                if (!with_value || has_value(entry) || is_secret)
                    needs.try_emplace(entry.name,
                                      Need{fmt::format("is listed in {}", place_of_variable(other.file, entry.line)),
                                           has_value(entry) || is_list || is_vital, !is_vital});
            }
    }
}

// os.environ["NAME"], which fails without it.
void add_source(const Project& project, Needs& needs) {
    constexpr std::string_view call = "os.environ[";
    for (const auto& path : project.paths) {
        if (!path.ends_with(".py") || profile_of(path) == Profile::development || path.find("test") != path.npos)
            continue;
        const auto text = project.read(path);
        if (!text || text->find(call) == text->npos) continue;
        int number = 0;
        for (const auto& line : split(*text, '\n')) {
            ++number;
            for (auto at = line.find(call); at < line.find('#'); at = line.find(call, at + 1)) {
                if (at + call.size() >= line.size()) break;
                const char quote = line[at + call.size()];
                const auto end = line.find(quote, at + call.size() + 1);
                if ((quote != '"' && quote != '\'') || end == line.npos) continue;
                const auto after = line.find_first_not_of("] ", end + 1);
                if (after != line.npos && line[after] == '=' && line.compare(after, 2, "==") != 0) continue; // is set
                const auto name = line.substr(at + call.size() + 1, end - at - call.size() - 1);
                if (is_plain_name(name)) needs.try_emplace(name, Need{"is read in " + place_of_variable(path, number)});
            }
        }
    }
}

bool is_deployed(const EnvFile& file) { return !file.is_template && file.profile != Profile::development; }

bool sets(const EnvFile& file, std::string_view name) {
    return std::any_of(file.read->entries.begin(), file.read->entries.end(),
                       [&](const read::EnvEntry& entry) { return entry.name == name; });
}

// By compose or an image, for whoever reads the file.
bool is_set_elsewhere(const Project& project, const EnvFile& file, std::string_view name) {
    for (const Compose& compose : project.composes_for(file.profile))
        for (const auto& service : compose.read->services)
            for (const auto& variable : service.environment)
                if (variable.name == name && variable.value) return true;
    for (const Dockerfile& docker : project.dockerfiles)
        for (const auto& instruction : docker.read->instructions)
            for (const auto& pair : instruction.pairs)
                if (instruction.verb == read::Verb::env && pair.key == name &&
                    (docker.profile != Profile::development || file.profile == Profile::development))
                    return true;
    return false;
}

// NAME: false of a workflow, which builds with it.
bool is_set_by_workflow(const Project& project, std::string_view name) {
    const auto begin = std::string(name) + ":";
    return std::any_of(project.workflows.begin(), project.workflows.end(), [&](const Workflow& one) {
        if (one.text.find(begin) == std::string::npos) return false;
        const auto lines = split(one.text, '\n');
        return std::any_of(lines.begin(), lines.end(),
                           [&](const std::string& line) { return trim(std::string_view(line)).starts_with(begin); });
    });
}

// In the file or the .env beside it.
bool is_set(const Project& project, const EnvFile& file, std::string_view name) {
    return sets(file, name) ||
           std::any_of(project.env_files.begin(), project.env_files.end(),
                       [&](const EnvFile& other) {
                           return !other.is_template && other.environment.empty() &&
                                  folder_of(other.file) == folder_of(file.file) && sets(other, name);
                       }) ||
           is_set_elsewhere(project, file, name);
}

// Where there is source, a name that it never says is read by nobody.
bool has_source_files(const Project& project) {
    return std::any_of(project.paths.begin(), project.paths.end(), [](const std::string& path) {
        return is_code(path) || path.ends_with(".php") || path.ends_with(".go") || path.ends_with(".java") ||
               path.ends_with(".rb") || path.ends_with(".cs");
    });
}

// VITE_API_URL and little else: a bundler takes it, and no server.
bool is_for_bundler(const Project& project, const EnvFile& file) {
    const auto& prefixes = project.settings.frontends;
    const auto& all = file.read->entries;
    const auto is_public = [&](const read::EnvEntry& one) {
        return std::any_of(prefixes.begin(), prefixes.end(),
                           [&](const std::string& start) { return one.name.starts_with(start); });
    };
    return std::count_if(all.begin(), all.end(), is_public) * 2 > static_cast<std::ptrdiff_t>(all.size());
}

void var_missing(const Project& project, Hits& hits) {
    Needs of_source;
    if (std::any_of(project.env_files.begin(), project.env_files.end(), is_deployed)) add_source(project, of_source);
    for (const EnvFile& file : project.env_files) {
        if (!is_deployed(file) || file.read->entries.empty()) continue;
        // a plain .env that sets nothing of what the source reads is for something else
        const bool is_the_programs =
            !file.environment.empty() ||
            std::any_of(of_source.begin(), of_source.end(), [&](const auto& one) { return sets(file, one.first); });
        Needs needs = folder_of(file.file).empty() && is_the_programs ? of_source : Needs();
        add_template(project, file, false, needs);
        std::unordered_set<std::string> missing;
        for (const auto& [name, need] : needs)
            if (!is_set(project, file, name) && !is_one_of(name, {"HOME", "PATH", "USER", "PWD", "HOSTNAME"}))
                missing.insert(name);
        std::unordered_set<std::string> wanted; // source_words() knows capitals
        for (const auto& name : missing) wanted.insert(upper(name));
        const auto read = missing.empty() || !has_source_files(project) ? std::nullopt : source_words(project, wanted);
        const bool is_bundlers = is_for_bundler(project, file);
        for (const auto& [name, need] : needs) {
            if (!missing.contains(name)) continue;
            Hit& hit = hits.add(file.file, 1, 1,
                                fmt::format("{} {}; {} does not set it; add {}=", short_name(name), need.where,
                                            file.file, short_name(name)));
            const bool is_read = !read || read->contains(upper(name)) || is_read_by_others(name);
            // Where there is source, it may do without: a default, a guarded read, a variable of the host's.
            if (!need.is_proved || !is_read || is_set_by_workflow(project, name) ||
                (read && (need.is_listed || is_bundlers)))
                hit.level = Level::warning;
        }
    }
}

// PUSHER_APP_SECRET where PUSHER_APP_ID is empty as well: of a service that isn't used, as it seems.
bool is_of_unused(const std::vector<EnvValue>& all, const EnvValue& one) {
    const auto prefix = one.name.substr(0, one.name.find('_') + 1);
    return !prefix.empty() && std::any_of(all.begin(), all.end(), [&](const EnvValue& other) {
        return other.name != one.name && other.name.starts_with(prefix) && other.value.empty();
    });
}

void var_empty(const Project& project, Hits& hits) {
    for (const EnvFile& file : project.env_files) {
        if (!is_deployed(file)) continue;
        Needs needs;
        add_template(project, file, true, needs);
        for (const auto& name : project.settings.required_vars) needs[name] = {"is listed in preflight.required_vars"};
        const auto all = values_of(file);
        const auto& required = project.settings.required_vars;
        const auto is_required = [&](const std::string& name) {
            return std::find(required.begin(), required.end(), name) != required.end();
        };
        for (const auto& one : all) {
            const auto found = needs.find(one.name);
            if (!one.value.empty()) continue;
            if (found != needs.end())
                hit_at(hits, one,
                       fmt::format("{} is empty; it {}; give it a value", short_name(one.name),
                                   replace_all(found->second.where, "is listed in", "is required by")))
                    .level =
                    !is_required(one.name) && is_of_unused(all, one) ? std::optional(Level::warning) : std::nullopt;
            else if (one.name.find("SECRET") != std::string::npos)
                hit_at(hits, one,
                       fmt::format("{} is empty; its name says that it is a secret; give it a value, or remove the "
                                   "line if nothing needs it",
                                   short_name(one.name)))
                    .level = Level::warning;
        }
    }
}

void same_as_example(const Project& project, Hits& hits) {
    for (const EnvFile& file : project.env_files)
        for (const auto& one : file.is_template ? std::vector<EnvValue>() : values_of(file)) {
            if (one.value.empty() || !is_secret_name(one.name) || is_reference(one.value) || is_nothing(one.value))
                continue;
            for (const EnvFile& other : project.env_files) {
                if (!other.is_template || folder_of(other.file) != folder_of(file.file)) continue;
                const bool same =
                    std::any_of(other.read->entries.begin(), other.read->entries.end(),
                                [&](const auto& entry) { return entry.name == one.name && entry.value == one.value; });
                if (!same) continue;
                Hit& hit = hit_at(hits, one,
                                  fmt::format("{} has the value of {}; anyone can read it there; write a generated "
                                              "value",
                                              one.name, other.file));
                if (unread_variables(project).contains(one.name)) hit.level = Level::warning;
            }
        }
}

// The file's own name: both lie in one folder.
std::string name_in(const std::string& path) {
    return short_name(std::string_view(path).substr(path.rfind('/') + 1)).substr(0, 36);
}

void env_parity(const Project& project, Hits& hits) {
    for (const EnvFile& file : project.env_files)
        for (const EnvFile& other : project.env_files) {
            const bool pair = is_deployed(file) && is_deployed(other) && !file.environment.empty() &&
                              !other.environment.empty() && file.environment != other.environment &&
                              folder_of(file.file) == folder_of(other.file) && file.file < other.file;
            if (!pair) continue;
            for (const auto* one : {&file, &other}) {
                const EnvFile& without = one == &file ? other : file;
                std::vector<std::string> missing;
                for (const auto& value : values_of(*one))
                    if (!sets(without, value.name)) missing.push_back(short_name(value.name));
                if (missing.empty()) continue;
                constexpr std::size_t room = 160 - 48 - 3; // of a message of names and two short paths
                const auto count = missing.size();
                while (missing.size() > 3 || (missing.size() > 1 && join(missing, ", ").size() > room / 2))
                    missing.pop_back();
                hits.add(without.file, 1, 1,
                         fmt::format("{} lacks {}{}; {} sets {}; set both alike", name_in(without.file),
                                     join(missing, ", "), count > missing.size() ? " ..." : "", name_in(one->file),
                                     count > 1 ? "them" : "it"));
            }
        }
}

}

std::span<const Rule> conf_variable_rules() {
    static const Rule rules[] = {
        {"conf-var-missing",
         "A variable that is needed is not set",
         always(Level::error),
         var_missing,
         "The program fails when it reads the variable: at the start, or weeks later.",
         "NAME=value in the environment's file",
         {},
         {"S1-10", "S2-33"}},
        {"conf-var-empty",
         "A variable that is needed is empty",
         always(Level::error),
         var_empty,
         "Many libraries accept an empty secret and sign with it.",
         "Give it a value.",
         {},
         {"S4-28"}},
        {"conf-same-as-example",
         "A secret has the template's value",
         deployed(Level::error),
         same_as_example,
         "The template is in git: everybody with a clone has the secret.",
         "openssl rand -base64 48",
         {},
         {"S2-80"}},
        {"conf-env-parity",
         "Two environments have different variables",
         always(Level::warning),
         env_parity,
         "Staging can't test a variable that it doesn't have.",
         "Set the same names in both.",
         {},
         {"S3-32"}},
    };
    return rules;
}

}
