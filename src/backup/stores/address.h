#pragma once
#include "base/result.h"
#include <string>
#include <string_view>

// The parts of a store's URL.
namespace fairlead::backup {

struct StoreAddress {
    enum class Kind { file, ssh, s3 } kind = Kind::file;
    // file: absolute; ssh: absolute, or relative to the user's home; s3: the prefix, without slashes at its ends
    std::string path;
    std::string user, host, port, config; // for ssh; empty: ssh's own configuration decides
    std::string bucket, endpoint, region; // for s3; empty: the environment decides
    std::string shown() const;            // the URL as a user would write it
};

// Error (usage): the message says what is wrong, but leaves out the text, which may contain a password.
Result<StoreAddress> parse_store(std::string_view text);
// Makes a relative path of this machine absolute, starting at `folder`.
std::string from_folder(const std::string& text, const std::string& folder);
Result<void> check_endpoint(const std::string& endpoint); // Error (usage): it is not scheme, host and port of HTTP

}
