#include "base/text.h"
#include "read/compose/compose_normalise.h"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_set>

namespace fairlead::read {
namespace {

using Value = ComposeValue;

bool is_true(const Value* value, bool otherwise = false) {
    return value == nullptr || !value->is_scalar() ? otherwise : lower(value->text) == "true";
}

std::vector<std::string> texts_of(const Value* value) {
    std::vector<std::string> result;
    if (value == nullptr) return result;
    for (const Value& item : value->items)
        if (item.is_scalar()) result.push_back(plain_text(item));
    return result;
}

std::vector<std::string> words_of(const Value* value) {
    if (value == nullptr || !value->is_scalar()) return texts_of(value);
    return shell_split(value->text).value_or(std::vector<std::string>{value->text});
}

void read_build(ComposeService& service) {
    const Value* const value = service.at("build");
    if (value == nullptr || !value->is_map()) return;
    ComposeBuild build;
    build.place = value->key_place;
    if (const auto context = value->text_at("context"); !context.empty()) build.context = context;
    if (const auto file = value->text_at("dockerfile"); !file.empty()) build.dockerfile = file;
    build.target = value->text_at("target");
    build.inline_dockerfile = value->find("dockerfile_inline") != nullptr;
    service.build = std::move(build);
}

void read_ports(ComposeService& service) {
    const Value* const value = service.at("ports");
    if (value == nullptr) return;
    for (const Value& item : value->items) {
        if (!item.is_map()) continue;
        ComposePort port;
        port.host_ip = item.text_at("host_ip");
        port.published = item.text_at("published");
        port.target = item.text_at("target");
        if (const auto protocol = item.text_at("protocol"); !protocol.empty()) port.protocol = lower(protocol);
        port.written = item.written;
        port.quoted = item.quoted;
        port.place = item.place;
        service.ports.push_back(std::move(port));
    }
}

void read_volumes(ComposeService& service) {
    const Value* const value = service.at("volumes");
    if (value == nullptr) return;
    for (const Value& item : value->items)
        if (item.is_map())
            service.volumes.push_back({std::string(item.text_at("type")), std::string(item.text_at("source")),
                                       std::string(item.text_at("target")), is_true(item.find("read_only")),
                                       item.written, item.quoted, item.place});
}

void read_environment(ComposeService& service) {
    if (const Value* const value = service.at("environment"))
        for (const Value& item : value->items)
            service.environment.push_back(
                {item.key, item.is_scalar() ? std::optional(item.text) : std::nullopt, &item, item.key_place});
    const Value* const files = service.at("env_file");
    if (files == nullptr) return;
    for (const Value& item : files->items)
        service.env_files.push_back({std::string(item.text_at("path")), is_true(item.find("required"), true),
                                     std::string(item.text_at("format")), item.place});
}

void read_dependencies(ComposeService& service) {
    std::unordered_set<std::string> known;
    if (const Value* const value = service.at("depends_on"))
        for (const Value& item : value->items)
            if (known.insert(item.key).second)
                service.depends_on.push_back({item.key, std::string(item.text_at("condition")),
                                              is_true(item.find("required"), true), item.short_form, "depends_on",
                                              item.key_place});
    const auto depend = [&](std::string on, std::string_view by, const Value& at) {
        if (!known.insert(on).second) return;
        service.depends_on.push_back({std::move(on), "service_started", true, false, std::string(by), at.place});
    };
    for (const std::string_view key : {"links", "volumes_from"})
        if (const Value* const value = service.at(key))
            for (const Value& item : value->items)
                if (!item.text.starts_with("container:")) depend(item.text.substr(0, item.text.find(':')), key, item);
    for (const std::string_view key : {"network_mode", "ipc", "pid", "uts", "cgroup"})
        if (const Value* const value = service.at(key); value != nullptr && value->text.starts_with("service:"))
            depend(value->text.substr(8), key, *value);
}

void read_healthcheck(ComposeService& service) {
    const Value* const value = service.at("healthcheck");
    if (value == nullptr || !value->is_map()) return;
    ComposeHealthcheck check;
    check.place = value->key_place;
    const Value* const test = value->find("test");
    if (test != nullptr && test->is_scalar())
        check.test = {"CMD-SHELL", test->text};
    else
        check.test = texts_of(test);
    check.disabled = is_true(value->find("disable")) || (!check.test.empty() && check.test[0] == "NONE");
    check.interval = value->text_at("interval");
    check.timeout = value->text_at("timeout");
    check.start_period = value->text_at("start_period");
    check.retries = value->text_at("retries");
    service.healthcheck = std::move(check);
}

ComposeService read_service(Value value, const std::vector<std::string>& profiles) {
    ComposeService service;
    service.name = value.key;
    service.place = value.key_place;
    service.value = std::move(value);
    service.image = service.text("image");
    read_build(service);
    read_ports(service);
    read_volumes(service);
    read_environment(service);
    read_dependencies(service);
    read_healthcheck(service);
    service.command = words_of(service.at("command"));
    service.entrypoint = words_of(service.at("entrypoint"));
    service.profiles = texts_of(service.at("profiles"));
    if (const Value* const networks = service.at("networks"); networks != nullptr && !networks->items.empty())
        for (const Value& item : networks->items) service.networks.push_back(item.key);
    else if (service.at("network_mode") == nullptr)
        service.networks.push_back("default");
    service.active =
        service.profiles.empty() || std::any_of(profiles.begin(), profiles.end(), [&](const auto& profile) {
            return profile == "*" ||
                   std::find(service.profiles.begin(), service.profiles.end(), profile) != service.profiles.end();
        });
    return service;
}

struct Unit {
    std::string_view name;
    double factor;
};

// A number and, behind it, letters; the number's end.
std::optional<std::pair<double, std::size_t>> number_at(std::string_view text) {
    double value = 0;
    const auto [stopped, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc() || value < 0) return std::nullopt;
    return std::pair(value, static_cast<std::size_t>(stopped - text.data()));
}

}

void read_services(Value& services, const std::vector<std::string>& profiles, ComposeProject& project) {
    project.services.reserve(services.items.size()); // a service's variables point into its value
    for (Value& value : services.items) {
        project.services.push_back(read_service(std::move(value), profiles));
        project.by_name.emplace(project.services.back().name, project.services.size() - 1);
    }
}

const ComposeService* ComposeProject::service(std::string_view name) const {
    const auto found = by_name.find(std::string(name));
    return found == by_name.end() ? nullptr : &services[found->second];
}

const std::string& ComposeProject::file(const ComposePlace& place) const {
    static const std::string none;
    const auto at = static_cast<std::size_t>(place.file);
    return at < files.size() ? files[at] : none;
}

std::optional<std::int64_t> compose_duration(std::string_view text) {
    constexpr Unit units[] = {{"ns", 1e-6}, {"us", 1e-3}, {"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}};
    double total = 0;
    if (text == "0") return 0;
    if (text.empty()) return std::nullopt;
    while (!text.empty()) {
        const auto number = number_at(text);
        if (!number) return std::nullopt;
        text.remove_prefix(number->second);
        const std::size_t end = std::min(text.find_first_of("0123456789."), text.size());
        const auto unit = std::find_if(std::begin(units), std::end(units),
                                       [&](const Unit& u) { return u.name == text.substr(0, end); });
        if (unit == std::end(units)) return std::nullopt;
        total += number->first * unit->factor;
        text.remove_prefix(end);
    }
    if (!(total < 9e15)) return std::nullopt;
    return std::llround(total);
}

std::optional<std::int64_t> compose_size(std::string_view text) {
    constexpr std::string_view units = "bkmgtp";
    const auto number = number_at(text);
    if (!number) return std::nullopt;
    std::string unit = lower(trim(text.substr(number->second)));
    if (unit.size() > 1 && unit.ends_with('b')) unit.pop_back();
    if (unit.size() > 1 && unit.ends_with('i')) unit.pop_back();
    const std::size_t power = unit.empty() ? 0 : units.find(unit[0]);
    if (unit.size() > 1 || power == std::string_view::npos) return std::nullopt;
    const double bytes = number->first * std::pow(1024.0, static_cast<double>(power));
    if (!(bytes < 9e18)) return std::nullopt;
    return static_cast<std::int64_t>(bytes);
}

std::optional<std::vector<std::string>> shell_split(std::string_view line) {
    std::vector<std::string> words;
    std::string word;
    bool begun = false;
    char quote = '\0';
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        if (c == '\\' && quote != '\'') {
            if (++at < line.size()) word += line[at];
            begun = true;
        } else if (quote != '\0') {
            if (c == quote)
                quote = '\0';
            else
                word += c;
        } else if (c == '\'' || c == '"') {
            quote = c;
            begun = true;
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            if (begun) words.push_back(std::exchange(word, {}));
            begun = false;
        } else if (std::string_view(";&|<>").find(c) != std::string_view::npos) {
            break; // there compose's own reader ends
        } else {
            word += c;
            begun = true;
        }
    }
    if (quote != '\0') return std::nullopt;
    if (begun) words.push_back(std::move(word));
    return words;
}

}
