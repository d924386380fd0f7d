#include "smoke/shown.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/shell.h"
#include "base/text.h"
#include "base/utf8.h"
#include "report/printable.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

constexpr std::size_t longest_body = 2000; // of a request; a longer one is left out of the command
constexpr std::size_t most_headers = 12, most_lines = 6, longest_shown_line = 160;

std::string masked_word(const std::string& text) { return shell_word(mask(hide_credentials(text))); }

std::string header_words(const std::string& name, const std::string& value) {
    const bool hidden = is_secret_header(name, value);
    if (value.empty()) return " -H " + shell_word(name + ";"); // as curl writes an empty one
    return " -H " + shell_word(fmt::format("{}: {}", name, hidden ? "***" : mask(value)));
}

std::string body_words(const std::string& body) {
    if (body.empty()) return "";
    const bool is_text = to_valid_utf8(body) == body && body.find('\0') == body.npos;
    if (body.size() > longest_body || !is_text) return " --data-binary @-"; // from standard input
    return " --data-raw " + shell_word(mask(body));                         // a body that begins with @ names no file
}

std::string line_of(std::string_view text) {
    const auto whole = report::one_line(mask(hide_credentials(to_valid_utf8(text)))); // before it is cut
    if (whole.size() <= longest_shown_line) return whole;
    std::size_t end = longest_shown_line;
    while (end > 0 && (static_cast<unsigned char>(whole[end]) & 0xC0U) == 0x80U) --end; // at a character's begin
    return whole.substr(0, end) + "...";
}

void add_body(const sys::HttpResponse& response, std::string& out) {
    constexpr std::size_t looked_at = 64U << 10U; // no more of a large body is masked and split
    if (response.body.empty()) return;
    auto head = std::string_view(response.body).substr(0, looked_at);
    for (int cut = 0; cut < 3 && to_valid_utf8(head) != head; ++cut) head.remove_suffix(1); // the half of a character
    if (head.find('\0') != head.npos || to_valid_utf8(head) != head) {
        out += fmt::format("< {} bytes that are not text\n", response.body.size());
        return;
    }
    const auto lines = split(replace_all(mask(head), "\r\n", "\n"), '\n');
    const auto shown = std::min(lines.size(), most_lines);
    out += "<\n";
    for (std::size_t i = 0; i < shown; ++i)
        out += trim(line_of(lines[i])).empty() ? "" : "< " + line_of(lines[i]) + "\n";
    if (shown < lines.size() || head.size() < response.body.size()) out += "< ...\n";
}

}

std::string curl_command(const sys::HttpRequest& request) {
    std::string command = "curl -sS -i";
    if (request.method == "HEAD")
        command = "curl -sS -I";
    else if (request.method != (request.body.empty() ? "GET" : "POST"))
        command += " -X " + shell_word(request.method);
    for (const auto& [name, value] : request.headers) command += header_words(name, value);
    if (!request.bearer.empty()) command += " -H 'Authorization: Bearer ***'";
    command += body_words(request.body);
    if (!request.socket.empty()) command += " --unix-socket " + shell_word(request.socket);
    for (const auto& entry : request.resolve) command += " --resolve " + shell_word(entry);
    if (!request.ca_file.empty()) command += " --cacert " + shell_word(request.ca_file);
    if (request.insecure) command += " --insecure";
    if (request.version == sys::HttpRequest::Version::http2_prior_knowledge) command += " --http2-prior-knowledge";
    if (request.url.find_first_of("[]{}") != request.url.npos) command += " --globoff"; // they stand for themselves
    return command + " " + masked_word(request.url);
}

std::string split_times(const sys::HttpResponse& response) {
    if (response.total.count() == 0 && response.status == 0) return {};
    std::string out;
    Milliseconds before{0};
    const auto add = [&](std::string_view name, Milliseconds until) {
        if (until.count() == 0 || until < before) return; // it wasn't reached, or a kept connection needed none
        out += fmt::format("{} {}, ", name, format_duration(until - before));
        before = until;
    };
    add("dns", response.dns);
    add("connect", response.connect);
    add("tls", response.tls);
    add("first byte", response.first_byte);
    return out + "total " + format_duration(response.total);
}

Shown shown_exchange(const sys::HttpRequest& request, const sys::HttpResponse& response) {
    Shown shown{curl_command(request), "", split_times(response)};
    auto& out = shown.answer;
    if (response.status == 0) return shown;
    out = fmt::format("< HTTP/{} {}\n", response.version.empty() ? "1.1" : response.version, response.status);
    std::size_t count = 0;
    for (const auto& [name, value] : response.headers) {
        if (++count > most_headers) break;
        out += "< " + line_of(fmt::format("{}: {}", name, is_secret_header(name, value) ? "***" : value)) + "\n";
    }
    if (count > most_headers) out += fmt::format("< ... {} more headers\n", response.headers.size() - most_headers);
    add_body(response, out);
    return shown;
}

}
