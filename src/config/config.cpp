#include "config/config.h"
#include "base/text.h"
#include "config/document.h"
#include "sys/data/json.h"
#include "sys/data/place.h"
#include <algorithm>
#include <filesystem>

namespace fairlead::config {
namespace {

using Kind = sys::YamlNode::Kind;

sys::YamlNode lay_over(const sys::YamlNode& below, const sys::YamlNode& above) {
    if (below.kind != Kind::map || above.kind != Kind::map) return above.kind == Kind::null ? below : above;
    sys::YamlNode result = below;
    for (const auto& [key, value] : above.entries) {
        const auto same = std::find_if(result.entries.begin(), result.entries.end(),
                                       [&name = key.scalar](const auto& entry) { return entry.first.scalar == name; });
        if (same == result.entries.end())
            result.entries.emplace_back(key, value);
        else
            same->second = lay_over(same->second, value);
    }
    return result;
}

sys::Json json_of(const sys::YamlNode& node) {
    switch (node.kind) {
    case Kind::null: return nullptr;
    case Kind::list: {
        sys::Json list = sys::Json::array();
        for (const auto& item : node.items) list.push_back(json_of(item));
        return list;
    }
    case Kind::map: {
        sys::Json map = sys::Json::object();
        for (const auto& [key, value] : node.entries) map[key.scalar] = json_of(value);
        return map;
    }
    case Kind::scalar: break;
    }
    if (node.quoted) return node.scalar;
    if (const auto boolean = parse_boolean(node.scalar); boolean.ok()) return boolean.value();
    if (const auto integer = parse_integer(node.scalar); integer.ok()) return integer.value();
    if (const auto number = parse_number(node.scalar); number.ok()) return number.value();
    return node.scalar;
}

}

Value::Value(const sys::YamlNode* node, std::shared_ptr<const Document> document)
    : node_(node), document_(std::move(document)) {}

Value Value::operator[](std::string_view key) const {
    const sys::YamlNode* found = is_map() ? node_->find(key) : nullptr;
    return found ? Value(found, document_) : Value();
}

Value Value::at(std::string_view dotted) const {
    Value value = *this;
    for (const std::string& key : split(dotted, '.')) value = value[key];
    return value;
}

bool Value::is_map() const { return node_ && node_->kind == Kind::map; }
bool Value::is_list() const { return node_ && node_->kind == Kind::list; }
bool Value::is_scalar() const { return node_ && node_->kind == Kind::scalar; }

std::string Value::text(std::string_view fallback) const { return is_scalar() ? node_->scalar : std::string(fallback); }
bool Value::boolean(bool fallback) const { return parse_boolean(text()).value_or(fallback); }
std::int64_t Value::integer(std::int64_t fallback) const { return parse_integer(text()).value_or(fallback); }
double Value::number(double fallback) const { return parse_number(text()).value_or(fallback); }
Milliseconds Value::duration(Milliseconds fallback) const { return parse_duration(text()).value_or(fallback); }

std::vector<std::string> Value::texts() const {
    std::vector<std::string> result;
    for (const Value& item : items()) {
        if (item.is_scalar()) result.push_back(item.text());
    }
    return result;
}

std::vector<Value> Value::items() const {
    if (!node_ || node_->kind == Kind::null) return {};
    if (!is_list()) return {*this};
    std::vector<Value> result;
    for (const sys::YamlNode& item : node_->items) result.push_back(Value(&item, document_));
    return result;
}

std::vector<std::pair<std::string, Value>> Value::entries() const {
    std::vector<std::pair<std::string, Value>> result;
    if (!is_map()) return result;
    for (const auto& [key, value] : node_->entries) result.emplace_back(key.scalar, Value(&value, document_));
    return result;
}

Place Value::place() const { return node_ ? document_->place(*node_) : Place{}; }
Error Value::error(std::string message) const { return usage(std::move(message), place()); }
std::string Value::json() const { return node_ ? sys::dump_json(json_of(*node_)) : "null"; }

std::string_view name_of(Profile profile) {
    switch (profile) {
    case Profile::development: return "development";
    case Profile::staging: return "staging";
    case Profile::production: return "production";
    }
    return "production";
}

std::string Config::file() const { return document_ ? document_->file : ""; }
std::string Config::folder() const { return document_ ? document_->folder : ""; }
Value Config::root() const { return document_ ? Value(&document_->root, document_) : Value(); }

std::string Config::app() const { return root()["app"].text(std::filesystem::path(folder()).filename().string()); }

Value Config::section(std::string_view tool, std::string_view environment) const {
    Value common = root()[tool];
    Value above = environment.empty() ? Value() : this->environment(environment)[tool];
    if (!above.present()) return common;
    if (!common.present()) return above;
    const std::string key = std::string(environment) + "/" + std::string(tool);
    auto& merged = document_->merged;
    if (!merged.contains(key)) merged[key] = lay_over(*common.node_, *above.node_);
    return Value(&merged[key], document_);
}

Value Config::environment(std::string_view name) const { return root()["environments"][name]; }

std::vector<std::string> Config::environments() const {
    std::vector<std::string> names;
    for (const auto& [name, value] : root()["environments"].entries()) names.push_back(name);
    return names;
}

std::vector<std::string> Config::variables(std::string_view environment) const {
    auto names = root().at("env.variables").texts();
    for (auto& name : this->environment(environment).at("env.variables").texts()) names.push_back(std::move(name));
    return names;
}

std::vector<std::string> Config::declared(std::string_view environment) const {
    auto names = variables(environment);
    for (auto& name : this->environment(environment).at("env.secrets").texts()) names.push_back(std::move(name));
    return names;
}

Profile Config::profile(std::string_view environment) const {
    const std::string written = this->environment(environment)["profile"].text();
    const std::string name = written.empty() ? std::string(environment) : written;
    for (const std::string_view development : {"development", "dev", "local", "test"}) {
        if (name == development) return Profile::development;
    }
    return name == "staging" || name == "stage" ? Profile::staging : Profile::production;
}

Place Document::place(const sys::YamlNode& node) const { return sys::place_at(text, node.line, node.column, file); }

}
