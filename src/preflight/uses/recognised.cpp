#include "preflight/uses/recognised.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/django_settings.h"
#include "read/compose/compose.h"
#include "read/env/env.h"
#include "read/nginx/nginx.h"
#include "read/unit.h"
#include <algorithm>

namespace fairlead::preflight {

namespace {

// Apache's and an INI file's own lines: sites-available is Apache's name, too.
bool is_of_another_program(std::string_view text) {
    if (text.find_first_of(";{") == text.npos && text.find('=') != text.npos) return true; // NAME = value
    if (trim(text).starts_with("Include ")) return true;
    const auto lines = split(text, '\n');
    return std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
        const auto words = trim(std::string_view(line));
        return words.starts_with('<') || words.starts_with('[') || words.starts_with("Sec"); // ModSecurity's SecRule
    });
}

bool gives_value(const EnvFile& one) {
    const auto& all = one.read->entries;
    return std::any_of(all.begin(), all.end(), [](const auto& entry) { return entry.value.has_value(); });
}

Unread why_not(const Nginx& one, const Project& project) {
    const auto& read = *one.read;
    if (is_of_another_program(project.read(one.file).value_or("")))
        return {.why = "none of its directives belongs to nginx", .is_error = false};
    if (!read.problems.empty()) {
        const auto& first = read.problems.front();
        return {replace_all(first.message, ";", ","), first.line, first.column};
    }
    return {.why = read.directives.empty() ? "it has no directive" : "none of its directives belongs to nginx",
            .is_error = false};
}

}

bool is_recognised(const EnvFile& one) { return one.read->refused || gives_value(one); }

bool is_recognised(const Compose& one) { return !one.read->services.empty() || !one.read->problems.empty(); }

bool is_recognised(const Nginx& one) { return one.read->context != read::NginxContext::other; }

bool is_recognised(const Unit& one) {
    constexpr std::string_view sections[] = {"Unit", "Service", "Install"};
    return std::any_of(one.read->settings.begin(), one.read->settings.end(), [&](const auto& setting) {
        return std::find(std::begin(sections), std::end(sections), setting.section) != std::end(sections);
    });
}

namespace {

bool has_script(const Project& project) {
    return std::any_of(project.paths.begin(), project.paths.end(), [](const std::string& path) {
        return path.ends_with(".sql") && profile_of(path) != Profile::development;
    });
}

bool has_code_to_judge(const Project& project) {
    constexpr std::string_view others[] = {".cs", ".go", ".php", ".rb"};
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
        const bool is_other = std::any_of(std::begin(others), std::end(others),
                                          [&](std::string_view end) { return path.ends_with(end); });
        return (is_code(path) || is_other) && !is_of_tests(path);
    });
}

struct GroupSubject {
    std::string_view group;
    bool (*is_there)(const Project& project);
};
constexpr GroupSubject group_subjects[] = {
    {"env", [](const Project& project) { return !project.env_files.empty(); }},
    {"docker", [](const Project& project) { return !project.dockerfiles.empty(); }},
    {"compose", [](const Project& project) { return !project.composes.empty(); }},
    {"nginx", [](const Project& project) { return !project.nginxes.empty(); }},
    {"kube", [](const Project& project) { return !project.kubes.empty(); }},
    {"ci", [](const Project& project) { return !project.workflows.empty(); }},
    {"unit", [](const Project& project) { return !project.units.empty(); }},
    {"http", [](const Project& project) { return !project.sites.empty(); }},
    {"tls", [](const Project& project) { return !project.sites.empty(); }},
    {"live", [](const Project& project) { return !project.sites.empty(); }},
    {"host", [](const Project& project) { return project.machine != nullptr; }},
    {"django", [](const Project& project) { return project.django || !django_settings(project).empty(); }},
    {"code", has_code_to_judge},
    {"mig", has_script},
};

}

bool has_subject_of(std::string_view group, const Project& project) {
    const auto* const found = std::find_if(std::begin(group_subjects), std::end(group_subjects),
                                           [&](const GroupSubject& one) { return one.group == group; });
    return found == std::end(group_subjects) || found->is_there(project);
}

void note_unrecognised(Project& project) {
    auto& unread = *project.unread;
    for (const EnvFile& one : project.env_files)
        if (one.read->refused && !one.is_template && !gives_value(one)) {
            const auto& problems = one.read->problems;
            unread[one.file] = problems.empty() ? Unread{.why = "its reader takes no value from it"}
                                                : Unread{replace_all(problems.front().message, ";", ","),
                                                         problems.front().line, problems.front().column};
        }
    for (const Nginx& one : project.nginxes)
        if (!is_recognised(one)) unread[one.file] = why_not(one, project);
    for (const Compose& one : project.composes)
        if (!is_recognised(one)) unread[one.files.front()] = {.why = "it has no service", .is_error = false};
    for (const Unit& one : project.units)
        if (!is_recognised(one))
            unread[one.file] = {.why = "none of its settings belongs to systemd", .is_error = false};
}

}
