// slow: an execution takes ten times as long as one of the others
// hostile: compose files
// Any texts are Compose files, split at NUL: the first is compose.yaml, the others b.yml, c.yml and .env, which it may
// include and extend. No crash, and every place lies within its file.
#include "read/compose/compose.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace fairlead::read;

namespace {

using Files = std::map<std::string, std::string>;

void check(const ComposeProject& project, const Files& files, const ComposePlace& place) {
    const auto found = files.find(project.file(place));
    if (found == files.end()) {
        if (place.line != 0) std::abort();
        return;
    }
    const auto lines = std::count(found->second.begin(), found->second.end(), '\n') + 1;
    if (place.line < 0 || place.line > lines + 1) std::abort();
}

}

extern "C" int fuzz_read_compose(const std::uint8_t* data, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    Files files;
    for (const char* const name : {"compose.yaml", "b.yml", "c.yml", ".env"}) {
        const std::size_t end = std::min(rest.find('\0'), rest.size());
        files[name] = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    ComposeInput input;
    input.read = [&](const std::string& path) -> std::optional<std::string> {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional(found->second);
    };
    input.files = {"compose.yaml"};
    if (!files["b.yml"].empty()) input.files.emplace_back("b.yml");
    input.variables = {{"A", "a"}, {"EMPTY", ""}};
    const ComposeProject project = read_compose(input);
    for (const auto& problem : project.problems) {
        if (problem.message.empty()) std::abort();
        check(project, files, problem.place);
    }
    for (const auto& reference : project.references) check(project, files, reference.place);
    for (const auto& service : project.services) {
        check(project, files, service.place);
        for (const auto& port : service.ports) check(project, files, port.place);
        for (const auto& variable : service.environment)
            if (variable.node == nullptr || variable.node->key != variable.name) std::abort();
    }
    return 0;
}
