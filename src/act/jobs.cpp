#include "act/act.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::act {

namespace {

// Of Go's net package and of git, as act shows them.
constexpr std::string_view signs[] = {"dial tcp",
                                      "no such host",
                                      "network is unreachable",
                                      "Could not resolve host",
                                      "TLS handshake timeout",
                                      "Temporary failure in name resolution"};

// The address that a line is about, without what is asked of it; of a registry its name.
std::string address_in(std::string_view line) {
    auto at = line.find("https://");
    if (at == line.npos) at = line.find("http://");
    if (at != line.npos) {
        const auto rest = line.substr(at);
        const auto text = rest.substr(0, rest.find_first_of("\"' \t?"));
        const auto asked = text.find("/info/refs");
        return std::string(trim(text.substr(0, asked)));
    }
    constexpr std::string_view lookup = "lookup ";
    const auto name = line.find(lookup);
    if (name == line.npos) return "the network";
    const auto rest = line.substr(name + lookup.size());
    return std::string(rest.substr(0, rest.find_first_of(" :")));
}

}

// "[workflow/job] 🏁  Job succeeded": act 0.2.87, pkg/runner/job_executor.go and run_context.go.
void Jobs::hear(std::string_view lines) {
    for (const auto& line : split(std::string(lines), '\n')) {
        const bool of_step = line.find("  | ") != std::string::npos;
        if (!of_step && unreachable.empty() &&
            std::any_of(std::begin(signs), std::end(signs), [&](auto sign) { return line.find(sign) != line.npos; }))
            unreachable = address_in(line);
        const auto end = line.find("] ");
        if (!line.starts_with('[') || end == std::string::npos) continue;
        const auto said = std::string_view(line).substr(end + 2);
        if (said.starts_with(' ')) continue; // of a step
        if (said.ends_with("  Job succeeded")) ++passed;
        if (said.ends_with("  Job failed")) ++failed;
        if (said.find("  Skipping unsupported platform") != std::string_view::npos) ++foreign;
    }
}

std::string told(const Jobs& jobs) {
    if (jobs.passed + jobs.failed + jobs.foreign == 0) return "no job ran; check that its `if:` fits this event";
    std::vector<std::string> parts;
    if (jobs.passed > 0) parts.push_back(fmt::format("{} job{} passed", jobs.passed, jobs.passed == 1 ? "" : "s"));
    if (jobs.failed > 0) parts.push_back(fmt::format("{} failed", jobs.failed));
    if (jobs.foreign > 0) parts.push_back(fmt::format("{} skipped, because they need another system", jobs.foreign));
    return join(parts, ", ");
}

}
