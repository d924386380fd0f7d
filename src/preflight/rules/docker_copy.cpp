#include "base/text.h"
#include "preflight/parts/docker_files.h"
#include "preflight/rules/docker_copy_missing.h"
#include "preflight/rules/groups.h"
#include "read/ignore.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

// COPY and ADD.
namespace fairlead::preflight {

namespace {

using namespace docker;

std::string written(const Instruction& copy) {
    return brief(fmt::format("{} {}", upper(copy.word), copy.arguments), 36);
}

void copy_env(const Dockerfile& subject, const Project& project, Hits& hits) {
    const auto secrets = secret_files(subject, project);
    for (const Placed& placed : built(subject)) {
        const Instruction& copy = *placed.instruction;
        if (!from_context(copy)) continue;
        for (const read::Word* source : sources(copy)) {
            if (is_url(source->text)) continue;
            const auto taken = std::find_if(secrets.begin(), secrets.end(),
                                            [&](const std::string& path) { return covers(source->text, path); });
            const bool here = project.has(in_project(subject, context_path(source->text)));
            if (taken == secrets.end() && (here || !looks_secret(source->text))) continue;
            const std::string path = taken == secrets.end() ? context_path(source->text) : *taken;
            const bool env = path.find(".env") != path.npos;
            const bool is_unseen = taken == secrets.end() && path.ends_with(".npmrc"); // mostly without a token
            const bool sure =
                !is_unseen && (taken == secrets.end() || holds_secret(project, in_project(subject, path)));
            const bool ships = ends_in_image(subject, placed.stage);
            const bool by_name = context_path(source->text) == path; // left out, the COPY would fail
            Hit& found = hit(
                subject, hits, copy,
                fmt::format("{} would take {}; {} would hold {}; {}", written(copy), brief(path),
                            ships ? "the image" : "the build's cache", sure ? "secrets" : "the settings of one machine",
                            by_name ? "remove it, and mount the file where it is needed"
                                    : fmt::format("add {} to .dockerignore", env ? "**/.env*" : brief(path))));
            if (!sure || !ships) found.level = Level::warning;
            found.cause = "sent\n" + in_project(subject, path);
            break;
        }
    }
}

void copy_ignored(const Dockerfile& subject, const Project& project, Hits& hits) {
    if (!subject.ignore) return;
    for (const Placed& placed : built(subject)) {
        if (!from_context(*placed.instruction)) continue;
        for (const read::Word* source : sources(*placed.instruction)) {
            const std::string path = context_path(source->text);
            if (is_url(source->text) || is_pattern(source->text) || path.empty() || subject.ignore->sent(path))
                continue;
            const auto& patterns = subject.ignore->patterns;
            const bool inside = std::any_of(patterns.begin(), patterns.end(), [&](const read::IgnorePattern& one) {
                return one.keeps && (one.text.starts_with(path + "/") || one.text.starts_with("**"));
            });
            if (!inside || project.has(in_project(subject, path))) // of a file nothing can be inside
                hit_at(subject, hits, source->at.begin,
                       fmt::format("{} is excluded by {}; COPY won't find it; add !{} there", brief(path),
                                   brief(subject.ignore_file), brief(path)));
        }
    }
}

void build_output(const Dockerfile& subject, const Project& project, Hits& hits) {
    struct Tool {
        std::string_view package, folder, setting;
    };
    constexpr Tool tools[] = {
        {"\"vite\"", "dist", "outDir"}, {"\"react-scripts\"", "build", "BUILD_PATH"}, {"\"next\"", ".next", "distDir"}};
    const auto package = project.read ? project.read(in_project(subject, "package.json")) : std::nullopt;
    if (!package) return;
    const Tool* tool = nullptr;
    for (const Tool& one : tools) {
        if (package->find(one.package) == std::string::npos) continue;
        if (tool != nullptr) return; // two: which one builds?
        tool = &one;
    }
    constexpr std::string_view adapters[] = {
        "@sveltejs/kit", "\"astro\"",      "\"nuxt\"",  "@remix-run/",
        "vite-node",     "@react-router/", "@tanstack/"}; // around vite, with folders of their own
    if (std::any_of(std::begin(adapters), std::end(adapters),
                    [&](std::string_view one) { return package->find(one) != std::string::npos; }))
        return;
    if (tool == nullptr || package->find(tool->setting) != std::string::npos ||
        subject.text.find(tool->setting) != std::string::npos)
        return;
    for (const std::string_view name : {"vite.config.ts", "vite.config.js", "vite.config.mts", "vite.config.mjs",
                                        "next.config.js", "next.config.mjs", ".env"})
        if (const auto config = project.read(in_project(subject, name));
            config && config->find(tool->setting) != std::string::npos)
            return;
    for (const Placed& placed : shipped(subject)) {
        const Instruction& copy = *placed.instruction;
        const read::Flag* from = copy.verb == Verb::copy ? copy.flag("from") : nullptr;
        if (from == nullptr || copy.words.size() < 2 || !subject.read->stage(from->value, placed.stage)) continue;
        const std::string path = context_path(copy.words.front().text);
        const std::string name = path.substr(path.rfind('/') + 1);
        const bool next_export = tool->folder == ".next" && is_one_of(name, {"out", "standalone", "static"});
        if (!is_one_of(name, {"dist", "build", ".next", "out"}) || name == tool->folder || next_export) continue;
        hit(subject, hits, copy,
            fmt::format("COPY takes {}, but {} writes {}; the folder isn't there; copy {}",
                        brief(copy.words.front().text), replace_all(tool->package, "\"", ""), tool->folder,
                        tool->folder));
    }
}

bool installs_dependencies(const Command& command) {
    const std::string_view name = command.name(), sub = subcommand(command);
    if (name.starts_with("pip") && sub == "install")
        return option_value(command, "-r") != "" || option_value(command, "--requirement") != "";
    return (name == "npm" && is_one_of(sub, {"ci", "install"})) ||
           (is_one_of(name, {"yarn", "pnpm"}) && is_one_of(sub, {"", "install"})) ||
           (is_one_of(name, {"bundle", "composer", "poetry"}) && sub == "install") || (name == "uv" && sub == "sync") ||
           (name == "go" && sub == "mod" && command.words.back().text == "download");
}

void copy_before_install(const Dockerfile& subject, const Project&, Hits& hits) {
    const Instruction* copy = nullptr;
    std::size_t stage = 0;
    for (const Placed& placed : built(subject)) {
        const Instruction& one = *placed.instruction;
        if (placed.stage != std::exchange(stage, placed.stage)) copy = nullptr;
        if (from_context(one) && one.verb == Verb::copy && context_path(one.words.front().text).empty()) copy = &one;
        if (one.verb != Verb::run || copy == nullptr) continue;
        const auto install = std::find_if(one.shell.commands.begin(), one.shell.commands.end(), installs_dependencies);
        if (install == one.shell.commands.end()) continue;
        hit(subject, hits, *copy,
            fmt::format(
                "{} is before {} {}; each change installs everything again; copy the lock file and install first",
                written(*copy), install->name(), brief(subcommand(*install), 16)));
        copy = nullptr;
    }
}

void copy_multi_slash(const Dockerfile& subject, const Project&, Hits& hits) {
    std::map<std::size_t, std::string> folders; // of each stage's WORKDIR: they are there
    for (const Placed& placed : built(subject)) {
        const Instruction& copy = *placed.instruction;
        if (copy.verb == Verb::workdir && !copy.words.empty())
            folders[placed.stage] = context_path(copy.words.front().text);
        if (!copies(copy) || copy.words.size() < 3) continue;
        const read::Word& to = copy.words.back();
        if (to.text.ends_with('/') || to.text.ends_with('\\') || to.text == "." || to.text == ".." ||
            to.text.find('$') != to.text.npos || folders[placed.stage] == context_path(to.text))
            continue;
        Hit& found = hit(subject, hits, copy,
                         fmt::format("{} has {} sources and {} doesn't end in /; builders refuse it, or one source "
                                     "overwrites another; write {}/",
                                     upper(copy.word), copy.words.size() - 1, brief(to.text), brief(to.text)));
        if (!to.text.ends_with('"') && !to.text.ends_with('\''))
            insert(subject, found, to.at.end - (copy.exec ? 1 : 0), "/");
    }
}

const read::Flag* named_source(const Instruction& copy) {
    const read::Flag* from = copy.verb == Verb::copy ? copy.flag("from") : nullptr;
    return from == nullptr || from->value.empty() || from->value.find('$') != std::string::npos ? nullptr : from;
}

bool is_image(std::string_view name) {
    if (name.empty() || name != lower(name) || name.find_first_of(" \t\\") != name.npos) return false;
    return name.find_first_of("/:@.") != name.npos ||
           is_one_of(name, {"alpine", "busybox", "caddy", "composer", "debian", "docker", "golang", "nginx", "node",
                            "php", "python", "redis", "ruby", "rust", "ubuntu", "httpd", "postgres", "traefik"});
}

// What people call stages, and no official image is called.
bool is_name_of_stage(std::string_view name) {
    return is_one_of(lower(name), {"build",   "builder",  "build-stage", "base",       "deps",      "dependencies",
                                   "install", "runner",   "runtime",     "production", "prod",      "development",
                                   "dev",     "test",     "frontend",    "backend",    "release",   "publish",
                                   "compile", "compiler", "prepare",     "assets",     "prod-deps", "client"});
}

void copy_from_unknown(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : built(subject)) {
        const read::Flag* from = named_source(*placed.instruction);
        if (from == nullptr || subject.read->stage(from->value, placed.stage)) continue;
        if (subject.read->stage(from->value, placed.stage + 1)) continue; // its own: docker-copy-from-self
        const bool later = subject.read->stage(from->value, subject.read->stages.size()).has_value();
        const bool number = parse_integer(from->value).ok();
        if (!later && !number && is_image(from->value)) continue;
        Hit& found = hit(subject, hits, *placed.instruction,
                         fmt::format("--from={} is {}; Docker looks for an image of that name; name an earlier stage",
                                     brief(from->value), later ? "a later stage" : "not a stage before this stage"));
        if (is_name_of_stage(from->value)) found.level = Level::error; // no registry has it: the build fails
    }
}

void copy_from_self(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : built(subject)) {
        const read::Flag* from = named_source(*placed.instruction);
        const auto found = from == nullptr ? std::nullopt : subject.read->stage(from->value, placed.stage + 1);
        if (found && *found == placed.stage)
            hit(subject, hits, *placed.instruction,
                fmt::format("--from={} is its own stage; the build fails; use RUN cp, or name another stage",
                            brief(from->value)));
    }
}

