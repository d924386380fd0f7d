#include "preflight/subjects.h"
#include "base/credentials.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/compose_files.h"
#include "preflight/env_users.h"
#include "preflight/recognised.h"
#include "preflight/rules/conf_values.h"
#include "preflight/values.h"
#include "project/development.h"
#include "read/compose.h"
#include "read/dockerfile.h"
#include "read/env.h"
#include "read/ignore.h"
#include "read/kube.h"
#include "read/nginx.h"
#include "read/unit.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <set>

namespace fairlead::preflight {

namespace {

using Paths = std::vector<std::string>;

// Those that can be read. What its own program refuses when it is empty says nothing either.
enum class Empty { refused, allowed };
Paths readable(const Project& project, const Paths& found, Empty empty,
               std::optional<project::Format> format = std::nullopt) {
    Paths paths;
    for (const auto& path : found) {
        const auto text = project.read(path);
        if (!text) continue;
        const auto engine = format ? project::engine_of(path, *text, *format) : std::string_view();
        if (empty == Empty::refused && trim(std::string_view(*text)).empty())
            (*project.unread)[path] = {"it is empty"};
        else if (!engine.empty())
            (*project.unread)[path] = {
                .why = fmt::format("it is a template ({}), and what it becomes isn't here", engine), .is_error = false};
        else
            paths.push_back(path);
    }
    return paths;
}

// By its name and folder, else by the comment that it begins with.
Profile profile_by_words(const Project& project, const std::string& path, std::string_view text) {
    const auto named = profile_of(path);
    if (named) return *named;
    return project::head_comment(text) ? Profile::development : project.profile;
}

// ---- Dockerfiles

// Where nobody says what is sent: the Dockerfile's own folder, unless what it copies stands in one above it.
std::string likely_context(const Project& project, const std::string& path, const read::Dockerfile& file) {
    const auto own = folder_of(path);
    if (own.empty()) return own;
    std::vector<std::pair<std::string, int>> above; // the nearest first, and what speaks for it
    for (auto folder = own; !folder.empty() && above.size() < 16;) {
        folder = folder_of(folder);
        above.emplace_back(folder, 0);
    }
    above.back().second = project.has(".dockerignore") && !project.has(own + "/.dockerignore") ? 1 : 0;
    for (const auto& one : file.instructions) {
        if ((one.verb != read::Verb::copy && one.verb != read::Verb::add) || one.flag("from") != nullptr) continue;
        for (std::size_t i = 0; i + 1 < one.words.size(); ++i) {
            const std::string& source = one.words[i].text;
            if (source.find_first_of("$*?[<:") != source.npos) continue;
            const auto in_own = path_in(own, "./" + source);
            if (path_in("", "./" + source).empty() || in_own == own) continue; // "."
            for (auto& [folder, votes] : above)
                votes +=
                    (project.is_there(path_in(folder, "./" + source)) ? 2 : 0) - (project.is_there(in_own) ? 2 : 0);
        }
    }
    const auto most =
        std::max_element(above.begin(), above.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return most->second > 0 ? most->first : own;
}

// The plain one beside Dockerfile.prod is that of development, unless somebody deploys it.
bool has_twin_of_production(const Project& project, const std::string& path) {
    if (file_name(path) != "Dockerfile") return false;
    return project.has(path + ".prod") || project.has(path + ".production");
}

// FROM production AS development, as the last stage: whoever deploys names another one.
void leave_stage_of_development(Dockerfile& one) {
    const auto& stages = one.read->stages;
    if (stages.size() < 2 || profile_in(lower(stages.back().name)) != Profile::development) return;
    const auto other = std::find_if(stages.rbegin(), stages.rend(), [](const read::Stage& stage) {
        return profile_in(lower(stage.name)) == Profile::production;
    });
    if (other == stages.rend())
        one.profile = Profile::development;
    else
        one.target = other->name;
}

// FROM shop:development
bool stands_on_development(const read::Dockerfile& file) {
    if (file.stages.empty() || file.stages.back().parent >= 0) return false;
    const std::string_view base = file.stages.back().base;
    const auto colon = base.rfind(':');
    return colon != base.npos && profile_in(lower(base.substr(colon + 1))) == Profile::development;
}

Dockerfile first_dockerfile_of(const Project& project, const std::string& path) {
    Dockerfile one;
    one.file = path;
    one.text = project.read(path).value_or("");
    one.read = std::make_shared<read::Dockerfile>(read::read_dockerfile(one.text));
    one.context = likely_context(project, path, *one.read);
    one.profile =
        has_twin_of_production(project, path) ? Profile::development : profile_by_words(project, path, one.text);
    leave_stage_of_development(one);
    if (stands_on_development(*one.read)) one.profile = Profile::development;
    return one;
}

// The one beside the Dockerfile with its name counts, else that of the context.
void add_ignore(const Project& project, Dockerfile& one) {
    for (const auto& path : {one.file + ".dockerignore", path_in(one.context, ".dockerignore")}) {
        const auto text = project.read(path);
        if (!text) continue;
        one.ignore_file = path;
        one.ignore = std::make_shared<read::IgnoreFile>(read::read_ignore(*text));
        return;
    }
}

// All who build it are plain compose files with one of production beside them that builds other images: what production
// runs is known, and this isn't part of it.
bool is_left_by_production(const Project& project, const std::vector<Dockerfile>& users) {
    return !users.empty() && std::all_of(users.begin(), users.end(), [&](const Dockerfile& user) {
        return is_taken_by_itself(user.compose_file) &&
               std::any_of(project.composes.begin(), project.composes.end(), [&](const Compose& compose) {
                   const auto& services = compose.read->services;
                   return compose.files.size() == 1 && compose.profile != Profile::development &&
                          folder_of(compose.files.front()) == folder_of(user.compose_file) &&
                          std::any_of(services.begin(), services.end(),
                                      [](const auto& service) { return service.build.has_value(); });
               });
    });
}

void add_dockerfiles(Project& project, const Wanted& wanted, const Paths& found) {
    std::map<std::string, std::vector<Dockerfile>> built; // by path
    for (const auto& compose : project.composes)
        for (const auto& service : compose.read->services) {
            if (!service.build || service.build->inline_dockerfile) continue;
            const auto path = dockerfile_taken(project, path_in(service.build->context, service.build->dockerfile));
            auto& all = built[path];
            const auto context = path_in(service.build->context, "");
            const auto same = std::find_if(all.begin(), all.end(), [&](const Dockerfile& one) {
                return one.target == service.build->target && one.context == context;
            });
            if (same != all.end()) { // the stricter of two users counts
                same->profile = std::max(same->profile, compose.profile);
                continue;
            }
            Dockerfile one;
            one.context = context.ends_with('/') ? context.substr(0, context.size() - 1) : context;
            one.context_known = true;
            one.target = service.build->target;
            one.compose_file = compose.files.front();
            one.service = service.name;
            one.profile = compose.profile;
            all.push_back(std::move(one));
        }
    for (const auto& path : found) {
        const auto plain = first_dockerfile_of(project, path);
        // Who builds it for development or tests doesn't say that nobody deploys it.
        auto& users = built[path];
        const bool is_of_development = std::all_of(
            users.begin(), users.end(), [](const Dockerfile& one) { return one.profile == Profile::development; });
        if (is_of_development && !is_left_by_production(project, users)) users.push_back(plain);
        for (auto& one : users) {
            one.file = plain.file;
            one.text = plain.text;
            one.read = plain.read;
            if (profile_of(path) == Profile::development) one.profile = Profile::development; // whoever builds it
            if (!wanted.stage.empty()) one.target = wanted.stage;
            add_ignore(project, one);
            project.dockerfiles.push_back(one);
        }
    }
}

// ---- nginx

// What the include of `main` means among the project's files: from its own folder, of /etc/nginx as well.
std::vector<std::pair<std::string, std::string>> included(const Project& project, std::string glob,
                                                          const std::string& main) {
    constexpr std::string_view installed = "/etc/nginx/";
    if (glob.starts_with(installed)) glob.erase(0, installed.size());
    if (glob.starts_with('/')) return {};
    const auto pattern = path_in(folder_of(main), glob);
    std::vector<std::pair<std::string, std::string>> files;
    const auto take = [&](const std::string& path) {
        auto text = project.read(path);
        if (text && project::engine_of(path, *text, project::Format::nginx).empty())
            files.emplace_back(path, std::move(*text));
    };
    if (pattern.find_first_of("*?[") == pattern.npos) {
        take(pattern);
        return files;
    }
    for (const auto& path : project.paths)
        if (glob_match(pattern, path)) take(path);
    return files;
}

void add_nginxes(Project& project, const Paths& found) {
    const auto includes = [&](const std::string& glob, const std::string& main) {
        return included(project, glob, main);
    };
    std::set<std::string> included_by_others;
    for (const auto& path : found) {
        auto read =
            std::make_shared<read::NginxFile>(read::read_nginx(project.read(path).value_or(""), path, includes));
        for (std::size_t i = 1; i < read->files.size(); ++i)
            if (read->files[i] != path) included_by_others.insert(read->files[i]);
        project.nginxes.push_back(
            {path, std::move(read), profile_by_words(project, path, project.read(path).value_or(""))});
    }
    std::erase_if(project.nginxes, [&](const Nginx& one) { return included_by_others.contains(one.file); });
}

// ---- the rest

read::EnvLookup lookup_in(const std::map<std::string, std::string>& variables) {
    return [&variables](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

// Of compose's `env_file:` and units' EnvironmentFile= those that nothing but that tells to be one: settings/web.conf,
// and the gravest profile of who takes them.
std::map<std::string, Profile> env_files_by_use(const Project& project, const Paths& found) {
    std::map<std::string, Profile> files;
    const auto take = [&](const std::string& path, Profile profile) {
        if (std::find(found.begin(), found.end(), path) != found.end() || !project.in_scope(path) ||
            !project.read(path))
            return;
        const auto [one, is_new] = files.try_emplace(path, profile);
        one->second = std::max(one->second, profile);
    };
    for (const Compose& compose : project.composes)
        for (const auto& service : compose.read->services)
            for (const auto& file : service.env_files) take(file.path, compose.profile);
    for (const Unit& unit :
         project.units) // where it is installed isn't known: by its name, beside the unit or above all
        for (const auto& file : unit.read->environment_files)
            for (const auto& folder : {folder_of(unit.file), std::string()})
                take(path_in(folder, file_name(file)), unit.profile);
    return files;
}

// Symfony's .env is committed and holds defaults; what is deployed is set by .env.local or the environment.
bool is_of_symfony(const Project& project, const std::string& path) {
    if (file_name(path) != ".env" || !project.tracked.contains(path)) return false;
    const auto manifest = project.read(path_in(folder_of(path), "composer.json"));
    return manifest && manifest->find("\"symfony/") != manifest->npos;
}

// POSTGRES_PASSWORD=${POSTGRES_PASSWORD}: envsubst fills it in where it is deployed.
bool is_to_be_filled(std::string_view text) {
    constexpr std::ptrdiff_t several = 2;
    const auto lines = split(text, '\n');
    return std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
               const auto equals = line.find('=');
               return equals != line.npos &&
                      trim(std::string_view(line).substr(equals + 1)) ==
                          "${" + std::string(trim(std::string_view(line).substr(0, equals))) + "}";
           }) >= several;
}

// .env.docker, which is committed and nobody reads: what whoever installs it copies and changes.
bool is_to_be_copied(const Project& project, const std::string& path) {
    return file_name(path).starts_with(".env.") && project.tracked.contains(path) && environment_in(path).empty() &&
           !profile_of(path);
}

// A form that is committed and nobody takes: most of what it names is left empty, and no secret is in it.
bool is_left_empty(const Project& project, const EnvFile& file) {
    constexpr std::ptrdiff_t several = 3;
    const auto is_empty = [](const read::EnvEntry& one) { return !one.value || one.value->empty(); };
    const auto gives_secret = [&](const read::EnvEntry& one) { return !is_empty(one) && sounds_secret(one.name); };
    const auto& all = file.read->entries;
    return project.tracked.contains(file.file) && file_name(file.file) != ".env" && file.environment.empty() &&
           std::count_if(all.begin(), all.end(), is_empty) >= several &&
           std::none_of(all.begin(), all.end(), gives_secret);
}

// What is no secret asks to be replaced as well, and no secret is in it: whoever deploys fills in the file.
class Form {
  public:
    void take(std::string_view name, std::string_view value) {
        if (value.empty()) return;
        if (!is_secret_name(name))
            asking_ += asks_to_be_replaced(value);
        else if (!is_placeholder(value) && is_secret(name, value))
            holds_secret_ = true;
    }
    bool is_one() const { return asking_ >= 2 && !holds_secret_; }

  private:
    int asking_ = 0;
    bool holds_secret_ = false;
};

bool is_form(const read::EnvFile& file) {
    Form form;
    for (const auto& one : file.entries) form.take(one.name, one.value.value_or(""));
    return form.is_one();
}

bool is_form(const read::KubeFile& file) {
    Form form;
    for (const auto& object : file.objects) {
        if (object.kind != "ConfigMap" && object.kind != "Secret") return false; // a workload is deployed as it is
        for (const std::string_view key : {"data", "stringData"})
            if (const auto* data = object.root.find(key))
                for (const auto& [name, value] : data->entries) form.take(name.scalar, value.scalar);
    }
    return form.is_one();
}

// It is committed and says itself that it is of development: APP_ENV=local.
bool says_development(const Project& project, const EnvFile& file) {
    return project.tracked.contains(file.file) && file_name(file.file) == ".env" &&
           std::any_of(file.read->entries.begin(), file.read->entries.end(), [](const read::EnvEntry& one) {
               return project::sets_development(one.name, one.value.value_or(""));
           });
}

// Only services of development take it, and those of production another one beside it.
bool is_taken_by_development(const Project& project, const std::string& path) {
    bool develops = false, produces = false, has_other = false;
    for (const Compose& compose : project.composes)
        for (const auto& service : compose.read->services)
            for (const auto& one : service.env_files) {
                const bool is_development = compose.profile == Profile::development;
                if (one.path == path) (is_development ? develops : produces) = true;
                has_other =
                    has_other || (!is_development && one.path != path && folder_of(one.path) == folder_of(path));
            }
    return develops && !produces && has_other;
}

// cp deploy.env .env
bool is_copied_to_env(const Project& project, const std::string& path) {
    const auto name = file_name(path);
    if (!project.tracked.contains(path) || name == ".env") return false;
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
        const auto text = tells_commands(by) ? project.read(by) : std::nullopt;
        if (!text || text->find(name) == text->npos) return false;
        const auto lines = split(*text, '\n');
        return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
            return line.find("cp ") != line.npos && names_file(line, name) && names_file(line, ".env");
        });
    });
}

