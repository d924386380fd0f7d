#pragma once
#include "base/result.h"
#include <string>
#include <string_view>
#include <vector>

// Reads lists of digests: SHA256SUMS as sha256sum(1) writes it, and fairlead.lock, whose first line that isn't a
// comment is `version`.
namespace fairlead::verify {

struct Sum {
    std::string sha256; // lower case
    std::string path;   // as listed, without a leading `./`
};

// Error (no) with file:line: a line that is neither a sum, nor empty, nor a comment (`#`), nor (as the first other
// line) the version; or a path has two sums.
Result<std::vector<Sum>> read_sums(std::string_view text, const std::string& name);

// Checks that a line for this file has the sum. The line has the file's name alone, or its name in a tarball of the
// lock, fairlead-VERSION-linux-ARCH/bin/NAME; there are several of the latter. A file in another folder doesn't count.
// Error (no).
Result<void> check_sum(const std::vector<Sum>& sums, const std::string& name, const std::string& file,
                       const std::string& sha256);

}