void copy_root(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : shipped(subject)) {
        const Instruction& copy = *placed.instruction;
        // onto an empty image it is the way to one layer
        if (copy.verb == Verb::copy && copy.flag("from") != nullptr && copy.words.size() == 2 &&
            copy.words[0].text == "/" && copy.words[1].text == "/" &&
            subject.read->stages[placed.stage].base != "scratch")
            hit(subject, hits, copy,
                "COPY / / copies the whole other stage; its tools and secrets come along; name the folder that is "
                "needed, such as /app/dist");
    }
}

bool is_absolute(std::string_view path) {
    while (!path.empty() && (path.front() == '"' || path.front() == '\'')) path.remove_prefix(1);
    const bool drive = path.size() > 1 && path[1] == ':';
    return path.starts_with('/') || path.starts_with('\\') || path.starts_with('$') || drive;
}

void copy_relative(const Dockerfile& subject, const Project&, Hits& hits) {
    std::vector<char> has_folder(subject.read->stages.size(), 0);
    for (const Placed& placed : built(subject)) {
        const Instruction& one = *placed.instruction;
        const int parent = subject.read->stages[placed.stage].parent;
        if (parent >= 0 && has_folder[static_cast<std::size_t>(parent)] != 0) has_folder[placed.stage] = 1;
        if (one.verb == Verb::workdir) has_folder[placed.stage] = 1;
        const bool copies =
            (one.verb == Verb::copy || one.verb == Verb::add) && one.words.size() > 1 && !placed.trigger;
        if (copies && has_folder[placed.stage] == 0 && !is_absolute(one.words.back().text))
            hit(subject, hits, one,
                fmt::format(
                    "{} goes to {} without a WORKDIR; the base image decides where that is; add WORKDIR /app before it",
                    upper(one.word), brief(one.words.back().text)));
    }
}

}

