#include "base/text.h"
#include "preflight/parts/docker.h"
#include "preflight/rules/docker_health.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <chrono>
#include <fmt/format.h>

// What an image stands on, as whom it runs, and whether anybody sees it hang.
namespace fairlead::preflight {

namespace {

using namespace docker;

std::vector<std::size_t> built_stages(const Dockerfile& subject) {
    std::vector<std::size_t> out;
    for (const Placed& placed : built(subject))
        if (out.empty() || out.back() != placed.stage) out.push_back(placed.stage);
    return out;
}

// An image that is pulled: no stage, not scratch, and known.
template <typename Do>
void each_base(const Dockerfile& subject, Do act) {
    for (const std::size_t number : built_stages(subject)) {
        const read::Stage& stage = subject.read->stages[number];
        if (stage.parent < 0 && stage.base != "scratch" && stage.base_known && !stage.base.empty())
            act(subject.read->instructions[stage.first], stage, image_of(stage.base));
    }
}

struct Example {
    std::string_view family, tag;
};
constexpr Example examples[] = {{"python", "3.12.7-slim"}, {"node", "22.11.0-slim"}, {"nginx", "1.27.2-alpine"},
                                {"alpine", "3.20.3"},      {"debian", "12.8-slim"},  {"ubuntu", "24.04"},
                                {"golang", "1.23.3"},      {"ruby", "3.3.6-slim"},   {"php", "8.3.14-fpm"},
                                {"postgres", "16.5"},      {"redis", "7.4.1"},       {"busybox", "1.37.0"}};

std::string pinned(const Image& image) {
    const auto found = std::find_if(std::begin(examples), std::end(examples),
                                    [&](const Example& one) { return one.family == image.family; });
    return brief(image.name) + ":" + (found == std::end(examples) ? "1.2.3" : std::string(found->tag));
}

void image_latest(const Dockerfile& subject, const Project&, Hits& hits) {
    each_base(subject, [&](const Instruction& from, const read::Stage&, const Image& image) {
        if (!image.digest.empty() || (!image.tag.empty() && image.tag != "latest")) return;
        hit(subject, hits, from,
            fmt::format("FROM {} has {}; the next build may differ; write {}", brief(image.name),
                        image.tag.empty() ? "no tag" : "the tag latest", pinned(image)));
    });
}

void docker_image_floating(const Dockerfile& subject, const Project&, Hits& hits) {
    each_base(subject, [&](const Instruction& from, const read::Stage&, const Image& image) {
        if (!image.digest.empty() || image.tag.empty() || image.tag == "latest") return;
        if (image.tag.find_first_of("0123456789") != std::string::npos) return;
        hit(subject, hits, from,
            fmt::format("tag {} of {} doesn't name a version; the next build may differ; write {}", brief(image.tag),
                        brief(image.name), pinned(image)));
    });
}

void image_digest(const Dockerfile& subject, const Project&, Hits& hits) {
    each_base(subject, [&](const Instruction& from, const read::Stage& stage, const Image& image) {
        if (image.digest.empty())
            hit(subject, hits, from,
                fmt::format("FROM {0} has no digest; a tag can be moved; write {0}@sha256:…", brief(stage.base, 50)));
    });
}

bool is_allowed(const Image& image, const std::vector<std::string>& allowed) {
    return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& one) {
        return image.name == one || image.family == one || glob_match(one, image.name) ||
               glob_match(one, image.name + ":" + image.tag) ||
               (image.name.starts_with(one) && (one.ends_with('/') || image.name[one.size()] == '/'));
    });
}

