#include "smoke/hurl/message.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/url.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

constexpr std::size_t largest_sent = 64u << 20;
constexpr std::string_view type_of_forms = "application/x-www-form-urlencoded";

struct FileKind {
    std::string_view ending, type;
};
constexpr FileKind file_kinds[] = {
    {".gif", "image/gif"},       {".jpg", "image/jpeg"},      {".jpeg", "image/jpeg"}, {".png", "image/png"},
    {".svg", "image/svg+xml"},   {".txt", "text/plain"},      {".htm", "text/html"},   {".html", "text/html"},
    {".pdf", "application/pdf"}, {".xml", "application/xml"},
};

std::string_view type_of_file(std::string_view name) {
    const auto small = lower(name);
    for (const auto& kind : file_kinds)
        if (small.ends_with(kind.ending)) return kind.type;
    return "application/octet-stream";
}

// "name=value&…"; as Hurl does it, names are not encoded.
Result<std::string> parameters(const std::vector<KeyValue>& pairs, const Scope& scope, const File& file) {
    std::string all;
    for (const auto& pair : pairs) {
        const auto key = TRY(rendered(pair.key, scope, file));
        const auto value = TRY(rendered(pair.value, scope, file));
        all += (all.empty() ? "" : "&") + key + "=" + percent_encode(value);
    }
    return all;
}

Result<std::string> url_of(const Request& request, const Scope& scope, const File& file) {
    auto url = TRY(rendered(request.url, scope, file));
    const auto place = file.place(request.url.spot);
    if (!url.starts_with("http://") && !url.starts_with("https://"))
        return usage(fmt::format("'{}' is not a URL; it must begin with http:// or https://", shortened(url, 200)),
                     place);
    const auto fragment = std::min(url.find('#'), url.size());
    const auto query = TRY(parameters(request.query, scope, file));
    if (!query.empty()) {
        const auto mark = url.substr(0, fragment).find('?');
        url.insert(fragment, (mark == std::string::npos ? "?" : mark + 1 == fragment ? "" : "&") + query);
    }
    const bool is_bad =
        std::any_of(url.begin(), url.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; });
    if (is_bad)
        return usage(fmt::format("'{}' is not a URL: it holds a blank or a control character", shortened(url, 200)),
                     place);
    if (const auto parsed = parse_url(url); !parsed.ok())
        return usage(fmt::format("'{}' is not a URL: {}", shortened(url, 200), parsed.error().message), place);
    return url;
}

// The value of the first header Content-Type, as curl sends it.
std::optional<std::string> own_type(const Message& message) {
    for (const auto& [name, value] : message.headers)
        if (lower(name) == "content-type") return value;
    return {};
}

// The boundary that an own Content-Type names, if parts can have it (RFC 2046, 5.1.1).
std::string boundary_in(std::string_view type) {
    constexpr std::string_view key = "boundary=";
    constexpr std::size_t longest = 70;
    for (const auto& part : split(type, ';')) {
        const auto parameter = trim(std::string_view(part));
        if (!lower(parameter).starts_with(key)) continue;
        auto value = parameter.substr(key.size());
        if (value.size() > 1 && value.starts_with('"') && value.ends_with('"'))
            value = value.substr(1, value.size() - 2);
        const bool is_good = std::all_of(value.begin(), value.end(), [](char c) {
            return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
                   std::string_view("'()+_,-./:=?").find(c) != std::string_view::npos;
        });
        if (is_good && !value.empty() && value.size() <= longest) return std::string(value);
    }
    return {};
}

// As curl does it, an own Content-Type gets the boundary, and a type other than multipart/form-data makes attachments.
Result<void> add_multipart(const Request& request, const Scope& scope, const File& file, const Files& files,
                           Message& message) {
    constexpr std::string_view form = "multipart/form-data";
    const auto type = own_type(message).value_or(std::string(request.form.empty() ? form : type_of_forms));
    const auto kind = trim(std::string_view(type).substr(0, type.find(';')));
    const auto given = boundary_in(type);
    const auto boundary = given.empty() ? std::string(24, '-') + sys::random_hex(11) : given;
    for (const auto& part : request.multipart) {
        const auto key = TRY(rendered(part.key, scope, file));
        message.body += fmt::format("--{}\r\nContent-Disposition: {}; name=\"{}\"", boundary,
                                    lower(kind) == form ? "form-data" : "attachment", key);
        if (part.file) {
            const auto name = TRY(rendered(part.file->name, scope, file));
            const auto bytes = TRY(bytes_of(*part.file, scope, file, files));
            message.body += fmt::format("; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n{}\r\n", name,
                                        part.type.empty() ? type_of_file(name) : part.type, bytes);
        } else {
            const auto value = TRY(rendered(part.value, scope, file));
            message.body += fmt::format("\r\n\r\n{}\r\n", value);
        }
    }
    message.body += fmt::format("--{}--\r\n", boundary);
    message.type = given.empty() ? type + "; boundary=" + boundary : type;
    message.type_counts = true;
    return {};
}

