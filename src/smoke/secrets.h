#pragma once
#include "config/config.h"
#include "smoke/check.h"
#include "smoke/scripts.h"
#include <map>
#include <string>
#include <vector>

// Hides credentials in all output. Each function is called before the first message that could contain them.
namespace fairlead::smoke {

// Hides the credentials in the command line and the section: URLs with their passwords and parameters, headers,
// cookies. Called before these are parsed, so that a message about a malformed value hides it, too.
void hide_sent(const config::Value& section, const std::string& url, const std::vector<std::string>& lines,
               const ForEveryUrl& every);

// The same for Hurl files: hides secrets, and variables whose names sound secret, from flags, environment and section.
void hide_script_secrets(const config::Value& section, const ScriptFlags& flags,
                         const std::map<std::string, std::string>& environment);

// Hides the credentials in an answer: cookies, tokens, redirect targets, and values in its body whose names sound
// secret.
void hide_received(const sys::HttpResponse& response);

}
