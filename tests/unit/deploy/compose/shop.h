#pragma once
#include "base/text.h"
#include "deploy/compose/place.h"
#include "deploy/world.h"
#include "support/catch.h"
#include "support/fake_host.h"
#include "sys/data/json.h"
#include "unit/deploy/model.h"
#include <algorithm>
#include <fmt/format.h>
#include <list>
#include <map>
#include <set>
#include <string>
#include <vector>

// A shop whose releases are containers of an engine that is none.
namespace fairlead::deploy::testing {

using sys::Json;

inline const std::string one(64, '1'), two(64, '2');

// An engine with the containers that `docker compose up` was told to make, and these images.
class FakeEngine : public sys::Http {
  public:
    struct Container {
        std::string id, image, state = "running", health;
        Json labels, ports;
        int pid = 0;
        std::int64_t created = 0;
        int exit_status = 143;
        std::string restart;
    };
    std::string events; // "Monitor events"
    bool no_plugin = false;
    bool deaf = false; // containers end only when they are killed
    std::list<Container> containers;
    std::map<std::string, std::string> images = {{"shop:1", "sha256:" + one}}; // by name or id; each has port 8000
    std::string security, system;                                              // of itself
    std::vector<std::string> did;
    std::vector<sys::HttpRequest> asked; // of containers

    Result<sys::HttpResponse> send(const sys::HttpRequest& request) override {
        if (request.url.rfind("http://docker/", 0) != 0) {
            asked.push_back(request);
            return sys::HttpResponse{.status = 200};
        }
        const auto path = request.url.substr(std::string_view("http://docker/").size());
        if (path == "_ping") return sys::HttpResponse{.status = 200};
        if (path == "info") return answer({{"SecurityOptions", {security}}, {"OperatingSystem", system}});
        if (path.rfind("containers/json", 0) == 0) return list(path);
        if (path.rfind("events?", 0) == 0) return sys::HttpResponse{.status = 200, .body = events};
        if (path.rfind("images/", 0) == 0) return image(request.method, path.substr(7));
        if (path.rfind("containers/", 0) != 0) return sys::HttpResponse{.status = 404};
        const auto id = path.substr(11, path.find_first_of("/?", 11) - 11);
        const auto found =
            std::find_if(containers.begin(), containers.end(), [&](const auto& other) { return other.id == id; });
        if (found == containers.end()) return sys::HttpResponse{.status = 404};
        if (request.method == "DELETE") {
            did.push_back("remove " + id);
            containers.erase(found);
        }
        if (path.find("/kill?signal=") != path.npos) {
            did.push_back("signal " + id + " " + path.substr(path.rfind('=') + 1));
            if (!deaf || path.ends_with("SIGKILL")) found->state = "exited";
        }
        if (request.method != "GET") return sys::HttpResponse{.status = 204};
        if (path.find("/stats?") != path.npos)
            return answer(
                {{"memory_stats", {{"usage", 4096}}}, {"cpu_stats", {{"cpu_usage", {{"total_usage", 7'000'000}}}}}});
        return inspect(*found);
    }

  private:
    static sys::HttpResponse answer(const Json& body) { return {.status = 200, .body = sys::dump_json(body)}; }

    Result<sys::HttpResponse> list(const std::string& path) const {
        Json all = Json::array();
        for (const auto& container : containers) {
            bool wanted = true; // filters={"label":["a=b","c=d"]}
            for (const auto& [name, value] : container.labels.items()) {
                const auto asked_for = percent_encode("\"" + name + "=");
                const auto same = percent_encode("\"" + name + "=" + value.get<std::string>() + "\"");
                wanted = wanted && (path.find(asked_for) == path.npos || path.find(same) != path.npos);
            }
            if (path.find("dev.fairlead.app") != path.npos && !container.labels.contains("dev.fairlead.app"))
                wanted = false;
            if (wanted)
                all.push_back({{"Id", container.id},
                               {"Names", {"/" + container.id}},
                               {"ImageID", container.image},
                               {"Labels", container.labels},
                               {"State", container.state},
                               {"Created", container.created}});
        }
        return answer(all);
    }

    static sys::HttpResponse inspect(const Container& container) {
        Json bindings = Json::object();
        for (const auto& port : container.ports)
            if (port.contains("published"))
                bindings[fmt::format("{}/tcp", port["target"].get<int>())] = {
                    {{"HostIp", port["host_ip"]}, {"HostPort", port["published"]}}};
        return answer({{"Id", container.id},
                       {"Name", "/" + container.id},
                       {"Image", container.image},
                       {"State",
                        {{"Status", container.state},
                         {"StartedAt", "1970-01-01T00:00:00.001Z"},
                         {"Running", container.state == "running"},
                         {"Pid", container.pid},
                         {"ExitCode", container.state == "running" ? 0 : container.exit_status},
                         {"Health", {{"Status", container.health}}}}},
                       {"HostConfig", {{"PortBindings", bindings}, {"RestartPolicy", {{"Name", container.restart}}}}},
                       {"Config", {{"StopSignal", ""}}},
                       {"NetworkSettings", {{"Networks", {{"n", {{"IPAddress", "172.30.0.2"}}}}}}}});
    }

