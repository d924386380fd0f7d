#include "base/text.h"
#include "gate/readers.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <tuple>

// SARIF 2.1.0 (OASIS). One result is held at a time; what its level depends on may come after it, so results are
// tallied by the rule that they name and judged at the end of their run.
namespace fairlead::gate {

namespace {

using sys::Json;

const Json& member(const Json& value, std::string_view name) {
    static const Json none;
    if (!value.is_object()) return none;
    const auto found = value.find(name);
    return found == value.end() ? none : *found;
}

std::string text_of(const Json& value, std::string_view name) {
    const Json& found = member(value, name);
    return found.is_string() ? found.get<std::string>() : std::string();
}

int number_of(const Json& value, std::string_view name, int fallback) {
    const Json& found = member(value, name);
    if (!found.is_number_integer()) return fallback;
    const auto number = found.get<std::int64_t>();
    return number < 0 || number > 1'000'000'000 ? fallback : static_cast<int>(number);
}

// How a result names its rule: section 3.27.5 to 3.27.7.
struct RuleReference {
    std::string level; // of the result itself; then the rest does not matter
    std::string id;
    int index = -1;
    int extension = -1;    // -1: the driver
    std::string component; // name of the extension
    auto key() const { return std::tie(level, id, index, extension, component); }
    bool operator<(const RuleReference& other) const { return key() < other.key(); }
};

struct Tally {
    std::uint64_t count = 0;
    std::vector<Foreign> first;
};

bool counts(const Json& result) {
    const auto kind = text_of(result, "kind");
    if (!kind.empty() && kind != "fail") return false;
    if (text_of(result, "baselineState") == "absent") return false;
    const Json& suppressions = member(result, "suppressions");
    if (!suppressions.is_array() || suppressions.empty()) return true;
    return std::any_of(suppressions.begin(), suppressions.end(), [](const Json& suppression) {
        const auto status = text_of(suppression, "status");
        return status == "underReview" || status == "rejected";
    });
}

RuleReference reference_of(const Json& result) {
    const Json& rule = member(result, "rule");
    const Json& component = member(rule, "toolComponent");
    RuleReference out;
    out.level = text_of(result, "level");
    out.id = text_of(result, "ruleId");
    if (out.id.empty()) out.id = text_of(rule, "id");
    out.index = number_of(rule, "index", number_of(result, "ruleIndex", -1));
    out.extension = number_of(component, "index", -1);
    out.component = text_of(component, "name");
    return out;
}

// A URI of RFC 3986: "src/a%20b.c". What is no escape stays.
std::string decoded(std::string_view uri) {
    const auto digit = [](char c) {
        const auto at =
            c < '0' ? std::string_view::npos : std::string_view("0123456789abcdef").find(static_cast<char>(c | 0x20));
        return at == std::string_view::npos ? -1 : static_cast<int>(at);
    };
    std::string out;
    for (std::size_t at = 0; at < uri.size(); ++at) {
        const bool escape = uri[at] == '%' && at + 2 < uri.size() && digit(uri[at + 1]) >= 0 && digit(uri[at + 2]) >= 0;
        out += escape ? static_cast<char>(digit(uri[at + 1]) * 16 + digit(uri[at + 2])) : uri[at];
        if (escape) at += 2;
    }
    return to_valid_utf8(out);
}

Foreign finding_of(const Json& result, const RuleReference& reference) {
    Foreign out;
    out.rule = one_line(reference.id);
    out.message = one_line(text_of(member(result, "message"), "text"));
    const Json& locations = member(result, "locations");
    if (locations.is_array() && !locations.empty()) {
        const Json& physical = member(locations.front(), "physicalLocation");
        const Json& region = member(physical, "region");
        out.file = decoded(text_of(member(physical, "artifactLocation"), "uri"));
        out.line = number_of(region, "startLine", 0);
        out.column = number_of(region, "startColumn", 0);
    }
    return out;
}

std::string default_level(const Json& rule) { return text_of(member(rule, "defaultConfiguration"), "level"); }

class Run {
  public:
    void add(const Json& result) {
        if (!counts(result)) return;
        const auto reference = reference_of(result);
        Tally& tally = tallies_[reference];
        ++tally.count;
        if (kept_ >= 3 * Evidence::kept || tally.first.size() >= Evidence::kept) return;
        ++kept_;
        tally.first.push_back(finding_of(result, reference));
    }
    void set_tool(Json tool) { tool_ = std::move(tool); }

    void close(Evidence& evidence) const {
        for (const auto& [reference, tally] : tallies_) {
            const auto level = level_of(reference);
            if (!level) continue;
            std::uint64_t& count = (*evidence.findings)[*level];
            for (auto finding : tally.first) {
                if (count++ >= Evidence::kept) continue;
                finding.level = *level;
                finding.tool = name();
                evidence.foreign.push_back(std::move(finding));
            }
            count += tally.count - tally.first.size();
        }
    }
    std::string name() const {
        const auto written = one_line(text_of(member(tool_, "driver"), "name"));
        return written.empty() ? "the tool" : written;
    }

  private:
    std::optional<Level> level_of(const RuleReference& reference) const {
        auto word = reference.level.empty() ? rule_level(reference) : reference.level;
        if (word == "none") return std::nullopt;
        if (word == "note") return Level::note;
        return word.empty() || word == "warning" ? Level::warning : Level::error; // what is unknown weighs most
    }

