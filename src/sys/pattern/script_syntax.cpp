#include "sys/pattern/script_syntax.h"
#include "sys/pattern/script_cursor.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <vector>

namespace fairlead::sys {
namespace {

constexpr int deepest_group = 100; // groups within each other

constexpr std::string_view line_ends = "\\n\\r\\x{2028}\\x{2029}";

bool is_name(char32_t c, bool first) {
    return is_script_letter(c) || c == U'_' || c == U'$' || c >= 0x80 || (!first && is_script_digit(c));
}

struct Modes {
    bool multiline = false, dot_all = false;
};
// One member of a class: a character, or a set of them.
struct ClassAtom {
    std::optional<char32_t> code;
    std::string members;
};

class Rewriter : public ScriptCursor {
  public:
    Rewriter(std::u32string_view pattern, std::string_view flags)
        : ScriptCursor(pattern, flags.find_first_of("uv") != flags.npos),
          nested_sets_(flags.find('v') != flags.npos), modes_{flags.find('m') != flags.npos,
                                                              flags.find('s') != flags.npos} {
        find_groups();
    }

    std::string rewrite() {
        alternatives(0);
        if (more()) refuse("Unmatched ')'");
        return std::move(out_);
    }

  private:
    // How many groups there are, and their names: references may come before what they name.
    void find_groups() {
        bool in_class = false;
        for (std::size_t i = 0; i < pattern_.size(); ++i) {
            const auto c = pattern_[i];
            if (c == U'\\') {
                ++i;
            } else if (in_class || c == U'[') {
                in_class = c != U']';
            } else if (c == U'(') {
                const bool named = pattern_.substr(i, 3) == U"(?<" && i + 3 < pattern_.size() &&
                                   pattern_[i + 3] != U'=' && pattern_[i + 3] != U'!';
                if (!named && pattern_.substr(i + 1, 1) == U"?") continue;
                const auto end = named ? pattern_.find(U'>', i) : i;
                groups_.emplace_back(named ? pattern_.substr(i + 3, std::min(end, pattern_.size()) - i - 3) : U"");
            }
        }
    }
    bool has_names() const {
        return std::any_of(groups_.begin(), groups_.end(), [](const auto& name) { return !name.empty(); });
    }

    void alternatives(int depth) {
        if (depth > deepest_group) return refuse("Regular expression too large");
        while (more() && peek() != U')') {
            if (take(U"|"))
                out_ += '|';
            else
                term(depth);
        }
    }

    void term(int depth) {
        const auto c = peek();
        const bool literal_brace = c == U'{' && !unicode_ && !is_quantifier();
        if (c == U'*' || c == U'+' || c == U'?' || (c == U'{' && !literal_brace)) return refuse("Nothing to repeat");
        if ((c == U']' || c == U'}') && unicode_) return refuse("Lone quantifier brackets");
        bool repeatable = true;
        if (c == U'(') {
            repeatable = group(depth);
        } else if (c == U'[') {
            character_class();
        } else if (c == U'\\') {
            repeatable = escape();
        } else {
            ++at_;
            repeatable = c != U'^' && c != U'$';
            if (c == U'^')
                out_ += modes_.multiline ? fmt::format("(?<![^{}])", line_ends) : "\\A";
            else if (c == U'$')
                out_ += modes_.multiline ? fmt::format("(?![^{}])", line_ends) : "\\z";
            else if (c == U'.')
                out_ += modes_.dot_all ? "(?s:.)" : fmt::format("[^{}]", line_ends);
            else
                out_ += pcre_literal(c);
        }
        if (repeatable)
            quantifier();
        else if (c == U'(' &&
                 (peek() == U'*' || peek() == U'+' || peek() == U'?' || (peek() == U'{' && is_quantifier())))
            refuse("Invalid quantifier");
    }

    // `{2}`, `{2,}`, `{2,3}` from here on.
    bool is_quantifier() const {
        auto rest = pattern_.substr(at_ + 1);
        const auto digits = [&] {
            std::size_t size = 0;
            while (size < rest.size() && is_script_digit(rest[size])) ++size;
            rest.remove_prefix(size);
            return size;
        };
        if (digits() == 0) return false;
        if (!rest.empty() && rest[0] == U',') {
            rest.remove_prefix(1);
            digits();
        }
        return !rest.empty() && rest[0] == U'}';
    }

