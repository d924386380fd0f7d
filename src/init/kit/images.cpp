#include "init/kit/images.h"
#include <fmt/format.h>

namespace fairlead::init {

namespace {

// Of October 2026, each the index of all platforms. A digest leads to one image for ever, whoever wrote it down: one
// that is wrong is not found, never another image.
struct ImageRow {
    std::string_view kind, version, tag, digest;
};
constexpr ImageRow image_rows[] = {
    {"python", "3.13", "python:3.13.15-slim-bookworm",
     "3e2de9c40ca4e3d73240059f9d48baff27908f10293e985a2f382a0378e6df4a"},
    {"python", "3.12", "python:3.12.14-slim-bookworm",
     "782412e85d0f0984994c290652577d4018aff08145c85b262bb63dc0c7522254"},
    {"node", "22", "node:22.23.3-bookworm-slim", "43ac6c60b8f89723f746e8a92ce91abd5017e627ce1ddfe4238355d3a30b772c"},
    {"node", "24", "node:24.18.0-bookworm-slim", "6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d"},
    {"nginx", "", "nginxinc/nginx-unprivileged:1.29.5-alpine",
     "42a7d7f2ee23e9f5a1dcdf3647ba5c585bbd18f79e79cd817e70e8cd61c55779"},
    {"caddy", "", "caddy:2-alpine", "5f5c8640aae01df9654968d946d8f1a56c497f1dd5c5cda4cf95ab7c14d58648"},
    {"postgres", "", "postgres:17-alpine", "742f40ea20b9ff2ff31db5458d127452988a2164df9e17441e191f3b72252193"},
    {"redis", "", "redis:7.4-alpine", "ff02b58f971e7d7d156a1267e283fcbbeee91773b6aa36c49dac28ecfe28eadf"},
};

bool is_of(std::string_view version, std::string_view wanted) { // 3.12 of 3.12.4
    return version.empty() || wanted.empty() || wanted == version || wanted.starts_with(std::string(version) + ".");
}

}

Image image_of(std::string_view kind, std::string_view version) {
    for (const auto& row : image_rows)
        if (row.kind == kind && is_of(row.version, version))
            return {fmt::format("{}@sha256:{}", row.tag, row.digest), true};
    return {fmt::format("{}:{}-{}", kind, version, kind == "node" ? "bookworm-slim" : "slim-bookworm"), false};
}

}