void base_not_allowed(const Dockerfile& subject, const Project& project, Hits& hits) {
    const auto& allowed = project.settings.allowed_bases;
    if (allowed.empty()) return;
    const auto refuse = [&](const Instruction& one, const Image& image) {
        if (is_allowed(image, allowed)) return;
        hit(subject, hits, one,
            fmt::format("{} is not in preflight.allowed_bases; nobody has approved it; use {}", brief(image.name),
                        brief(one_of(allowed), 70)));
    };
    each_base(subject, [&](const Instruction& from, const read::Stage&, const Image& image) { refuse(from, image); });
    const auto named = [&](const Placed& placed, std::string_view name) {
        const bool image = !subject.read->stage(name, placed.stage) && name.find('$') == name.npos && !name.empty();
        if (image && name != "scratch") refuse(*placed.instruction, image_of(name));
    };
    for (const Placed& placed : built(subject))
        for (const read::Flag& flag : placed.instruction->flags) {
            if (flag.name == "from") named(placed, flag.value);
            if (flag.name != "mount") continue;
            for (const std::string& part : split(flag.value, ','))
                if (part.starts_with("from=")) named(placed, std::string_view(part).substr(5));
        }
}

// Ends of support as their makers announced them; looked at with each release.
struct End {
    std::string_view family, version;
    int year;
    unsigned month;
};
constexpr End ends[] = {
    {"node", "4", 2018, 4},         {"node", "5", 2016, 6},        {"node", "6", 2019, 4},
    {"node", "7", 2017, 6},         {"node", "8", 2019, 12},       {"node", "9", 2018, 6},
    {"node", "10", 2021, 4},        {"node", "11", 2019, 6},       {"node", "13", 2020, 6},
    {"node", "15", 2021, 6},        {"node", "17", 2022, 6},       {"node", "19", 2023, 6},
    {"node", "21", 2024, 6},        {"node", "23", 2025, 6},       {"php", "5", 2018, 12},
    {"postgres", "9", 2021, 11},    {"postgres", "10", 2022, 11},  {"python", "3.5", 2020, 9},
    {"node", "12", 2022, 4},        {"node", "14", 2023, 4},       {"node", "16", 2023, 9},
    {"node", "18", 2025, 4},        {"node", "20", 2026, 4},       {"node", "22", 2027, 4},
    {"python", "2", 2020, 1},       {"python", "3.6", 2021, 12},   {"python", "3.7", 2023, 6},
    {"python", "3.8", 2024, 10},    {"python", "3.9", 2025, 10},   {"python", "3.10", 2026, 10},
    {"alpine", "3.12", 2022, 5},    {"alpine", "3.13", 2022, 11},  {"alpine", "3.14", 2023, 5},
    {"alpine", "3.15", 2023, 11},   {"alpine", "3.16", 2024, 5},   {"alpine", "3.17", 2024, 11},
    {"alpine", "3.18", 2025, 5},    {"alpine", "3.19", 2025, 11},  {"alpine", "3.20", 2026, 4},
    {"ubuntu", "18.04", 2023, 5},   {"ubuntu", "20.04", 2025, 5},  {"ubuntu", "22.04", 2027, 4},
    {"debian", "9", 2022, 6},       {"debian", "10", 2024, 6},     {"debian", "11", 2026, 8},
    {"debian", "stretch", 2022, 6}, {"debian", "buster", 2024, 6}, {"debian", "bullseye", 2026, 8},
    {"postgres", "11", 2023, 11},   {"postgres", "12", 2024, 11},  {"postgres", "13", 2025, 11},
    {"postgres", "14", 2026, 11},   {"php", "7", 2022, 11},        {"php", "8.0", 2023, 11},
    {"php", "8.1", 2025, 12},       {"ruby", "2", 2023, 3},        {"ruby", "3.0", 2024, 4},
    {"ruby", "3.1", 2025, 3},       {"golang", "1.20", 2024, 2},   {"golang", "1.21", 2024, 8},
    {"golang", "1.22", 2025, 2},    {"centos", "7", 2024, 6},      {"centos", "8", 2021, 12},
    {"node", "carbon", 2019, 12},   {"node", "dubnium", 2021, 4},  {"node", "erbium", 2022, 4},
    {"node", "fermium", 2023, 4},   {"node", "gallium", 2023, 9},  {"node", "hydrogen", 2025, 4},
    {"node", "iron", 2026, 4},      {"openjdk", "8", 2022, 7},     {"openjdk", "11", 2022, 7},
    {"openjdk", "12", 2019, 9},     {"openjdk", "13", 2020, 3},    {"openjdk", "14", 2020, 9},
    {"openjdk", "15", 2021, 3},     {"openjdk", "16", 2021, 9},    {"openjdk", "17", 2022, 7},
    {"openjdk", "18", 2022, 9},     {".NET", "2.1", 2021, 8},      {".NET", "3.1", 2022, 12},
    {".NET", "5.0", 2022, 5},       {".NET", "6.0", 2024, 11},     {".NET", "7.0", 2024, 5},
    {".NET", "8.0", 2026, 11},      {".NET", "9.0", 2026, 11},
};

