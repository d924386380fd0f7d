#pragma once
#include "base/result.h"
#include "base/time.h"
#include "sys/environment.h"
#include "sys/http/client.h"
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The Docker Engine API (docs.docker.com/reference/api/engine) through its unix socket, in the version that the engine
// speaks by itself: 1.41 of Debian 12's as well as those that refuse it.
namespace fairlead::deploy {

using Labels = std::map<std::string, std::string>;

struct ListedContainer {
    std::string id, name, image; // image: its id, "sha256:..."
    std::string state;           // created, running, restarting, exited, dead, ...
    Labels labels;
    std::int64_t created = 0; // seconds since 1970
    bool is_running() const { return state == "running" || state == "restarting" || state == "paused"; }
};

struct ContainerSeen {
    std::string id, name, image;
    bool running = false, restarting = false, out_of_memory = false;
    int exit_status = 0, restarts = 0;
    int pid = 0;                                                // of its first process, where the engine runs; 0: none
    std::string health, health_said;                            // of its own check; empty: it has none
    std::string stop_signal, user, restart_policy;              // empty: the engine's usual
    std::vector<std::pair<std::string, std::string>> addresses; // network and address, by the network's name
    std::map<int, std::string> published; // container's port, "127.0.0.1:20001", of those that stay
    std::vector<int> exposed;             // TCP, ascending
    std::string error;                    // why it could not be started
    bool has_terminal = false;            // its log is one stream
    std::string state;                    // as ListedContainer's
    std::optional<SystemTime> started;    // last; nothing: never
    double processors = 0;                // that it may use; 0: all
    std::uint64_t memory_limit = 0;       // bytes; 0: none
};

// What a container takes now; "Get container stats", one-shot. Memory is that of `docker stats`: less what the kernel
// can take back.
struct ContainerStats {
    Milliseconds cpu{0};
    std::uint64_t memory = 0;
    std::optional<std::uint64_t> received, sent; // nothing: it has no network of its own
};

struct ImageSeen {
    std::string id, user;
    std::vector<std::string> digests, tags; // "shop@sha256:...", "shop:1"
    std::vector<int> exposed;
    std::vector<std::string> start, volumes, health; // entrypoint and command; anonymous volumes; its check's words
    Milliseconds health_interval{0};
};

// What the engine answers, as plain values. Error (no): it is no such answer.
Result<std::vector<ListedContainer>> parse_containers(std::string_view text);
Result<ContainerSeen> parse_container(std::string_view text);
Result<ImageSeen> parse_image(std::string_view text);
Result<ContainerStats> parse_stats(std::string_view text);
// "Attach to a container", stream format: 8 bytes (stream, 0, 0, 0, length) before each piece. One that is cut off ends
// where it is.
std::string decode_log(std::string_view stream);

// Paths of sockets in the order in which they are tried: DOCKER_HOST alone, else root's engine, else a rootless one of
// this user. Error (usage): DOCKER_HOST leads to another host.
Result<std::vector<std::string>> engine_sockets(const sys::Environment& process);

class Engine {
  public:
    Engine(sys::Http& http, std::string socket) : http_(http), socket_(std::move(socket)) {}
    // One that answers. Error (could_not): none does, and why.
    static Result<Engine> find(sys::Http& http, const sys::Environment& process);
    const std::string& socket() const { return socket_; }

    struct About {
        bool rootless = false; // its containers' addresses can't be reached from the host
        std::string system;    // "Docker Desktop"
    };
    Result<void> here() const; // error (could_not): it does not answer now
    Result<About> about() const;
    Result<std::vector<ListedContainer>> containers(const std::vector<std::string>& labels) const; // stopped ones too
    Result<std::optional<ContainerSeen>> inspect(const std::string& id) const;
    Result<std::optional<ContainerStats>> stats(const std::string& id) const; // nothing: it is gone
    Result<std::optional<ImageSeen>> image(const std::string& reference) const;
    // Whether it was asked by anybody to signal the container between those times.
    Result<bool> was_signalled(const std::string& id, SystemTime since, SystemTime until) const;
    Result<std::string> network_driver(const std::string& name) const; // empty: there is no such network
    Result<void> start(const std::string& id) const;
    // A restart policy does not bring back what was signalled by us. Absent or ended already is fine.
    Result<void> signal(const std::string& id, const std::string& name) const;
    Result<void> remove(const std::string& id) const;         // a running one, too; named volumes stay
    Result<void> remove_image(const std::string& name) const; // a name; one that is in use, or absent, is fine
    Result<void> tag(const std::string& image, const std::string& repository, const std::string& tag) const;
    Result<std::string> log(const std::string& id, int lines, bool has_terminal) const;

  private:
    Result<sys::HttpResponse> send(const std::string& method, const std::string& path,
                                   Milliseconds timeout = Milliseconds{10000}) const;
    // Those of `fine` pass; another one is an error with what the engine says.
    Result<sys::HttpResponse> expect(const std::string& method, const std::string& path,
                                     std::initializer_list<int> fine) const;

    sys::Http& http_;
    std::string socket_;
};

}
