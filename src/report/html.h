#pragma once
#include <string>
#include <string_view>

// The frame of every HTML page: one file that loads nothing, with its style in it.
namespace fairlead::report {

std::string escape_html(std::string_view text); // in one line; also for values of attributes

// `title` is escaped; `style` (CSS) and `body` (HTML) are not.
std::string html_page(std::string_view title, std::string_view style, std::string_view body);

}
