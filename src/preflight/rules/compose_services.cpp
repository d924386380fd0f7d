#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/rules/docker_dev_server.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

// Images, names, and what of development reaches production.
namespace fairlead::preflight {

namespace {

using namespace compose;

// ---- images

void build_and_image(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services) {
        const auto* const image = value_of(service, "image");
        if (!service.build || image == nullptr || service.at("pull_policy") != nullptr) continue;
        const ImageParts parts = image_parts(service.image);
        const bool tagged = !parts.tag.empty() || !parts.digest.empty() || image->interpolated;
        Hit& hit = add(hits, compose, service, image->place,
                       fmt::format("{} has build and image {}; which of the two runs depends on the machine; keep one "
                                   "of them, or set pull_policy: build",
                                   short_word(service.name), tagged ? "both" : "without a tag"));
        if (!tagged && service.active) hit.level = Level::warning;
    }
}

void image_tag(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services) {
        const auto* const value = value_of(service, "image");
        if (value == nullptr || service.build || service.image.empty()) continue;
        const ImageParts image = image_parts(service.image);
        if (!image.digest.empty() || (!image.tag.empty() && image.tag != "latest")) continue;
        if (value->interpolated && (image.tag.empty() || image.name.empty())) continue; // it may come with the variable
        add(hits, compose, service, value->place,
            fmt::format("image {} {}; the next pull may bring another version; name a version, such as {}:1.2.3",
                        short_word(image.repository), image.tag.empty() ? "has no tag" : "is latest",
                        short_word(image.name)));
    }
}

void compose_image_floating(const Compose& compose, const Project&, Hits& hits) {
    constexpr std::string_view moving[] = {"stable", "edge",   "test", "nightly", "dev",
                                           "beta",   "canary", "lts",  "preview"};
    for (const auto& service : compose.read->services) {
        const auto* const value = value_of(service, "image");
        const ImageParts image = image_parts(service.image);
        if (value == nullptr || !image.digest.empty() || image.tag.empty() || image.tag == "latest") continue;
        const bool named = std::find(std::begin(moving), std::end(moving), image.tag) != std::end(moving);
        if (named || image.tag.find_first_of("0123456789") == std::string::npos)
            add(hits, compose, service, value->place,
                fmt::format("image {}:{} moves from version to version; the next pull may bring another version; name "
                            "a version",
                            short_word(image.name), short_word(image.tag)));
    }
}

// ---- names

void container_name_dup(const Compose& compose, const Project&, Hits& hits) {
    std::map<std::string, std::string> owners;
    for (const auto& service : compose.read->services) {
        const auto* const name = value_of(service, "container_name");
        if (name == nullptr || name->text.empty()) continue;
        const auto [owner, is_new] = owners.emplace(name->text, service.name);
        if (!is_new)
            add(hits, compose, service, name->place,
                fmt::format("container_name {} is also the name of {}; the second container can't start; give each its "
                            "own name",
                            short_word(name->text), short_word(owner->second)));
    }
}

void container_name_chars(const Compose& compose, const Project&, Hits& hits) {
    constexpr std::string_view first = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (const auto& service : compose.read->services) {
        const auto* const name = value_of(service, "container_name");
        if (name == nullptr || name->unset || (name->text.empty() && name->interpolated)) continue;
        const bool right = name->text.size() > 1 && first.find(name->text[0]) != first.npos &&
                           name->text.find_first_not_of(std::string(first) + "_.-") == std::string::npos;
        if (!right)
            add(hits, compose, service, name->place,
                fmt::format("container_name of {} is not valid for Docker; it needs two or more letters, digits or "
                            "_.-; correct it",
                            short_word(service.name)));
    }
}

// ---- development in production

