#include "read/dockerfile/dockerfile_scope.h"
#include "base/text.h"
#include <algorithm>
#include <array>

namespace fairlead::read {

namespace {

constexpr std::array<std::string_view, 9> platform_arguments = {"TARGETPLATFORM", "TARGETOS",      "TARGETARCH",
                                                                "TARGETVARIANT",  "BUILDPLATFORM", "BUILDOS",
                                                                "BUILDARCH",      "BUILDVARIANT",  "TARGETSTAGE"};
constexpr std::array<std::string_view, 6> other_arguments = {"HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY",
                                                             "NO_PROXY",   "ALL_PROXY",   "SOURCE_DATE_EPOCH"};
constexpr std::size_t longest_value = 8192;   // that patterns are matched against
constexpr std::size_t longest_text = 1 << 16; // of an expansion: ENV A=$B$B doubles from line to line
constexpr std::size_t most_text = 1 << 20;    // of all values together
constexpr int deepest_expansion = 16;

bool is_platform_argument(std::string_view name) {
    return std::find(platform_arguments.begin(), platform_arguments.end(), name) != platform_arguments.end();
}

// `*`, `?` and \x of a shell's pattern.
bool matches(std::string_view pattern, std::string_view text) {
    std::size_t p = 0, t = 0, star = pattern.npos, from = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            from = t;
            continue;
        }
        const std::size_t escaped = p + 1 < pattern.size() && pattern[p] == '\\' ? 1 : 0;
        if (p < pattern.size() && ((escaped == 0 && pattern[p] == '?') || pattern[p + escaped] == text[t])) {
            p += 1 + escaped;
            ++t;
        } else if (star != pattern.npos) {
            p = star + 1;
            t = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

std::string without(std::string value, std::string_view pattern, char side, bool longest) {
    if (value.size() > longest_value || pattern.size() > 256) return value;
    for (std::size_t i = 0; i <= value.size(); ++i) {
        const std::size_t size = longest ? value.size() - i : i;
        const std::string_view part =
            side == '#' ? std::string_view(value).substr(0, size) : std::string_view(value).substr(value.size() - size);
        if (matches(pattern, part)) return side == '#' ? value.substr(size) : value.substr(0, value.size() - size);
    }
    return value;
}

}

bool is_predefined(std::string_view name) {
    const std::string big = upper(name);
    return is_platform_argument(name) || name.starts_with("BUILDKIT_") ||
           std::find(other_arguments.begin(), other_arguments.end(), big) != other_arguments.end();
}

class Expander {
  public:
    Expander(const Scope& scope, std::string_view text) : scope_(scope), text_(text) {}

    Expansion run() {
        out_.text = until(0, 0);
        if (!out_.readable) out_.text = text_;
        return std::move(out_);
    }

  private:
    std::string until(char stop, int depth) {
        std::string text;
        char quote = 0;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (quote == 0 && stop != 0 && c == stop) return ++at_, text;
            if (quote == 0 ? c == '\'' || c == '"' : c == quote) {
                quote = quote == 0 ? c : '\0';
                ++at_;
            } else if (c == '$' && quote != '\'') {
                text += dollar(depth);
                if (text.size() > longest_text) return refuse(), text;
            } else if (c == scope_.escape_ && quote != '\'' && at_ + 1 < text_.size()) {
                const char next = text_[at_ + 1];
                if (quote == '"' && next != '"' && next != '$' && next != scope_.escape_) text += c;
                text += next;
                at_ += 2;
            } else {
                text += c;
                ++at_;
            }
        }
        if (stop != 0 || quote != 0) refuse();
        return text;
    }

    void refuse() {
        out_.readable = false;
        at_ = text_.size();
    }

    std::string dollar(int depth) {
        const std::size_t begin = at_++;
        const bool braces = at_ < text_.size() && text_[at_] == '{';
        if (braces) ++at_;
        const std::size_t start = at_;
        while (at_ < text_.size() && part_of_name(text_[at_], at_ == start)) ++at_;
        const std::string name(text_.substr(start, at_ - start));
        if (!braces) return name.empty() ? "$" : known(name, begin);
        if (name.empty() || at_ >= text_.size() || depth >= deepest_expansion) return refuse(), "";
        if (text_[at_] == '}') return ++at_, known(name, begin);
        return modified(name, begin, depth);
    }

    static bool part_of_name(char c, bool first) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (!first && c >= '0' && c <= '9');
    }

    const Scope::Value* find(const std::string& name) const {
        const auto found = scope_.values_.find(name);
        return found == scope_.values_.end() ? nullptr : &found->second;
    }

