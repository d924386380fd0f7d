#include "preflight/uses/given.h"
#include "base/path.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/words.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/kube_look.h"
#include "preflight/uses/compose_told.h"
#include "preflight/uses/headings.h"
#include "preflight/uses/running_services.h"
#include "read/compose/compose.h"
#include "read/env/env.h"
#include "read/unit.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

bool is_part_of_word(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_beside_production(std::string_view path) { return profile_of(path) == Profile::development; }

// A page about the program's use or installation, and not about work on it.
bool is_page_of_installation(const std::string& path) {
    return is_page(path) && !is_beside_production(path) &&
           !has_any(lower(path), {"develop", "contribut", "changelog", "history", "test", "example", "node_modules/",
                                  "vendor/", "third_party/"});
}

// Whether what lies in `folder` is about the file `user`: it stands above it, or is the folder of pages or scripts of
// such a one.
bool is_about(std::string folder, std::string_view user) {
    while (is_one_of(file_name(folder),
                     {"docs", "doc", "scripts", "script", "bin", "deploy", "deployment", "infra", "ops", "tools",
                      "install", "runbook", "runbooks", "guide", "guides", "operations", "production", "manual"}))
        folder = folder_of(folder);
    return folder.empty() || user.starts_with(folder + "/");
}

// A script that somebody starts to install it, or a Makefile.
bool is_install_script(const std::string& path) {
    const bool runs = ends_with_any(path, {".sh", ".bash", "akefile", ".mk"});
    return runs && !is_script_of_development(file_name(path)) && !is_beside_production(path);
}

// cp .env.example .env, also of a path before it.
bool copies_template(std::string_view line, std::string_view file) {
    return has_any(line, {"cp ", "copy ", "mv "}) && line.find(file_name(file)) != line.npos;
}

// Of what the template says; nothing: it doesn't have the variable.
std::optional<std::string> value_in(const EnvFile& file, std::string_view name) {
    for (const auto& entry : file.read->entries)
        if (entry.name == name) return entry.value.value_or("");
    return std::nullopt;
}

// The templates for `user` that have the variable, with the value or with another one.
std::vector<const EnvFile*> templates_with(const Project& project, const std::string& user, std::string_view name,
                                           std::string_view value, bool same) {
    std::vector<const EnvFile*> found;
    for (const EnvFile& one : project.env_files)
        if (one.is_template && !is_beside_production(folder_of(one.file) + "/") && is_about(folder_of(one.file), user))
            if (const auto written = value_in(one, name); written && (*written == value) == same) found.push_back(&one);
    return found;
}

// .env.prod.example has another value: whoever installs it writes one.
const EnvFile* template_of_production(const std::vector<const EnvFile*>& templates) {
    const auto found = std::find_if(templates.begin(), templates.end(), [](const EnvFile* one) {
        return profile_in(environment_in(one->file)) == Profile::production;
    });
    return found == templates.end() ? nullptr : *found;
}

std::optional<Giver> given_in_page(const Project& project, const std::string& page, const std::string& name,
                                   std::string_view fallback, const std::vector<const EnvFile*>& templates) {
    const auto text = project.read(page).value_or("");
    const auto is_copied = [&](const std::string& line) {
        return std::any_of(templates.begin(), templates.end(),
                           [&](const EnvFile* one) { return copies_template(line, one->file); });
    };
    if (text.find(name) == text.npos && (templates.empty() || !has_any(text, {"cp ", "copy ", "mv "})))
        return std::nullopt;
    Headings headings;
    int number = 0;
    for (const auto& line : split(text, '\n')) {
        ++number;
        const bool names = holds_word(line, name) && !holds_word(line, fallback);
        if ((names || is_copied(line)) && headings.about() != Headings::About::development) return Giver{page, number};
        headings.take(line);
    }
    return std::nullopt;
}

// NAME=value of a script; nothing: it doesn't set it, or takes what is set already.
std::optional<std::string_view> assigned_in(std::string_view line, std::string_view name) {
    if (has_any(line, {"grep ", "if "})) return std::nullopt; // it asks for what is set
    for (auto at = line.find(name); at != line.npos; at = line.find(name, at + 1)) {
        const auto end = at + name.size();
        const bool begins = at == 0 || (!is_part_of_word(line[at - 1]) && line[at - 1] != '$' && line[at - 1] != '{');
        if (!begins || end >= line.size() || line[end] != '=') continue;
        const auto value = trim(line.substr(end + 1));
        if (!holds_word(value, name)) return value; // else it hands on what it got: NAME=${NAME:-x}
    }
    return std::nullopt;
}

// DB_PASSWORD=$(openssl rand -hex 24), echo "DB_PASSWORD=$PASSWORD" >> .env
std::optional<Giver> given_in_script(const Project& project, const std::string& script, const std::string& name,
                                     std::string_view fallback) {
    int number = 0;
    for (const auto& line : split(project.read(script).value_or(""), '\n')) {
        ++number;
        const auto value = trim(std::string_view(line)).starts_with('#') ? std::nullopt : assigned_in(line, name);
        if (value && !holds_word(*value, fallback)) return Giver{script, number};
    }
    return std::nullopt;
}

// The comment of a line: behind '#' or "//", and of none the empty text.
std::string_view comment_in(std::string_view line) {
    for (const std::string_view mark : {"#", "//", "/*", " * "})
        if (const auto at = line.find(mark); at != line.npos && (at == 0 || line[at - 1] != ':'))
            return line.substr(at + mark.size());
    return {};
}

// "In production Jenkins injects it", "change it": in English, Korean, Japanese and Chinese.
bool asks_for_another(std::string_view comment) {
    return has_any(lower(comment), {"production", " prod ", "inject", "override", "change th", "change it", "change in",
                                    "must set", "must be set", "set this", "replace", "운영", "本番", "生产", "生產"});
}

// The file itself: a comment that names the variable, or a comment beside the default or above it, or at the head.
std::optional<Giver> given_in_comment(const Project& project, const std::string& user, int line,
                                      const std::string& name, std::string_view fallback) {
    constexpr int near = 3, head = 12; // lines
    int number = 0;
    for (const auto& one : split(project.read(user).value_or(""), '\n')) {
        ++number;
        const auto comment = comment_in(one);
        if (comment.empty() || holds_word(comment, fallback)) continue;
        const bool is_near = number <= line && number + near > line;
        const auto small = lower(comment);
        const bool is_of_head =
            number <= head && small.find("change") != small.npos && has_any(small, {"password", "secret", "default"});
        if (holds_word(comment, name) || (is_near && asks_for_another(comment)) || is_of_head)
            return Giver{user, number};
    }
    return std::nullopt;
}

// What a platform or a tool that deploys reads, with the variables that somebody has to give it.
bool is_of_platform(std::string_view path) {
    return path == "config/deploy.yml" || path == ".kamal/secrets" ||
           is_one_of(file_name(path), {"render.yaml", "app.json", "app.yaml", "fly.toml", "railway.json",
                                       "railway.toml", "serverless.yml"});
}

std::optional<Giver> given_in_lines(const Project& project, const std::string& path, const std::string& name,
                                    std::string_view besides, std::string_view fallback) {
    int number = 0;
    for (const auto& line : split(project.read(path).value_or(""), '\n')) {
        ++number;
        if (holds_word(line, name) && !holds_word(line, fallback) && line.find(besides) != line.npos)
            return Giver{path, number};
    }
    return std::nullopt;
}

std::optional<Giver> given_in_workflow(const Project& project, const std::string& name) {
    for (const Workflow& one : project.workflows)
        if (has_any(lower(file_name(one.file)), {"deploy", "release", "prod"}))
            if (auto found = given_in_lines(project, one.file, name, "secrets.", "")) return found;
    return std::nullopt;
}

// env: [{name: SECRET_KEY, valueFrom: …}]
std::optional<Giver> given_in_manifest(const Project& project, const std::string& name) {
    std::optional<Giver> found;
    for (const Kube& one : project.kubes)
        if (one.profile != Profile::development && !project.doubtful.contains(one.file))
            kube::each_container(one, [&](const kube::Container& container) {
                const auto* const env = container.node.find("env");
                for (const auto& variable : env != nullptr ? env->items : std::vector<sys::YamlNode>())
                    if (read::kube_text(variable, "name") == name && variable.find("valueFrom") != nullptr)
                        found = Giver{one.file, variable.line};
            });
    return found;
}

// An env file that compose requires, and no clone has.
const read::ComposeEnvFile* env_file_made_elsewhere(const Project& project, const read::ComposeService& service) {
    const auto& all = service.env_files;
    const auto found = std::find_if(all.begin(), all.end(), [&](const read::ComposeEnvFile& one) {
        return one.required && !one.path.empty() && !project.tracked.contains(one.path) && !project.has(one.path);
    });
    return found == all.end() ? nullptr : &*found;
}

}

