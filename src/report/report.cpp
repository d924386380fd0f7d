#include "report/report.h"
#include "base/text.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace fairlead::report {

namespace {

// One blank for each run of blanks, none at the ends: a changed indentation keeps a finding known.
std::string collapse_blanks(std::string_view line) {
    std::string collapsed;
    for (const char c : trim(line)) {
        const bool blank = trim({&c, 1}).empty();
        if (!blank)
            collapsed += c;
        else if (collapsed.back() != ' ')
            collapsed += ' ';
    }
    return collapsed;
}

}

std::string_view name_of(Severity severity) {
    switch (severity) {
    case Severity::info: return "info";
    case Severity::warning: return "warning";
    case Severity::error: return "error";
    }
    return "error";
}

std::string_view name_of(State state) {
    switch (state) {
    case State::fresh: return "new";
    case State::known: return "known";
    case State::waived: return "waived";
    case State::suppressed: return "suppressed";
    }
    return "new";
}

std::string_view name_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::fail: return "fail";
    case Verdict::error: return "error";
    }
    return "error";
}

std::string_view word_of(Verdict verdict, Says says) {
    if (says == Says::facts) return "";
    if (says == Says::answer) return verdict == Verdict::pass ? "yes" : "no";
    switch (verdict) {
    case Verdict::pass: return "passed";
    case Verdict::fail: return "failed";
    case Verdict::error: return "could not decide";
    }
    return "could not decide";
}

std::string fingerprint(std::string_view rule, std::string_view path, std::string_view line, int occurrence) {
    std::string bytes(rule);
    for (const std::string& part : {std::string(path), collapse_blanks(line), std::to_string(occurrence)}) {
        bytes.append(1, '\0').append(part);
    }
    return "v1:" + sys::sha256(bytes).substr(0, 32);
}

bool is_silenced(const Finding& finding) { return finding.rule.ends_with("/silenced"); }

bool is_late(const Finding& finding) {
    return finding.state == State::waived || is_silenced(finding) || finding.rule.find("/waiver-") != std::string::npos;
}

bool decides(const Finding& finding) { return finding.state == State::fresh && finding.severity == Severity::error; }

void sort_findings(std::vector<Finding>& findings) {
    std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
        return std::tie(a.file, a.line, a.column, a.rule) < std::tie(b.file, b.line, b.column, b.rule);
    });
}

int exit_status(const Report& report) {
    switch (report.verdict) {
    case Verdict::pass: return 0;
    case Verdict::fail: return 1;
    case Verdict::error: return static_cast<int>(report.error ? report.error->kind : Kind::could_not);
    }
    return static_cast<int>(Kind::could_not);
}

}
