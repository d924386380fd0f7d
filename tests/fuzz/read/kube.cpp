// slow: an execution takes ten times as long as one of the others
// hostile: Kubernetes
#include "read/kube.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

// Whatever the text: every place lies within it.
extern "C" int fuzz_read_kube(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto file = fairlead::read::read_kube(text, "k.yaml");
    const auto lines = std::count_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }) + 2;
    for (const auto& problem : file.problems)
        if (problem.line < 0 || problem.line > lines) std::abort();
    for (const auto& object : file.objects) {
        if (object.root.line > lines || object.kind.empty()) std::abort();
        (void)fairlead::read::kube_pod(object);
    }
    return 0;
}
