#pragma once
#include "base/result.h"
#include <string>
#include <string_view>
#include <vector>

// Lists of digests: SHA256SUMS as sha256sum(1) writes it, and fairlead.lock, which begins with a line `version`.
namespace fairlead::verify {

struct Sum {
    std::string sha256; // lower case
    std::string path;   // as it is listed
};

// Error (no) with file:line: a line that is neither a sum, empty, `#`, nor, as the first one, the version; one path
// with two sums.
Result<std::vector<Sum>> read_sums(std::string_view text, const std::string& name);

// Whether a line of that base name has the sum: fairlead.lock lists the same program for several machines. Error (no).
Result<void> check_sum(const std::vector<Sum>& sums, const std::string& name, const std::string& file,
                       const std::string& sha256);

}
