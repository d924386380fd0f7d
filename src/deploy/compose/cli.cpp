#include "deploy/compose/cli.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr Milliseconds config_limit{60'000}, transfer_limit{1'800'000}, up_limit{300'000};

// What would name other files, other services or another engine than those we were told of.
constexpr std::string_view ours[] = {"COMPOSE_FILE",           "COMPOSE_PROFILES",       "COMPOSE_PATH_SEPARATOR",
                                     "COMPOSE_REMOVE_ORPHANS", "COMPOSE_IGNORE_ORPHANS", "DOCKER_HOST",
                                     "DOCKER_CONTEXT",         "COMPOSE_ANSI",           "COMPOSE_STATUS_STDOUT"};

void set(std::vector<std::string>& environment, const std::string& name, const std::string& value) {
    std::erase_if(environment, [&](const auto& one) { return one.starts_with(name + "="); });
    environment.push_back(name + "=" + value);
}

}

std::string reason_in(const std::string& said) {
    auto lines = split(trim(said), '\n');
    std::erase_if(lines,
                  [](const auto& line) { return trim(line).empty() || line.find("level=warning") != line.npos; });
    if (lines.empty()) return "it printed nothing";
    const auto telling = std::find_if(lines.rbegin(), lines.rend(), [](const auto& line) {
        return lower(line).find("error") != line.npos || lower(line).find("denied") != line.npos;
    });
    const auto line = telling == lines.rend() ? lines.back() : *telling;
    register_urls_in(line);
    return one_line(trim(line));
}

ComposeCli::ComposeCli(sys::Host& host, const sys::Environment& process, const std::string& socket,
                       const Assignments& variables)
    : host_(host), environment_(sys::child_environment(process, sys::Child::command)) {
    for (const auto& [name, value] : variables) set(environment_, name, value);
    for (const auto name : ours)
        std::erase_if(environment_, [&](const auto& one) { return one.starts_with(std::string(name) + "="); });
    environment_.push_back("DOCKER_HOST=unix://" + socket);
    // A project's .env may ask for these; what the process has wins.
    environment_.insert(environment_.end(), {"COMPOSE_REMOVE_ORPHANS=false", "COMPOSE_IGNORE_ORPHANS=true",
                                             "COMPOSE_ANSI=never", "COMPOSE_MENU=false"});
}

Result<sys::Output> ComposeCli::run(std::vector<std::string> words, const std::string& folder, std::string input,
                                    Milliseconds limit) const {
    words.insert(words.begin(), "docker");
    return host_.run({.argv = std::move(words),
                      .folder = folder,
                      .environment = environment_,
                      .input = std::move(input),
                      .timeout = limit,
                      .output_limit = 32u << 20,
                      .whose = sys::Whose::ours});
}

std::vector<std::string> ComposeCli::named(const ComposeFiles& files) {
    std::vector<std::string> words = {"compose"};
    if (!files.project.empty()) words.insert(words.end(), {"-p", files.project});
    for (const auto& file : files.files) words.insert(words.end(), {"-f", file});
    for (const auto& profile : files.profiles) words.insert(words.end(), {"--profile", profile});
    return words;
}

Result<void> ComposeCli::check() const {
    constexpr std::string_view way = "; install the plugin docker-compose-plugin (Debian 13: docker-compose)";
    const auto ran = host_.run({.argv = {"docker", "compose", "version", "--short"},
                                .environment = environment_,
                                .timeout = Milliseconds{20'000},
                                .whose = sys::Whose::ours});
    if (!ran.ok()) return could_not(fmt::format("docker can't be run: {}{}", ran.error().message, way));
    if (ran->status == 0 && !trim(ran->out).empty()) return {};
    return could_not(fmt::format("`docker compose` can't be run ({}); version 1, `docker-compose`, can't print its "
                                 "model as JSON or pin an image by digest{}",
                                 reason_in(ran->err), way));
}

Result<std::string> ComposeCli::config(const ComposeFiles& files, const std::vector<std::string>& services,
                                       bool digests) const {
    auto words = named(files);
    words.insert(words.end(), {"config", "--format", "json"});
    if (digests) words.push_back("--resolve-image-digests");
    words.insert(words.end(), services.begin(), services.end());
    auto ran = TRY(run(words, files.folder, "", config_limit));
    if (ran.status == 0) return std::move(ran.out);
    const auto fact = reason_in(ran.err);
    return digests ? could_not(fmt::format("no registry gives the digest of the image: {}", fact))
                   : usage(fmt::format("docker compose can't read the project: {}", fact));
}

Result<void> ComposeCli::build(const ComposeFiles& files, const std::vector<std::string>& services) const {
    auto words = named(files);
    words.push_back("build");
    words.insert(words.end(), services.begin(), services.end());
    const auto ran = TRY(run(words, files.folder, "", transfer_limit));
    if (ran.status == 0) return {};
    return no(fmt::format("docker compose build ended with status {}: {}", ran.status, reason_in(ran.err + ran.out)));
}

Result<void> ComposeCli::pull(const std::string& image) const {
    const auto ran = TRY(run({"pull", "--quiet", image}, "", "", transfer_limit));
    if (ran.status == 0) return {};
    return could_not(fmt::format("image '{}' can't be pulled: {}", image, reason_in(ran.err)));
}

Result<void> ComposeCli::up(const std::string& project, const std::string& folder, const std::string& model,
                            const std::map<std::string, int>& scale) const {
    std::vector<std::string> words = {"compose", "-p",   project, "--project-directory", folder,       "-f",
                                      "-",       "up",   "-d",    "--no-deps",           "--no-build", "--no-recreate",
                                      "--pull",  "never"};
    for (const auto& [service, count] : scale)
        words.insert(words.end(), {"--scale", fmt::format("{}={}", service, count)});
    for (const auto& [service, count] : scale) words.push_back(service);
    const auto ran = TRY(run(words, folder, model, up_limit));
    if (ran.status == 0) return {};
    return no(fmt::format("its container doesn't start: {}", reason_in(ran.err)));
}

Result<sys::Output> ComposeCli::once(const std::string& project, const std::string& folder, const std::string& model,
                                     const std::string& service, const std::vector<std::string>& command,
                                     Milliseconds limit) const {
    std::vector<std::string> words = {
        "docker", "compose", "-p",        project,    "--project-directory", folder, "-f", "-",
        "run",    "--rm",    "--no-deps", "--no-TTY", "--interactive=false", service};
    words.insert(words.end(), command.begin(), command.end());
    return host_.run({.argv = words,
                      .folder = folder,
                      .environment = environment_,
                      .input = model,
                      .timeout = limit,
                      .keep_partial = true,
                      .dies_with_us = true,
                      .whose = sys::Whose::ours});
}

}
