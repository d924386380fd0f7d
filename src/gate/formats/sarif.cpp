#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include "gate/formats/sarif_rules.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>

// SARIF 2.1.0 (OASIS). One result is held at a time; what its level depends on may come after it, so results are
// tallied by the rule that they name and judged at the end of their run.
namespace fairlead::gate {

namespace {

using sys::Json;

struct Tally {
    std::uint64_t count = 0, judged = 0;
    std::vector<Foreign> first; // of the judged
};

bool counts(const Json& result) {
    const auto kind = sys::text_of(result, "kind");
    if (!kind.empty() && kind != "fail") return false;
    if (sys::text_of(result, "baselineState") == "absent") return false;
    const Json& suppressions = member_of(result, "suppressions");
    if (!suppressions.is_array() || suppressions.empty()) return true;
    return std::any_of(suppressions.begin(), suppressions.end(), [](const Json& suppression) {
        const auto status = sys::text_of(suppression, "status");
        return status == "underReview" || status == "rejected";
    });
}

Foreign finding_of(const Json& result, const RuleReference& reference, std::size_t location = 0) {
    Foreign out;
    out.rule = one_line(reference.id);
    out.message = one_line(sys::text_of(member_of(result, "message"), "text"));
    const Json& locations = member_of(result, "locations");
    if (locations.is_array() && location < locations.size()) {
        const Json& physical = member_of(locations[location], "physicalLocation");
        const Json& region = member_of(physical, "region");
        out.file = to_valid_utf8(percent_decode(sys::text_of(member_of(physical, "artifactLocation"), "uri")));
        out.line = number_of(region, "startLine", 0);
        out.last_line = number_of(region, "endLine", 0);
        out.column = number_of(region, "startColumn", 0);
    }
    return out;
}

std::vector<Foreign> places_of(const Json& result, const RuleReference& reference) {
    const Json& locations = member_of(result, "locations");
    const std::size_t count = locations.is_array() ? locations.size() : 0;
    std::vector<Foreign> places;
    for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i)
        places.push_back(finding_of(result, reference, i));
    return places;
}

class Run {
  public:
    explicit Run(std::optional<double> security_from) : security_from_(security_from) {}

    void add(const Json& result, const IsJudged& is_judged) {
        if (!counts(result)) return;
        auto reference = reference_of(result);
        const auto weight = 1 + (reference.id.size() + reference.component.size() + reference.level.size()) / 64;
        const auto [at, added] = tallies_.try_emplace(std::move(reference));
        if (added) weight_ += weight;
        Tally& tally = at->second;
        ++tally.count;
        if (is_judged) {
            auto places = places_of(result, at->first);
            places.front().level = level_of(at->first).value_or(Level::note); // as far as the rules are read
            if (!is_judged(places)) return;
        }
        ++tally.judged;
        if (!keeps_more() || tally.first.size() >= Evidence::kept) return;
        ++kept_;
        tally.first.push_back(finding_of(result, at->first));
    }
    bool keeps_more() const { return kept_ < 3 * Evidence::kept; } // of what is shown
    bool is_full() const { return weight_ > SarifTool::most_rules || tool.is_full(); }

    void close(Evidence& evidence) const {
        for (const auto& [reference, tally] : tallies_) {
            const auto level = level_of(reference);
            if (!level) continue;
            (*evidence.findings)[*level] += tally.count;
            std::uint64_t& count = evidence.new_findings[*level]; // all without a scope
            for (auto finding : tally.first) {
                if (count++ >= Evidence::kept) continue;
                finding.level = *level;
                finding.tool = tool.name();
                evidence.foreign.push_back(std::move(finding));
            }
            count += tally.judged - tally.first.size();
        }
    }
    SarifTool tool;

  private:
    std::optional<Level> level_of(const RuleReference& reference) const {
        const auto word = reference.level.empty() ? tool.level_of(reference) : reference.level;
        if (word == "none") return std::nullopt;
        if (security_from_ && tool.security_of(reference) >= *security_from_) return Level::error;
        if (word == "note") return Level::note;
        return word.empty() || word == "warning" ? Level::warning : Level::error; // what is unknown weighs most
    }

