#include "scan/places.h"
#include "base/path.h"
#include "base/test_files.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::scan {
namespace {

constexpr std::size_t shortest_minified = 2000;
constexpr std::size_t minified_line = 300; // bytes of a line, on average

bool is_minified(std::string_view path, std::string_view text) {
    if (text.size() < shortest_minified || !ends_with_any(path, {".js", ".mjs", ".cjs", ".css"})) return false;
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    return text.size() / lines > minified_line;
}

}

bool is_generated(std::string_view path, std::string_view text) {
    return ends_with_any(path, {".lock", ".lockfile", "-lock.json", "-lock.yaml", "go.sum", "go.work.sum",
                                "npm-shrinkwrap.json", "gradle/verification-metadata.xml", ".min.js", ".min.css",
                                ".map", ".svg", ".po", ".pot"}) ||
           is_minified(path, text);
}

bool is_manual(std::string_view path) {
    const auto slash = path.rfind('/');
    const std::string name = lower(path.substr(slash == path.npos ? 0 : slash + 1));
    // Of an API: its values are examples.
    if (has_any(name, {"swagger", "openapi"}) && ends_with_any(name, {".yml", ".yaml", ".json"})) return true;
    if (!ends_with_any(name, {".md", ".mdx", ".rst", ".adoc", ".html"}) || slash == path.npos) return false;
    for (const auto& folder : split(lower(path.substr(0, slash)), '/'))
        if (folder == "doc" || folder == "docs" || folder == "documentation" ||
            ends_with_any(folder, {"_docs", "-docs"}))
            return true;
    return false;
}

bool is_package(std::string_view path) {
    for (const auto& folder : split(path, '/'))
        if (folder == "node_modules" || folder == "vendor" || folder == "third_party" || folder == "third-party" ||
            folder == "bower_components" || folder == "site-packages")
            return true;
    return false;
}

bool is_sample(std::string_view path) {
    const std::string name = lower(file_name(path));
    if (is_package(path) || is_test_file(path) || ends_with_any(name, {".template", ".dist", ".tpl"})) return true;
    if (name == ".env.test" || name == ".env.testing" || name == "testing.md") return true;
    for (const auto& folder : split(lower(folder_of(path)), '/'))
        if (folder == "samples") return true;
    // .env.example, config.sample.yml, example.application.properties, settings-example.json
    for (const auto& part : split(name, '.'))
        if (part == "example" || part == "sample" ||
            ends_with_any(part, {"-example", "_example", "-sample", "_sample"}))
            return true;
    // what an API answers, beside the pages that describe it
    const auto folders = split(lower(path.substr(0, path.size() - name.size())), '/');
    return ends_with_any(name, {".json", ".xml", ".http"}) &&
           std::any_of(folders.begin(), folders.end(), [](const auto& folder) { return folder == "docs"; });
}

bool is_code(std::string_view path) {
    return ends_with_any(path, {".go", ".ts",  ".tsx", ".js",  ".jsx",  ".mjs",   ".py",    ".java",
                                ".kt", ".rs",  ".cs",  ".php", ".rb",   ".scala", ".swift", ".c",
                                ".cc", ".cpp", ".h",   ".hpp", ".dart", ".ex",    ".vue"});
}

}
