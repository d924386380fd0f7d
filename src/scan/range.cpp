#include "scan/range.h"
#include "sys/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::scan {
namespace {

constexpr std::string_view by_hand = "name the range: fairlead-scan range A..B";

std::string text_at(const sys::Json& payload, std::string_view pointer) {
    const sys::Json* value = sys::json_pointer(payload, pointer);
    return value && value->is_string() ? value->get<std::string>() : std::string();
}

bool is_zero(std::string_view id) {
    return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) { return c == '0'; });
}

bool is_object_id(std::string_view id) {
    return (id.size() == 40 || id.size() == 64) && id.find_first_not_of("0123456789abcdef") == id.npos;
}

Result<std::string> id_at(const sys::Json& payload, std::string_view event, std::string_view pointer) {
    const std::string id = text_at(payload, pointer);
    if (is_object_id(id)) return id;
    return usage(fmt::format("the payload of the event {} has no commit id at {}; {}", event, pointer, by_hand));
}

Result<Range> range_of_push(const sys::Json& payload) {
    Range range;
    range.about = "push to " + text_at(payload, "/ref");
    const std::string after = TRY(id_at(payload, "push", "/after"));
    const std::string before = TRY(id_at(payload, "push", "/before"));
    if (!is_zero(after)) range.head = after;
    if (!is_zero(before)) range.base = before;
    const sys::Json* forced = sys::json_pointer(payload, "/forced");
    range.forced = forced && *forced == true;
    const std::string branch = text_at(payload, "/repository/default_branch");
    if (branch.empty()) return usage(fmt::format("the payload of the event push names no default branch; {}", by_hand));
    if (text_at(payload, "/ref") != "refs/heads/" + branch) range.branch = branch;
    return range;
}

}

Result<Range> parse_range(std::string_view words) {
    Range range{.about = std::string(words)};
    const std::size_t dots = words.find("..");
    range.base = words.substr(0, dots);
    if (dots != words.npos)
        range.head = words.substr(
            words.find_first_not_of('.', dots) == words.npos ? words.size() : words.find_first_not_of('.', dots));
    if (range.head.empty()) range.head = "HEAD";
    if (range.base.empty() || range.base.starts_with('-') || range.head.find("..") != range.head.npos)
        return usage(fmt::format("'{}' is no range of commits; expected A..B, such as main..HEAD", words));
    return range;
}

Result<Range> range_of_event(std::string_view event, const sys::Json& payload) {
    if (event == "push") return range_of_push(payload);
    Range range;
    if (event == "merge_group") {
        range.about = "merge group";
        range.base = TRY(id_at(payload, event, "/merge_group/base_sha"));
        range.head = TRY(id_at(payload, event, "/merge_group/head_sha"));
        return range;
    }
    if (event == "pull_request" || event == "pull_request_target") {
        const sys::Json* number = sys::json_pointer(payload, "/number");
        range.about = "pull request";
        if (number && number->is_number_integer()) range.about += fmt::format(" #{}", number->get<std::int64_t>());
        range.base = TRY(id_at(payload, event, "/pull_request/base/sha"));
        range.head = TRY(id_at(payload, event, "/pull_request/head/sha"));
        // A deleted fork leaves no name: not ours either.
        range.from_fork = text_at(payload, "/pull_request/head/repo/full_name") !=
                          text_at(payload, "/pull_request/base/repo/full_name");
        return range;
    }
    return usage(fmt::format("the event '{}' names no range of commits; {} or scan the tree", event, by_hand));
}

Result<Range> range_wanted(std::span<const std::string> words, const sys::Environment& environment) {
    if (words.size() == 1) return parse_range(words[0]);
    if (words.size() > 1) return usage(fmt::format("'{}' is one word too many; {}", words[1], by_hand));
    const auto event = environment.get("GITHUB_EVENT_NAME");
    const auto path = environment.get("GITHUB_EVENT_PATH");
    if (!event || !path) return usage(fmt::format("no event of GitHub started this; {}", by_hand));
    return range_of_event(*event, TRY(sys::parse_json(TRY(sys::read_file(*path)), *path)));
}

}
