#include "preflight/rules/docker_packages.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

// The distribution's package managers in RUN.
namespace fairlead::preflight {

namespace docker {

std::vector<const read::ShellWord*> packages(const Command& command,
                                             std::initializer_list<std::string_view> with_value) {
    auto words = operands(command, with_value);
    if (!words.empty()) words.erase(words.begin());
    return words;
}

void missing_option(const Dockerfile& subject, Hits& hits, const Instruction& run, const Command& command,
                    std::string_view sub, std::string_view option, std::string message) {
    Hit& found = hit_at(subject, hits, command, std::move(message));
    const auto begin =
        command.words.begin() + static_cast<std::ptrdiff_t>(std::min(command.program + 1, command.words.size()));
    const auto word = std::find_if(begin, command.words.end(), [&](const auto& one) { return one.text == sub; });
    if (!run.exec && command.exact && word != command.words.end() && !word->quoted) // of the exec form it is an item
        insert(subject, found, word->at.end, " " + std::string(option));
}

bool removes(const Instruction& run, std::string_view path) {
    const auto& commands = run.shell.commands;
    return std::any_of(commands.begin(), commands.end(), [&](const Command& one) {
        return is_one_of(one.name(), {"rm", "find"}) &&
               std::any_of(one.words.begin(), one.words.end(),
                           [&](const auto& word) { return word.text.find(path) != std::string::npos; });
    });
}

}

namespace {

using namespace docker;
using ShellWords = std::vector<const read::ShellWord*>;

bool apt_installs(const Command& command) { return runs(command, {"apt-get", "apt", "aptitude"}, "install"); }
bool yum_installs(const Command& command) {
    return runs(command, {"yum", "dnf", "microdnf", "tdnf"}, "install") ||
           runs(command, {"yum", "dnf"}, "groupinstall");
}
void apt(const Dockerfile& subject, const Project&, Hits& hits) {
    each_run(built(subject), [&](const Instruction&, const Command& command) {
        if (command.name() != "apt" || subcommand(command).empty()) return;
        Hit& found = hit_at(subject, hits, command,
                            "apt is made for people; its options change between releases; write apt-get");
        const read::ShellWord& word = command.words[command.program];
        const bool same =
            is_one_of(subcommand(command), {"install", "update", "upgrade", "remove", "purge", "autoremove", "clean"});
        if (command.exact && same && word.text == "apt" && !word.quoted) replace(subject, found, word.at, "apt-get");
    });
}

void apt_yes(const Dockerfile& subject, const Project&, Hits& hits) {
    each_run(built(subject), [&](const Instruction& run, const Command& command) {
        if (!apt_installs(command) || has_option(command, {"-y", "--yes", "--assume-yes", "-qq"})) return;
        for (std::size_t i = command.program + 1; i < command.words.size(); ++i)
            if (command.words[i].text == "-qq" || command.words[i].text.find("Assume-Yes=true") != std::string::npos)
                return;
        if (run.arguments.find("yes |") != std::string::npos) return;
        std::string message = fmt::format("{} install has no -y; it asks, and nobody answers; add -y", command.name());
        missing_option(subject, hits, run, command, "install", "-y", std::move(message));
    });
}

bool sets_recommends_off(const Dockerfile& subject) {
    for (const Placed& placed : built(subject))
        if (placed.instruction->arguments.find("Install-Recommends") != std::string::npos ||
            std::any_of(placed.instruction->heredocs.begin(), placed.instruction->heredocs.end(),
                        [](const auto& one) { return one.text.find("Install-Recommends") != std::string::npos; }))
            return true;
    return false;
}

void apt_recommends(const Dockerfile& subject, const Project&, Hits& hits) {
    if (sets_recommends_off(subject)) return;
    each_run(shipped(subject), [&](const Instruction& run, const Command& command) {
        if (!apt_installs(command) || has_option(command, {"--no-install-recommends"})) return;
        std::string message = fmt::format("{} install takes recommended packages, too; the image grows by packages "
                                          "that nobody asked for; add --no-install-recommends",
                                          command.name());
        missing_option(subject, hits, run, command, "install", "--no-install-recommends", std::move(message));
    });
}

void apt_lists(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : shipped(subject)) {
        const Instruction& run = *placed.instruction;
        if (run.verb != Verb::run || removes(run, "/var/lib/apt") || has_mount(run, "cache", "/var/lib/apt") ||
            has_mount(run, "tmpfs", "/var/lib/apt") || run.arguments.find("/var/lib") != std::string::npos)
            continue;
        for (const Command& command : run.shell.commands)
            if (runs(command, {"apt-get", "apt"}, "update")) {
                hit_at(subject, hits, command,
                       fmt::format("{} update leaves its lists in the layer; nothing reads these 20 MB again; add && "
                                   "rm -rf /var/lib/apt/lists/*",
                                   command.name()));
                break;
            }
    }
}

bool updates(const Command& command) {
    const bool sub = is_one_of(subcommand(command), {"update", "makecache"});
    return sub && is_one_of(command.name(), {"apt-get", "apt", "apk", "aptitude"});
}

bool uses_update(const Command& command) {
    return is_one_of(command.name(), {"apt-get", "apt", "apk", "aptitude", "apt-cache", "apt-file"}) &&
           !updates(command) && !is_one_of(subcommand(command), {"clean", "autoclean", "autoremove", ""});
}

void update_alone(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : built(subject)) {
        const Instruction& run = *placed.instruction;
        if (run.verb != Verb::run || !run.shell.readable || has_mount(run, "cache", "/apt")) continue;
        const auto& commands = run.shell.commands;
        const auto update = std::find_if(commands.begin(), commands.end(), updates);
        const bool other = std::any_of(commands.begin(), commands.end(), [](const Command& one) {
            return uses_update(one) || one.name().ends_with(".sh") ||
                   one.name().find("install") != std::string_view::npos;
        });
        if (update == commands.end() || other) continue;
        hit_at(subject, hits, *update,
               fmt::format(
                   "{} update is alone in its RUN; its layer is cached and gets old; join it with the install by &&",
                   update->name()));
    }
}

