#include "base/text.h"
#include "init/kit/facts.h"
#include "init/write/text.h"
#include <fmt/format.h>

// What README.md says of this project, in the places that the template keeps for it.
namespace fairlead::init {

namespace {

// The commands of a step, from the project's folder.
std::string step_lines(const Component& component, const std::optional<Step>& step) {
    std::string lines;
    if (step)
        for (const auto& command : step->commands) lines += shell_line(command) + "\n";
    if (!lines.empty() && !component.folder.empty()) lines = fmt::format("cd {}\n{}cd -\n", component.folder, lines);
    return lines;
}

std::string without_end(std::string text, const char* otherwise) {
    while (text.ends_with('\n')) text.pop_back();
    return text.empty() ? otherwise : text;
}

std::string starter(const Parts& parts) {
    const std::string own = "set -a; . ./.env.local; set +a\n";
    if (parts.stack == "flask") return own + ".venv/bin/flask --app kit.module:app run --debug --port 8765";
    if (parts.stack == "fastapi") return own + ".venv/bin/uvicorn kit.module:app --reload --port 8765";
    if (parts.stack == "django") return own + ".venv/bin/python manage.py runserver 8765";
    if (parts.stack == "express") return own + "node --watch kit-server.js";
    if (parts.stack == "generic")
        return "docker build -t "
               "kit-app . && docker run --rm -p 8765:8765 kit-app";
    return "npm run dev";
}

// The addresses as rows, health before all.
std::string endpoint_rows(const std::string& health, const Kit& kit) {
    std::string rows = fmt::format("| `GET {}` | whether it is up |", health);
    for (const auto& one : kit.endpoints)
        if (one.address != "GET " + health)
            rows += fmt::format("\n| `{}` | {} |", one.address, one.what.empty() ? "-" : one.what);
    return rows;
}

// What smoke holds a deployment to, as rows of the table of targets.
std::string target_rows(const Kit& kit) {
    std::string rows;
    for (const auto& one : kit.endpoints)
        if (!one.max.empty()) rows += fmt::format("| `{}` | {} |\n", one.address, one.max);
    return rows;
}

std::string stack_line(const Component& component, const char* what) {
    const auto name = component.framework.empty() ? std::string("-") : component.framework;
    return fmt::format("- {}: {}{}{}\n", what, name, component.folder.empty() ? "" : " in `" + component.folder + "`",
                       component.manager.empty() ? "" : ", packages by " + component.manager);
}

}

Samples readme_samples(const Parts& parts, const Project& project, const Kit& kit) {
    std::string stack, by_hand, development, test, labels = parts.stack;
    if (parts.service) stack += stack_line(*parts.service, "back end");
    if (parts.site) stack += stack_line(*parts.site, "front end");
    stack += "- data: PostgreSQL";
    for (const auto& service : parts.service ? parts.service->services : std::vector<std::string>{})
        if (service != "postgresql") stack += ", " + service;
    stack += "\n";
    if (kit.proxy != "none") stack += fmt::format("- proxy: {}\n", kit.proxy);
    for (const auto& component : project.components) {
        by_hand += step_lines(component, component.install);
        development += step_lines(component, component.lint);
        test += step_lines(component, component.test);
    }
    auto start = starter(parts);
    const auto samples = samples_of(parts, project, kit);
    const auto targets = target_rows(kit);
    start = render(start, facts_of(parts, kit), samples);
    return {{"kit-parts", without_end(stack, "-")},
            {"kit-by-hand", without_end(by_hand + "cp .env.local.example .env.local\n" + start, "")},
            {"kit-development", without_end(development, "fairlead run --only tests")},
            {"kit-test", without_end(test, "fairlead run --only tests")},
            {"kit--version", kit.version.empty() ? "unreleased" : replace_all(kit.version, "-", "--")},
            {"kit--licence", kit.licence.empty() ? "see_LICENSE" : kit.licence},
            {"kit--stack", replace_all(labels, "-", "--")},
            {"kit-licence", kit.licence.empty() ? "See LICENSE." : kit.licence + "; see LICENSE."},
            {"kit-openapi", parts.stack == "fastapi" ? "FastAPI writes `/openapi.json` in development; production "
                                                       "keeps it closed."
                                                     : "The rest stands in the source, beside its tests."},
            {"kit-health-path", health_of(parts)},
            {"kit-endpoints", endpoint_rows(health_of(parts), kit)},
            {"kit-targets\n", targets},
            {"kit-budgets", targets.empty() ? "These are aims. `expect: {max: 500ms}` of a check below `smoke:` in "
                                              "fairlead.yml holds each deployment to one."
                                            : "Each deployment is held to the addresses' times: `max` of smoke's "
                                              "checks in fairlead.yml. The rest are aims."},
            {"<!-- fairlead env -->\n", "<!-- fairlead env -->\n" + kit.variables}};
}

}
