#pragma once
#include "base/result.h"
#include "base/time.h"
#include "deploy/compose/engine.h"
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The user's compose project as `docker compose config --format json` prints it: merged, interpolated, with absolute
// paths, and every $ that is meant as $$.
namespace fairlead::deploy {

struct ModelService {
    std::string name, image, container_name, network_mode, restart, user;
    bool is_built = false;                    // it has `build:`
    std::vector<std::string> fixed_ports;     // "8000:80", "127.0.0.1:8000:80": of the host, taken once
    std::vector<std::string> fixed_addresses; // of networks, "app: 172.20.0.5"
    std::vector<std::string> anonymous, kept; // volumes: where it has a new one each time; what it writes and shares
    std::vector<std::string> variables;       // names of its environment
    std::vector<std::string> start;           // entrypoint and command; empty: the image's
    std::vector<std::string> networks;        // as the engine calls them
    std::vector<int> ports;                   // of `expose` and `ports`, TCP, ascending
    int scale = 1;
    bool has_check = false, check_is_off = false; // healthcheck
    Milliseconds check_interval{0};               // 0: it says none
};

struct Model {
    std::string project;
    std::vector<ModelService> services; // those of the profiles
    std::string text;                   // all of it, as compose printed it
    const ModelService* find(std::string_view name) const;
    std::vector<std::string> names() const;
};

// Error (no): it is no model.
Result<Model> parse_model(std::string text);

// What stands in the way of two releases side by side, and what is done about it: for the plan.
struct Hindrance {
    std::string service, key;
    std::string text;    // "shop-web is nobody's name while both run: ..."
    bool blocks = false; // only strategy: recreate gets past it
};
// `image`: what the engine knows of it, where it does. `scale`: how many of it will run.
std::vector<Hindrance> hindrances(const ModelService& service, const ImageSeen* image, int scale);
// Of what starts it, what changes a database: "alembic upgrade"; empty: nothing that we know.
std::string migration_in(const std::vector<std::string>& start);

// What the container of one instance has that the user's model doesn't say. Values are meant as they are.
struct Change {
    struct Mount {
        std::string source, target;
        bool read_only = true;
    };
    std::string service, image; // the image by digest, or by its id
    Labels labels;
    std::vector<std::pair<std::string, std::string>> environment;
    std::vector<std::string> without; // variables of the user's that it doesn't get
    std::vector<Mount> mounts;
    std::string socket;          // what {socket} stands for in its entrypoint and command; empty: it stays
    int host_port = 0, port = 0; // published at 127.0.0.1; 0: it isn't
    std::string restart;         // in place of the user's; empty: the user's
};
// The model for `docker compose up` of these services alone: without their names, fixed ports and ways to build. The
// other services stand as they are. Error (no): it has no such service.
Result<std::string> changed_model(const std::string& model, const std::vector<Change>& changes);
// What the environment of the service has in `changed` and not, or otherwise, in `model`; values as they are meant.
std::vector<std::pair<std::string, std::string>> added_variables(const std::string& model, const std::string& changed,
                                                                 const std::string& service);
// SHA-256 of what the service is by the model and `change`, less what differs from one instance to another: labels,
// the port of the host, where mounts come from, and less the order of `change`.
Result<std::string> config_hash(const std::string& model, const Change& change);

}