std::string dist_upgrade(const Command& command) {
    const bool is = runs(command, {"apt-get", "apt"}, "dist-upgrade") ||
                    runs(command, {"apt", "aptitude"}, "full-upgrade") || runs(command, {"zypper"}, "dup") ||
                    runs(command, {"zypper"}, "dist-upgrade");
    return is ? fmt::format("{} {} changes the packages of the base image; two builds differ; use a newer base image",
                            command.name(), subcommand(command))
              : "";
}

// Names without a version, of a manager where `mark` stands before it.
std::string unpinned(const Command& command, const ShellWords& words, std::string_view mark, std::string_view example) {
    for (const auto* word : words) {
        const std::string_view name = word->text;
        if (name.find_first_of("$`*") != name.npos || name.starts_with('.') || name.starts_with('/') ||
            name.starts_with('@') || name.ends_with(".deb") || name.ends_with(".rpm") || name.ends_with(".apk") ||
            name.find("://") != name.npos)
            continue;
        if (name.find_first_of(mark) == name.npos)
            return fmt::format("{} installs {} in any version; the next build may differ; write {}{}", command.name(),
                               brief(name), brief(name), example);
    }
    return {};
}

std::string apt_pin(const Command& command) {
    return apt_installs(command)
               ? unpinned(command, packages(command, {"-t", "-o", "--target-release"}), "=/", "=1.2.3")
               : "";
}
std::string apk_pin(const Command& command) {
    return runs(command, {"apk"}, "add")
               ? unpinned(command, packages(command, {"-t", "--virtual", "-X", "--repository", "-p"}), "=<>~", "=1.2.3")
               : "";
}
std::string yum_pin(const Command& command) {
    if (!yum_installs(command)) return {};
    for (const auto* word : packages(command)) {
        const bool version =
            word->text.find_first_of("0123456789") != std::string::npos && word->text.find('-') != std::string::npos;
        if (!version && word->text.find_first_of("$/:@") == std::string::npos)
            return fmt::format("{} installs {} in any version; the next build may differ; write {}-1.2.3",
                               command.name(), brief(word->text), brief(word->text));
    }
    return {};
}
bool zypper_installs(const Command& command) {
    return runs(command, {"zypper"}, "install") || runs(command, {"zypper"}, "in");
}
std::string zypper_pin(const Command& command) {
    return zypper_installs(command) ? unpinned(command, packages(command), "=<>", "=1.2.3") : "";
}

