#include "preflight/parts/code_lines.h"
#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "preflight/kinds.h"
#include <algorithm>
#include <cstring>

namespace fairlead::preflight {

namespace {

// As std::string::find, several times as fast in long texts.
std::size_t find_in(std::string_view text, std::string_view word, std::size_t from) {
    if (from >= text.size()) return text.npos;
    const void* const found = memmem(text.data() + from, text.size() - from, word.data(), word.size());
    return found == nullptr ? text.npos : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

}

bool is_code(std::string_view path) {
    for (const std::string_view end : {".py", ".js", ".ts", ".jsx", ".tsx", ".mjs", ".cjs", ".vue", ".svelte"})
        if (path.ends_with(end)) return true;
    return false;
}

bool is_of_tests(std::string_view path) {
    const auto text = lower(path);
    for (const std::string_view word :
         {"test",     "spec",     "mock",     "fixture",   "example",         "node_modules/",  "storybook",
          "seed",     "dist/",    "build/",   "vendor",    "site-packages/",  "sandbox",        "placeholder",
          "scripts/", "scripts-", "bin/src/", "bin/main/", "target/classes/", "out/production/"})
        if (text.find(word) != text.npos) return true;
    return profile_of(path) == Profile::development;
}

std::size_t begin_of_line(std::string_view text, int number) {
    std::size_t begin = 0;
    for (int at = 1; at < number && begin < text.size(); ++at)
        begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
    return begin;
}

// Below a line that begins with /*, and not behind its end. (A /* elsewhere in a line is mostly part of a pattern.)
static bool is_in_comment(std::string_view text, std::size_t at) {
    const auto opened = text.substr(0, at).rfind("/*");
    if (opened == text.npos || text.substr(opened, at - opened).find("*/") != text.npos) return false;
    return trim(text.substr(text.rfind('\n', opened) + 1, opened - text.rfind('\n', opened) - 1))
        .empty(); // npos + 1 is 0
}

void each_line_with(std::string_view text, std::string_view about,
                    const std::function<void(std::size_t at, int number, std::string_view line)>& each) {
    int number = 1;
    std::size_t counted = 0;
    for (auto at = find_in(text, about, 0); at != text.npos;) {
        const auto begin = text.rfind('\n', at) + 1; // npos + 1 is 0
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = text.substr(begin, end - begin);
        const auto words = trim(line);
        number += static_cast<int>(std::count(text.begin() + static_cast<std::ptrdiff_t>(counted),
                                              text.begin() + static_cast<std::ptrdiff_t>(begin), '\n'));
        counted = begin;
        constexpr std::size_t longest = 2000; // what is longer was made by a program
        if (!words.starts_with('#') && !words.starts_with("//") && !words.starts_with('*') && words.size() < longest &&
            !is_in_comment(text, begin))
            each(begin, number, line);
        at = find_in(text, about, end);
    }
}

bool is_of_development(std::string_view whole, std::size_t at) {
    if (whole[at] != ' ' && whole[at] != '\t') return false;
    if (whole.substr(0, at).find("\nif __name__ == ") != whole.npos) return true;
    const auto below = whole.rfind("\nclass ", at);
    if (below == whole.npos && !whole.starts_with("class ")) return false;
    const auto begins = below == whole.npos ? 0 : below + 1;
    const auto name = lower(whole.substr(begins, whole.find('\n', begins) - begins));
    return name.find("dev") != name.npos || name.find("test") != name.npos || name.find("local") != name.npos;
}

namespace {

// The line above that a line of Python stands under, which is indented less, and where it begins; nothing: none.
std::optional<std::pair<std::size_t, std::string_view>> line_around(std::string_view whole, std::size_t at) {
    const auto indent = whole.find_first_not_of(" \t", at) - at;
    for (auto end = at; indent > 0 && end > 0;) {
        const auto begin = end < 2 ? 0 : whole.rfind('\n', end - 2) + 1; // npos + 1 is the beginning
        const auto above = whole.substr(begin, end - 1 - begin);
        const auto words = trim(above);
        if (!words.empty() && !words.starts_with('#') && above.find_first_not_of(" \t") < indent)
            return std::pair(begin, words);
        end = begin;
    }
    return std::nullopt;
}

bool reads_variable(std::string_view text) { return has_any(text, {"getenv", "environ", "config(", "env("}); }

}

bool is_for_unset(std::string_view whole, std::size_t at, std::string_view name) {
    const auto around = line_around(whole, at);
    if (!around) return false;
    const auto& [begin, words] = *around;
    if (words.starts_with("except")) return has_any(words, {"KeyError"}) && reads_variable(whole.substr(0, begin));
    const bool asks =
        words.starts_with("if not ") || (words.starts_with("if ") && words.find(" is None") != words.npos);
    if (!asks) return false;
    if (reads_variable(words)) return true;
    bool is_read = false; // NAME = os.getenv(...)
    for (const auto& line : split(whole.substr(0, begin), '\n')) {
        const auto part = trim(std::string_view(line));
        is_read = is_read || (part.starts_with(name) && part.find('=') != part.npos && reads_variable(part));
    }
    return is_read && words.find(name) != words.npos;
}

bool some_source(const Project& project, const std::function<bool(std::string_view path)>& wanted,
                 const std::function<bool(const std::string& path, std::string_view text)>& has) {
    std::size_t seen = 0;
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
        if (!wanted(path) || is_of_tests(path)) return false;
        const auto text = project.read(path);
        return text && (seen += text->size()) <= source_at_most && has(path, *text);
    });
}

