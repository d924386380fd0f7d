#pragma once
#include "base/result.h"
#include "sys/pattern/pattern.h"
#include <mutex>
#include <string_view>

// Servers choose the judged bodies. No body may take much more time or memory than its size justifies.
namespace fairlead::smoke::hurl {

// Error (no): the search may take more than about a second.
Result<void> check_cost(const sys::Pattern& pattern, std::string_view text);

// Error (no): `text` has a million or more of these characters. Each begins or ends a part that would be kept; `parts`
// names them ("values", "elements").
Result<void> check_parts(std::string_view text, std::string_view characters, std::string_view parts);

// Returns a lock with which large bodies are judged one at a time, because each may need 25 times its size. For a small
// body it locks nothing.
std::unique_lock<std::mutex> one_large_body(std::size_t size);

}
