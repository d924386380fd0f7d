#include "smoke/hurl/scope.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "sys/digest.h"
#include <chrono>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

// RFC 9562, 5.4: 122 random bits.
std::string new_uuid() {
    std::string digits = sys::random_hex(16);
    digits[12] = '4';
    constexpr std::string_view variants = "89ab";
    digits[16] = variants[static_cast<std::size_t>(digits[16]) % variants.size()];
    for (const std::size_t at : {8u, 13u, 18u, 23u}) digits.insert(at, 1, '-');
    return digits;
}

std::optional<Value> function_value(std::string_view name) {
    if (name == "newUuid") return Value{new_uuid()};
    if (name == "newDate")
        return Value{Date{std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now())}};
    return {};
}

bool looks_plain(std::string_view text) { // a number, true, false or null of JSON
    if (text == "true" || text == "false" || text == "null") return true;
    return !text.empty() && text.find_first_not_of("-+.0123456789eE") == std::string_view::npos && read_json(text).ok();
}

Result<std::string> text_of_piece(const Piece& piece, const Scope& scope, const File& file) {
    const auto value = TRY(value_of(Placeholder{piece.text, piece.spot}, scope, file));
    const auto text = rendered(value);
    if (!text)
        return usage(
            fmt::format("the variable '{}' is {}, which can't be written into a text", piece.text, describe(value)),
            file.place(piece.spot));
    if (piece.kind == Piece::Kind::json_string) return json_escape(*text);
    const bool is_plain = (value.as<std::string>() && looks_plain(*text)) || value.as<bool>() ||
                          value.as<std::int64_t>() || value.as<double>() || value.as<BigNumber>() || value.as<Null>();
    if (piece.kind == Piece::Kind::json_value && !is_plain)
        return usage(fmt::format("invalid JSON: the variable '{}' is {}; write \"{{{{{}}}}}\" for a text", piece.text,
                                 describe(value), piece.text),
                     file.place(piece.spot));
    return *text;
}

}

bool is_function(std::string_view name) { return name == "newUuid" || name == "newDate"; }

void Scope::set(const std::string& name, Value value) {
    if (const auto* text = value.as<std::string>()) register_variable(name, *text);
    values_[name] = std::move(value);
}

void Scope::set_secret(const std::string& name, std::string value) {
    const Secret hidden(value); // registers it
    values_[name] = Value{std::move(value)};
}

const Value* Scope::find(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : &found->second;
}

Value typed(std::string_view text) {
    if (text == "true" || text == "false") return Value{text == "true"};
    if (text == "null") return Value{Null{}};
    if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"'))
        return Value{std::string(text.substr(1, text.size() - 2))};
    const bool like_number = !text.empty() && text.find_first_not_of("-+.0123456789eE") == std::string_view::npos;
    if (like_number)
        if (auto number = read_json(text); number.ok()) return std::move(number).value();
    return Value{std::string(text)};
}

Result<Value> value_of(const Placeholder& placeholder, const Scope& scope, const File& file) {
    if (const auto* value = scope.find(placeholder.name)) return *value;
    if (auto value = function_value(placeholder.name)) return std::move(*value);
    return usage(fmt::format("the variable '{0}' is not defined; give it with --variable {0}=..., or capture it before",
                             placeholder.name),
                 file.place(placeholder.spot));
}

Result<std::string> rendered(const Template& text, const Scope& scope, const File& file) {
    std::string out;
    for (const auto& piece : text.pieces) {
        if (piece.kind == Piece::Kind::text) {
            out += piece.text;
            continue;
        }
        const auto value = TRY(text_of_piece(piece, scope, file));
        out += value;
    }
    return out;
}

}