void apk_cache(const Dockerfile& subject, const Project&, Hits& hits) {
    each_run(shipped(subject), [&](const Instruction& run, const Command& command) {
        if (!runs(command, {"apk"}, "add") || has_option(command, {"--no-cache"}) || has_mount(run, "cache", "apk") ||
            removes(run, "/var/cache/apk"))
            return;
        std::string message = "apk add keeps its index in the layer; nothing reads it again; add --no-cache";
        missing_option(subject, hits, run, command, "add", "--no-cache", std::move(message));
    });
}

void yum_yes(const Dockerfile& subject, const Project&, Hits& hits) {
    each_run(built(subject), [&](const Instruction& run, const Command& command) {
        if (!yum_installs(command) || has_option(command, {"-y", "--assumeyes", "--yes"})) return;
        std::string message = fmt::format("{} install has no -y; it asks, and nobody answers; add -y", command.name());
        missing_option(subject, hits, run, command, subcommand(command), "-y", std::move(message));
    });
}

template <bool (*installs)(const Command&)>
void not_cleaned(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : shipped(subject)) {
        const Instruction& run = *placed.instruction;
        if (run.verb != Verb::run || removes(run, "/var/cache") || has_mount(run, "cache", "/var/cache")) continue;
        const auto& commands = run.shell.commands;
        const bool cleaned = std::any_of(commands.begin(), commands.end(), [](const Command& one) {
            return is_one_of(one.name(), {"yum", "dnf", "microdnf", "tdnf", "zypper"}) &&
                   is_one_of(subcommand(one), {"clean", "cc"});
        });
        const auto install = std::find_if(commands.begin(), commands.end(), installs);
        if (cleaned || install == commands.end()) continue;
        hit_at(
            subject, hits, *install,
            fmt::format(
                "{0} leaves its cache in the layer; nothing reads these tens of megabytes again; add && {0} clean {1}",
                install->name(), install->name() == "zypper" ? "--all" : "all"));
    }
}

std::string zypper_yes(const Command& command) {
    return zypper_installs(command) && !has_option(command, {"-n", "--non-interactive", "-y", "--no-confirm"})
               ? "zypper install has no -n; it asks, and nobody answers; write zypper -n install"
               : "";
}

}