bool is_version(std::string_view tag, std::string_view version) {
    if (!tag.starts_with(version)) return false;
    return tag.size() == version.size() || tag[version.size()] == '.' || tag[version.size()] == '-';
}

void base_eol(const Dockerfile& subject, const Project& project, Hits& hits) {
    using namespace std::chrono;
    each_base(subject, [&](const Instruction& from, const read::Stage&, const Image& image) {
        const std::string_view family =
            image.name.starts_with("mcr.microsoft.com/dotnet/") ? std::string_view(".NET") : image.family;
        for (const End& end : ends) {
            if (family != end.family || !is_version(image.tag, end.version)) continue;
            const sys_days last = year_month_day_last(year(end.year), month_day_last(month(end.month)));
            if (project.now > last)
                hit(subject, hits, from,
                    fmt::format(
                        "{} {} has had no security fixes since {}-{:02}; holes stay open; use a supported version",
                        end.family, end.version, end.year, end.month));
            return;
        }
    });
}

void fat_base(const Dockerfile& subject, const Project&, Hits& hits) {
    const auto chain = subject.read->chain(subject.target);
    const Image image = base_image(subject);
    if (chain.empty() || !is_one_of(image.family, {"python", "node", "ruby", "php", "openjdk", "eclipse-temurin",
                                                   "golang", "rust", "perl", "debian", "gcc", "maven", "gradle"}))
        return;
    for (const std::string_view small : {"slim", "alpine", "distroless", "jre", "fpm", "windows", "nanoserver"})
        if (image.tag.find(small) != std::string::npos) return;
    hit(subject, hits, subject.read->instructions[subject.read->stages[chain.front()].first],
        fmt::format(
            "the image is based on the full {0}{1}; compilers and tools ship with it; use a -slim or -alpine tag",
            image.family, image.tag.empty() ? "" : ":" + brief(image.tag)));
}

bool is_build(const Command& command) {
    if (is_one_of(command.name(),
                  {"gcc", "g++", "make", "cmake", "ninja", "cargo", "tsc", "vite", "webpack", "mvn", "gradle"}))
        return true;
    if (is_one_of(command.name(), {"npm", "yarn", "pnpm", "bun"})) {
        const auto words = operands(command);
        return std::any_of(words.begin(), words.end(),
                           [](const auto* word) { return word->text == "build" || word->text.starts_with("build:"); });
    }
    return command.name() == "go" && subcommand(command) == "build";
}

bool is_install(const Command& command) {
    const std::string_view sub = subcommand(command);
    return (is_one_of(command.name(), {"apt-get", "apt", "yum", "dnf", "microdnf", "zypper", "tdnf", "aptitude"}) &&
            (sub == "install" || sub == "in")) ||
           (command.name() == "apk" && sub == "add");
}

bool installs_compiler(const Command& command) {
    if (!is_install(command)) return false;
    const auto words = operands(command);
    return std::any_of(words.begin(), words.end(), [](const auto* word) {
        return is_one_of(word->text,
                         {"gcc", "g++", "make", "build-essential", "build-base", "clang", "cmake", "musl-dev"});
    });
}

bool removes_packages(const Instruction& run) {
    const auto& commands = run.shell.commands;
    return std::any_of(commands.begin(), commands.end(), [](const Command& one) {
        return (is_one_of(one.name(), {"apt-get", "apt", "yum", "dnf"}) &&
                is_one_of(subcommand(one), {"remove", "purge", "autoremove", "erase"})) ||
               (one.name() == "apk" && subcommand(one) == "del");
    });
}

