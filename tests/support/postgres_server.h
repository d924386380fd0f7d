#pragma once
#include "support/support.h"
#include "sys/files/files.h"
#include <cstdio>
#include <optional>
#include <string>

namespace fairlead::test {

// A real server for the test executable's time (tests/support/postgres.py).
class PostgresServer {
  public:
    // Nothing, with the reason in `why`: no PostgreSQL is here, or it doesn't start.
    static const PostgresServer* get(std::string& why);
    std::string url(const std::string& database = "postgres") const;

  private:
    PostgresServer();
    ~PostgresServer();
    std::optional<sys::TemporaryFolder> folder_;
    std::FILE* process_ = nullptr;
    bool ready_ = false;
};

}

// `server` in a test case that needs one.
#define NEED_POSTGRES(server)                                                                                          \
    std::string why_no_server;                                                                                         \
    const auto* const server = ::fairlead::test::PostgresServer::get(why_no_server);                                   \
    if (server == nullptr) SKIP_LOUDLY("postgres", why_no_server)
