#pragma once
#include "config/config.h"
#include <string>
#include <string_view>

// Checks the values of probes' keys: with some values a probe would ask nothing, or no server could answer well.
namespace fairlead::smoke {

std::string shown_value(std::string_view text); // for a message: one line, cut, in quotes
bool has_control(std::string_view text);        // a line break, a tab, a NUL and the like
// Returns whether it is a host name (RFC 1123, 2.1; '_' is allowed) or an IPv4 address.
bool is_host_name(std::string_view text);

// Checks for rows. Error (usage), at the value's place.
Result<void> check_not_empty(const config::Value& value, const std::string& key);
Result<void> check_token(const config::Value& value, const std::string& key);
// an origin as browsers send it, or null
Result<void> check_origin(const config::Value& value, const std::string& key);
Result<void> check_no_control(const config::Value& value, const std::string& key);   // for an expected header
Result<void> check_has_items(const config::Value& value, const std::string& key);    // for a list
Result<void> check_whole_second(const config::Value& value, const std::string& key); // for a duration

}
