#pragma once
#include "backup/engines/address.h"
#include "backup/engines/engine.h"
#include "sys/files/owned/scratch.h"
#include "sys/stream/child.h"
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// The parts of the Redis and Valkey engine: their programs, questions to a server, dump, restore, and temporary
// servers. All requests to a server go through redis-cli.
namespace fairlead::backup::redis {

// The parts of "redis://user:password@host:6379/0", rediss:// (TLS) or unix:///run/redis.sock.
struct Where {
    std::string host, port, socket; // a socket, or a host and its port
    std::string user, password;
    bool tls = false;
    std::string shown; // "Redis at cache:6379"; a URL would be masked because it may contain a secret
};
Result<Where> read_where(const Address& address);

// redis-cli and related programs, on this machine or in a compose container ("compose:cache").
struct Programs {
    std::vector<std::string> prefix; // the command that starts programs in the container
    std::string family;              // "redis", "valkey"
    sys::Path folder;                // where `docker compose` looks for its files
    bool is_elsewhere() const { return !prefix.empty(); }
};
Result<Programs> find_programs(const std::string& via, const World& world);
// Error (could_not), with the ways out: `program` ("server", "check-rdb") is missing.
Result<void> need(const Programs& programs, const std::string& program, const std::string& why);

struct Keys {
    std::uint64_t lasting = 0, expiring = 0; // expiring: keys with a time to live
};

class Client {
  public:
    Client(Where where, Programs programs, const World& world);
    // Returns the answer to one command. Error (could_not): the server refuses the command or doesn't answer.
    Result<std::string> ask(std::vector<std::string> words, Milliseconds timeout = std::chrono::seconds(30)) const;
    // Sends lines in redis-cli's input format, in one session. Their content is not in argv.
    Result<std::string> say(const std::string& lines, int database) const;
    Result<std::map<std::string, std::string>> info(const std::string& section) const;
    Result<std::map<int, Keys>> keys() const; // by database
    Result<int> databases() const;            // the number of databases that the server allows
    // a child process that gets the server's address
    sys::Stage stage(const std::string& program, std::vector<std::string> words) const;
    // a child process without the server's address
    sys::Stage bare(const std::string& program, std::vector<std::string> words) const;

    const Where& where() const { return where_; }
    const Programs& programs() const { return programs_; }
    // a redis-cli command that a user can type on this machine
    std::string command(int database, std::string_view words) const;
    const World& world() const { return world_; }

  private:
    Result<std::string> run(std::vector<std::string> words, const std::string& input, Milliseconds timeout) const;
    std::vector<std::string> environment() const;
    std::vector<std::string> connection() const;

    Where where_;
    Programs programs_;
    const World& world_;
};

constexpr int default_databases = 16;
int databases_of(const Part& part);         // the number of databases that its server allows
std::string escaped(std::string_view word); // for say()

// In the manifest a database counts as a table: "db0", and "db0 (expiring)" for keys with a time to live.
std::vector<TableCount> to_counts(const std::map<int, Keys>& keys);
std::map<int, Keys> to_keys(const std::vector<TableCount>& counts);
std::vector<TableCount> counts_like(const std::vector<TableCount>& wanted, const std::map<int, Keys>& found);

// Reads and checks the whole dump with redis-check-rdb. Error: no.
Result<void> check(const Part& part, sys::Source& plain, const Programs& programs, const World& world);

// A temporary server with a set's keys. It has a socket in a folder of its own, and no network. The destructor ends it.
class Scratch {
  public:
    static Result<std::unique_ptr<Scratch>> make(const Programs& programs, const World& world, int databases);
    ~Scratch();
    Result<void> load(sys::Source& plain);
    const Client& client() const { return client_; }

  private:
    Scratch(Client client, std::string folder, int databases);
    Result<void> store(sys::Source& plain) const;
    Result<void> start();

    Client client_;
    std::string folder_;
    std::optional<sys::ScratchFolder> own_; // nothing: the folder is in a container
    int databases_;
    std::unique_ptr<sys::ChildSink> server_;
};

Result<std::vector<std::unique_ptr<Dump>>> dumps(const SourceSettings& source, const World& world);
Result<std::unique_ptr<Restore>> restore(const Part& part, const SourceSettings& source, const Aim& aim,
                                         const World& world);
Result<std::unique_ptr<Restore>> rehearse(const Part& part, const World& world);

}
