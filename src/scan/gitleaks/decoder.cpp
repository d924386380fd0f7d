#include "scan/gitleaks/decoder.h"
#include "base/text.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>

namespace fairlead::scan::gitleaks {
namespace {

enum Coding : unsigned { percent = 1, unicode = 2, hexadecimal = 4, base_64 = 8 }; // in order of precedence
constexpr std::pair<Coding, std::string_view> coding_names[] = {
    {percent, "percent"}, {unicode, "unicode"}, {hexadecimal, "hex"}, {base_64, "base64"}};

constexpr std::size_t shortest_hex = 32, shortest_base64 = 16;

struct Encoded : Stretch {
    Coding kind;
};

int digit_of(char c) { // of a hexadecimal digit; -1: it is none
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool is_printable(unsigned byte) { return byte > 8 && byte < 127; }

int base64_value(char c) { // -: 62, _: 63 too; -1: none
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (is_digit(c)) return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

bool are_digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return false;
    return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                       text.begin() + static_cast<std::ptrdiff_t>(at + count), [](char c) { return digit_of(c) >= 0; });
}

bool is_percent(std::string_view text, std::size_t at) { return text[at] == '%' && are_digits(text, at + 1, 2); }

// Each of these gives the end of what is encoded from `at` on; 0: nothing is.

std::size_t percent_end(std::string_view text, std::size_t at) {
    if (!is_percent(text, at)) return 0;
    const std::size_t line_end = std::min(text.find('\n', at), text.size());
    for (std::size_t last = line_end - 3; last > at; --last) // the line is at least as long
        if (is_percent(text, last)) return last + 3;
    return at + 3;
}

std::size_t code_points_end(std::string_view text, std::size_t at) { // U+0041 U+0042
    std::size_t end = 0;
    while (at + 6 <= text.size() && text[at] == 'U' && text[at + 1] == '+' && are_digits(text, at + 2, 4)) {
        at += 6;
        if (at < text.size() && std::string_view("\t\n\f\r ").find(text[at]) == std::string_view::npos) break;
        at = std::min(at + 1, text.size());
        end = at;
    }
    return end;
}

std::size_t escapes_end(std::string_view text, std::size_t at) { // \u0041\\u0042
    std::size_t end = 0;
    while (at < text.size() && text[at] == '\\') {
        std::size_t letter = at + 1;
        if (letter < text.size() && text[letter] == '\\') ++letter;
        if (letter >= text.size() || (text[letter] != 'u' && text[letter] != 'U') || !are_digits(text, letter + 1, 4))
            break;
        end = at = letter + 5;
    }
    return end;
}

constexpr std::array<bool, 256> make_letters() { // of base64
    std::array<bool, 256> table{};
    for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}
constexpr auto letters = make_letters();

bool is_letter(char c) { return letters[static_cast<unsigned char>(c)]; }

std::size_t word_end(std::string_view text, std::size_t at) {
    while (at < text.size() && is_letter(text[at])) ++at;
    return at;
}

// What is encoded at the beginning of a word, which ends at `end`.
std::optional<Encoded> encoded_word(std::string_view text, std::size_t at, std::size_t end) {
    if (end - at < shortest_base64) return std::nullopt;
    std::size_t digits = at;
    while (digits < end && digit_of(text[digits]) >= 0) ++digits;
    if (digits - at >= shortest_hex) return Encoded{{at, digits}, hexadecimal};
    for (int padding = 0; padding < 2 && end < text.size() && text[end] == '='; ++padding) ++end;
    return Encoded{{at, end}, base_64};
}

// What is encoded in the text from `at` on that begins with a letter of base64; `at` becomes where the search goes on.
std::optional<Encoded> take_word(std::string_view text, std::size_t& at) {
    const std::size_t end = word_end(text, at);
    for (std::size_t begin = at; begin < end; begin = std::min(text.substr(0, end).find("U+", begin + 1), end)) {
        auto found = std::optional<Encoded>();
        if (const auto points = code_points_end(text, begin))
            found = Encoded{{begin, points}, unicode};
        else
            found = encoded_word(text, begin, end);
        if (!found) continue;
        at = found->end;
        return found;
    }
    at = end;
    return std::nullopt;
}

std::optional<Encoded> take_marked(std::string_view text, std::size_t& at) {
    const bool is_escape = text[at] == '\\';
    const std::size_t end = is_escape ? escapes_end(text, at) : percent_end(text, at);
    const Encoded found{{at, end}, is_escape ? unicode : percent};
    at = end == 0 ? at + 1 : end;
    return end == 0 ? std::nullopt : std::optional(found);
}

// Goes through a text from one place to the next where something encoded may begin. Words that are too short for it are
// passed over without a look at each of their letters.
class Starts {
  public:
    explicit Starts(std::string_view text)
        : text_(text), has_points_(text.find("U+") != text.npos), percent_(text.find('%')), slash_(text.find('\\')) {}

