#pragma once
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fairlead {

struct Range {
    std::size_t begin = 0, end = 0;
};

// Finds texts whose characters are escaped: by percent-encoding (%2F, %252F, %u00FC, + for a blank), by backslashes
// (\n, \", \x2f, \057, \u002F, \u{2F}, \U0000002F, each with any number of backslashes from nesting), or by HTML (&amp;
// &#38; &#x26;). Each character may be escaped in a different way, or not at all. A text without escaped characters is
// read once and not searched.
class Spelled {
  public:
    void add(std::string_view value); // the bytes must outlive this object
    // Returns the ranges of `text` that contain an added value with at least one escaped character. The work is limited
    // by the text's size; beyond the limit, the rest of the text is one range.
    std::vector<Range> find(std::string_view text) const;

  private:
    struct Place {
        std::string_view value;
        std::size_t offset; // of the first escaped character
    };
    // key: the escaped character and the character before it
    std::unordered_map<std::uint32_t, std::vector<Place>> places_;
};

}
