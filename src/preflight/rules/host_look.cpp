#include "preflight/rules/host_look.h"
#include "base/path.h"
#include "preflight/kinds.h"

namespace fairlead::preflight {

std::vector<Declared> declared_runtimes(const Project& project) {
    std::vector<Declared> found;
    for (const auto& path : project.paths) {
        const auto name = file_name(path);
        if (!read::is_manifest(name) || profile_of(path) == Profile::development) continue;
        const auto text = project.read(path);
        for (auto& runtime : text ? read::read_runtimes(name, *text) : std::vector<read::Runtime>())
            found.push_back({path, std::move(runtime)});
    }
    return found;
}

}
