#include "smoke/json_body.h"
#include "base/json_path.h"
#include "smoke/hurl/json_path/json_path.h"
#include "smoke/hurl/limits.h"
#include "sys/data/json.h"

namespace fairlead::smoke {

struct JsonBody::Document {
    std::string_view body;
    sys::Json json;
    std::optional<Result<hurl::Value>> value; // the same for a JSONPath, when the first one asks
};

JsonBody::JsonBody(std::string_view body) {
    if (!hurl::check_parts(body, ",[{", "values").ok()) {
        is_too_large_ = true;
        return;
    }
    if (auto parsed = sys::parse_json(body, "body"); parsed.ok())
        document_ = std::make_unique<Document>(Document{body, std::move(parsed).value(), {}});
}
JsonBody::JsonBody(JsonBody&&) noexcept = default;
JsonBody::~JsonBody() = default;

Result<std::string> parse_json_place(std::string_view text) {
    auto pointer = json_location(text);
    if (pointer.ok() || !text.starts_with('$')) return pointer;
    TRY(hurl::JsonPath::parse(text));
    return std::string(text);
}

Result<std::optional<std::string>> JsonBody::text_at(const std::string& place) const {
    const std::optional<std::string> none;
    if (!document_) return none;
    if (!place.starts_with('$')) {
        const auto* value = sys::json_pointer(document_->json, place);
        if (!value) return none;
        return std::optional(value->is_string() ? value->get<std::string>() : sys::dump_json(*value));
    }
    const auto path = TRY(hurl::JsonPath::parse(place));
    auto& document = document_->value;
    if (!document) document = hurl::read_json(document_->body);
    if (!document->ok()) return document->error();
    const auto nodes = TRY(path.find(document->value()));
    const auto value = hurl::value_of(nodes, hurl::Coercion::on);
    return value ? std::optional(hurl::text_of(*value)) : none;
}

}