void single_stage(const Dockerfile& subject, const Project&, Hits& hits) {
    if (subject.read->stages.size() != 1) return;
    for (const Placed& placed : shipped(subject)) {
        const Instruction& run = *placed.instruction;
        if (run.verb != Verb::run || removes_packages(run)) continue;
        for (const Command& command : run.shell.commands) {
            const bool tools = installs_compiler(command);
            if (!tools && !is_build(command)) continue;
            Hit& found = hit_at(
                subject, hits, command,
                tools ? "the only stage installs build tools; they ship with the image; build in a separate stage"
                      : "the only stage builds the program; sources and tools ship with the image; build in a separate "
                        "stage");
            if (tools) found.level = Level::warning;
            return;
        }
    }
}

void build_tools(const Dockerfile& subject, const Project&, Hits& hits) {
    if (subject.read->stages.size() < 2) return; // docker-single-stage says it
    for (const Placed& placed : shipped(subject))
        if (placed.instruction->verb == Verb::run && !removes_packages(*placed.instruction))
            for (const Command& command : placed.instruction->shell.commands)
                if (installs_compiler(command))
                    hit_at(subject, hits, command,
                           "the final stage installs compilers; an attacker in the container can use them; install "
                           "them in a build stage");
}

void platform_fixed(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const std::size_t number : built_stages(subject)) {
        const read::Stage& stage = subject.read->stages[number];
        if (!stage.platform.empty() && stage.platform.find('$') == std::string::npos)
            hit(subject, hits, subject.read->instructions[stage.first],
                fmt::format("FROM is fixed to {}; builds on other machines are slow or fail; use "
                            "--platform=$BUILDPLATFORM, or no --platform",
                            brief(stage.platform)));
    }
}

void platform_redundant(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Instruction& from : subject.read->instructions) {
        const read::Flag* flag = from.verb == Verb::from ? from.flag("platform") : nullptr;
        if (flag == nullptr || (flag->value != "$TARGETPLATFORM" && flag->value != "${TARGETPLATFORM}")) continue;
        Hit& found = hit_at(subject, hits, flag->at.begin,
                            "--platform=$TARGETPLATFORM is the default of FROM; it has no effect; remove it");
        std::size_t end = flag->at.end;
        while (end < subject.text.size() && subject.text[end] == ' ') ++end;
        replace(subject, found, {flag->at.begin, end}, "");
    }
}

}

