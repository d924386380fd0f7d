#include "config/check.h"
#include "base/text.h"
#include "base/time.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::config {
namespace {

template <typename T>
Result<void> named(std::string_view name, const Result<T>& parsed) {
    if (parsed.ok()) return {};
    return usage(fmt::format("{}: {}", name, parsed.error().message));
}

}

Result<double> parse_share(std::string_view text) {
    const auto refused = usage(fmt::format("'{}' is not a share; expected 0% to 100%, e.g. 5%", text));
    if (!text.ends_with('%')) return refused;
    const auto number = parse_number(text.substr(0, text.size() - 1));
    if (!number.ok() || number.value() < 0 || number.value() > 100) return refused;
    return number.value() / 100;
}

Result<void> check_text(std::string_view name, Type type, std::span<const std::string> allowed, std::string_view text) {
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), text) == allowed.end()) {
        return usage(fmt::format("{} '{}' is unknown; expected {}", name, text, one_of(allowed)));
    }
    switch (type) {
    case Type::boolean: return named(name, parse_boolean(text));
    case Type::integer: return named(name, parse_integer(text));
    case Type::number: return named(name, parse_number(text));
    case Type::duration: return named(name, parse_duration(text));
    case Type::size: return named(name, parse_size(text));
    case Type::share: return named(name, parse_share(text));
    default: return {};
    }
}

}