std::string Giver::text() const {
    constexpr std::size_t most = 21; // and "..." where it is cut
    const auto number = line > 0 ? fmt::format(":{}", line) : std::string();
    return shortened(file_name(file), most - number.size()) + number;
}

bool hands_out(const Project& project, const std::string& user, std::string_view name, std::string_view value) {
    if (template_of_production(templates_with(project, user, name, value, false)) != nullptr) return false;
    for (const EnvFile& one : project.env_files)
        if (!one.is_template && one.profile != Profile::development && project.has(one.file) &&
            (!project.in_git || project.tracked.contains(one.file)) && !project.doubtful.contains(one.file) &&
            value_in(one, name) == value)
            return true;
    const auto same = templates_with(project, user, name, value, true);
    const auto or_else = fmt::format("{}:-{}}}", name, value); // ${NAME:-value}
    const auto hands = [&](const std::string& line) {
        const auto assigned = trim(std::string_view(line)).starts_with('#') ? std::nullopt : assigned_in(line, name);
        return (assigned && holds_word(*assigned, value)) || line.find(or_else) != line.npos ||
               std::any_of(same.begin(), same.end(),
                           [&](const EnvFile* one) { return copies_template(line, one->file); });
    };
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
        const bool is_own = is_install_script(path) && is_about(folder_of(path), user);
        const auto text = is_own ? project.read(path) : std::nullopt;
        if (!text || (same.empty() && text->find(name) == text->npos)) return false;
        const auto lines = split(*text, '\n');
        return std::any_of(lines.begin(), lines.end(), hands);
    });
}

