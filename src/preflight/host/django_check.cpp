#include "preflight/host/django_check.h"
#include "base/path.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "preflight/host/machine.h"
#include "preflight/kinds.h"
#include "read/env/env.h"
#include "sys/environment.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

constexpr Milliseconds longest{60000};

// "?: (security.W004) You have not ...", "app.Model.field: (fields.E304) ...".
std::optional<DjangoIssue> issue_in(std::string_view line, Level level) {
    const auto colon = line.find(": ");
    if (colon == line.npos || line.starts_with(' ') || line.starts_with('\t')) return std::nullopt;
    auto text = line.substr(colon + 2);
    std::string id;
    if (const auto end = text.find(')'); text.starts_with('(') && end != text.npos) {
        id = text.substr(1, end - 1);
        text = trim(text.substr(end + 1));
    }
    const bool is_id = id.find('.') != id.npos && id.find(' ') == id.npos;
    if (!is_id && !line.starts_with("?: ")) return std::nullopt; // a further line of a text
    return DjangoIssue{level, is_id ? id : "", std::string(text)};
}

std::optional<Level> level_of_heading(std::string_view line) {
    struct Row {
        std::string_view heading;
        Level level;
    };
    constexpr Row rows[] = {{"CRITICALS:", Level::error},
                            {"ERRORS:", Level::error},
                            {"WARNINGS:", Level::warning},
                            {"INFOS:", Level::info},
                            {"DEBUGS:", Level::info}};
    for (const Row& row : rows)
        if (line == row.heading) return row.level;
    return std::nullopt;
}

std::string last_line(std::string_view text) {
    const auto lines = split(trim(text), '\n');
    return one_line(hide_credentials(mask(lines.back())).substr(0, 160));
}

// ---- what it is started with

Result<std::string> manage_py(const Project& project) {
    std::vector<std::string> found;
    for (const auto& path : project.paths)
        if (file_name(path) == "manage.py" && project.in_scope(path) && profile_of(path) != Profile::development)
            found.push_back(path);
    if (found.size() == 1) return found.front();
    if (found.empty()) return usage("--run-django: there is no manage.py here; start in a Django project");
    return usage(
        fmt::format("--run-django: there are {} and {}; name the folder of the project to check", found[0], found[1]));
}

// The one of the environment or profile by its name, else the only one. Null: there is none.
Result<const EnvFile*> env_file_of(const Project& project) {
    std::vector<const EnvFile*> all;
    const EnvFile* other = nullptr;
    for (const EnvFile& file : project.env_files) {
        if (file.is_template || file.file.starts_with('(') || !project.in_scope(file.file)) continue;
        if (file.profile == project.profile)
            all.push_back(&file);
        else
            other = &file;
    }
    const auto wanted =
        project.environment.empty() ? std::string(config::name_of(project.profile)) : project.environment;
    const auto named = std::find_if(all.begin(), all.end(), [&](const EnvFile* file) {
        return file->environment == wanted && environment_in(file->file) == wanted;
    });
    if (named != all.end()) return *named;
    if (all.size() > 1)
        return usage(fmt::format("--run-django: there are {} and {}; choose the env file with --env-file", all[0]->file,
                                 all[1]->file));
    if (all.empty() && other != nullptr)
        return usage(
            fmt::format("--run-django: {} is there, but no env file for {}; choose the env file with --env-file",
                        other->file, wanted));
    return all.empty() ? nullptr : all.front();
}

// Of a virtual environment beside the project, or the one that the shell is in; else what PATH has.
std::string python_for(const std::string& folder, const std::string& root,
                       const std::map<std::string, std::string>& variables) {
    const auto active = variables.find("VIRTUAL_ENV");
    if (active != variables.end() && is_virtual_environment(active->second)) return active->second + "/bin/python";
    for (const auto& place : {virtual_environment_in(folder), virtual_environment_in(root)})
        if (!place.empty()) return place + "/bin/python";
    return "python3";
}

