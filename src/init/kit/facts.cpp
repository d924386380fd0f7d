#include "init/kit/facts.h"
#include "base/shell.h"
#include "base/text.h"
#include "init/kit/images.h"
#include "init/write/jobs.h"
#include "init/write/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

struct Stack {
    std::string_view name, framework;
    Language language;
    int port;
    std::string_view callable; // where nothing tells another
};
constexpr Stack all_stacks[] = {
    {"flask", "flask", Language::python, 8080, "app:app"},
    {"fastapi", "fastapi", Language::python, 8000, "main:app"},
    {"django", "django", Language::python, 8000, "project.wsgi:application"},
    {"express", "express", Language::node, 3000, "server.js"},
    {"generic", "generic", Language::other, 8080, ""}, // whatever the team's own Dockerfile starts
};
constexpr std::string_view site_stack = "react-vite", own_image = "generic";

bool contains_word(const std::vector<std::string>& words, std::string_view wanted) {
    return std::find(words.begin(), words.end(), wanted) != words.end();
}

const Stack* stack_named(std::string_view name) {
    const auto found =
        std::find_if(std::begin(all_stacks), std::end(all_stacks), [&](const Stack& one) { return one.name == name; });
    return found == std::end(all_stacks) ? nullptr : found;
}

bool is_for(const Stack& stack, const Component& component) {
    return component.framework == stack.framework && component.language == stack.language &&
           component.kind != Kind::site;
}

// "app:create_app()" of gunicorn's words, "app:app" of uvicorn's; the file of node's.
std::string target_of(const Component& component, const Stack& stack) {
    const auto& words = component.serve;
    if (stack.language == Language::node) {
        const auto node = std::find(words.begin(), words.end(), "node");
        const auto file = std::find_if(node, words.end(), [](const std::string& word) {
            return word.ends_with(".js") || word.ends_with(".mjs") || word.ends_with(".cjs");
        });
        return file == words.end() ? std::string(stack.callable) : *file;
    }
    const auto target = std::find_if(words.rbegin(), words.rend(), [](const std::string& word) {
        return word.find(':') != word.npos && word.find_first_of("/{=") == word.npos;
    });
    if (target == words.rend() && !component.callable.empty()) return component.callable;
    if (target == words.rend() && stack.name == "django" && !component.settings.empty())
        return component.settings.substr(0, component.settings.find('.')) + ".wsgi:application";
    if (target == words.rend()) return std::string(stack.callable);
    const bool factory = contains_word(words, "--factory") && !target->ends_with("()");
    return *target + (factory ? "()" : "");
}

bool asks_for(const Component& component, std::initializer_list<std::string_view> names) {
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        return std::find(component.packages.begin(), component.packages.end(), name) != component.packages.end();
    });
}

// postgresql+asyncpg of SQLAlchemy's, where the driver that is asked for has to be named.
std::string scheme_of(const Component& component) {
    if (!asks_for(component, {"sqlalchemy", "flask-sqlalchemy", "sqlmodel"})) return "postgresql";
    if (asks_for(component, {"asyncpg"})) return "postgresql+asyncpg";
    if (asks_for(component, {"psycopg"}) && !asks_for(component, {"psycopg2", "psycopg2-binary"}))
        return "postgresql+psycopg";
    return "postgresql";
}

// How the image installs what the project asks for.
std::string installer_of(const Component& component) {
    if (component.manager == "poetry" || component.manager == "uv") return component.manager;
    for (const auto& step : {component.prepare, component.install})
        if (step)
            for (const auto& command : step->commands)
                if (contains_word(command, "requirements.txt")) return "pip";
    if (component.lists_packages) return "pyproject";
    return component.install && component.manager == "pip" ? "package" : "pip";
}

struct Tool {
    std::string_view package, status, up, down;
};

// The project's own tool of migrations; {} is the application.
Tool tool_of(const Component* service, const Stack* stack) {
    constexpr Tool tools[] = {
        {"flask-migrate", "flask --app {} db current", "flask --app {} db upgrade", "flask --app {} db downgrade"},
        {"alembic", "alembic current", "alembic upgrade head", "alembic downgrade -1"},
        {"prisma", "npx prisma migrate status", "npx prisma migrate deploy", ""},
        {"knex", "npx knex migrate:status", "npx knex migrate:latest", "npx knex migrate:rollback"},
        {"node-pg-migrate", "npx node-pg-migrate up --dry-run", "npx node-pg-migrate up", "npx node-pg-migrate down"},
    };
    if (stack != nullptr && stack->name == "django")
        return {"", "python manage.py showmigrations", "python manage.py migrate", "python manage.py migrate APP NAME"};
    if (service == nullptr) return {};
    const auto its = [&](const Tool& one) {
        return asks_for(*service, {one.package}) ||
               std::any_of(service->data.begin(), service->data.end(),
                           [&](const Data& data) { return data.migrations == one.package; });
    };
    const auto* const tool = std::find_if(std::begin(tools), std::end(tools), its);
    return tool == std::end(tools) ? Tool{} : *tool;
}

