#include "smoke/hurl/answer.h"
#include "base/printable.h"
#include "base/text.h"
#include "smoke/hurl/json_path/json_path.h"
#include "smoke/hurl/limits.h"
#include "smoke/hurl/pattern.h"
#include "smoke/hurl/values/charset.h"
#include "smoke/hurl/xpath.h"
#include "sys/digest.h"
#include "sys/http/decode.h"
#include "sys/md5.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

using Found = Result<std::optional<Value>>;

Value moment(SystemTime time) { return Value{Date{std::chrono::time_point_cast<std::chrono::microseconds>(time)}}; }

std::optional<Value> header_value(const Answer& answer, const std::string& name) {
    List values;
    for (const auto& [key, value] : answer.response.headers)
        if (lower(key) == lower(name)) values.push_back(Value{value});
    if (values.empty()) return {};
    if (values.size() == 1) return values.front();
    return Value{std::move(values)};
}

std::optional<Value> cookie_value(const Answer& answer, const std::string& name, const std::string& attribute) {
    const auto all = answer.cookies();
    const auto cookie = std::find_if(all.begin(), all.end(), [&](const SetCookie& one) { return one.name == name; });
    if (cookie == all.end()) return {};
    if (attribute.empty() || attribute == "Value") return Value{cookie->value};
    const auto* text = cookie->attribute(attribute);
    if (!text) return {};
    if (attribute == "Secure" || attribute == "HttpOnly") return Value{Unit{}};
    if (attribute == "Max-Age") {
        const auto seconds = parse_integer(*text);
        return seconds.ok() ? std::optional(Value{seconds.value()}) : std::nullopt;
    }
    if (attribute == "Expires") {
        const auto time = http_time(*text);
        return time ? std::optional(Value{Date{*time}}) : std::nullopt;
    }
    return Value{*text};
}

// `C = DE, O = "a = b"` as `C=DE, O="a = b"`.
std::string with_bare_equals(std::string_view line) {
    std::string bare;
    bool in_quotes = false, in_value = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\') {
            bare += line.substr(i++, 2);
            continue;
        }
        if (line[i] == '"') in_quotes = !in_quotes;
        const auto rest = line.substr(i);
        if (!in_quotes && !in_value && rest.starts_with(" = ")) {
            bare += '=';
            in_value = true;
            i += 2;
            continue;
        }
        if (!in_quotes && (rest.starts_with(", ") || rest.starts_with(" + "))) in_value = false;
        bare += line[i];
    }
    return bare;
}

std::string bytes_of_serial(std::string_view digits) { // "2b:fb"
    std::string text;
    for (std::size_t i = 0; i < digits.size(); i += 2) text += (i > 0 ? ":" : "") + std::string(digits.substr(i, 2));
    return text;
}

std::optional<Value> certificate_value(const Answer& answer, const std::string& field) {
    const auto& handshake = answer.response.handshake;
    if (!handshake || handshake->chain.empty()) return {};
    const auto& own = handshake->chain.front();
    if (field == "Subject" || field == "Issuer") {
        const auto& line = field == "Subject" ? own.subject_line : own.issuer_line;
        return Value{answer.names_have_blanks ? line : with_bare_equals(line)};
    }
    if (field == "Serial-Number") return Value{bytes_of_serial(own.serial)};
    if (field == "Start-Date") return moment(own.begins);
    if (field == "Expire-Date") return moment(own.ends);
    if (field == "Value") return Value{own.pem};
    return own.alternatives.empty() ? std::nullopt : std::optional(Value{own.alternatives});
}

Found json_value(Answer& answer, const std::string& expression, Coercion coercion) {
    const auto path = TRY(JsonPath::parse(expression));
    const auto* document = TRY(answer.json());
    const auto nodes = TRY(path.find(*document));
    return value_of(nodes, coercion);
}

Found pattern_value(Answer& answer, const std::string& expression) {
    const auto compiled = TRY(compile_expression(expression));
    const auto* text = TRY(answer.text());
    TRY_VOID(check_cost(compiled.pattern, *text));
    std::vector<std::string_view> groups;
    if (!compiled.pattern.search(*text, 0, groups) || groups.size() < 2 || groups[1].data() == nullptr)
        return std::optional<Value>();
    return std::optional(Value{std::string(groups[1])});
}

Found body_value(Answer& answer, Query::Kind kind) {
    if (kind == Query::Kind::body) {
        const auto* text = TRY(answer.text());
        return std::optional(Value{*text});
    }
    if (kind == Query::Kind::rawbytes) return std::optional(Value{Bytes{answer.response.body}});
    const auto* bytes = TRY(answer.bytes());
    if (kind == Query::Kind::bytes) return std::optional(Value{Bytes{*bytes}});
    return std::optional(
        Value{Bytes{kind == Query::Kind::md5 ? sys::md5(*bytes) : from_hex(sys::sha256(*bytes)).value_or("")}});
}

