#include "read/nginx/nginx_regex.h"
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

namespace fairlead::read {

namespace {

constexpr std::size_t regex_depth = 100;

Bytes where(const std::function<bool(int)>& wanted) {
    Bytes bytes;
    for (int byte = 0; byte < 256; ++byte) bytes[static_cast<std::size_t>(byte)] = wanted(byte);
    return bytes;
}

Bytes only(char c) {
    Bytes bytes;
    bytes.set(static_cast<unsigned char>(c));
    return bytes;
}

// \d \W \n \x2f ... behind the backslash; nothing: it stands for no character (\b, \A, a reference).
std::optional<Bytes> escape(std::string_view pattern, std::size_t& at) {
    const char c = pattern[at++];
    static const Bytes digits = where([](int b) { return b >= '0' && b <= '9'; });
    static const Bytes letters = where([](int b) { return b < 128 && (std::isalnum(b) != 0 || b == '_'); });
    static const Bytes blanks = where([](int b) { return b == ' ' || (b >= '\t' && b <= '\r'); });
    static const Bytes level = where([](int b) { return b == ' ' || b == '\t' || b == 0xA0; });
    static const Bytes ends = where([](int b) { return (b >= '\n' && b <= '\r') || b == 0x85; });
    switch (c) {
    case 'd': return digits;
    case 'D': return ~digits;
    case 'w': return letters;
    case 'W': return ~letters;
    case 's': return blanks;
    case 'S': return ~blanks;
    case 'h': return level;
    case 'H': return ~level;
    case 'v': return ends;
    case 'V': return ~ends;
    case 'R': return ends;
    case 'N': return ~only('\n');
    case 'n': return only('\n');
    case 'r': return only('\r');
    case 't': return only('\t');
    case 'f': return only('\f');
    case 'e': return only('\x1b');
    case 'a': return only('\a');
    case 'X':
    case 'C':
    case 'p':
    case 'P': return Bytes().set();
    case 'b':
    case 'B':
    case 'A':
    case 'z':
    case 'Z':
    case 'G':
    case 'K': return std::nullopt;
    default: break;
    }
    if (c >= '1' && c <= '9') return Bytes().set(); // what another group holds
    if (c != 'x') return only(c);
    int value = 0, digit = 0;
    for (; digit < 2 && at < pattern.size() && std::isxdigit(static_cast<unsigned char>(pattern[at])); ++digit) {
        const char d = static_cast<char>(std::tolower(static_cast<unsigned char>(pattern[at++])));
        value = value * 16 + (d <= '9' ? d - '0' : d - 'a' + 10);
    }
    return digit == 0 ? Bytes().set() : only(static_cast<char>(value)); // \x{...}: anything
}

// From behind the [ to behind the ].
Bytes character_class(std::string_view pattern, std::size_t& at) {
    Bytes bytes;
    const bool negated = at < pattern.size() && pattern[at] == '^';
    if (negated) ++at;
    for (bool first = true; at < pattern.size() && (first || pattern[at] != ']'); first = false) {
        if (pattern.substr(at, 2) == "[:") {
            const std::size_t end = pattern.find(":]", at);
            if (end != pattern.npos) {
                bytes |= where([](int b) { return b != '\n' && b != '\r' && b != '.' && b != '/'; }); // [:alnum:] ...
                at = end + 2;
                continue;
            }
        }
        const char from = pattern[at++];
        if (from == '\\' && at < pattern.size()) {
            bytes |= escape(pattern, at).value_or(Bytes());
        } else if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
            const char to = pattern[at + 1] == '\\' && at + 2 < pattern.size() ? pattern[at + 2] : pattern[at + 1];
            at += pattern[at + 1] == '\\' ? 3 : 2;
            at = std::min(at, pattern.size());
            for (int b = static_cast<unsigned char>(from); b <= static_cast<unsigned char>(to); ++b)
                bytes.set(static_cast<std::size_t>(b));
        } else {
            bytes |= only(from);
        }
    }
    if (at < pattern.size()) ++at;
    return negated ? ~bytes : bytes;
}

struct Frame { // a group that is open
    std::optional<std::size_t> capture;
    Bytes may;
    bool slash = true;    // each alternative up to here begins with /
    bool started = false; // the alternative has its first character
    bool looks = false;   // (?= and its like take nothing
};

class Parser {
  public:
    explicit Parser(std::string_view pattern) : pattern_(pattern) {}