    std::optional<double> security_from_;
    std::map<RuleReference, Tally> tallies_;
    std::size_t kept_ = 0, weight_ = 0;
};

// What decides the verdict and may lie elsewhere than in the run (section 3.15).
bool decides(std::string_view member) {
    return is_one_of(member, {"results", "invocations", "driver", "extensions", "policies"});
}

// How a run of the tool ended.
struct Ending {
    bool failed = false, successful = false;
    bool ended_with_one = false; // linters say so that they found something
    std::string complaint;       // an error that the tool tells

    // Semgrep calls a run with a broken configuration successful and tells the error in a notification.
    void add(const Json& invocation) {
        const Json& said = member_of(invocation, "executionSuccessful");
        if (said.is_null() && !invocation.contains("executionSuccessful"))
            look_at_exit(invocation);
        else
            (said == Json(true) ? successful : failed) = true;
        for (const auto* sign : {"exitSignalName", "exitSignalNumber", "processStartFailureMessage"})
            failed |= !member_of(invocation, sign).is_null(); // killed, whatever it calls itself
        for (const auto* list : {"toolExecutionNotifications", "toolConfigurationNotifications"})
            for (const Json& each : member_of(invocation, list))
                if (complaint.empty() && sys::text_of(each, "level") == "error")
                    complaint = place_of(each) + one_line(sys::text_of(member_of(each, "message"), "text"));
    }

  private:
    // "shop.js:1: " for a notification that names a file; else empty.
    static std::string place_of(const Json& notification) {
        const Json& places = member_of(notification, "locations");
        if (!places.is_array() || places.empty() || !places.front().is_object()) return {};
        const Json& place = member_of(places.front(), "physicalLocation");
        const auto uri = sys::text_of(member_of(place, "artifactLocation"), "uri");
        if (uri.empty()) return {};
        return fmt::format("{}:{}: ", file_name(uri), number_of(member_of(place, "region"), "startLine", 1));
    }
    // Without the word (which 2.1.0 demands) its process says it.
    void look_at_exit(const Json& invocation) {
        const Json& code = member_of(invocation, "exitCode");
        failed |= code.is_number() && code != Json(0) && code != Json(1);
        ended_with_one |= code == Json(1);
    }
};

class SarifHandler : public sys::JsonHandler {
  public:
    SarifHandler(const std::string& report, Evidence& evidence)
        : report_(report), evidence_(evidence), run_(evidence.security_from) {}

    Result<Take> begin(std::string_view path, sys::JsonKind kind) override {
        if (path == result_path) { // nearly all that it is asked
            if (kind != sys::JsonKind::object) return broken("a result is not an object");
            has_results_ = true;
            return Take::build;
        }
        if (path.starts_with(tool_path)) return run_.tool.begin(path.substr(tool_path.size()), kind);
        if (path == "/runs/*/results") return begin_results(kind);
        if (path == "/runs/*" && kind != sys::JsonKind::object) return broken("a run is not an object");
        if (is_one_of(path,
                      {"/runs/*/invocations/*", "/runs/*/externalPropertyFileReferences", "/version", "/$schema"}))
            return Take::build;
        if (path == "/runs/*") {
            run_ = Run(evidence_.security_from);
            ending_ = Ending();
            has_results_ = lists_results_ = false;
            external_.clear();
            ++runs_;
        }
        if (path.starts_with(inline_path)) return begin_inline(path.substr(inline_path.size()));
        return is_one_of(path, {"", "/runs", "/runs/*", "/runs/*/invocations"}) ? Take::enter : Take::skip;
    }
    bool keeps(std::string_view path, std::string_view name) const override {
        if (path == result_path)
            return is_one_of(name, {"level", "ruleId", "ruleIndex", "rule", "kind", "baselineState", "suppressions"}) ||
                   (is_one_of(name, {"message", "locations"}) && (evidence_.is_judged || run_.keeps_more()));
        if (path.starts_with(tool_path)) return SarifTool::keeps(name);
        if (path == "/runs/*/externalPropertyFileReferences") return decides(name);
        return is_one_of(name, {"executionSuccessful", "exitCode", "exitSignalName", "exitSignalNumber",
                                "processStartFailureMessage", "toolExecutionNotifications",
                                "toolConfigurationNotifications", "ruleConfigurationOverrides"});
    }
    Result<void> built(std::string_view path, Json value) override {
        if (path == result_path)
            run_.add(value, evidence_.is_judged);
        else if (path.starts_with(tool_path))
            run_.tool.built(path.substr(tool_path.size()), value);
        else if (path == "/runs/*/externalPropertyFileReferences")
            external_ = first_external(value);
        else if (path == "/version")
            TRY_VOID(judge_version(value.is_string() ? value.get<std::string>() : value.dump()));
        else if (path == "/$schema")
            schema_ = value.is_string() ? value.get<std::string>() : "";
        else {
            ending_.add(value);
            run_.tool.add_overrides(value);
        }
        if (run_.is_full())
            return broken(fmt::format("a run names more than {} rules, which is the limit", SarifTool::most_rules));
        return {};
    }
    Result<void> left(std::string_view path) override {
        if (path != "/runs/*") return {};
        run_.tool.settle();
        run_.close(evidence_);
        looked_ |= ending_.successful; // some tools leave an empty list out
        const bool is_silent = !lists_results_ && !ending_.successful;
        const auto name = run_.tool.name();
        if (ending_.failed || (ending_.ended_with_one && !has_results_))
            fail(name + " says that it did not run to its end" +
                 (ending_.complaint.empty() ? "" : ": " + ending_.complaint));
        else if (!external_.empty())
            fail(fmt::format("{} keeps its {} in another file (externalPropertyFileReferences), which gate doesn't "
                             "read; let it write a single file",
                             name, external_));
        else if (!has_results_ && !ending_.complaint.empty())
            fail(fmt::format("{} lists no result, but says: {}", name, ending_.complaint));
        else if (is_silent && runs_ > 1) // of the only run the report says it
            fail(fmt::format("a run of {} has no list of results: the tool wasn't run", name));
        return {};
    }

