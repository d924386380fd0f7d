#include "base/text.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/rules/docker_health.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/built_in_workflows.h"
#include "read/dockerfile/dockerfile.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// Whether a service is seen to run, and leaves room for the others.
namespace fairlead::preflight {

namespace {

using namespace compose;

// The stages of its own Dockerfile that end in the image; nothing without one.
std::optional<bool> image_has_healthcheck(const ComposeService& service, const Compose& compose,
                                          const Project& project) {
    const Dockerfile* file = dockerfile_of(service, project);
    for (const auto& other : compose.read->services) // which may build the image
        if (!service.build && other.build && !service.image.empty() && other.image == service.image)
            file = dockerfile_of(other, project);
    if (file == nullptr && !service.build) file = dockerfile_pushed_as(project, service.image);
    if (file == nullptr || file->read == nullptr) return std::nullopt;
    bool has = false;
    for (const std::size_t stage : file->read->chain(file->target)) {
        const auto& one = file->read->stages[stage];
        for (std::size_t at = one.first; at < one.end; ++at) {
            const auto& instruction = file->read->instructions[at];
            if (instruction.verb != read::Verb::healthcheck) continue;
            has = !instruction.health_none;
        }
    }
    return has;
}

bool has_healthcheck(const ComposeService& service, const Compose& compose, const Project& project) {
    if (service.healthcheck && service.healthcheck->disabled) return false;
    if (service.healthcheck && !service.healthcheck->test.empty()) return true;
    return image_has_healthcheck(service, compose, project).value_or(false);
}

void compose_healthcheck(const Compose& compose, const Project& project, Hits& hits) {
    const Jobs jobs(*compose.read);
    std::set<std::string_view> awaited;
    for (const auto& service : compose.read->services)
        for (const auto& one : service.depends_on) awaited.insert(one.service);
    for (const auto& service : compose.read->services)
        if (runs_on(service, jobs) && !has_healthcheck(service, compose, project))
            add(hits, compose, service, service.healthcheck ? service.healthcheck->place : service.place,
                fmt::format("{} has no healthcheck; {}; add test: [\"CMD\", …]", short_word(service.name),
                            awaited.contains(service.name) ? "depends_on cannot wait for it"
                                                           : "nobody notices when it hangs"));
}

// ---- what a healthcheck says

std::string script_of_service(const ComposeService& service) {
    if (!service.healthcheck || service.healthcheck->test.size() < 2) return "";
    const auto& test = service.healthcheck->test;
    return join(std::span(test).subspan(1), " ");
}

bool names(std::string_view script, std::string_view tool) {
    for (std::size_t at = script.find(tool); at != script.npos; at = script.find(tool, at + 1)) {
        const bool begins = at == 0 || std::string_view(" ;|&(/\t").find(script[at - 1]) != script.npos;
        const std::size_t end = at + tool.size();
        if (begins && (end == script.size() || script[end] == ' ')) return true;
    }
    return false;
}

void healthcheck_tool(const Compose& compose, const Project& project, Hits& hits) {
    for (const auto& service : compose.read->services) {
        const std::string script = script_of_service(service);
        ImageParts image = image_parts(service.image);
        const Dockerfile* const file = dockerfile_of(service, project);
        if (service.build) {
            if (file == nullptr || file->read == nullptr) continue;
            const auto chain = file->read->chain(file->target);
            if (chain.empty()) continue;
            image = image_parts(file->read->stages[chain.front()].base);
        }
        for (const std::string_view tool : {"curl", "wget"})
            if (names(script, tool) && docker::lacks_tool(image, tool) &&
                (file == nullptr || !docker::installs(*file, tool)))
                add(hits, compose, service, service.healthcheck->place,
                    fmt::format("the healthcheck of {} runs {}; {}:{} doesn't have it, so the check always fails; use "
                                "a program of the image",
                                short_word(service.name), tool, short_word(image.name), short_word(image.tag)));
    }
}

void healthcheck_weak(const Compose& compose, const Project&, Hits& hits) {
    constexpr std::string_view weak[] = {"true", ":", "exit 0", "/bin/true", "nginx -t", "echo ok", "ls"};
    for (const auto& service : compose.read->services) {
        const std::string script(trim(script_of_service(service)));
        if (std::find(std::begin(weak), std::end(weak), script) != std::end(weak))
            add(hits, compose, service, service.healthcheck->place,
                fmt::format(
                    "the healthcheck of {} is '{}'; it succeeds even if the server hangs; ask the server itself",
                    short_word(service.name), script));
    }
}

// ["CMD", "curl -f http://localhost"]: one word, which is no program.
void healthcheck_form(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services) {
        if (!service.healthcheck) continue;
        const auto& test = service.healthcheck->test;
        if (test.size() == 2 && test[0] == "CMD" && trim(std::string_view(test[1])).find(' ') != std::string_view::npos)
            add(hits, compose, service, service.healthcheck->place,
                fmt::format(
                    "the healthcheck of {} names a program with blanks; it always fails; write CMD-SHELL, or each "
                    "word by itself",
                    short_word(service.name)));
    }
}

void healthcheck_times(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services) {
        if (!service.healthcheck || service.healthcheck->disabled || service.healthcheck->test.empty()) continue;
        const auto& check = *service.healthcheck;
        const auto told = [&](std::string fact) {
            add(hits, compose, service, check.place,
                fmt::format("the healthcheck of {} {}", short_word(service.name), std::move(fact)));
        };
        const auto interval = read::compose_duration(check.interval).value_or(30'000);
        const auto timeout = read::compose_duration(check.timeout);
        const auto retries = parse_integer(check.retries).value_or(3);
        if (interval < 1000)
            told("has an interval below 1 s; so many checks cost more than they help; write interval: 10s");
        if (timeout && *timeout >= interval * std::max<std::int64_t>(retries, 1))
            told("has a timeout of interval × retries or more; it notices a hang late; write a shorter timeout");
        if (check.start_period.empty() && service.build && database_of(service) == nullptr && !is_proxy(service))
            told("has no start_period; a slow start counts as unhealthy; add start_period: 30s");
    }
}

// ---- limits

bool has_limit(const ComposeService& service, std::string_view key, std::string_view old) {
    const auto* const value = value_of(service, std::string("deploy.resources.limits.") + std::string(key));
    const auto* const flat = value_of(service, old);
    const auto set = [](const ComposeValue* v) { return v != nullptr && v->is_scalar() && v->text != "0"; };
    return set(value) || set(flat);
}

void limits(const Compose& compose, const Project&, Hits& hits) {
    const Jobs jobs(*compose.read);
    for (const auto& service : compose.read->services) {
        if (!runs_on(service, jobs)) continue;
        if (!has_limit(service, "memory", "mem_limit"))
            add(hits, compose, service, service.place,
                fmt::format("{} has no memory limit; a memory leak can stop the host; add deploy.resources.limits",
                            short_word(service.name)))
                .cause = "no limits";
        else if (!has_limit(service, "cpus", "cpus"))
            add(hits, compose, service, service.place,
                fmt::format(
                    "{} has no CPU limit; a busy loop can starve the other services; add deploy.resources.limits.cpus",
                    short_word(service.name)))
                .cause = "no limits";
    }
}

void pids_limit(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& service : compose.read->services)
        if (!has_limit(service, "pids", "pids_limit"))
            add(hits, compose, service, service.place,
                fmt::format("{} has no limit for processes; a fork bomb can stop the host; add pids_limit: 200",
                            short_word(service.name)));
}

