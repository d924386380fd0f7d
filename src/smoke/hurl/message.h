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
    std::vector<std::pair<std::string, std::string>> headers = {}; // as the file has them, then those of the options
    std::string cookies = {};                                      // of [Cookies]
    std::string basic_auth = {}; // value of a header Authorization of [BasicAuth], which is sent next to an own one
    std::string user = {};       // the same of the option `user`, if there is no other
    std::string body = {};
    std::string type = {};    // Content-Type of the body, if no header names one
    bool type_counts = false; // `type` is sent instead of a header Content-Type: it holds the boundary of the parts
};

struct Files {
    sys::Root root;     // nothing outside of it is read or written
    std::string folder; // of the Hurl file, absolute: names in it begin there
    Result<std::string> read(const std::string& name) const;
    Result<void> write(const std::string& name, std::string_view bytes) const;
};

// Error (usage), with its place: an undefined variable, a URL that is none, a file that can't be read.
Result<Message> message_of(const Request& request, const Settings& settings, const Scope& scope, const File& file,
                           const Files& files);

// The bytes of a named file. Error (usage), at its name.
Result<std::string> bytes_of(const FileName& name, const Scope& scope, const File& file, const Files& files);

// The bytes of a body with its values; used for expected bodies, too.
Result<std::string> bytes_of(const Body& body, const Scope& scope, const File& file, const Files& files);

}
