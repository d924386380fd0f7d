#include "scan/baseline.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::scan {

Result<Baseline> Baseline::parse(std::string_view text, const std::string& file) {
    Baseline baseline;
    int number = 0;
    for (const std::string& line : split(text, '\n')) {
        ++number;
        if (trim(line).empty()) continue;
        const auto entry = sys::parse_json(line, file);
        const sys::Json* fingerprint = entry.ok() ? sys::json_pointer(entry.value(), "/fingerprint") : nullptr;
        if (!fingerprint || !fingerprint->is_string())
            return usage("this line of the baseline has no fingerprint; write it again with --write-baseline",
                         {.file = file, .line = number});
        baseline.known_.insert(fingerprint->get<std::string>());
    }
    return baseline;
}

std::string write_baseline(std::span<const report::Finding> findings, AcceptNew accept) {
    std::set<std::string> lines;
    for (const report::Finding& finding : findings) {
        if (finding.severity != report::Severity::error) continue; // a warning decides nothing as it is
        const bool wanted = finding.state == report::State::known ||
                            (finding.state == report::State::fresh && accept == AcceptNew::yes);
        if (!wanted) continue;
        const sys::Json line = {{"fingerprint", finding.fingerprint},
                                {"rule", finding.rule},
                                {"file", finding.file},
                                {"message", finding.message}};
        lines.insert(sys::dump_json(line) + "\n");
    }
    std::string text;
    for (const std::string& line : lines) text += line;
    return text;
}

std::string rewrite(report::Report& report, const Baseline& before, AcceptNew accept) {
    std::string text = write_baseline(report.findings, accept);
    std::set<std::string> now, added;
    std::size_t left_out = 0;
    for (report::Finding& finding : report.findings) {
        if (finding.severity != report::Severity::error) continue;
        if (finding.state == report::State::known) now.insert(finding.fingerprint);
        if (finding.state != report::State::fresh) continue;
        if (accept == AcceptNew::no) {
            ++left_out;
            continue;
        }
        finding.state = report::State::known;
        added.insert(finding.fingerprint);
    }
    const auto gone = std::count_if(before.known().begin(), before.known().end(),
                                    [&](const std::string& one) { return !now.contains(one); });
    if (left_out == 0) {
        report.verdict = report::Verdict::pass;
        report.outputs = {{"findings", "0"}};
    }
    report.facts =
        fmt::format("{} known, {} of them added, {} taken out", now.size() + added.size(), added.size(), gone);
    if (left_out > 0) report.facts += fmt::format("; {} new: --accept-new adds what is new, too", left_out);
    return text;
}

}
