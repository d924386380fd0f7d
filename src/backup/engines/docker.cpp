#include "backup/engines/docker.h"
#include "backup/engines/via.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/fault.h"
#include "sys/files/log.h"
#include "sys/process/process.h"
#include "sys/process/supervise.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup::docker {
namespace {

constexpr std::string_view databases[] = {"postgres", "postgis",    "timescale",  "pgvector", "mysql",
                                          "mariadb",  "percona",    "mongo",      "redis",    "valkey",
                                          "elastic",  "opensearch", "clickhouse", "couchdb",  "influxdb",
                                          "neo4j",    "cassandra",  "mssql",      "etcd",     "supabase"};
constexpr std::string_view homes[] = {"/var/lib/postgresql", "/var/lib/mysql", "/var/lib/redis",   "/data/db",
                                      "/var/lib/mongodb",    "/var/opt/mssql", "/var/lib/influxdb"};
constexpr std::string_view marks[] = {"PG_VERSION", "pgdata/PG_VERSION", "data/PG_VERSION", "ibdata1",
                                      "WiredTiger", "appendonlydir",     "appendonly.aof",  "dump.rdb"};

Result<std::string> ask(std::vector<std::string> words, const World& world) {
    words.insert(words.begin(), "docker");
    const std::string what = words[1];
    sys::Command command;
    command.argv = std::move(words);
    command.whose = sys::Whose::ours;
    command.environment = via_environment(world);
    command.timeout = std::chrono::minutes(5);
    const auto ran = TRY(sys::run(command));
    if (ran.status == 0) return ran.out;
    const auto said = split(trim(std::string_view(ran.err)), '\n');
    return could_not(fmt::format("docker {}: {}", what, said.back()));
}

std::vector<std::string> lines_of(const std::string& text) {
    auto lines = split(text, '\n');
    std::erase_if(lines, [](const std::string& line) { return trim(std::string_view(line)).empty(); });
    return lines;
}

// What `inspect` tells of each of those that are listed; what goes meanwhile is asked for once more.
Result<sys::Json> inspect(const std::vector<std::string>& list, std::vector<std::string> how, const World& world) {
    constexpr int attempts = 3;
    for (int attempt = 1;; ++attempt) {
        const std::string listed = TRY(ask(list, world));
        const auto names = lines_of(listed);
        if (names.empty()) return sys::Json(sys::Json::array());
        auto words = how;
        words.insert(words.end(), names.begin(), names.end());
        const auto told = ask(std::move(words), world);
        if (told.ok()) return sys::parse_json(told.value(), "docker inspect");
        if (attempt == attempts) return told.error();
    }
}

std::string label(const sys::Json& labels, const char* name) {
    return sys::text_of(labels, std::string("com.docker.compose.") + name);
}

const sys::Json& at(const sys::Json& value, const char* pointer) {
    static const sys::Json nothing;
    const auto* found = sys::json_pointer(value, pointer);
    return found != nullptr ? *found : nothing;
}

}

Result<std::vector<Volume>> volumes(const World& world) {
    const auto told = TRY(inspect({"volume", "ls", "-q"}, {"volume", "inspect"}, world));
    std::vector<Volume> all;
    for (const auto& one : told) {
        Volume volume{.name = sys::text_of(one, "Name"),
                      .driver = sys::text_of(one, "Driver"),
                      .project = label(at(one, "/Labels"), "project"),
                      .key = label(at(one, "/Labels"), "volume"),
                      .folder = sys::text_of(one, "Mountpoint"),
                      .kind = sys::text_of(at(one, "/Options"), "type")};
        // A folder of the host's under a volume's name.
        if (volume.kind == "none" && sys::text_of(at(one, "/Options"), "o").find("bind") != std::string::npos) {
            volume.folder = sys::text_of(at(one, "/Options"), "device");
            volume.kind.clear();
        }
        all.push_back(std::move(volume));
    }
    return all;
}

Result<std::vector<Container>> containers(const World& world) {
    const auto told = TRY(inspect({"ps", "-a", "-q", "--no-trunc"}, {"inspect", "--type", "container"}, world));
    std::vector<Container> all;
    for (const auto& one : told) {
        const auto& labels = at(one, "/Config/Labels");
        Container container{.id = sys::text_of(one, "Id"),
                            .name = sys::text_of(one, "Name"),
                            .image = sys::text_of(at(one, "/Config"), "Image"),
                            .project = label(labels, "project"),
                            .service = label(labels, "service"),
                            .running = at(one, "/State/Running") == sys::Json(true),
                            .mounts = {}};
        if (container.name.starts_with('/')) container.name.erase(0, 1);
        for (const auto& mount : at(one, "/Mounts"))
            if (const auto name = sys::text_of(mount, "Name"); !name.empty())
                container.mounts[name] = sys::text_of(mount, "Destination");
        all.push_back(std::move(container));
    }
    return all;
}

