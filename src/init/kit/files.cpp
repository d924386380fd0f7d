#include "base/text.h"
#include "init/kit/facts.h"
#include "init/kit/production_yml.h"
#include "init/kit/texts.h"
#include "init/write/left.h"
#include "init/write/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

enum class KitPart { production, readme, page };
enum class Where { root, service, site, settings }; // the project's folder, a component's, beside Django's settings

struct KitRow {
    std::string_view source; // below src/init/kit
    std::string_view path;   // from `where`; of Django's settings: what its name ends with
    KitPart of = KitPart::production;
    Where where = Where::root;
    std::string_view when = {}; // words that hold: init/kit/render.h
    bool executable = false;
};
constexpr KitRow kit_rows[] = {
    {"env/env.local.example", ".env.local.example", KitPart::production, Where::root, "service no-generic"},
    {"env/env.deploy.example", ".env.deploy.example", KitPart::production, Where::root, "service no-generic"},
    {"env/env.production.example", ".env.production.example", KitPart::production, Where::root, "service"},
    {"react-vite/env.production.example", ".env.production.example", KitPart::production, Where::site, "site"},
    {"python/config_production.py", "config_production.py", KitPart::production, Where::service, "python"},
    {"django/settings_production.py", "_production.py", KitPart::production, Where::settings, "django"},
    {"python/monitoring.py", "monitoring.py", KitPart::production, Where::service, "python"},
    {"python/gunicorn.conf.py", "gunicorn.conf.py", KitPart::production, Where::service, "python"},
    {"python/requirements-production.txt", "requirements-production.txt", KitPart::production, Where::service,
     "python"},
    {"python/Dockerfile.prod", "Dockerfile.prod", KitPart::production, Where::service, "python"},
    {"python/dockerignore", ".dockerignore", KitPart::production, Where::service, "python"},
    {"express/config.production.cjs", "config.production.cjs", KitPart::production, Where::service, "node"},
    {"express/monitoring.cjs", "monitoring.cjs", KitPart::production, Where::service, "node"},
    {"express/Dockerfile.prod", "Dockerfile.prod", KitPart::production, Where::service, "node"},
    {"express/dockerignore", ".dockerignore", KitPart::production, Where::service, "node"},
    {"react-vite/Dockerfile.prod", "Dockerfile.prod", KitPart::production, Where::site, "site proxy"},
    {"react-vite/dockerignore", ".dockerignore", KitPart::production, Where::site, "site"},
    {"compose/docker-compose.prod.yml", "docker-compose.prod.yml", KitPart::production, Where::root, "runs"},
    {"compose/compose.yml", "compose.yml", KitPart::production, Where::root, "service no-generic no-compose"},
    {"compose/compose.override.yml", "compose.override.yml", KitPart::production, Where::root,
     "service no-generic no-compose"},
    {"postgres/app-role.sh", "docker/postgres/app-role.sh", KitPart::production, Where::root, "service", true},
    {"postgres/seeds.sql", "docker/postgres/seeds/seeds.sql", KitPart::production, Where::root,
     "service no-generic no-compose"},
    {"nginx/nginx.conf", "docker/nginx/nginx.conf", KitPart::production, Where::root, "nginx"},
    {"caddy/Caddyfile", "docker/caddy/Caddyfile", KitPart::production, Where::root, "caddy"},
    {"caddy/Dockerfile.prod", "docker/caddy/Dockerfile.prod", KitPart::production, Where::root,
     "caddy service no-site"},
    {"pages/docs/contacts.md", "docs/contacts.md", KitPart::production},
    {"pages/docs/runbook.md", "docs/runbook.md", KitPart::production, Where::root, "service"},
    {"pages/decisions.yml", "decisions.yml", KitPart::production},
    {"pages/README.md", "README.md", KitPart::readme},
    {"pages/docs/contacts.md", "docs/contacts.md", KitPart::page},
    {"pages/docs/decisions/decision.md", "docs/decisions/0001-decision.md", KitPart::page},
    {"pages/decisions.yml", "decisions.yml", KitPart::page},
    {"pages/docs/runbook.md", "docs/runbook.md", KitPart::page},
    {"pages/docs/standup.md", "docs/standup.md", KitPart::page},
};

std::string_view text_of(std::string_view name) {
    const auto found =
        std::find_if(kit_texts.begin(), kit_texts.end(), [&](const EmbeddedText& one) { return one.name == name; });
    return found == kit_texts.end() ? std::string_view() : found->text; // a test looks at all rows
}

