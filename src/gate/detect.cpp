#include "gate/detect.h"
#include "base/text.h"
#include "gate/formats/jmeter.h"
#include "sys/data/json.h"
#include <algorithm>
#include <set>
#include <span>
#include <vector>

namespace fairlead::gate {

namespace {

using Facts = std::set<std::string, std::less<>>;

// A format shows by facts: all of these and, where there are any, one of those.
struct Shape {
    std::string_view format;
    std::vector<std::string_view> all;
    std::vector<std::string_view> any = {};
    std::string_view never = {};
};

bool fits(const Shape& shape, const Facts& facts) {
    const auto holds = [&](std::string_view fact) { return facts.contains(fact); };
    return std::all_of(shape.all.begin(), shape.all.end(), holds) &&
           (shape.any.empty() || std::any_of(shape.any.begin(), shape.any.end(), holds)) &&
           (shape.never.empty() || !holds(shape.never));
}

std::string first_fit(std::span<const Shape> shapes, const Facts& facts) {
    const auto found =
        std::find_if(shapes.begin(), shapes.end(), [&](const Shape& shape) { return fits(shape, facts); });
    return found == shapes.end() ? std::string() : std::string(found->format);
}

// `<x` root x, `>x` a child of it, `@x` an attribute of it.
const std::vector<Shape>& xml_shapes() {
    static const std::vector<Shape> shapes = {
        {"junit", {"<testsuites"}, {}, ">suite"}, // Check's unit test library has the same root
        {"junit", {"<testsuite"}, {}, ">suite"},
        {"nunit3", {"<test-run"}},
        {"nunit3", {"<test-suite", "@testcasecount"}},
        {"nunit2", {"<test-results"}},
        {"xunit", {"<assemblies"}},
        {"xunit", {"<assembly"}},
        {"trx", {"<TestRun"}, {">Results", ">ResultSummary", ">TestDefinitions"}, ">FailedTests"}, // CppUnit, AUnit
        {"ctest", {"<Site", ">Testing"}},
        {"clover", {"<coverage", ">project"}, {"@generated", "@clover"}, "@line-rate"},
        {"cobertura", {"<coverage"}, {">packages", "@line-rate"}},
        {"jacoco", {"<report"}, {">package", ">group", ">sessioninfo", ">counter"}},
        {"opencover", {"<CoverageSession"}},
        {"checkstyle", {"<checkstyle"}},
        {"pmd", {"<pmd"}},
        {"spotbugs", {"<BugCollection"}},
        {"cyclonedx", {"<bom"}},
        {"jmeter", {"<testResults"}},
    };
    return shapes;
}

// Paths as in sys/data/json_stream.h with `{}`, `[]` or nothing for a scalar behind it; `?` is any name at the top.
const std::vector<Shape>& json_shapes() {
    static const std::vector<Shape> shapes = {
        {"sarif", {"/runs[]"}, {"/version", "/$schema"}},
        {"cyclonedx", {"/bomFormat=CycloneDX"}},
        {"ctrf", {"/results{}", "/results/tests[]"}},
        {"llvm-cov", {"/type=llvm.coverage"}},
        {"grype", {"/matches[]"}, {"/descriptor{}", "/source{}"}},
        {"pip-audit", {"/dependencies[]", "/fixes[]"}},
        {"npm-audit", {"/auditReportVersion", "/vulnerabilities{}"}},
        {"npm-audit", {"/advisories{}", "/metadata{}"}},
        {"npm-audit", {"/error{}"}, {"/error/code", "/error/summary"}}, // it could not do its work
        {"gitlab", {"/vulnerabilities[]"}, {"/scan{}", "/version"}},
        {"trivy", {}, {"/SchemaVersion", "/ClusterName", "/*/Target"}},
        {"bandit", {"/results[]", "/metrics{}", "/generated_at"}},
        {"semgrep", {"/results[]"}, {"/errors[]", "/paths{}"}},
        {"golangci", {"/Issues[]"}, {"/Report{}", "/Issues/*/FromLinter"}},
        {"golangci", {"/Issues", "/Report{}"}}, // null: earlier versions that found nothing
        {"coverage-py", {"/meta{}", "/files{}", "/totals{}"}},
        {"simplecov", {"/coverage{}"}},
        {"istanbul-summary", {"/total/lines{}"}},
        {"istanbul", {}, {"/?/statementMap{}", "/?/data/statementMap{}"}},
        {"simplecov", {"/?/coverage{}", "/?/timestamp"}},
        {"eslint", {"/*/filePath", "/*/messages[]"}},
        {"eslint", {"/results/*/filePath", "/results/*/messages[]"}}, // json-with-metadata
        {"codeclimate", {"/*/check_name"}},
        {"codeclimate", {"/*/fingerprint", "/*/location{}"}},
        {"k6", {"/metrics{}"}, {"/metrics/http_reqs{}", "/metrics/iterations{}"}},
        {"hyperfine", {"/results[]", "/results/*/command", "/results/*/median"}},
        {"lighthouse", {"/lighthouseVersion"}},
    };
    return shapes;
}

class XmlFacts : public sys::XmlHandler {
  public:
    Result<void> start(std::string_view name, const sys::XmlAttributes& attributes) override {
        if (++depth_ == 1) {
            facts.insert('<' + std::string(name));
            for (const auto* attribute : {"testcasecount", "generated", "clover", "line-rate"})
                if (attributes.has(attribute)) facts.insert('@' + std::string(attribute));
        } else if (depth_ == 2 && facts.size() < 1000)
            facts.insert('>' + std::string(name));
        return {};
    }
    Result<void> end(std::string_view) override {
        --depth_;
        return {};
    }
    Facts facts;