std::span<const Rule> docker_copy_rules() {
    static const Rule rows[] = {
        {.id = "docker-copy-env",
         .title = "COPY takes secrets into the image",
         .levels = always(Level::error),
         .check = copy_env,
         .why = "Everybody who can pull the image can read these secrets, even if a later layer removes them.",
         .way_out = "# .dockerignore\n**/.env*\n!**/.env.example",
         .refs = {"S1-109"}},
        {.id = "docker-copy-ignored",
         .title = "COPY names a file that .dockerignore leaves out",
         .levels = always(Level::warning),
         .check = copy_ignored,
         .why = "The build context doesn't contain the file, so the build fails.",
         .way_out = "!config/app.toml in .dockerignore",
         .refs = {"CopyIgnoredFile"}},
        {.id = "docker-copy-missing",
         .title = "COPY names a file that isn't there",
         .levels = always(Level::error),
         .check = copy_missing,
         .why = "The build fails in this line. The rule doesn't report files that git ignores, or that a build writes.",
         .way_out = "COPY requirements.txt .",
         .refs = {"S2-127"}},
        {.id = "docker-build-output",
         .title = "COPY takes a folder that the build tool doesn't write",
         .levels = always(Level::warning),
         .check = build_output,
         .why = "Vite writes `dist`, Create React App writes `build`, and Next.js writes `.next`. If COPY names "
                "another folder, the build fails in this line.",
         .way_out = "COPY --from=build /app/dist /usr/share/nginx/html",
         .refs = {"S2-128"}},
        {.id = "docker-copy-before-install",
         .title = "Everything is copied before dependencies are installed",
         .levels = always(Level::warning),
         .check = copy_before_install,
         .why = "After a change to any file, Docker installs everything again instead of using the cached layer.",
         .way_out = "COPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .",
         .refs = {"S1-102"}},
        {.id = "docker-copy-multi-slash",
         .title = "COPY has several sources, but its destination doesn't end in /",
         .levels = always(Level::error),
         .check = copy_multi_slash,
         .why = "With more than one source, the destination must be a folder and end in /.",
         .way_out = "COPY a.txt b.txt /app/",
         .peers = {"DL3021"},
         .fix = Fix::safe},
        {.id = "docker-copy-from-unknown",
         .title = "COPY --from doesn't name an earlier stage",
         .levels = always(Level::warning),
         .check = copy_from_unknown,
         .why = "Docker then looks for an image with that name in the registry. It takes somebody else's image, or the "
                "build fails.",
         .way_out = "COPY --from=build /app/dist /usr/share/nginx/html",
         .peers = {"DL3022"}},
        {.id = "docker-copy-from-self",
         .title = "COPY --from names its own stage",
         .levels = always(Level::error),
         .check = copy_from_self,
         .why = "When COPY runs, its own stage isn't built yet, so COPY can't take a file from this stage.",
         .way_out = "RUN cp -r /a /b",
         .peers = {"DL3023"}},
        {.id = "docker-copy-root",
         .title = "COPY takes a whole stage",
         .levels = always(Level::warning),
         .check = copy_root,
         .why = "Stages should keep compilers, caches and build files out of the image. A copy of the whole stage "
                "brings all of them in.",
         .way_out = "COPY --from=build /app/dist /app",
         .peers = {"DL3067"}},
        {.id = "docker-copy-relative",
         .title = "COPY goes to a relative path without a WORKDIR",
         .levels = always(Level::warning),
         .check = copy_relative,
         .why = "The base image decides which folder this is, and another base image may change the folder.",
         .way_out = "WORKDIR /app\nCOPY . .",
         .peers = {"DL3045"}}};
    return rows;
}

}