std::span<const Rule> docker_image_rules() {
    static const Rule rows[] = {
        {.id = "docker-image-latest",
         .title = "The base image has no fixed version",
         .levels = always(Level::warning),
         .check = image_latest,
         .why = "The same commit gives another image tomorrow, and nobody can go back to yesterday's image.",
         .way_out = "FROM python:3.12.7-slim",
         .peers = {"DL3006", "DL3007", "CKV_DOCKER_7"},
         .refs = {"S2-12", "S2-40"}},
        {.id = "docker-image-floating",
         .title = "The base image's tag doesn't name a version",
         .levels = deployed(Level::info),
         .check = docker_image_floating,
         .why = "Tags such as `slim`, `stable` or `lts` move to the next version by themselves.",
         .way_out = "FROM node:22.11.0-slim",
         .refs = {"S2-56"}},
        {.id = "docker-image-digest",
         .title = "The base image has no digest",
         .levels = by_request,
         .check = image_digest,
         .why = "The owner of the tag can move it to another image; a digest always names the same image.",
         .way_out = "FROM python:3.12.7-slim@sha256:…",
         .refs = {"Scorecard pinned-dependencies"}},
        {.id = "docker-base-not-allowed",
         .title = "The base image is not on the list of allowed images",
         .levels = always(Level::error),
         .check = base_not_allowed,
         .why = "`preflight.allowed_bases` lists the images that the team has approved. The rule is checked only if "
                "you set this list.",
         .way_out = "FROM registry.example.org/base/python:3.12",
         .peers = {"DL3026"},
         .refs = {"S4-20"}},
        {.id = "docker-base-eol",
         .title = "The base image is past its end of life",
         .levels = always(Level::warning),
         .check = base_eol,
         .why = "If somebody finds a security hole in this image from now on, nobody fixes it.",
         .way_out = "FROM node:24-slim",
         .refs = {"S2-53"}},
        {.id = "docker-fat-base",
         .title = "The image ships a whole distribution of tools",
         .levels = deployed(Level::info),
         .check = fat_base,
         .why = "The server never uses these hundreds of megabytes of tools, and the tools have security holes of "
                "their own.",
         .way_out = "FROM python:3.12.7-slim",
         .refs = {"S1-97", "S4-19"}},
        {.id = "docker-single-stage",
         .title = "The image is built and shipped in one stage",
         .levels = deployed(Level::info),
         .check = single_stage,
         .why = "Compilers, sources and caches of the build stay in the deployed image.",
         .way_out =
             "FROM node:22.11.0 AS build\nRUN npm ci && npm run build\nFROM nginx:1.27.2-alpine\nCOPY --from=build "
             "/app/dist /usr/share/nginx/html",
         .refs = {"S1-80", "S1-95", "S4-18"}},
        {.id = "docker-build-tools",
         .title = "The final stage installs compilers",
         .levels = always(Level::info),
         .check = build_tools,
         .why = "The server doesn't need compilers. They make the image larger and help an attacker.",
         .way_out = "install them in an earlier stage, and copy the result with COPY --from",
         .refs = {"S2-48"}},
        {.id = "docker-healthcheck",
         .title = "Nothing checks whether the server still answers",
         .levels = deployed(Level::warning),
         .check = docker_healthcheck,
         .why =
             "Without a check, a server that hangs counts as running: nothing restarts it, and a deployment continues.",
         .way_out =
             "HEALTHCHECK --interval=30s --timeout=3s CMD [\"curl\", \"-fsS\", \"http://localhost:8000/health\"]",
         .peers = {"DL3057", "CKV_DOCKER_2"},
         .refs = {"S1-99", "CIS 4.6"}},
        {.id = "docker-healthcheck-tool",
         .title = "HEALTHCHECK runs a program that the image doesn't have",
         .levels = always(Level::warning),
         .check = docker_healthcheck_tool,
         .why = "The container never becomes healthy. Services that wait for it never start, and a deployment is "
                "rolled back.",
         .way_out = "HEALTHCHECK CMD [\"python\", \"-c\", \"import urllib.request as r; "
                    "r.urlopen('http://localhost:8000/health')\"]"},
        {.id = "docker-healthcheck-weak",
         .title = "HEALTHCHECK can't fail",
         .levels = deployed(Level::error),
         .check = docker_healthcheck_weak,
         .why = "A server that hangs counts as healthy: nothing restarts it, and a deployment continues.",
         .way_out = "HEALTHCHECK CMD curl -fsS http://localhost:8000/health || exit 1"},
        {.id = "docker-healthcheck-path",
         .title = "HEALTHCHECK asks for another path than the deployment does",
         .levels = deployed(Level::warning),
         .check = healthcheck_path,
         .why = "A container that fairlead-deploy found healthy may be restarted a minute later. A container that "
                "Docker calls healthy may never get the traffic.",
         .way_out = "deploy: {health: {path: /health}} and the same path in HEALTHCHECK"},
        {.id = "docker-platform-fixed",
         .title = "FROM is fixed to one platform",
         .levels = always(Level::info),
         .check = platform_fixed,
         .why = "On machines of another platform, the build runs slowly in emulation, or not at all.",
         .way_out = "FROM --platform=$BUILDPLATFORM node:22.11.0 AS build",
         .peers = {"DL3029"},
         .refs = {"FromPlatformFlagConstDisallowed"}},
        {.id = "docker-platform-redundant",
         .title = "FROM names its default platform",
         .levels = always(Level::info),
         .check = platform_redundant,
         .why = "FROM takes `$TARGETPLATFORM` by default.",
         .way_out = "FROM python:3.12.7-slim",
         .peers = {"DL3065"},
         .refs = {"RedundantTargetPlatform"},
         .fix = Fix::safe},
    };
    return rows;
}

}
