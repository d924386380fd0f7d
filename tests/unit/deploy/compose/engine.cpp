#include "deploy/compose/engine.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

// Answers what it was told to, in order, and remembers what was asked.
struct Answers : sys::Http {
    std::vector<sys::HttpResponse> answers;
    std::vector<std::string> asked;
    Result<sys::HttpResponse> send(const sys::HttpRequest& request) override {
        asked.push_back(request.method + " " + request.url);
        CHECK(request.socket == "/run/engine.sock");
        if (answers.empty()) return sys::HttpResponse{.failure = sys::HttpFailure::refused, .reason = "refused"};
        auto answer = answers.front();
        answers.erase(answers.begin());
        return answer;
    }
    void say(int status, std::string body = {}) { answers.push_back({.status = status, .body = std::move(body)}); }
};

// Of engine 20.10.24, less what nothing here looks at.
constexpr const char* listed = R"([{"Id": "8602d9", "Names": ["/shop-web-2"], "Image": "shop:2",
  "ImageID": "sha256:a46154", "Labels": {"com.docker.compose.service": "web", "dev.fairlead.slot": "a"},
  "State": "running", "Status": "Up 1 second"
}])";
constexpr const char* inspected = R"({"Id": "8602d9", "Name": "/shop-web-2", "RestartCount": 2,
  "Image": "sha256:a46154",
  "State": {"Status": "running", "StartedAt": "2026-11-22T04:00:00.5Z", "Running": true, "Pid": 4711, "Restarting": false, "OOMKilled": true, "ExitCode": 137, "Error": "",
    "Health": {"Status": "unhealthy", "Log": [{"ExitCode": 0, "Output": "early"}, {"ExitCode": 1, "Output": "no answer"}]}},
  "HostConfig": {"NanoCpus": 1500000000, "Memory": 536870912, "RestartPolicy": {"Name": "unless-stopped", "MaximumRetryCount": 0},
    "PortBindings": {"8000/tcp": [{"HostIp": "", "HostPort": "0"}, {"HostIp": "127.0.0.1", "HostPort": "20001"}], "53/udp": [{"HostPort": "53"}],
      "9000/tcp": null}},
  "Config": {"User": "1000", "Tty": false, "ExposedPorts": {"9000/tcp": {}, "8000/tcp": {}, "53/udp": {}},
    "StopSignal": "SIGQUIT"},
  "NetworkSettings": {"Networks": {"shop_default": {"IPAddress": "172.18.0.4"}, "none": {"IPAddress": ""}}}})";
constexpr const char* image = R"({"Id": "sha256:a46154", "RepoTags": ["shop:2"], "RepoDigests": ["r/shop@sha256:9"],
  "Config": {"User": "app", "ExposedPorts": {"8000/tcp": {}}, "Entrypoint": ["/entry"], "Cmd": ["serve"],
    "Volumes": {"/data": {}}, "Healthcheck": {"Test": ["CMD", "true"], "Interval": 2000000000}}})";
}

TEST_CASE("what a container takes is told as docker stats does, by cgroups of version 1 and 2") {
    const auto two = parse_stats(R"({"cpu_stats": {"cpu_usage": {"total_usage": 2500000000}},
      "memory_stats": {"usage": 9000000, "limit": 1, "stats": {"inactive_file": 1000000}},
      "networks": {"eth0": {"rx_bytes": 10, "tx_bytes": 20}, "eth1": {"rx_bytes": 1, "tx_bytes": 2}}})")
                         .value();
    CHECK(two.cpu == Milliseconds{2500});
    CHECK(two.memory == 8000000);
    CHECK(two.received == 11u);
    CHECK(two.sent == 22u);
    const auto one = parse_stats(R"({"memory_stats": {"usage": 9000000,
      "stats": {"inactive_file": 1, "total_inactive_file": 4000000}}, "networks": null})")
                         .value();
    CHECK(one.memory == 5000000);
    CHECK_FALSE(one.received);
    CHECK(parse_stats(R"({"memory_stats": {"usage": 1, "stats": {"inactive_file": 5}}})").value().memory == 0);
    for (const auto* text : {"", "{}", "[7]", R"({"memory_stats": 3})"}) CHECK_FALSE(parse_stats(text).ok());
    Answers http;
    const Engine engine(http, "/run/engine.sock");
    http.say(404);
    CHECK_FALSE(engine.stats("c1").value());
    CHECK(http.asked.back() == "GET http://docker/containers/c1/stats?stream=false&one-shot=true");
}