void add_env_files(Project& project, const Wanted& wanted, Paths found) {
    const auto& named = wanted.env_files.empty() ? project.settings.env_files : wanted.env_files;
    const auto used = named.empty() ? env_files_by_use(project, found) : std::map<std::string, Profile>();
    for (const auto& [path, profile] : used) found.push_back(path);
    if (!named.empty()) {
        std::erase_if(found, [](const std::string& path) { return !is_env_template(path); });
        found.insert(found.end(), named.begin(), named.end());
    }
    const auto users = env_users(project);
    const bool has_production = std::any_of(found.begin(), found.end(), [](const std::string& path) {
        return !is_env_template(path) && profile_of(path).value_or(Profile::development) != Profile::development;
    });
    for (const auto& path : found) {
        const auto text = project.read(path);
        EnvFile one;
        one.file = path;
        one.text = text.value_or("");
        const bool is_used = used.count(path) > 0 || users.count(path) > 0;
        const bool is_named = std::find(named.begin(), named.end(), path) != named.end();
        one.environment = is_named ? project.environment : environment_in(path);
        // The plain .env beside one of production's own is that of whoever develops.
        const bool is_plain = has_production && file_name(path) == ".env";
        const auto plain = is_plain ? Profile::development : project.profile;
        const auto by_use = used.find(path);
        one.profile = is_named               ? project.profile
                      : by_use != used.end() ? by_use->second
                                             : profile_of(path).value_or(plain);
        if (const auto its = users.find(path); its != users.end()) one.users = its->second;
        const auto& asked = wanted.dialect.empty() ? project.settings.env_dialect : wanted.dialect;
        one.dialect_known = !asked.empty() || !one.users.empty();
        one.dialect = !asked.empty() ? asked : one.users.empty() ? "compose" : one.users.front();
        one.read = std::make_shared<read::EnvFile>(
            read::read_env(one.text, *read::dialect_named(one.dialect), lookup_in(project.variables)));
        one.is_template =
            is_env_template(path) || is_of_symfony(project, path) || is_to_be_filled(one.text) ||
            (!is_named && !is_used &&
             (is_to_be_copied(project, path) || is_copied_to_env(project, path) || is_left_empty(project, one)));
        if (!is_named && !one.is_template) {
            if (is_taken_by_development(project, path)) one.profile = Profile::development;
            // A form, and a file that says itself that it is of development, are told in full and prove nothing:
            // nobody knows whether production has them as they are.
            if (one.profile == Profile::development || is_form(*one.read) || says_development(project, one))
                project.doubtful.insert(path);
        }
        project.env_files.push_back(std::move(one));
    }
    if (!wanted.env_of_process) return;
    EnvFile process;
    process.file = "(environment)";
    process.dialect = "docker";
    process.dialect_known = true;
    process.environment = project.environment;
    process.profile = project.profile;
    auto read = std::make_shared<read::EnvFile>();
    for (const auto& [name, value] : project.variables) {
        read::EnvEntry entry;
        entry.name = name;
        entry.value = value;
        read->entries.push_back(std::move(entry));
    }
    process.read = std::move(read);
    project.env_files.push_back(std::move(process));
}

