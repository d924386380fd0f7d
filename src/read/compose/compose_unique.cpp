#include "read/compose/compose_merge.h"
#include "read/compose/compose_short.h"
#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

// Which lists of a compose file hold each thing once, and by what it is known (compose-go override/uncity.go).
namespace fairlead::read {
namespace {

using Value = ComposeValue;

std::string before(std::string_view text, char end) { return std::string(text.substr(0, text.find(end))); }

std::string text_or(const Value& map, std::string_view key, std::string_view otherwise) {
    const Value* const value = map.find(key);
    return std::string(value == nullptr || !value->is_scalar() ? otherwise : std::string_view(value->text));
}

std::string by_name(const Value& item) { return before(item.text, '='); }
std::string by_text(const Value& item) { return item.text; }
std::string by_path(const Value& item) { return item.is_map() ? text_or(item, "path", "") : item.text; }
std::string by_volume(const Value& item) {
    return item.is_map() ? text_or(item, "target", "") : short_volume(item.text).target;
}
std::string by_device(const Value& item) {
    if (item.is_map()) return text_or(item, "target", "");
    const std::size_t colon = item.text.find(':');
    return colon == std::string::npos ? item.text : before(std::string_view(item.text).substr(colon + 1), ':');
}
std::string by_mount(const Value& item, std::string_view folder) {
    if (item.is_map() && item.find("target") != nullptr) return text_or(item, "target", "");
    return fmt::format("{}/{}", folder, item.is_map() ? text_or(item, "source", "") : item.text);
}
std::string by_secret(const Value& item) { return by_mount(item, "/run/secrets"); }
std::string by_config(const Value& item) { return by_mount(item, ""); }
std::string by_port(const Value& item) {
    if (!item.is_map()) return item.text;
    const Value* const published = item.find("published"); // a number isn't the text of its digits to compose
    const bool number = published != nullptr && !is_plain_text(*published);
    return fmt::format("{}:{}{}:{}/{}", text_or(item, "host_ip", "0.0.0.0"), number ? "#" : "",
                       text_or(item, "published", "-"), text_or(item, "target", ""), text_or(item, "protocol", "tcp"));
}

struct Unique {
    std::string_view path;
    std::string (*key)(const Value& item);
};

constexpr Unique unique_lists[] = {
    {"services.*.build.platform", by_name},
    {"services.*.build.tags", by_name},
    {"services.*.cap_add", by_name},
    {"services.*.cap_drop", by_name},
    {"services.*.configs", by_config},
    {"services.*.devices", by_device},
    {"services.*.dns", by_name},
    {"services.*.dns_opt", by_name},
    {"services.*.dns_search", by_name},
    {"services.*.env_file", by_path},
    {"services.*.expose", by_text},
    {"services.*.links", by_name},
    {"services.*.networks.*.aliases", by_name},
    {"services.*.networks.*.link_local_ips", by_name},
    {"services.*.ports", by_port},
    {"services.*.profiles", by_name},
    {"services.*.secrets", by_secret},
    {"services.*.tmpfs", by_name},
    {"services.*.volumes", by_volume},
};

}

void make_unique(Value& value, std::string_view path, ComposeProject& project) {
    if (value.is_map()) {
        for (Value& entry : value.items)
            if (!entry.items.empty()) make_unique(entry, compose_path(path, entry.key), project);
        return;
    }
    const auto row = std::find_if(std::begin(unique_lists), std::end(unique_lists),
                                  [&](const Unique& one) { return one.path == path; });
    if (row == std::end(unique_lists)) return;
    std::unordered_map<std::string, std::size_t> at;
    std::vector<Value> items;
    for (Value& item : value.items) {
        const auto [found, is_new] = at.emplace(row->key(item), items.size());
        if (is_new)
            items.push_back(std::move(item));
        else
            items[found->second] = std::move(item);
    }
    value.items = std::move(items);
}

}
