// slow: expressions are compiled
#include "base/text.h"
#include "scan/gitleaks/baseline.h"
#include "scan/gitleaks/detector.h"
#include "scan/gitleaks/log_options.h"
#include "scan/gitleaks/look.h"
#include "scan/gitleaks/report.h"
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace fairlead;
namespace gl = fairlead::scan::gitleaks;

namespace {

constexpr std::string_view usual = R"toml([[allowlists]]
regexes = ["^allowed"]
[[rules]]
id = "token"
regex = "tok_[a-z0-9]*"
entropy = 1
keywords = ["tok"]
[[rules.allowlists]]
condition = "AND"
regexTarget = "line"
regexes = ["sample"]
stopwords = ["abc"]
[[rules]]
id = "lines"
regex = '''(?s)begin(.*?)end|(x*)'''
[[rules]]
id = "generic-pair"
regex = "key=(.)"
[[rules.required]]
id = "token"
withinLines = 2
[[rules]]
id = "named"
path = "[.]key$"
)toml";

Result<std::string> nothing(const std::string& path) { return usage(path + " is not there"); }

Result<gl::Detector> detector_of(std::string_view file) {
    auto configuration = TRY(gl::read_configuration(file, "fuzz", nothing));
    return gl::Detector::make(std::move(configuration), {});
}

void check_findings(const gl::Fragment& fragment, const std::vector<gl::Finding>& findings) {
    for (const gl::Finding& finding : findings) {
        if (finding.begin > finding.end || finding.end > fragment.text.size()) std::abort();
        if (finding.start_line < 0 || finding.end_line < finding.start_line) std::abort();
    }
}

// What is found in some lines is seen in the whole text, in which they were changed.
void check_lines(gl::Detector& detector, std::string_view text) {
    const std::string whole = std::string(text) + (text.ends_with('\n') ? "" : "\n");
    const std::size_t middle = whole.find('\n', whole.size() / 3) + 1;
    std::size_t end = whole.find('\n', std::min(middle + whole.size() / 3, whole.size() - 1)) + 1;
    if (end == 0) end = whole.size();
    const std::string_view lines = std::string_view(whole).substr(middle, end - middle);
    const auto findings = detector.find({.text = lines, .path = "a.key", .commit = "c"});
    if (!findings.ok() || findings->empty()) return;
    const std::string path = detector.has_rule_for("a.key") ? "a.key" : "";
    const auto may = detector.may_find(whole, {middle, end}, path, true);
    if (may.ok() && !may.value()) std::abort();
}

}

// gitleaks' configuration, and behind the first NUL a text that is searched with it, or with a usual one; the text is
// also taken for a baseline and for options of git-log.
extern "C" int fuzz_scan_gitleaks(const std::uint8_t* data, std::size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const std::size_t zero = all.find('\0');
    const std::string_view text = zero == all.npos ? all : all.substr(zero + 1);
    (void)gl::LogOptions::parse(text);
    static auto of_usual = detector_of(usual); // expressions take long to compile
    auto own = zero == all.npos ? Result<gl::Detector>(no("")) : detector_of(all.substr(0, zero));
    auto& detector = zero == all.npos ? of_usual : own;
    if (!detector.ok()) return 0;
    std::size_t length = 0;
    for (const std::string_view piece : gl::pieces_of(text)) length += piece.size();
    if (length != text.size()) std::abort();
    const gl::Fragment fragment{.text = text, .path = "a.key", .commit = "c"};
    auto findings = detector->find(fragment);
    if (!findings.ok()) return 0;
    check_findings(fragment, findings.value());
    check_lines(detector.value(), text);
    for (const std::string_view format : gl::report_formats()) gl::write_report(format, findings.value(), {});
    const auto report = gl::write_report("json", findings.value(), {});
    const auto baseline = gl::Baseline::parse(report, "fuzz");
    if (!baseline.ok()) std::abort();
    for (const gl::Finding& finding : findings.value())
        if (valid_utf8(text) && valid_utf8(finding.secret) && !baseline->knows(finding, 0)) std::abort();
    (void)gl::Baseline::parse(text, "fuzz");
    return 0;
}