Found answer_to(const Query& query, const std::string& operand, Answer& answer, const Scope& scope, Coercion coercion) {
    using Kind = Query::Kind;
    const auto& response = answer.response;
    switch (query.kind) {
    case Kind::status: return std::optional(Value{std::int64_t{response.status}});
    case Kind::version: return std::optional(Value{response.version});
    case Kind::url: return std::optional(Value{answer.url});
    case Kind::ip: return std::optional(Value{response.address});
    case Kind::header: return header_value(answer, operand);
    case Kind::cookie: return cookie_value(answer, operand, query.attribute);
    case Kind::duration: return std::optional(Value{static_cast<std::int64_t>(response.total.count())});
    case Kind::certificate: return certificate_value(answer, operand);
    case Kind::jsonpath: return json_value(answer, operand, coercion);
    case Kind::regex: return pattern_value(answer, operand);
    case Kind::xpath: {
        const auto* text = TRY(answer.text());
        return xpath_value(*text, answer.is_html(), operand);
    }
    case Kind::variable: {
        const auto* value = scope.find(operand);
        return value ? std::optional(*value) : std::nullopt;
    }
    case Kind::redirects: {
        List steps;
        for (const auto& step : answer.redirects) steps.push_back(Value{step});
        return std::optional(Value{std::move(steps)});
    }
    case Kind::body:
    case Kind::bytes:
    case Kind::rawbytes:
    case Kind::sha256:
    case Kind::md5: return body_value(answer, query.kind);
    }
    return std::optional<Value>();
}

}

std::vector<SetCookie> Answer::cookies() const {
    std::vector<SetCookie> all;
    for (const auto& [name, value] : response.headers)
        if (lower(name) == "set-cookie")
            if (auto cookie = parse_set_cookie(value)) all.push_back(std::move(*cookie));
    return all;
}

std::string Answer::charset() const {
    for (const auto& part : split(response.header("Content-Type"), ';')) {
        const auto text = trim(std::string_view(part));
        if (lower(text).starts_with("charset=")) {
            auto label = text.substr(8);
            if (label.size() >= 2 && label.starts_with('"') && label.ends_with('"'))
                label = label.substr(1, label.size() - 2);
            return std::string(label);
        }
    }
    return {};
}

bool Answer::is_html() const { return lower(response.header("Content-Type")).starts_with("text/html"); }

Result<const std::string*> Answer::bytes() {
    if (!bytes_) {
        std::string codings;
        for (const auto& [name, value] : response.headers)
            if (!is_decoded && lower(name) == "content-encoding") codings += (codings.empty() ? "" : ",") + value;
        bytes_ =
            codings.empty() ? Result<std::string>(response.body) : sys::decode_body(response.body, codings, body_limit);
    }
    if (!bytes_->ok()) return bytes_->error();
    return &bytes_->value();
}

Result<const std::string*> Answer::text() {
    const auto* raw = TRY(bytes());
    if (!text_) {
        const auto label = charset();
        text_ = decoded(*raw, label.empty() ? "utf-8" : label);
    }
    if (!text_->ok()) return text_->error();
    return &text_->value();
}

Result<const Value*> Answer::json() {
    const auto* body = TRY(text());
    if (!json_) {
        json_ = read_json(*body);
        if (!json_->ok())
            json_ = no(fmt::format("the body is not JSON: {}; it begins with '{}'", json_->error().message,
                                   shortened(*body, 40)));
    }
    if (!json_->ok()) return json_->error();
    return &json_->value();
}

std::string text_of(const Query& query) {
    std::string text(query_name(query.kind));
    if (query.operand.empty()) return text;
    std::string operand;
    for (const auto& piece : query.operand.pieces)
        operand += piece.kind == Piece::Kind::text ? piece.text : "{{" + piece.text + "}}";
    if (!query.attribute.empty()) operand += "[" + query.attribute + "]";
    return text + (query.is_pattern ? " /" + operand + "/" : " \"" + operand + "\"");
}

Result<std::optional<Value>> ask(const Query& query, Answer& answer, const Scope& scope, Coercion coercion,
                                 const File& file) {
    const auto operand = TRY(rendered(query.operand, scope, file));
    auto found = answer_to(query, operand, answer, scope, coercion);
    if (found.ok()) return found;
    auto error = std::move(found).error();
    error.place = file.place(query.operand.empty() ? query.spot : query.operand.spot);
    return error;
}

}
