#pragma once
#include "base/result.h"
#include <string>
#include <string_view>

// What a store's URL says.
namespace fairlead::backup {

struct StoreAddress {
    enum class Kind { file, ssh, s3 } kind = Kind::file;
    std::string path; // file: absolute; ssh: absolute, or from the user's home; s3: the prefix, without slashes around
    std::string user, host, port, config; // ssh; empty: as ssh's own configuration has it
    std::string bucket, endpoint, region; // s3; empty: of the environment
    std::string shown() const;            // as it would be written
};

// Error (usage), which says what is wrong but not the text: it may hold a password.
Result<StoreAddress> parse_store(std::string_view text);
// A relative path of this machine is one from that folder.
std::string from_folder(const std::string& text, const std::string& folder);
Result<void> check_endpoint(const std::string& endpoint); // usage: not scheme, host and port of HTTP

}
