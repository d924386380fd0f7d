#include "preflight/values.h"
#include "base/path.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/compose_parts.h"
#include "project/emulators.h"
#include "read/compose/compose.h"
#include "read/dockerfile/dockerfile_scope.h"
#include "read/env/env.h"
#include "read/kube.h"
#include "read/unit.h"
#include <algorithm>
#include <set>

namespace fairlead::preflight {

namespace {

using From = EnvValues::From;

void add_value(EnvValues& values, EnvValue one) {
    const auto [at, is_new] = values.by_name.try_emplace(one.name, values.all.size());
    if (is_new)
        values.all.push_back(std::move(one));
    else
        values.all[at->second] = std::move(one);
}

// ---- compose

// Of a text that is one ${NAME}, with or without a default, the name.
std::string_view handed_on(std::string_view text) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    if (!text.starts_with('$')) return {};
    const std::size_t begin = text.starts_with("${") ? 2 : 1;
    const auto end = std::min(text.find_first_not_of(letters, begin), text.size());
    int open = 0;
    for (std::size_t at = 1; begin == 2 && at < text.size(); ++at) {
        open += text[at] == '{' ? 1 : text[at] == '}' ? -1 : 0;
        if (open == 0) return at + 1 == text.size() ? text.substr(begin, end - begin) : std::string_view();
    }
    return end == text.size() ? text.substr(begin) : std::string_view();
}

// Bytes of a file by line and column, each file read once.
class Places {
  public:
    explicit Places(const Project& project) : project_(project) {}

    // Where `value.raw` stands at its place, behind a quote or `NAME=`; nowhere when it is written another way.
    void find(EnvValue& value) {
        const File& here = file(value.file);
        const std::string& text = here.text; // clang takes no structured binding into a lambda
        if (!here.lines || value.line < 1) return;
        std::size_t at = here.lines->start(value.line);
        for (int column = 1; column < value.column && at < text.size(); ++column) do
                ++at;
            while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
        const auto rest = [&] { return std::string_view(text).substr(std::min(at, text.size())); };
        if (rest().starts_with('"') || rest().starts_with('\'')) ++at;
        if (rest().starts_with(value.name + "=")) at += value.name.size() + 1;
        if (value.raw.empty() || !rest().starts_with(value.raw)) return;
        value.begin = at;
        value.end = at + value.raw.size();
    }

  private:
    struct File {
        std::string text;
        std::optional<read::Lines> lines;
    };
    const File& file(const std::string& path) {
        const auto [at, is_new] = files_.try_emplace(path);
        if (auto text = is_new ? project_.read(path) : std::nullopt) {
            at->second.text = std::move(*text);
            at->second.lines.emplace(at->second.text);
        }
        return at->second;
    }