  private:
    int depth_ = 0;
};

class JsonFacts : public sys::JsonHandler {
  public:
    JsonFacts() {
        for (const auto& shape : json_shapes()) {
            known_.insert(shape.all.begin(), shape.all.end());
            known_.insert(shape.any.begin(), shape.any.end());
        }
    }
    Result<Take> begin(std::string_view path, sys::JsonKind kind) override {
        empty_list = path.empty() && kind == sys::JsonKind::array;
        list_ = list_ || empty_list;
        if (kind == sys::JsonKind::scalar) {
            note(path, "");
            return path == "/bomFormat" || path == "/type" ? Take::build : Take::skip;
        }
        note(path, kind == sys::JsonKind::object ? "{}" : "[]");
        return path.empty() || leads_on(path) || leads_on(any_name(path)) ? Take::enter : Take::skip;
    }
    Result<void> built(std::string_view path, sys::Json value) override {
        if (!value.is_string()) return {};
        const auto& text = value.get_ref<const std::string&>();
        if (path == "/bomFormat")
            facts.insert("/bomFormat=" + text.substr(0, 20));
        else if (text.starts_with("llvm.coverage"))
            facts.insert("/type=llvm.coverage");
        return {};
    }
    // SARIF is read in one pass, so it must not cost one here; nor must a list, whose first item shows what it is.
    bool done() const override { return settled_; }
    Facts facts;
    bool empty_list = false;

  private:
    static std::string any_name(std::string_view path) {
        if (path.size() < 2) return {};
        const auto second = path.find('/', 1);
        return "/?" + std::string(second == std::string_view::npos ? "" : path.substr(second));
    }
    void note(std::string_view path, std::string_view kind) {
        for (auto fact : {std::string(path), any_name(path)}) {
            if (fact.empty()) continue;
            if (!known_.contains(fact += kind) || !facts.insert(fact).second) continue;
            settled_ = fits(json_shapes().front(), facts) || (list_ && !first_fit(json_shapes(), facts).empty());
        }
    }
    bool leads_on(std::string_view path) const {
        if (path.empty()) return false;
        const auto below = std::string(path) + '/';
        const auto at = known_.lower_bound(below);
        return at != known_.end() && at->starts_with(below);
    }
    std::set<std::string, std::less<>> known_;
    bool list_ = false; // at the top
    bool settled_ = false;
};

std::string_view next_line(std::string_view& text) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

bool is_tap_line(std::string_view line) {
    if (line.starts_with("TAP version 1") || line == "ok" || line == "not ok") return true;
    if (line.starts_with("ok ") || line.starts_with("not ok ")) return true;
    if (!line.starts_with("1..")) return false;
    const auto number = trim(line.substr(3, line.find('#', 3) - 3));
    return !number.empty() && number.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_go_test_line(std::string_view line) {
    return line.starts_with('{') && ((line.find("\"Action\":") != line.npos &&
                                      (line.find("\"Time\"") != line.npos || line.find("\"Package\"") != line.npos)) ||
                                     line.find("\"ImportPath\"") != std::string_view::npos);
}

}

std::string detect_text(std::string_view head) {
    bool comment_before = true; // LCOV may begin with comments
    for (bool first = true; !head.empty();) {
        const auto line = next_line(head);
        if (trim(line).empty()) continue;
        if (first && (line == "mode: set" || line == "mode: count" || line == "mode: atomic")) return "go-cover";
        if (first && jmeter_delimiter(line)) return "jmeter";
        if (comment_before && (line.starts_with("TN:") || line.starts_with("SF:") || line.starts_with("VER:")))
            return "lcov";
        if (is_go_test_line(line)) return "go-test";
        if (is_tap_line(line)) return "tap";
        comment_before = comment_before && line.starts_with('#');
        first = false;
    }
    return {};
}

namespace {

Result<Detected> detect_xml(const Source& source, std::string_view head, bool whole) {
    XmlFacts seen;
    auto parsed = sys::parse_xml(head, source.name(), seen);
    if (seen.facts.empty() && !whole) parsed = source.xml(seen); // a comment longer than the head
    if (seen.facts.empty() && !parsed.ok()) return parsed.error();
    return Detected{first_fit(xml_shapes(), seen.facts)};
}

Result<Detected> detect_json(const Source& source) {
    JsonFacts seen;
    TRY_VOID(source.json(seen));
    return Detected{first_fit(json_shapes(), seen.facts), false, seen.empty_list};
}

// Raw bytes: expat wants to see the encoding by itself.
Result<Detected> detect_markup(const Source& source) {
    auto stream = TRY(source.open(sys::Encoding::raw));
    const std::string_view first = TRY(stream.next());
    const std::string head(first); // the next piece takes its place
    const bool whole = TRY(stream.next()).empty();
    return detect_xml(source, head, whole);
}

}

Result<Detected> detect(const Source& source) {
    auto stream = TRY(source.open(sys::Encoding::utf8));
    std::string_view head = TRY(stream.next());
    while (!head.empty() && trim(head).empty()) head = TRY(stream.next());
    if (head.empty()) return Detected{{}, true};
    if (head.starts_with("\x1f\x8b")) return Detected{"gzip"}; // packed twice
    const auto first = trim(head).front();
    if (first == '<') return detect_markup(source);
    auto text = detect_text(head);
    if (!text.empty()) return Detected{std::move(text)};
    if (first == '{' || first == '[') return detect_json(source);
    return Detected{};
}

}
