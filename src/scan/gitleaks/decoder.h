#pragma once
#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Decodes encoded parts of a text, in passes, as gitleaks does (gitleaks, README, "Decoding"): percent encoding,
// \u0041 and U+0041, 32 or more hexadecimal digits, 16 or more characters of base64. A part that doesn't decode to
// printable ASCII is left unchanged, except \u0041 and U+0041, which are always decoded.
namespace fairlead::scan::gitleaks {

struct Stretch {
    std::size_t begin = 0, end = 0;
    bool touches(Stretch other) const { return other.begin <= end && other.end >= begin; }
    bool contains(Stretch other) const { return begin <= other.begin && other.end <= end; }
    Stretch joined(Stretch other) const { return {std::min(begin, other.begin), std::max(end, other.end)}; }
};

// Returns the whole lines of a part of a text, and some lines around them.
std::string_view with_lines_around(std::string_view text, Stretch part, std::size_t around);

// The text after a number of passes, with what was decoded in the last one.
class Decoded {
  public:
    explicit Decoded(std::string_view text) : text_(text) {} // before the first pass; the text must live as long
    Decoded(const Decoded&) = delete;
    // Makes the next pass. False: nothing in the text is encoded.
    bool decode();
    std::string_view text() const { return text_; }
    // A match in text(), converted to the text before the first pass.
    struct Match {
        Stretch original;              // the encoded stretch that it comes from
        std::vector<std::string> tags; // decoded:base64, decode-depth:1
        std::string_view line;         // in text()
    };
    bool touches(Stretch match) const; // whether the match contains a decoded part, or is next to one
    Match match(Stretch match) const;  // for a match that touches a decoded part

    std::string decoded_lines(std::size_t around) const; // the lines of text() with decoded parts, and some around

  private:
    struct Segment {
        Stretch original, encoded, decoded; // position in the first text, in the previous text, in this text
        unsigned kinds = 0;                 // of this pass and earlier passes
    };
    using Segments = std::vector<Segment>;
    static std::span<const Segment> touching(const Segments& segments, Stretch stretch);
    Stretch to_original(std::size_t pass, Stretch stretch) const;

    std::string_view text_;
    std::string decoded_;          // holds `text_` after a pass
    std::vector<Segments> passes_; // sorted
};

}
