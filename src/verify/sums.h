#pragma once
#include "base/result.h"
#include <string>
#include <string_view>
#include <vector>

// Lists of digests: SHA256SUMS as sha256sum(1) writes it, and fairlead.lock, whose first line of no comment is
// `version`.
namespace fairlead::verify {

struct Sum {
    std::string sha256; // lower case
    std::string path;   // as it is listed, without a `./` before it
};

// Error (no) with file:line: a line that is neither a sum, empty, `#`, nor, as the first of the others, the version;
// one path with two sums.
Result<std::vector<Sum>> read_sums(std::string_view text, const std::string& name);

// Whether a line of that name has the sum: the name alone, or the one that an executable has in a tarball of the lock,
// fairlead-VERSION-linux-ARCH/bin/NAME, of which there are several. A file in another folder is another. Error (no).
Result<void> check_sum(const std::vector<Sum>& sums, const std::string& name, const std::string& file,
                       const std::string& sha256);

}
