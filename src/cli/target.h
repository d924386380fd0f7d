#pragma once
#include "base/field.h"
#include "base/result.h"
#include "base/secrets/secret.h"
#include "base/time.h"
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::cli {

// The variable that an input fills, of any type. Its value at declaration is the default. `type` is used by help,
// schema and validation. Callers of `set` check the text against `type` before, and add the origin to errors.
struct Target {
    explicit Target(Type wanted) : type(wanted) {} // see to()
    Target(bool* value);
    Target(std::int64_t* value, Type wanted = Type::integer);
    Target(double* value);
    Target(std::string* value, Type wanted = Type::text);
    Target(std::optional<std::string>* value); // an empty text is also a value
    Target(Milliseconds* value);
    Target(Secret* value);
    Target(std::vector<std::string>* value);

    Type type = Type::text;
    bool takes_empty = false;
    std::function<Result<void>(std::string_view)> set;      // for every type except lists
    std::function<void(std::vector<std::string>)> set_list; // for a list
    // the default at first, later the value; *** for a secret
    std::function<std::string()> shown = [] { return std::string(); };
};

// Makes a target with a parser: Result<T> parse(std::string_view). `text` is the default as text.
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
