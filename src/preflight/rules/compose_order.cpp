#include "base/text.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

// The order of what is written; of each file as it stands.
namespace fairlead::preflight {

namespace {

using namespace compose;

// Those which stand before one that belongs before them: the first of each list.
template <typename Key>
void out_of_order(const Compose& compose, const std::vector<ComposeValue>& items, std::string_view what, Key key,
                  Hits& hits) {
    for (std::size_t at = 1; at < items.size(); ++at) {
        if (!(key(items[at]) < key(items[at - 1]))) continue;
        const auto name = [](const ComposeValue& item) { return item.key.empty() ? item.text : item.key; };
        add(hits, compose, items[at].key.empty() ? items[at].place : items[at].key_place,
            fmt::format("{} {} comes after {}; a fixed order is easier to search; move it up", what,
                        short_word(name(items[at])), short_word(name(items[at - 1]))));
        return;
    }
}

template <typename Check>
void each_service(const Compose& compose, Check check) {
    for (const auto& file : compose.read->raw)
        if (const auto* const services = file.find("services"))
            for (const auto& service : services->items) check(service);
}

void order_services(const Compose& compose, const Project&, Hits& hits) {
    for (const auto& file : compose.read->raw)
        if (const auto* const services = file.find("services"))
            out_of_order(
                compose, services->items, "service", [](const auto& item) { return item.key; }, hits);
}

std::size_t rank(std::span<const std::string_view> order, std::string_view key) {
    return static_cast<std::size_t>(std::find(order.begin(), order.end(), key) - order.begin());
}

void order_keys(const Compose& compose, const Project&, Hits& hits) {
    constexpr std::string_view order[] = {"extends",  "image",        "build",       "container_name", "depends_on",
                                          "volumes",  "volumes_from", "configs",     "secrets",        "environment",
                                          "env_file", "ports",        "networks",    "network_mode",   "extra_hosts",
                                          "command",  "entrypoint",   "working_dir", "restart",        "healthcheck",
                                          "logging",  "labels",       "user"};
    each_service(compose, [&](const ComposeValue& service) {
        out_of_order(
            compose, service.items, "key",
            [&](const auto& item) {
                const std::size_t at = rank(order, item.key);
                return std::pair(at, at == std::size(order) ? std::string_view(item.key) : std::string_view());
            },
            hits);
    });
}

// By the host's port; a variable first.
std::int64_t port_of(const ComposeValue& item) {
    std::string_view text = item.is_map() ? item.text_at("published") : std::string_view(item.text);
    const auto last = text.rfind(':');
    if (last != text.npos) {
        text = text.substr(0, last);
        text = text.substr(text.rfind(':') + 1);
    }
    const auto number = parse_integer(text.substr(0, text.find_first_not_of("0123456789")));
    return number.ok() ? number.value() : 0;
}

void order_ports(const Compose& compose, const Project&, Hits& hits) {
    each_service(compose, [&](const ComposeValue& service) {
        if (const auto* const ports = service.find("ports")) out_of_order(compose, ports->items, "port", port_of, hits);
    });
}

void order_depends(const Compose& compose, const Project&, Hits& hits) {
    each_service(compose, [&](const ComposeValue& service) {
        if (const auto* const names = service.find("depends_on"))
            out_of_order(
                compose, names->items, "depends_on",
                [](const auto& item) { return item.key.empty() ? item.text : item.key; }, hits);
    });
}

void order_top(const Compose& compose, const Project&, Hits& hits) {
    constexpr std::string_view order[] = {"x-",       "version", "name",    "include", "services",
                                          "networks", "volumes", "secrets", "configs", "models"};
    for (const auto& file : compose.read->raw)
        out_of_order(
            compose, file.items, "section",
            [&](const auto& item) {
                const bool extension = item.key.starts_with("x-");
                return std::pair(rank(order, extension ? "x-" : std::string_view(item.key)), item.key);
            },
            hits);
}

}

std::span<const Rule> compose_order_rules() {
    static const Rule rows[] = {
        {.id = "compose-order-services",
         .title = "Services aren't in the order of their names",
         .levels = by_request,
         .check = order_services,
         .why = "A fixed order makes a long file easier to search, and changes conflict less often.",
         .way_out = "app, cache, db",
         .peers = {"services-alphabetical-order"}},
        {.id = "compose-order-keys",
         .title = "A service's keys aren't in the usual order",
         .levels = by_request,
         .check = order_keys,
         .why = "The usual order is: the image, the data, the settings, the access, the way the service runs.",
         .way_out =
             "image, build, container_name, depends_on, volumes, environment, ports, networks, command, restart, "
             "healthcheck, logging",
         .peers = {"service-keys-order"}},
        {.id = "compose-order-ports",
         .title = "Ports aren't sorted",
         .levels = by_request,
         .check = order_ports,
         .why = "In a sorted list, two equal ports are easy to see.",
         .way_out = "ports: [\"8080:80\", \"8443:443\"]",
         .peers = {"service-ports-alphabetical-order"}},
        {.id = "compose-order-depends",
         .title = "The names in depends_on aren't sorted",
         .levels = by_request,
         .check = order_depends,
         .why = "In a sorted list, a missing name is easy to see.",
         .way_out = "depends_on: [db, redis]",
         .peers = {"service-dependencies-alphabetical-order"}},
        {.id = "compose-order-top",
         .title = "The file's sections aren't in the usual order",
         .levels = by_request,
         .check = order_top,
         .why = "Anyone who knows one compose file finds the same section at the same place in the next file.",
         .way_out = "x-…, name, include, services, networks, volumes, secrets, configs",
         .peers = {"top-level-properties-order"}},
    };
    return rows;
}

}