// Run in the image that serves; without a tool of the project's, those of fairlead-migrate, from the host: a database
// whose network is internal answers it at the container's own address.
std::string migrations_of(const Component* service, const Stack* stack, const std::string& database) {
    const auto found = tool_of(service, stack);
    std::string text = "```sh\nalias prod='docker compose --env-file .env.production -f docker-compose.prod.yml'\n";
    if (found.up.empty())
        return text +
               fmt::format(
                   "address=$(docker inspect -f '{{{{range .NetworkSettings.Networks}}}}{{{{.IPAddress}}}}{{{{end}}}}' "
                   "$(prod ps -q db))\n"
                   "export DATABASE_URL=postgresql://{0}:$(sed -n 's/^DB_PASSWORD=//p' "
                   ".env.production)@$address:5432/{0}\n"
                   "fairlead-migrate status\nfairlead-migrate up\nfairlead-migrate down 1\n```",
                   database);
    for (const auto command : {found.status, found.up, found.down})
        if (!command.empty())
            text += fmt::format("prod run --rm app {}\n",
                                replace_all(command, "{}", shell_word(service ? target_of(*service, *stack) : "")));
    return text + "```";
}

// Of the application's own role and database; PostgreSQL keeps some names for itself.
std::string database_of(std::string_view project) {
    auto name = replace_all(project, "-", "_");
    if (name == "postgres" || name == "template0" || name == "template1" || name.starts_with("pg_"))
        name = "app_" + name;
    return name;
}

std::string folder_or_dot(const std::string& folder) { return folder.empty() ? "." : folder; }

}

Samples node_samples(const Component& component) {
    Samples samples;
    const auto line = [&](const std::optional<Step>& step, const char* otherwise) {
        return step && !step->commands.empty() ? shell_line(step->commands.front()) : std::string(otherwise);
    };
    const bool locked = component.install && component.install->because != "package.json";
    samples.emplace_back("kit-install", line(component.install, "npm ci"));
    samples.emplace_back("kit-lock", locked              ? component.install->because
                                     : component.install ? ""
                                                         : "package-lock.json");
    samples.emplace_back("kit-build", line(component.build, "npm run build"));
    auto manager = component.install ? component.install->commands.front() : std::vector<std::string>{"npm"};
    while (manager.size() > 1 && (manager.back() == "install" || manager.back().starts_with("--frozen")))
        manager.pop_back();
    samples.emplace_back("kit-manager", shell_line(manager));
    samples.emplace_back("kit/node:1.0.0", image_of("node", component.version).reference);
    return samples;
}

std::vector<std::string> stacks() {
    std::vector<std::string> names;
    for (const auto& stack : all_stacks) names.emplace_back(stack.name);
    names.emplace_back(site_stack);
    return names;
}

Result<Parts> parts_of(const Project& project, const Kit& kit) {
    Parts parts;
    for (const auto& component : project.components) {
        const auto stack = std::find_if(std::begin(all_stacks), std::end(all_stacks), [&](const Stack& one) {
            return is_for(one, component) && (kit.stack.empty() || kit.stack == one.name || kit.stack == site_stack);
        });
        if (stack != std::end(all_stacks) && !parts.service) {
            parts.service = component;
            parts.stack = stack->name;
        } else if (component.kind == Kind::site && !parts.site) {
            parts.site = component;
        } else if (component.kind == Kind::service) {
            parts.others.push_back(component.name);
        }
    }
    // A stack that we don't know is served by the team's own image.
    for (const auto& component : project.components) {
        const bool its = kit.stack.empty() ? component.kind == Kind::service : kit.stack == own_image;
        if (parts.service || !its || component.dockerfile.empty()) continue;
        parts.service = component;
        parts.stack = own_image;
        std::erase(parts.others, component.name);
    }
    if (!parts.service && !kit.stack.empty() && kit.stack != site_stack) {
        const auto* stack = stack_named(kit.stack);
        parts.service = Component{.name = project.name, .language = stack->language, .framework = kit.stack};
        parts.stack = kit.stack;
    }
    if (!parts.site && kit.stack == site_stack)
        parts.site = Component{.name = project.name, .language = Language::node, .kind = Kind::site, .dist = "dist"};
    if (parts.service && parts.stack == "django" && parts.service->settings.empty()) {
        const auto module = target_of(*parts.service, *stack_named("django"));
        parts.service->settings = module.substr(0, module.find('.')) + ".settings";
    }
    if (!parts.service && !parts.site)
        return usage(
            fmt::format("no program of a known stack was found here ({}), and no Dockerfile of your own; write "
                        "one, or name the stack with --stack",
                        one_of(stacks())));
    if (parts.stack.empty()) parts.stack = site_stack;
    return parts;
}