TEST_CASE("what the engine answers is read as plain values") {
    const auto containers = parse_containers(listed).value();
    REQUIRE(containers.size() == 1);
    CHECK(containers[0].name == "shop-web-2");
    CHECK(containers[0].is_running());
    CHECK(containers[0].labels.at("dev.fairlead.slot") == "a");
    const auto seen = parse_container(inspected).value();
    CHECK(seen.running);
    CHECK(seen.out_of_memory);
    CHECK(seen.exit_status == 137);
    CHECK(seen.restarts == 2);
    CHECK(seen.pid == 4711);
    CHECK(seen.health == "unhealthy");
    CHECK(seen.health_said == "no answer");
    CHECK(seen.addresses == std::vector<std::pair<std::string, std::string>>{{"shop_default", "172.18.0.4"}});
    CHECK(seen.published == std::map<int, std::string>{{8000, "127.0.0.1:20001"}});
    CHECK(seen.exposed == std::vector<int>{8000, 9000});
    CHECK(seen.stop_signal == "SIGQUIT");
    CHECK(seen.state == "running");
    CHECK(format_utc(seen.started.value()) == "2026-11-22T04:00:00.500Z");
    CHECK(seen.processors == 1.5);
    CHECK(seen.memory_limit == 536870912);
    const auto known = parse_image(image).value();
    CHECK(known.digests == std::vector<std::string>{"r/shop@sha256:9"});
    CHECK(known.start == std::vector<std::string>{"/entry", "serve"});
    CHECK(known.volumes == std::vector<std::string>{"/data"});
    CHECK(known.health_interval == Milliseconds{2000});
    for (const auto* text : {"", "{}", "[7]", "null", R"({"Id": "a", "State": 3})"}) {
        CHECK_FALSE(parse_containers(text).ok());
        CHECK_FALSE(parse_container(text).ok());
    }
    CHECK_FALSE(parse_image("{}").ok());
}

TEST_CASE("a log's pieces are joined, and one that is cut off ends there") {
    const std::string out("\1\0\0\0\0\0\0\6req /\n", 14), err("\2\0\0\0\0\0\0\4err\n", 12);
    CHECK(decode_log(out + err) == "req /\nerr\n");
    CHECK(decode_log(out + err.substr(0, 10)) == "req /\ner");
    CHECK(decode_log(out + err.substr(0, 5)) == "req /\n");
    CHECK(decode_log(std::string("\1\0\0\0\xff\xff\xff\xffx", 9)) == "x");
    CHECK(decode_log("").empty());
}

TEST_CASE("DOCKER_HOST alone says where the engine is, and only a socket of this host will do") {
    const auto of = [](std::map<std::string, std::string> variables) {
        return engine_sockets(sys::Environment(std::move(variables)));
    };
    CHECK(of({{"DOCKER_HOST", "unix:///run/x.sock"}, {"XDG_RUNTIME_DIR", "/run/user/7"}}).value() ==
          std::vector<std::string>{"/run/x.sock"});
    CHECK(of({{"XDG_RUNTIME_DIR", "/run/user/7"}}).value() ==
          std::vector<std::string>{"/var/run/docker.sock", "/run/user/7/docker.sock"});
    for (const auto* elsewhere : {"tcp://h:2375", "ssh://deploy@h"}) {
        const auto sockets = of({{"DOCKER_HOST", elsewhere}});
        REQUIRE_FALSE(sockets.ok());
        CHECK(sockets.error().kind == Kind::usage);
    }
}

TEST_CASE("an engine that isn't there is an error that says what was tried and what to do") {
    Answers http;
    const auto engine = Engine::find(
        http, sys::Environment(std::map<std::string, std::string>{{"DOCKER_HOST", "unix:///nowhere/docker.sock"}}));
    REQUIRE_FALSE(engine.ok());
    CHECK(engine.error().kind == Kind::could_not);
    CHECK(engine.error().message.find("'/nowhere/docker.sock' is not there; start it") != std::string::npos);
}

TEST_CASE("the engine's refusals are told in its own words, and what is gone already is fine") {
    Answers http;
    const Engine engine(http, "/run/engine.sock");
    http.say(500, R"({"message": "disk is full"})");
    const auto failed = engine.remove("abc");
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().message == "the Docker engine answers 500 to DELETE /containers/abc: disk is full");
    http.say(404, R"({"message": "No such container"})");
    CHECK(engine.remove("abc").ok());
    http.say(409);
    CHECK(engine.signal("abc", "SIGTERM").ok());
    http.say(404);
    CHECK_FALSE(engine.image("r:5000/a@sha256:1").value().has_value());
    CHECK(http.asked.back() == "GET http://docker/images/r%3A5000%2Fa%40sha256%3A1/json");
    CHECK_FALSE(engine.inspect("abc").ok()); // refused
    http.say(200, listed);
    CHECK(engine.containers({"a=b"}).value().size() == 1);
    CHECK(http.asked.back() == "GET http://docker/containers/json?all=1&filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D");
}
