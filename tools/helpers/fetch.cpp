// Opens the connections of tools that may not: one request by standard input, its answer on standard output. It is
// nobody's tool by itself; src/sys/http/fetch.h tells both sides.
#include "sys/http/fetch.h"
#include "base/version.h"
#include "sys/files/files.h"
#include "sys/files/stream.h"
#include "sys/process/confine.h"
#include "sys/signals.h"
#include <cstdio>
#include <unistd.h>

using namespace fairlead;

namespace {

Result<void> fetch(const std::vector<std::string>& hosts) {
    if (hosts.empty()) return usage("no host is named; fairlead-fetch is started by other tools only");
    const auto question = TRY(sys::read_stream(STDIN_FILENO, sys::fetch_limit));
    return sys::write_stream(STDOUT_FILENO, TRY(sys::serve_fetch(question, hosts, sys::real_http())));
}

}

int main(int count, char** words) {
    const std::vector<std::string> hosts(words + (count > 0 ? 1 : 0), words + count);
    if (hosts == std::vector<std::string>{"--version"}) {
        std::printf("fairlead-fetch %s\n", std::string(version()).c_str());
        return 0;
    }
    sys::hold_standard_streams();
    sys::catch_signals();
    sys::confine(sys::Network::yes);
    sys::confine_writes({});
    const auto fetched = fetch(hosts);
    if (!fetched.ok()) std::fprintf(stderr, "fairlead-fetch: %s\n", mask(fetched.error().message).c_str());
    ::_exit(fetched.ok() ? 0 : static_cast<int>(fetched.error().kind)); // libcurl would wait for a mute name server
}
