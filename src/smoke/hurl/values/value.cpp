#include "smoke/hurl/values/value.h"
#include "base/printable.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "base/utf8.h"
#include "smoke/hurl/limits.h"
#include "smoke/hurl/values/decimal.h"
#include "sys/data/json.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <unordered_map>

namespace fairlead::smoke::hurl {

namespace {

using HugeNumbers = std::unordered_map<std::size_t, std::string>; // as they were written, by their place among numbers

// Builds the value from the parser's events.
class ValueBuilder : public nlohmann::json_sax<sys::Json> {
  public:
    explicit ValueBuilder(HugeNumbers huge) : huge_(std::move(huge)) {}
    Value root;
    bool overflows = false; // the parser met a number that is too big for it

    bool null() override { return put(Null{}); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return number(std::int64_t{value}); }
    bool number_unsigned(number_unsigned_t value) override {
        if (value > INT64_MAX) return number(BigNumber{std::to_string(value)});
        return number(static_cast<std::int64_t>(value));
    }
    bool number_float(number_float_t value, const string_t& text) override {
        if (text.find_first_of(".eE") == text.npos) return number(BigNumber{text});
        return number(value);
    }
    bool string(string_t& value) override { return put(std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Object{}); }
    bool start_array(std::size_t) override { return open(List{}); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        frames_.back().slot = slot_for(frames_.back(), name);
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) override {
        overflows = error.id == 406;
        return false;
    }

  private:
    struct Frame {
        List* list = nullptr; // or:
        Object* object = nullptr;
        Value* slot = nullptr;                              // of the last name in the object
        std::unordered_map<std::string, std::size_t> index; // of a large object
    };

    static Value* slot_for(Frame& frame, std::string& name) {
        constexpr std::size_t large = 32;
        Object& object = *frame.object;
        if (object.size() < large) {
            const auto found =
                std::find_if(object.begin(), object.end(), [&](const Member& member) { return member.name == name; });
            if (found != object.end()) return &found->value;
            object.push_back({std::move(name), {}});
            return &object.back().value;
        }
        if (frame.index.empty())
            for (const Member& member : object) frame.index.emplace(member.name, frame.index.size());
        const auto [found, is_new] = frame.index.emplace(name, object.size());
        if (is_new) object.push_back({std::move(name), {}});
        return &object[found->second].value;
    }
    template <typename T>
    bool number(T value) {
        const auto huge = huge_.find(numbers_++);
        return huge == huge_.end() ? put(std::move(value)) : put(BigNumber{huge->second});
    }
    template <typename T>
    bool put(T&& value) {
        place(std::forward<T>(value));
        return true;
    }
    template <typename T>
    Value* place(T&& value) {
        if (frames_.empty() || frames_.back().object) {
            Value& slot = frames_.empty() ? root : *frames_.back().slot;
            slot.is = std::forward<T>(value);
            return &slot;
        }
        return &frames_.back().list->emplace_back(Value{std::forward<T>(value)});
    }
    template <typename T>
    bool open(T value) {
        constexpr std::size_t deepest = 1000; // as sys::parse_json has it, which gives the error
        if (frames_.size() == deepest) return false;
        Value* const placed = place(std::move(value));
        frames_.push_back({std::get_if<List>(&placed->is), std::get_if<Object>(&placed->is), nullptr, {}});
        return true;
    }
    bool close() {
        frames_.pop_back();
        return true;
    }

    HugeNumbers huge_;
    std::size_t numbers_ = 0; // so far
    std::vector<Frame> frames_;
};

bool is_json_number(std::string_view text) {
    std::size_t at = text.starts_with('-') ? 1 : 0;
    const auto has = [&](std::string_view any) { return at < text.size() && any.find(text[at]) != any.npos; };
    const auto digits = [&] {
        const auto start = at;
        while (at < text.size() && is_digit(text[at])) ++at;
        return at - start;
    };
    const bool is_padded = has("0");
    const auto whole = digits();
    if (whole == 0 || (whole > 1 && is_padded)) return false;
    if (has(".")) {
        ++at;
        if (digits() == 0) return false;
    }
    if (has("eE")) {
        ++at;
        if (has("+-")) ++at;
        if (digits() == 0) return false;
    }
    return at == text.size();
}

std::size_t after_json_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
    return std::min(at + 1, text.size());
}

// Takes numbers beyond double out of the text, because the parser ends at them; a 0 and blanks stay in their place, so
// that every other place in the text remains.
HugeNumbers take_huge_numbers(std::string& text) {
    HugeNumbers huge;
    std::size_t numbers = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '"') {
            at = after_json_string(text, at);
            continue;
        }
        const auto end = std::min(text.find_first_not_of("+-.0123456789eE", at), text.size());
        if (end == at || (text[at] != '-' && !is_digit(text[at]))) { // the e of `true`
            ++at;
            continue;
        }
        const auto number = text.substr(at, end - at);
        if (is_json_number(number) && std::isinf(std::strtod(number.c_str(), nullptr))) {
            huge.emplace(numbers, number);
            std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(at), number.size(), ' ');
            text[at] = '0';
        }
        ++numbers;
        at = end;
    }
    return huge;
}

