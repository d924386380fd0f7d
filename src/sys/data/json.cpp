#include "sys/data/json.h"
#include "base/printable.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "sys/data/place.h"
#include "sys/encoding.h"
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <unordered_map>

namespace fairlead::sys {
namespace {

constexpr std::size_t json_depth = 1000;

// Builds the value from the parser's events. nlohmann's own builder has no limit of depth and looks through all
// earlier keys of an ordered object for each new one; this one keeps an index once an object is large.
class JsonBuilder : public nlohmann::json_sax<Json> {
  public:
    Json root;
    std::size_t error_at = 0;
    std::string reason;

    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return put(value); }
    bool number_unsigned(number_unsigned_t value) override { return put(value); }
    bool number_float(number_float_t value, const string_t&) override { return put(value); }
    bool string(string_t& value) override { return put(std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        Frame& frame = frames_.back();
        auto& object = frame.value->get_ref<Json::object_t&>();
        frame.slot = slot_for(frame, object, name);
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& error) override {
        error_at = position == 0 ? 0 : position - 1;
        reason = error.what();
        if (const auto cut = reason.find(": "); cut != std::string::npos) reason.erase(0, cut + 2);
        return false;
    }

  private:
    struct Frame {
        Json* value;
        Json* slot = nullptr;                               // of the last key of an object
        std::unordered_map<std::string, std::size_t> index; // of a large object
    };

    static Json* slot_for(Frame& frame, Json::object_t& object, string_t& name) {
        constexpr std::size_t large = 32;
        if (object.size() < large) return &object[name];
        if (frame.index.empty())
            for (const auto& entry : object) frame.index.emplace(entry.first, frame.index.size());
        const auto [found, is_new] = frame.index.emplace(name, object.size());
        if (is_new) object.Json::object_t::Container::emplace_back(std::move(name), nullptr);
        return &(object.begin() + static_cast<std::ptrdiff_t>(found->second))->second; // a repeated key: the last wins
    }
    template <typename T>
    bool put(T&& value) {
        place(std::forward<T>(value));
        return true;
    }
    template <typename T>
    Json* place(T&& value) {
        if (frames_.empty()) return &(root = std::forward<T>(value));
        Frame& frame = frames_.back();
        if (frame.slot) return &(*frame.slot = std::forward<T>(value));
        frame.value->push_back(std::forward<T>(value));
        return &frame.value->back();
    }
    bool open(Json value) {
        if (frames_.size() == json_depth) {
            reason = fmt::format("nested deeper than {} levels", json_depth);
            return false;
        }
        frames_.push_back({place(std::move(value)), nullptr, {}});
        return true;
    }
    bool close() {
        frames_.pop_back();
        return true;
    }

    std::vector<Frame> frames_;
};

// Of one token of a pointer; nothing when a '~' is not followed by 0 or 1.
std::optional<std::string> unescape(std::string_view token) {
    for (std::size_t i = token.find('~'); i != std::string_view::npos; i = token.find('~', i + 1))
        if (i + 1 == token.size() || (token[i + 1] != '0' && token[i + 1] != '1')) return std::nullopt;
    return replace_all(replace_all(token, "~1", "/"), "~0", "~");
}

// The reason quotes what was read last, which may be long.
std::string shortened(std::string_view reason) {
    constexpr std::size_t longest = 200;
    if (reason.size() <= longest) return to_valid_utf8(reason);
    const auto whole = mask(reason); // before it is cut: no half of a secret is left
    return to_valid_utf8(std::string_view(whole).substr(0, longest)) + "...";
}

// What nlohmann read last may be a secret; where that stands is told by line and column.
std::string without_content(std::string reason) {
    const auto begin = reason.find("; last read: '");
    if (begin != reason.npos) reason.erase(begin, reason.rfind('\'') + 1 - begin);
    return reason;
}

}

Result<Json> parse_json(std::string_view text, const std::string& file_name) {
    const auto converted = from_utf16(text);
    if (converted) text = *converted;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    JsonBuilder builder;
    if (const auto end = text.find('\0'); end != text.npos) // for nlohmann the text ends there
        return no("not JSON: a NUL is not expected here", place_of(text, end, file_name));
    try {
        if (Json::sax_parse(text.begin(), text.end(), &builder)) return std::move(builder.root);
    } catch (const nlohmann::json::exception& error) {
        builder.reason = error.what();
    }
    return no("not JSON: " + shortened(without_content(builder.reason)), place_of(text, builder.error_at, file_name));
}

std::string dump_json(const Json& value, int indent) {
    // Who shows it on a terminal is steered by nothing in it: \u009b is the same to every reader.
    return printable(value.dump(indent, ' ', false, Json::error_handler_t::replace));
}

std::string text_of(const Json& value, std::string_view key) {
    const auto found = value.is_object() ? value.find(std::string(key)) : value.end();
    return found != value.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json* json_pointer(const Json& value, std::string_view pointer) {
    const Json* at = &value;
    while (!pointer.empty()) {
        if (pointer.front() != '/') return nullptr;
        const auto end = std::min(pointer.find('/', 1), pointer.size());
        const auto unescaped = unescape(pointer.substr(1, end - 1));
        if (!unescaped) return nullptr;
        const std::string& token = *unescaped;
        pointer.remove_prefix(end);
        if (at->is_object()) {
            const auto found = at->find(token);
            if (found == at->end()) return nullptr;
            at = &*found;
        } else if (at->is_array()) {
            std::size_t index = 0;
            const auto [rest, error] = std::from_chars(token.data(), token.data() + token.size(), index);
            const bool is_index = error == std::errc{} && rest == token.data() + token.size();
            const bool padded = token.size() > 1 && token.front() == '0';
            if (!is_index || padded || index >= at->size()) return nullptr;
            at = &(*at)[index];
        } else {
            return nullptr;
        }
    }
    return at;
}

}
