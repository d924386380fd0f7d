#include "gate/formats/readers.h"
#include "base/text.h"
#include "gate/detect.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace fairlead::gate {

std::span<const Reader> readers() {
    static constexpr Reader rows[] = {
        {"junit", read_junit},
        {"nunit3", read_nunit3},
        {"nunit2", read_nunit2},
        {"xunit", read_xunit},
        {"trx", read_trx},
        {"ctest", read_ctest},
        {"tap", read_tap},
        {"go-test", read_go_test},
        {"ctrf", read_ctrf},
        {"lcov", read_lcov},
        {"cobertura", read_cobertura},
        {"jacoco", read_jacoco},
        {"clover", read_clover},
        {"opencover", read_opencover},
        {"go-cover", read_go_cover},
        {"coverage-py", read_coverage_py},
        {"simplecov", read_simplecov},
        {"istanbul", read_istanbul},
        {"istanbul-summary", read_istanbul_summary},
        {"llvm-cov", read_llvm_cov},
        {"sarif", read_sarif},
        {"eslint", read_eslint},
        {"checkstyle", read_checkstyle},
        {"pmd", read_pmd},
        {"spotbugs", read_spotbugs},
        {"bandit", read_bandit},
        {"semgrep", read_semgrep},
        {"golangci", read_golangci},
        {"codeclimate", read_codeclimate},
        {"gitlab", read_gitlab},
        {"npm-audit", read_npm_audit},
        {"grype", read_grype},
        {"pip-audit", read_pip_audit},
        {"cyclonedx", read_cyclonedx},
        {"trivy", read_trivy},
        {"jmeter", read_jmeter},
        {"k6", read_k6},
        {"hyperfine", read_hyperfine},
        {"lighthouse", read_lighthouse},
    };
    return rows;
}

const Reader* find_reader(std::string_view format) {
    const auto rows = readers();
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Reader& row) { return row.format == format; });
    return found == rows.end() ? nullptr : &*found;
}

namespace {

Evidence no_evidence(Problem problem, std::string reason, Place place = {}) {
    Evidence evidence;
    evidence.problem = problem;
    evidence.reason = std::move(reason);
    evidence.place = std::move(place);
    return evidence;
}

std::string unknown(std::string_view format) {
    std::vector<std::string> names;
    for (const auto& row : readers()) names.emplace_back(row.format);
    if (format == "gzip") return "is packed with gzip twice; unpack it once before this step";
    return fmt::format("is not in a known format; expected {}", one_of(names));
}

// A console's colours in the output of a test, which the writer of the report should have left out.
std::string with_way_out(std::string message, const Source& source) {
    const bool is_forbidden = message.find("XML doesn't allow") != std::string::npos;
    return is_forbidden && !source.is_lenient() ? message + "; lenient: true reads it as a blank" : std::move(message);
}

// Formats that are a list at the top.
bool may_be_empty_list(std::string_view format) {
    return format == "eslint" || format == "codeclimate" || format == "trivy";
}

}

Result<Evidence> read_report(const Source& source, const SourceTree& tree, const Asked& asked) {
    const auto refused = [&](Error error) -> Result<Evidence> {
        if (error.kind == Kind::usage || sys::stop_requested()) return error;
        return no_evidence(Problem::malformed, with_way_out(std::move(error.message), source), std::move(error.place));
    };
    auto detected = detect(source);
    if (!detected) return refused(std::move(detected).error());
    if (detected->empty) return no_evidence(Problem::empty, "is empty");
    if (detected->empty_list && may_be_empty_list(asked.format)) detected->format = asked.format;
    const Reader* reader = find_reader(detected->format);
    if (!reader && detected->empty_list)
        return no_evidence(Problem::unknown_format, "is an empty list, which several linters write; name the linter as "
                                                    "the report's format: in fairlead.yml");
    if (!reader) return no_evidence(Problem::unknown_format, unknown(detected->format));
    Evidence evidence;
    evidence.format = detected->format;
    evidence.is_judged = asked.is_judged;
    evidence.named = asked.named;
    evidence.security_from = asked.security_from;
    auto read = reader->read(source, tree, evidence);
    if (!read) return refused(std::move(read).error());
    if (!asked.is_judged) evidence.new_findings = evidence.findings.value_or(FindingCounts());
    if (evidence.coverage) evidence.coverage->format = reader->format;
    evidence.is_judged = {}; // it refers to the caller's
    return evidence;
}

}
