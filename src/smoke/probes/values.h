#pragma once
#include "config/config.h"
#include <string>
#include <string_view>

// Values of keys with which a probe would ask nothing, or something that no server can answer well.
namespace fairlead::smoke {

std::string shown_value(std::string_view text); // for a message: one line, cut, in quotes
bool has_control(std::string_view text);        // a line break, a tab, a NUL and the like
// A name as hosts have it (RFC 1123, 2.1; also with '_'), or an IPv4 address.
bool is_host_name(std::string_view text);

// These are checks of a row. Error (usage), at its place.
Result<void> check_not_empty(const config::Value& value, const std::string& key);
Result<void> check_token(const config::Value& value, const std::string& key);
Result<void> check_origin(const config::Value& value, const std::string& key);       // as browsers send it, or null
Result<void> check_no_control(const config::Value& value, const std::string& key);   // of an expected header
Result<void> check_has_items(const config::Value& value, const std::string& key);    // of a list
Result<void> check_whole_second(const config::Value& value, const std::string& key); // of a duration

}
