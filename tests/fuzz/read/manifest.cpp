// hostile: manifests
// The first byte chooses the file's name. Whatever the text: a line lies within it, what is asked for is a range.
#include "read/manifest.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>

using namespace fairlead::read;

extern "C" int fuzz_read_manifest(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr std::string_view names[] = {"pyproject.toml", "Pipfile", "package.json",     "composer.json",
                                          "go.mod",         "pom.xml", "build.gradle",     ".nvmrc",
                                          ".tool-versions", "uv.lock", "requirements.txt", "Pipfile.lock",
                                          "runtime.txt"};
    const auto name = names[data[0] % std::size(names)];
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
    for (const auto& runtime : read_runtimes(name, text)) {
        if (runtime.line < 0 || runtime.line > lines || runtime.program.empty()) std::abort();
        (void)is_in({3, 11, 2}, runtime.range, runtime.kind);
    }
    (void)read_python_packages(name, text);
    (void)read_npm_packages(text);
    return 0;
}