std::string started_by(const Parts& parts) { return target_of(*parts.service, *stack_named(parts.stack)); }

std::vector<std::string> migrate_words(const Parts& parts) {
    if (!parts.service) return {};
    const auto* stack = stack_named(parts.stack);
    const auto up = tool_of(&*parts.service, stack).up;
    std::vector<std::string> words;
    if (up.empty()) return words;
    for (const auto& word : split(up, ' ')) words.push_back(word == "{}" ? target_of(*parts.service, *stack) : word);
    return words;
}

int port_of(const Parts& parts) {
    const auto* stack = stack_named(parts.stack);
    if (parts.stack == own_image && parts.service->exposed > 0) return parts.service->exposed;
    return stack == nullptr ? 8080 : stack->port;
}

std::string health_of(const Parts& parts) {
    return parts.service && !parts.service->health.empty() ? parts.service->health : "/";
}

Facts facts_of(const Parts& parts, const Kit& kit) {
    Facts facts;
    if (kit.proxy != "none") facts.insert({kit.proxy, "proxy"});
    if (parts.site) facts.insert("site");
    if (parts.service || (parts.site && kit.proxy != "none")) facts.insert("runs"); // something of compose
    if (parts.site && parts.service && parts.service->folder.empty() && !parts.site->folder.empty())
        facts.insert("site-below"); // in what the service's image is built from
    const auto& node = parts.service && parts.service->language == Language::node ? parts.service : parts.site;
    if (node && image_of("node", node->version).pinned) facts.insert("pinned-node");
    if (!parts.service) return facts;
    const auto& service = *parts.service;
    const bool python = service.language == Language::python;
    facts.insert({"service", parts.stack});
    if (parts.stack == own_image) {
        if (contains_word(service.services, "redis")) facts.insert("redis");
        return facts;
    }
    facts.insert(python ? "python" : "node");
    facts.insert(python ? installer_of(service) : service.manager);
    if (service.build) facts.insert("builds");
    if (!service.modules.empty()) facts.insert("src");
    if (python && image_of("python", service.version).pinned) facts.insert("pinned-python");
    if (asks_for(service, {"redis", "ioredis", "django-redis", "rq", "bullmq", "flask-redis"}) ||
        contains_word(service.services, "redis"))
        facts.insert("redis");
    for (const auto* name : {"gunicorn", "uvicorn", "whitenoise", "sentry-sdk", "prometheus-client"})
        if (asks_for(service, {name})) facts.insert(name);
    if (asks_for(service, {"psycopg", "psycopg2", "psycopg2-binary"})) facts.insert("psycopg");
    return facts;
}

