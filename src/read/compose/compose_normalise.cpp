#include "read/compose/compose_normalise.h"
#include "base/text.h"
#include "read/compose/compose_merge.h"
#include "read/compose/compose_short.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::read {
namespace {

using Value = ComposeValue;
using ValueKind = Value::Kind;

constexpr std::size_t port_cost = 8; // values

struct Context {
    ComposeProject& project;
    std::size_t& left; // values that may still be made
};

void set(Value& map, std::string key, std::string text, const Value& at) {
    Value value = compose_text(std::move(text), at);
    value.key = std::move(key);
    value.key_place = at.place;
    map.items.push_back(std::move(value));
}

void become_map(Value& value) {
    value.written = value.as_written();
    value.kind = ValueKind::map;
    value.short_form = true;
    value.text.clear();
    value.items.clear();
}

// A short form that is one entry of the long one.
void name_it(Value& value, std::string_view key) {
    if (!value.is_scalar()) return;
    Value entry = value;
    entry.key = key;
    entry.key_place = value.place;
    become_map(value);
    value.items.push_back(std::move(entry));
}

void long_ports(const Value& entry, Context& context, std::vector<Value>& into) {
    const auto port = short_port(entry.text);
    if (!port) {
        const bool lacks_variable = // "${PORT}:${PORT}": that it is unset is told already
            entry.interpolated && (entry.text.empty() || entry.text.front() == ':' || entry.text.back() == ':');
        if (!lacks_variable)
            context.project.problems.push_back(
                {entry.place,
                 fmt::format("'{}' is not a port that compose accepts; write HOST:CONTAINER, such as 127.0.0.1:8080:80",
                             entry.as_written())});
        into.push_back(entry);
        return;
    }
    const bool one = port->container.first == port->container.last;
    for (int number = port->container.first; number <= port->container.last; ++number) {
        if (context.left < port_cost) {
            context.project.problems.push_back(
                {entry.place,
                 "this range has more ports than compose can publish; the rest is not judged; write a smaller range"});
            return;
        }
        context.left -= port_cost;
        Value map = entry;
        become_map(map);
        map.written = entry.as_written();
        set(map, "mode", "ingress", entry);
        if (!port->host_ip.empty()) set(map, "host_ip", port->host_ip, entry);
        set(map, "target", std::to_string(number), entry);
        if (port->host) {
            std::string published = std::to_string(port->host->first + number - port->container.first);
            if (one && port->host->last != port->host->first) published += fmt::format("-{}", port->host->last);
            set(map, "published", std::move(published), entry);
        }
        set(map, "protocol", port->protocol, entry);
        into.push_back(std::move(map));
    }
}

void ports(Value& value, Context& context) {
    if (!value.is_list()) return;
    std::vector<Value> all;
    for (Value& entry : value.items)
        if (entry.is_scalar())
            long_ports(entry, context, all);
        else
            all.push_back(std::move(entry));
    value.items = std::move(all);
}

std::string clean(std::string_view path) {
    std::string result = std::filesystem::path(path).lexically_normal().generic_string();
    while (result.size() > 1 && result.back() == '/') result.pop_back();
    return result;
}

void volumes(Value& value, Context& context) {
    for (Value& entry : value.items) {
        if (Value* const target = entry.find("target")) {
            if (target->is_scalar()) target->text = clean(target->text);
            continue;
        }
        if (!entry.is_scalar()) continue;
        const ShortVolume volume = short_volume(entry.text);
        if (!volume.fault.empty() && entry.unset) continue; // whoever starts it sets the variable
        if (!volume.fault.empty()) {
            context.project.problems.push_back(
                {entry.place, fmt::format("'{}' {}; write SOURCE:TARGET:ro", entry.as_written(), volume.fault)});
            continue;
        }
        become_map(entry);
        set(entry, "type", volume.type, entry);
        if (!volume.source.empty()) set(entry, "source", volume.source, entry);
        set(entry, "target", clean(volume.target), entry);
        if (volume.read_only) set(entry, "read_only", "true", entry);
    }
}

void devices(Value& value, Context&) {
    for (Value& entry : value.items) {
        if (!entry.is_scalar()) continue;
        const auto parts = split(entry.text, ':');
        become_map(entry);
        set(entry, "source", parts[0], entry);
        set(entry, "target", parts.size() > 1 && !parts[1].empty() ? parts[1] : parts[0], entry);
        set(entry, "permissions", parts.size() > 2 ? parts[2] : "rwm", entry);
    }
}

void mounts(Value& value, Context&) {
    for (Value& entry : value.items) name_it(entry, "source");
}

void env_files(Value& value, Context&) {
    as_texts(value);
    for (Value& entry : value.items) {
        name_it(entry, "path");
        if (entry.is_map() && entry.find("required") == nullptr) set(entry, "required", "true", entry);
    }
}

void name_project(Value& value, Context&) {
    if (!value.is_list()) return;
    value.kind = ValueKind::map;
    value.short_form = true;
    for (Value& item : value.items) {
        item.key = std::exchange(item.text, {});
        item.key_place = item.place;
        item.kind = ValueKind::null;
        item.short_form = true;
    }
}

void depends_on(Value& value, Context& context) {
    name_project(value, context);
    for (Value& entry : value.items) {
        if (entry.kind == ValueKind::null) entry.kind = ValueKind::map;
        if (!entry.is_map()) continue;
        if (entry.find("condition") == nullptr) set(entry, "condition", "service_started", entry);
        if (entry.find("required") == nullptr) set(entry, "required", "true", entry);
    }
}

void texts(Value& value, Context&) { as_texts(value); }

void build(Value& value, Context& context) {
    name_it(value, "context");
    if (Value* const secrets = value.find("secrets")) mounts(*secrets, context);
    for (const std::string_view key : {"args", "labels", "additional_contexts"})
        if (Value* const entry = value.find(key))
            as_variables(*entry, fmt::format("services.*.build.{}", key), context.project);
}

void deploy(Value& value, Context& context) {
    if (Value* const labels = value.find("labels")) as_variables(*labels, "services.*.deploy.labels", context.project);
}

void extends(Value& value, Context&) { name_it(value, "service"); }

struct NormalRow {
    std::string_view key;
    void (*make_long)(Value& value, Context& context);
};

constexpr NormalRow normal_rows[] = {
    {"build", build},           {"configs", mounts},  {"depends_on", depends_on}, {"deploy", deploy},
    {"devices", devices},       {"dns", texts},       {"dns_opt", texts},         {"dns_search", texts},
    {"env_file", env_files},    {"extends", extends}, {"label_file", texts},      {"models", name_project},
    {"networks", name_project}, {"ports", ports},     {"secrets", mounts},        {"tmpfs", texts},
    {"volumes", volumes},
};

void normalise_service(Value& service, Context& context) {
    if (!service.is_map()) return;
    for (Value& entry : service.items) {
        const auto row = std::find_if(std::begin(normal_rows), std::end(normal_rows),
                                      [&](const NormalRow& r) { return r.key == entry.key; });
        if (row != std::end(normal_rows) && entry.kind != ValueKind::null) row->make_long(entry, context);
        const std::string path = "services.*." + entry.key;
        if (entry.kind != ValueKind::null && holds_variables(path)) as_variables(entry, path, context.project);
    }
}

// external: {name: x}, as before compose 2
void normalise_external(Value& resource) {
    Value* const external = resource.find("external");
    if (external == nullptr || !external->is_map()) return;
    const Value* const name = external->find("name");
    if (name != nullptr && resource.find("name") == nullptr) resource.items.push_back(*name);
    Value* const again = resource.find("external"); // the list may have moved
    become_map(*again);
    again->kind = ValueKind::scalar;
    again->text = "true";
}

void resolve(Value* value, std::string_view directory) {
    if (value == nullptr || !value->is_scalar() || value->resolved || value->text.empty()) return;
    value->resolved = true;
    if (value->text[0] == '/' || value->text[0] == '~' || value->text[0] == '\\') return;
    std::string path = join_path(directory, value->text);
    if (path == value->text) return;
    if (value->written.empty()) value->written = value->text;
    value->text = std::move(path);
}

// What compose takes where a build names no context: the file's folder.
Value own_folder(const Value& build) {
    Value context;
    context.key = "context";
    context.kind = ValueKind::scalar;
    context.text = ".";
    context.place = build.place;
    return context;
}

void resolve_service(Value& service, std::string_view directory) {
    if (Value* const build = service.find("build")) {
        if (build->kind == ValueKind::map && build->find("context") == nullptr)
            build->items.push_back(own_folder(*build));
        Value* const context = build->find("context");
        if (context != nullptr && !is_elsewhere(context->text)) resolve(context, directory);
        if (Value* const more = build->find("additional_contexts"))
            for (Value& entry : more->items)
                if (!is_elsewhere(entry.text)) resolve(&entry, directory);
    }
    if (Value* const files = service.find("env_file"))
        for (Value& entry : files->items) resolve(entry.find("path"), directory);
    if (Value* const files = service.find("label_file"))
        for (Value& entry : files->items) resolve(&entry, directory);
    if (Value* const extends = service.find("extends")) resolve(extends->find("file"), directory);
    if (Value* const volumes = service.find("volumes"))
        for (Value& entry : volumes->items)
            if (entry.text_at("type") == "bind") resolve(entry.find("source"), directory);
    Value* const develop = service.find("develop");
    Value* const watch = develop == nullptr ? nullptr : develop->find("watch");
    if (watch != nullptr)
        for (Value& entry : watch->items) resolve(entry.find("path"), directory);
}

}

