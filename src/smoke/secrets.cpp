#include "smoke/secrets.h"
#include "base/credentials.h"

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
    hide_headers(section.at("defaults.headers"));
    hide_address(section.at("ready.path").text());
    for (const auto& check : section["checks"].items()) {
        hide_headers(check["headers"]);
        for (const auto* method : {"get", "head", "post", "put", "delete"}) hide_address(check[method].text());
        register_assignments(check["data"].text());
    }
}

void hide_received(const sys::HttpResponse& response) {
    for (const auto& [name, value] : response.headers) register_header(name, value);
}

}
