#include "preflight/checklists/needs.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/parts/code_lines.h"
#include "preflight/rules/site_look.h"
#include "read/env/env.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

// ---- what there is

bool has_env_file(const Project& project) {
    return std::any_of(project.env_files.begin(), project.env_files.end(),
                       [](const EnvFile& file) { return !file.is_template && !file.read->entries.empty(); });
}

bool has_template(const Project& project) {
    return std::any_of(project.env_files.begin(), project.env_files.end(),
                       [](const EnvFile& file) { return file.is_template; });
}

// Those that a program of this profile is given whole: what an image or a compose service sets besides isn't that.
template <typename Is>
bool has_value(const Project& project, Is is) {
    return std::any_of(project.values.begin(), project.values.end(), [&](const EnvValues& values) {
        using From = EnvValues::From;
        const bool is_whole = values.from == From::env_file || values.from == From::pod ||
                              values.from == From::config || values.file.ends_with(".service");
        return is_whole && values.profile >= project.profile && std::any_of(values.all.begin(), values.all.end(), is);
    });
}

bool has_values(const Project& project) {
    return has_value(project, [](const EnvValue&) { return true; });
}
bool has_tracking(const Project& project) {
    return has_value(project, [](const EnvValue& one) { return one.name.ends_with("SENTRY_DSN"); });
}
bool has_rate_limit(const Project& project) {
    return has_value(project, [](const EnvValue& one) { return one.name.starts_with("RATE_LIMIT"); });
}

bool has_path(const Project& project, std::initializer_list<std::string_view> ends) {
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
        return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return path.ends_with(end); });
    });
}
bool has_source(const Project& project) { return std::any_of(project.paths.begin(), project.paths.end(), is_code); }
bool has_code(const Project& project) {
    return has_source(project) || has_path(project, {".java", ".kt", ".go", ".rb", ".php", ".cs"});
}
bool has_django(const Project& project) { return has_path(project, {"manage.py"}); }
bool has_decisions(const Project& project) {
    return std::any_of(project.paths.begin(), project.paths.end(), [](const std::string& path) {
        const bool is_page = path.ends_with(".md") || path.ends_with(".yml") || path.ends_with(".yaml");
        return is_page && lower(file_name(path)).find("decision") != std::string::npos;
    });
}

// Each site that was named; what one of them didn't show isn't known of all.
template <typename Is>
bool of_each_site(const Project& project, Is is) {
    return !project.sites.empty() && std::all_of(project.sites.begin(), project.sites.end(), is);
}
bool has_answer(const Project& project) {
    return of_each_site(project, [](const Site& site) { return !pages(site).empty(); });
}
bool has_https(const Project& project) {
    return of_each_site(project, [](const Site& site) {
        const auto all = pages(site);
        return std::any_of(all.begin(), all.end(), [](const Page& page) { return is_https(page.answer); });
    });
}
bool has_tls(const Project& project) {
    return of_each_site(project, [](const Site& site) { return site.handshake.has_value(); });
}
bool has_name(const Project& project) {
    return of_each_site(
        project, [](const Site& site) { return site.name && site.name->found != sys::NameRecords::Found::unanswered; });
}

// ---- what there has to be

struct Subject {
    bool (*is_there)(const Project& project);
    std::string_view lack; // where it isn't; {} is the profile
};

constexpr Subject dockerfile{[](const Project&p) { return !p.dockerfiles.empty(); }, "no Dockerfile is here"},
    compose{[](const Project&p) { return !p.composes.empty(); }, "no compose file is here"},
    nginx{[](const Project&p) { return !p.nginxes.empty(); }, "no configuration of nginx is here"},
    kube{[](const Project&p) { return !p.kubes.empty(); }, "no manifest of Kubernetes is here"},
    workflow{[](const Project&p) { return !p.workflows.empty(); }, "no workflow is here"},
    unit{[](const Project&p) { return !p.units.empty(); }, "no unit of systemd is here"},
    django{has_django, "no manage.py is here"},
    env_form{[](const Project&p) { return !p.env_files.empty(); }, "no env file is here; name it by --env-file"},
    env_file{has_env_file, "no env file is here; name it by --env-file"},
    env_template{has_template, "no template of an env file is here; commit .env.example"},
    values{has_values, "no env file of {} is here; name it by --env-file"},
    tracking{has_tracking, "no env file of {} with SENTRY_DSN is here; name it by --env-file"},
    limited_rate{has_rate_limit, "no env file of {} with RATE_LIMIT is here; name it by --env-file"},
    source{has_source, "no Python or JavaScript is here"}, code{has_code, "no source that the rules read is here"},
    decisions{has_decisions, "no decisions.yml and no docs/decisions.md is here"},
    in_git{[](const Project&p) { return p.in_git && !p.tracked.empty(); }, "git tracks nothing here"},
    history{[](const Project&p) { return bool(p.past_env_files); }, "there is no git history here"},
    machine{[](const Project&p) { return bool(p.machine); }, "this machine was not asked"},
    site{has_answer, "the site was not reached"}, https{has_https, "the site was not reached by https"},
    tls{has_tls, "no TLS connection was made"}, dns_name{has_name, "no name was looked up in the DNS"},
    tree{[](const Project&) { return true; }, ""}; // what is missing in it is what the rule tells

// By the beginning of its name; of several the longest counts.
struct NeedRow {
    std::string_view rules;
    const Subject& first;
    const Subject& second = tree;
};
constexpr NeedRow need_rows[] = {
    {"code-", code},
    {"docker-", dockerfile},
    {"compose-", compose},
    {"nginx-", nginx},
    {"kube-", kube},
    {"ci-", workflow},
    {"unit-", unit},
    {"django-", django},
    {"env-", env_form},
    {"conf-", values},
    {"conf-error-tracking-", tracking},
    {"conf-sample-rate", tracking},
    {"conf-rate-limit", limited_rate},
    {"conf-runtime-mismatch", dockerfile},
    {"conf-server-not-installed", dockerfile},
    {"conf-secret-in-compose", compose},
    {"conf-secret-default-in-code", source},
    {"conf-url-hardcoded", source},
    {"conf-var-unused", source, values},
    {"conf-var-undocumented", env_template},
    {"repo-", tree},
    {"repo-env-committed", in_git},
    {"repo-env-in-history", history},
    {"repo-env-not-ignored", env_file},
    {"repo-env-mode", env_file},
    {"repo-env-template-missing", env_template},
    {"repo-template-secret", env_template},
    {"repo-decision-pending", decisions},
    {"mig-", tree},
    {"suppress-", tree},
    {"ignore-", tree},
    {"host-", machine},
    {"host-resources", machine, compose},
    {"http-", site},
    {"http-hsts", https},
    {"tls-", tls},
    {"live-", dns_name},
};

const NeedRow* row_of(std::string_view rule) {
    const NeedRow* found = nullptr;
    for (const NeedRow& row : need_rows)
        if (rule.starts_with(row.rules) && (!found || row.rules.size() > found->rules.size())) found = &row;
    return found;
}

}

std::string lack_of(std::string_view rule, const Project& project) {
    const NeedRow* row = row_of(rule);
    if (!row) return "nothing says what it judges";
    const auto group = group_of(rule);
    if ((group == "http" || group == "tls" || group == "live") && project.sites.empty())
        return "name the site by --url, or by url: of the environment";
    for (const Subject* subject : {&row->first, &row->second})
        if (!subject->is_there(project)) return replace_all(subject->lack, "{}", config::name_of(project.profile));
    return {};
}

bool says_what_it_judges(std::string_view rule) { return row_of(rule) != nullptr; }

}
