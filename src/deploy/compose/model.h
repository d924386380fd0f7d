#pragma once
#include "base/result.h"
#include "base/time.h"
#include "deploy/compose/engine.h"
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The user's compose project as printed by `docker compose config --format json`: merged, interpolated, with absolute
// paths. A literal $ is written as $$.
namespace fairlead::deploy {

struct ModelService {
    std::string name, image, container_name, network_mode, restart, user;
    bool is_built = false;                    // it has `build:`
    std::vector<std::string> fixed_ports;     // ports of the host, usable only once: "8000:80", "127.0.0.1:8000:80"
    std::vector<std::string> fixed_addresses; // in networks: "app: 172.20.0.5"
    // anonymous: paths that get a new volume each time; kept: writable volumes that both releases share
    std::vector<std::string> anonymous, kept;
    std::vector<std::string> variables; // names of its environment variables
    std::vector<std::string> start;     // entrypoint and command; empty: those of the image
    std::vector<std::string> networks;  // by the engine's names
    std::vector<int> ports;             // from `expose` and `ports`, TCP, ascending
    int scale = 1;
    bool has_check = false, check_is_off = false; // healthcheck
    Milliseconds check_interval{0};               // 0: not set
};

struct Model {
    std::string project;
    std::vector<ModelService> services; // those of the chosen profiles
    std::string text;                   // the whole model, as compose printed it
    const ModelService* find(std::string_view name) const;
    std::vector<std::string> names() const;
};

// Error (no): the text is not a model.
Result<Model> parse_model(std::string text);

// An obstacle to running two releases at the same time, and what we do about it; for the plan.
struct Hindrance {
    std::string service, key;
    std::string text;    // "shop-web is nobody's name while both run: ..."
    bool blocks = false; // only `strategy: recreate` works with this obstacle
};
// `image`: the engine's facts about it, if known. `scale`: how many of its containers will run.
std::vector<Hindrance> hindrances(const ModelService& service, const ImageSeen* image, int scale);
// Returns the part of the start command that migrates a database, such as "alembic upgrade"; empty: we recognise none.
std::string migration_in(const std::vector<std::string>& start);

// Changes to the user's model for the container of one instance. Values are literal.
struct Change {
    struct Mount {
        std::string source, target;
        bool read_only = true;
    };
    std::string service, image; // the image by digest, or by its id
    Labels labels;
    std::vector<std::pair<std::string, std::string>> environment;
    std::vector<std::string> without; // the user's variables that the container doesn't get
    std::vector<Mount> mounts;
    std::string socket;          // replaces {socket} in its entrypoint and command; empty: not replaced
    int host_port = 0, port = 0; // published at 127.0.0.1; 0: not published
    std::string restart;         // replaces the user's value; empty: keeps it
};
// Returns the model for `docker compose up` of the changed services. Their names, fixed ports and build sections are
// removed. The other services are unchanged. Error (no): there is no such service.
Result<std::string> changed_model(const std::string& model, const std::vector<Change>& changes);
// Returns the variables of the service that `changed` adds to `model` or sets to another value; values are literal.
std::vector<std::pair<std::string, std::string>> added_variables(const std::string& model, const std::string& changed,
                                                                 const std::string& service);
// Returns SHA-256 of the service as changed by `change`. Ignores values that differ between instances (labels, the
// host's port, sources of mounts) and the order in `change`.
Result<std::string> config_hash(const std::string& model, const Change& change);

}
