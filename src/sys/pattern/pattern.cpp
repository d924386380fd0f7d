#include "sys/pattern/pattern.h"
#include <fmt/format.h>
#include <re2/re2.h>

namespace fairlead::sys {
namespace {

// RE2 before 2023 knows named groups as (?P<name> only. Escapes, \Q...\E and classes are left alone.
std::string with_named_groups(std::string_view expression) {
    std::string out;
    out.reserve(expression.size() + 8);
    bool in_class = false, quoted = false;
    for (std::size_t i = 0; i < expression.size(); ++i) {
        const char c = expression[i];
        const char next = i + 1 < expression.size() ? expression[i + 1] : '\0';
        out += c;
        if (c == '\\' && next != '\0') {
            if (quoted ? next == 'E' : next == 'Q') quoted = !quoted;
            out += next;
            ++i;
        } else if (quoted) {
            continue;
        } else if (in_class) {
            in_class = c != ']';
        } else if (c == '[') {
            in_class = true;
            if (next == '^') out += expression[++i];
            if (i + 1 < expression.size() && expression[i + 1] == ']') out += expression[++i]; // first: a literal
        } else if (c == '(' && expression.substr(i + 1, 2) == "?<") {
            const char after = i + 3 < expression.size() ? expression[i + 3] : '\0';
            if (after == '=' || after == '!') continue; // look-behind: RE2 says that it has none
            out += "?P<";
            i += 2;
        }
    }
    return out;
}

}

struct Pattern::State {
    re2::RE2 expression;
};

Pattern::Pattern(std::unique_ptr<State> state) : state_(std::move(state)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

Result<Pattern> Pattern::compile(std::string_view expression, Characters characters) {
    re2::RE2::Options options;
    if (characters == Characters::bytes) options.set_encoding(re2::RE2::Options::EncodingLatin1);
    options.set_log_errors(false);
    const std::string named = with_named_groups(expression);
    std::unique_ptr<State> state;
    for (const std::int64_t most : {12ll << 20, 64ll << 20}) { // long counted repeats need more than most rules do
        options.set_max_mem(most);
        state.reset(new State{{named, options}});
        if (state->expression.error_code() != re2::RE2::ErrorPatternTooLarge) break;
    }
    if (!state->expression.ok())
        return usage(
            fmt::format("pattern '{}' is not a regular expression (RE2): {}", expression, state->expression.error()));
    return Pattern(std::move(state));
}

bool Pattern::search(std::string_view text, std::size_t start, std::vector<std::string_view>& groups) const {
    if (start > text.size()) return false;
    const int count = group_count() + 1;
    std::vector<re2::StringPiece> found(static_cast<std::size_t>(count));
    const re2::StringPiece all(text.data(), text.size());
    if (!state_->expression.Match(all, start, text.size(), re2::RE2::UNANCHORED, found.data(), count)) return false;
    groups.clear();
    for (const auto& group : found) groups.emplace_back(group.data(), group.size());
    return true;
}

bool Pattern::matches(std::string_view text) const {
    const re2::StringPiece all(text.data(), text.size());
    return state_->expression.Match(all, 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

std::size_t Pattern::size() const { return static_cast<std::size_t>(state_->expression.ProgramSize()); }

int Pattern::group_count() const { return state_->expression.NumberOfCapturingGroups(); }

}
