#include "scan/gitleaks/toml_node.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace fairlead::scan::gitleaks {

using sys::Json;

TomlNode TomlNode::operator[](std::string_view key) const {
    if (!value_ || !value_->is_object()) return {nullptr, pointer_, *places_};
    for (const auto& [name, value] : value_->items()) {
        const bool vanishes = pointer_.empty() && value.is_object() && value.empty(); // viper knows no empty section
        if (lower(name) == lower(key) && !vanishes) return {&value, pointer_ + "/" + name, *places_};
    }
    return {nullptr, pointer_, *places_};
}

TomlNode TomlNode::item(std::size_t index) const {
    if (!value_ || !value_->is_array() || index >= value_->size()) return *this;
    return {&(*value_)[index], fmt::format("{}/{}", pointer_, index), *places_};
}

Error TomlNode::error(std::string message) const {
    const auto place = places_->find(pointer_);
    return usage(std::move(message), place == places_->end() ? Place{} : place->second);
}

Error TomlNode::expected(std::string_view what) const {
    const auto name = pointer_.substr(pointer_.rfind('/') + 1);
    return error(fmt::format("'{}' has a value of the wrong type; expected {}", name, what));
}

Result<std::string> TomlNode::text() const {
    if (!value_ || value_->is_null()) return std::string();
    if (value_->is_string()) return value_->get<std::string>();
    if (value_->is_boolean()) return std::string(value_->get<bool>() ? "1" : "0");
    if (value_->is_number()) return value_->dump();
    return expected("a text");
}

Result<std::vector<std::string>> TomlNode::texts() const {
    std::vector<std::string> all;
    if (!value_ || value_->is_null()) return all;
    if (value_->is_string()) {
        const auto whole = value_->get<std::string>();
        return whole.empty() ? all : split(whole, ',');
    }
    if (!value_->is_array()) {
        auto one = TRY(text());
        return std::vector<std::string>{std::move(one)};
    }
    for (std::size_t i = 0; i < value_->size(); ++i) {
        auto one = TRY(item(i).text());
        all.push_back(std::move(one));
    }
    return all;
}

Result<double> TomlNode::number() const {
    if (!value_ || value_->is_null()) return 0.0;
    if (value_->is_number()) return value_->get<double>();
    if (value_->is_boolean()) return value_->get<bool>() ? 1.0 : 0.0;
    if (value_->is_string())
        if (const auto parsed = parse_number(value_->get<std::string>()); parsed.ok()) return parsed.value();
    return expected("a number");
}

Result<int> TomlNode::whole() const {
    const double value = TRY(number());
    if (!(value >= std::numeric_limits<int>::min() && value <= std::numeric_limits<int>::max()))
        return expected("a whole number");
    return static_cast<int>(value);
}

Result<bool> TomlNode::truth() const {
    if (!value_ || value_->is_null()) return false;
    if (value_->is_boolean()) return value_->get<bool>();
    if (value_->is_number()) return value_->get<double>() != 0;
    if (value_->is_string())
        if (const auto parsed = parse_boolean(value_->get<std::string>()); parsed.ok()) return parsed.value();
    return expected("true or false");
}

Result<std::vector<TomlNode>> TomlNode::tables() const {
    std::vector<TomlNode> all;
    if (!value_ || value_->is_null()) return all;
    if (value_->is_object()) all.push_back(*this);
    for (std::size_t i = 0; value_->is_array() && i < value_->size(); ++i) {
        all.push_back(item(i));
        if (!(*value_)[i].is_object()) return all.back().expected("a table");
    }
    if (!value_->is_object() && !value_->is_array()) return expected("a list of tables");
    return all;
}

}