    void quantifier() {
        const auto c = peek();
        if (c == U'*' || c == U'+' || c == U'?') {
            ++at_;
            out_ += static_cast<char>(c);
        } else if (c == U'{' && is_quantifier()) {
            counted();
        } else if (c == U'{' && unicode_) {
            return refuse("Incomplete quantifier");
        } else {
            return;
        }
        if (take(U"?")) out_ += '?';
    }

    void counted() {
        constexpr std::uint64_t most = 65535; // that PCRE2 counts
        const auto number = [&] {
            std::uint64_t value = 0;
            for (; is_script_digit(peek()); ++at_)
                value = std::min<std::uint64_t>(value * 10 + (peek() - U'0'), 1u << 30);
            return value;
        };
        ++at_;
        const auto low = number();
        out_ += fmt::format("{{{}", low);
        if (take(U",")) {
            out_ += ',';
            if (peek() != U'}') {
                const auto high = number();
                if (high < low) return refuse("numbers out of order in {} quantifier");
                if (high <= most) out_ += std::to_string(high);
            }
        }
        out_ += '}';
        ++at_;
    }

    // Whether it may be repeated: looking back can't.
    bool group(int depth) {
        const auto modes = modes_;
        bool repeatable = true;
        if (take(U"(?<=") || take(U"(?<!")) {
            out_ += pattern_[at_ - 1] == U'=' ? "(?<=" : "(?<!";
            repeatable = false;
        } else if (take(U"(?=") || take(U"(?!")) {
            out_ += pattern_[at_ - 1] == U'=' ? "(?=" : "(?!";
            repeatable = !unicode_;
        } else if (take(U"(?<")) {
            take_group_name();
            out_ += '(';
        } else if (take(U"(?")) {
            modifiers();
        } else {
            ++at_;
            ++opened_;
            out_ += '(';
        }
        alternatives(depth + 1);
        if (!take(U")")) refuse("Unterminated group");
        out_ += ')';
        modes_ = modes;
        return repeatable;
    }

    std::u32string_view name_up_to_bracket(const char* reason) {
        const auto end = pattern_.find(U'>', at_);
        if (end == pattern_.npos || end == at_) return refuse(reason), std::u32string_view();
        const auto name = pattern_.substr(at_, end - at_);
        for (std::size_t i = 0; i < name.size(); ++i)
            if (!is_name(name[i], i == 0)) return refuse(reason), std::u32string_view();
        at_ = end + 1;
        return name;
    }

    void take_group_name() {
        const auto name = name_up_to_bracket("Invalid capture group name");
        if (std::find(groups_.begin(), groups_.begin() + opened_, name) != groups_.begin() + opened_)
            return refuse("Duplicate capture group name");
        ++opened_;
    }

    // `(?:`, and `(?i-s:` of ES2025.
    void modifiers() {
        std::string on, off, seen;
        bool dash = false;
        for (; peek() != U':'; ++at_) {
            const auto c = peek();
            const bool known = c == U'i' || c == U'm' || c == U's';
            if (c == U'-' ? dash : !known || seen.find(static_cast<char>(c)) != seen.npos)
                return refuse("Invalid group");
            if (c == U'-') {
                dash = true;
                continue;
            }
            seen += static_cast<char>(c);
            if (c == U'i')
                (dash ? off : on) += 'i';
            else
                (c == U'm' ? modes_.multiline : modes_.dot_all) = !dash;
        }
        if (dash && seen.empty()) return refuse("Invalid group");
        ++at_;
        out_ += fmt::format("(?{}{}:", on, off.empty() ? "" : "-i");
    }

    // Outside a class. Whether it may be repeated.
    bool escape() {
        ++at_;
        if (!more()) refuse("\\ at end of pattern");
        const auto c = peek();
        if (c == U'b' || c == U'B') {
            ++at_;
            out_ += c == U'b' ? "\\b" : "\\B";
            return false;
        }
        if (c == U'k' && (unicode_ || has_names())) {
            named_reference();
        } else if (c >= U'1' && c <= U'9' && numbered_reference()) {
        } else if (const auto members = take_set(); !members.empty()) {
            out_ += fmt::format("[{}]", members);
        } else {
            const auto character = take_character(In::pattern);
            out_ += is_half(character) ? "(?!)" : pcre_literal(character);
        }
        return true;
    }

