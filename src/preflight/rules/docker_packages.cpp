#include "base/text.h"
#include "preflight/rules/docker_files.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

// Package managers in RUN.
namespace fairlead::preflight {

namespace {

using namespace docker;
using Words = std::vector<const read::ShellWord*>;

// The packages that a command names: operands behind its subcommand.
Words packages(const Command& command, std::initializer_list<std::string_view> with_value = {}) {
    Words words = operands(command, with_value);
    if (!words.empty()) words.erase(words.begin());
    return words;
}

bool apt_installs(const Command& command) { return runs(command, {"apt-get", "apt", "aptitude"}, "install"); }
bool yum_installs(const Command& command) {
    return runs(command, {"yum", "dnf", "microdnf", "tdnf"}, "install") ||
           runs(command, {"yum", "dnf"}, "groupinstall");
}
bool pip_installs(const Command& command) {
    if (is_one_of(command.name(), {"pip", "pip3"}) || command.name().starts_with("pip3."))
        return subcommand(command) == "install";
    if (!command.name().starts_with("python") || command.words.size() < command.program + 4) return false;
    const auto* words = command.words.data() + command.program;
    return words[1].text == "-m" && words[2].text == "pip" && words[3].text == "install";
}

const read::ShellWord* word_named(const Command& command, std::string_view text) {
    for (std::size_t i = command.program + 1; i < command.words.size(); ++i)
        if (command.words[i].text == text) return &command.words[i];
    return nullptr;
}

// A hit with a fix that puts `option` behind the subcommand.
void missing_option(const Dockerfile& subject, Hits& hits, const Command& command, std::string_view sub,
                    std::string_view option, std::string message) {
    Hit& found = hit_at(subject, hits, command, std::move(message));
    const read::ShellWord* word = word_named(command, sub);
    if (command.exact && word != nullptr && !word->quoted)
        insert(subject, found, word->at.end, " " + std::string(option));
}

template <typename Do>
void each_run(const Dockerfile& subject, const std::vector<Placed>& all, Do act) {
    for (const Placed& placed : all)
        if (placed.instruction->verb == Verb::run)
            for (const Command& command : placed.instruction->shell.commands) act(*placed.instruction, command);
    (void)subject;
}

bool exec_form(const Instruction& run) { return run.exec; } // there an option is an item of its own

void apt(const Dockerfile& subject, const Project&, Hits& hits) {
    each_run(subject, built(subject), [&](const Instruction&, const Command& command) {
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
    each_run(subject, built(subject), [&](const Instruction& run, const Command& command) {
        if (!apt_installs(command) || has_option(command, {"-y", "--yes", "--assume-yes", "-qq"})) return;
        for (std::size_t i = command.program + 1; i < command.words.size(); ++i)
            if (command.words[i].text == "-qq" || command.words[i].text.find("Assume-Yes=true") != std::string::npos)
                return;
        if (run.arguments.find("yes |") != std::string::npos) return;
        std::string message = fmt::format("{} install has no -y; it asks, and nobody answers; add -y", command.name());
        if (exec_form(run))
            hit_at(subject, hits, command, std::move(message));
        else
            missing_option(subject, hits, command, "install", "-y", std::move(message));
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
    each_run(subject, shipped(subject), [&](const Instruction& run, const Command& command) {
        if (!apt_installs(command) || has_option(command, {"--no-install-recommends"})) return;
        std::string message = fmt::format("{} install takes recommended packages, too; the image grows by what nobody "
                                          "asked for; add --no-install-recommends",
                                          command.name());
        if (exec_form(run))
            hit_at(subject, hits, command, std::move(message));
        else
            missing_option(subject, hits, command, "install", "--no-install-recommends", std::move(message));
    });
}

bool removes(const Instruction& run, std::string_view path) {
    const auto& commands = run.shell.commands;
    return std::any_of(commands.begin(), commands.end(), [&](const Command& one) {
        return is_one_of(one.name(), {"rm", "find"}) &&
               std::any_of(one.words.begin(), one.words.end(),
                           [&](const auto& word) { return word.text.find(path) != std::string::npos; });
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
                       fmt::format("{} update leaves its lists in the layer; about 20 MB that nobody reads; add && rm "
                                   "-rf /var/lib/apt/lists/*",
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
               fmt::format("{} update stands alone; its layer is cached and grows old; join it with the install by &&",
                           update->name()));
    }
}

std::string dist_upgrade(const Command& command) {
    const bool is = runs(command, {"apt-get", "apt"}, "dist-upgrade") ||
                    runs(command, {"apt", "aptitude"}, "full-upgrade") || runs(command, {"zypper"}, "dup") ||
                    runs(command, {"zypper"}, "dist-upgrade");
    return is ? fmt::format("{} {} changes what the base image is; two builds differ; take a newer base image",
                            command.name(), subcommand(command))
              : "";
}

// Names without a version, of a manager where `mark` stands before it.
std::string unpinned(const Command& command, const Words& words, std::string_view mark, std::string_view example) {
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
std::string zypper_pin(const Command& command) {
    return runs(command, {"zypper"}, "install") || runs(command, {"zypper"}, "in")
               ? unpinned(command, packages(command), "=<>", "=1.2.3")
               : "";
}

void apk_cache(const Dockerfile& subject, const Project&, Hits& hits) {
    each_run(subject, shipped(subject), [&](const Instruction& run, const Command& command) {
        if (!runs(command, {"apk"}, "add") || has_option(command, {"--no-cache"}) || has_mount(run, "cache", "apk") ||
            removes(run, "/var/cache/apk"))
            return;
        std::string message = "apk add keeps its index in the layer; nobody reads it again; add --no-cache";
        if (exec_form(run))
            hit_at(subject, hits, command, std::move(message));
        else
            missing_option(subject, hits, command, "add", "--no-cache", std::move(message));
    });
}

void yum_yes(const Dockerfile& subject, const Project&, Hits& hits) {
    each_run(subject, built(subject), [&](const Instruction& run, const Command& command) {
        if (!yum_installs(command) || has_option(command, {"-y", "--assumeyes", "--yes"})) return;
        std::string message = fmt::format("{} install has no -y; it asks, and nobody answers; add -y", command.name());
        if (exec_form(run))
            hit_at(subject, hits, command, std::move(message));
        else
            missing_option(subject, hits, command, subcommand(command), "-y", std::move(message));
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
            fmt::format("{0} leaves its cache in the layer; tens of megabytes that nobody reads; add && {0} clean {1}",
                        install->name(), install->name() == "zypper" ? "--all" : "all"));
    }
}

bool zypper_installs(const Command& command) {
    return runs(command, {"zypper"}, "install") || runs(command, {"zypper"}, "in");
}

std::string zypper_yes(const Command& command) {
    return zypper_installs(command) && !has_option(command, {"-n", "--non-interactive", "-y", "--no-confirm"})
               ? "zypper install has no -n; it asks, and nobody answers; write zypper -n install"
               : "";
}

bool is_off_or_empty(std::string_view value) { return value.empty() || value == "0" || lower(value) == "false"; }

void pip_cache(const Dockerfile& subject, const Project&, Hits& hits) {
    if (!is_off_or_empty(environment(subject, "PIP_NO_CACHE_DIR"))) return;
    each_run(subject, shipped(subject), [&](const Instruction& run, const Command& command) {
        if (!pip_installs(command) || has_option(command, {"--no-cache-dir"}) || has_mount(run, "cache", "pip") ||
            has_mount(run, "cache", "/root/.cache") || run.arguments.find("PIP_NO_CACHE_DIR") != std::string::npos)
            return;
        std::string message =
            "pip install keeps what it downloads in the layer; nobody reads it again; add --no-cache-dir";
        if (exec_form(run))
            hit_at(subject, hits, command, std::move(message));
        else
            missing_option(subject, hits, command, "install", "--no-cache-dir", std::move(message));
    });
}

std::string pip_pin(const Command& command) {
    if (!pip_installs(command) || has_option(command, {"--constraint", "--require-hashes"})) return {};
    for (std::size_t i = command.program + 1; i < command.words.size(); ++i)
        if (is_one_of(command.words[i].text, {"-c", "-e", "--editable"})) return {};
    Words words = operands(
        command,
        {"-r",    "--requirement", "-i",         "--index-url",      "--extra-index-url", "-f",      "--find-links",
         "-t",    "--target",      "--prefix",   "--root",           "--trusted-host",    "--proxy", "--timeout",
         "--src", "--cache-dir",   "--platform", "--python-version", "--retries",         "-m"});
    const auto install =
        std::find_if(words.begin(), words.end(), [](const auto* word) { return word->text == "install"; });
    words.erase(words.begin(), install == words.end() ? words.end() : install + 1);
    for (const auto* word : words) {
        const std::string_view name = word->text;
        const bool local = name.starts_with('.') || name.starts_with('/') || name.find_first_of("$*`:/") != name.npos ||
                           name.ends_with(".whl") || name.ends_with(".gz") || name.ends_with(".zip");
        const bool tool = is_one_of(name, {"pip", "setuptools", "wheel"}) && has_option(command, {"-U", "--upgrade"});
        if (!local && !tool && name.find("==") == name.npos && name.find("===") == name.npos &&
            name.find("~=") == name.npos && name.find('@') == name.npos)
            return fmt::format(
                "pip installs {} in any version; the next build may differ; write {}==1.2.3 or use a lock file",
                brief(name), brief(name));
    }
    return {};
}

bool in_context(const Project& project, const Dockerfile& subject, std::string_view name) {
    return project.has(subject.context.empty() ? std::string(name) : subject.context + "/" + std::string(name));
}

bool is_global(const Command& command) {
    return has_option(command, {"-g", "--global"}) || option_value(command, "--location") == "global";
}

void npm_install(const Dockerfile& subject, const Project& project, Hits& hits) {
    const bool npm_lock =
        in_context(project, subject, "package-lock.json") || in_context(project, subject, "npm-shrinkwrap.json");
    each_run(subject, built(subject), [&](const Instruction&, const Command& command) {
        const bool npm = runs(command, {"npm"}, "install") || runs(command, {"npm"}, "i");
        if (npm && npm_lock && !is_global(command) && packages(command, {"--prefix"}).empty())
            hit_at(subject, hits, command,
                   "npm install may change what package-lock.json says; the next build may differ; write npm ci");
        const bool yarn = command.name() == "yarn" && (subcommand(command).empty() || subcommand(command) == "install");
        if (yarn && command.words.size() <= command.program + 2 && in_context(project, subject, "yarn.lock") &&
            !has_option(command, {"--frozen-lockfile", "--immutable", "--version", "-v"}))
            hit_at(subject, hits, command,
                   "yarn install may change yarn.lock; the next build may differ; add --frozen-lockfile");
    });
}

std::string npm_pin(const Command& command) {
    if (!runs(command, {"npm"}, "install") && !runs(command, {"npm"}, "i")) return {};
    for (const auto* word : packages(command, {"--prefix", "--registry", "--location"})) {
        const std::string_view name = word->text;
        const bool elsewhere = name.starts_with('.') || name.find_first_of("$`:*") != name.npos ||
                               name.ends_with(".tgz") || (name.find('/') != name.npos && !name.starts_with('@'));
        if (!elsewhere && name.find('@', 1) == name.npos)
            return fmt::format("npm installs {} in any version; the next build may differ; write {}@1.2.3", brief(name),
                               brief(name));
    }
    return {};
}

bool is_js_build(const Command& command) {
    const auto words = operands(command);
    return is_one_of(command.name(), {"npm", "yarn", "pnpm"}) &&
           std::any_of(words.begin(), words.end(),
                       [](const auto* word) { return word->text == "build" || word->text.starts_with("build:"); });
}

bool omits_dev(const Command& command) {
    const bool npm = command.name() == "npm" && is_one_of(subcommand(command), {"ci", "install", "i"});
    const bool yarn = is_one_of(command.name(), {"yarn", "pnpm"});
    return (npm || yarn) && !is_global(command) &&
           (has_option(command, {"--production", "--prod"}) || option_value(command, "--only") == "production" ||
            option_value(command, "--only") == "prod" || option_value(command, "--omit") == "dev");
}

// Whether a package.json that the stage copies has its build tools among what every install brings.
bool needs_no_dev(const Project& project, const std::string& path) {
    constexpr std::pair<std::string_view, std::string_view> programs[] = {{"tsc", "typescript"},
                                                                          {"ng", "@angular/cli"},
                                                                          {"nest", "@nestjs/cli"},
                                                                          {"vue-cli-service", "@vue/cli-service"}};
    const auto text = project.read ? project.read(path) : std::nullopt;
    const auto json = text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json();
    const auto table = [&](const char* name) {
        return json.is_object() && json.contains(name) ? json[name] : nlohmann::json();
    };
    const auto scripts = table("scripts"), dev = table("devDependencies");
    if (!scripts.is_object() || !scripts.contains("build") || !scripts["build"].is_string()) return false;
    for (const std::string& word : split(scripts["build"].get<std::string>(), ' ')) {
        if (dev.is_object() && dev.contains(word)) return false;
        for (const auto& [program, package] : programs)
            if (word == program && dev.is_object() && dev.contains(package)) return false;
    }
    return true;
}

void build_omits_dev(const Dockerfile& subject, const Project& project, Hits& hits) {
    std::size_t stage = 0;
    const Command* omits = nullptr;
    bool complete = false;
    for (const Placed& placed : built(subject)) {
        if (placed.stage != std::exchange(stage, placed.stage)) {
            omits = nullptr;
            complete = false;
        }
        if (from_context(*placed.instruction))
            for (const read::Word* source : sources(*placed.instruction)) {
                const auto path = in_project(subject, context_path(source->text));
                const auto inside = path.empty() ? "package.json" : path + "/package.json";
                complete = complete || needs_no_dev(project, path.ends_with("package.json") ? path : inside);
            }
        if (placed.instruction->verb != Verb::run) continue;
        for (const Command& command : placed.instruction->shell.commands) {
            if (omits_dev(command))
                omits = &command;
            else if (is_one_of(command.name(), {"npm", "yarn", "pnpm"}) &&
                     is_one_of(subcommand(command), {"ci", "install", "i"}))
                omits = nullptr; // all of them, by now
            if (omits == nullptr || complete || !is_js_build(command)) continue;
            hit_at(subject, hits, command,
                   fmt::format("{} builds without development dependencies; the build tool is one of them; install all "
                               "in this stage",
                               command.name()));
            omits = nullptr;
        }
    }
}

void yarn_cache(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : shipped(subject)) {
        const Instruction& run = *placed.instruction;
        if (run.verb != Verb::run || has_mount(run, "cache", "yarn") ||
            run.arguments.find("cache clean") != std::string::npos || removes(run, "yarn"))
            continue;
        for (const Command& command : run.shell.commands)
            if (command.name() == "yarn" &&
                (subcommand(command) == "install" || command.words.size() == command.program + 1)) {
                hit_at(subject, hits, command,
                       "yarn install keeps its cache in the layer; nobody reads it again; add && yarn cache clean");
                break;
            }
    }
}

std::string gem_pin(const Command& command) {
    if ((!runs(command, {"gem"}, "install") && !runs(command, {"gem"}, "i")) ||
        has_option(command, {"-v", "--version"}))
        return {};
    for (const auto* word : packages(command))
        if (word->text.find_first_of(":$./") == std::string::npos)
            return fmt::format("gem installs {} in any version; the next build may differ; write {}:1.2.3",
                               brief(word->text), brief(word->text));
    return {};
}

std::string go_pin(const Command& command) {
    if (!runs(command, {"go"}, "install")) return {};
    for (const auto* word : packages(command, {"-tags", "-ldflags", "-o"})) {
        const std::string_view name = word->text;
        const bool remote =
            !name.starts_with('.') && !name.starts_with('/') && name.substr(0, name.find('/')).find('.') != name.npos;
        const auto at = name.find('@');
        if (remote && (at == name.npos || name.substr(at) == "@latest"))
            return fmt::format("go installs {} in any version; the next build may differ; write {}@v1.2.3",
                               brief(name, 30), brief(name.substr(0, at), 30));
    }
    return {};
}

void dev_dependencies(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : shipped(subject)) {
        const Instruction& one = *placed.instruction;
        for (const read::Pair& pair : one.pairs)
            if (one.verb == Verb::env && is_one_of(pair.key, {"NODE_ENV", "RAILS_ENV", "RACK_ENV"}) &&
                is_one_of(replace_all(pair.value, "\"", ""), {"development", "dev"}))
                hit_at(
                    subject, hits, pair.at.begin,
                    fmt::format("{} is development in the image; debug code and packages ship with it; set production",
                                pair.key));
        if (one.verb != Verb::run) continue;
        for (const Command& command : one.shell.commands) {
            const auto dev_file = [](const read::ShellWord& word) {
                const std::string name = lower(word.text.substr(word.text.rfind('/') + 1));
                return name.ends_with(".txt") && name.find("requirements") != std::string::npos &&
                       name.find("dev") != std::string::npos;
            };
            const bool pip = pip_installs(command) && std::any_of(command.words.begin(), command.words.end(), dev_file);
            const bool group = is_one_of(command.name(), {"poetry", "uv", "pdm"}) &&
                               (option_value(command, "--with") == "dev" || option_value(command, "--group") == "dev");
            if (pip || group)
                hit_at(subject, hits, command,
                       fmt::format(
                           "{} installs what only development needs; the image grows and so do its holes; leave it out",
                           command.name()));
        }
    }
}

}

std::span<const Rule> docker_package_rules() {
    constexpr std::string_view pin_why = "The same commit installs another version tomorrow, which nobody has tested.";
    constexpr std::string_view yes_why =
        "No terminal is there: the question is answered by no, and the build fails or misses a package.";
    constexpr std::string_view cache_why = "What a layer holds stays in the image, also when a later one removes it.";
    static const Rule rows[] = {
        {.id = "docker-apt",
         .title = "apt instead of apt-get",
         .levels = always(Level::warning),
         .check = apt,
         .why = "apt says itself that its command line isn't stable; apt-get is what scripts are meant to use.",
         .way_out = "RUN apt-get update && apt-get install -y --no-install-recommends curl",
         .peers = {"DL3027", "CKV_DOCKER_9"},
         .fix = Fix::safe},
        {.id = "docker-apt-yes",
         .title = "apt-get install asks",
         .levels = always(Level::warning),
         .check = apt_yes,
         .why = yes_why,
         .way_out = "RUN apt-get install -y --no-install-recommends curl",
         .peers = {"DL3014"},
         .fix = Fix::safe},
        {.id = "docker-apt-recommends",
         .title = "apt-get installs recommended packages, too",
         .levels = always(Level::info),
         .check = apt_recommends,
         .why = "They are for a desktop or a machine that people log in to; each can have holes.",
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
         .title = "The package index is updated in a layer of its own",
         .levels = always(Level::warning),
         .check = update_alone,
         .why = "The layer is cached: the install in the next one works from an index that may be months old and "
                "fails, or "
                "takes packages with known holes.",
         .way_out = "RUN apt-get update && apt-get install -y --no-install-recommends curl",
         .peers = {"CKV_DOCKER_5"},
         .refs = {"CIS 4.7"}},
        {.id = "docker-apt-pin",
         .title = "apt-get installs any version",
         .levels = by_request,
         .check = each_command<apt_pin>,
         .why =
             "Debian removes old versions, so that a version pinned here ends the build some day; a digest of the base "
             "image is the way to the same build.",
         .way_out = "RUN apt-get install -y curl=7.88.1-10+deb12u8",
         .peers = {"DL3008"}},
        {.id = "docker-dist-upgrade",
         .title = "The whole distribution is upgraded",
         .levels = always(Level::warning),
         .check = each_command<dist_upgrade>,
         .why = "What results is neither the base image nor anything that somebody has tested; a newer base image is.",
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
         .why = "Alpine keeps one version only, so that a version pinned here ends the build some day.",
         .way_out = "RUN apk add --no-cache curl=8.11.0-r2",
         .peers = {"DL3018"}},
        {.id = "docker-yum-yes",
         .title = "yum or dnf asks",
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
         .title = "zypper asks",
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
        {.id = "docker-pip-cache",
         .title = "pip's cache stays in the layer",
         .levels = always(Level::info),
         .check = pip_cache,
         .why = cache_why,
         .way_out = "RUN pip install --no-cache-dir -r requirements.txt",
         .peers = {"DL3042"},
         .refs = {"S2-41"},
         .fix = Fix::safe},
        {.id = "docker-pip-pin",
         .title = "pip installs any version",
         .levels = always(Level::warning),
         .check = each_command<pip_pin>,
         .why = pin_why,
         .way_out = "RUN pip install --no-cache-dir gunicorn==23.0.0",
         .peers = {"DL3013"},
         .refs = {"S1-21"}},
        {.id = "docker-npm-install",
         .title = "npm install instead of npm ci",
         .levels = always(Level::warning),
         .check = npm_install,
         .why = "npm install takes newer versions where package.json allows them and rewrites the lock file; npm ci "
                "installs "
                "what was tested.",
         .way_out = "RUN npm ci",
         .refs = {"S1-35", "S2-54"}},
        {.id = "docker-npm-pin",
         .title = "npm installs any version",
         .levels = always(Level::warning),
         .check = each_command<npm_pin>,
         .why = pin_why,
         .way_out = "RUN npm install -g serve@14.2.4",
         .peers = {"DL3016"}},
        {.id = "docker-build-omits-dev",
         .title = "The build lacks its tools",
         .levels = always(Level::error),
         .check = build_omits_dev,
         .why = "Bundlers and compilers are development dependencies: the build script doesn't find them.",
         .way_out = "RUN npm ci && npm run build && npm prune --omit=dev",
         .refs = {"S2-55"}},
        {.id = "docker-yarn-cache",
         .title = "yarn's cache stays in the layer",
         .levels = always(Level::info),
         .check = yarn_cache,
         .why = cache_why,
         .way_out = "RUN yarn install --frozen-lockfile && yarn cache clean",
         .peers = {"DL3060"}},
        {.id = "docker-gem-pin",
         .title = "gem installs any version",
         .levels = always(Level::warning),
         .check = each_command<gem_pin>,
         .why = pin_why,
         .way_out = "RUN gem install bundler:2.5.23",
         .peers = {"DL3028"}},
        {.id = "docker-go-pin",
         .title = "go installs any version",
         .levels = always(Level::warning),
         .check = each_command<go_pin>,
         .why = pin_why,
         .way_out = "RUN go install example.org/tool@v1.2.3",
         .peers = {"DL3062"}},
        {.id = "docker-dev-dependencies",
         .title = "The image holds what only development needs",
         .levels = deployed(Level::warning),
         .check = dev_dependencies,
         .why = "Test tools and debuggers are code that nobody watches in production.",
         .way_out = "RUN pip install --no-cache-dir -r requirements.txt",
         .refs = {"S1-98"}},
    };
    return rows;
}

}