bool is_elsewhere(std::string_view path) {
    constexpr std::string_view prefixes[] = {"service:", "github.com/", "git@"};
    return path.find("://") != std::string_view::npos ||
           std::any_of(std::begin(prefixes), std::end(prefixes), [&](auto p) { return path.starts_with(p); });
}

std::string join_path(std::string_view directory, std::string_view path) {
    if (path.starts_with('/')) return clean(path);
    return clean((std::filesystem::path(directory.empty() ? "." : directory) / path).generic_string());
}

void normalise_compose(Value& model, ComposeProject& project, std::size_t& left) {
    Context context{project, left};
    if (Value* const services = model.find("services"))
        for (Value& service : services->items) normalise_service(service, context);
    for (const std::string_view section : {"networks", "volumes", "secrets", "configs"}) {
        Value* const resources = model.find(section);
        if (resources == nullptr) continue;
        for (Value& resource : resources->items) {
            normalise_external(resource);
            if (Value* const labels = resource.find("labels"))
                as_variables(*labels, fmt::format("{}.*.labels", section), project);
        }
    }
}

void resolve_compose_paths(Value& model, std::string_view directory) {
    if (Value* const services = model.find("services"))
        for (Value& service : services->items) resolve_service(service, directory);
    for (const std::string_view section : {"secrets", "configs"})
        if (Value* const resources = model.find(section))
            for (Value& resource : resources->items) resolve(resource.find("file"), directory);
    Value* const volumes = model.find("volumes");
    if (volumes == nullptr) return;
    for (Value& volume : volumes->items) {
        Value* const options = volume.find("driver_opts");
        if (options != nullptr && volume.text_at("driver") == "local" && options->text_at("o") == "bind")
            resolve(options->find("device"), directory);
    }
}

}
