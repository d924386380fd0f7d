// Opens the connections of tools that may not: one request by standard input, its answer on standard output. It is
// nobody's tool by itself; src/sys/http/fetch.h tells both sides.
#include "sys/http/fetch.h"
#include "base/version.h"
#include "sys/permit.h"
#include <cstdio>

using namespace fairlead;

int main(int count, char** words) {
    const std::vector<std::string> hosts(words + (count > 0 ? 1 : 0), words + count);
    sys::permit({sys::Act::connect}, "fairlead-fetch"); // and that only to these
    if (hosts != std::vector<std::string>{"--version"}) sys::be_fetch_helper(hosts);
    std::printf("fairlead-fetch %s (%s)\n", std::string(version()).c_str(), std::string(commit()).c_str());
    return 0;
}
