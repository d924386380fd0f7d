#include "deploy/settings.h"
#include "deploy/strategies.h"
#include "deploy/target.h"
#include "sys/process/supervise.h"

// What fairlead.yml may say below `deploy:`.
namespace fairlead::deploy {

namespace {

std::vector<std::string_view> strategy_names() {
    std::vector<std::string_view> names;
    for (const auto& row : strategies()) names.push_back(row.name);
    return names;
}

std::vector<std::string_view> target_names() {
    std::vector<std::string_view> names;
    for (const auto& row : target_kinds()) names.push_back(row.name);
    return names;
}

const Field release_fields[] = {
    {.name = "path", .help = "folder or tar archive; default: the folder of fairlead.yml"},
    {.name = "version", .help = "first part of the release's id; default: --release-version, else the short commit"},
    {.name = "exclude", .type = Type::text_list, .help = "globs of files that are not part of the release"},
    {.name = "max_size", .type = Type::size, .help = "of all its files together; a larger release is refused"},
    {.name = "max_files", .type = Type::positive, .help = "files, folders and links that it may hold"},
    {.name = "max_ratio", .type = Type::positive, .help = "how many times its size an archive may unpack to"},
};

const Field target_fields[] = {
    {.name = "kind", .help = "where releases run", .allowed = target_names(), .needed = Needed::required},
    {.name = "root", .help = "folder of releases, slots and sockets", .needed = Needed::required},
    {.name = "command",
     .type = Type::text_list,
     .help = "program and arguments; {socket}, {release}, {shared} and {slot} are filled in",
     .needed = Needed::required},
    {.name = "prepare", .type = Type::commands, .help = "commands to run in the new release before it starts"},
    {.name = "shared", .type = Type::text_list, .help = "paths that all releases share"},
    {.name = "user", .help = "of this host, who prepare and the application run as; default: whoever deploys"},
    {.name = "socket_group",
     .help = "group that may connect to the sockets; default: that of nginx's user in /etc/nginx/nginx.conf"},
    {.name = "supervise", .help = "who keeps the process running", .allowed = {"auto", "systemd", "own"}},
    {.name = "state",
     .help = "folder of lock, journal and history; default /var/lib/fairlead, without root $XDG_STATE_HOME/fairlead"},
};

const Field version_fields[] = {
    {.name = "header", .help = "response header that holds the release's id, version or commit"},
    {.name = "json", .help = "the same as a member of a JSON body: $.version or /version"},
};

const Field health_fields[] = {
    {.name = "path", .type = Type::route, .help = "asked to find out whether a release is well"},
    {.name = "expect", .type = Type::status, .help = "status, 200, 200-299 or 2xx"},
    {.name = "interval", .type = Type::duration, .help = "between two probes"},
    {.name = "timeout", .type = Type::duration, .help = "of one probe"},
    {.name = "deadline", .type = Type::duration, .help = "until a new release must be ready"},
    {.name = "healthy_after", .type = Type::up_to_1000, .help = "good answers in a row"},
    {.name = "unhealthy_after", .type = Type::up_to_1000, .help = "bad answers in a row while baking"},
    {.name = "version", .type = Type::map, .help = "where the answer tells its release", .children = version_fields},
};

const Field drain_fields[] = {
    {.name = "timeout", .type = Type::duration, .help = "how long requests of the old release may take"},
};

const Field stop_fields[] = {
    {.name = "signal", .help = "that asks the process to end", .allowed = sys::signal_names()},
    {.name = "timeout", .type = Type::duration, .help = "until SIGKILL"},
};

const Field verify_fields[] = {
    {.name = "requests", .type = Type::up_to_1000, .help = "asked through the router after the switch"},
};

const Field retain_fields[] = {
    {.name = "releases", .type = Type::up_to_1000, .help = "kept for a rollback"},
};

const Field table[] = {
    {.name = "release", .type = Type::map, .help = "what is deployed", .children = release_fields},
    {.name = "target", .type = Type::map, .help = "where to", .children = target_fields},
    {.name = "strategy", .help = "how releases take turns", .allowed = strategy_names()},
    {.name = "health", .type = Type::map, .help = "when a release is well", .children = health_fields},
    {.name = "verify", .type = Type::map, .help = "the look through the router", .children = verify_fields},
    {.name = "bake", .type = Type::duration, .help = "how long the new release is watched before the old one goes"},
    {.name = "drain", .type = Type::map, .help = "letting the old release finish", .children = drain_fields},
    {.name = "stop", .type = Type::map, .help = "how a release is stopped", .children = stop_fields},
    {.name = "retain", .type = Type::map, .help = "what is kept", .children = retain_fields},
};

}

std::span<const Field> fields() { return table; }

std::span<const config::Milder> milder() {
    using When = config::Milder::When;
    static constexpr config::Milder rows[] = {{"health.path", When::altered},
                                              {"health.expect", When::altered},
                                              {"health.healthy_after", When::lower, "3"},
                                              {"health.unhealthy_after", When::higher, "2"},
                                              {"health.version", When::removed},
                                              {"verify.requests", When::lower, "20"},
                                              {"bake", When::lower, "30s"}};
    return rows;
}

}
