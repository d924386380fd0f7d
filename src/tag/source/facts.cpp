#include "tag/source/facts.h"
#include "tag/script/ecma.h"
#include <array>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

std::optional<std::string> behind(const std::string& ref, std::string_view folder) {
    if (ref.compare(0, folder.size(), folder) != 0) return std::nullopt;
    return ref.substr(folder.size());
}

}

std::optional<std::string> branch_of(const Facts& facts) { return behind(facts.ref, "refs/heads/"); }
std::optional<std::string> tag_of(const Facts& facts) { return behind(facts.ref, "refs/tags/"); }
std::optional<std::string> pull_of(const Facts& facts) { return behind(facts.ref, "refs/pull/"); }

Result<std::string> short_sha(const Facts& facts) {
    const auto given = facts.short_sha_length.empty() ? std::optional(7.0) : to_number(facts.short_sha_length);
    if (!given)
        return usage(fmt::format("DOCKER_METADATA_SHORT_SHA_LENGTH is not a valid number: {}", facts.short_sha_length));
    const double length = *given;
    if (length >= static_cast<double>(facts.sha.size())) return facts.sha;
    return length > 0 ? facts.sha.substr(0, static_cast<std::size_t>(length)) : std::string();
}

bool is_default_branch(const Facts& facts) {
    const auto branch = branch_of(facts).value_or(facts.ref);
    if (branch.empty()) return false;
    if (facts.payload_default_branch == branch) return true;
    // Events that GitHub only sends for the default branch, so the peer says; create is sent for any.
    static constexpr std::array<std::string_view, 4> events = {"create", "discussion", "issues", "schedule"};
    for (const auto event : events)
        if (facts.event.find(event) != std::string::npos) return true;
    return false;
}

}