std::vector<std::string> environment_of(const EnvFile* file, const Project& project) {
    const sys::Environment variables(project.variables);
    std::map<std::string, std::string> all = {{"PYTHONDONTWRITEBYTECODE", "1"}, {"PYTHONIOENCODING", "utf-8"}};
    if (const auto module = variables.get("DJANGO_SETTINGS_MODULE")) all["DJANGO_SETTINGS_MODULE"] = *module;
    if (file != nullptr)
        for (const auto& [name, value] : file->read->values())
            if (value) {
                register_variable(name, *value);
                all[name] = *value;
            }
    auto lines = sys::child_environment(variables, sys::Child::program);
    std::erase_if(lines, [&](const std::string& line) { return all.contains(line.substr(0, line.find('='))); });
    for (const auto& [name, value] : all) lines.push_back(name + "=" + value);
    return lines;
}

Hit hit_of(const DjangoIssue& issue, const std::string& manage, bool is_ours) {
    constexpr std::size_t longest_text = 80;
    auto text = one_line(hide_credentials(mask(issue.text)));
    text = replace_all(text.substr(0, std::min(text.find(". "), text.size())), ";", ",");
    if (text.ends_with('.')) text.pop_back();
    if (text.size() > longest_text) text = to_valid_utf8(text.substr(0, longest_text - 3)) + "...";
    Hit hit;
    hit.file = manage;
    hit.message = fmt::format("{}; {} of Django's own check; run python manage.py check --deploy for the full text",
                              text, issue.id.empty() ? "without an id" : issue.id.substr(0, 24));
    if (!is_ours) hit.level = issue.level;
    return hit;
}

}

Result<std::vector<DjangoIssue>> read_django_check(std::string_view printed) {
    std::vector<DjangoIssue> issues;
    std::optional<Level> level;
    for (const auto& line : split(printed, '\n')) {
        if (const auto heading = level_of_heading(trim(std::string_view(line)))) level = heading;
        if (line.starts_with("System check identified no issues")) return std::vector<DjangoIssue>();
        constexpr std::string_view closing = "System check identified ";
        if (line.starts_with(closing) && line.find(" issue") != line.npos && line.find("some issues") == line.npos) {
            const auto words = split(line.substr(closing.size()), ' ');
            if (parse_integer(words.front()).value_or(-1) == static_cast<std::int64_t>(issues.size())) return issues;
            return could_not(
                fmt::format("it counts {} issues and names {}", one_line(words.front().substr(0, 20)), issues.size()));
        }
        if (!level) continue;
        if (auto issue = issue_in(line, *level)) issues.push_back(std::move(*issue));
    }
    return could_not(trim(printed).empty() ? "it said nothing" : "it says: " + last_line(printed));
}

Result<std::multimap<std::string, Hit, std::less<>>> ask_django(const Project& project, const std::string& root) {
    const auto manage = TRY(manage_py(project));
    const auto* const env_file = TRY(env_file_of(project));
    const auto folder = (sys::Path(root) / folder_of(manage)).lexically_normal().string();
    const auto python = python_for(folder, root, project.variables);
    sys::Command command{
        .argv = {python, "manage.py", "check", "--deploy", "--no-color"}, .folder = folder, .timeout = longest};
    command.environment = environment_of(env_file, project);
    command.any_path = true; // its own program, chosen by who asks for --run-django
    const auto output = sys::run(command);
    if (!output.ok())
        return could_not(fmt::format("--run-django: {}; install the project's packages, or leave --run-django out",
                                     output.error().message));
    const auto issues = read_django_check(output->err + "\n" + output->out);
    if (!issues.ok())
        return could_not(fmt::format(
            "--run-django: manage.py check gave no answer ({}): {}; make sure that it runs in {}{}", output->status,
            issues.error().message, folder, env_file == nullptr ? "" : " with " + env_file->file));
    std::multimap<std::string, Hit, std::less<>> found;
    for (const DjangoIssue& issue : issues.value()) {
        const auto all = all_rules();
        const auto rule = std::find_if(all.begin(), all.end(), [&](const Rule& one) {
            return group_of(one.id) == "django" &&
                   std::find(one.peers.begin(), one.peers.end(), issue.id) != one.peers.end();
        });
        const bool is_ours = rule != all.end();
        found.emplace(is_ours ? std::string(rule->id) : "django-check", hit_of(issue, manage, is_ours));
    }
    return found;
}

}
