#include "base/text.h"
#include "init/kit/facts.h"
#include "init/kit/texts.h"
#include "init/write/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

enum class Of { production, readme, page };
enum class Where { root, service, site, settings }; // the project's folder, a component's, beside Django's settings

struct Row {
    std::string_view source; // below src/init/kit
    std::string_view path;   // from `where`; of Django's settings: what its name ends with
    Of of = Of::production;
    Where where = Where::root;
    std::string_view when = {}; // words that hold: init/kit/render.h
    bool executable = false;
};
constexpr Row rows[] = {
    {"env/env.local.example", ".env.local.example", Of::production, Where::root, "service"},
    {"env/env.deploy.example", ".env.deploy.example", Of::production, Where::root, "service"},
    {"env/env.production.example", ".env.production.example", Of::production, Where::root, "service"},
    {"react-vite/env.production.example", ".env.production.example", Of::production, Where::site, "site"},
    {"python/config_production.py", "config_production.py", Of::production, Where::service, "python"},
    {"django/settings_production.py", "_production.py", Of::production, Where::settings, "django"},
    {"python/monitoring.py", "monitoring.py", Of::production, Where::service, "python"},
    {"python/gunicorn.conf.py", "gunicorn.conf.py", Of::production, Where::service, "python"},
    {"python/requirements-production.txt", "requirements-production.txt", Of::production, Where::service, "python"},
    {"python/Dockerfile.prod", "Dockerfile.prod", Of::production, Where::service, "python"},
    {"python/dockerignore", ".dockerignore", Of::production, Where::service, "python"},
    {"express/config.production.cjs", "config.production.cjs", Of::production, Where::service, "node"},
    {"express/monitoring.cjs", "monitoring.cjs", Of::production, Where::service, "node"},
    {"express/Dockerfile.prod", "Dockerfile.prod", Of::production, Where::service, "node"},
    {"express/dockerignore", ".dockerignore", Of::production, Where::service, "node"},
    {"react-vite/Dockerfile.prod", "Dockerfile.prod", Of::production, Where::site, "site proxy"},
    {"react-vite/dockerignore", ".dockerignore", Of::production, Where::site, "site"},
    {"compose/docker-compose.prod.yml", "docker-compose.prod.yml", Of::production, Where::root, "runs"},
    {"compose/compose.yml", "compose.yml", Of::production, Where::root, "service no-compose"},
    {"compose/compose.override.yml", "compose.override.yml", Of::production, Where::root, "service no-compose"},
    {"postgres/app-role.sh", "docker/postgres/app-role.sh", Of::production, Where::root, "service", true},
    {"postgres/seeds.sql", "docker/postgres/seeds/seeds.sql", Of::production, Where::root, "service no-compose"},
    {"nginx/nginx.conf", "docker/nginx/nginx.conf", Of::production, Where::root, "nginx"},
    {"caddy/Caddyfile", "docker/caddy/Caddyfile", Of::production, Where::root, "caddy"},
    {"caddy/Dockerfile.prod", "docker/caddy/Dockerfile.prod", Of::production, Where::root, "caddy service no-site"},
    {"pages/docs/contacts.md", "docs/contacts.md", Of::production},
    {"pages/docs/runbook.md", "docs/runbook.md", Of::production, Where::root, "service"},
    {"pages/decisions.yml", "decisions.yml", Of::production},
    {"pages/README.md", "README.md", Of::readme},
    {"pages/docs/contacts.md", "docs/contacts.md", Of::page},
    {"pages/docs/decisions/decision.md", "docs/decisions/0001-decision.md", Of::page},
    {"pages/decisions.yml", "decisions.yml", Of::page},
    {"pages/docs/runbook.md", "docs/runbook.md", Of::page},
    {"pages/docs/standup.md", "docs/standup.md", Of::page},
};

std::string_view text_of(std::string_view name) {
    const auto found =
        std::find_if(kit_texts.begin(), kit_texts.end(), [&](const KitText& one) { return one.name == name; });
    return found == kit_texts.end() ? std::string_view() : found->text; // a test looks at all rows
}

std::string name_of(const Row& row) { // contacts
    const auto name = row.source.substr(row.source.rfind('/') + 1);
    return std::string(name.substr(0, name.find('.')));
}

std::string place_of(const Row& row, const Parts& parts) {
    const std::string path(row.path);
    if (row.where == Where::root) return path;
    const auto& folder = row.where == Where::site ? parts.site->folder : parts.service->folder;
    if (row.where != Where::settings) return below(folder, path);
    return below(folder, replace_all(parts.service->settings, ".", "/") + path);
}

bool is_wanted(const Row& row, const Kit& kit) {
    if (row.of == Of::page)
        return std::find(kit.templates.begin(), kit.templates.end(), name_of(row)) != kit.templates.end();
    return row.of == Of::readme ? kit.readme : kit.production;
}

void tell(const Parts& parts, const Facts& facts, std::vector<std::string>& told) {
    if (parts.service && parts.service->health.empty())
        told.emplace_back("no path for a health check was found in the source, so / is asked; answer /api/health and "
                          "change it in Dockerfile.prod, docker-compose.prod.yml and the proxy's configuration");
    if (parts.service && parts.service->language == Language::python && !facts.contains("pinned-python"))
        told.push_back(fmt::format("no digest of python:{}-slim-bookworm is known to init; add @sha256:... to it in "
                                   "Dockerfile.prod: docker buildx imagetools inspect tells it",
                                   parts.service->version));
    if (parts.service && parts.service->serve.empty() && parts.service->callable.empty() && parts.stack != "django")
        told.push_back(fmt::format("nothing that serves was found in the source, so {} is started; name yours in "
                                   "Dockerfile.prod's CMD and in compose.override.yml",
                                   started_by(parts)));
    if (!parts.others.empty())
        told.push_back(
            fmt::format("the kit is for one service and one front end; left out: {}", join(parts.others, ", ")));
}

}

std::vector<std::string> templates() {
    std::vector<std::string> names;
    for (const auto& row : rows)
        if (row.of == Of::page) names.push_back(name_of(row));
    return names;
}

Result<std::vector<NewFile>> kit_files(const Project& project, const Kit& kit, std::vector<std::string>& told) {
    const bool whole = kit.production || kit.readme;
    auto parts = parts_of(project, kit);
    if (!parts.ok() && whole) return parts.error();
    const Parts some = parts.ok() ? std::move(parts).value() : Parts{};
    auto facts = facts_of(some, kit);
    if (kit.own_compose || (!project.compose.empty() && project.compose != "compose.yml")) facts.insert("compose");
    const auto samples = samples_of(some, project, kit);
    std::vector<NewFile> files;
    for (const auto& row : rows) {
        if (!is_wanted(row, kit) || !holds(facts, row.when)) continue;
        auto own = samples;
        const auto& node = row.where == Where::site ? some.site : some.service;
        if (node && node->language == Language::node)
            for (auto& sample : node_samples(*node)) own.push_back(std::move(sample));
        if (row.of == Of::readme)
            for (auto& sample : readme_samples(some, project, kit)) own.push_back(std::move(sample));
        files.push_back({place_of(row, some), render(text_of(row.source), facts, std::move(own)), row.executable});
    }
    if (kit.production) tell(some, facts, told);
    return files;
}

std::vector<std::string> kit_ignored() { return {".env", ".env.*", "!.env*.example", "*.pem", "*.key"}; }

}
