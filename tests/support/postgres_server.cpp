#include "support/postgres_server.h"
#include "sys/clock.h"
#include <cstdlib>
#include <filesystem>

namespace fairlead::test {

PostgresServer::PostgresServer() {
    auto folder = sys::TemporaryFolder::make("fl");
    if (!folder.ok()) return;
    folder_.emplace(std::move(folder).value());
    const std::string command =
        "exec /usr/bin/python3 '" + source("tests/support/postgres.py") + "' '" + folder_->path().string() + "'";
    process_ = ::popen(command.c_str(), "we"); // it ends when this pipe does, which nobody else holds
    constexpr Milliseconds pause{50};
    for (int tries = 0; tries < 400 && !ready_; ++tries) {
        ready_ = std::filesystem::exists(folder_->path() / "ready");
        if (!ready_) sys::real_clock().rest(pause);
        if (!std::filesystem::exists("/usr/lib/postgresql") && std::getenv("FAIRLEAD_POSTGRES_BIN") == nullptr) break;
    }
}

PostgresServer::~PostgresServer() {
    if (process_ != nullptr) ::pclose(process_);
}

const PostgresServer* PostgresServer::get(std::string& why) {
    static const PostgresServer server;
    why = "no PostgreSQL server is here, or it doesn't start; apt-get install postgresql";
    return server.ready_ ? &server : nullptr;
}

std::string PostgresServer::url(const std::string& database) const {
    return "postgresql://fairlead@:5432/" + database + "?host=" + folder_->path().string();
}

}
