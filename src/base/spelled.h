#pragma once
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fairlead {

struct Range {
    std::size_t begin = 0, end = 0;
};

// Finds texts whose characters are written in any of the ways of percent-encoding (%2F, %252F, %u00FC, + for a blank),
// of backslashes (\n, \", \x2f, \057, \u002F, \u{2F}, \U0000002F, in front of each as many as nesting made of one) and
// of HTML (&amp; &#38; &#x26;), each character in its own way: whoever writes them escapes what they like.
// Looks only where such a character stands, so that other texts cost one look at each byte.
class Spelled {
  public:
    void add(std::string_view value); // its bytes stay where they are
    // Ranges of `text` that hold an added value with at least one character that is spelled. The work is bounded by the
    // text's size; where that isn't enough, the rest of the text is one range.
    std::vector<Range> find(std::string_view text) const;

  private:
    struct Place {
        std::string_view value;
        std::size_t offset; // of the first spelled character: what is before it stands as it is
    };
    std::unordered_map<std::uint32_t, std::vector<Place>> places_; // by that character and the one before it
};

}
