#pragma once
#include "config/config.h"
#include "smoke/check.h"
#include <string>
#include <vector>

// Nothing that is written shows what lets in. Each of these comes before the first message that could hold it.
namespace fairlead::smoke {

// What the command line and the section send: URLs with their passwords and parameters, headers, cookies. Before they
// are read, so that a message about a malformed one hides it, too.
void hide_sent(const config::Value& section, const std::string& url, const std::vector<std::string>& lines,
               const ForEveryUrl& every);

// What an answer hands out: cookies, tokens, places to go on to.
void hide_received(const sys::HttpResponse& response);

}
