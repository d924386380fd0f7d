#include "deploy/carried.h"
#include "base/printable.h"
#include "deploy/record/record.h"
#include "ledger/checked.h"
#include "sys/data/json.h"
#include <fmt/format.h>
#include <variant>

namespace fairlead::deploy {

namespace {

using sys::Json;

template <typename Owner>
struct Row {
    const char* name;
    std::variant<std::string Owner::*, std::vector<std::string> Owner::*, Milliseconds Owner::*, int Owner::*,
                 std::size_t Owner::*, double Owner::*>
        member;
};

const Row<Settings> settings_members[] = {
    {"app", &Settings::app},
    {"environment", &Settings::environment},
    {"profile", &Settings::profile},
    {"url", &Settings::url},
    {"target", &Settings::target},
    {"root", &Settings::root},
    {"state", &Settings::state},
    {"supervise", &Settings::supervise},
    {"user", &Settings::user},
    {"socket_group", &Settings::socket_group},
    {"command", &Settings::command},
    {"shared", &Settings::shared},
    {"strategy", &Settings::strategy},
    {"drain_timeout", &Settings::drain_timeout},
    {"stop_timeout", &Settings::stop_timeout},
    {"stop_signal", &Settings::stop_signal},
    {"bake", &Settings::bake},
    {"verify_requests", &Settings::verify_requests},
    {"retain", &Settings::retain},
    {"replicas", &Settings::replicas},
    {"port", &Settings::port},
    {"batch", &Settings::batch},
    {"keep_warm", &Settings::keep_warm},
    {"umask", &Settings::umask},
};
const Row<Limits> limits_members[] = {
    {"memory", &Limits::memory},
    {"processes", &Limits::processes},
    {"open_files", &Limits::open_files},
    {"cpus", &Limits::cpus},
};
const Row<Health> health_members[] = {
    {"path", &Health::path},
    {"lowest", &Health::lowest},
    {"highest", &Health::highest},
    {"interval", &Health::interval},
    {"timeout", &Health::timeout},
    {"deadline", &Health::deadline},
    {"healthy_after", &Health::healthy_after},
    {"unhealthy_after", &Health::unhealthy_after},
    {"version_header", &Health::version_header},
    {"version_pointer", &Health::version_pointer},
};
const Row<RouterSettings> router_members[] = {
    {"kind", &RouterSettings::kind},
    {"ca", &RouterSettings::ca},
    {"certificate", &RouterSettings::certificate},
    {"certificate_key", &RouterSettings::certificate_key},
    {"config", &RouterSettings::config},
    {"container", &RouterSettings::container},
    {"sticky", &RouterSettings::sticky},
    {"mode", &RouterSettings::mode},
    {"lanes", &RouterSettings::lanes},
    {"include", &RouterSettings::include},
    {"min_reload_interval", &RouterSettings::min_reload_interval},
    {"log", &RouterSettings::log},
    {"socket", &RouterSettings::socket},
    {"server_state", &RouterSettings::server_state},
    {"admin", &RouterSettings::admin},
};

Json json_of(Milliseconds value) { return value.count(); }
template <typename Value>
Json json_of(const Value& value) {
    return value;
}

template <typename Owner, std::size_t N>
Json write(const Row<Owner> (&rows)[N], const Owner& owner) {
    Json object = Json::object();
    for (const auto& [name, member] : rows)
        object[name] = std::visit([&](auto pointer) { return json_of(owner.*pointer); }, member);
    return object;
}

bool read_value(const Json& json, std::string& value) {
    if (json.is_string()) value = json.get<std::string>();
    return json.is_string();
}
bool read_value(const Json& json, std::vector<std::string>& values) {
    if (!json.is_array()) return false;
    values.clear();
    for (const auto& one : json)
        if (!one.is_string()) return false;
    values = json.get<std::vector<std::string>>();
    return true;
}
bool read_value(const Json& json, Milliseconds& value) {
    if (json.is_number_integer()) value = Milliseconds{json.get<std::int64_t>()};
    return json.is_number_integer();
}
bool read_value(const Json& json, double& value) {
    if (json.is_number()) value = json.get<double>();
    return json.is_number();
}
template <typename Number>
bool read_value(const Json& json, Number& value) {
    if (json.is_number_integer()) value = json.get<Number>();
    return json.is_number_integer();
}

// What is not there, since an older version wrote it, is as by default. False: another type.
template <typename Owner, std::size_t N>
bool read(const Row<Owner> (&rows)[N], const Json& object, Owner& owner) {
    if (!object.is_object()) return false;
    for (const auto& [name, member] : rows) {
        const auto found = object.find(name);
        if (found == object.end()) continue;
        if (!std::visit([&](auto pointer) { return read_value(*found, owner.*pointer); }, member)) return false;
    }
    return true;
}

bool read_headers(const Json& health, Health& into) {
    const auto headers = health.find("headers");
    if (headers == health.end()) return true;
    if (!headers->is_object()) return false;
    for (const auto& [name, value] : headers->items()) {
        if (!value.is_string()) return false;
        into.headers.emplace_back(name, value.get<std::string>());
    }
    return true;
}

bool read_processes(const Json& list, std::vector<Process>& processes) {
    if (!list.is_array()) return false;
    for (const auto& one : list) {
        Process process{.name = sys::text_of(one, "name")};
        const bool good = !process.name.empty() && one.contains("command") &&
                          read_value(one["command"], process.command) && one.contains("count") &&
                          read_value(one["count"], process.count);
        if (!good) return false;
        processes.push_back(std::move(process));
    }
    return true;
}

bool read_variables(const Json& list, Variables& variables) {
    if (!list.is_array()) return false;
    for (const auto& one : list) {
        const auto name = sys::text_of(one, "name");
        if (name.empty() || !one.contains("value") || !one["value"].is_string()) return false;
        auto value = one["value"].get<std::string>();
        if (one.value("secret", Json()) == Json(true))
            variables.push_back({name, Secret(std::move(value)), {}});
        else
            variables.push_back({name, {}, std::move(value)});
    }
    return true;
}

}

std::string to_json(const Carried& carried, const std::string& release) {
    Json object{{"schema", 1}};
    if (!release.empty()) object["release"] = release;
    object["settings"] = write(settings_members, carried.settings);
    object["health"] = write(health_members, carried.settings.health);
    for (const auto& [name, value] : carried.settings.health.headers) object["health"]["headers"][name] = value;
    object["router"] = write(router_members, carried.settings.router);
    object["limits"] = write(limits_members, carried.settings.limits);
    object["processes"] = Json::array();
    for (const auto& one : carried.settings.processes)
        object["processes"].push_back({{"name", one.name}, {"command", one.command}, {"count", one.count}});
    object["variables"] = Json::array();
    for (const auto& one : carried.variables)
        object["variables"].push_back({{"name", one.name}, {"value", one.value()}, {"secret", !one.secret.empty()}});
    return ledger::checked_text(std::move(object), ledger::whose(carried.settings.state), 2);
}

Result<Carried> parse_carried(std::string_view text, const std::string& file, const std::string& of,
                              const std::string& release) {
    const auto object = TRY(ledger::read_checked(text, file, of, domain.tool));
    const auto named = sys::text_of(object, "release"); // an earlier version doesn't say
    if (!release.empty() && !named.empty() && named != release)
        return could_not(fmt::format("these are the settings of release {}, not of {}", one_line(named), release),
                         {.file = file, .line = 1});
    Carried carried;
    auto& settings = carried.settings;
    const bool good =
        object.is_object() && object.value("schema", Json()) == Json(1) && object.contains("settings") &&
        object.contains("health") && object.contains("router") && object.contains("variables") &&
        read(settings_members, object["settings"], settings) &&
        read(health_members, object["health"], settings.health) && read_headers(object["health"], settings.health) &&
        read(router_members, object["router"], settings.router) &&
        read(limits_members, object.value("limits", Json::object()), settings.limits) &&
        read_variables(object["variables"], carried.variables) &&
        read_processes(object.value("processes", Json::array()), settings.processes) && !settings.command.empty();
    if (!good)
        return could_not("this file does not hold the settings that a release was deployed with",
                         {.file = file, .line = 1});
    return carried;
}

Settings with_own(Settings today, const Settings& own) {
    today.command = own.command;
    today.processes = own.processes;
    if (today.user.empty() == own.user.empty()) today.user = own.user; // else its socket is in another folder
    today.stop_signal = own.stop_signal;
    today.stop_timeout = own.stop_timeout;
    today.umask = own.umask;
    today.limits = own.limits;
    today.health = own.health;
    return today;
}

}