    Result<void> close() {
        if (!has_version_ && schema_.find("2.1") == std::string::npos)
            return broken("it has no version; expected 2.1.0");
        if (inlined_)
            fail("results are in inlineExternalProperties, which gate doesn't read; let the tool write them into its "
                 "run");
        else if (runs_ == 0)
            fail("the report has no run: no tool was run");
        else if (!looked_ && evidence_.tool_failed.empty())
            fail("no run has a list of results: no tool was run");
        return {};
    }

  private:
    static constexpr std::string_view result_path = "/runs/*/results/*";
    static constexpr std::string_view tool_path = "/runs/*/tool", inline_path = "/inlineExternalProperties";

    // What makes it no report at all.
    Error broken(const std::string& why) const { return no("malformed SARIF: " + why, {report_, 0, 0, {}}); }
    void fail(std::string why) { keep_first(evidence_.tool_failed, evidence_.more_tools_failed, std::move(why)); }

    // Section 3.14.23: absent when a run only tells the rules of its tool, null when the tool could not look.
    Result<Take> begin_results(sys::JsonKind kind) {
        looked_ = lists_results_ = true;
        if (kind == sys::JsonKind::array) return Take::enter;
        if (kind == sys::JsonKind::object) return broken("the results of a run are not a list");
        ending_.failed = true;
        return Take::skip;
    }

    Take begin_inline(std::string_view path) {
        if (path.empty() || path == "/*") return Take::enter;
        if (!path.starts_with("/*/")) return Take::skip;
        path.remove_prefix(3);
        inlined_ |= path == "driver" || (path.ends_with("/*") && decides(path.substr(0, path.size() - 2)));
        return decides(path) ? Take::enter : Take::skip;
    }

    static std::string first_external(const Json& references) {
        for (const auto& [name, reference] : references.items())
            if (decides(name) && !reference.empty()) return name;
        return {};
    }

    // 1.0.0 and the drafts of 2.0.0 call the same things by other names: they would pass unseen.
    Result<void> judge_version(const std::string& version) {
        has_version_ = true;
        if (version.starts_with("2.1")) return {};
        return broken(fmt::format("version '{}' of SARIF is not read; expected 2.1.0", one_line(version)));
    }

    const std::string& report_;
    Evidence& evidence_;
    Run run_;
    Ending ending_;
    std::string external_;                             // what of this run lies in another file
    bool has_results_ = false, lists_results_ = false; // of this run: the list, and one of it
    std::string schema_;
    std::size_t runs_ = 0;
    bool has_version_ = false, inlined_ = false;
    bool looked_ = false; // any run
};

}

Result<void> read_sarif(const Source& source, const SourceTree&, Evidence& evidence) {
    evidence.findings.emplace();
    SarifHandler handler(source.name(), evidence);
    TRY_VOID(source.json(handler));
    return handler.close();
}

}
