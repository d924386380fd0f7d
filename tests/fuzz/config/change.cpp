#include "config/change.h"
#include <cstdint>
#include <string>

// Whose word counts is never left open: a payload is refused, or a foreign change has the commit that decides.
extern "C" int fuzz_config_change(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view events[] = {"pull_request", "pull_request_target", "workflow_run", "issue_comment",
                                           "push",         "merge_group"};
    if (size == 0) return 0;
    const std::string sha(40, 'a');
    const auto event = events[data[0] % std::size(events)];
    const auto change =
        fairlead::config::change_of_event(event, {reinterpret_cast<const char*>(data) + 1, size - 1}, sha);
    if (!change.ok()) return change.error().kind == fairlead::Kind::usage ? 0 : (__builtin_trap(), 0);
    if (change.value().foreign && !fairlead::config::is_commit_id(change.value().base)) __builtin_trap();
    return 0;
}