std::string development_server(const ComposeService& service) {
    constexpr std::string_view servers[] = {"flask run",     "manage.py runserver",
                                            "npm run dev",   "npm run serve",
                                            "yarn dev",      "pnpm dev",
                                            "nodemon",       "--reload",
                                            "next dev",      "ng serve",
                                            "nuxt dev",      "webpack-dev-server",
                                            "artisan serve", "fastapi dev",
                                            "vite dev",      "tsx watch",
                                            "ts-node-dev",   "go run",
                                            "cargo watch",   "spring-boot:run",
                                            "php -S",        "symfony serve",
                                            "server:start",  "gatsby develop",
                                            "node --watch",  "react-scripts start"};
    const std::string line = " " + join(service.entrypoint, " ") + " " + join(service.command, " ") + " ";
    for (const std::string_view server : servers)
        if (line.find(server) != std::string::npos) return std::string(server);
    const bool is_keycloak = service.image.find("keycloak") != std::string::npos;
    return is_keycloak && line.find(" start-dev ") != std::string::npos ? "Keycloak's start-dev" : "";
}

void dev_target(const Compose& compose, const Project&, Hits& hits) {
    constexpr std::string_view names[] = {"dev", "development", "test", "local", "debug"};
    for (const auto& service : compose.read->services)
        if (service.build &&
            std::find(std::begin(names), std::end(names), lower(service.build->target)) != std::end(names))
            add(hits, compose, service, service.at("build")->find("target")->place,
                fmt::format("{} builds the stage {}; it has development tools and settings; name the production stage",
                            short_word(service.name), service.build->target));
}

// npm run dev:api, the name alone: what package.json has for it may be no development server.
bool starts_node(const Project& project, const ComposeService& service, const std::string& server) {
    if (!is_one_of(server, {"npm run dev", "npm run serve", "yarn dev", "pnpm dev"})) return false;
    const auto line = join(service.entrypoint, " ") + " " + join(service.command, " ");
    const auto at = line.rfind(' ', line.find(server) + server.size() - 1) + 1;
    return docker::only_starts_node(project, std::string_view(line).substr(at, line.find_first_of(" &;|", at) - at));
}

void dev_in_production(const Compose& compose, const Project& project, Hits& hits) {
    for (std::size_t at = 1; at < compose.files.size(); ++at) {
        const auto environment = environment_in(compose.files[at]);
        const bool override_file = compose.files[at].find("override.y") != std::string::npos;
        if (override_file || profile_in(environment) == Profile::development)
            hits.add(compose.files[at], 1, 1,
                     fmt::format(
                         "{} is merged into the deployed configuration; it is for development; name the files with -f",
                         short_file(compose.files[at])));
    }
    for (const auto& service : compose.read->services)
        if (const std::string server = development_server(service);
            !server.empty() && !starts_node(project, service, server)) {
            const auto* const command = value_of(service, "command");
            add(hits, compose, service, command == nullptr ? service.place : command->place,
                fmt::format("{} runs {}; that is a development server; run the production server",
                            short_word(service.name), server));
        }
}

// ---- what an override leaves in force

bool overrides(const ComposeProject& project, const std::string& service, std::string_view key, int last) {
    const auto at = static_cast<std::size_t>(last);
    const auto* const services = at < project.raw.size() ? project.raw[at].find("services") : nullptr;
    const auto* const own = services == nullptr ? nullptr : services->find(service);
    return own != nullptr && own->find(key) != nullptr;
}

void override_leak(const Compose& compose, const Project&, Hits& hits) {
    const auto& project = *compose.read;
    if (compose.files.size() < 2) return;
    const auto found = std::find(project.files.begin(), project.files.end(), compose.files.back());
    const int last = static_cast<int>(found - project.files.begin());
    for (const auto& service : project.services) {
        if (overrides(project, service.name, "ports", last))
            for (const auto& port : service.ports)
                if (port.place.file != last && !is_local(port.host_ip)) {
                    add(hits, compose, service, port.place,
                        fmt::format(
                            "port {} of {} stays open under {}; lists are appended; write ports: !override [...]",
                            port.published.empty() ? port.target : port.published, short_word(service.name),
                            short_file(compose.files.back())));
                    break;
                }
        for (const auto& volume : service.volumes)
            if (volume.place.file != last && volume.type == "bind" && service.build &&
                volume.source == service.build->context)
                add(hits, compose, service, volume.place,
                    fmt::format("the source mount of {} stays under {}; it hides the image's code; write volumes: "
                                "!override [...]",
                                short_word(service.name), short_file(compose.files.back())));
        const auto* const command = value_of(service, "command");
        if (command != nullptr && command->place.file != last && !development_server(service).empty())
            add(hits, compose, service, command->place,
                fmt::format(
                    "the development command of {} stays under {}; it runs {}; write command: !reset null there",
                    short_word(service.name), short_file(compose.files.back()), development_server(service)));
    }
}

