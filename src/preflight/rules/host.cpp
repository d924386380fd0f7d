#include "base/path.h"
#include "base/printable.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/host_look.h"
#include "preflight/rules/site_look.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

// What a machine doesn't say is no yes.
void cannot_tell(Hits& hits, const std::string& file, std::string message) {
    hits.add(file, 0, 0, std::move(message)).level = Level::error;
}

// Why something isn't known, as part of a message.
std::string shown_reason(const Error& error) { return one_line(error.message.substr(0, 60)); }

// ---- interpreters

void runtime_version(const Project& project, Hits& hits) {
    if (!project.machine) return;
    for (const auto& [file, declared] : declared_runtimes(project)) {
        const auto found = project.machine->versions.find(declared.program);
        if (found == project.machine->versions.end() || declared.range == "*") continue;
        const auto name = file_name(file);
        const auto range = shown_word(declared.range);
        if (!found->second.ok()) {
            auto& hit = hits.add(file, declared.line, 0,
                                 fmt::format("{} asks for {} {}; {}; install it", name, declared.program, range,
                                             shown_reason(found->second.error())));
            if (runs_in_containers(project)) hit.level = Level::info; // an image may bring it
            continue;
        }
        const auto version = read::version_in(found->second.value());
        const auto inside = version ? read::is_in(*version, declared.range, declared.kind) : std::nullopt;
        if (!inside)
            hits.add(file, declared.line, 0,
                     fmt::format(
                         "{} asks for {} {}; that can't be compared with {}, which is installed here; write a number",
                         name, declared.program, range, found->second.value()));
        else if (!*inside)
            hits.add(file, declared.line, 0,
                     fmt::format("{} {} is installed here; {} asks for {}; install that version, or change the version "
                                 "that is asked for",
                                 declared.program, found->second.value(), name, range));
    }
}

// ---- packages

struct Drift {
    std::size_t other = 0, missing = 0;
    std::string example;
};

Drift drift_of(const read::LockedPackages& locked, const std::map<std::string, std::string>& installed) {
    Drift drift;
    for (const auto& [name, wanted] : locked) {
        const auto here = installed.find(name);
        const bool is_missing = here == installed.end();
        if (is_missing ? !wanted.is_needed : here->second == wanted.version) continue;
        ++(is_missing ? drift.missing : drift.other);
        const auto last =
            name.find("node_modules/") == name.npos ? name : name.substr(name.rfind("node_modules/") + 13);
        if (drift.example.empty() || (!is_missing && drift.other == 1))
            drift.example = fmt::format("{} {}", shown_word(last), is_missing ? "missing" : shown_word(here->second));
    }
    return drift;
}

void tell(Hits& hits, const std::string& lock, std::string_view place, const Drift& drift, std::string_view way_out) {
    const auto count = drift.other + drift.missing;
    if (count == 0) return;
    hits.add(lock, 0, 0,
             fmt::format(
                 "{} {} of {} {} not the version of the lock file ({}), so other versions run than were tested; {}",
                 count, count == 1 ? "package" : "packages", place, count == 1 ? "is" : "are", drift.example, way_out));
}

// npm writes down what it installed, in the form of a lock file.
void npm_drift(const Project& project, const std::string& lock, Hits& hits) {
    const auto locked = read::read_npm_packages(project.read(lock).value_or(""));
    if (!locked)
        return cannot_tell(hits, lock,
                           "package-lock.json has no packages (of npm 6?); nothing can be compared; run npm install");
    const auto folder = folder_of(lock);
    const auto record = project.read((folder.empty() ? "" : folder + "/") + "node_modules/.package-lock.json");
    const auto installed = record ? read::read_npm_packages(*record) : std::nullopt;
    if (!installed) {
        auto& hit = hits.add(
            lock, 0, 0, "npm has installed nothing next to package-lock.json; nothing can be compared; run npm ci");
        hit.level = runs_in_containers(project) ? Level::info : Level::error;
        return;
    }
    std::map<std::string, std::string> versions;
    for (const auto& [path, one] : *installed) versions[path] = one.version;
    tell(hits, lock, "node_modules", drift_of(*locked, versions), "run npm ci");
}

void python_drift(const Project& project, const std::string& lock, Hits& hits) {
    const auto locked = read::read_python_packages(file_name(lock), project.read(lock).value_or(""));
    if (!locked)
        return cannot_tell(
            hits, lock,
            fmt::format("{} can't be read; nothing can be compared; create the lock file again", file_name(lock)));
    if (locked->empty()) return;
    const Machine& machine = *project.machine;
    const auto& packages = machine.packages;
    if (!packages.ok()) {
        auto& hit =
            hits.add(lock, 0, 0,
                     fmt::format("Python's packages can't be listed; {}; start in the project's virtual environment",
                                 shown_reason(packages.error())));
        hit.level = runs_in_containers(project) ? Level::info : Level::error;
        return;
    }
    const bool has_any =
        std::any_of(locked->begin(), locked->end(), [&](const auto& one) { return packages->contains(one.first); });
    if (!has_any) {
        auto& hit = hits.add(
            lock, 0, 0,
            fmt::format("{} has no package of {}; nothing can be compared; start where these packages are installed",
                        machine.packages_in, file_name(lock)));
        hit.level = runs_in_containers(project) ? Level::info : Level::error;
        return;
    }
    tell(hits, lock, machine.packages_in, drift_of(*locked, packages.value()), "install from the lock file");
}

struct LockFile {
    std::string_view name;
    void (*compare)(const Project& project, const std::string& lock, Hits& hits);
    std::string_view instead = {}; // what compares it where we can't
};

