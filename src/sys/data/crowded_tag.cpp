#include "sys/data/crowded_tag.h"
#include <algorithm>

namespace fairlead::sys {

namespace {

// Walks over tags as libxml2 before 2.12 does, which compares each attribute of a tag with all before it: of a million,
// that takes hours.
class TagWalk {
  public:
    TagWalk(std::string_view text, Markup markup) : text_(text), is_html_(markup == Markup::html) {}

    bool finds_crowded_tag() {
        std::size_t sure = 0; // what seems to be a comment or a script before it may lie in a closing tag or the like
        while ((at_ = text_.find('<', at_)) < text_.size()) {
            const auto begin = at_++;
            if (begin >= sure && skips_other(begin)) continue;
            if (is_html_ && begin >= sure && ends_at_next(begin + 1)) sure = text_.find('>', at_);
            if (!is_name(0)) continue;
            if (attributes() > most_tag_attributes) return true;
            if (is_html_ && begin >= sure && text_[at_ - 1] != '/')
                for (const std::string_view raw : {"script", "style"})
                    if (is_word(begin + 1, raw) && !is_name_at(begin + 1 + raw.size(), 1)) skip_raw();
        }
        return false;
    }

  private:
    bool skips_other(std::size_t begin) {
        if (!is_html_)
            return skips(begin, "<!--", "-->") || skips(begin, "<![CDATA[", "]]>") || skips(begin, "<?", "?>");
        if (!text_.substr(begin).starts_with("<!--")) return false;
        at_ = std::min(text_.find("--", begin + 4), text_.size());
        while (at_ < text_.size() && !is_word(at_ + 2, ">") && !is_word(at_ + 2, "!>"))
            at_ = std::min(text_.find("--", at_ + 1), text_.size());
        return true;
    }
    bool skips(std::size_t begin, std::string_view from, std::string_view to) {
        if (!text_.substr(begin).starts_with(from)) return false;
        at_ = std::min(text_.find(to, begin + from.size()), text_.size());
        return true;
    }
    bool ends_at_next(std::size_t at) const {
        const char c = at < text_.size() ? text_[at] : '\0';
        return c == '/' || c == '?' || is_word(at, "!doctype");
    }
    // Counts the attributes, and stops at the tag's end.
    std::size_t attributes() {
        std::size_t count = 0;
        skip_name();
        for (skip_blanks(); !ends(); skip_blanks()) {
            if (!is_name(0)) {
                while (!ends() && !is_xml_blank(text_[at_])) ++at_;
                continue;
            }
            ++count;
            skip_name();
            skip_blanks();
            if (at_ < text_.size() && text_[at_] == '=') skip_value();
        }
        if (at_ < text_.size() && text_[at_] == '/') ++at_;
        return count;
    }
    void skip_name() {
        for (int length = 0; is_name(length) && (length < 100 || !is_html_); ++length)
            ++at_; // of more it makes several
    }
    void skip_value() {
        ++at_;
        skip_blanks();
        if (at_ >= text_.size()) return;
        const char quote = text_[at_];
        if (quote == '"' || quote == '\'')
            at_ = std::min(text_.find(quote, at_ + 1), text_.size() - 1) + 1;
        else
            while (at_ < text_.size() && text_[at_] != '>' && !is_xml_blank(text_[at_])) ++at_;
    }
    void skip_blanks() {
        while (at_ < text_.size() && is_xml_blank(text_[at_])) ++at_;
    }
    void skip_raw() { // until whatever is closed, as in HTML 4
        while ((at_ = text_.find("</", at_)) < text_.size() && !is_name_at(at_ + 2, 0)) ++at_;
    }
    bool is_word(std::size_t at, std::string_view word) const {
        const auto there = text_.substr(std::min(at, text_.size()), word.size());
        return std::equal(word.begin(), word.end(), there.begin(), there.end(),
                          [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
    }
    bool ends() const {
        return at_ >= text_.size() || text_[at_] == '>' || (text_[at_] == '/' && text_.substr(at_, 2) == "/>");
    }
    bool is_name(int length) const { return is_name_at(at_, length); }
    bool is_name_at(std::size_t at, int length) const {
        if (at >= text_.size()) return false;
        const char c = text_[at];
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || c == '.';
        const bool follows = length > 0 && ((c >= '0' && c <= '9') || c == '-');
        return is_letter || follows || (!is_html_ && static_cast<unsigned char>(c) >= 128);
    }

    std::string_view text_;
    bool is_html_;
    std::size_t at_ = 0;
};

}

bool has_crowded_tag(std::string_view text, Markup markup) { return TagWalk(text, markup).finds_crowded_tag(); }

}
