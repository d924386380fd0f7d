#include "base/secrets/secret.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret_forms.h"
#include "base/secrets/spelled.h"
#include "base/text.h"
#include <algorithm>
#include <bitset>
#include <cstring>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <unordered_set>

namespace fairlead {

namespace {

constexpr std::size_t shortest = 4;               // bytes; also the length by which forms are found
constexpr std::size_t shortest_wrap = 48;         // characters of a line that may go on in the next one
constexpr std::size_t longest_piece = 4UL << 10U; // bytes of a value that are searched for at once
constexpr std::size_t longest_form = 16 * longest_piece;
constexpr std::size_t most_in_all_forms = 2048, most_form_bytes = 256UL << 10U; // each costs some 50 µs and 10 KiB
constexpr std::size_t most_values = 65536, most_bytes = 16UL << 20U;
constexpr unsigned filter_bits = 18;

std::uint32_t head_of(const char* bytes) {
    std::uint32_t head = 0;
    std::memcpy(&head, bytes, sizeof head);
    return head;
}

std::size_t slot_of(std::uint32_t head) { return (head * 2654435761U) >> (32U - filter_bits); }

// Of base64, base64url, base32, hex.
bool is_encoded(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
           c == '=' || c == '-' || c == '_';
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// Lines of encoded text as one, with the place of each of its characters.
struct Unwrapped {
    std::string text;
    std::vector<std::size_t> places;
    std::size_t end = 0; // of the last line, in the text that they are from

    void add(std::string_view from, Range range) {
        for (std::size_t i = range.begin; i < range.end; ++i) {
            text += from[i];
            places.push_back(i);
        }
        end = range.end;
    }
};

// A line break as it is, or as JSON has it.
constexpr std::string_view line_breaks[] = {"\n", "\\n"};

// What is encoded between `from` and the break at `at`, when that is long enough for a wrapped line.
std::optional<Range> before_break(std::string_view text, std::size_t at, std::size_t from = 0) {
    std::size_t end = at;
    while (end > 0 && is_blank(text[end - 1])) --end;
    if (text.substr(0, end).ends_with("\\r")) end -= 2;
    std::size_t begin = end;
    while (begin > from && is_encoded(text[begin - 1])) --begin;
    if (end - begin < shortest_wrap) return std::nullopt;
    return Range{begin, end};
}

// The encoded text that begins behind the break; empty when something else follows.
Range behind_break(std::string_view text, std::size_t at, std::size_t before, std::string_view line_break) {
    std::size_t begin = at + line_break.size();
    while (begin < text.size() && is_blank(text[begin])) ++begin;
    std::size_t end = begin;
    const std::size_t longest = std::min(text.size(), begin + before); // no line is longer than the one before
    while (end < longest && is_encoded(text[end])) ++end;
    return {begin, end};
}

// Calls found(Unwrapped) for each run of lines that may be one encoded text.
template <typename Found>
void for_each_wrapped(std::string_view text, Found found) {
    for (const std::string_view line_break : line_breaks) {
        for (auto at = text.find(line_break); at != text.npos; at = text.find(line_break, at + 1)) {
            auto line = before_break(text, at);
            if (!line) continue;
            Unwrapped unwrapped;
            while (line) {
                unwrapped.add(text, *line);
                const Range next = behind_break(text, at, line->end - line->begin, line_break);
                const auto next_break = text.find(line_break, next.end);
                const auto whole = next_break != text.npos ? before_break(text, next_break, next.begin) : std::nullopt;
                const bool goes_on = whole && whole->begin == next.begin;
                if (!goes_on) {
                    unwrapped.add(text, next);
                    break;
                }
                line = whole;
                at = next_break;
            }
            found(unwrapped);
        }
    }
}

// Finds every form in one pass: most positions of a text are ruled out by one bit for their first four bytes.
class Registry {
  public:
    void add(std::string_view value) {
        const std::unique_lock lock(mutex_);
        if (full_ || !values_.emplace(value).second) return;
        bytes_ += value.size();
        full_ = values_.size() > most_values || bytes_ > most_bytes;
        add_pieces(value);
        // Each line by itself, without its indentation: logs are cut into lines.
        if (value.find('\n') == value.npos) return;
        for (const std::string& line : split(value, '\n')) {
            if (maskable(trim(line))) add_pieces(trim(line));
        }
    }

    bool empty() const {
        const std::shared_lock lock(mutex_);
        return values_.empty();
    }

    SecretCounts counts() const {
        const std::shared_lock lock(mutex_);
        return {values_.size(), in_all_forms_, texts_.size(), full_};
    }

    std::string mask(std::string_view text) const {
        const std::shared_lock lock(mutex_);
        if (full_) return hidden_lines(text);
        if (texts_.empty()) return std::string(text);
        std::vector<Range> found = find(text);
        for (const Range& range : spelled_.find(text)) found.push_back(range);
        for_each_wrapped(text, [&](const Unwrapped& lines) {
            for (const Range& range : find(lines.text))
                found.push_back({lines.places[range.begin], lines.places[range.end - 1] + 1});
        });
        std::stable_sort(found.begin(), found.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
        std::string masked;
        std::size_t written = 0; // text up to here is in `masked`
        for (const Range& range : found) {
            // What overlaps the secret before it is hidden with it: no rest of the longer one is left.
            if (range.begin >= written) masked.append(text.substr(written, range.begin - written)).append("***");
            written = std::max(written, range.end);
        }
        return masked.append(text.substr(written));
    }

  private:
    // Of a long value the pieces are found, whatever came of it: all of it is hidden by them. They overlap by more than
    // what an encoding leaves out at the ends.
    void add_pieces(std::string_view value) {
        constexpr std::size_t overlap = 16;
        while (value.size() > longest_piece) {
            add_forms(value.substr(0, longest_piece));
            value.remove_prefix(longest_piece - overlap);
        }
        add_forms(value);
    }

    void add_forms(std::string_view value) {
        const bool in_all_forms = in_all_forms_ < most_in_all_forms && form_bytes_ < most_form_bytes;
        if (!in_all_forms) return add_text(std::string(value));
        const auto [known, is_new] = spelled_values_.emplace(value);
        if (!is_new) return;
        ++in_all_forms_;
        form_bytes_ += value.size();
        spelled_.add(*known);
        for (std::string& text : forms_of(value)) add_text(std::move(text));
    }

    void add_text(std::string text) {
        if (text.size() < shortest) return;
        heads_.set(slot_of(head_of(text.data())));
        texts_.insert(std::move(text));
    }

    std::vector<Range> find(std::string_view text) const {
        std::vector<Range> found;
        for (std::size_t i = 0; i + shortest <= text.size(); ++i) {
            if (!heads_.test(slot_of(head_of(text.data() + i)))) continue;
            if (const std::size_t length = match(text.substr(i)); length > 0) found.push_back({i, i + length});
        }
        return found;
    }

    // Bytes of the longest form that `text` starts with, 0 for none. In their order that is the last one up to what
    // the text has in common with the one before its own place.
    std::size_t match(std::string_view text) const {
        text = text.substr(0, longest_form);
        for (;;) {
            auto after = texts_.upper_bound(text);
            if (after == texts_.begin()) return 0;
            const std::string& before = *--after;
            if (text.starts_with(before)) return before.size();
            const auto common = static_cast<std::size_t>(
                std::mismatch(text.begin(), text.end(), before.begin(), before.end()).first - text.begin());
            if (common < shortest) return 0;
            text = text.substr(0, common);
        }
    }

    static std::string hidden_lines(std::string_view text) {
        auto lines = split(text, '\n');
        for (std::string& line : lines)
            if (!trim(line).empty()) line = "***";
        return join(lines, "\n");
    }

    mutable std::shared_mutex mutex_;
    std::bitset<1U << filter_bits> heads_;
    std::unordered_set<std::string> values_, spelled_values_; // the addresses of these stay: spelled_ leads there
    std::set<std::string, std::less<>> texts_;                // each form
    Spelled spelled_;
    std::size_t bytes_ = 0, in_all_forms_ = 0, form_bytes_ = 0;
    bool full_ = false;
};

// Never destroyed: a log line of another static's destructor is masked too.
Registry& registry() {
    static auto* const instance = new Registry;
    return *instance;
}

}

Secret::Secret(std::string value) : value_(std::move(value)) {
    if (!maskable(value_)) return;
    registry().add(value_);
    // What prints a URL's parts (a driver's "no such user") doesn't print it whole. Parts are secrets as well; those of
    // their parts are found in the whole, and what decoding brings to light is asked once: else a text made of ://
    // and @ takes minutes.
    constexpr int deepest = 2;
    thread_local int depth = 0;
    if (depth == deepest) return;
    ++depth;
    register_urls_in(value_);
    --depth;
}

std::string mask(std::string_view text) { return registry().mask(text); }

bool maskable(std::string_view value) {
    return std::count_if(value.begin(), value.end(), [&](char c) { return blanks.find(c) == blanks.npos; }) >=
           static_cast<std::ptrdiff_t>(shortest);
}

bool knows_secrets() { return !registry().empty(); }

SecretCounts secret_counts() { return registry().counts(); }

std::size_t settled(std::string_view text) {
    auto end = text.rfind('\n') + 1; // npos + 1 is 0
    while (end > 0) {
        const auto line = before_break(text, end - 1);
        if (!line) break;
        end = text.substr(0, line->begin).rfind('\n') + 1;
    }
    return end;
}

}
