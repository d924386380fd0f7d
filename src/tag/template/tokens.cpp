#include "tag/template/tokens.h"
#include "tag/script/ecma.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

using TokenKind = TemplateToken::Kind;
constexpr auto npos = std::string_view::npos;

class Splitter {
  public:
    explicit Splitter(std::string_view text) : text_(text) {}

    Result<std::vector<TemplateToken>> split() {
        while (at_ < text_.size()) {
            const auto open = std::min(text_.find("{{", at_), text_.size());
            const auto before = text_.substr(at_, open - at_);
            const bool escape = open < text_.size() && before.ends_with('\\');
            const bool tag_behind = before.ends_with("\\\\"); // two backslashes: one, and a tag
            add_text(before.substr(0, before.size() - (escape ? 1 : 0)));
            at_ = open;
            if (escape && !tag_behind)
                add_escaped();
            else if (open < text_.size())
                TRY_VOID(add_tag());
        }
        return std::move(tokens_);
    }

  private:
    void add_text(std::string_view text) {
        if (!text.empty()) tokens_.push_back({TokenKind::text, std::string(text), at_});
    }

    // A backslash makes `{{` plain text up to the next tag, or the backslashes before it.
    void add_escaped() {
        auto end = std::min(text_.find("{{", at_ + 2), text_.size());
        for (int i = 0; i < 2 && end < text_.size() && end > at_ + 2 && text_[end - 1] == '\\'; ++i) --end;
        add_text(text_.substr(at_, end - at_));
        at_ = end;
    }

    bool take(std::string_view mark) {
        if (!text_.substr(at_).starts_with(mark)) return false;
        at_ += mark.size();
        return true;
    }

    Result<void> add_tag() {
        TemplateToken token;
        token.offset = at_;
        take("{{");
        token.strip_before = take("~");
        token.kind = TokenKind::value;
        const bool three = take("{");
        const std::string_view close = three ? "}}}" : "}}";
        if (!three && take("!"))
            token.kind = TokenKind::comment;
        else if (three || take("&"))
            token.kind = TokenKind::raw_value;
        else if (take("#"))
            token.kind = TokenKind::open;
        else if (take("/"))
            token.kind = TokenKind::close;
        const auto end = token.kind == TokenKind::comment ? comment_end() : tag_end(close);
        if (end == npos) return template_error(text_, token.offset, "an expression is not closed");
        auto inside = text_.substr(at_, end - at_);
        token.strip_after = inside.ends_with('~');
        at_ = end + close.size();
        if (token.strip_after) inside.remove_suffix(1);
        token.text = std::string(trim_blanks(inside));
        if (token.kind == TokenKind::value && token.text.starts_with("else") &&
            (token.text.size() == 4 || is_blank(token.text[4]))) {
            token.kind = TokenKind::otherwise;
            token.text = std::string(trim_blanks(std::string_view(token.text).substr(4)));
        }
        const bool words_only =
            token.kind == TokenKind::comment || (token.kind == TokenKind::otherwise && token.text.empty());
        if (text_.substr(at_).starts_with('}') && !token.strip_after && !words_only)
            return template_error(text_, token.offset, "an expression is closed with an extra brace");
        tokens_.push_back(std::move(token));
        return {};
    }

    // Of `! text` or `!-- text with }} --`.
    std::size_t comment_end() const {
        const bool is_long = text_.substr(at_).starts_with("--");
        for (auto end = text_.find("}}", at_); end != npos; end = text_.find("}}", end + 1)) {
            auto inside = text_.substr(at_, end - at_);
            if (inside.ends_with('~')) inside.remove_suffix(1);
            if (!is_long || inside.ends_with("--")) return end;
        }
        return npos;
    }

    // Closing marks don't count within quotes.
    std::size_t tag_end(std::string_view close) const {
        char quote = 0;
        for (auto at = at_; at < text_.size(); ++at) {
            const char c = text_[at];
            if (quote == 0 && text_.substr(at).starts_with(close)) return at;
            if (quote == 0 ? c == '\'' || c == '"' : c == quote) quote = quote == 0 ? c : '\0';
        }
        return npos;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<TemplateToken> tokens_;
};

}

Error template_error(std::string_view text, std::size_t offset, std::string_view what) {
    const auto before = text.substr(0, offset);
    const auto in_line = before.substr(before.rfind('\n') + 1); // npos + 1 is 0
    const auto column = 1 + std::count_if(in_line.begin(), in_line.end(), [](char c) { return (c & 0xC0) != 0x80; });
    return usage(fmt::format("Parse error on line {}, column {}: {} in `{}`",
                             1 + std::count(before.begin(), before.end(), '\n'), column, what, text));
}

Result<std::vector<TemplateToken>> split_template(std::string_view text) {
    auto tokens = TRY(Splitter(text).split());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const auto is_text = [&](std::size_t at) { return at < tokens.size() && tokens[at].kind == TokenKind::text; };
        if (tokens[i].strip_before && is_text(i - 1)) {
            auto& before = tokens[i - 1].text;
            while (!before.empty() && is_blank(before.back())) before.pop_back();
        }
        if (tokens[i].strip_after && is_text(i + 1)) {
            auto& after = tokens[i + 1].text;
            after.erase(
                0, static_cast<std::size_t>(std::find_if_not(after.begin(), after.end(), is_blank) - after.begin()));
        }
    }
    return tokens;
}

}