    // From `at` on, which is in no word, or at the beginning of one; npos: there is no more.
    std::size_t next(std::size_t at) {
        if (has_points_) return at < text_.size() ? at : text_.npos; // a short word may hold one
        const std::size_t mark = std::min(next_of('%', percent_, at), next_of('\\', slash_, at));
        const std::size_t end = std::min(mark, text_.size());
        while (at + shortest_base64 <= end) {
            std::size_t last = at + shortest_base64;
            while (last > at && is_letter(text_[last - 1])) --last;
            if (last == at) return at;
            at = last;
        }
        return mark;
    }

  private:
    std::size_t next_of(char c, std::size_t& known, std::size_t at) const {
        if (known != text_.npos && known < at) known = text_.find(c, at);
        return known;
    }
    std::string_view text_;
    bool has_points_;
    std::size_t percent_, slash_;
};

std::vector<Encoded> find_encoded(std::string_view text) {
    std::vector<Encoded> all;
    Starts starts(text);
    for (std::size_t at = starts.next(0); at < text.size(); at = starts.next(at)) {
        std::optional<Encoded> found;
        if (is_letter(text[at]))
            found = take_word(text, at);
        else if (text[at] == '%' || text[at] == '\\')
            found = take_marked(text, at);
        else
            ++at;
        if (found) all.push_back(*found);
    }
    if (all.size() < 2) return all;
    std::vector<Encoded> kept; // of two neighbours that touch, one waits for the next pass
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool after_better = i > 0 && all[i].touches(all[i - 1]) && all[i - 1].kind < all[i].kind;
        const bool before_better = i + 1 < all.size() && all[i].touches(all[i + 1]) && all[i + 1].kind < all[i].kind;
        if (!after_better && !before_better) kept.push_back(all[i]);
    }
    return kept;
}

// The decoders return an empty text for what they leave alone.

std::string decode_percent(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_percent(text, i)) {
            out += text[i];
            continue;
        }
        const auto byte = static_cast<unsigned>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2]));
        if (!is_printable(byte)) return {};
        out += static_cast<char>(byte);
        i += 2;
    }
    return out;
}

void add_character(std::string& out, unsigned code) {
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd; // half of a pair
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | code >> 6);
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
        out += static_cast<char>(0xe0 | code >> 12);
        out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }
}

std::string decode_unicode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i + 4 < text.size();) {
        if (text[i] != '+' && text[i] != 'u' && (text[i] != 'U' || text[i + 1] == '+')) {
            ++i;
            continue;
        }
        unsigned code = 0;
        for (std::size_t k = 1; k <= 4; ++k) code = code * 16 + static_cast<unsigned>(digit_of(text[i + k]));
        add_character(out, code);
        i += 5;
    }
    return out;
}

std::string decode_hex(std::string_view text) {
    if (text.size() % 2 != 0 || std::none_of(text.begin(), text.end(), is_digit)) return {};
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const auto byte = static_cast<unsigned>(digit_of(text[i]) * 16 + digit_of(text[i + 1]));
        if (!is_printable(byte)) return {};
        out += static_cast<char>(byte);
    }
    return out;
}

// RFC 4648, sections 4 (with padding) and 5 (without).
bool is_base64_form(std::string_view text) {
    const std::size_t padding = text.size() - text.find_last_not_of('=') - 1;
    const bool url = text.find_first_of("-_") != text.npos, standard = text.find_first_of("+/") != text.npos;
    if (url && (standard || padding > 0)) return false;
    const bool whole = text.size() % 4 == 0 && !url;
    return whole || (padding == 0 && !standard && text.size() % 4 != 1);
}

// What most words, paths and digests fail at.
bool begins_printable(std::string_view text) {
    const unsigned bits =
        static_cast<unsigned>(base64_value(text[0])) << 18 | static_cast<unsigned>(base64_value(text[1])) << 12 |
        static_cast<unsigned>(base64_value(text[2])) << 6 | static_cast<unsigned>(base64_value(text[3]));
    return is_printable(bits >> 16 & 0xff) && is_printable(bits >> 8 & 0xff) && is_printable(bits & 0xff);
}

std::string decode_base64(std::string_view text) {
    if (!begins_printable(text)) return {};
    if (text.find_first_of("0123456789+/-_") == text.npos || !is_base64_form(text)) return {};
    std::string out;
    unsigned bits = 0, count = 0;
    for (const char c : text.substr(0, text.find('='))) {
        bits = bits << 6 | static_cast<unsigned>(base64_value(c));
        count += 6;
        if (count < 8) continue;
        count -= 8;
        const unsigned byte = bits >> count & 0xffu;
        if (!is_printable(byte)) return {};
        out += static_cast<char>(byte);
    }
    return out;
}

