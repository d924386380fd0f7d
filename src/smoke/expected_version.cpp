#include "smoke/expected_version.h"
#include "base/text.h"
#include "sys/files.h"
#include "sys/json.h"
#include "sys/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

Result<std::string> last_deployed(const std::string& folder) {
    const std::string where = folder.empty() ? "." : folder;
    const auto path = where + "/.fairlead/out/deploy.json";
    if (const auto text = sys::read_file(path); text.ok()) {
        const auto document = TRY(sys::parse_json(text.value(), path));
        const auto* version = sys::json_pointer(document, "/outputs/version");
        if (version && version->is_string() && !version->get<std::string>().empty()) return version->get<std::string>();
    }
    // One word of git's, so that every start is spared the loading of libgit2.
    const auto git = sys::run({.argv = {"git", "rev-parse", "--verify", "--quiet", "HEAD"}, .folder = where});
    if (git.ok() && git->status == 0) return std::string(trim(git->out));
    return could_not("version 'auto' is what deploy recorded last, else HEAD: there is neither");
}

// Asking it again and again changes nothing, and it is meant to answer.
bool can_be_waited_for(const Check& check) {
    return (check.method == "GET" || check.method == "HEAD") && check.skip.empty() && check.expected_failure.empty() &&
           check.expect.failure == sys::HttpFailure::none;
}

}

Result<Plan> expect_version(Plan plan, const std::string& version, const VersionSource& source,
                            const std::string& folder) {
    if (!plan.ready && !version.empty()) {
        const auto first = std::find_if(plan.checks.begin(), plan.checks.end(), can_be_waited_for);
        if (first == plan.checks.end())
            return usage(fmt::format("no check tells whether version {} answers; write smoke.ready", version));
        plan.ready = *first;
        plan.ready->name = "ready";
    }
    if (!plan.ready) return plan;
    plan.ready->expect.version_source = source;
    auto& expected = plan.ready->expect.version;
    if (!version.empty()) expected = version;
    if (expected == "auto") expected = TRY(last_deployed(folder));
    return plan;
}

}