std::string name_of(const KitRow& row) { // contacts
    const auto name = row.source.substr(row.source.rfind('/') + 1);
    return std::string(name.substr(0, name.find('.')));
}

std::string place_of(const KitRow& row, const Parts& parts) {
    const std::string path(row.path);
    if (row.where == Where::root) return path;
    const auto& folder = row.where == Where::site ? parts.site->folder : parts.service->folder;
    if (row.where != Where::settings) return below(folder, path);
    return below(folder, replace_all(parts.service->settings, ".", "/") + path);
}

bool is_wanted(const KitRow& row, const Kit& kit) {
    if (row.of == KitPart::page)
        return std::find(kit.templates.begin(), kit.templates.end(), name_of(row)) != kit.templates.end();
    return row.of == KitPart::readme ? kit.readme : kit.production;
}

// What tools leave is no part of an image, but a folder of that name may hold the project's own files.
std::string without_held(const Project& project, const std::string& folder, const std::string& text) {
    constexpr std::string_view left[] = {"dist", "build", "coverage", "reports", "htmlcov", "backups"};
    std::string kept;
    for (const auto& line : split(text, '\n')) {
        const bool named = std::find(std::begin(left), std::end(left), line) != std::end(left);
        if (!named || !is_held(project, below(folder, line))) kept += line + "\n";
    }
    if (!kept.empty()) kept.pop_back(); // split() gives what stands behind the last line, too
    return kept;
}

void tell(const Parts& parts, const Facts& facts, std::vector<std::string>& told) {
    if (parts.service && parts.service->health.empty())
        told.emplace_back(
            "no path for a health check was found in the source, so / is used; let the application answer /api/health, "
            "and change the path in Dockerfile.prod, docker-compose.prod.yml and the proxy's configuration");
    if (parts.service && parts.service->language == Language::python && !facts.contains("pinned-python"))
        told.push_back(fmt::format("init knows no digest of python:{}-slim-bookworm; add @sha256:... to it in "
                                   "Dockerfile.prod; docker buildx imagetools inspect prints the digest",
                                   parts.service->version));
    if (parts.service && parts.service->serve.empty() && parts.service->callable.empty() && parts.stack != "django" &&
        parts.stack != "generic")
        told.push_back(fmt::format("no server was found in the source, so {} is started; name your server in "
                                   "Dockerfile.prod's CMD and in compose.override.yml",
                                   started_by(parts)));
    if (parts.stack == "generic" && parts.service->dockerfile.empty())
        told.emplace_back("no Dockerfile was found, and docker-compose.prod.yml builds one; write Dockerfile, which "
                          "starts your program at the port that it names by EXPOSE");
    if (!parts.others.empty())
        told.push_back(fmt::format("the kit is for a single service and a single front end; left out: {}",
                                   join(parts.others, ", ")));
}

}

std::vector<std::string> templates() {
    std::vector<std::string> names;
    for (const auto& row : kit_rows)
        if (row.of == KitPart::page) names.push_back(name_of(row));
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
    for (const auto& row : kit_rows) {
        if (!is_wanted(row, kit) || !holds(facts, row.when)) continue;
        auto own = samples;
        const auto& node = row.where == Where::site ? some.site : some.service;
        if (node && node->language == Language::node)
            for (auto& sample : node_samples(*node)) own.push_back(std::move(sample));
        if (row.of == KitPart::readme)
            for (auto& sample : readme_samples(some, project, kit)) own.push_back(std::move(sample));
        auto text = render(text_of(row.source), facts, std::move(own));
        if (row.path == ".dockerignore" && node) text = without_held(project, node->folder, text);
        files.push_back({place_of(row, some), std::move(text), row.executable});
    }
    if (kit.production) tell(some, facts, told);
    return files;
}

std::optional<std::string> kit_configuration(const Project& project, const Kit& kit, std::string_view before,
                                             std::vector<std::string>& told) {
    const auto parts = parts_of(project, kit);
    if (!parts.ok() || !parts->service) return std::nullopt;
    auto text = with_production(before, parts.value(), project, kit);
    if (!text)
        told.push_back(
            "deploy, environments or backup of fairlead.yml is written in {}, so init can't change it; write "
            "these sections yourself:\n" +
            production_sections(parts.value(), project, kit));
    return text;
}

std::vector<std::string> kit_ignored() { return {".env", ".env.*", "!.env*.example", "*.pem", "*.key"}; }

}