std::optional<Giver> giver_of(const Project& project, const std::string& user, int line, const std::string& name,
                              std::string_view fallback) {
    if (name.empty() || hands_out(project, user, name, fallback)) return std::nullopt;
    if (auto found = given_in_comment(project, user, line, name, fallback)) return found;
    const auto others = templates_with(project, user, name, fallback, false);
    if (const auto* const own = template_of_production(others); own != nullptr) return Giver{own->file, 0};
    for (const auto& path : project.paths) {
        if (is_install_script(path) && is_about(folder_of(path), user))
            if (auto found = given_in_script(project, path, name, fallback)) return found;
        if (is_page_of_installation(path) && is_about(folder_of(path), user))
            if (auto found = given_in_page(project, path, name, fallback, others)) return found;
        if (is_of_platform(path) && !is_beside_production(path))
            if (auto found = given_in_lines(project, path, name, "", fallback)) return found;
    }
    if (auto found = given_in_workflow(project, name)) return found;
    return given_in_manifest(project, name);
}

std::optional<Giver> giver_for(const Project& project, const std::string& path, int line, const std::string& name,
                               std::string_view fallback) {
    const auto services = services_built_with(project, path);
    const auto lacks = [&](const RunningService& running) {
        const auto& set = running.service->environment;
        return running.service->env_files.empty() && !project.doubtful.contains(running.compose->files.front()) &&
               std::none_of(set.begin(), set.end(), [&](const auto& one) { return one.name == name; });
    };
    // Whatever whoever installs it sets, no container gets it.
    if (!services.empty() && std::all_of(services.begin(), services.end(), lacks)) return std::nullopt;
    if (auto found = giver_of(project, path, line, name, fallback)) return found;
    if (name.empty() || hands_out(project, path, name, fallback)) return std::nullopt;
    std::optional<Giver> found;
    for (const auto& running : services) {
        const auto* const file = env_file_made_elsewhere(project, *running.service);
        if (file == nullptr) return std::nullopt;
        found = Giver{running.compose->read->file(file->place), file->place.line};
    }
    return found;
}

}
