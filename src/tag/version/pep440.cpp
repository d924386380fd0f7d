#include "tag/version/pep440.h"
#include "base/text.h"
#include "tag/script/ecma.h"
#include <algorithm>
#include <array>
#include <tuple>

namespace fairlead::tag {

namespace {

bool is_separator(char c) { return c == '.' || c == '-' || c == '_'; }

// Reads from the front of a lower-case text; what did not fit stays.
struct Pep440Reader {
    std::string_view text;

    bool take(std::string_view word) {
        if (text.substr(0, word.size()) != word) return false;
        text.remove_prefix(word.size());
        return true;
    }
    std::string digits() { // without leading zeros; empty when there is none
        std::size_t size = 0;
        while (size < text.size() && is_digit(text[size])) ++size;
        auto number = text.substr(0, size);
        text.remove_prefix(size);
        while (number.size() > 1 && number[0] == '0') number.remove_prefix(1);
        return std::string(number);
    }
    void separator() {
        if (!text.empty() && is_separator(text[0])) text.remove_prefix(1);
    }
};

using PartSpelling = std::pair<std::string_view, std::string_view>;
// The longer spelling first where one begins another.
constexpr std::array<PartSpelling, 8> pre_spellings = {{{"alpha", "a"},
                                                        {"beta", "b"},
                                                        {"preview", "rc"},
                                                        {"pre", "rc"},
                                                        {"rc", "rc"},
                                                        {"a", "a"},
                                                        {"b", "b"},
                                                        {"c", "rc"}}};
constexpr std::array<PartSpelling, 3> post_spellings = {{{"post", ""}, {"rev", ""}, {"r", ""}}};
constexpr std::array<PartSpelling, 1> dev_spellings = {{{"dev", ""}}};

struct Segment {
    std::string letter, number; // the number is 0 when it is not written
};

// [separator] word [separator] [number]
template <std::size_t N>
std::optional<Segment> take_segment(Pep440Reader& reader, const std::array<PartSpelling, N>& spellings) {
    Pep440Reader ahead = reader;
    ahead.separator();
    for (const auto& [spelling, letter] : spellings) {
        if (!ahead.take(spelling)) continue;
        ahead.separator();
        const auto digits = ahead.digits();
        reader = ahead;
        return Segment{std::string(letter), digits.empty() ? "0" : digits};
    }
    return std::nullopt;
}

bool take_local(Pep440Reader& reader, std::vector<std::string>& parts) {
    if (!reader.take("+")) return true;
    std::string part;
    const auto end = [&] {
        if (part.empty()) return false;
        const bool number = std::all_of(part.begin(), part.end(), is_digit);
        if (number) part.erase(0, std::min(part.find_first_not_of('0'), part.size() - 1));
        parts.push_back(std::move(part));
        part.clear();
        return true;
    };
    for (const char c : reader.text) {
        if (is_separator(c)) {
            if (!end()) return false;
        } else if (is_digit(c) || (c >= 'a' && c <= 'z')) {
            part += c;
        } else {
            return false;
        }
    }
    reader.text = {};
    return end();
}

std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return a.size() <=> b.size();
    return a.compare(b) <=> 0;
}

// The order within one release: dev of it, pre-releases (each with its own posts and devs), the release, posts.
std::tuple<int, std::string_view> pre_key(const Pep440& v) {
    if (!v.pre_letter.empty()) return {1, v.pre_letter};
    if (!v.post && v.dev) return {0, ""};
    return {2, ""};
}

}

std::string Pep440::text() const {
    const auto number = [](const std::string& digits) { return number_text(to_number(digits).value_or(0)); };
    std::string out = epoch == "0" ? "" : number(epoch) + "!";
    for (const auto& digits : release) out += (&digits == &release.front() ? "" : ".") + number(digits);
    if (!pre_letter.empty()) out += pre_letter + number(pre_number);
    if (post) out += ".post" + number(*post);
    if (dev) out += ".dev" + number(*dev);
    for (const auto& part : local) {
        const bool digits = std::all_of(part.begin(), part.end(), is_digit);
        out += (&part == &local.front() ? "+" : ",") + (digits ? number(part) : part);
    }
    return out;
}

std::optional<Pep440> parse_pep440(std::string_view text) {
    const auto lowered = lower(text);
    Pep440Reader reader{lowered};
    reader.take("v");
    Pep440 version;
    auto number = reader.digits();
    if (!number.empty() && reader.take("!")) {
        version.epoch = number;
        number = reader.digits();
    }
    while (true) {
        if (number.empty()) return std::nullopt;
        version.release.push_back(number);
        if (reader.text.size() < 2 || reader.text[0] != '.' || !is_digit(reader.text[1])) break;
        reader.take(".");
        number = reader.digits();
    }
    if (const auto pre = take_segment(reader, pre_spellings)) {
        version.pre_letter = pre->letter;
        version.pre_number = pre->number;
    }
    if (reader.text.size() > 1 && reader.text[0] == '-' && is_digit(reader.text[1])) {
        reader.take("-");
        version.post = reader.digits();
    } else if (const auto post = take_segment(reader, post_spellings)) {
        version.post = post->number;
    }
    if (const auto dev = take_segment(reader, dev_spellings)) version.dev = dev->number;
    if (!take_local(reader, version.local) || !reader.text.empty()) return std::nullopt;
    return version;
}

std::strong_ordering compare(const Pep440& a, const Pep440& b) {
    if (const auto order = compare_numbers(a.epoch, b.epoch); order != 0) return order;
    for (std::size_t i = 0; i < std::max(a.release.size(), b.release.size()); ++i)
        if (const auto order = compare_numbers(a.part(i), b.part(i)); order != 0) return order;
    if (const auto order = pre_key(a) <=> pre_key(b); order != 0) return order;
    if (const auto order = compare_numbers(a.pre_number, b.pre_number); order != 0) return order;
    if (a.post.has_value() != b.post.has_value())
        return a.post ? std::strong_ordering::greater : std::strong_ordering::less;
    if (a.post)
        if (const auto order = compare_numbers(*a.post, *b.post); order != 0) return order;
    if (a.dev.has_value() != b.dev.has_value())
        return a.dev ? std::strong_ordering::less : std::strong_ordering::greater;
    return a.dev ? compare_numbers(*a.dev, *b.dev) : std::strong_ordering::equal;
}

}
