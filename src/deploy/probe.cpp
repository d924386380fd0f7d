#include "deploy/probe.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <fmt/format.h>

namespace fairlead::deploy {

std::string told_version(const sys::HttpResponse& response, const Health& health) {
    if (!health.version_header.empty()) return std::string(trim(response.header(health.version_header)));
    const auto body = sys::parse_json(response.body, "answer");
    if (!body.ok()) return {};
    const auto* member = sys::json_pointer(body.value(), health.version_pointer);
    return member != nullptr && member->is_string() ? member->get<std::string>() : std::string();
}

Judgement judge(const sys::HttpResponse& response, const Health& health, const ReleaseInfo& release) {
    if (response.failure != sys::HttpFailure::none) {
        return {.unreachable = response.status == 0,
                .problem = fmt::format("gives no complete answer: {}", response.reason)};
    }
    if (response.status < health.lowest || response.status > health.highest) {
        return {.problem = fmt::format("answers {}", response.status)};
    }
    if (!health.tells_version()) return {.good = true};
    const auto version = told_version(response, health);
    if (version.empty()) return {.problem = "does not give its version where health.version expects it"};
    const auto commit = without_dirty(release.commit); // it knows the commit that it lies on
    if (version == release.id || version == release.version || version == release.commit || version == commit)
        return {.good = true};
    return {.problem = fmt::format("answers with version {}, expected {}", version, release.version)};
}

}
