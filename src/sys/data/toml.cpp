#include "sys/data/toml.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace {

// An assertion of toml++ that foreign text can break: "[[[[" does, and without assertions it is relied on.
struct Tripped {};
[[noreturn]] void trip() { throw Tripped(); }

}

#undef NDEBUG
#define TOML_ASSERT(expression) ((expression) ? void() : trip())
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 1
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 64
#include <toml++/toml.h>

namespace fairlead::sys {

namespace {

// toml++ 3.3 takes any number of tables in one another, and its destructor goes down all of them.
constexpr std::ptrdiff_t most_dots = 100;

Json value_of(const toml::node& node) {
    if (const auto* table = node.as_table()) {
        Json object = Json::object();
        for (const auto& [key, value] : *table) object[std::string(key.str())] = value_of(value);
        return object;
    }
    if (const auto* array = node.as_array()) {
        Json list = Json::array();
        for (const auto& value : *array) list.push_back(value_of(value));
        return list;
    }
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* whole = node.as_integer()) return whole->get();
    if (const auto* number = node.as_floating_point()) return number->get();
    if (const auto* truth = node.as_boolean()) return truth->get();
    return nullptr;
}

}

Result<Json> parse_toml(std::string_view text, const std::string& file_name) {
    if (text.size() > toml_size_limit)
        return no(fmt::format("the file has {} bytes; at most {} are read", text.size(), toml_size_limit),
                  {file_name, 0, 0, ""});
    int number = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const auto line = rest.substr(0, rest.find('\n'));
        ++number;
        if (std::count(line.begin(), line.end(), '.') > most_dots)
            return no(fmt::format("the line has more than {} dots, which is the limit", most_dots),
                      {file_name, number, 0, ""});
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    try {
        return value_of(toml::parse(text));
    } catch (const toml::parse_error& error) {
        const auto& where = error.source().begin;
        return no(fmt::format("malformed TOML: {}", to_valid_utf8(error.description())),
                  {file_name, static_cast<int>(where.line), static_cast<int>(where.column), ""});
    } catch (const Tripped&) {
        return no("malformed TOML", {file_name, 0, 0, ""});
    }
}

}