void log_rotation(const Compose& compose, const Project& project, Hits& hits) {
    Texts texts(compose, project);
    const Jobs jobs(*compose.read);
    for (const auto& service : compose.read->services) {
        if (!runs_on(service, jobs)) continue;
        const auto driver = service.text("logging.driver");
        if ((!driver.empty() && driver != "json-file") || value_of(service, "logging.options.max-size") != nullptr)
            continue;
        Hit& hit = add(hits, compose, service, service.place,
                       fmt::format("the log of {} grows without end; a full disk stops everything; add logging with "
                                   "max-size: 10m",
                                   short_word(service.name)));
        if (service.at("logging") != nullptr) continue;
        if (auto edit = texts.key_of(service, "logging:\n  driver: json-file\n  options:\n    max-size: 10m\n    "
                                              "max-file: \"3\""))
            hit.edits = {*edit};
    }
}

// ---- depends_on

void depends_healthy(const Compose& compose, const Project& project, Hits& hits) {
    Texts texts(compose, project);
    for (const auto& service : compose.read->services)
        for (const auto& dependency : service.depends_on) {
            const ComposeService* const other = compose.read->service(dependency.service);
            if (other == nullptr || dependency.by != "depends_on") continue;
            const bool healthy = has_healthcheck(*other, compose, project);
            if (dependency.condition == "service_healthy" && !healthy) {
                Hit& hit = add(hits, compose, service, dependency.place,
                               fmt::format("{} waits for {} to be healthy; that service has no healthcheck, so it "
                                           "never is; add a healthcheck",
                                           short_word(service.name), short_word(other->name)));
                const bool known = database_of(*other) || image_has_healthcheck(*other, compose, project) ||
                                   (other->healthcheck && other->healthcheck->disabled);
                if (service.active && !known) hit.level = Level::warning; // its image may bring one
                if (service.active && known) hit.level = Level::error;
            } else if (dependency.condition == "service_started" && healthy) {
                Hit& hit = add(hits, compose, service, dependency.place,
                               fmt::format("{} starts before {} is ready; its first requests fail; write condition: "
                                           "service_healthy",
                                           short_word(service.name), short_word(other->name)));
                const auto* const names = value_of(service, "depends_on");
                const auto* const entry = names == nullptr ? nullptr : names->find(dependency.service);
                const auto* const condition = entry == nullptr ? nullptr : entry->find("condition");
                if (condition == nullptr || condition->short_form) continue;
                if (auto edit = texts.instead(*condition, "service_healthy")) hit.edits = {*edit};
            }
        }
}