    Result<sys::HttpResponse> image(const std::string& method, const std::string& path) {
        for (const auto& [name, id] : images) {
            const bool meant = path.rfind(percent_encode(name), 0) == 0 || path.rfind(percent_encode(id), 0) == 0;
            if (!meant) continue;
            if (method == "POST") return sys::HttpResponse{.status = 201};
            return answer({{"Id", id}, {"Config", {{"ExposedPorts", {{"8000/tcp", Json::object()}}}}}});
        }
        if (method == "DELETE") did.push_back("forget " + path);
        return sys::HttpResponse{.status = 404};
    }
};

// A machine where `docker` answers with this model, and makes containers in the engine.
class FakeDocker : public fairlead::test::FakeHost {
  public:
    FakeDocker(sys::Path root, FakeEngine& engine) : FakeHost(std::move(root)), engine_(engine) {}
    std::string model;
    int prepare_status = 0;
    bool prepare_hangs = false;
    std::vector<std::string> up_fails;  // what it says, one after another
    std::map<int, std::string> visible; // processes of this host, with their control groups

    std::optional<sys::ProcessId> identify(int pid) override {
        return visible.contains(pid) ? std::optional(sys::ProcessId{pid, 1}) : std::nullopt;
    }
    Result<std::string> read_file(const sys::Path& path) override {
        for (const auto& [pid, groups] : visible)
            if (path == fmt::format("/proc/{}/cgroup", pid)) return groups;
        return FakeHost::read_file(path);
    }

    Result<sys::Output> run(const sys::Command& command) override {
        commands.push_back(command);
        if (engine_.no_plugin) return sys::Output{.status = 1, .err = "docker: 'compose' is not a docker command."};
        const auto line = join(command.argv, " ");
        if (line.find(" config ") != line.npos) return sys::Output{.status = model.empty() ? 1 : 0, .out = model};
        if (line.find(" run ") != line.npos)
            return sys::Output{.status = prepare_status, .timed_out = prepare_hangs, .out = "migrated\n"};
        if (line.find(" up ") == line.npos) return sys::Output{.out = "2.26.1\n"};
        const auto given = sys::parse_json(command.input, "").value();
        for (auto word = command.argv.begin(); word != command.argv.end(); ++word) {
            if (*word != "--scale") continue;
            const auto service = std::next(word)->substr(0, std::next(word)->find('='));
            const auto& made = given["services"][service];
            auto labels = made["labels"];
            labels["com.docker.compose.project"] = given["name"];
            labels["com.docker.compose.service"] = service;
            labels["com.docker.compose.oneoff"] = "False";
            engine_.containers.push_back({.id = fmt::format("c{}", ++made_),
                                          .image = made["image"],
                                          .state = "running",
                                          .health = "",
                                          .labels = labels,
                                          .ports = made["ports"]});
        }
        if (up_fails.empty()) return sys::Output{};
        engine_.containers.back().state = "created"; // as an engine leaves what it couldn't start
        const auto said = up_fails.front();
        up_fails.erase(up_fails.begin());
        return sys::Output{.status = 1, .err = said};
    }
    const sys::Command& last(const std::string& word) const {
        for (auto command = commands.rbegin(); command != commands.rend(); ++command)
            if (std::find(command->argv.begin(), command->argv.end(), word) != command->argv.end()) return *command;
        FAIL("docker was never asked to " << word);
        return commands.back();
    }

  private:
    FakeEngine& engine_;
    int made_ = 0;
};

struct ComposeShop {
    ComposeShop() {
        settings.app = "shop";
        settings.environment = "live";
        settings.url = "https://shop.example";
        settings.target = "compose";
        settings.router.kind = "haproxy";
        settings.state = (folder.path() / "state").string();
        settings.env_folder = folder.path().string();
        settings.release_version = "1";
        settings.health.path = "/health";
        sys::write_file(folder.path() / "sock", "").value();
        store.create().value();
        store.write(State{.slot = "a"}).value();
        host.folder("state/slots");
        host.model =
            R"({"name": "shop", "services": {"web": {"image": "shop:1", "restart": "always", "labels": {"mine": "1"},
            "environment": {"PASSWORD": "of-the-file"}, "scale": 2}, "db": {"image": "postgres"}}})";
        settings.services = {"web"};
        variables = {{"PASSWORD", Secret(std::string("s3cret-of-shop")), {}}, {"MODE", {}, "fast"}};
    }
    std::unique_ptr<deploy::Place> place() { return make_compose(world); }

    sys::TemporaryFolder folder = sys::TemporaryFolder::make("fairlead-compose").value();
    Settings settings;
    Variables variables;
    FakeEngine engine;
    FakeDocker host{folder.path(), engine};
    ModelClock clock;
    const sys::Environment process{std::map<std::string, std::string>{
        {"DOCKER_HOST", "unix://" + (folder.path() / "sock").string()}, {"COMPOSE_FILE", "other.yml"}}};
    Store store{(folder.path() / "state").string()};
    World world{.settings = settings,
                .variables = variables,
                .store = store,
                .process = process,
                .http = engine,
                .clock = clock,
                .host = host};
};

// Reads, fetches, prepares and starts it in that slot.
inline ReleaseInfo deploy_to(deploy::Place& place, const std::string& slot) {
    const auto release = place.read("", "c0ffee").value();
    place.fetch(release).value();
    place.prepare(release.info).value();
    place.start(place.instances(slot), release.info).value();
    return release.info;
}

}
