#include "config/rows.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::config {

void fill(const Value& value, bool& member) { member = value.boolean(member); }
void fill(const Value& value, int& member) { member = static_cast<int>(value.integer(member)); }
void fill(const Value& value, std::int64_t& member) { member = value.integer(member); }

void fill(const Value& value, std::uint64_t& member) {
    const auto size = parse_size(value.text());
    member = size.ok() ? size.value() : static_cast<std::uint64_t>(value.integer(static_cast<std::int64_t>(member)));
}

void fill(const Value& value, double& member) { member = value.number(member); }
void fill(const Value& value, Milliseconds& member) { member = value.duration(member); }
void fill(const Value& value, std::string& member) { member = value.text(member); }
void fill(const Value& value, std::optional<std::string>& member) { member = value.text(); }
void fill(const Value& value, std::vector<std::string>& member) { member = value.texts(); }

void fill(const Value& value, std::vector<std::vector<std::string>>& member) {
    member.clear();
    for (const Value& words : value.items()) member.push_back(words.texts());
}

void fill(const Value& value, Pairs& member) {
    member.clear();
    for (const auto& [name, text] : value.entries()) member.emplace_back(name, text.text());
}

std::string shown(std::int64_t number, Type type) {
    if (type != Type::size) return std::to_string(number);
    constexpr std::string_view units[] = {"B", "KiB", "MiB", "GiB"};
    std::size_t unit = 0;
    for (; unit + 1 < std::size(units) && number != 0 && number % 1024 == 0; ++unit) number /= 1024;
    return fmt::format("{}{}", number, units[unit]);
}

std::string shown(double number) { return fmt::format("{}", number); }

void add_fields(std::vector<Field>& fields, std::span<const Field> those, std::string_view kind) {
    for (const Field& field : those) {
        const auto same =
            std::find_if(fields.begin(), fields.end(), [&](const Field& other) { return other.name == field.name; });
        (same == fields.end() ? fields.emplace_back(field) : *same).of.push_back(kind);
    }
}

std::string kind_of(const Value& map, std::span<const Field> fields) {
    const Field* row = find_field(fields, "kind");
    return map["kind"].text(row ? row->fallback : "");
}

std::span<const Field> any_text() {
    static const Field one[] = {{"", Type::text, "Value."}};
    return one;
}

}
