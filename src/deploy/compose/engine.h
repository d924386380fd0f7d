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

// The Docker Engine API (docs.docker.com/reference/api/engine) through its unix socket. Requests name no version, so
// each engine uses its own. This works with Debian 12's engine (1.41) and with engines that refuse 1.41.
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
    // of the container's first process, on the engine's host; 0: none
    int pid = 0;
    std::string health, health_said;                            // from its own health check; empty: it has no check
    std::string stop_signal, user, restart_policy;              // empty: the engine's default
    std::vector<std::pair<std::string, std::string>> addresses; // network's name and address, sorted by name
    // container's port -> "127.0.0.1:20001", for ports that are published permanently
    std::map<int, std::string> published;
    std::vector<int> exposed;          // TCP, ascending
    std::string error;                 // why it could not be started
    bool has_terminal = false;         // its log is one stream
    std::string state;                 // see ListedContainer
    std::optional<SystemTime> started; // last start; nothing: never started
    double processors = 0;             // the number that it may use; 0: all
    std::uint64_t memory_limit = 0;    // bytes; 0: no limit
};

// A container's current use of resources, from "Get container stats", one-shot. Memory is as in `docker stats`: without
// memory that the kernel can take back.
struct ContainerStats {
    Milliseconds cpu{0};
    std::uint64_t memory = 0;
    std::optional<std::uint64_t> received, sent; // nothing: it has no network of its own
};

struct ImageSeen {
    std::string id, user;
    std::vector<std::string> digests, tags; // "shop@sha256:...", "shop:1"
    std::vector<int> exposed;
    // entrypoint and command; anonymous volumes; the command of its health check
    std::vector<std::string> start, volumes, health;
    Milliseconds health_interval{0};
};

// Read the engine's answers as plain values. Error (no): the text is not such an answer.
Result<std::vector<ListedContainer>> parse_containers(std::string_view text);
Result<ContainerSeen> parse_container(std::string_view text);
Result<ImageSeen> parse_image(std::string_view text);
Result<ContainerStats> parse_stats(std::string_view text);
// Decodes the stream format of "Attach to a container": 8 bytes (stream, 0, 0, 0, length) before each piece. The
// complete bytes of a cut-off piece are returned.
std::string decode_log(std::string_view stream);

// Returns paths of sockets in the order in which they are tried: if DOCKER_HOST is set, only its socket; else the
// sockets of root's engine and of this user's rootless engine. Error (usage): DOCKER_HOST is on another host.
Result<std::vector<std::string>> engine_sockets(const sys::Environment& process);

class Engine {
  public:
    Engine(sys::Http& http, std::string socket) : http_(http), socket_(std::move(socket)) {}
    // Returns the first engine that answers. Error (could_not): no engine answers; the message says why.
    static Result<Engine> find(sys::Http& http, const sys::Environment& process);
    const std::string& socket() const { return socket_; }

    struct About {
        bool rootless = false; // the host can't reach its containers' addresses
        std::string system;    // "Docker Desktop"
    };
    Result<void> here() const; // error (could_not): it doesn't answer now
    Result<About> about() const;
    // includes stopped containers
    Result<std::vector<ListedContainer>> containers(const std::vector<std::string>& labels) const;
    Result<std::optional<ContainerSeen>> inspect(const std::string& id) const;
    Result<std::optional<ContainerStats>> stats(const std::string& id) const; // nothing: the container is gone
    Result<std::optional<ImageSeen>> image(const std::string& reference) const;
    // Returns whether anybody sent the container a signal through the engine between those times.
    Result<bool> was_signalled(const std::string& id, SystemTime since, SystemTime until) const;
    Result<std::string> network_driver(const std::string& name) const; // empty: there is no such network
    Result<void> start(const std::string& id) const;
    // Sends a signal. A container that we signalled isn't restarted by its restart policy. Not an error if it is absent
    // or ended.
    Result<void> signal(const std::string& id, const std::string& name) const;
    Result<void> remove(const std::string& id) const;         // also a running container; named volumes stay
    Result<void> remove_image(const std::string& name) const; // by its name; not an error if it is in use or absent
    Result<void> tag(const std::string& image, const std::string& repository, const std::string& tag) const;
    Result<std::string> log(const std::string& id, int lines, bool has_terminal) const;

  private:
    Result<sys::HttpResponse> send(const std::string& method, const std::string& path,
                                   Milliseconds timeout = Milliseconds{10000}) const;
    // Accepts the statuses in `fine`; any other status is an error with the engine's message.
    Result<sys::HttpResponse> expect(const std::string& method, const std::string& path,
                                     std::initializer_list<int> fine) const;

    sys::Http& http_;
    std::string socket_;
};

}