std::span<const Rule> docker_package_rules() {
    constexpr std::string_view yes_why =
        "A build has no terminal, so the answer is no: the build fails, or a package is missing.";
    static const Rule rows[] = {
        {.id = "docker-apt",
         .title = "RUN uses apt, not apt-get",
         .levels = always(Level::warning),
         .check = apt,
         .why = "apt itself says that its command line isn't stable; apt-get is for scripts.",
         .way_out = "RUN apt-get update && apt-get install -y --no-install-recommends curl",
         .peers = {"DL3027", "CKV_DOCKER_9"},
         .fix = Fix::safe},
        {.id = "docker-apt-yes",
         .title = "apt-get install asks a question",
         .levels = always(Level::warning),
         .check = apt_yes,
         .why = yes_why,
         .way_out = "RUN apt-get install -y --no-install-recommends curl",
         .peers = {"DL3014"},
         .fix = Fix::safe},
        {.id = "docker-apt-recommends",
         .title = "apt-get installs recommended packages, too",
         .levels = deployed(Level::info),
         .check = apt_recommends,
         .why = "Recommended packages are for a desktop, or for a machine that people log in to. Each package can have "
                "security holes.",
         .way_out = "RUN apt-get install -y --no-install-recommends curl",
         .peers = {"DL3015"},
         .refs = {"S2-42"},
         .fix = Fix::safe},
        {.id = "docker-apt-lists",
         .title = "apt's lists stay in the layer",
         .levels = always(Level::info),
         .check = apt_lists,
         .why = cache_why,
         .way_out = "RUN apt-get update \\\n && apt-get install -y --no-install-recommends curl \\\n && rm -rf "
                    "/var/lib/apt/lists/*",
         .peers = {"DL3009"},
         .refs = {"S2-42"}},
        {.id = "docker-apt-update-alone",
         .title = "The package index is updated in a separate layer",
         .levels = always(Level::warning),
         .check = update_alone,
         .why = "Docker caches this layer, so the install in the next layer uses an index that may be months old. The "
                "install fails, or it installs packages with known holes.",
         .way_out = "RUN apt-get update && apt-get install -y --no-install-recommends curl",
         .peers = {"CKV_DOCKER_5"},
         .refs = {"CIS 4.7"}},
        {.id = "docker-apt-pin",
         .title = "apt-get installs any version",
         .levels = by_request,
         .check = each_command<apt_pin>,
         .why = "Without a version, the same commit can install another version tomorrow. But Debian removes old "
                "versions, so a build with a pinned version fails some day. To get the same build again, pin the "
                "digest of the base image.",
         .way_out = "RUN apt-get install -y curl=7.88.1-10+deb12u8",
         .peers = {"DL3008"}},
        {.id = "docker-dist-upgrade",
         .title = "The whole distribution is upgraded",
         .levels = always(Level::warning),
         .check = each_command<dist_upgrade>,
         .why = "Nobody has tested the upgraded image. A newer base image is tested.",
         .way_out = "FROM debian:12.8-slim",
         .peers = {"DL3035", "DL3005"}},
        {.id = "docker-apk-cache",
         .title = "apk's index stays in the layer",
         .levels = always(Level::info),
         .check = apk_cache,
         .why = cache_why,
         .way_out = "RUN apk add --no-cache curl",
         .peers = {"DL3019"},
         .fix = Fix::safe},
        {.id = "docker-apk-pin",
         .title = "apk installs any version",
         .levels = by_request,
         .check = each_command<apk_pin>,
         .why = "Without a version, the same commit can install another version tomorrow. But Alpine keeps only one "
                "version, so a build with a pinned version fails some day.",
         .way_out = "RUN apk add --no-cache curl=8.11.0-r2",
         .peers = {"DL3018"}},
        {.id = "docker-yum-yes",
         .title = "yum or dnf asks a question",
         .levels = always(Level::warning),
         .check = yum_yes,
         .why = yes_why,
         .way_out = "RUN dnf install -y curl && dnf clean all",
         .peers = {"DL3030", "DL3038"},
         .fix = Fix::safe},
        {.id = "docker-yum-clean",
         .title = "The cache of yum or dnf stays in the layer",
         .levels = always(Level::warning),
         .check = not_cleaned<yum_installs>,
         .why = cache_why,
         .way_out = "RUN dnf install -y curl && dnf clean all",
         .peers = {"DL3032", "DL3040"}},
        {.id = "docker-yum-pin",
         .title = "yum or dnf installs any version",
         .levels = by_request,
         .check = each_command<yum_pin>,
         .why = pin_why,
         .way_out = "RUN dnf install -y curl-7.76.1",
         .peers = {"DL3033", "DL3041"}},
        {.id = "docker-zypper-yes",
         .title = "zypper asks a question",
         .levels = always(Level::warning),
         .check = each_command<zypper_yes>,
         .why = yes_why,
         .way_out = "RUN zypper -n install curl && zypper clean --all",
         .peers = {"DL3034"}},
        {.id = "docker-zypper-clean",
         .title = "zypper's cache stays in the layer",
         .levels = always(Level::warning),
         .check = not_cleaned<zypper_installs>,
         .why = cache_why,
         .way_out = "RUN zypper -n install curl && zypper clean --all",
         .peers = {"DL3036"}},
        {.id = "docker-zypper-pin",
         .title = "zypper installs any version",
         .levels = by_request,
         .check = each_command<zypper_pin>,
         .why = pin_why,
         .way_out = "RUN zypper -n install curl=8.6.0",
         .peers = {"DL3037"}},
    };
    return rows;
}

}
