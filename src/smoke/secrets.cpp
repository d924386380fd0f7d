#include "smoke/secrets.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include <algorithm>

namespace fairlead::smoke {

namespace {

void hide_headers(const config::Value& headers) {
    for (const auto& [name, value] : headers.entries()) register_header(name, value.text());
}

// `get: /path?token=x` is a URL's end.
void hide_address(const std::string& text) {
    register_urls_in(text);
    if (text.starts_with('/')) register_url("http://host" + text);
}

}

void hide_sent(const config::Value& section, const std::string& url, const std::vector<std::string>& lines,
               const ForEveryUrl& every) {
    for (const auto& line : lines) register_urls_in(line);
    for (const auto& header : every.request_headers) register_header(header);
    register_urls_in(url);
    for (const auto& base : section["base"].texts()) register_urls_in(base);
    for (const auto* key : {"compare.old", "compare.new"}) register_urls_in(section.at(key).text());
    hide_headers(section.at("defaults.headers"));
    hide_address(section.at("ready.path").text());
    for (const auto& check : section["checks"].items()) {
        hide_headers(check["headers"]);
        for (const auto* method : {"get", "head", "post", "put", "delete"}) hide_address(check[method].text());
        register_assignments(check["data"].text());
    }
}

void hide_script_secrets(const config::Value& section, const ScriptFlags& flags,
                         const std::map<std::string, std::string>& environment) {
    const auto value_of = [](std::string_view pair) {
        return std::string(pair.substr(std::min(pair.find('='), pair.size() - 1) + 1));
    };
    for (const auto& pair : flags.secrets)
        if (!pair.empty()) const Secret hidden(value_of(pair));
    for (const auto& pair : flags.variables)
        register_variable(pair.substr(0, pair.find('=')), pair.empty() ? "" : value_of(pair));
    for (const auto& [name, value] : environment) {
        if (name.starts_with("HURL_SECRET_") && !value.empty()) const Secret hidden(value);
        if (name.starts_with("HURL_")) register_variable(name, value);
    }
    for (const auto& [name, value] : section["variables"].entries()) register_variable(name, value.text());
    for (const auto& [name, text] : flags.values) {
        if (name == "user" && !text.empty())
            const Secret hidden(text.substr(std::min(text.find(':'), text.size() - 1) + 1));
        register_urls_in(text);
    }
}

void hide_received(const sys::HttpResponse& response) {
    constexpr std::size_t looked_at = 64U << 10U; // no more of a body is shown
    for (const auto& [name, value] : response.headers) register_header(name, value);
    register_assignments(std::string_view(response.body).substr(0, looked_at));
}

}
