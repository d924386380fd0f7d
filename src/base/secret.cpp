#include "base/secret.h"
#include "base/credentials.h"
#include "base/secret_forms.h"
#include "base/spelled.h"
#include "base/text.h"
#include <algorithm>
#include <bitset>
#include <cstring>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <unordered_set>

namespace fairlead {

namespace {

constexpr std::size_t shortest = 4;                  // bytes; also the length by which forms are found
constexpr std::size_t shortest_wrap = 48;            // characters of a line that may go on in the next one
constexpr std::size_t longest_spelled = 64UL << 10U; // bytes; the lines of a longer one are found
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
        if (!values_.emplace(value).second) return;
        add_forms(value);
        // Each line by itself, without its indentation: logs are cut into lines.
        if (value.find('\n') == value.npos) return;
        for (const std::string& line : split(value, '\n')) {
            if (maskable(trim(line))) add_forms(trim(line));
        }
    }

    bool empty() const {
        const std::shared_lock lock(mutex_);
        return values_.empty();
    }

    std::string mask(std::string_view text) const {
        const std::shared_lock lock(mutex_);
        if (forms_.empty()) return std::string(text);
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
    void add_forms(std::string_view value) {
        if (const auto [known, is_new] = spelled_values_.emplace(value); is_new && known->size() <= longest_spelled)
            spelled_.add(*known);
        for (const std::string& text : forms_of(value)) {
            if (text.size() < shortest) continue;
            const auto [form, is_new] = texts_.insert(text);
            if (!is_new) continue;
            const std::uint32_t head = head_of(form->data());
            forms_[head].push_back(*form);
            heads_.set(slot_of(head));
        }
    }

    std::vector<Range> find(std::string_view text) const {
        std::vector<Range> found;
        for (std::size_t i = 0; i + shortest <= text.size(); ++i) {
            const std::uint32_t head = head_of(text.data() + i);
            if (!heads_.test(slot_of(head))) continue;
            if (const std::size_t length = match(head, text.substr(i)); length > 0) found.push_back({i, i + length});
        }
        return found;
    }

    // Bytes of the longest form that `text` starts with, 0 for none.
    std::size_t match(std::uint32_t head, std::string_view text) const {
        const auto same_head = forms_.find(head);
        if (same_head == forms_.end()) return 0;
        std::size_t longest = 0;
        for (const std::string_view form : same_head->second) {
            if (form.size() > longest && text.starts_with(form)) longest = form.size();
        }
        return longest;
    }

    mutable std::shared_mutex mutex_;
    std::bitset<1U << filter_bits> heads_;
    std::unordered_set<std::string> values_, texts_, spelled_values_; // their addresses stay: forms_ leads there
    Spelled spelled_;
    std::unordered_map<std::uint32_t, std::vector<std::string_view>> forms_;
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
