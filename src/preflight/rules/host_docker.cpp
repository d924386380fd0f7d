#include "base/printable.h"
#include "base/text.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/host_look.h"
#include "read/compose/compose.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

using read::VersionParts;

using read::ComposeValue;

struct Feature {
    std::string_view name;
    VersionParts compose, engine; // since; empty: any does
};

// Keys by their path, `*` for a name (docs.docker.com, compose-file reference, "Requires").
struct Key {
    std::string_view path;
    Feature feature;
};
const Key keys[] = {
    {"services.*.env_file.*.format", {"env_file's format", {2, 30}, {}}},
    {"services.*.env_file.*.required", {"env_file's required", {2, 24}, {}}},
    {"include", {"include", {2, 20}, {}}},
    {"configs.*.content", {"configs' content", {2, 23, 1}, {}}},
    {"services.*.develop", {"develop", {2, 22}, {}}},
    {"services.*.gpus", {"gpus", {2, 30}, {}}},
    {"services.*.post_start", {"post_start", {2, 30}, {}}},
    {"services.*.pre_stop", {"pre_stop", {2, 30}, {}}},
    {"services.*.label_file", {"label_file", {2, 32, 2}, {}}},
    {"services.*.provider", {"provider", {2, 36}, {}}},
    {"services.*.build.dockerfile_inline", {"dockerfile_inline", {2, 17}, {}}},
    {"services.*.build.additional_contexts", {"additional_contexts", {2, 17}, {}}},
    {"services.*.depends_on.*.required", {"depends_on's required", {2, 20}, {}}},
    {"services.*.healthcheck.start_interval", {"start_interval", {2, 20, 2}, {25}}},
    {"models", {"models", {2, 38}, {}}},
};

struct Use {
    Feature feature;
    std::string file;
    int line = 0;
};

bool is_at(const std::vector<std::string>& path, std::string_view pattern) {
    const auto words = split(pattern, '.');
    return words.size() == path.size() && std::equal(words.begin(), words.end(), path.begin(),
                                                     [](const auto& a, const auto& b) { return a == "*" || a == b; });
}

// Walks over a file as it is written; the reader limits its depth.
void find_uses(const ComposeValue& value, const std::string& file, std::vector<std::string>& path,
               std::vector<Use>& uses) {
    if (value.tag != ComposeValue::Tag::none)
        uses.push_back(
            {{value.tag == ComposeValue::Tag::reset ? "!reset" : "!override", {2, 24}, {}}, file, value.place.line});
    for (const Key& key : keys)
        if (is_at(path, key.path)) uses.push_back({key.feature, file, value.place.line});
    for (const auto& item : value.items) {
        path.push_back(item.key.empty() ? "*" : item.key);
        find_uses(item, file, path, uses);
        path.pop_back();
    }
}

std::vector<Use> uses_of(const Compose& compose, const Project& project) {
    std::vector<Use> uses;
    std::vector<std::string> path;
    const auto& read = *compose.read;
    for (std::size_t i = 0; i < read.raw.size() && i < read.files.size(); ++i)
        find_uses(read.raw[i], read.files[i], path, uses);
    for (const Dockerfile& file : project.dockerfiles) // BuildKit is the engine's own builder from there on
        if (std::find(compose.files.begin(), compose.files.end(), file.compose_file) != compose.files.end())
            for (const std::string_view word : {"RUN --mount", "RUN <<", "COPY <<", "COPY --link"})
                if (file.text.find(word) != file.text.npos) uses.push_back({{word, {}, {23}}, file.file, 0});
    return uses;
}

std::string shown_version(const VersionParts& version) {
    return read::text_of(version.size() == 1 ? VersionParts{version[0], 0} : version);
}

void docker_version(const Compose& compose, const Project& project, Hits& hits) {
    if (!project.machine || compose.files.empty()) return;
    struct Side {
        std::string_view name;
        VersionParts Feature::*since;
    };
    const auto uses = uses_of(compose, project);
    for (const auto& [name, since] :
         {Side{"docker compose", &Feature::compose}, Side{"docker engine", &Feature::engine}}) {
        const auto found = project.machine->versions.find(name);
        if (found == project.machine->versions.end()) continue;
        if (!found->second.ok()) {
            hits.add(compose.files.back(), 0, 0,
                     fmt::format("the version of {} here is not known; {}; start where the project will run", name,
                                 one_line(found->second.error().message.substr(0, 80))))
                .level = Level::error;
            continue;
        }
        const auto here = read::version_in(found->second.value()).value_or(VersionParts());
        for (const Use& use : uses)
            if (here < use.feature.*since)
                hits.add(use.file, use.line, 0,
                         fmt::format(
                             "{} needs {} {}; {} is installed here, and refuses it or reads it differently; update it",
                             use.feature.name, name, shown_version(use.feature.*since), found->second.value()));
    }
}

}

std::span<const Rule> host_docker_rules() {
    static const Rule rows[] = {
        {.id = "host-docker-version",
         .title = "Docker on this host is older than the project needs",
         .levels = always(Level::warning),
         .check = docker_version,
         .why = "If an older Compose doesn't know a key, it refuses the key, and the deployment stops. Or it gives the "
                "key another meaning. The rule is checked only with `--group host` or `--only`. The rule asks the "
                "engine and `docker compose` for their versions. If `docker compose` is missing, the rule asks "
                "`docker-compose`.",
         .way_out = "install Docker's own packages; docker compose version shows the version here",
         .refs = {"S2-86"}},
    };
    return rows;
}

}
