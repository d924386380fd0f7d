#include "gate/formats/numbers.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <algorithm>
#include <charconv>
#include <cmath>

namespace fairlead::gate {

using sys::Json;

std::optional<std::uint64_t> whole_number(std::string_view text, std::uint64_t most) {
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || number > most) return std::nullopt;
    return number;
}

std::optional<std::uint64_t> whole_number(const Json& value, std::uint64_t most) {
    if (value.is_number_float()) {
        const double number = value.get<double>();
        constexpr double exact = 9007199254740992.0; // above it a double skips numbers
        if (!(number >= 0) || number > exact || number != std::floor(number)) return std::nullopt;
        return whole_number(Json(static_cast<std::uint64_t>(number)), most);
    }
    if (!value.is_number_integer() || (!value.is_number_unsigned() && value.get<std::int64_t>() < 0))
        return std::nullopt;
    const auto number = value.get<std::uint64_t>();
    return number > most ? std::nullopt : std::optional(number);
}

std::uint64_t declared_count(std::string_view text) {
    std::uint64_t value = 0;
    text = trim(text);
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    return parsed.ec == std::errc::result_out_of_range ? ~std::uint64_t{0} : value;
}

int line_of(std::string_view text) {
    return static_cast<int>(std::min<std::uint64_t>(declared_count(text), 1'000'000'000));
}

}