Result<void> make_volume(const std::string& name, const World& world) {
    TRY(ask({"volume", "create", name}, world));
    return {};
}

Result<Volume> choose(const std::vector<Volume>& all, const std::string& name) {
    std::vector<const Volume*> by_key;
    std::vector<std::string> names;
    for (const Volume& one : all) {
        if (one.name == name) return one;
        if (one.key == name) by_key.push_back(&one);
        names.push_back(one.name);
    }
    if (by_key.size() == 1) return *by_key.front();
    if (by_key.size() > 1) {
        names.clear();
        for (const Volume* one : by_key) names.push_back(one->name);
        return usage(fmt::format("volume '{}' is in several Compose projects; name {}", name, one_of(names)));
    }
    if (names.empty()) return usage(fmt::format("volume '{}' is not there; the engine has no volume at all", name));
    return usage(fmt::format("volume '{}' is not there; expected {}", name, one_of(names)));
}

bool keeps_database(const Container& container, const Volume& volume) {
    const auto slash = container.image.rfind('/');
    const auto image = slash == std::string::npos ? container.image : container.image.substr(slash + 1);
    const auto home = container.mounts.find(volume.name);
    return std::any_of(std::begin(databases), std::end(databases),
                       [&](std::string_view one) { return image.find(one) != image.npos; }) ||
           std::any_of(
               std::begin(homes), std::end(homes),
               [&](std::string_view one) { return home != container.mounts.end() && home->second.starts_with(one); }) ||
           std::any_of(std::begin(marks), std::end(marks), [&](std::string_view one) {
               return sys::inspect(volume.folder / one).type != sys::FileType::absent;
           });
}

Stopped::Stopped(const World& world, sys::TemporaryFolder folder, sys::Lock lock)
    : world_(world), folder_(std::move(folder)), lock_(std::move(lock)) {}

Stopped::~Stopped() {
    if (const auto started = start(); !started.ok()) sys::log_error(started.error().message);
}

Result<std::unique_ptr<Stopped>> Stopped::stop(const std::vector<Container>& which, const World& world) {
    auto folder = TRY(sys::TemporaryFolder::make("fairlead-stopped"));
    auto lock = TRY(sys::Lock::take(folder.path() / "held", "fairlead-backup", Milliseconds{0}));
    std::unique_ptr<Stopped> stopped(new Stopped(world, std::move(folder), std::move(lock)));
    for (const Container& one : which)
        if (one.running) stopped->ids_.push_back(one.id), stopped->names_.push_back(one.name);
    if (stopped->ids_.empty()) return stopped;
    TRY_VOID(stopped->watch());
    std::vector<std::string> words = {"stop"};
    words.insert(words.end(), stopped->ids_.begin(), stopped->ids_.end());
    TRY(ask(std::move(words), world));
    sys::fault_point("stopped");
    return stopped;
}

// It waits for our lock, which the kernel frees however we end, and has nothing to do where the file is gone.
Result<void> Stopped::watch() const {
    constexpr const char* script =
        "f=$1; shift; flock \"$f\" true; [ ! -e \"$f\" ] || { docker start \"$@\"; rm -rf \"$(dirname \"$f\")\"; }";
    std::vector<std::string> argv = {"/bin/sh", "-c", script, "sh", (folder_.path() / "held").string()};
    argv.insert(argv.end(), ids_.begin(), ids_.end());
    return sys::start_detached({.argv = std::move(argv),
                                .environment = via_environment(world_),
                                .folder = "/",
                                .lock = folder_.path() / "watcher"});
}

Result<void> Stopped::start() {
    if (ids_.empty()) return {};
    std::vector<std::string> words = {"start"};
    words.insert(words.end(), ids_.rbegin(), ids_.rend());
    ids_.clear();
    const auto started = ask(std::move(words), world_);
    if (!started.ok())
        return could_not(fmt::format("the stopped containers don't start again: {}; run: docker start {}",
                                     started.error().message, join(names_, " ")));
    (void)sys::remove_tree(folder_.path() / "held");
    return {};
}

}
