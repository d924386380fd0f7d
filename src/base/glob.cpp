#include "base/glob.h"
#include "base/text.h"
#include "base/utf8.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead {

namespace {

using Positions = std::vector<bool>; // where in the path a match can stand: path length + 1 places

std::u32string decode(std::string_view text) {
    std::u32string points;
    while (!text.empty()) {
        const CodePoint point = decode_front(text);
        points += point.value;
        text.remove_prefix(point.bytes);
    }
    return points;
}

constexpr int deepest = 8; // braces within braces; deeper ones are plain text

// Each part of the pattern turns the set of places reached so far into the next, so the work is at most pattern
// times path, whatever the pattern.
class Glob {
  public:
    Glob(std::u32string_view pattern, std::u32string_view path) : pattern_(pattern), path_(path) {}

    bool matches() const {
        Positions start(path_.size() + 1);
        start[0] = true;
        return run(0, pattern_.size(), std::move(start), 0).back();
    }

  private:
    Positions run(std::size_t at, std::size_t end, Positions here, int depth) const {
        while (at < end && std::find(here.begin(), here.end(), true) != here.end()) {
            const char32_t c = pattern_[at];
            const bool any_depth = pattern_.substr(at, end - at).starts_with(U"**");
            const std::size_t close = c == U'[' ? class_end(at, end) : c == U'{' ? brace_end(at, end, depth) : npos;
            if (any_depth) {
                const bool folders = pattern_.substr(at, end - at).starts_with(U"**/");
                flood(here, folders ? After::slash : After::anything);
                at += folders ? 3 : 2;
            } else if (c == U'*') {
                flood(here, After::not_slash);
                at += 1;
            } else if (c == U'{' && close != npos) {
                here = alternatives(at + 1, close, here, depth + 1);
                at = close + 1;
            } else if (c == U'[' && close != npos) {
                step(here, [&](char32_t found) { return in_class(at + 1, close, found); });
                at = close + 1;
            } else {
                step(here, [&](char32_t found) { return c == U'?' ? found != U'/' : found == c; });
                at += 1;
            }
        }
        if (at < end) here.assign(here.size(), false);
        return here;
    }

    template <typename Accepts>
    void step(Positions& here, Accepts accepts) const {
        for (std::size_t i = path_.size(); i > 0; --i) here[i] = here[i - 1] && accepts(path_[i - 1]);
        here[0] = false;
    }

    // Any number of characters: all, all but '/', or whole folders (reached is only what follows a '/').
    enum class After { anything, not_slash, slash };
    void flood(Positions& here, After after) const {
        bool flowing = false;
        for (std::size_t i = 0; i <= path_.size(); ++i) {
            const bool behind_slash = i > 0 && path_[i - 1] == U'/';
            if (after == After::not_slash && behind_slash) flowing = false;
            const bool reached = flowing && (after != After::slash || behind_slash);
            flowing = flowing || here[i];
            here[i] = here[i] || reached;
        }
    }

    Positions alternatives(std::size_t at, std::size_t end, const Positions& here, int depth) const {
        Positions reached(here.size());
        for (std::size_t start = at; start <= end;) {
            const std::size_t stop = next_comma(start, end, depth);
            const Positions one = run(start, stop, here, depth);
            for (std::size_t i = 0; i < one.size(); ++i) reached[i] = reached[i] || one[i];
            start = stop + 1;
        }
        return reached;
    }

    std::size_t next_comma(std::size_t at, std::size_t end, int depth) const {
        for (; at < end && pattern_[at] != U','; ++at) {
            if (pattern_[at] != U'{') continue;
            if (const std::size_t close = brace_end(at, end, depth); close != npos) at = close;
        }
        return at;
    }

    // The '}' of the '{' at `at`, npos when it has none.
    std::size_t brace_end(std::size_t at, std::size_t end, int depth) const {
        if (depth >= deepest) return npos;
        int open = 0;
        for (; at < end; ++at) {
            if (pattern_[at] == U'{') ++open;
            if (pattern_[at] == U'}' && --open == 0) return at;
        }
        return npos;
    }

    // The ']' of the '[' at `at`; the first character after it may be ']' itself.
    std::size_t class_end(std::size_t at, std::size_t end) const {
        const std::size_t first = at + (negated(at + 1, end) ? 2 : 1);
        const std::size_t close = first + 1 < end ? pattern_.find(U']', first + 1) : npos;
        return close < end ? close : npos;
    }
    bool negated(std::size_t at, std::size_t end) const {
        return at < end && (pattern_[at] == U'!' || pattern_[at] == U'^');
    }

    bool in_class(std::size_t at, std::size_t end, char32_t found) const {
        if (found == U'/') return false;
        const bool wanted = !negated(at, end);
        for (at += wanted ? 0 : 1; at < end; ++at) {
            const bool range = at + 2 < end && pattern_[at + 1] == U'-';
            const char32_t last = pattern_[range ? at + 2 : at];
            if (pattern_[at] <= found && found <= last) return wanted;
            if (range) at += 2;
        }
        return !wanted;
    }

    static constexpr std::size_t npos = std::u32string_view::npos;
    std::u32string_view pattern_;
    std::u32string_view path_;
};

}

bool glob_match(std::string_view pattern, std::string_view path) {
    const std::u32string pattern_points = decode(pattern);
    const std::u32string path_points = decode(path);
    return Glob(pattern_points, path_points).matches();
}

bool matches_any_glob(std::span<const std::string> patterns, std::string_view path) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const auto& pattern) { return glob_match(pattern, path); });
}

Result<void> check_glob(std::string_view glob) {
    int open = 0;
    for (std::size_t at = 0; at < glob.size(); ++at) {
        if (glob[at] == '{') ++open;
        if (glob[at] == '}' && open > 0) --open;
        if (glob[at] != '[') continue;
        const bool negated = at + 1 < glob.size() && (glob[at + 1] == '!' || glob[at + 1] == '^');
        at = glob.find(']', at + (negated ? 3 : 2)); // the first character may be ']' itself
        if (at == glob.npos)
            return usage(
                fmt::format("glob '{}' has a '[' that is not closed; for the character itself write [[]", glob));
    }
    if (open == 0) return {};
    return usage(fmt::format("glob '{}' has a '{{' that is not closed; for the character itself write [{{]", glob));
}

Result<void> check_root_glob(std::string_view glob) {
    const std::string_view text = trim(glob);
    if (text.empty()) return usage("the glob is empty; write a glob such as vendor/**");
    if (text.starts_with('/') || text.starts_with("./") || text.starts_with("../"))
        return usage(fmt::format("glob '{}' matches no file, because globs begin at the repository's root; write {}",
                                 glob, text.substr(std::min(text.find_first_not_of("./"), text.size()))));
    if (text.ends_with('/'))
        return usage(fmt::format("glob '{0}' matches no file; write {0}** for all files below it", glob));
    return check_glob(glob);
}

bool name_matches(std::string_view pattern, std::string_view name) {
    std::size_t at = 0, read = 0, star = pattern.npos, after_star = 0;
    while (read < name.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            after_star = read;
        } else if (at < pattern.size() && pattern[at] == name[read]) {
            ++at, ++read;
        } else if (star != pattern.npos) { // the last star takes one letter more
            at = star + 1;
            read = ++after_star;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == pattern.npos;
}

}