    std::string rule_level(const RuleReference& reference) const {
        const Json& rules = member(component(reference), "rules");
        if (reference.index >= 0 && rules.is_array() && static_cast<std::size_t>(reference.index) < rules.size())
            return default_level(rules[static_cast<std::size_t>(reference.index)]);
        // By id in the driver, then in the extensions; `id/sub` is a case of `id`.
        for (auto id = std::string_view(reference.id); !id.empty();) {
            if (const Json* rule = find_rule(id)) return default_level(*rule);
            const auto slash = id.rfind('/');
            id = slash == std::string_view::npos ? std::string_view() : id.substr(0, slash);
        }
        return {};
    }

    const Json& component(const RuleReference& reference) const {
        const Json& extensions = member(tool_, "extensions");
        if (extensions.is_array()) {
            if (reference.extension >= 0 && static_cast<std::size_t>(reference.extension) < extensions.size())
                return extensions[static_cast<std::size_t>(reference.extension)];
            for (const Json& extension : extensions)
                if (!reference.component.empty() && text_of(extension, "name") == reference.component) return extension;
        }
        return member(tool_, "driver");
    }

    const Json* find_rule(std::string_view id) const {
        const auto within = [&](const Json& component) -> const Json* {
            const Json& rules = member(component, "rules");
            if (!rules.is_array()) return nullptr;
            for (const Json& rule : rules)
                if (text_of(rule, "id") == id) return &rule;
            return nullptr;
        };
        if (const Json* rule = within(member(tool_, "driver"))) return rule;
        const Json& extensions = member(tool_, "extensions");
        if (!extensions.is_array()) return nullptr;
        for (const Json& extension : extensions)
            if (const Json* rule = within(extension)) return rule;
        return nullptr;
    }

    std::map<RuleReference, Tally> tallies_;
    std::size_t kept_ = 0;
    Json tool_;
};

class Handler : public sys::JsonHandler {
  public:
    explicit Handler(Evidence& evidence) : evidence_(evidence) {}

    Take begin(std::string_view path, sys::JsonKind kind) override {
        if (path == "/runs/*/results") return begin_results(kind);
        if (path == "/runs/*/results/*" && kind != sys::JsonKind::object) broken = "a result is no object";
        if (path == "/runs/*" && kind != sys::JsonKind::object) broken = "a run is no object";
        if (path == "/runs/*/results/*") has_results_ = true;
        if (path == "/runs/*/results/*" || path == "/runs/*/tool" || path == "/runs/*/invocations/*")
            return Take::build;
        if (path == "/runs/*") {
            run_ = Run();
            failed_ = has_results_ = false;
            complaint_.clear();
            ++runs_;
        }
        return path.empty() || path == "/runs" || path == "/runs/*" || path == "/runs/*/invocations" ? Take::enter
                                                                                                     : Take::skip;
    }
    void built(std::string_view path, Json value) override {
        if (path == "/runs/*/results/*")
            run_.add(value);
        else if (path == "/runs/*/tool")
            run_.set_tool(std::move(value));
        else
            add_invocation(value);
    }
    void left(std::string_view path) override {
        if (path != "/runs/*") return;
        run_.close(evidence_);
        if (failed_) evidence_.tool_failed.push_back(run_.name() + " says that it did not run to its end");
        if (!failed_ && !has_results_ && !complaint_.empty())
            evidence_.tool_failed.push_back(fmt::format("{} lists no result, but says: {}", run_.name(), complaint_));
    }
    bool done() const override { return !broken.empty(); }

    void close() {
        if (runs_ == 0) evidence_.tool_failed.emplace_back("the report holds no run: no tool has looked");
        if (runs_ > 0 && !looked_ && evidence_.tool_failed.empty())
            evidence_.tool_failed.emplace_back("no run lists results: no tool has looked");
    }
    std::string broken; // what makes it no report at all

  private:
    // Section 3.14.23: absent when a run only tells the rules of its tool, null when the tool could not look.
    Take begin_results(sys::JsonKind kind) {
        looked_ = true;
        if (kind == sys::JsonKind::array) return Take::enter;
        if (kind == sys::JsonKind::object)
            broken = "the results of a run are no list";
        else
            failed_ = true;
        return Take::skip;
    }

    // Semgrep calls a run with a broken configuration successful and tells the error in a notification.
    void add_invocation(const Json& invocation) {
        failed_ |= member(invocation, "executionSuccessful") == Json(false);
        for (const auto* list : {"toolExecutionNotifications", "toolConfigurationNotifications"})
            for (const Json& each : member(invocation, list))
                if (complaint_.empty() && text_of(each, "level") == "error")
                    complaint_ = one_line(text_of(member(each, "message"), "text"));
    }

    Evidence& evidence_;
    Run run_;
    std::string complaint_; // of this run's tool
    bool has_results_ = false;
    std::size_t runs_ = 0;
    bool failed_ = false; // this run
    bool looked_ = false; // any run
};

}

Result<void> read_sarif(const Source& source, const SourceTree&, Evidence& evidence) {
    evidence.findings.emplace();
    Handler handler(evidence);
    TRY_VOID(source.json(handler));
    if (!handler.broken.empty()) return no("malformed SARIF: " + handler.broken, {source.name(), 0, 0, {}});
    handler.close();
    return {};
}

}
