#include "read/env/env_template.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::read {

namespace {

constexpr int deepest_template = 32;

bool in_name(char c, bool first) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (!first && c >= '0' && c <= '9');
}

class Template {
  public:
    Template(const std::function<std::optional<std::string>(const std::string&)>& lookup, std::size_t limit)
        : lookup_(lookup), limit_(limit) {}

    void write(std::string_view text, std::string& made, int depth) {
        if (depth > deepest_template) return fail("${ is nested too deeply");
        for (std::size_t at = 0; at < text.size() && error.empty();) {
            const auto dollar = std::min(text.find('$', at), text.size());
            made += text.substr(at, dollar - at);
            at = dollar == text.size() ? dollar : dollar + variable(text.substr(dollar), made, depth);
            if (made.size() > limit_) fail("the value is too long when it is expanded");
        }
    }

    std::string error;

  private:
    void fail(std::string message) {
        if (error.empty()) error = std::move(message);
    }

    // At a '$'. How many bytes it takes.
    std::size_t variable(std::string_view text, std::string& made, int depth) {
        if (text.substr(0, 2) == "$$") {
            made += '$';
            return 2;
        }
        const bool braced = text.substr(0, 2) == "${";
        const std::size_t begin = braced ? 2 : 1;
        auto end = begin;
        while (end < text.size() && in_name(text[end], end == begin)) ++end;
        if (end == begin && !braced) {
            made += '$';
            return 1;
        }
        const std::string name(text.substr(begin, end - begin));
        if (!braced || (!name.empty() && end < text.size() && text[end] == '}')) {
            made += lookup_(name).value_or("");
            return braced ? end + 1 : end;
        }
        return with_operator(text, name, end, made, depth);
    }

    std::size_t with_operator(std::string_view text, const std::string& name, std::size_t at, std::string& made,
                              int depth) {
        const bool colon = at < text.size() && text[at] == ':';
        const auto mark = at + colon;
        const auto last = text.substr(0, text.find('\n')).rfind('}'); // of the line
        if (name.empty() || mark >= text.size() || std::string_view("-+?").find(text[mark]) == text.npos ||
            last == text.npos || last <= mark) {
            fail("${ is not followed by a name and '}'; write ${NAME}, or $$ for a dollar");
            return text.size();
        }
        const auto close = closing(text.substr(0, last + 1));
        apply(name, colon, text[mark], text.substr(mark + 1, close - mark - 1), made, depth);
        return close + 1;
    }

    // As getFirstBraceClosingIndex counts: what follows a '{' is not looked at.
    static std::size_t closing(std::string_view text) {
        int open = 0;
        for (std::size_t at = 0; at < text.size(); ++at) {
            if (text[at] == '}' && --open == 0) return at;
            if (text[at] == '{') {
                ++open;
                ++at;
            }
        }
        return text.size() - 1;
    }

    void apply(const std::string& name, bool colon, char mark, std::string_view rest, std::string& made, int depth) {
        const auto value = lookup_(name);
        const bool there = value && (!colon || !value->empty());
        if (mark == '?' && !there) {
            fail(fmt::format("{} is required (${{{}?}}) but not set", name, name + (colon ? ":" : "")));
        } else if (mark == '+' ? there : !there) {
            write(rest, made, depth + 1);
        } else {
            made += value.value_or("");
        }
    }

    const std::function<std::optional<std::string>(const std::string&)>& lookup_;
    std::size_t limit_;
};

}

Substituted substitute(std::string_view text,
                       const std::function<std::optional<std::string>(const std::string&)>& lookup, std::size_t limit) {
    Template made(lookup, limit);
    Substituted result;
    made.write(text, result.text, 0);
    result.error = std::move(made.error);
    return result;
}

}
