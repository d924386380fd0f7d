#include "scan/range.h"
#include <fmt/format.h>

namespace fairlead::scan {
namespace {

constexpr std::string_view by_hand = "name the range: fairlead-scan range A..B";

Result<std::string> id_of(const config::Change& change, std::string_view end, const std::string& id) {
    if (config::is_commit_id(id)) return id;
    return usage(fmt::format("the payload of the event {} has no commit id of the {}; {}", change.event, end, by_hand));
}

Result<Range> range_of_push(const config::Change& change, const std::string& before, const std::string& after) {
    Range range{.about = change.about, .of_event = true, .forced = change.forced};
    if (!config::is_no_commit(after)) range.head = after;
    if (!config::is_no_commit(before)) range.base = before;
    if (change.default_branch.empty())
        return usage(fmt::format("the payload of the event push has no default branch; {}", by_hand));
    if (change.ref != "refs/heads/" + change.default_branch) range.branch = change.default_branch;
    return range;
}

}

Result<Range> parse_range(std::string_view words) {
    Range range{.about = std::string(words)};
    const std::size_t dots = words.find("..");
    if (dots == words.npos)
        return usage(fmt::format("'{}' is a single commit, not a range; write A..B, such as main..HEAD", words));
    range.base = words.substr(0, dots);
    const std::size_t head = words.find_first_not_of('.', dots);
    range.head = words.substr(head == words.npos ? words.size() : head);
    if (range.head.empty()) range.head = "HEAD";
    if (range.base.empty() || range.base.starts_with('-') || range.head.find("..") != range.head.npos)
        return usage(fmt::format("'{}' is not a range of commits; expected A..B, such as main..HEAD", words));
    return range;
}

Result<Range> range_of_change(const config::Change& change) {
    const bool push = change.event == "push";
    if (!push && !change.of_two_commits) {
        if (change.event.empty())
            return usage(fmt::format("this job was not started by an event with commits; {}", by_hand));
        return usage(fmt::format("the event '{}' has no range of commits; {} or scan the tree", change.event, by_hand));
    }
    const std::string base = TRY(id_of(change, push ? "commit before" : "base", change.base));
    const std::string head = TRY(id_of(change, push ? "commit after" : "head", change.head));
    if (push) return range_of_push(change, base, head);
    return Range{.base = base, .head = head, .about = change.about, .of_event = true};
}

Result<Range> range_wanted(std::span<const std::string> words, const config::Change& change) {
    if (words.size() == 1) return parse_range(words[0]);
    if (words.size() > 1) return usage(fmt::format("'{}' is not expected here; {}", words[1], by_hand));
    return range_of_change(change);
}

}
