#include "read/served/answer.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include <algorithm>

namespace fairlead::read::served {

std::vector<std::string> Answer::values(std::string_view header) const {
    const auto wanted = lower(header);
    std::vector<std::string> found;
    for (const auto& [name, value] : headers)
        if (lower(name) == wanted) found.push_back(value);
    return found;
}

std::string Answer::value(std::string_view header) const {
    const auto all = values(header);
    return all.empty() ? std::string() : all.front();
}

bool is_https(const Answer& answer) { return answer.url.starts_with("https://"); }

bool is_html(const Answer& answer) {
    const auto type = lower(answer.value("Content-Type"));
    return type.starts_with("text/html") || type.starts_with("application/xhtml");
}

std::string site_label(const std::string& url) {
    const auto parsed = parse_url(url);
    if (!parsed.ok()) return "the URL";
    const auto label = parsed->scheme + "://" + parsed->authority();
    return label.size() <= 60 ? label : label.substr(0, 57) + "...";
}

std::string shown_word(std::string_view word) { return one_line(hide_credentials(word.substr(0, 4096)).substr(0, 40)); }

// Of two that differ Chrome and Firefox follow neither; two that are equal count as one.
std::string location_fault(const Answer& answer) {
    const auto all = answer.values("Location");
    const bool differ = std::any_of(all.begin(), all.end(), [&](const auto& one) { return one != all.front(); });
    return differ ? "sends Location headers that differ; browsers follow none of them; send a single one" : "";
}

std::optional<std::int64_t> max_age(std::string_view value) {
    for (const char separator : {';', ','})
        for (const auto& part : split(value, separator)) {
            auto text = lower(trim(std::string_view(part)));
            if (!text.starts_with("max-age")) continue;
            text = trim(std::string_view(text).substr(7));
            if (!text.starts_with('=')) continue;
            std::string number(trim(std::string_view(text).substr(1)));
            if (number.size() >= 2 && number.front() == '"') number = number.substr(1, number.size() - 2);
            if (number.find_first_not_of("0123456789") == number.npos && !number.empty())
                return parse_integer(number).value_or(INT64_MAX);
        }
    return std::nullopt;
}

}
