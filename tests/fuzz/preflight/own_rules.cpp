// Rules of fairlead.yml: those that are taken can be asked of a project, and each finding has a message.
#include "preflight/project.h"
#include "preflight/rows/row.h"
#include <cstdint>
#include <cstdlib>
#include <memory>

using namespace fairlead;
using namespace fairlead::preflight;

namespace {

// A file of each kind that is read by a row itself; the others are what the rules' own target judges.
Project project_of(const std::string& text) {
    Project project;
    project.paths = {"config/x.yml", "x.sh"};
    project.in_scope = [](const std::string&) { return true; };
    project.read = [text](const std::string&) { return std::optional(text); };
    EnvValues values;
    values.file = ".env";
    values.all.push_back({.name = "LOG_LEVEL", .value = text.substr(0, 20), .file = ".env", .line = 1, .column = 1});
    project.values = {values};
    return project;
}

}

extern "C" int fuzz_preflight_own_rules(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto rules = read_rows("version: 1\npreflight:\n  own_rules:\n" + text, "fairlead.yml");
    if (!rules.ok()) return 0;
    const auto project = project_of(text);
    for (const RuleRow& row : rules.value()->rows)
        ask_row(row, project, [&](Profile, Hits hits) {
            for (const Hit& hit : hits.take())
                if (hit.message.empty() || hit.file.empty()) std::abort();
        });
    return 0;
}
