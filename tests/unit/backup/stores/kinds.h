#pragma once
#include "backup/stores/store.h"
#include "sys/digest.h"
#include "sys/environment.h"
#include "sys/files/files.h"
#include "unit/backup/stores/fake_s3.h"
#include "unit/backup/stores/real_s3.h"
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

// What the tests of stores stand on: every kind, each over something real.
namespace fairlead::test {

// A real sshd without a port: ssh starts it as its ProxyCommand, and it goes with the connection.
class SshServer {
  public:
    // Empty: there is no sshd here. `sftp`: the subsystem's command.
    static std::shared_ptr<SshServer> make(const std::string& sftp = "/usr/lib/openssh/sftp-server") {
        auto server = std::make_shared<SshServer>();
        const auto at = server->folder_.path().string();
        if (::access("/usr/sbin/sshd", X_OK) != 0 || ::access("/usr/lib/openssh/sftp-server", X_OK) != 0) return {};
        const auto keys = "cd '" + at +
                          "' && ssh-keygen -q -t ed25519 -N '' -f host && ssh-keygen -q -t ed25519 -N '' -f user && "
                          "cp user.pub authorized && (printf 'store.test '; cat host.pub) > known && (mkdir -p "
                          "/run/sshd || true) 2>/dev/null";
        if (std::system(keys.c_str()) != 0) return {};
        const auto written =
            sys::write_file(at + "/sshd_config", "HostKey " + at + "/host\nAuthorizedKeysFile " + at +
                                                     "/authorized\nPasswordAuthentication no\nUsePAM no\nStrictModes "
                                                     "no\nPermitRootLogin prohibit-password\nPidFile none\nSubsystem "
                                                     "sftp " +
                                                     sftp + "\n")
                .ok() &&
            sys::write_file(server->config(),
                            "Host store.test\nUser " + server->user() + "\nIdentityFile " + at +
                                "/user\nIdentitiesOnly yes\nStrictHostKeyChecking yes\nGlobalKnownHostsFile "
                                "/dev/null\nUserKnownHostsFile " +
                                at + "/known\nProxyCommand /usr/sbin/sshd -i -f " + at + "/sshd_config\n")
                .ok();
        return written ? server : nullptr;
    }
    std::string config() const { return folder_.path().string() + "/ssh_config"; }
    sys::Path folder() const { return folder_.path(); }
    std::string url(const sys::Path& path) const { return "ssh://store.test" + path.string() + "?config=" + config(); }
    std::unique_ptr<backup::Store> store(const sys::Path& path) const {
        return backup::store_of(url(path), sys::Environment({})).value();
    }

  private:
    static std::string user() {
        const char* name = ::geteuid() == 0 ? "root" : std::getenv("USER");
        return name ? name : "nobody";
    }
    sys::TemporaryFolder folder_ = sys::TemporaryFolder::make("fairlead-sshd").value();
};

struct Opened {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("fairlead-store").value();
    std::shared_ptr<void> server; // before the store: it goes last
    std::unique_ptr<backup::Store> store;
};

inline std::unique_ptr<backup::Store> store_at(const sys::Path& folder) {
    return backup::store_of("file:" + folder.string(), sys::Environment({})).value();
}

inline sys::Environment s3_keys() {
    return sys::Environment({{"AWS_ACCESS_KEY_ID", "the-id"}, {"AWS_SECRET_ACCESS_KEY", "the-secret-key"}});
}

struct Kind {
    const char* name;
    const char* part;            // that it needs, as FAIRLEAD_TEST_REQUIRE names it
    void (*open)(Opened& place); // the store stays empty where its server isn't installed
};
inline const Kind kinds[] = {
    {"file", "", [](Opened& place) { place.store = store_at(place.folder.path() / "store"); }},
    {"ssh", "sshd",
     [](Opened& place) {
         const auto server = SshServer::make();
         if (!server) return;
         place.server = server;
         place.store = server->store(place.folder.path() / "a/store");
     }},
    {"s3", "",
     [](Opened& place) {
         const auto server = std::make_shared<FakeS3>();
         place.server = server;
         place.store = backup::store_of("s3://bucket/prefix", s3_keys(), {*server, sys::real_clock()}).value();
     }},
    {"s3 by moto (FAIRLEAD_MOTO)", "moto",
     [](Opened& place) {
         const auto* server = RealS3::get();
         if (!server) return;
         const auto url = "s3://bucket/" + sys::random_hex(6) + "?endpoint=" + server->endpoint;
         place.store = backup::store_of(url, s3_keys()).value();
     }},
};

inline std::vector<std::string> names_in(backup::Store& store, std::string_view prefix = "") {
    std::vector<std::string> names;
    if (!store.is_there().value()) return names;
    const auto objects = store.list(prefix).value();
    for (const auto& object : objects) names.push_back(object.name);
    return names;
}

inline Result<std::string> got(backup::Store& store, const std::string& name) { return store.read(name, 64u << 20); }

}