    void named_reference() {
        ++at_;
        if (!take(U"<")) return refuse("Invalid named reference");
        const auto name = name_up_to_bracket("Invalid named reference");
        const auto group = std::find(groups_.begin(), groups_.end(), name);
        if (group == groups_.end()) return refuse("Invalid named capture referenced");
        out_ += fmt::format("\\g{{{}}}", group - groups_.begin() + 1);
    }

    // A number above that of the groups is none: an octal escape, or the digit itself.
    bool numbered_reference() {
        std::size_t number = 0, size = 0;
        for (; is_script_digit(peek(size)) && number < 100000; ++size) number = number * 10 + (peek(size) - U'0');
        if (number > groups_.size()) {
            if (unicode_) refuse("Invalid escape");
            return unicode_;
        }
        at_ += size;
        out_ += fmt::format("\\g{{{}}}", number);
        return true;
    }

    ClassAtom class_atom() {
        const auto c = peek();
        if (c != U'\\') {
            if (nested_sets_ && (c == U'[' || ((c == U'-' || c == U'&') && peek(1) == c)))
                refuse("sets within sets (flag v) are not available");
            ++at_;
            return {c, {}};
        }
        ++at_;
        if (!more()) refuse("\\ at end of pattern");
        if (take(U"b")) return {U'\b', {}};
        if (auto members = take_set(); !members.empty()) return {std::nullopt, std::move(members)};
        return {take_character(In::character_class), {}};
    }

    // Half of a character beyond U+FFFF is in no text.
    static bool is_half(char32_t code) { return code >= 0xD800 && code <= 0xDFFF; }
    static std::string class_member(const ClassAtom& atom) {
        if (!atom.code) return atom.members;
        return is_half(*atom.code) ? "" : pcre_literal(*atom.code);
    }

    void character_class() {
        ++at_;
        const bool negated = take(U"^");
        std::string members;
        while (more() && peek() != U']') {
            const auto from = class_atom();
            if (peek() != U'-' || peek(1) == U']' || at_ + 1 >= pattern_.size()) {
                members += class_member(from);
                continue;
            }
            ++at_;
            const auto to = class_atom();
            if (!from.code || !to.code) {
                if (unicode_) return refuse("Invalid character class");
                members += class_member(from) + pcre_literal(U'-') + class_member(to);
            } else if (*to.code < *from.code) {
                return refuse("Range out of order in character class");
            } else {
                members += pcre_literal(*from.code) + '-' + pcre_literal(*to.code);
            }
        }
        if (!take(U"]")) return refuse("Unterminated character class");
        if (members.empty())
            out_ += negated ? "(?s:.)" : "(?!)";
        else
            out_ += fmt::format("[{}{}]", negated ? "^" : "", members);
    }

    bool nested_sets_;
    Modes modes_;
    std::vector<std::u32string> groups_; // names, empty for those that have none
    std::ptrdiff_t opened_ = 0;          // groups so far
    std::string out_;
};

}

Error not_an_expression(std::string_view expression, std::string_view flags, std::string_view reason) {
    std::string sorted(flags); // as an expression's own text has them
    std::sort(sorted.begin(), sorted.end());
    return usage(fmt::format("Invalid regular expression: /{}/{}: {}", expression, sorted, reason));
}

Result<std::string> pcre_of_script(std::string_view expression, std::string_view flags) {
    const bool unknown = flags.find_first_not_of("dgimsuvy") != flags.npos;
    const bool both = flags.find('u') != flags.npos && flags.find('v') != flags.npos;
    auto sorted = std::string(flags);
    std::sort(sorted.begin(), sorted.end());
    if (unknown || both || std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
        return usage(fmt::format("Invalid flags supplied to RegExp constructor '{}'", flags));
    const auto pattern = code_points(expression);
    Rewriter rewriter(pattern, flags);
    auto text = rewriter.rewrite();
    if (rewriter.refused()) return not_an_expression(expression, flags, *rewriter.refused());
    return text;
}

}
