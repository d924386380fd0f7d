#include "base/text.h"
#include "preflight/parts/docker_files.h"
#include "preflight/rules/docker_packages.h"
#include "preflight/rules/groups.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

// The package managers of languages in RUN.
namespace fairlead::preflight {

namespace {

using namespace docker;
using ShellWords = std::vector<const read::ShellWord*>;

bool pip_installs(const Command& command) {
    if (is_one_of(command.name(), {"pip", "pip3"}) || command.name().starts_with("pip3."))
        return subcommand(command) == "install";
    if (!command.name().starts_with("python") || command.words.size() < command.program + 4) return false;
    const auto* words = command.words.data() + command.program;
    return words[1].text == "-m" && words[2].text == "pip" && words[3].text == "install";
}

bool is_off_or_empty(std::string_view value) { return value.empty() || value == "0" || lower(value) == "false"; }

void pip_cache(const Dockerfile& subject, const Project&, Hits& hits) {
    if (!is_off_or_empty(environment(subject, "PIP_NO_CACHE_DIR"))) return;
    each_run(shipped(subject), [&](const Instruction& run, const Command& command) {
        if (!pip_installs(command) || has_option(command, {"--no-cache-dir"}) || has_mount(run, "cache", "pip") ||
            has_mount(run, "cache", "/root/.cache") || run.arguments.find("PIP_NO_CACHE_DIR") != std::string::npos)
            return;
        std::string message =
            "pip install keeps its downloads in the layer; nothing reads them again; add --no-cache-dir";
        missing_option(subject, hits, run, command, "install", "--no-cache-dir", std::move(message));
    });
}

std::string pip_pin(const Command& command) {
    if (!pip_installs(command) || has_option(command, {"--constraint", "--require-hashes"})) return {};
    for (std::size_t i = command.program + 1; i < command.words.size(); ++i)
        if (is_one_of(command.words[i].text, {"-c", "-e", "--editable"})) return {};
    ShellWords words = operands(
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
    each_run(built(subject), [&](const Instruction&, const Command& command) {
        const bool npm = runs(command, {"npm"}, "install") || runs(command, {"npm"}, "i");
        if (npm && npm_lock && !is_global(command) && packages(command, {"--prefix"}).empty())
            hit_at(subject, hits, command,
                   "npm install may change package-lock.json; the next build may differ; write npm ci");
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

// --prod, and not --prod=false
bool is_asked_for(const Command& command, std::string_view option) {
    return has_option(command, {option}) && option_value(command, option) != "false";
}

bool omits_dev(const Command& command) {
    const bool npm = command.name() == "npm" && is_one_of(subcommand(command), {"ci", "install", "i"});
    const bool yarn = is_one_of(command.name(), {"yarn", "pnpm"});
    return (npm || yarn) && !is_global(command) &&
           (is_asked_for(command, "--production") || is_asked_for(command, "--prod") ||
            option_value(command, "--only") == "production" || option_value(command, "--only") == "prod" ||
            option_value(command, "--omit") == "dev");
}

// Whether a package.json that the stage copies has its build tools among what every install brings.
bool needs_no_dev(const Project& project, const std::string& path) {
    constexpr std::pair<std::string_view, std::string_view> programs[] = {{"tsc", "typescript"},
                                                                          {"ng", "@angular/cli"},
                                                                          {"nest", "@nestjs/cli"},
                                                                          {"vue-cli-service", "@vue/cli-service"}};
    const auto text = project.read ? project.read(path) : std::nullopt;
    const auto json = text ? sys::parse_json(*text, path).value_or(sys::Json()) : sys::Json();
    const auto table = [&](const char* name) {
        return json.is_object() && json.contains(name) ? json[name] : sys::Json();
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

// npm install -g sass: the build's tool may have come so. Not so by what only installs others.
bool brings_tools(const Command& command) {
    if (!is_global(command)) return false;
    return std::any_of(command.words.begin(), command.words.end(), [](const read::ShellWord& word) {
        const auto name = word.text.substr(0, word.text.find('@', 1));
        return word.text.find_first_of("-=") != 0 &&
               !is_one_of(name, {"npm", "yarn", "pnpm", "corepack", "install", "i", "add", "global", "bun"});
    });
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
            complete = complete || brings_tools(command);
            if (omits_dev(command))
                omits = &command;
            else if (is_one_of(command.name(), {"npm", "yarn", "pnpm"}) &&
                     is_one_of(subcommand(command), {"ci", "install", "i"}))
                omits = nullptr; // all of them, by now
            if (omits == nullptr || complete || !is_js_build(command)) continue;
            hit_at(subject, hits, command,
                   fmt::format("{} builds without development dependencies; the build tool is one of them; install all "
                               "dependencies in this stage",
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
                       "yarn install keeps its cache in the layer; nothing reads it again; add && yarn cache clean");
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
                    fmt::format("{} is '{}' in the image; debug code and packages ship with it; set it to 'production'",
                                pair.key, replace_all(pair.value, "\"", "")));
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
                       fmt::format("{} installs development dependencies; the image gets larger and has more holes; "
                                   "leave them out",
                                   command.name()));
        }
    }
}

}

std::span<const Rule> docker_language_rules() {
    static const Rule rows[] = {
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
         .title = "RUN uses npm install, not npm ci",
         .levels = always(Level::warning),
         .check = npm_install,
         .why = "`npm install` takes newer versions if package.json allows them, and rewrites the lock file. `npm ci` "
                "installs the versions that were tested.",
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
         .title = "The build runs without its tools",
         .levels = always(Level::error),
         .check = build_omits_dev,
         .why = "Bundlers and compilers are development dependencies. If they aren't installed, the build script "
                "doesn't find them.",
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
         .title = "The image contains development dependencies",
         .levels = deployed(Level::warning),
         .check = dev_dependencies,
         .why =
             "Test tools and debuggers are code that nobody watches in production, and that can have security holes.",
         .way_out = "RUN pip install --no-cache-dir -r requirements.txt",
         .refs = {"S1-98"}},
    };
    return rows;
}

}
