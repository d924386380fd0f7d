#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The tags of an HTML page, by the rules of the HTML standard's tokenizer (13.2.5) as far as they matter for what a
// page loads. Takes any bytes, in linear time; what isn't closed at the end is dropped, as in browsers.
namespace fairlead::read::served {

struct Tag {
    std::string name; // in lower case; of an end tag "/script"
    // names in lower case; values as written, with their character references; of two with one name the first counts
    std::vector<std::pair<std::string, std::string>> attributes;
    std::string_view text; // of <style> and <script>: what follows up to the end tag

    const std::string* attribute(std::string_view name) const; // null: absent
};

// Comments, and tags within <script>, <style>, <textarea>, <title> and the like are none.
class Tags {
  public:
    explicit Tags(std::string_view html) : html_(html) {} // which must outlive it
    std::optional<Tag> next();                            // nothing: the end

  private:
    void pass(std::string_view end);
    std::string_view raw_text(std::string_view tag);
    std::string_view word(std::string_view ends);
    void skip_blanks();
    std::string_view value();
    bool read_attributes(Tag& tag);

    std::string_view html_;
    std::size_t at_ = 0;
};

// Whether a browser loads what a <link> names, by its `rel`; canonical, alternate and the like are addresses only.
bool is_loading_link(std::string_view rel);

// The addresses of a `srcset`; descriptors (2x, 480w) are left out.
std::vector<std::string> srcset_urls(std::string_view srcset);
// The addresses in a style sheet: url(...) and @import.
std::vector<std::string> css_urls(std::string_view css);

}