// Depth first, without recursion: a circle may be as long as the file.
class Circles {
  public:
    explicit Circles(const ComposeProject& project) : project_(project) {}
    // The services by which `from` depends on itself; empty: it doesn't, or that is told already.
    std::string of(const ComposeService& from) {
        std::vector<std::pair<const ComposeService*, std::size_t>> path{{&from, 0}};
        if (!state_.try_emplace(&from, State::open).second) return "";
        while (!path.empty()) {
            auto& [service, next] = path.back();
            if (next == service->depends_on.size()) {
                state_[service] = State::done;
                path.pop_back();
                continue;
            }
            const ComposeService* const other = project_.service(service->depends_on[next++].service);
            if (other == nullptr) continue;
            const auto [known, is_new] = state_.try_emplace(other, State::open);
            if (is_new) {
                path.emplace_back(other, 0);
            } else if (known->second == State::open) {
                std::string name = other->name;
                for (const auto& step : path) state_[step.first] = State::done;
                return name;
            }
        }
        return "";
    }

  private:
    enum class State { open, done };
    const ComposeProject& project_;
    std::map<const ComposeService*, State> state_;
};

void depends_unknown(const Compose& compose, const Project& project, Hits& hits) {
    // A file that is included and isn't here may have it.
    const auto& problems = compose.read->problems;
    const bool part = is_part(compose, project) || std::any_of(problems.begin(), problems.end(), [](const auto& one) {
                          return one.message.find("is not there or can't be read") != std::string::npos;
                      });
    Circles circles(*compose.read);
    for (const auto& service : compose.read->services) {
        for (const auto& dependency : service.depends_on)
            if (!part && compose.read->service(dependency.service) == nullptr && dependency.required)
                add(hits, compose, service, dependency.place,
                    fmt::format("{} of {} names {}; there is no such service; correct or remove the name",
                                dependency.by, short_word(service.name), short_word(dependency.service)));
        if (const std::string name = circles.of(service); !name.empty())
            add(hits, compose, service, service.place,
                fmt::format("{} depends on itself through other services; compose can't start any of them first; "
                            "remove one depends_on",
                            short_word(name)));
    }
}

}

