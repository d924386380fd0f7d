#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The tags of an HTML page, by the rules of the HTML standard's tokenizer (13.2.5) as far as they matter for what a
// page loads. Accepts any bytes, and runs in linear time. An unclosed tag at the end is dropped, as in browsers.
namespace fairlead::read::served {

struct Tag {
    std::string name; // in lower case; an end tag is "/script"
    // names in lower case; values as written, with character references; of a repeated name, the first counts
    std::vector<std::pair<std::string, std::string>> attributes;
    std::string_view text; // for <style> and <script>: the text up to the end tag

    const std::string* attribute(std::string_view name) const; // null: absent
};

// Skips comments, and tags within <script>, <style>, <textarea>, <title> and similar elements.
class Tags {
  public:
    explicit Tags(std::string_view html) : html_(html) {} // `html` must outlive it
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

// Returns whether a browser loads the target of a <link>, by its `rel`; false for canonical, alternate and similar
// words.
bool is_loading_link(std::string_view rel);

// Returns the addresses in a `srcset`, without descriptors (2x, 480w).
std::vector<std::string> srcset_urls(std::string_view srcset);
// Returns the addresses in a style sheet: url(...) and @import.
std::vector<std::string> css_urls(std::string_view css);

}