// It names the other in a variable or waits for it, and shares no network with it.
void network_apart(const Compose& compose, const Project&, Hits& hits) {
    const auto& services = compose.read->services;
    const auto meet = [](const ComposeService& a, const ComposeService& b) {
        return std::any_of(a.networks.begin(), a.networks.end(), [&](const std::string& one) {
            return std::find(b.networks.begin(), b.networks.end(), one) != b.networks.end();
        });
    };
    for (const auto& service : services) {
        if (service.at("network_mode")) continue;
        for (const auto& other : services) {
            if (&other == &service || other.at("network_mode") || other.name.size() < 2 || meet(service, other))
                continue;
            const auto names_it = [&](const auto& one) {
                const auto value = one.value.value_or("");
                return value == other.name || has_any(value, {"@" + other.name + ":", "@" + other.name + "/",
                                                              "://" + other.name + ":", "://" + other.name + "/"});
            };
            const auto found = std::find_if(service.environment.begin(), service.environment.end(), names_it);
            if (found != service.environment.end() && !service.networks.empty() && !other.networks.empty())
                add(hits, compose, service, found->place,
                    fmt::format(
                        "{} of {} names {}, but the two share no network; the name isn't found; put both into one",
                        short_word(found->name), short_word(service.name), short_word(other.name)));
        }
    }
}

// Caddy asks for a new certificate at each start, until Let's Encrypt refuses.
void caddy_data(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services) {
        if (service.build || image_parts(service.image).name != "caddy") continue;
        const bool keeps = std::any_of(service.volumes.begin(), service.volumes.end(),
                                       [](const auto& volume) { return volume.target == "/data"; });
        if (!keeps)
            add(hits, compose, service, service.place,
                fmt::format(
                    "{} keeps its certificates in the container; each start asks for new ones, which are limited; "
                    "mount a volume at /data",
                    short_word(service.name)));
    }
}

// Whoever reaches a debugger's port runs what they like in the program.
void debugger(const Compose& compose, const Project&, Hits& hits) {
    constexpr std::string_view words[] = {
        "agentlib:jdwp", "Xrunjdwp",       "--inspect=0.0.0.0", "--inspect-brk=0.0.0.0",
        "debugpy",       "--inspect=[::]", "dlv debug",         "dlv exec"};
    const auto debugs = [&](std::string_view text) {
        return std::any_of(std::begin(words), std::end(words), [&](auto word) { return text.find(word) != text.npos; });
    };
    for (const auto& service : compose.read->services) {
        const auto tell = [&](const ComposePlace& place, std::string_view where) {
            add(hits, compose, service, place,
                fmt::format("{} of {} starts a debugger; whoever reaches its port runs what they like; remove it",
                            where, short_word(service.name)));
        };
        for (const auto& variable : service.environment)
            if (debugs(variable.value.value_or(""))) tell(variable.place, short_word(variable.name));
        for (const std::string_view key : {"command", "entrypoint"}) {
            const auto* const value = value_of(service, key);
            if (value != nullptr && debugs(join(key == "command" ? service.command : service.entrypoint, " ")))
                tell(value->place, key);
        }
    }
}

}

