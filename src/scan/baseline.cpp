#include "scan/baseline.h"
#include "base/text.h"
#include "sys/json.h"
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
            return usage("this line of the baseline has no fingerprint; write it anew with --write-baseline",
                         {.file = file, .line = number});
        baseline.known_.insert(fingerprint->get<std::string>());
    }
    return baseline;
}

std::string write_baseline(std::span<const report::Finding> findings, AcceptNew accept) {
    std::set<std::string> lines;
    for (const report::Finding& finding : findings) {
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

}