constexpr LockFile lock_files[] = {
    {"package-lock.json", npm_drift},
    {"requirements.txt", python_drift},
    {"poetry.lock", python_drift},
    {"uv.lock", python_drift},
    {"Pipfile.lock", python_drift},
    {"yarn.lock", nullptr, "yarn install --immutable"},
    {"pnpm-lock.yaml", nullptr, "pnpm install --frozen-lockfile"},
    {"Gemfile.lock", nullptr, "bundle check"},
    {"composer.lock", nullptr, "composer install --dry-run"},
};

void deps_drift(const Project& project, Hits& hits) {
    if (!project.machine) return;
    for (const auto& path : project.paths)
        for (const LockFile& lock : lock_files) {
            if (file_name(path) != lock.name || profile_of(path) == Profile::development) continue;
            if (lock.compare != nullptr)
                lock.compare(project, path, hits);
            else
                hits.add(path, 0, 0,
                         fmt::format("the installed packages are not compared with {}; that isn't supported; run {}",
                                     lock.name, lock.instead))
                    .level = Level::info;
        }
}

// ---- resources

struct Sum {
    double memory = 0, processors = 0; // bytes; of all that run at once
    std::size_t services = 0;
};

Sum sum_of(const read::ComposeProject& project) {
    Sum sum;
    for (const auto& service : project.services) {
        if (!service.active) continue;
        const auto text = [&](std::string_view key, std::string_view old) {
            const auto limit = service.text(std::string("deploy.resources.limits.") + std::string(key));
            return limit.empty() ? service.text(old) : limit;
        };
        const auto replicas =
            service.text("deploy.replicas").empty() ? service.text("scale") : service.text("deploy.replicas");
        const auto count = static_cast<double>(parse_integer(replicas).value_or(1));
        sum.memory += count * static_cast<double>(read::compose_size(text("memory", "mem_limit")).value_or(0));
        sum.processors += count * parse_number(text("cpus", "cpus")).value_or(0);
        ++sum.services;
    }
    return sum;
}

void host_resources(const Compose& compose, const Project& project, Hits& hits) {
    if (!project.machine || compose.files.empty()) return;
    const Machine& machine = *project.machine;
    const Sum sum = sum_of(*compose.read);
    const auto& file = compose.files.back();
    constexpr double gib = 1 << 30;
    if ((sum.memory > 0 && machine.memory == 0) || (sum.processors > 0 && machine.processors <= 0))
        return cannot_tell(
            hits, file,
            "this host's memory or CPUs are not known; the limits can't be compared; start where /proc is mounted");
    if (const auto memory = static_cast<double>(machine.memory); sum.memory > memory)
        hits.add(file, 0, 0,
                 fmt::format("the memory limits add up to {:.1f} GiB; this host has {:.1f} GiB and kills processes "
                             "beyond that; lower the limits, or use a larger host",
                             sum.memory / gib, memory / gib));
    if (sum.processors > machine.processors)
        hits.add(file, 0, 0,
                 fmt::format("the CPU limits add up to {:.1f}; this host has {:.1f}; under load all services wait; "
                             "lower the limits, or use a larger host",
                             sum.processors, machine.processors));
}

// ---- time

void time(const Project& project, Hits& hits) {
    if (!project.machine) return;
    const auto& known = project.machine->is_synchronised;
    if (!known.ok())
        cannot_tell(
            hits, "",
            fmt::format("it is not known whether the clock is right; the kernel says: {}; run timedatectl on the host",
                        shown_reason(known.error())));
    else if (!known.value())
        hits.add("", 0, 0,
                 "this host's clock is not synchronised; certificates and tokens depend on it; run timedatectl set-ntp "
                 "true");
}

}

std::span<const Rule> host_rules() {
    static const Rule rows[] = {
        {.id = "host-runtime-version",
         .title = "This host's interpreter is not the version that the project asks for",
         .levels = always(Level::error),
         .check = runtime_version,
         .why = "The host runs another version than you tested, or can't run the program at all. The rule is checked "
                "only with `--group host` or `--only`. It reads pyproject.toml, package.json, .nvmrc, .python-version, "
                ".ruby-version, go.mod, pom.xml and similar files.",
         .way_out = "install the version that package.json's engines.node names",
         .refs = {"S1-18", "S1-32"}},
        {.id = "host-deps-drift",
         .title = "The installed packages differ from the lock file",
         .levels = always(Level::warning),
         .check = deps_drift,
         .why = "Somebody installed packages by hand, or an installation was interrupted. The rule is checked only "
                "with `--group host` or `--only`, for Python's and npm's packages on this machine.",
         .way_out = "npm ci; pip install --requirement requirements.txt; poetry sync; uv sync",
         .refs = {"S3-14"}},
        {.id = "host-resources",
         .title = "The limits of all services add up to more than this host has",
         .levels = always(Level::warning),
         .check = host_resources,
         .why = "If all services use their whole memory limits, the kernel kills one of them. The rule is checked only "
                "with `--group host` or `--only`.",
         .way_out = "lower deploy.resources.limits, or use a larger host",
         .refs = {"S4-11"}},
        {.id = "host-time",
         .title = "This host's clock is not synchronised",
         .levels = always(Level::warning),
         .check = time,
         .why = "If the clock drifts, certificates, tokens and one-time passwords fail, and you can't compare the logs "
                "of two hosts. The rule is checked only with `--group host` or `--only`.",
         .way_out = "timedatectl set-ntp true",
         .refs = {"S1-147"}},
    };
    return rows;
}

}
