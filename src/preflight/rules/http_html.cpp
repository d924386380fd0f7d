#include "preflight/rules/http_html.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::preflight {

namespace {

constexpr std::string_view blanks = " \t\r\n\f";

struct Loads {
    std::string_view tag, attribute;
};
constexpr Loads loading[] = {
    {"script", "src"}, {"img", "src"},   {"img", "srcset"}, {"iframe", "src"},   {"frame", "src"},
    {"link", "href"},  {"video", "src"}, {"audio", "src"},  {"video", "poster"}, {"source", "src"},
    {"embed", "src"},  {"track", "src"}, {"input", "src"},  {"object", "data"},  {"source", "srcset"},
};

// What a browser fetches for a <link>; canonical, alternate and the like are addresses only.
bool is_loaded(std::string_view rel) {
    constexpr std::string_view kinds[] = {"stylesheet", "icon", "preload", "modulepreload", "manifest"};
    return std::any_of(std::begin(kinds), std::end(kinds),
                       [&](std::string_view kind) { return rel.find(kind) != rel.npos; });
}

class Tags {
  public:
    explicit Tags(std::string_view html) : html_(html), lower_(lower(html)) {}

    std::string over_http() {
        while ((at_ = html_.find('<', at_)) != html_.npos) {
            if (html_.substr(at_).starts_with("<!--")) {
                pass("-->");
                continue;
            }
            const auto name_end = std::min(lower_.find_first_of(" \t\r\n\f/>", ++at_), lower_.size());
            const auto name = lower_.substr(at_, name_end - at_);
            at_ = name_end;
            if (read_attributes(name)) return name;
            if (name == "script") pass("</script");
        }
        return {};
    }

  private:
    void pass(std::string_view end) { at_ = std::min(lower_.find(end, at_), lower_.size()); }

    std::string_view word(std::string_view ends) {
        const auto begin = at_;
        at_ = std::min(lower_.find_first_of(ends, at_), lower_.size());
        return std::string_view(lower_).substr(begin, at_ - begin);
    }
    void skip_blanks() { at_ = std::min(lower_.find_first_not_of(blanks, at_), lower_.size()); }

    std::string_view value() {
        skip_blanks();
        if (at_ == lower_.size()) return {};
        const char quote = lower_[at_];
        if (quote != '"' && quote != '\'') return word(" \t\r\n\f>");
        ++at_;
        const auto text = word(std::string_view(&quote, 1));
        if (at_ < lower_.size()) ++at_;
        return text;
    }

    // Up to its end; whether it loads over http.
    bool read_attributes(std::string_view tag) {
        bool over_http = false, is_loading = tag != "link";
        while (at_ < lower_.size() && lower_[at_] != '>') {
            skip_blanks();
            const auto before = at_;
            const auto name = word(" \t\r\n\f=/>");
            skip_blanks();
            std::string_view content;
            if (at_ < lower_.size() && lower_[at_] == '=') {
                ++at_;
                content = value();
            } else if (at_ == before) {
                ++at_; // a lone slash
            }
            is_loading |= tag == "link" && name == "rel" && is_loaded(content);
            for (const Loads& one : loading)
                over_http |= one.tag == tag && one.attribute == name && trim(content).starts_with("http://");
        }
        return over_http && is_loading;
    }

    std::string_view html_;
    std::string lower_;
    std::size_t at_ = 0;
};

}

std::string tag_over_http(std::string_view html) { return Tags(html).over_http(); }

}
