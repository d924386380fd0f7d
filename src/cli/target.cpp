#include "cli/target.h"
#include "base/text.h"
#include <fmt/format.h>

namespace fairlead::cli {
namespace {

// Fills *value by `parse`.
template <typename T, typename Parse>
auto setter(T* value, Parse parse) {
    return [value, parse](std::string_view text) -> Result<void> {
        *value = TRY(parse(text));
        return {};
    };
}

Result<std::string> as_it_is(std::string_view text) { return std::string(text); }

}

Target::Target(bool* value)
    : type(Type::boolean), set(setter(value, parse_boolean)), shown([value] { return *value ? "true" : "false"; }) {}

Target::Target(std::int64_t* value, Type wanted)
    : type(wanted), set(setter(value, parse_integer)), shown([value] { return std::to_string(*value); }) {}

Target::Target(double* value)
    : type(Type::number), set(setter(value, parse_number)), shown([value] { return fmt::format("{}", *value); }) {}

Target::Target(std::string* value, Type wanted)
    : type(wanted), set(setter(value, as_it_is)), shown([value] { return *value; }) {}

Target::Target(std::optional<std::string>* value)
    : takes_empty(true), set(setter(value, as_it_is)), shown([value] { return value->value_or(""); }) {}

Target::Target(Milliseconds* value)
    : type(Type::duration), set(setter(value, parse_duration)), shown([value] { return format_duration(*value); }) {}

Target::Target(Secret* value)
    : type(Type::secret), set([value](std::string_view text) -> Result<void> {
          *value = Secret(std::string(text));
          return {};
      }),
      shown([value] { return value->empty() ? "" : "***"; }) {}

Target::Target(std::vector<std::string>* value)
    : type(Type::text_list), set_list([value](std::vector<std::string> words) { *value = std::move(words); }),
      shown([value] { return join(*value, ", "); }) {}

}
