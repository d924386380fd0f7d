#include "base/secret.h"
#include "base/text.h"
#include "base/utf8.h"
#include <algorithm>
#include <bitset>
#include <cstring>
#include <fmt/format.h>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace fairlead {

namespace {

constexpr std::size_t shortest = 4; // bytes; also the length by which forms are found

std::uint32_t head_of(const char* bytes) {
    std::uint32_t head = 0;
    std::memcpy(&head, bytes, sizeof head);
    return head;
}

std::size_t slot_of(std::uint32_t head) { return (head * 2654435761U) >> 16U; }

// What all base64 texts that hold `value` at this alignment have in common: the first and last characters also
// carry bits of the neighbours and are left out.
std::string base64_core(std::string_view value, std::size_t alignment) {
    constexpr std::size_t foreign_characters[] = {0, 2, 3};
    const std::string text = base64(std::string(alignment, '\0').append(value));
    const std::size_t whole_characters = (alignment + value.size()) * 8 / 6;
    return text.substr(foreign_characters[alignment], whole_characters - foreign_characters[alignment]);
}

std::string base64url(std::string_view text) { return replace_all(replace_all(text, "+", "-"), "/", "_"); }

// %2F as %2f, the rest as it is.
std::string lower_hex(std::string_view percent_encoded) {
    std::string text(percent_encoded);
    for (std::size_t i = text.find('%'); i != std::string::npos && i + 2 < text.size(); i = text.find('%', i + 3)) {
        text.replace(i, 3, lower(text.substr(i, 3)));
    }
    return text;
}

// As JavaScript's encodeURIComponent leaves them.
std::string component(std::string text) {
    for (const std::string_view mark : {"!", "'", "(", ")", "*"}) text = replace_all(text, percent_encode(mark), mark);
    return text;
}

// JSON as most libraries write what is not ASCII: by UTF-16 units.
std::string ascii_json(std::string_view json) {
    std::string text;
    for (std::string_view rest = json; !rest.empty();) {
        const CodePoint point = decode_front(rest);
        const char32_t above = point.value - 0x10000;
        if (point.value < 0x80 || !point.valid)
            text.append(rest.substr(0, point.bytes));
        else if (point.value < 0x10000)
            text += fmt::format("\\u{:04x}", static_cast<unsigned>(point.value));
        else
            text += fmt::format("\\u{:04x}\\u{:04x}", static_cast<unsigned>(0xD800 + (above >> 10U)),
                                static_cast<unsigned>(0xDC00 + (above & 0x3FFU)));
        rest.remove_prefix(point.bytes);
    }
    return text;
}

// JSON that is safe within HTML, as Go writes it.
std::string html_json(std::string_view json) {
    return replace_all(replace_all(replace_all(json, "&", "\\u0026"), "<", "\\u003c"), ">", "\\u003e");
}

std::string html(std::string_view text) {
    return replace_all(replace_all(replace_all(text, "&", "&amp;"), "<", "&lt;"), ">", "&gt;");
}

std::vector<std::string> forms_of(std::string_view value) {
    const std::string whole = base64(value); // with its last characters, which the core leaves out
    const std::string unpadded = whole.substr(0, whole.find('='));
    const std::string percent = percent_encode(value);
    const std::string json = json_escape(value);
    std::vector<std::string> forms = {std::string(value),
                                      whole,
                                      unpadded,
                                      base64url(whole),
                                      base64url(unpadded),
                                      percent,
                                      lower_hex(percent),
                                      replace_all(percent, "%20", "+"),
                                      replace_all(percent, "%2F", "/"), // within a path
                                      component(percent),
                                      replace_all(component(percent), "%20", "+"),
                                      json,
                                      replace_all(json, "/", "\\/"),
                                      html_json(json),
                                      ascii_json(json),
                                      replace_all(ascii_json(json), "/", "\\/"),
                                      html(value),
                                      replace_all(replace_all(html(value), "\"", "&quot;"), "'", "&#39;")};
    for (std::size_t alignment = 0; alignment < 3; ++alignment) {
        const std::string core = base64_core(value, alignment);
        forms.push_back(core);
        forms.push_back(base64url(core));
    }
    return forms;
}

// Finds every form in one pass: most positions of a text are ruled out by one bit for their first four bytes.
class Registry {
  public:
    void add(std::string_view value) {
        const std::unique_lock lock(mutex_);
        add_forms(value);
        // Each line by itself, without its indentation: logs are cut into lines.
        for (const std::string& line : split(value, '\n')) {
            if (maskable(trim(line))) add_forms(trim(line));
        }
    }

    std::string mask(std::string_view text) const {
        const std::shared_lock lock(mutex_);
        if (forms_.empty()) return std::string(text);
        std::string masked;
        std::size_t written = 0;     // text up to here is in `masked`
        std::size_t covered_end = 0; // end of the secret found last
        for (std::size_t i = 0; i + shortest <= text.size(); ++i) {
            const std::size_t length = match(text.substr(i));
            if (length == 0) continue;
            if (i >= covered_end) {
                masked.append(text.substr(written, i - written)).append("***");
            }
            covered_end = std::max(covered_end, i + length);
            written = covered_end;
        }
        return masked.append(text.substr(written));
    }

  private:
    void add_forms(std::string_view value) {
        for (std::string& form : forms_of(value)) {
            const std::uint32_t head = head_of(form.data());
            std::vector<std::string>& same_head = forms_[head];
            if (std::find(same_head.begin(), same_head.end(), form) != same_head.end()) continue;
            heads_.set(slot_of(head));
            same_head.push_back(std::move(form));
        }
    }

    // Bytes of the longest form that `text` starts with, 0 for none.
    std::size_t match(std::string_view text) const {
        const std::uint32_t head = head_of(text.data());
        if (!heads_.test(slot_of(head))) return 0;
        const auto found = forms_.find(head);
        if (found == forms_.end()) return 0;
        std::size_t longest = 0;
        for (const std::string& form : found->second) {
            if (form.size() > longest && text.starts_with(form)) longest = form.size();
        }
        return longest;
    }

    mutable std::shared_mutex mutex_;
    std::bitset<65536> heads_;
    std::unordered_map<std::uint32_t, std::vector<std::string>> forms_;
};

// Never destroyed: a log line of another static's destructor is masked too.
Registry& registry() {
    static auto* const instance = new Registry;
    return *instance;
}

}

Secret::Secret(std::string value) : value_(std::move(value)) {
    if (maskable(value_)) registry().add(value_);
}

std::string mask(std::string_view text) { return registry().mask(text); }

bool maskable(std::string_view value) { return value.size() >= shortest; }

}