    const Project& project_;
    std::map<std::string, File> files_;
};

using ByFile = std::map<std::string, std::shared_ptr<const EnvValues>>;

EnvValues values_of(const Compose& compose, const read::ComposeService& service, const ByFile& env_files,
                    Places& places) {
    EnvValues values;
    values.from = From::service;
    values.file = compose.files.front();
    values.environment = environment_in(compose.files.back());
    // nobody starts one that no profile selects
    values.profile = service.active ? compose.profile : Profile::development;
    const auto network = service.text("network_mode");
    values.own_localhost = network != "host" && !network.starts_with("service:") && !network.starts_with("container:");
    for (const auto& variable : service.environment) {
        const auto* const node = variable.node;
        if (!variable.value || node == nullptr || node->unset) continue;
        if (node->interpolated && variable.value->empty()) continue; // ${NAME:-}: whoever starts it may say one
        const auto source = node->borrowed ? handed_on(trim(node->as_written())) : std::string_view();
        if (source == variable.name) continue; // judged where it is set
        const auto& place = node->place.line > 0 ? node->place : variable.place;
        EnvValue one{variable.name,
                     std::string(trim(std::string_view(*variable.value))),
                     node->interpolated ? "" : *variable.value,
                     compose.read->file(place),
                     place.line,
                     place.column};
        one.borrowed = node->borrowed && (source.empty() || sounds_secret(source));
        places.find(one);
        add_value(values, std::move(one));
    }
    for (auto file = service.env_files.rbegin(); file != service.env_files.rend(); ++file) // the last one wins
        if (const auto found = env_files.find(file->path); found != env_files.end())
            values.beside.push_back(found->second);
    return values;
}

// ---- images

const read::ComposeService* builder_of(const Dockerfile& file, const Project& project) {
    for (const Compose& compose : project.composes)
        if (!file.service.empty() && compose.files.front() == file.compose_file)
            if (const auto* service = compose.read->service(file.service)) return service;
    return nullptr;
}

// ENV is what holds unless somebody says otherwise: those who start it are known by compose and by the env files.
std::set<std::string> said_otherwise(const read::ComposeService* builder, const Project& project) {
    std::set<std::string> names;
    if (builder != nullptr)
        for (const auto& variable : builder->environment) names.insert(variable.name);
    for (const EnvValues& values : project.values)
        if (values.from == From::env_file && values.profile != Profile::development)
            for (const auto& one : values.all) names.insert(one.name);
    return names;
}

EnvValues values_of(const Dockerfile& file, const Project& project) {
    EnvValues values;
    values.from = From::image;
    values.file = file.file;
    values.profile = file.profile;
    values.own_localhost = true;
    const auto* const builder = builder_of(file, project);
    const bool has_arguments = builder != nullptr && builder->at("build.args") != nullptr;
    const auto otherwise = said_otherwise(builder, project);
    const read::Lines lines(file.text);
    for (const auto stage : file.read->chain(file.target)) {
        read::Scope scope(*file.read, stage);
        for (auto at = file.read->stages[stage].first; at < file.read->stages[stage].end; ++at) {
            const auto& instruction = file.read->instructions[at];
            for (const auto& pair : instruction.pairs) {
                if (instruction.verb != read::Verb::env || otherwise.contains(pair.key)) continue;
                const auto expansion = scope.expand(pair.value);
                const bool computed = pair.value.find('$') != pair.value.npos;
                if (!expansion.readable || !expansion.unknown.empty() || (computed && has_arguments)) continue;
                const auto place = lines.at(pair.at.begin);
                EnvValue one{pair.key,   std::string(trim(std::string_view(expansion.text))),
                             pair.value, file.file,
                             place.line, place.column};
                if (!instruction.legacy && !computed && pair.at.end >= pair.value.size()) {
                    one.begin = pair.at.end - pair.value.size();
                    one.end = pair.at.end;
                }
                if (file.text.compare(one.begin, one.end - one.begin, one.raw) != 0) one.begin = one.end = 0;
                add_value(values, std::move(one));
            }
            scope.take(instruction);
        }
    }
    return values;
}

// ---- Kubernetes

bool is_name(std::string_view text) {
    return !text.empty() &&
           text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == text.npos;
}

EnvValue value_at(const Kube& kube, std::string name, const sys::YamlNode& node) {
    EnvValue one{std::move(name), std::string(trim(std::string_view(node.scalar))), node.scalar, kube.file, node.line,
                 node.column};
    one.borrowed = node.scalar.find("$(") != node.scalar.npos; // $(OTHER) of the container
    return one;
}

void add_pod(Project& project, const Kube& kube, const sys::YamlNode& pod, Places& places) {
    const auto* const spec = pod.find("spec");
    const auto* const main = spec == nullptr ? nullptr : spec->find("containers");
    for (const std::string_view list : {"initContainers", "containers"}) {
        const auto* const containers = spec == nullptr ? nullptr : spec->find(list);
        if (containers == nullptr) continue;
        for (const auto& container : containers->items) {
            EnvValues values;
            values.from = From::pod;
            values.file = kube.file;
            values.profile = kube.profile;
            // those of one pod share their localhost
            values.own_localhost = main != nullptr && main->items.size() == 1 && !read::kube_true(*spec, "hostNetwork");
            const auto* const variables = container.find("env");
            if (variables == nullptr) continue;
            for (const auto& variable : variables->items) {
                const auto* const value = variable.find("value");
                if (value == nullptr || value->kind != sys::YamlNode::Kind::scalar) continue;
                auto one = value_at(kube, read::kube_text(variable, "name"), *value);
                places.find(one);
                add_value(values, std::move(one));
            }
            project.values.push_back(std::move(values));
        }
    }
}

// Of a ConfigMap the texts that are variables by their names, of a Secret those that aren't coded.
void add_map(Project& project, const Kube& kube, const sys::YamlNode& data, Places& places) {
    EnvValues values;
    values.from = From::config;
    values.file = kube.file;
    values.profile = kube.profile;
    for (const auto& [key, value] : data.entries) {
        if (!is_name(key.scalar) || value.kind != sys::YamlNode::Kind::scalar) continue;
        auto one = value_at(kube, key.scalar, value);
        places.find(one);
        add_value(values, std::move(one));
    }
    project.values.push_back(std::move(values));
}

void add_kube(Project& project, const Kube& kube, Places& places) {
    for (const auto& object : kube.read->objects) {
        if (const auto* pod = read::kube_pod(object)) add_pod(project, kube, *pod, places);
        const auto* const data = object.kind == "ConfigMap" ? object.root.find("data")
                                 : object.kind == "Secret"  ? object.root.find("stringData")
                                                            : nullptr;
        if (data != nullptr) add_map(project, kube, *data, places);
    }
}

// ---- units of systemd

void add_unit(Project& project, const Unit& unit) {
    EnvValues values;
    values.from = From::service;
    values.file = unit.file;
    values.environment = environment_in(unit.file);
    values.profile = unit.profile;
    for (const auto& [name, value, line] : unit.read->variables)
        add_value(values, {name, std::string(trim(std::string_view(value))), value, unit.file, line, 1});
    project.values.push_back(std::move(values));
}

// ---- env files

// A service that is deployed reads it, in a network of its own.
bool is_of_container(const std::string& path, const Project& project) {
    const auto reads = [&](const read::ComposeService& service) {
        if (compose::database_in_image(service) != nullptr) return false; // it asks no other for its database
        return service.text("network_mode") != "host" && std::any_of(service.env_files.begin(), service.env_files.end(),
                                                                     [&](const auto& one) { return one.path == path; });
    };
    return std::any_of(project.composes.begin(), project.composes.end(), [&](const Compose& compose) {
        return compose.profile != Profile::development &&
               std::any_of(compose.read->services.begin(), compose.read->services.end(), reads);
    });
}

// Symfony's committed .env holds defaults. With APP_ENV=prod it is what production gets, and so is its APP_DEBUG unless
// something that deploys says another one. Nothing: it is not so.
std::optional<EnvValues> debug_of_symfony(const Project& project, const EnvFile& file) {
    if (file_name(file.file) != ".env" || !project.has(path_in(folder_of(file.file), "composer.json")))
        return std::nullopt;
    EnvValues values;
    values.file = file.file;
    values.profile = file.profile;
    bool is_production = false;
    for (auto& one : values_of(file)) {
        is_production = is_production || (one.name == "APP_ENV" && one.value == "prod");
        if (one.name == "APP_DEBUG") add_value(values, std::move(one));
    }
    if (!is_production || values.all.empty()) return std::nullopt;
    const bool is_said_elsewhere = std::any_of(project.paths.begin(), project.paths.end(), [&](const auto& path) {
        const bool may_say = path != file.file && (kind_of(path) || path.ends_with(".sh"));
        return may_say && project.read(path).value_or("").find("APP_DEBUG") != std::string::npos;
    });
    return is_said_elsewhere ? std::nullopt : std::optional(std::move(values));
}

}