// JSON without the blanks between its parts.
std::string compact(std::string_view json) {
    std::string out;
    bool in_text = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (!in_text && std::string_view(" \t\r\n").find(c) != std::string_view::npos) continue;
        out += c;
        if (in_text && c == '\\' && i + 1 < json.size())
            out += json[++i];
        else if (c == '"')
            in_text = !in_text;
    }
    return out;
}

Result<void> add_body(const Request& request, const Scope& scope, const File& file, const Files& files,
                      Message& message) {
    if (!request.multipart.empty() && request.method == "HEAD") { // which sends no body
        message.type = "multipart/form-data";
        return {};
    }
    if (!request.multipart.empty()) return add_multipart(request, scope, file, files, message);
    if (request.body) {
        message.body = TRY(bytes_of(*request.body, scope, file, files));
        message.type = request.form.empty() ? request.body->type : type_of_forms;
    } else if (!request.form.empty()) {
        message.body = TRY(parameters(request.form, scope, file));
        message.type = type_of_forms;
    }
    return {};
}

std::string basic(std::string_view user_and_password) { return "Basic " + base64(user_and_password); }

}

Result<std::string> Files::read(const std::string& name) const {
    return root.read(name.starts_with('/') ? name : folder + "/" + name, largest_sent);
}

Result<void> Files::write(const std::string& name, std::string_view bytes) const {
    const auto small = lower(name);
    const auto is_in_git = small == ".git" || small.starts_with(".git/") || small.find("/.git/") != small.npos;
    if (small.ends_with(".hurl") || small.ends_with("fairlead.yml") || is_in_git)
        return usage(fmt::format("'{}' is not written: it may be a Hurl file, the configuration, or git's", name));
    return root.write(name.starts_with('/') ? name : folder + "/" + name, bytes);
}

Result<std::string> bytes_of(const FileName& name, const Scope& scope, const File& file, const Files& files) {
    const auto text = TRY(rendered(name.name, scope, file));
    auto bytes = files.read(text);
    if (bytes.ok()) return bytes;
    return usage(fmt::format("the file '{}' can't be read: {}", text, bytes.error().message),
                 file.place(name.name.spot));
}

Result<std::string> bytes_of(const Body& body, const Scope& scope, const File& file, const Files& files) {
    switch (body.kind) {
    case Body::Kind::bytes: return body.bytes;
    case Body::Kind::file: return bytes_of(FileName{body.text}, scope, file, files);
    case Body::Kind::json:
    case Body::Kind::xml:
    case Body::Kind::text: return rendered(body.text, scope, file);
    case Body::Kind::graphql: break;
    }
    const auto query = TRY(rendered(body.text, scope, file));
    const auto variables = TRY(rendered(body.variables, scope, file));
    return fmt::format("{{\"query\":\"{}\"{}}}", json_escape(trim(std::string_view(query))),
                       body.variables.empty() ? "" : ",\"variables\":" + compact(variables));
}

Result<Message> message_of(const Request& request, const Settings& settings, const Scope& scope, const File& file,
                           const Files& files) {
    Message message{.method = request.method};
    message.url = TRY(url_of(request, scope, file));
    for (const auto& header : request.headers) {
        const auto name = TRY(rendered(header.key, scope, file));
        const auto value = TRY(rendered(header.value, scope, file));
        message.headers.emplace_back(name, value);
    }
    for (const auto& line : settings.headers) {
        const auto colon = line.find(':');
        if (colon == std::string::npos || colon == 0)
            return usage(fmt::format("header '{}' has no colon; write 'Name: value'", line), file.place(request.spot));
        message.headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
    }
    for (const auto& pair : request.cookies) {
        const auto name = TRY(rendered(pair.key, scope, file));
        const auto value = TRY(rendered(pair.value, scope, file));
        message.cookies += (message.cookies.empty() ? "" : "; ") + name + "=" + value;
    }
    if (request.basic_auth) {
        const auto user = TRY(rendered(request.basic_auth->key, scope, file));
        const auto password = TRY(rendered(request.basic_auth->value, scope, file));
        message.basic_auth = basic(user + ":" + password);
    }
    if (!settings.user.empty()) message.user = basic(settings.user);
    TRY_VOID(add_body(request, scope, file, files, message));
    return message;
}

}