namespace {

// The team's own variables, which no template of ours knows, each with the place that reads it.
std::string own_variables(const Component& service) {
    constexpr std::string_view ours[] = {
        "DATABASE_URL",  "REDIS_URL",   "SECRET_KEY",        "FRONTEND_URL",   "ALLOWED_ORIGINS",
        "ALLOWED_HOSTS", "LOG_LEVEL",   "LOG_FORMAT",        "SENTRY_DSN",     "SENTRY_TRACES_SAMPLE_RATE",
        "ENVIRONMENT",   "DB_PASSWORD", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "DOMAIN",
        "VITE_API_URL"};
    std::string text;
    for (const auto& one : service.variables) {
        if (std::find(std::begin(ours), std::end(ours), one.name) != std::end(ours)) continue;
        if (one.need == project::Need::required)
            text += fmt::format("# Read at {}, and needed there.\n{}=\n\n", one.from, one.name);
        else
            text += fmt::format("# Read at {}; the source goes on without it: {}=\n\n", one.from, one.name);
    }
    return text;
}

// As seen from what the image is built from: the component's folder, where the Dockerfile lies there.
std::string own_dockerfile(const Component& service) {
    const auto path = within(service, service.dockerfile);
    return path.empty() ? "Dockerfile" : path;
}

// A service of the compose file for each process beside the application: the same image, another command.
std::string process_services(const Component& service, const Facts& facts) {
    std::string text;
    for (const auto& one : service.processes) {
        std::vector<std::string> words;
        for (const auto& word : one.in_image) words.push_back(replace_all(word, "$", "$$"));
        text += fmt::format(R"(  # {0}
  {1}:
    <<: *held
    image: ${{APP_IMAGE:-kit-app:${{APP_VERSION:-0.0.0}}}}
    pull_policy: ${{APP_PULL:-missing}}
    command: {2}
    env_file: ["${{ENV_FILE:-.env.production}}"]
    environment: *app-environment
    networks: [front, back]
    volumes: ["uploads:/srv/uploads"]
    tmpfs: [/tmp]
    depends_on:
      db: {{condition: service_healthy}}
{3}    stop_grace_period: ${{APP_STOP_GRACE:-30s}}
    healthcheck: # it has no port to ask; whether its process is there
      test: [CMD, sh, -c, "kill -0 1"]
      interval: ${{WORKER_HEALTH_INTERVAL:-30s}}
      timeout: ${{WORKER_HEALTH_TIMEOUT:-10s}}
      retries: ${{WORKER_HEALTH_RETRIES:-3}}
      start_period: ${{WORKER_HEALTH_START:-10s}}
    deploy:
      resources:
        limits: {{cpus: "${{WORKER_CPUS:-1.0}}", memory: "${{WORKER_MEMORY:-512M}}", pids: 256}}

)",
                            one.from, one.name, yaml_list(words),
                            facts.contains("redis") ? "      redis: {condition: service_healthy}\n" : "");
    }
    return text;
}

}

Samples samples_of(const Parts& parts, const Project& project, const Kit& kit) {
    const auto health = health_of(parts);
    const auto domain = kit.domain.empty() ? "app.example.org" : kit.domain;
    Samples samples = {
        {"kit-app", project.name},
        {"kit_app", database_of(project.name)},
        {"app.example.org", domain},
        {"8765", std::to_string(port_of(parts))},
        {"/kit/health", health},
        {"^kit/health", health == "/" ? "^$" : "^" + health.substr(1)}, // of Django's: without the first /
        {"kit/nginx:1.0.0", image_of("nginx").reference},
        {"kit/caddy:1.0.0", image_of("caddy").reference},
        {"kit/postgres:1.0.0", image_of("postgres").reference},
        {"kit/redis:1.0.0", image_of("redis").reference},
        {"| kit-contact |", kit.contact.empty() ? "| |" : "| " + kit.contact + " |"},
        {" kit-address |", kit.address.empty() ? " |" : " " + kit.address + " |"},
        {"kit-migrate",
         migrations_of(parts.service ? &*parts.service : nullptr, stack_named(parts.stack), database_of(project.name))},
    };
    if (parts.service) {
        const auto& service = *parts.service;
        samples.emplace_back("# kit-variables\n\n", own_variables(service));
        samples.emplace_back("  # kit-processes\n\n",
                             replace_all(process_services(service, facts_of(parts, kit)), "kit-app", project.name));
        const auto* stack = stack_named(parts.stack);
        const auto target = target_of(service, *stack);
        if (target.ends_with("()")) // Uvicorn's own word for it; gunicorn calls what is written as a call
            samples.emplace_back("uvicorn, \"kit.module:app\"",
                                 fmt::format("uvicorn, --factory, \"{}\"", target.substr(0, target.size() - 2)));
        samples.insert(samples.end(), {{"kit.module:app", target},
                                       {"kit-server.js", target},
                                       {"kit-dockerfile", own_dockerfile(service)},
                                       {"/app/src", "/app/" + service.modules},
                                       {"kit_settings", service.settings},
                                       {"kit-scheme", scheme_of(service)},
                                       {"./kit/backend", service.folder.empty() ? "." : "./" + service.folder},
                                       {"kit/backend", folder_or_dot(service.folder)},
                                       {"kit/python:1.0.0", image_of("python", service.version).reference}});
    }
    if (parts.site) {
        samples.insert(samples.end(), {{"kit/frontend", folder_or_dot(parts.site->folder)},
                                       {"kit-dist", within(*parts.site, parts.site->dist)}});
    }
    return samples;
}

}