const EnvValue* EnvValues::find(std::string_view name) const {
    if (const auto found = by_name.find(name); found != by_name.end()) return &all[found->second];
    for (const auto& other : beside)
        if (const auto* found = other->find(name)) return found;
    return nullptr;
}

std::vector<EnvValue> values_of(const EnvFile& file) {
    EnvValues values;
    for (const auto& entry : file.read->entries) {
        if (!entry.value || entry.name.empty() || (entry.left_out && !entry.has_equals)) continue;
        std::string_view text = *entry.value;
        if (text.size() > 1 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0])
            text = text.substr(1, text.size() - 2);
        add_value(values, {entry.name, std::string(trim(text)), entry.raw, file.file, entry.line, entry.column,
                           entry.value_at.begin, entry.value_at.end});
    }
    return std::move(values.all);
}

void add_values(Project& project) {
    ByFile env_files;
    for (const EnvFile& file : project.env_files) {
        if (file.is_template) {
            if (auto debug = debug_of_symfony(project, file)) project.values.push_back(std::move(*debug));
            continue;
        }
        EnvValues values;
        values.file = file.file;
        values.environment = file.environment;
        values.profile = file.profile;
        values.own_localhost = is_of_container(file.file, project);
        for (auto& one : values_of(file)) add_value(values, std::move(one));
        env_files[file.file] = std::make_shared<const EnvValues>(values);
        project.values.push_back(std::move(values));
    }
    Places places(project);
    std::vector<EnvValues> images;
    for (const Dockerfile& file : project.dockerfiles) images.push_back(values_of(file, project));
    for (const Compose& compose : project.composes)
        for (const auto& service : compose.read->services)
            if (!project::is_emulator(service))
                project.values.push_back(values_of(compose, service, env_files, places));
    std::move(images.begin(), images.end(), std::back_inserter(project.values));
    for (const Kube& kube : project.kubes) add_kube(project, kube, places);
    for (const Unit& unit : project.units) add_unit(project, unit);
    std::stable_sort(project.values.begin(), project.values.end(),
                     [](const EnvValues& one, const EnvValues& other) { return one.profile > other.profile; });
}

}