std::span<const Rule> compose_services_rules() {
    static const Rule rows[] = {
        {.id = "compose-build-and-image",
         .title = "A service is both built and pulled",
         .levels = always(Level::info),
         .check = build_and_image,
         .why = "Compose pulls the image if it can, and builds it if it can't. Two machines may then run different "
                "programs.",
         .way_out = "only image: registry.example.org/app:${VERSION:?} in the file that is deployed",
         .peers = {"no-build-and-image"}},
        {.id = "compose-image-tag",
         .title = "An image has no version",
         .levels = always(Level::warning),
         .check = image_tag,
         .why = "Without a tag, or with the tag `latest`, each machine runs the version that was newest when it pulled "
                "the image.",
         .way_out = "image: postgres:16.4",
         .peers = {"service-image-require-explicit-tag", "latest-tag"},
         .refs = {"S2-12"}},
        {.id = "compose-image-floating",
         .title = "An image's tag moves",
         .levels = deployed(Level::info),
         .check = compose_image_floating,
         .why = "Tags such as `stable`, `lts` and `alpine` point to another version every few weeks.",
         .way_out = "image: nginx:1.27.2-alpine",
         .peers = {"service-image-require-explicit-tag"},
         .refs = {"S2-56"}},
        {.id = "compose-container-name-dup",
         .title = "Two containers have the same name",
         .levels = always(Level::error),
         .check = container_name_dup,
         .why = "Docker's names are unique on a host: the second container doesn't start.",
         .way_out = "remove container_name; compose gives each container its own name",
         .peers = {"no-duplicate-container-names"}},
        {.id = "compose-container-name-chars",
         .title = "A container's name isn't valid",
         .levels = always(Level::error),
         .check = container_name_chars,
         .why = "Docker refuses names with characters other than letters, digits, underscore, dot and hyphen.",
         .way_out = "container_name: notes-web",
         .peers = {"service-container-name-regex"}},
        {.id = "compose-dev-target",
         .title = "The image is built from the Dockerfile's development stage",
         .levels = deployed(Level::error),
         .check = dev_target,
         .why = "An image of the development stage reloads changed code, shows source on error pages and contains "
                "compilers.",
         .way_out = "build: {context: ., target: production}",
         .refs = {"S2-29"}},
        {.id = "compose-dev-in-production",
         .title = "A deployed service runs a development server, or uses a compose file for development",
         .levels = deployed(Level::error),
         .check = dev_in_production,
         .why = "A development server serves one visitor at a time and shows source on error pages.",
         .way_out = "command: gunicorn app:app -b 0.0.0.0:8000",
         .refs = {"S0-18"}},
        {.id = "compose-network-apart",
         .title = "Two services that talk share no network",
         .levels = always(Level::error),
         .check = network_apart,
         .why = "A service finds another service by its name only if both are in the same network.",
         .way_out = "networks: [backend] for both"},
        {.id = "compose-caddy-data",
         .title = "Caddy loses its certificates",
         .levels = deployed(Level::warning),
         .check = caddy_data,
         .why = "Without a volume, Caddy needs new certificates after each release. Let's Encrypt gives only a few "
                "certificates a week for one name: after some releases, the site gets no certificate.",
         .way_out = "volumes: [\"caddy:/data\"]"},
        {.id = "compose-debugger",
         .title = "A service starts a debugger",
         .levels = deployed(Level::error),
         .check = debugger,
         .why = "Anyone who can reach the debugger can read and change everything in the program, without a password.",
         .way_out = "JAVA_TOOL_OPTIONS without -agentlib:jdwp"},
        {.id = "compose-override-leak",
         .title = "An override leaves development settings in force",
         .levels = deployed(Level::warning),
         .check = override_leak,
         .why = "Compose appends the lists of an override to the lists of the base file, so a port or a mount of the "
                "base file stays. To replace a list, write `!override`; to remove it, write `!reset` (compose 2.24).",
         .way_out = "ports: !override [\"127.0.0.1:8000:8000\"]",
         .refs = {"S2-31"}},
    };
    return rows;
}

}