    std::vector<RegexGroup> run() {
        groups_.emplace_back();
        open_.push_back({std::size_t{0}});
        while (at_ < pattern_.size() && open_.size() < regex_depth) step();
        if (at_ < pattern_.size()) open_.back().may.set();
        while (!open_.empty()) close();
        return std::move(groups_);
    }

  private:
    void step() {
        const char c = pattern_[at_++];
        switch (c) {
        case '(': open(); break;
        case ')':
            if (open_.size() > 1) close();
            break;
        case '|': next_alternative(); break;
        case '^':
        case '$':
        case '*':
        case '+':
        case '?': break;
        case '{': quantifier(); break;
        case '[': holds(character_class(pattern_, at_)); break;
        case '.': holds(dot_all_ ? Bytes().set() : ~only('\n')); break;
        case '\\':
            if (at_ < pattern_.size())
                if (const auto bytes = escape(pattern_, at_)) holds(*bytes);
            break;
        default: holds(only(c));
        }
    }

    bool optional_here() const {
        return at_ < pattern_.size() &&
               (pattern_[at_] == '*' || pattern_[at_] == '?' || pattern_.substr(at_, 2) == "{0");
    }

    void holds(const Bytes& bytes) { first(bytes == only('/') && !optional_here()), open_.back().may |= bytes; }

    void first(bool slash) {
        Frame& frame = open_.back();
        if (!frame.started) frame.slash = frame.slash && slash;
        frame.started = true;
    }

    void next_alternative() {
        Frame& frame = open_.back();
        if (!frame.started) frame.slash = false;
        frame.started = false;
    }

    void quantifier() { // {2,3}; another { is a character
        const std::size_t end = pattern_.find('}', at_);
        const auto digits = pattern_.substr(at_, end == pattern_.npos ? 0 : std::min<std::size_t>(end - at_, 12));
        if (!digits.empty() && digits.find_first_not_of("0123456789,") == digits.npos)
            at_ = end + 1;
        else
            holds(only('{'));
    }

    void open() {
        Frame frame;
        if (at_ < pattern_.size() && pattern_[at_] == '?')
            special(frame);
        else
            capture(frame, "");
        open_.push_back(frame);
    }

    void capture(Frame& frame, std::string_view name) {
        frame.capture = groups_.size();
        groups_.push_back({std::string(name), {}, true});
    }

    void special(Frame& frame) { // behind the (, at the ?
        ++at_;
        if (at_ < pattern_.size() && pattern_[at_] == 'P') ++at_;
        const char kind = at_ < pattern_.size() ? pattern_[at_] : '\0';
        const char next = at_ + 1 < pattern_.size() ? pattern_[at_ + 1] : '\0';
        if ((kind == '<' && next != '=' && next != '!') || kind == '\'') {
            const std::size_t end = std::min(pattern_.find(kind == '<' ? '>' : '\'', at_ + 1), pattern_.size());
            capture(frame, pattern_.substr(at_ + 1, end - at_ - 1));
            at_ = std::min(end + 1, pattern_.size());
            return;
        }
        frame.looks = kind == '=' || kind == '!' || kind == '<' || kind == '#';
        const std::size_t end = pattern_.find_first_of(":)>=!#", at_);
        const auto flags = pattern_.substr(at_, end == pattern_.npos ? 0 : end - at_);
        if (flags.substr(0, flags.find('-')).find('s') != flags.npos) dot_all_ = true;
        at_ = end == pattern_.npos ? pattern_.size() : pattern_[end] == ')' ? end : end + 1;
        if (kind == '#') at_ = std::min(pattern_.find(')', at_), pattern_.size());
    }

    void close() {
        Frame frame = open_.back();
        open_.pop_back();
        if (!frame.started) frame.slash = false;
        if (frame.capture) {
            groups_[*frame.capture].may = frame.may;
            groups_[*frame.capture].begins_slash = frame.slash;
        }
        if (open_.empty() || frame.looks) return;
        if (frame.started) first(frame.slash && !optional_here());
        open_.back().may |= frame.may;
    }

    std::string_view pattern_;
    std::size_t at_ = 0;
    bool dot_all_ = false;
    std::vector<Frame> open_;
    std::vector<RegexGroup> groups_;
};

}

// nginx takes no longer word: what is behind is never a pattern.
std::vector<RegexGroup> regex_groups(std::string_view pattern) { return Parser(pattern.substr(0, 4096)).run(); }

}