    // Its value, or the text from `begin` as it stands.
    std::string known(const std::string& name, std::size_t begin) {
        const Scope::Value* value = find(name);
        if (value != nullptr && value->text) return *value->text;
        out_.unknown.push_back(name);
        if (value == nullptr && !is_platform_argument(name)) out_.undefined.push_back(name);
        return std::string(text_.substr(begin, at_ - begin));
    }

    std::string modified(const std::string& name, std::size_t begin, int depth) {
        const bool colon = text_[at_] == ':';
        if (colon) ++at_;
        if (at_ >= text_.size()) return refuse(), "";
        const char kind = text_[at_++];
        const bool twice =
            !colon && at_ < text_.size() && text_[at_] == kind && (kind == '#' || kind == '%' || kind == '/');
        if (twice) ++at_;
        if ((colon ? std::string_view("-+?") : std::string_view("-+?#%/")).find(kind) == std::string_view::npos)
            return refuse(), "";
        const Expansion kept = out_; // what stands in a branch that isn't taken isn't missed
        const std::string word = until(kind == '/' ? '/' : '}', depth + 1);
        const std::string replacement = kind == '/' && out_.readable ? until('}', depth + 1) : "";
        if (!out_.readable) return "";
        const Scope::Value* value = find(name);
        const bool set = value != nullptr && value->text && !(colon && value->text->empty());
        const bool open = value != nullptr && !value->text; // --build-arg may set it
        if (kind == '-') return set ? (out_ = kept, *value->text) : word;
        if (kind == '+') return set ? word : (out_ = kept, "");
        if (!set) {
            out_ = kept;
            if (kind == '?' || open) {
                out_.unknown.push_back(name);
                return std::string(text_.substr(begin, at_ - begin));
            }
            return known(name, begin);
        }
        if (kind == '?') return *value->text;
        return kind == '/' ? replaced(*value->text, word, replacement, twice)
                           : without(*value->text, word, kind, twice);
    }

    static std::string replaced(const std::string& value, std::string_view pattern, std::string_view with, bool all) {
        if (pattern.empty()) return value;
        if (pattern.find_first_of("*?[\\") != pattern.npos) return value; // nobody writes it
        if (all) return replace_all(value, pattern, with);
        const auto at = value.find(pattern);
        return at == value.npos ? value : value.substr(0, at) + std::string(with) + value.substr(at + pattern.size());
    }

    const Scope& scope_;
    std::string_view text_;
    std::size_t at_ = 0;
    Expansion out_;
};

Scope::Scope(const Dockerfile& file, std::size_t stage) : escape_(file.escape) {
    Scope globals(file.escape);
    const std::size_t first = file.stages.empty() ? 0 : file.stages.front().first;
    for (std::size_t i = 0; i < first; ++i) globals.take(file.instructions[i]);
    globals_ = std::move(globals.values_);
    std::vector<std::size_t> ancestors;
    for (int at = file.stages[stage].parent; at >= 0; at = file.stages[static_cast<std::size_t>(at)].parent)
        ancestors.push_back(static_cast<std::size_t>(at));
    for (auto one = ancestors.rbegin(); one != ancestors.rend(); ++one)
        for (std::size_t i = file.stages[*one].first; i < file.stages[*one].end; ++i) take(file.instructions[i]);
}

Expansion Scope::expand(std::string_view word) const { return Expander(*this, word).run(); }

std::optional<std::string> Scope::value(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::nullopt : found->second.text;
}

void Scope::take(const Instruction& instruction) {
    if (instruction.verb != Verb::arg && instruction.verb != Verb::env) return;
    const bool env = instruction.verb == Verb::env;
    std::vector<std::pair<std::string, Value>> changes; // all of one ENV see what was before
    for (const Pair& pair : instruction.pairs) {
        Value value{std::nullopt, env};
        if (pair.has_value) {
            const Expansion expansion = expand(pair.value);
            if (expansion.unknown.empty() && expansion.readable && kept_ < most_text) value.text = expansion.text;
            kept_ += expansion.text.size();
        } else if (const auto global = globals_.find(pair.key); global != globals_.end()) {
            value.text = global->second.text;
        }
        changes.emplace_back(pair.key, std::move(value));
    }
    for (auto& [name, value] : changes) {
        const auto before = values_.find(name);
        if (!env && before != values_.end() && before->second.env) continue; // ENV wins
        values_.insert_or_assign(std::move(name), std::move(value));
    }
}

}
