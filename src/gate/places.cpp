#include "gate/places.h"
#include "base/path.h"
#include "base/text.h"
#include <algorithm>
#include <charconv>

namespace fairlead::gate {

namespace {

constexpr std::size_t longest_path = 4096;

std::string below(std::string_view folder, std::string_view path) {
    return folder.empty() ? std::string(path) : std::string(folder) + '/' + std::string(path);
}

bool is_path_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0 ||
           std::string_view("_./\\@+-[]$~").find(c) != std::string_view::npos;
}

int leading_number(std::string_view text) {
    int number = 0;
    const auto digits = text.substr(0, std::min<std::size_t>(text.find_first_not_of("0123456789"), 9));
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

// RFC 8089: file:/a, file:///a, file://host/a.
std::string path_of_uri(std::string_view uri) {
    uri.remove_prefix(5);
    if (!uri.starts_with("//")) return std::string(uri);
    uri.remove_prefix(2);
    const auto host = uri.substr(0, uri.find('/'));
    return std::string(lower(host) == "localhost" ? uri.substr(host.size()) : uri);
}

bool is_absolute(std::string_view path) { // also "C:/"
    return path.starts_with('/') || (path.size() > 2 && path[1] == ':' && path[2] == '/');
}

// Code of others within our tree.
bool is_foreign(std::string_view path) {
    for (const auto folder : {"node_modules/", "site-packages/", "dist-packages/", "vendor/", ".venv/"})
        if (path.find(folder) != std::string_view::npos) return true;
    return false;
}

}

std::string SourceTree::tidy(std::string_view path) const {
    std::string out = replace_all(path, "\\", "/");
    if (lower(out.substr(0, 5)) == "file:") out = path_of_uri(out);
    if (out.find("//") != out.npos || out.find("/.") != out.npos) out = path_in("", out);
    if (!root_.empty() && out.starts_with(root_) && out.size() > root_.size() && out[root_.size()] == '/')
        out.erase(0, root_.size() + 1);
    while (out.starts_with("./")) out.erase(0, 2);
    return out;
}

std::string SourceTree::find_exact(std::string_view path) const {
    if (path.empty() || path.size() > longest_path || path.find('\0') != std::string_view::npos) return {};
    const auto tidied = tidy(path);
    // What is still absolute lies elsewhere, and nothing may climb out of the repository.
    if (is_absolute(tidied) || tidied == ".." || tidied.starts_with("../") || is_foreign(tidied)) return {};
    for (const auto& base : bases_) {
        auto candidate = below(base, tidied);
        if (is_file_(candidate)) return real_ ? real_(candidate) : candidate;
    }
    return {};
}

std::string SourceTree::find(std::string_view path) const {
    auto found = find_exact(path);
    if (!found.empty() || path.size() > longest_path || is_foreign(path)) return found;
    const auto tidied = tidy(path);
    if (!is_absolute(tidied)) return {};
    // Written elsewhere: without its first folders, as long as two names are left.
    int tries = 64; // each asks the file system
    for (auto slash = tidied.find('/', 1); tries-- > 0 && slash < tidied.rfind('/');
         slash = tidied.find('/', slash + 1)) {
        found = find_exact(std::string_view(tidied).substr(slash + 1));
        if (!found.empty()) return found;
    }
    return {};
}

std::string SourceTree::find_or_tidy(std::string_view path) const {
    auto tidied = tidy(path);
    auto found = find(tidied);
    return found.empty() ? tidied : found;
}

std::string SourceTree::find_class(std::string_view name) const {
    struct Home {
        std::string_view folder, extension;
    };
    static constexpr Home homes[] = {
        {"", ".py"},
        {"src/test/java", ".java"},
        {"src/test/kotlin", ".kt"},
        {"src/test/groovy", ".groovy"},
        {"src/test/scala", ".scala"},
    };
    name = name.substr(0, std::min(name.find_first_of("$( "), longest_path));
    if (name.find('/') != std::string_view::npos || name.find('\\') != std::string_view::npos) return find(name);
    for (int tries = 0; !name.empty() && tries < 4; ++tries) { // the last words may be classes within the file
        const auto path = replace_all(name, ".", "/");
        for (const auto& home : homes) {
            auto found = find(below(home.folder, path) + std::string(home.extension));
            if (!found.empty()) return found;
        }
        const auto dot = name.rfind('.');
        name = dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
    }
    return {};
}

std::vector<SourceTree::Held> SourceTree::read_in_bases(const std::string& name) const {
    std::vector<Held> held;
    for (const auto& base : bases_) {
        const auto path = below(base, name);
        if (read_ && is_file_(path)) held.push_back({base, read_(path)});
    }
    return held;
}

SourceTree::Frame SourceTree::first_frame(std::string_view trace, std::string_view file) const {
    static constexpr std::string_view python = "\", line ";
    const auto slash = file.rfind('/');
    const auto name = slash == std::string_view::npos ? file : file.substr(slash + 1);
    int tries = 100; // each may ask the file system
    for (std::size_t at = 1; at + 1 < trace.size() && tries > 0; ++at) {
        std::string_view path;
        int line = 0;
        if (trace[at] == ':' && trace[at + 1] >= '0' && trace[at + 1] <= '9' && is_path_character(trace[at - 1])) {
            std::size_t start = at;
            while (start > 0 && at - start < longest_path && is_path_character(trace[start - 1])) --start;
            path = trace.substr(start, at - start);
            line = leading_number(trace.substr(at + 1));
        } else if (trace[at] == '"' && trace.substr(at).starts_with(python)) {
            const auto quote = trace.rfind('"', at - 1);
            if (quote == std::string_view::npos) continue;
            path = trace.substr(quote + 1, at - quote - 1);
            line = leading_number(trace.substr(at + python.size()));
        } else
            continue;
        if (line == 0 || path.find('.') == std::string_view::npos) continue;
        if (!name.empty() && path == name) return {std::string(file), line};
        --tries;
        auto found = find(path);
        if (!found.empty()) return {std::move(found), line};
    }
    return {};
}

}