void add_kubes(Project& project, const Paths& found) {
    for (const auto& path : found) {
        const auto text = project.read(path);
        if (text && (text->starts_with("\xFF\xFE") || text->starts_with("\xFE\xFF")))
            (*project.unread)[path] = {"it is UTF-16; save it as UTF-8"};
        if (!text || !says_kube(*text)) continue;
        project.kubes.push_back({path, std::make_shared<read::KubeFile>(read::read_kube(*text, path)),
                                 profile_of(path).value_or(project.profile)});
        if (is_form(*project.kubes.back().read)) project.doubtful.insert(path);
    }
}

}

bool says_kube(std::string_view text) {
    const auto has = [&](std::string_view key) {
        return text.starts_with(key) || text.find("\n" + std::string(key)) != text.npos;
    };
    return has("apiVersion:") && has("kind:");
}

bool has_stage(const Dockerfile& file, std::string_view name) {
    return file.read->stage(name, file.read->stages.size()).has_value();
}

std::string dockerfile_taken(const Project& project, std::string path) {
    auto small = path_in(folder_of(path), "./dockerfile");
    return file_name(path) == "Dockerfile" && !project.has(path) && project.has(small) ? small : path;
}

void add_subjects(Project& project, const Wanted& wanted, std::map<FileKind, Paths> found) {
    add_composes(project, wanted,
                 readable(project, found[FileKind::compose], Empty::refused, project::Format::compose));
    add_dockerfiles(project, wanted,
                    readable(project, found[FileKind::dockerfile], Empty::allowed, project::Format::dockerfile));
    add_nginxes(project, readable(project, found[FileKind::nginx], Empty::refused, project::Format::nginx));
    add_kubes(project, found[FileKind::yaml]);
    for (const auto& path : readable(project, found[FileKind::workflow], Empty::refused)) {
        auto text = project.read(path).value_or("");
        auto documents = sys::parse_yaml_documents(text, path, sys::YamlDialect::compose);
        project.workflows.push_back(
            {path, std::move(text), std::make_shared<const Result<std::vector<sys::YamlNode>>>(std::move(documents))});
    }
    for (const auto& path : readable(project, found[FileKind::unit], Empty::refused, project::Format::unit))
        project.units.push_back({path, std::make_shared<read::UnitFile>(read::read_unit(*project.read(path))),
                                 profile_of(path).value_or(project.profile)});
    add_env_files(project, wanted, readable(project, found[FileKind::env], Empty::allowed, project::Format::env));
    note_unrecognised(project);
    add_values(project);
}

}
