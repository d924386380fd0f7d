#include "preflight/rules/docker_health.h"
#include "base/text.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/docker.h"
#include "read/compose/compose.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight::docker {

namespace {

// Whether a service of compose that is built from the Dockerfile is such a service.
template <typename Is>
bool is_service_of(const Dockerfile& subject, const Project& project, Is is) {
    if (subject.service.empty()) return false;
    for (const Compose& compose : project.composes_for(subject.profile)) {
        const bool same =
            std::find(compose.files.begin(), compose.files.end(), subject.compose_file) != compose.files.end();
        const auto* service = same && compose.read ? compose.read->service(subject.service) : nullptr;
        if (service != nullptr && is(*service)) return true;
    }
    return false;
}

// A check that compose makes counts as well.
bool healthchecked_by_compose(const compose::ComposeService& service) {
    return service.healthcheck && !service.healthcheck->disabled && !service.healthcheck->test.empty() &&
           service.healthcheck->test.front() != "NONE";
}

const Instruction* last_healthcheck(const std::vector<Placed>& all) {
    const Instruction* last = nullptr;
    for (const Placed& placed : all)
        if (placed.instruction->verb == Verb::healthcheck && !placed.trigger) last = placed.instruction;
    return last;
}

// The path of the first http URL of this host among the words.
std::string asked_path(const Instruction& check) {
    for (const Command& command : check.shell.commands)
        for (const read::ShellWord& word : command.words)
            for (const std::string_view host : {"://localhost", "://127.0.0.1", "://[::1]"}) {
                const auto at = word.text.find(host);
                if (at == word.text.npos || word.expands) continue;
                const auto rest = std::string_view(word.text).substr(at + host.size());
                const auto path = rest.substr(std::min(rest.find('/'), rest.size()));
                return path.empty() ? "/" : std::string(path.substr(0, path.find_first_of("?#\"'")));
            }
    return {};
}

}

void docker_healthcheck(const Dockerfile& subject, const Project& project, Hits& hits) {
    const auto all = shipped(subject);
    if (all.empty()) return;
    const Instruction* const last = last_healthcheck(all);
    if (last != nullptr && !last->health_none) return;
    const bool by_compose = is_service_of(subject, project, healthchecked_by_compose);
    const bool by_deploy = !project.settings.health_path.empty();
    const auto text = by_compose ? "; compose checks the service, but nothing checks the image if it runs alone"
                      : by_deploy
                          ? "; fairlead-deploy checks deploy.health.path at a switch, but nothing does afterwards"
                          : "; a hung server looks healthy";
    Hit& found = hit(subject, hits,
                     last != nullptr ? *last : subject.read->instructions[subject.read->stages[all.back().stage].first],
                     fmt::format("{} has {}{}; add HEALTHCHECK CMD …", stage_name(subject),
                                 last != nullptr ? "HEALTHCHECK NONE" : "no HEALTHCHECK", text));
    if (by_compose || by_deploy) found.level = Level::info; // layers don't silence one another
}

void healthcheck_path(const Dockerfile& subject, const Project& project, Hits& hits) {
    const Instruction* const check = last_healthcheck(shipped(subject));
    const auto asked = check == nullptr ? std::string() : asked_path(*check);
    if (asked.empty() || project.settings.health_path.empty() || asked == project.settings.health_path) return;
    if (is_service_of(subject, project, compose::is_proxy)) return; // the application behind it is deployed
    hit(subject, hits, *check,
        fmt::format("HEALTHCHECK asks {}, but deploy.health.path is {}; one may succeed while the other fails; use the "
                    "same path",
                    brief(asked, 30), brief(project.settings.health_path, 30)));
}

bool lacks_tool(const compose::ImageParts& image, std::string_view tool) {
    constexpr std::string_view alpine[] = {"alpine",   "node",  "python",  "ruby", "golang",         "redis",
                                           "postgres", "caddy", "traefik", "rust", "eclipse-temurin"};
    constexpr std::string_view slim[] = {"python", "node", "ruby", "debian", "ubuntu", "openjdk", "postgres", "redis"};
    const auto is_in = [&](auto& list) {
        return std::find(std::begin(list), std::end(list), image.name) != std::end(list);
    };
    if (image.repository.find("distroless") != std::string::npos) return true;
    if (image.tag.find("alpine") != std::string::npos || image.name == "alpine") return tool == "curl" && is_in(alpine);
    const bool small = image.tag.find("slim") != std::string::npos || image.name == "debian" ||
                       image.name == "ubuntu" || image.name == "postgres" || image.name == "redis";
    return small && is_in(slim);
}

bool installs(const Dockerfile& file, std::string_view tool) {
    for (const std::size_t stage : file.read->chain(file.target)) {
        const auto& one = file.read->stages[stage];
        for (std::size_t at = one.first; at < one.end; ++at) {
            const auto& instruction = file.read->instructions[at];
            const auto span = instruction.at;
            if (instruction.verb == Verb::run &&
                std::string_view(file.text).substr(span.begin, span.end - span.begin).find(tool) !=
                    std::string_view::npos)
                return true;
        }
    }
    return false;
}

void docker_healthcheck_tool(const Dockerfile& subject, const Project&, Hits& hits) {
    const auto chain = subject.read->chain(subject.target);
    const Instruction* const check = last_healthcheck(shipped(subject));
    if (check == nullptr || chain.empty()) return;
    const auto image = compose::image_parts(subject.read->stages[chain.front()].base);
    for (const std::string_view tool : {"curl", "wget"}) {
        const auto& commands = check->shell.commands;
        const bool calls = std::any_of(commands.begin(), commands.end(),
                                       [&](const Command& command) { return command.name() == tool; });
        if (calls && lacks_tool(image, tool) && !installs(subject, tool))
            hit(subject, hits, *check,
                fmt::format("HEALTHCHECK runs {}; {}:{} doesn't have it, so the check always fails; use a program of "
                            "the image",
                            tool, brief(image.name), brief(image.tag)));
    }
}

void docker_healthcheck_weak(const Dockerfile& subject, const Project&, Hits& hits) {
    const Instruction* const check = last_healthcheck(shipped(subject));
    if (check == nullptr || check->shell.commands.empty()) return;
    const auto text = std::string(trim(std::string_view(check->arguments)));
    const auto& last = check->shell.commands.back();
    const bool ends_well = last.name() == "true" || last.name() == ":" ||
                           (last.name() == "exit" && !last.words.empty() && last.words.back().text == "0");
    const bool always = ends_well && (check->shell.commands.size() == 1 || has_any(text, {"||", ";"}));
    if (always)
        hit(subject, hits, *check,
            fmt::format("HEALTHCHECK ends in '{}'; it succeeds even if the server hangs; end it in || exit 1",
                        last.name() == "exit" ? "exit 0" : brief(last.name())));
}

}
