#include "base/path.h"
#include "base/text.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/kube_look.h"
#include "preflight/rules/docker_begin.h"
#include "preflight/rules/docker_purpose.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/platforms.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

// As whom the container runs.
namespace fairlead::preflight {

namespace {

using namespace docker;

constexpr std::string_view no_roots[] = {"cgr.dev/",
                                         "nginxinc/nginx-unprivileged",
                                         "bitnami/",
                                         "docker.io/bitnami/",
                                         "registry.access.redhat.com/ubi8/nodejs",
                                         "registry.access.redhat.com/ubi9/nodejs"};

bool is_without_root(const read::Stage& stage) {
    return stage.base.find("nonroot") != std::string::npos || stage.base.find("unprivileged") != std::string::npos ||
           stage.base.find("rootless") != std::string::npos ||
           std::any_of(std::begin(no_roots), std::end(no_roots),
                       [&](std::string_view one) { return stage.base.starts_with(one); });
}

struct User {
    const Instruction* instruction = nullptr; // none was set
    std::string name;                         // without the group; empty: not known
};

User last_user(const Dockerfile& subject) {
    User user;
    for (const std::size_t number : subject.read->chain(subject.target)) {
        read::Scope scope(*subject.read, number);
        for (std::size_t i = subject.read->stages[number].first; i < subject.read->stages[number].end; ++i) {
            const Instruction& one = subject.read->instructions[i];
            scope.take(one);
            if (one.verb != Verb::user || one.words.empty()) continue;
            const read::Expansion name = scope.expand(one.words.front().text);
            user.instruction = &one;
            user.name = name.unknown.empty() ? std::string(trim(name.text.substr(0, name.text.find(':')))) : "";
        }
    }
    return user;
}

bool is_root(std::string_view name) {
    return name == "root" || (!name.empty() && name.find_first_not_of('0') == name.npos) ||
           name == "ContainerAdministrator";
}

// Official images whose own start, or whose own USER, is not root's.
constexpr std::string_view drops_by_itself[] = {"postgres",
                                                "redis",
                                                "valkey",
                                                "mysql",
                                                "mariadb",
                                                "mongo",
                                                "rabbitmq",
                                                "memcached",
                                                "clickhouse",
                                                "clickhouse/clickhouse-server",
                                                "cassandra",
                                                "couchdb",
                                                "influxdb",
                                                "elasticsearch",
                                                "kibana",
                                                "logstash",
                                                "solr",
                                                "zookeeper",
                                                "haproxy",
                                                "neo4j",
                                                "varnish",
                                                "kong",
                                                "kong/kong",
                                                "sonarqube",
                                                "jenkins/jenkins",
                                                "ghost",
                                                "grafana/grafana",
                                                "prom/prometheus",
                                                "quay.io/keycloak/keycloak"};

bool sets_user(const read::ComposeService& service) { // user: "1000:1000"
    const auto* const user = compose::value_of(service, "user");
    return user != nullptr && !user->text.empty() && !is_root(user->text.substr(0, user->text.find(':')));
}

// Every service of the project that runs its image, by the name of the Dockerfile's folder, says that it isn't root.
bool services_set_user(const Dockerfile& subject, const Project& project) {
    const std::string name(file_name(folder_of(subject.file)));
    return every_service(
        subject, project,
        [&](const read::ComposeService& service) {
            return !service.build && !name.empty() && file_name(image_of(service.image).name) == name;
        },
        [](const Compose&, const read::ComposeService& service) { return sets_user(service); });
}

// The service that is built of it says who it runs as.
bool compose_sets_user(const Dockerfile& subject, const Project& project) {
    if (subject.service.empty()) return services_set_user(subject, project);
    for (const Compose& compose : project.composes_for(subject.profile)) {
        const auto* const service =
            compose.files.front() != subject.compose_file ? nullptr : compose.read->service(subject.service);
        if (service != nullptr && sets_user(*service)) return true;
    }
    return false;
}

// Every pod of the project that runs this image says that it isn't root: the image's name is the Dockerfile's folder.
bool pods_set_user(const Dockerfile& subject, const Project& project) {
    const std::string name(file_name(folder_of(subject.file)));
    std::size_t used = 0, other = 0;
    for (const Kube& one : project.kubes)
        kube::each_container(one, [&](const kube::Container& container) {
            if (name.empty() || file_name(image_of(read::kube_text(container.node, "image")).name) != name) return;
            ++used;
            const auto says = [&](const sys::YamlNode& node) {
                const auto id = kube::number(node, "securityContext.runAsUser");
                return id ? *id > 0 : read::kube_true(node, "securityContext.runAsNonRoot");
            };
            const auto* const spec = container.workload.spec;
            other += says(container.node) || (spec != nullptr && says(*spec));
        });
    return used > 0 && used == other;
}

// Whether it is known what its USER is: an official image's, or one of which nothing is known here.
bool is_known(const read::Stage& base) {
    const std::string name = image_of(base.base).family;
    const auto begins = [&](std::string_view one) { return name.starts_with(one); };
    constexpr std::string_view roots[] = {"gcr.io/distroless/", "mcr.microsoft.com/dotnet/",
                                          "public.ecr.aws/docker/library/", "oven/bun", "denoland/deno"};
    return base.base_known &&
           (name.find('/') == std::string::npos || std::any_of(std::begin(roots), std::end(roots), begins));
}

void starts_as_root(const Dockerfile& subject, const Instruction& place, Hits& hits) {
    hit(subject, hits, place,
        fmt::format(
            "{} starts as root, and its script continues as another user; docker exec is still root; add USER 10001",
            stage_name(subject)))
        .level = Level::info;
}

void starts_server_as_root(const Dockerfile& subject, const Instruction& place, std::string_view server, Hits& hits) {
    hit(subject, hits, place,
        fmt::format("{} starts {} as root; its workers may run as another user, but docker exec is root; add USER, or "
                    "use an unprivileged image",
                    stage_name(subject), server))
        .level = Level::warning;
}

void runs_as_root(const Dockerfile& subject, const Project& project, const Instruction& place, const std::string& why,
                  std::string_view way, Hits& hits) {
    if (is_in_space(project, subject)) {
        hit(subject, hits, place,
            fmt::format("{} is set to run as root ({}); Spaces of Hugging Face run it as user 1000, another place may "
                        "not; {}",
                        stage_name(subject), why, way))
            .level = Level::warning;
        return;
    }
    if (gets_capabilities(project, subject)) {
        hit(subject, hits, place,
            fmt::format(
                "{} runs as root ({}), and compose adds capabilities, which another user may not use; {}, if it "
                "works without them",
                stage_name(subject), why, way))
            .level = Level::warning;
        return;
    }
    const auto platform = platform_of(project, subject);
    Hit& found = hit(subject, hits, place,
                     platform.empty()
                         ? fmt::format("{} runs as root ({}); an attacker who breaks out is root on the host; {}",
                                       stage_name(subject), why, way)
                         : fmt::format("{} runs as root ({}); {} keeps it apart from hosts, another place may not; {}",
                                       stage_name(subject), why, platform, way));
    if (!platform.empty() || is_a_job(subject, project)) found.level = Level::warning;
}

void user_unset(const Dockerfile& subject, const Project& project, Hits& hits) {
    const auto chain = subject.read->chain(subject.target);
    const read::Stage& base = subject.read->stages[chain.front()];
    if (is_without_root(base) || is_for_others(subject, project) || compose_sets_user(subject, project) ||
        pods_set_user(subject, project))
        return;
    const std::string family = image_of(base.base).family;
    const bool drops =
        std::find(std::begin(drops_by_itself), std::end(drops_by_itself), family) != std::end(drops_by_itself);
    if (drops && !starts(subject, Verb::entrypoint)) return;
    const Instruction& from = subject.read->instructions[subject.read->stages[chain.back()].first];
    const std::string name = stage_name(subject);
    const auto scripts = scripts_of(subject, project);
    const std::string server = server_that_drops(subject, scripts, project);
    const bool hands_back =
        drops && std::any_of(scripts.begin(), scripts.end(), [](const Script& one) {
            return last_program(one.text) == "docker-entrypoint.sh" && file_name(one.path) != "docker-entrypoint.sh";
        });
    if (hands_back || start_drops_root(subject, scripts, project))
        starts_as_root(subject, from, hits);
    else if (!server.empty())
        starts_server_as_root(subject, from, server, hits);
    else if (!is_known(base))
        hit(subject, hits, from,
            fmt::format("{} has no USER; it is not known whether {} has a USER; add USER 10001", name,
                        brief(base.base, 60)))
            .level = Level::warning;
    else
        runs_as_root(subject, project, from, "no USER", "add USER 10001", hits);
}

void docker_user_root(const Dockerfile& subject, const Project& project, Hits& hits) {
    if (subject.read->chain(subject.target).empty() || is_for_lambda(subject) || runs_nothing(subject)) return;
    const User user = last_user(subject);
    if (user.instruction == nullptr) return user_unset(subject, project, hits);
    if (!is_root(user.name)) return;
    const auto scripts = scripts_of(subject, project);
    const std::string server = server_that_drops(subject, scripts, project);
    if (start_drops_root(subject, scripts, project))
        starts_as_root(subject, *user.instruction, hits);
    else if (!server.empty())
        starts_server_as_root(subject, *user.instruction, server, hits);
    else
        runs_as_root(subject, project, *user.instruction, "USER " + brief(user.name), "end with USER 10001", hits);
}

// apt-get install and its like, behind a USER that isn't root.
void install_after_user(const Dockerfile& subject, const Project&, Hits& hits) {
    std::map<std::size_t, bool> without_root; // by stage
    for (const Placed& placed : built(subject)) {
        const Instruction& one = *placed.instruction;
        if (one.verb == Verb::user && !one.words.empty()) {
            const auto& name = one.words.front().text;
            const bool known = name.find('$') == name.npos || has_any(name, {"APP_UID"}); // of .NET's images
            without_root[placed.stage] = known && !is_root(name.substr(0, name.find(':')));
        }
        if (one.verb != Verb::run || !without_root[placed.stage]) continue;
        for (const Command& command : one.shell.commands) {
            const bool installs = (is_one_of(command.name(), {"apt-get", "apt", "apk", "yum", "dnf", "microdnf"})) &&
                                  is_one_of(subcommand(command), {"install", "add", "update", "upgrade"});
            if (!installs) continue;
            hit_at(subject, hits, command,
                   fmt::format("{} runs behind USER, without the right to install; the build fails; move USER below it",
                               command.name()));
            break;
        }
    }
}

void user_name(const Dockerfile& subject, const Project&, Hits& hits) {
    const User user = last_user(subject);
    if (user.instruction == nullptr || user.name.empty() || is_root(user.name)) return;
    if (user.name.find_first_not_of("0123456789") != std::string::npos)
        hit(subject, hits, *user.instruction,
            fmt::format("USER {} is a name; Kubernetes can't see that it isn't root; write its number: USER 10001",
                        brief(user.name)));
}

}

std::span<const Rule> docker_user_rules() {
    static const Rule rows[] = {
        {.id = "docker-user-root",
         .title = "The container runs as root",
         .levels = deployed(Level::error),
         .check = docker_user_root,
         .why = "For the kernel, root in a container is root: through a hole in the runtime or a mounted folder, an "
                "attacker takes over the host.",
         .way_out =
             "# 1. The user, and the folders that the application writes to; all other files may stay root's.\n"
             "RUN useradd --system --uid 10001 app && install -d -o app -g app /app/data\n"
             "# 2. After the last installation; the number, because Kubernetes can't see that a name isn't root.\n"
             "USER 10001\n"
             "# 3. Build, start it once, and run fairlead-preflight again. A volume that root wrote: chown -R 10001 it "
             "once.",
         .peers = {"DL3002", "CKV_DOCKER_3", "CKV_DOCKER_8"},
         .refs = {"S1-81", "S1-96", "S4-58", "CIS 4.1"}},
        {.id = "docker-install-after-user",
         .title = "Packages are installed by a user who isn't root",
         .levels = always(Level::error),
         .check = install_after_user,
         .why = "A RUN line runs as the user of the last USER line above it. Only root may write the package database, "
                "so the build fails.",
         .way_out = "RUN apt-get update && apt-get install -y curl\nUSER 10001"},
        {.id = "docker-user-name",
         .title = "USER is a name, not a number",
         .levels = by_request,
         .check = user_name,
         .why = "With runAsNonRoot, Kubernetes refuses a container if it can't see that the user isn't root.",
         .way_out = "USER 10001",
         .peers = {"DL3066"}},
    };
    return rows;
}

}
