#include "read/ignore.h"
#include "base/text.h"
#include "base/utf8.h"
#include "read/place.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace fairlead::read {

namespace {

using PatternKind = IgnorePattern::Kind;
constexpr std::size_t largest_ignore_file = 1 << 20;

// "a//./b/../c/" is "a/c" (Go's filepath.Clean); "/a" is "a".
std::string cleaned(std::string_view path) {
    std::vector<std::string> parts;
    const bool rooted = path.starts_with('/');
    for (std::string& part : split(path, '/')) {
        if (part.empty() || part == ".") continue;
        if (part == ".." && !parts.empty() && parts.back() != "..")
            parts.pop_back();
        else if (part != ".." || !rooted)
            parts.push_back(std::move(part));
    }
    return parts.empty() ? (rooted ? "/" : ".") : join(parts, "/");
}

// Where the class that begins behind '[' ends (its ']'), or npos where Go's filepath.Match calls it malformed.
std::size_t class_end(std::string_view text, std::size_t at) {
    const auto item = [&] { // one character of it; false: none may stand here
        if (at < text.size() && text[at] == '\\')
            ++at;
        else if (at < text.size() && (text[at] == '-' || text[at] == ']'))
            return false;
        if (at >= text.size()) return false;
        at += decode_front(text.substr(at)).bytes;
        return true;
    };
    if (at < text.size() && text[at] == '^') ++at;
    for (bool first = true; at < text.size(); first = false) {
        if (text[at] == ']' && !first) return at;
        if (!item()) return npos;
        if (at < text.size() && text[at] == '-' && (++at, !item())) return npos;
    }
    return npos;
}

bool in_class(std::string_view text, char32_t found) {
    const bool negated = text.starts_with('^');
    if (negated) text.remove_prefix(1);
    const auto take = [&] {
        if (text.starts_with('\\') && text.size() > 1) text.remove_prefix(1);
        const CodePoint point = decode_front(text);
        text.remove_prefix(point.bytes);
        return point.value;
    };
    bool inside = false;
    while (!text.empty()) {
        const char32_t first = take();
        char32_t last = first;
        if (text.starts_with('-') && text.size() > 1) {
            text.remove_prefix(1);
            last = take();
        }
        inside = inside || (first <= found && found <= last);
    }
    return inside != negated;
}

// The pattern's elements; nothing when it is malformed.
std::optional<std::vector<IgnorePattern::Element>> compile(std::string_view text) {
    std::vector<IgnorePattern::Element> out;
    const bool only_first =
        text.starts_with("**") && text.find_first_of("*?[]\\", 2) == npos && !text.starts_with("**/");
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (text.substr(at, 2) == "**") {
            at += text.substr(at, 3) == "**/" ? 3 : 2;
            out.push_back(
                {at == text.size() || (only_first && out.empty()) ? PatternKind::anything : PatternKind::any_folders,
                 ""});
        } else if (c == '*' || c == '?') {
            out.push_back({c == '*' ? PatternKind::any_in_name : PatternKind::any_one, ""});
            ++at;
        } else if (c == '[') {
            const std::size_t end = class_end(text, at + 1);
            if (end == npos) return std::nullopt;
            out.push_back({PatternKind::one_of, std::string(text.substr(at + 1, end - at - 1))});
            at = end + 1;
        } else {
            if (c == '\\' && ++at >= text.size()) return std::nullopt;
            if (out.empty() || out.back().kind != PatternKind::literal) out.push_back({PatternKind::literal, ""});
            out.back().text += text[at++];
        }
    }
    return out;
}

using Reached = std::vector<char>; // places of the path up to which the elements so far can match

void step(const IgnorePattern::Element& element, std::string_view path, Reached& here) {
    Reached next(here.size(), 0);
    if (element.kind == PatternKind::literal) {
        const std::size_t size = element.text.size();
        for (std::size_t at = 0; at + size <= path.size(); ++at)
            if (here[at] != 0 && path.substr(at, size) == element.text) next[at + size] = 1;
    } else if (element.kind == PatternKind::any_one || element.kind == PatternKind::one_of) {
        for (std::size_t at = 0; at < path.size(); ++at) {
            if (here[at] == 0) continue;
            const CodePoint point = decode_front(path.substr(at, 4));
            const bool fits =
                element.kind == PatternKind::any_one ? path[at] != '/' : in_class(element.text, point.value);
            if (fits) next[at + point.bytes] = 1;
        }
    } else {
        bool flowing = false;
        for (std::size_t at = 0; at <= path.size(); ++at) {
            const bool behind_slash = at > 0 && path[at - 1] == '/';
            if (element.kind == PatternKind::any_in_name && behind_slash) flowing = false;
            const bool reached = flowing && (element.kind != PatternKind::any_folders || behind_slash);
            flowing = flowing || here[at] != 0;
            next[at] = here[at] != 0 || reached ? 1 : 0;
        }
    }
    here = std::move(next);
}

}

bool IgnorePattern::matches(std::string_view path) const {
    if (elements.size() == 1 && elements.front().kind == PatternKind::literal) {
        const std::string& name = elements.front().text;
        return path.starts_with(name) && (path.size() == name.size() || path[name.size()] == '/');
    }
    Reached here(path.size() + 1, 0);
    here[0] = 1;
    for (const Element& element : elements) {
        step(element, path, here);
        if (std::find(here.begin(), here.end(), 1) == here.end()) return false;
    }
    for (std::size_t at = 1; at <= path.size(); ++at)
        if (here[at] != 0 && (at == path.size() || path[at] == '/')) return true;
    return false;
}

bool IgnoreFile::sent(std::string_view path) const {
    bool out = false;
    for (const IgnorePattern& pattern : patterns)
        if (pattern.keeps == out && pattern.matches(path)) out = !pattern.keeps;
    return !out;
}

IgnoreFile read_ignore(std::string_view text) {
    IgnoreFile file;
    if (text.size() > largest_ignore_file) {
        file.problems.push_back({1, 0, "the file is larger than 1 MiB, the limit for a list of patterns; shorten it"});
        return file;
    }
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    int number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const std::string_view whole = text.substr(at, end - at);
        at = end + 1;
        ++number;
        std::string_view line = trim(whole);
        if (whole.starts_with('#') || line.empty()) continue;
        IgnorePattern pattern;
        pattern.line = number;
        pattern.keeps = line.starts_with('!');
        if (pattern.keeps) line = trim(line.substr(1));
        if (line.empty()) {
            file.problems.push_back({number, 1, "! has no pattern; write a pattern after it"});
            continue;
        }
        pattern.text = cleaned(line);
        auto elements = compile(pattern.text);
        if (!elements) {
            file.problems.push_back(
                {number, 1, fmt::format("pattern {} is malformed; close [ with ] and write \\\\ for \\", line)});
            continue;
        }
        pattern.elements = std::move(*elements);
        file.patterns.push_back(std::move(pattern));
    }
    return file;
}

}
