#pragma once
#include "base/result.h"
#include "sys/pattern/pattern.h"
#include <mutex>
#include <string_view>

// A server chooses what is judged: no body may take much more time or memory than its size explains.
namespace fairlead::smoke::hurl {

// Error (no): a search may take more than about a second.
Result<void> check_cost(const sys::Pattern& pattern, std::string_view text);

// Error (no): `text` has a million or more of these characters, each of which begins or ends a part that would be kept
// ("values", "elements").
Result<void> check_parts(std::string_view text, std::string_view characters, std::string_view parts);

// Large bodies are judged one at a time, because each may take 25 times its size. Holds nothing for a small one.
std::unique_lock<std::mutex> one_large_body(std::size_t size);

}
