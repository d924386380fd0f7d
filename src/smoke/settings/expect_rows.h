#pragma once
#include "config/config.h"
#include "smoke/check.h"
#include <span>

// `expect:` of a check in fairlead.yml.
namespace fairlead::smoke {

std::span<const Field> expect_fields();
// Reads a map, or the word of an expected failure. Error (usage), at its place.
Result<void> read_expect(const config::Value& value, Check& check);

// Error (usage): the text is empty, so nothing would be checked.
Result<void> check_version(const config::Value& version, const std::string& name);
Result<void> check_source(const config::Value& source, const std::string& name);

// Returns the error at the value's place.
template <typename T>
Result<T> at(const config::Value& value, Result<T> result) {
    if (!result) return value.error(result.error().message);
    return result;
}

}
