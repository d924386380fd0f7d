#pragma once
#include "smoke/hurl/options.h"
#include "smoke/hurl/scope.h"
#include "smoke/hurl/syntax.h"
#include "sys/files/beneath.h"
#include "sys/http/client.h"
#include <string>
#include <utility>
#include <vector>

// The request of an entry with all values filled in, before it becomes one or more (redirects) HTTP requests.
namespace fairlead::smoke::hurl {

struct Message {
    std::string method = {}, url = {};
    std::vector<std::pair<std::string, std::string>> headers = {}; // those in the file, then those of the options
    std::string cookies = {};                                      // from [Cookies]
    // from [BasicAuth]: value of a header Authorization, which is sent in addition to an explicit one
    std::string basic_auth = {};
    std::string user = {}; // from the option `user`: the same, only if there is no other
    std::string body = {};
    std::string type = {};    // Content-Type of the body, if no header sets it
    bool type_counts = false; // `type` replaces a header Content-Type, because it contains the boundary of the parts
};

struct Files {
    sys::Root root;     // nothing outside of it is read or written
    std::string folder; // the Hurl file's folder, absolute; names in the file are relative to it
    Result<std::string> read(const std::string& name) const;
    Result<void> write(const std::string& name, std::string_view bytes) const;
};

// Error (usage), with its place: an undefined variable, an invalid URL, a file that can't be read.
Result<Message> message_of(const Request& request, const Settings& settings, const Scope& scope, const File& file,
                           const Files& files);

// Returns the bytes of a named file. Error (usage), at its name.
Result<std::string> bytes_of(const FileName& name, const Scope& scope, const File& file, const Files& files);

// Returns the bytes of a body with its values filled in, also of an expected body.
Result<std::string> bytes_of(const Body& body, const Scope& scope, const File& file, const Files& files);

}
