#include "report/baseline.h"
#include "base/secret.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::report {

Result<Baseline> Baseline::parse(std::string_view text, const std::string& file) {
    Baseline baseline;
    int number = 0;
    for (const std::string& line : split(text, '\n')) {
        ++number;
        if (trim(line).empty()) continue;
        const auto entry = sys::parse_json(line, file);
        const sys::Json* fingerprint = entry.ok() ? sys::json_pointer(entry.value(), "/fingerprint") : nullptr;
        if (!fingerprint || !fingerprint->is_string())
            return usage("this line of the baseline has no fingerprint; remove the line, or remove the file and write "
                         "it again: --write-baseline --accept-new",
                         {.file = file, .line = number});
        baseline.known_.insert(fingerprint->get<std::string>());
    }
    return baseline;
}

std::string write_baseline(std::span<const Finding> findings, AcceptNew accept) {
    std::set<std::string> lines;
    for (const Finding& finding : findings) {
        if (finding.severity != Severity::error) continue; // a warning decides nothing as it is
        const bool wanted =
            finding.state == State::known || (finding.state == State::fresh && accept == AcceptNew::yes);
        if (!wanted) continue;
        const sys::Json line = {{"fingerprint", finding.fingerprint},
                                {"rule", finding.rule},
                                {"file", mask(finding.file)}, // it is committed: no secret stands in it
                                {"message", mask(finding.message)}};
        lines.insert(sys::dump_json(line) + "\n");
    }
    std::string text;
    for (const std::string& line : lines) text += line;
    return text;
}

std::string rewrite(Report& report, const Baseline& before, AcceptNew accept) {
    std::string text = write_baseline(report.findings, accept);
    std::set<std::string> now, added;
    std::size_t left_out = 0;
    for (Finding& finding : report.findings) {
        if (finding.severity != Severity::error) continue;
        if (finding.state == State::known) now.insert(finding.fingerprint);
        if (finding.state != State::fresh) continue;
        if (accept == AcceptNew::no) {
            ++left_out;
            continue;
        }
        finding.state = State::known;
        added.insert(finding.fingerprint);
    }
    const auto gone = std::count_if(before.known().begin(), before.known().end(),
                                    [&](const std::string& one) { return !now.contains(one); });
    if (left_out == 0) {
        report.verdict = Verdict::pass;
        for (auto& [name, value] : report.outputs)
            if (name == report.counting_output) value = "0";
    }
    report.facts = fmt::format("{} known, {} of them added, {} removed", now.size() + added.size(), added.size(), gone);
    if (left_out > 0) report.facts += fmt::format("; {} new: to add them too, say --accept-new", left_out);
    return text;
}

}