void each_source(const Project& project, const std::function<bool(std::string_view path)>& wanted,
                 const std::function<void(const std::string& path, std::string_view text)>& each) {
    some_source(project, wanted, [&](const std::string& path, std::string_view text) {
        each(path, text);
        return false;
    });
}

bool holds_word(std::string_view text, std::string_view word, char joint) {
    if (word.empty()) return false;
    const auto is_of_word = [&](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == joint;
    };
    for (auto at = find_in(text, word, 0); at != text.npos; at = find_in(text, word, at + 1)) {
        const auto end = at + word.size();
        if ((at == 0 || !is_of_word(text[at - 1])) && (end == text.size() || !is_of_word(text[end]))) return true;
    }
    return false;
}

namespace {

// Pictures, fonts, archives, data and what a bundler wrote: no file is started or loaded because one of these names it.
bool is_no_text(std::string_view path) {
    constexpr std::string_view ends[] = {
        ".png",    ".jpg",     ".jpeg",    ".gif",      ".webp",     ".avif", ".ico",   ".svg",     ".woff",  ".woff2",
        ".ttf",    ".otf",     ".eot",     ".pdf",      ".mp3",      ".mp4",  ".webm",  ".mov",     ".wav",   ".ogg",
        ".zip",    ".gz",      ".tgz",     ".bz2",      ".xz",       ".7z",   ".jar",   ".war",     ".class", ".so",
        ".dll",    ".exe",     ".bin",     ".wasm",     ".pyc",      ".xlsx", ".xls",   ".docx",    ".pptx",  ".psd",
        ".sqlite", ".db",      ".parquet", ".pkl",      ".onnx",     ".pt",   ".npy",   ".csv",     ".tsv",   ".map",
        ".min.js", ".min.css", ".lock",    "lock.json", "lock.yaml", ".log",  ".ipynb", ".geojson", ".po",    ".mo"};
    return std::any_of(std::begin(ends), std::end(ends), [&](std::string_view end) { return path.ends_with(end); });
}

// Names and folders by which frameworks and people find a module, without naming it.
bool is_found_by_its_place(std::string_view path, std::string_view stem) {
    constexpr std::string_view names[] = {"index",      "__init__",
                                          "__main__",   "main",
                                          "app",        "server",
                                          "wsgi",       "asgi",
                                          "manage",     "settings",
                                          "config",     "urls",
                                          "models",     "views",
                                          "admin",      "apps",
                                          "tasks",      "route",
                                          "page",       "layout",
                                          "middleware", "instrumentation",
                                          "hooks",      "auth",
                                          "celery",     "signals",
                                          "conf",       "base",
                                          "production", "prod"};
    constexpr std::string_view folders[] = {"/pages/",    "/app/",       "/routes/",     "/api/",        "/server/",
                                            "/plugins/",  "/functions/", "/netlify/",    "/config/",     "/boot/",
                                            "/commands/", "/events/",    "/management/", "/migrations/", "/settings/",
                                            "/dags/",     "/lambda",     "/handlers/",   "/jobs/",       "/workers/"};
    const auto whole = "/" + std::string(path);
    return stem.find('.') != stem.npos || std::find(std::begin(names), std::end(names), stem) != std::end(names) ||
           std::any_of(std::begin(folders), std::end(folders), [&](std::string_view folder) {
               return (!path.ends_with(".py") || folder != "/app/") && whole.find(folder) != whole.npos;
           });
}
}

bool some_file_names(const Project& project, std::string_view word, char joint,
                     const std::function<bool(const std::string& by)>& wanted) {
    constexpr std::size_t most = std::size_t{8} << 20; // bytes in total
    std::size_t seen = 0;
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
        if (is_no_text(by) || !wanted(by)) return false;
        const auto text = project.read(by);
        return text && ((seen += text->size()) > most || holds_word(*text, word, joint));
    });
}

bool only_lists_paths(std::string_view path) {
    const auto name = file_name(path);
    return name.ends_with("ignore") ||
           is_one_of(name, {"dependabot.yml", "dependabot.yaml", "CODEOWNERS", "labeler.yml", ".gitattributes"});
}

bool is_loaded(const Project& project, const std::string& path) {
    const auto name = file_name(path);
    const auto stem = std::string_view(name).substr(0, name.rfind('.'));
    const bool is_at_root = name.size() == path.size(); // a person may start it by its name
    if (!is_code(path) || is_at_root || is_found_by_its_place(path, stem)) return true;
    return some_file_names(project, stem, '_',
                           [&](const std::string& by) { return by != path && !by.ends_with(".md"); });
}

}
