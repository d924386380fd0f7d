#include "tag/template/tokens.h"
#include "tag/script/ecma.h"
#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

using Kind = TemplateToken::Kind;

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

class Splitter {
  public:
    explicit Splitter(std::string_view text) : text_(text) {}

    Result<std::vector<TemplateToken>> split() {
        while (at_ < text_.size()) {
            const auto open = text_.find("{{", at_);
            if (open == std::string_view::npos) {
                add_text(text_.substr(at_));
                break;
            }
            const auto before = text_.substr(at_, open - at_);
            if (before.size() > 1 && before.substr(before.size() - 2) == "\\\\") {
                add_text(before.substr(0, before.size() - 1)); // two backslashes: one, and a tag
            } else if (!before.empty() && before.back() == '\\') {
                add_text(before.substr(0, before.size() - 1));
                escaped(open);
                continue;
            } else {
                add_text(before);
            }
            at_ = open;
            TRY_VOID(tag());
        }
        return std::move(tokens_);
    }

  private:
    void add_text(std::string_view text) {
        if (!text.empty()) tokens_.push_back({Kind::text, std::string(text), at_, at_, false, false});
    }

    // A backslash makes `{{` plain text up to the next tag.
    void escaped(std::size_t open) {
        auto end = text_.find("{{", open + 2);
        if (end == std::string_view::npos)
            end = text_.size();
        else if (end >= 2 + open + 2 && text_.substr(end - 2, 2) == "\\\\")
            end -= 2;
        else if (end >= 1 + open + 2 && text_[end - 1] == '\\')
            end -= 1;
        add_text(text_.substr(open, end - open));
        at_ = end;
    }

    bool take(std::string_view mark) {
        if (text_.substr(at_, mark.size()) != mark) return false;
        at_ += mark.size();
        return true;
    }

    Result<void> tag() {
        TemplateToken token;
        token.offset = at_;
        take("{{");
        token.strip_before = take("~");
        if (take("!")) return comment(token);
        if (take("{")) return rest(token, Kind::raw_value, "}");
        if (take("&")) return rest(token, Kind::raw_value, "");
        if (take("#>") || take("#*") || take("*"))
            return template_error(text_, token.offset, "partial blocks and decorators are not available");
        if (take(">")) return rest(token, Kind::partial, "");
        if (take("#")) return rest(token, Kind::open, "");
        if (take("/")) return rest(token, Kind::close, "");
        if (take("^")) {
            TRY_VOID(rest(token, Kind::inverse_open, ""));
            auto& added = tokens_.back();
            if (added.text.empty()) added.kind = Kind::otherwise;
            return {};
        }
        TRY_VOID(rest(token, Kind::value, ""));
        auto& added = tokens_.back();
        const auto word = std::string_view(added.text).substr(0, 4);
        if (word == "else" && (added.text.size() == 4 || !is_word_character(added.text[4]))) {
            added.kind = Kind::otherwise;
            added.text = std::string(trim_blanks(std::string_view(added.text).substr(4)));
        }
        return {};
    }

    Result<void> comment(TemplateToken token) {
        const bool long_form = text_.substr(at_, 2) == "--";
        const std::string_view mark = long_form ? "--" : "";
        auto end = at_ + mark.size();
        for (;; ++end) {
            end = text_.find("}}", end);
            if (end == std::string_view::npos) return template_error(text_, token.offset, "a comment is not closed");
            auto body_end = end;
            token.strip_after = text_[body_end - 1] == '~';
            if (token.strip_after) --body_end;
            if (!long_form || (body_end >= at_ + 2 && text_.substr(body_end - 2, 2) == "--")) break;
        }
        at_ = end + 2;
        token.kind = Kind::comment;
        tokens_.push_back(std::move(token));
        return {};
    }

    // Up to the closing marks, which don't count inside quotes and [ ]: three braces for three, two for two.
    Result<void> rest(TemplateToken token, Kind kind, std::string_view extra) {
        const auto begin = at_;
        while (at_ < text_.size()) {
            const auto end = at_;
            if (take("}}}}")) break;
            const bool three = take("}}}") || take("}~}}");
            const bool strip = three ? text_[end + 1] == '~' : take("~}}");
            if (three || strip || take("}}")) {
                if (three == extra.empty()) break;
                token.kind = kind;
                token.strip_after = strip;
                const auto written = text_.substr(begin, end - begin);
                const auto text = trim_blanks(written);
                token.inside = begin + static_cast<std::size_t>(text.data() - written.data());
                token.text = std::string(text);
                tokens_.push_back(std::move(token));
                return {};
            }
            at_ += std::max<std::size_t>(quoted_size(text_.substr(at_)), 1);
        }
        return template_error(text_, token.offset, "an expression is not closed");
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<TemplateToken> tokens_;
};

void strip_end(std::string& text) {
    while (!text.empty() && is_blank(text.back())) text.pop_back();
}
void strip_start(std::string& text) {
    text.erase(0, static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_blank) - text.begin()));
}