bool builds(std::string_view text, ValueBuilder& builder) {
    if (text.find('\0') != text.npos) return false; // for nlohmann the text ends there
    try {
        return sys::Json::sax_parse(text.begin(), text.end(), &builder);
    } catch (const nlohmann::json::exception&) {
        return false;
    }
}

}

Result<Value> read_json(std::string_view text) {
    TRY_VOID(check_parts(text, ",[{", "values"));
    ValueBuilder builder({});
    if (builds(text, builder)) return std::move(builder.root);
    std::string plain;
    if (builder.overflows) {
        plain = text;
        ValueBuilder again(take_huge_numbers(plain));
        if (builds(plain, again)) return std::move(again.root);
        text = plain;
    }
    auto read = sys::parse_json(text, ""); // knows where and why
    if (!read) return std::move(read).error();
    return no("not JSON: the text is UTF-16; expected UTF-8"); // which the other one takes
}

namespace {

// The shortest digits that give the same number again, without an exponent, as Hurl writes them.
std::string plain_float(double value) {
    if (!std::isfinite(value)) return fmt::format("{}", value);
    auto [is_negative, digits, exponent] = decimal_of(fmt::format("{}", value));
    if (exponent <= 0) digits.insert(0, static_cast<std::size_t>(1 - exponent), '0');
    const auto point = static_cast<std::size_t>(std::max<std::int64_t>(exponent, 1)); // digits before it
    if (digits.size() <= point) digits.append(point + 1 - digits.size(), '0');
    digits.insert(point, 1, '.');
    return (std::signbit(value) ? "-" : "") + digits;
}

std::string date_text(const Date& date) {
    const auto day = std::chrono::floor<std::chrono::days>(date.time);
    const std::chrono::year_month_day at{day};
    const std::chrono::hh_mm_ss time{date.time - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(at.year()),
                       static_cast<unsigned>(at.month()), static_cast<unsigned>(at.day()), time.hours().count(),
                       time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

// For a message: what comes after so many bytes isn't shown, however long the value is.
constexpr std::size_t enough_to_describe = 1U << 16U;

void append_json(std::string& out, const Value& value, std::size_t enough);

template <typename T, typename Append>
void append_parts(std::string& out, std::string_view ends, const std::vector<T>& parts, std::size_t enough,
                  Append append) {
    out += ends.front();
    for (std::size_t i = 0; i < parts.size() && out.size() < enough; ++i) {
        if (i > 0) out += ',';
        append(parts[i]);
    }
    out += ends.back();
}

// What a value holds, without its type; a text of the top is written as it is.
std::string content_of(const Value& value, std::size_t enough) {
    std::string out;
    if (const auto text = rendered(value)) return text->substr(0, enough);
    if (const auto* bytes = value.as<Bytes>()) return hex(bytes->bytes.substr(0, enough));
    if (const auto* nodes = value.as<NodeSet>()) return std::to_string(nodes->size);
    if (const auto* step = value.as<Step>()) return step->location;
    if (const auto* list = value.as<List>())
        append_parts(out, "[]", *list, enough, [&](const Value& element) { append_json(out, element, enough); });
    if (const auto* object = value.as<Object>())
        append_parts(out, "{}", *object, enough, [&](const Member& member) {
            out += '"' + json_escape(member.name) + "\":";
            append_json(out, member.value, enough);
        });
    return out;
}

void append_json(std::string& out, const Value& value, std::size_t enough) {
    const bool is_bare =
        is_any_number(value) || value.as<bool>() || value.as<Null>() || value.as<List>() || value.as<Object>();
    const auto content = content_of(value, enough);
    out += is_bare ? content : '"' + json_escape(content) + '"';
}

}

std::optional<std::string> rendered(const Value& value) {
    if (const auto* text = value.as<std::string>()) return *text;
    if (const auto* integer = value.as<std::int64_t>()) return std::to_string(*integer);
    if (const auto* number = value.as<double>()) return plain_float(*number);
    if (const auto* big = value.as<BigNumber>()) return big->digits;
    if (const auto* is_true = value.as<bool>()) return *is_true ? "true" : "false";
    if (const auto* date = value.as<Date>()) return date_text(*date);
    if (value.as<Null>()) return "null";
    return std::nullopt;
}

std::string text_of(const Value& value) { return content_of(value, std::string::npos); }

std::string describe(const Value& value) {
    const std::string type(type_name(value));
    if (value.as<Null>() || value.as<Unit>()) return type;
    const auto content = mask(content_of(value, enough_to_describe)); // before it is cut: no half of a secret is left
    constexpr std::size_t longest = 200;
    std::string_view rest = content;
    for (std::size_t i = 0; i < longest && !rest.empty(); ++i) rest.remove_prefix(decode_front(rest).bytes);
    const auto shown = std::string_view(content).substr(0, content.size() - rest.size());
    return fmt::format("{} <{}{}>", type, one_line(shown), rest.empty() ? "" : "...");
}

std::string_view type_name(const Value& value) {
    constexpr std::array<std::string_view, std::variant_size_v<decltype(Value::is)>> names = {
        "null", "boolean", "integer", "float",    "integer", "string",  "bytes",
        "list", "object",  "date",    "node set", "unit",    "redirect"};
    const auto* big = value.as<BigNumber>();
    if (big && big->digits.find_first_of(".eE") != std::string::npos) return "float";
    return names[value.is.index()];
}

}
