#pragma once
#include "base/field.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::cli {

// The value that an input fills, of whatever type the domain gives it. Its value at declaration is the default. Help,
// schema and validation know `type`; who calls `set` has checked the text against it and adds where it came from.
struct Target {
    explicit Target(Type wanted) : type(wanted) {} // see to()
    Target(bool* value);
    Target(std::int64_t* value, Type wanted = Type::integer);
    Target(double* value);
    Target(std::string* value, Type wanted = Type::text);
    Target(std::optional<std::string>* value); // an empty text is a value, too
    Target(Milliseconds* value);
    Target(Secret* value);
    Target(std::vector<std::string>* value);

    Type type = Type::text;
    bool takes_empty = false;
    std::function<Result<void>(std::string_view)> set;                 // of what isn't a list
    std::function<void(std::vector<std::string>)> set_list;            // of a list
    std::function<std::string()> shown = [] { return std::string(); }; // default and value now; *** for a secret
};

// A value with a parser of its own: Result<T> parse(std::string_view). `text`: how its default is written.
template <typename T, typename Parse>
Target to(T& value, Type type, Parse parse, std::string text = {}) {
    Target target(type);
    const auto written = std::make_shared<std::string>(std::move(text));
    target.set = [&value, parse, written](std::string_view given) -> Result<void> {
        value = TRY(parse(given));
        *written = given;
        return {};
    };
    target.shown = [written] { return *written; };
    return target;
}

}