bool stands_alone(Kind kind) { return kind != Kind::text && kind != Kind::value && kind != Kind::raw_value; }
bool is_space(char c) { return c == ' ' || c == '\t'; }

// A block tag or comment that has a line for itself takes the line with it.
void strip_lone_tags(std::vector<TemplateToken>& tokens) {
    struct Cut {
        std::size_t token, keep_from, keep_to;
    };
    std::vector<Cut> cuts;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (!stands_alone(tokens[i].kind)) continue;
        std::size_t keep_to = 0, keep_from = 0;
        if (i > 0) {
            if (tokens[i - 1].kind != Kind::text) continue;
            const auto& text = tokens[i - 1].text;
            keep_to = text.size();
            while (keep_to > 0 && is_space(text[keep_to - 1])) --keep_to;
            if (keep_to == 0 ? i != 1 : text[keep_to - 1] != '\n') continue;
        }
        if (i + 1 < tokens.size()) {
            if (tokens[i + 1].kind != Kind::text) continue;
            const auto& text = tokens[i + 1].text;
            while (keep_from < text.size() && is_space(text[keep_from])) ++keep_from;
            if (text.compare(keep_from, 2, "\r\n") == 0)
                keep_from += 2;
            else if (keep_from < text.size() && text[keep_from] == '\n')
                ++keep_from;
            else if (keep_from < text.size() || i + 2 < tokens.size())
                continue;
            cuts.push_back({i + 1, keep_from, std::string::npos});
        }
        if (i > 0) cuts.push_back({i - 1, 0, keep_to});
    }
    // Ends before starts, so that offsets stay right.
    for (const auto& cut : cuts)
        if (cut.keep_to != std::string::npos)
            tokens[cut.token].text.resize(std::min(cut.keep_to, tokens[cut.token].text.size()));
    for (const auto& cut : cuts)
        if (cut.keep_to == std::string::npos)
            tokens[cut.token].text.erase(0, std::min(cut.keep_from, tokens[cut.token].text.size()));
}

}

TemplatePlace place_in(std::string_view text, std::size_t offset) {
    const auto before = text.substr(0, offset);
    const auto line_end = before.rfind('\n');
    const auto in_line = before.substr(line_end == std::string_view::npos ? 0 : line_end + 1);
    const auto characters = std::count_if(in_line.begin(), in_line.end(), [](char c) { return (c & 0xC0) != 0x80; });
    return {1 + std::count(before.begin(), before.end(), '\n'), 1 + characters};
}

Error template_error(std::string_view text, std::size_t offset, std::string_view what) {
    const auto place = place_in(text, offset);
    return usage(fmt::format("Parse error on line {}, column {}: {} in `{}`", place.line, place.column, what, text));
}

std::size_t quoted_size(std::string_view text) {
    if (text.empty() || (text[0] != '"' && text[0] != '\'' && text[0] != '[')) return 0;
    const char close = text[0] == '[' ? ']' : text[0];
    std::size_t escaped = 0; // the size, should no unescaped mark follow
    for (std::size_t i = 1; i < text.size(); ++i) {
        const bool escape = text[i] == '\\' && i + 1 < text.size() && text[i + 1] == close;
        if (escape)
            escaped = ++i + 1;
        else if (text[i] == close)
            return i + 1;
    }
    return escaped;
}

Result<std::vector<TemplateToken>> split_template(std::string_view text) {
    auto tokens = TRY(Splitter(text).split());
    strip_lone_tags(tokens);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].strip_before && i > 0 && tokens[i - 1].kind == Kind::text) strip_end(tokens[i - 1].text);
        if (tokens[i].strip_after && i + 1 < tokens.size() && tokens[i + 1].kind == Kind::text)
            strip_start(tokens[i + 1].text);
    }
    return tokens;
}

}
