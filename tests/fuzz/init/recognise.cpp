// Any text behind the name of any manifest gives a project that workflows can hold, and never a crash.
#include "init/project.h"
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

using namespace fairlead::init;

namespace {

constexpr std::array names = {"package.json",
                              "pyproject.toml",
                              "Cargo.toml",
                              "pom.xml",
                              "go.mod",
                              "CMakeLists.txt",
                              "CMakePresets.json",
                              "Pipfile",
                              "compose.yml",
                              "setup.cfg",
                              "setup.py",
                              "Procfile",
                              ".env.example",
                              "Makefile",
                              "Dockerfile",
                              "requirements.txt",
                              "tox.ini",
                              "pnpm-workspace.yaml",
                              "app.py",
                              "main.go",
                              "runtime.txt",
                              "build.gradle",
                              "vite.config.ts",
                              "index.html"};

void check(const std::string& text) {
    const bool plain = std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20; });
    if (!plain || text.find("${{") != text.npos) std::abort();
}

}

// The first byte says which manifest the text is of, the second which others are there, empty.
extern "C" int fuzz_init_recognise(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::string subject = names[data[0] % names.size()];
    Files files;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == subject || (data[1] >> (i % 8) & 1) != 0) files.paths.emplace_back(names[i]);
    std::sort(files.paths.begin(), files.paths.end());
    files.read = [&](const std::string& path) { return std::optional<std::string>(path == subject ? text : ""); };
    const auto project = recognise("fuzz", files);
    if (project.components.empty()) std::abort();
    for (const auto& component : project.components) {
        for (const auto* one :
             {&component.name, &component.folder, &component.runtime.version, &component.runtime.version_file,
              &component.dist, &component.dockerfile, &component.health})
            check(*one);
        for (const auto& secret : component.secrets) check(secret);
        for (const auto& one : component.evidence) check(one.path);
    }
    return 0;
}
