#include "preflight/rules/site_look.h"
#include "base/credentials.h"
#include "base/printable.h"
#include "base/text.h"

namespace fairlead::preflight {

std::vector<Page> pages(const Site& site) {
    std::vector<Page> all;
    if (const auto* page = site.page()) all.push_back({*page, site_label(page->url)});
    if (site.not_found && site.not_found->status != 0)
        all.push_back({*site.not_found, "a 404 of " + site_label(site.not_found->url)});
    return all;
}

bool is_https(const Answer& answer) { return answer.url.starts_with("https://"); }

bool is_html(const Answer& answer) {
    const auto type = lower(answer.value("Content-Type"));
    return type.starts_with("text/html") || type.starts_with("application/xhtml");
}

std::string shown_word(std::string_view word) { return one_line(hide_credentials(word.substr(0, 4096)).substr(0, 40)); }

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
