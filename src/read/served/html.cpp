#include "read/served/html.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::read::served {

namespace {

constexpr std::size_t most_attributes = 100; // of one tag; further ones are left out
constexpr std::string_view html_blanks = " \t\r\n\f";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Their content is text up to their end tag.
bool is_raw(std::string_view name) {
    constexpr std::string_view raw[] = {"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"};
    return std::find(std::begin(raw), std::end(raw), name) != std::end(raw);
}

std::string_view trimmed(std::string_view text) {
    const auto begin = std::min(text.find_first_not_of(html_blanks), text.size());
    return text.substr(begin, text.find_last_not_of(html_blanks) + 1 - begin);
}

}

const std::string* Tag::attribute(std::string_view wanted) const {
    for (const auto& [key, content] : attributes)
        if (key == wanted) return &content;
    return nullptr;
}

void Tags::pass(std::string_view end) {
    const auto found = html_.find(end, at_);
    at_ = found == html_.npos ? html_.size() : found + end.size();
}

// Leaves `at_` at the end tag.
std::string_view Tags::raw_text(std::string_view tag) {
    const auto begin = at_;
    for (; (at_ = std::min(html_.find("</", at_), html_.size())) < html_.size(); at_ += 2) {
        const auto name = html_.substr(at_ + 2, tag.size());
        const auto behind = at_ + 2 + tag.size();
        if (lower(name) == tag && behind < html_.size() &&
            (html_blanks.find(html_[behind]) != html_blanks.npos || html_[behind] == '/' || html_[behind] == '>'))
            break;
    }
    return html_.substr(begin, at_ - begin);
}

std::string_view Tags::word(std::string_view ends) {
    const auto begin = at_;
    at_ = std::min(html_.find_first_of(ends, at_), html_.size());
    return html_.substr(begin, at_ - begin);
}

void Tags::skip_blanks() { at_ = std::min(html_.find_first_not_of(html_blanks, at_), html_.size()); }

std::string_view Tags::value() {
    skip_blanks();
    if (at_ == html_.size()) return {};
    const char quote = html_[at_];
    if (quote != '"' && quote != '\'') return word(" \t\r\n\f>");
    ++at_;
    const auto text = word(std::string_view(&quote, 1));
    if (at_ < html_.size()) ++at_;
    return text;
}

// Up to its end; false: it has none.
bool Tags::read_attributes(Tag& tag) {
    while (true) {
        skip_blanks();
        if (at_ == html_.size()) return false;
        if (html_[at_] == '>') break;
        const auto before = at_;
        auto name = lower(word(" \t\r\n\f=/>"));
        skip_blanks();
        std::string_view content;
        if (at_ < html_.size() && html_[at_] == '=') {
            ++at_;
            content = value();
        } else if (at_ == before) {
            ++at_; // a lone slash
        }
        const bool counts = !name.empty() && tag.attributes.size() < most_attributes && tag.attribute(name) == nullptr;
        if (counts) tag.attributes.emplace_back(std::move(name), content);
    }
    ++at_;
    return true;
}

std::optional<Tag> Tags::next() {
    while ((at_ = std::min(html_.find('<', at_), html_.size())) < html_.size()) {
        const char next = at_ + 1 < html_.size() ? html_[at_ + 1] : '\0';
        if (!is_letter(next) && next != '/' && next != '!' && next != '?') {
            ++at_;
            continue;
        }
        const auto rest = html_.substr(at_);
        if (rest.starts_with("<!--")) {
            at_ += rest.starts_with("<!-->") || rest.starts_with("<!--->") ? 2 : 4; // which are whole comments
            pass("-->");
            continue;
        }
        if (rest.starts_with("<!") || rest.starts_with("<?")) {
            pass(">");
            continue;
        }
        const bool is_end = rest.starts_with("</");
        at_ += is_end ? 2 : 1;
        if (at_ == html_.size() || !is_letter(html_[at_])) continue;
        Tag tag{.name = lower(word(" \t\r\n\f/>"))};
        if (!read_attributes(tag)) return {};
        if (is_end)
            tag.name.insert(0, 1, '/');
        else if (is_raw(tag.name))
            tag.text = raw_text(tag.name);
        return tag;
    }
    return {};
}

bool is_loading_link(std::string_view rel) {
    constexpr std::string_view kinds[] = {"stylesheet", "icon",      "apple-touch-icon", "apple-touch-icon-precomposed",
                                          "preload",    "mask-icon", "modulepreload",    "manifest"};
    const auto words = lower(rel);
    for (std::size_t at = 0; (at = words.find_first_not_of(html_blanks, at)) < words.size();) {
        const auto end = std::min(words.find_first_of(html_blanks, at), words.size());
        const auto word = std::string_view(words).substr(at, end - at);
        if (std::find(std::begin(kinds), std::end(kinds), word) != std::end(kinds)) return true;
        at = end;
    }
    return false;
}

// The HTML standard, 4.8.4.2.1: an address ends at a blank; commas at its end part it from the next one.
std::vector<std::string> srcset_urls(std::string_view srcset) {
    std::vector<std::string> urls;
    for (std::size_t at = 0; (at = srcset.find_first_not_of(" \t\r\n\f,", at)) < srcset.size();) {
        const auto end = std::min(srcset.find_first_of(html_blanks, at), srcset.size());
        auto url = srcset.substr(at, end - at);
        at = end;
        if (url.ends_with(',')) {
            url = url.substr(0, url.find_last_not_of(',') + 1);
        } else {
            for (int depth = 0; at < srcset.size() && (srcset[at] != ',' || depth > 0); ++at)
                depth += srcset[at] == '(' ? 1 : srcset[at] == ')' ? -1 : 0;
        }
        if (!url.empty()) urls.emplace_back(url);
    }
    return urls;
}

namespace {

// A style sheet without its comments.
std::string without_comments(std::string_view css) {
    std::string kept;
    while (!css.empty()) {
        const auto begin = css.find("/*");
        kept += css.substr(0, begin);
        const auto end = begin == css.npos ? css.npos : css.find("*/", begin + 2);
        if (end == css.npos) break;
        kept += ' ';
        css.remove_prefix(end + 2);
    }
    return kept;
}

// The address that begins at `at`, in quotes or up to `end`.
std::string css_address(std::string_view css, std::size_t& at, std::string_view end) {
    at = std::min(css.find_first_not_of(html_blanks, at), css.size());
    const char quote = at < css.size() ? css[at] : ' ';
    const bool quoted = quote == '"' || quote == '\'';
    const auto begin = at + (quoted ? 1 : 0);
    const auto found = quoted ? css.find(quote, begin) : css.find_first_of(end, begin);
    at = std::min(found, css.size());
    return found == css.npos ? std::string() : std::string(trimmed(css.substr(begin, found - begin)));
}

}

std::vector<std::string> css_urls(std::string_view css) {
    const auto bare = without_comments(css);
    const auto small = lower(bare);
    std::vector<std::string> urls;
    for (std::size_t at = 0; (at = small.find_first_of("u@", at)) < small.size();) {
        const auto rest = std::string_view(small).substr(at);
        const bool is_url = rest.starts_with("url(");
        const bool is_import = rest.starts_with("@import") && rest.substr(0, 12).find("url(") == rest.npos;
        at += is_url ? 4 : is_import ? 7 : 1;
        if (!is_url && !is_import) continue;
        if (is_import && trimmed(rest.substr(7, 3)).find_first_of("\"'") != 0) continue; // @import url(...)
        if (auto url = css_address(bare, at, ")"); !url.empty()) urls.push_back(std::move(url));
    }
    return urls;
}

}