std::span<const Rule> compose_health_rules() {
    static const Rule rows[] = {
        {.id = "compose-healthcheck",
         .title = "A service has no healthcheck",
         .levels = deployed(Level::warning),
         .check = compose_healthcheck,
         .why = "Without a healthcheck, a hung server counts as running: nothing restarts it, and services that depend "
                "on it start too early. If the service's own Dockerfile has a healthcheck, the rule reports nothing.",
         .way_out = "healthcheck: {test: [\"CMD\", \"pg_isready\", \"-U\", \"app\"], interval: 10s, start_period: 30s}",
         .refs = {"S1-76", "S2-21", "CIS 5.26"}},
        {.id = "compose-healthcheck-tool",
         .title = "A healthcheck runs a program that the image lacks",
         .levels = always(Level::warning),
         .check = healthcheck_tool,
         .why = "Slim images have neither curl nor wget, and Alpine images have no curl: the check always fails, and "
                "the service never gets healthy.",
         .way_out =
             "test: [\"CMD\", \"python\", \"-c\", \"import urllib.request as u; u.urlopen('http://localhost:8000')\"]",
         .refs = {"S2-23", "S2-24"}},
        {.id = "compose-healthcheck-weak",
         .title = "A healthcheck proves nothing",
         .levels = always(Level::info),
         .check = healthcheck_weak,
         .why = "`true`, `exit 0` and `nginx -t` succeed even if the server hangs.",
         .way_out = "test: [\"CMD\", \"wget\", \"-qO-\", \"http://127.0.0.1:8080/health\"]",
         .refs = {"S2-25"}},
        {.id = "compose-healthcheck-form",
         .title = "A healthcheck's command line is one word",
         .levels = always(Level::error),
         .check = healthcheck_form,
         .why = "With CMD, each item of the list is one word, and the first item is the program. If the whole command "
                "line is one item, Docker finds no program with that name.",
         .way_out = "test: [\"CMD-SHELL\", \"curl -f http://localhost:8000/health\"]"},
        {.id = "compose-healthcheck-times",
         .title = "A healthcheck's times don't fit",
         .levels = deployed(Level::info),
         .check = healthcheck_times,
         .why = "Checks that run too often cost more than they help. With a long timeout, a hang is noticed late. "
                "Without `start_period`, a slow start counts as unhealthy.",
         .way_out = "interval: 10s, timeout: 3s, retries: 3, start_period: 30s",
         .refs = {"S2-21"}},
        {.id = "compose-limits",
         .title = "A service has no limit for memory or CPU",
         .levels = deployed(Level::warning),
         .check = limits,
         .why = "A leak or a loop in one container takes memory or CPU from all other containers and from the host.",
         .way_out = "deploy: {resources: {limits: {memory: 512M, cpus: \"1.0\"}}}",
         .peers = {"unset-memory-requirements", "unset-cpu-requirements"},
         .refs = {"S1-77", "S1-201", "S4-11", "CIS 5.10", "CIS 5.11"}},
        {.id = "compose-pids-limit",
         .title = "A service has no limit for processes",
         .levels = by_request,
         .check = pids_limit,
         .why = "The host can run a limited number of processes. A container that starts processes without end uses "
                "them all, and stops the host.",
         .way_out = "pids_limit: 200",
         .refs = {"CIS 5.28"}},
        {.id = "compose-depends-healthy",
         .title = "A service doesn't wait until its dependencies are ready",
         .levels = always(Level::warning),
         .check = depends_healthy,
         .why = "A service that has started isn't always ready: a database takes seconds. Don't wait for a service "
                "without a healthcheck to become healthy: the waiting service would never start.",
         .way_out = "depends_on: {db: {condition: service_healthy}}",
         .refs = {"S1-203", "S2-27"},
         .fix = Fix::safe},
        {.id = "compose-depends-unknown",
         .title = "A service depends on a service that doesn't exist",
         .levels = always(Level::error),
         .check = depends_unknown,
         .why = "Compose refuses the whole project. It also refuses a project whose services wait for each other in a "
                "circle.",
         .way_out = "name a service of the project"},
        {.id = "compose-log-rotation",
         .title = "A log grows without end",
         .levels = deployed(Level::warning),
         .check = log_rotation,
         .why = "Docker's json-file driver keeps every line until the container is removed; one day the disk is full.",
         .way_out = "logging: {driver: json-file, options: {max-size: 10m, max-file: \"3\"}}",
         .refs = {"S1-83", "S4-51"},
         .fix = Fix::safe},
    };
    return rows;
}

}