std::string decode_one(Coding kind, std::string_view text) {
    switch (kind) {
    case percent: return decode_percent(text);
    case unicode: return decode_unicode(text);
    case hexadecimal: return decode_hex(text);
    case base_64: return decode_base64(text);
    }
    return {};
}

}

std::string_view with_lines_around(std::string_view text, Stretch part, std::size_t around) {
    std::size_t begin = std::min(part.begin, text.size()), end = part.end;
    for (std::size_t i = 0; i <= around && begin > 0; ++i) {
        const std::size_t last = i == 0 ? begin - 1 : begin - 2; // behind the end of the line before
        const std::size_t newline = last < begin ? text.rfind('\n', last) : text.npos;
        begin = newline == text.npos ? 0 : newline + 1;
    }
    for (std::size_t i = 0; i <= around && end < text.size(); ++i) {
        const bool ended = i == 0 && part.end > part.begin && text[end - 1] == '\n';
        if (!ended) end = std::min(text.find('\n', end), text.size() - 1) + 1;
    }
    return text.substr(begin, end - begin);
}

std::span<const Decoded::Segment> Decoded::touching(const Segments& segments, Stretch stretch) {
    const auto first = std::partition_point(segments.begin(), segments.end(),
                                            [&](const Segment& s) { return s.decoded.end < stretch.begin; });
    const auto last =
        std::partition_point(first, segments.end(), [&](const Segment& s) { return s.decoded.begin <= stretch.end; });
    return {first, last};
}

// `pass`: how many passes led to the text that `stretch` is in.
Stretch Decoded::to_original(std::size_t pass, Stretch stretch) const {
    while (pass > 0) {
        const auto segments = touching(passes_[pass - 1], stretch);
        if (segments.empty()) return stretch;
        std::optional<Stretch> encoded;
        for (const Segment& segment : segments) {
            if (segment.decoded.contains(stretch)) return segment.original;
            const Stretch whole = segment.decoded.joined(stretch);
            const Stretch part{segment.encoded.begin - (segment.decoded.begin - whole.begin),
                               segment.encoded.end + (whole.end - segment.decoded.end)};
            encoded = encoded ? encoded->joined(part) : part;
        }
        stretch = *encoded;
        --pass;
    }
    return stretch;
}

bool Decoded::decode() {
    Segments segments;
    std::string out;
    std::size_t done = 0;
    for (const Encoded& found : find_encoded(text_)) {
        const std::string decoded = decode_one(found.kind, text_.substr(found.begin, found.end - found.begin));
        if (decoded.empty()) continue;
        out += text_.substr(done, found.begin - done);
        Segment segment{
            .original = to_original(passes_.size(), found), .encoded = found, .decoded = {}, .kinds = found.kind};
        segment.decoded = {out.size(), out.size() + decoded.size()};
        if (!passes_.empty())
            for (const Segment& before : touching(passes_.back(), found)) segment.kinds |= before.kinds;
        segments.push_back(segment);
        out += decoded;
        done = found.end;
    }
    if (segments.empty()) return false;
    out += text_.substr(done);
    decoded_ = std::move(out);
    text_ = decoded_;
    passes_.push_back(std::move(segments));
    return true;
}

bool Decoded::touches(Stretch match) const { return !passes_.empty() && !touching(passes_.back(), match).empty(); }

std::string Decoded::decoded_lines(std::size_t around) const {
    std::string lines;
    std::size_t done = 0;
    if (passes_.empty()) return lines;
    for (const Segment& segment : passes_.back()) {
        if (segment.decoded.end < done) continue;
        const std::string_view wanted = with_lines_around(text_, segment.decoded, around);
        const std::size_t begin = std::max(static_cast<std::size_t>(wanted.data() - text_.data()), done);
        done = static_cast<std::size_t>(wanted.data() + wanted.size() - text_.data());
        lines += text_.substr(begin, done - begin);
    }
    return lines;
}

Decoded::Match Decoded::match(Stretch match) const {
    Match told{.original = to_original(passes_.size(), match), .tags = {}, .line = {}};
    unsigned kinds = 0;
    const auto segments = touching(passes_.back(), match);
    for (const Segment& segment : segments) kinds |= segment.kinds;
    for (const auto& [kind, name] : coding_names)
        if (kinds & kind) told.tags.push_back(fmt::format("decoded:{}", name));
    told.tags.push_back(fmt::format("decode-depth:{}", passes_.size()));
    const std::size_t newline = text_.rfind('\n', segments.front().decoded.begin);
    const std::size_t begin = newline == text_.npos ? 0 : newline;
    const std::size_t end = std::min(text_.find('\n', segments.back().decoded.end), text_.size());
    told.line = text_.substr(begin, end - begin);
    return told;
}

}
