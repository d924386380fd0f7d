#include "read/compose/compose.h"
#include "support/catch.h"

using namespace fairlead::read;

namespace {

using Files = std::map<std::string, std::string>;

ComposeInput input_of(const Files& files, std::vector<std::string> named) {
    ComposeInput input;
    input.read = [files](const std::string& path) -> std::optional<std::string> {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional(found->second);
    };
    input.files = std::move(named);
    return input;
}

ComposeProject read(const Files& files, std::vector<std::string> named = {"compose.yaml"}) {
    return read_compose(input_of(files, std::move(named)));
}

ComposeProject read(const std::string& text) { return read(Files{{"compose.yaml", text}}); }

std::string image(std::string text, std::map<std::string, std::string> variables) {
    ComposeInput input = input_of({{"compose.yaml", "services: {web: {image: '" + text + "'}}"}}, {"compose.yaml"});
    input.variables = std::move(variables);
    return read_compose(input).services.at(0).image;
}

std::string ports_of(const ComposeProject& project, const std::string& service) {
    std::string result;
    for (const auto& port : project.service(service)->ports)
        result += port.host_ip + ":" + port.published + ":" + port.target + "/" + port.protocol + " ";
    return result;
}

}

TEST_CASE("${NAME} is replaced in its eight forms, and $$ is a dollar") {
    CHECK(image("$A-${A}", {{"A", "x"}}) == "x-x");
    CHECK(image("${A:-d}${A-e}", {{"A", ""}}) == "d");
    CHECK(image("${A:-${B:-deep}}", {}) == "deep");
    CHECK(image("${A:+r}${B+s}", {{"A", ""}, {"B", ""}}) == "s");
    CHECK(image("${A:?needed}${A?needed}|", {}) == "|");
    CHECK(image("$$A and $${A}", {{"A", "x"}}) == "$A and ${A}");
    CHECK(image("cost $5 or 5$", {}) == "cost $5 or 5$");
    CHECK(image("${A:-a}b${B:-c}}", {}) == "abc}");
}

TEST_CASE("what is unset is known by name and place") {
    const auto project = read("services:\n  web:\n    image: \"x:${TAG}\"\n    command: ${A:-b} ${C:?d}\n");
    REQUIRE(project.references.size() == 3);
    const auto& tag = project.references[0];
    CHECK(tag.name == "TAG");
    CHECK(tag.key == "image");
    CHECK(tag.needed);
    CHECK(tag.exact);
    CHECK(tag.place.line == 3);
    CHECK(tag.place.column == 15);
    CHECK_FALSE(project.references[1].needed);
    CHECK_FALSE(project.references[2].needed);
    CHECK(project.services[0].at("image")->written == "x:${TAG}");
}

TEST_CASE("all values together come to an end, not each by itself") {
    const std::string large(9U << 20U, 'x');
    CHECK(image("$A", {{"A", large}}).size() == large.size());
    ComposeInput input = input_of({{"compose.yaml", "services: {web: {image: '$A$A'}}"}}, {"compose.yaml"});
    input.variables = {{"A", large}};
    const auto project = read_compose(input);
    REQUIRE(project.problems.size() == 1);
    CHECK(project.problems[0].message == "A and other variables make more than 16 MiB of text");
}

TEST_CASE("variables come from the process, then from env files") {
    ComposeInput input = input_of({{"deploy/compose.yml", "services: {web: {image: '$A-$B-$C'}}"},
                                   {"deploy/.env", "A=file\nB=file\n"},
                                   {"x.env", "C=x"}},
                                  {"deploy/compose.yml"});
    input.variables = {{"A", "process"}};
    CHECK(read_compose(input).services[0].image == "process-file-");
    input.env_files = {"deploy/.env", "x.env"};
    CHECK(read_compose(input).services[0].image == "process-file-x");
}

TEST_CASE("a file that can't be read is a problem, the others are judged") {
    const auto project = read({{"a.yml", "services:\n  web: {image: a}\n"}, {"b.yml", "services:\n  web: [\n"}},
                              {"a.yml", "b.yml", "c.yml"});
    CHECK(project.services.size() == 1);
    REQUIRE(project.problems.size() == 2);
    CHECK(project.file(project.problems[0].place) == "b.yml");
    CHECK(project.problems[0].place.line > 0);
    CHECK(project.problems[1].message == "'c.yml' is not there or can't be read; correct the path");
}

TEST_CASE("an override replaces texts, merges maps, appends lists and can't drop a port") {
    const auto project = read({{"compose.yaml", "services:\n"
                                                "  web:\n"
                                                "    image: a\n"
                                                "    command: [a]\n"
                                                "    ports: ['5432:5432']\n"
                                                "    environment: {A: 1, B: 2}\n"
                                                "    volumes: ['./a:/data', 'v:/v']\n"},
                               {"b.yml", "services:\n"
                                         "  web:\n"
                                         "    image: b\n"
                                         "    command: [b, c]\n"
                                         "    ports: ['127.0.0.1:5433:5432']\n"
                                         "    environment: [B=3, C]\n"
                                         "    volumes: ['./b:/data']\n"}},
                              {"compose.yaml", "b.yml"});
    CHECK(project.problems.empty());
    const auto& web = project.services[0];
    CHECK(web.image == "b");
    CHECK(project.file(web.at("image")->place) == "b.yml");
    CHECK(web.command == std::vector<std::string>{"b", "c"});
    CHECK(ports_of(project, "web") == ":5432:5432/tcp 127.0.0.1:5433:5432/tcp ");
    REQUIRE(web.environment.size() == 3);
    CHECK(web.environment[1].value == "3");
    CHECK_FALSE(web.environment[2].value.has_value());
    REQUIRE(web.volumes.size() == 2);
    CHECK(web.volumes[0].source == "b");
    CHECK(web.volumes[0].written == "./b:/data");
}

TEST_CASE("an entry that an override says once more, its keys in another order, is the same one") {
    const auto watched = [](const std::string& entry) {
        return "services: {web: {image: a, develop: {watch: [" + entry + "]}}}";
    };
    const auto entries = [&](const std::string& second) {
        const auto project = read({{"compose.yaml", watched("{path: ./a, action: sync}")}, {"b.yml", watched(second)}},
                                  {"compose.yaml", "b.yml"});
        return project.services.at(0).at("develop.watch")->items.size();
    };
    CHECK(entries("{action: sync, path: ./a}") == 1);
    CHECK(entries("{action: sync, path: ./b}") == 2);
}

TEST_CASE("!reset takes a key away and !override replaces it") {
    const auto project =
        read({{"a.yml", "services: {web: {image: a, ports: ['1:1'], labels: {x: y}, environment: {A: b, C: d}}}"},
              {"b.yml", "services:\n"
                        "  web:\n"
                        "    ports: !override ['2:2']\n"
                        "    labels: !reset {}\n"
                        "    environment: {A: !reset null}\n"}},
             {"a.yml", "b.yml"});
    CHECK(ports_of(project, "web") == ":2:2/tcp ");
    CHECK(project.services[0].at("labels") == nullptr);
    CHECK(project.services[0].environment.size() == 1);
}

TEST_CASE("extends takes the base's keys, with the paths of its file") {
    const auto project = read({{"compose.yaml", "services:\n"
                                                "  web:\n"
                                                "    extends: {file: base/common.yml, service: app}\n"
                                                "    environment: {A: 2}\n"
                                                "  worker:\n"
                                                "    extends: web\n"
                                                "    command: work\n"},
                               {"base/common.yml", "services:\n"
                                                   "  app:\n"
                                                   "    image: a\n"
                                                   "    env_file: .env.app\n"
                                                   "    environment: {A: 1, B: 1}\n"
                                                   "    volumes: ['./data:/data']\n"}});
    CHECK(project.problems.empty());
    const auto* const worker = project.service("worker");
    CHECK(worker->image == "a");
    CHECK(worker->volumes[0].source == "base/data");
    CHECK(worker->env_files[0].path == "base/.env.app");
    CHECK(worker->environment[0].value == "2");
    CHECK(worker->command == std::vector<std::string>{"work"});
    CHECK(project.file(worker->at("image")->place) == "base/common.yml");
}

TEST_CASE("extends of nothing and in circles are problems") {
    const auto project = read("services:\n"
                              "  a: {extends: b, image: x}\n"
                              "  b: {extends: a}\n"
                              "  c: {extends: {service: none}}\n"
                              "  d: {extends: d}\n");
    CHECK(project.services.size() == 4);
    CHECK(project.problems.size() >= 3);
}

TEST_CASE("include brings a project in with its own folder and variables") {
    const auto project = read({{"compose.yaml", "include:\n"
                                                "  - db/compose.yaml\n"
                                                "services: {web: {image: w, depends_on: [db]}}\n"},
                               {"db/compose.yaml", "services: {db: {image: 'postgres:${PG}', build: .}}\n"},
                               {"db/.env", "PG=17\n"}});
    CHECK(project.problems.empty());
    const auto* const db = project.service("db");
    REQUIRE(db != nullptr);
    CHECK(db->image == "postgres:17");
    CHECK(db->build->context == "db");
    CHECK(project.file(db->place) == "db/compose.yaml");
}

TEST_CASE("include in a circle, and of a service that is here as well, are problems") {
    CHECK(read({{"compose.yaml", "include: [b.yml]"}, {"b.yml", "include: [compose.yaml]"}}).problems.size() == 1);
    const auto twice = read({{"compose.yaml", "include: [b.yml]\nservices: {web: {image: mine}}"},
                             {"b.yml", "services: {web: {image: theirs}}"}});
    CHECK(twice.problems.size() == 1);
    CHECK(twice.services[0].image == "mine");
}

TEST_CASE("profiles select services") {
    ComposeInput input = input_of(
        {{"compose.yaml", "services:\n  a: {image: x}\n  b: {image: x, profiles: [debug]}\n"}}, {"compose.yaml"});
    CHECK_FALSE(read_compose(input).service("b")->active);
    input.variables = {{"COMPOSE_PROFILES", "x,debug"}};
    CHECK(read_compose(input).service("b")->active);
}

TEST_CASE("short forms become long ones") {
    const auto project =
        read("services:\n"
             "  web:\n"
             "    build: ./web\n"
             "    ports: ['8080:80', '[::1]:53:53/udp', 9000-9001, '7000-7002:7', {target: 1, published: 2}]\n"
             "    volumes: ['/anon', 'named:/n/:ro', '~/x:/x']\n"
             "    networks: [front]\n"
             "    env_file: web.env\n"
             "    healthcheck: {test: 'curl x', interval: 1m30s}\n"
             "    links: ['db:database']\n"
             "    command: gunicorn -w 4 'a b'\n"
             "  db: {image: x, network_mode: 'service:web'}\n");
    CHECK(project.problems.empty());
    const auto& web = project.services[0];
    CHECK(web.build->context == "web");
    CHECK(ports_of(project, "web") == ":8080:80/tcp ::1:53:53/udp ::9000/tcp ::9001/tcp :7000-7002:7/tcp :2:1/tcp ");
    CHECK(web.volumes[1].type == "volume");
    CHECK(web.volumes[1].target == "/n");
    CHECK(web.volumes[1].read_only);
    CHECK(web.volumes[2].type == "bind");
    CHECK(web.networks == std::vector<std::string>{"front"});
    CHECK(web.env_files.at(0).path == "web.env");
    CHECK(web.healthcheck->test == std::vector<std::string>{"CMD-SHELL", "curl x"});
    CHECK(web.depends_on[0].service == "db");
    CHECK(web.depends_on[0].by == "links");
    CHECK(web.command == std::vector<std::string>{"gunicorn", "-w", "4", "a b"});
    CHECK(project.services[1].networks.empty());
    CHECK(project.services[1].depends_on[0].by == "network_mode");
}

TEST_CASE("a name that stands twice in a list is noted, and wrong ports are problems") {
    const auto project =
        read("services:\n  web:\n    image: x\n    environment:\n      - A=1\n      - A=2\n    ports: ['80:http']\n");
    REQUIRE(project.duplicates.size() == 1);
    CHECK(project.duplicates[0].name == "A");
    CHECK(project.duplicates[0].second.line == 6);
    CHECK(project.services[0].environment[0].value == "2");
    CHECK(project.problems.size() == 1);
}

TEST_CASE("compose files are found as compose finds them") {
    const Files files{
        {"app/x", ""}, {"docker-compose.yml", ""}, {"docker-compose.yaml", ""}, {"compose.override.yml", ""}};
    CHECK(find_compose_files(input_of(files, {}), "app") ==
          std::vector<std::string>{"docker-compose.yml", "compose.override.yml"});
    ComposeInput named = input_of(files, {});
    named.variables = {{"COMPOSE_FILE", "a.yml;b.yml"}, {"COMPOSE_PATH_SEPARATOR", ";"}};
    CHECK(find_compose_files(named, "app") == std::vector<std::string>{"app/a.yml", "app/b.yml"});
}

TEST_CASE("durations and sizes are read as compose reads them") {
    CHECK(compose_duration("1m30s") == 90'000);
    CHECK(compose_duration("500ms") == 500);
    CHECK_FALSE(compose_duration("10").has_value());
    CHECK(compose_size("1.5gb") == 1'610'612'736);
    CHECK(compose_size("512M") == 536'870'912);
    CHECK_FALSE(compose_size("many").has_value());
}

TEST_CASE("files that grow beyond measure come to an end") {
    Files files;
    for (int i = 0; i < 60; ++i)
        files["f" + std::to_string(i)] = "include: [f" + std::to_string(i + 1) + ", f" + std::to_string(i + 1) + "]\n";
    CHECK_FALSE(read(files, {"f0"}).problems.empty());
    std::string ports = "services:\n  web:\n    ports:\n";
    for (int i = 0; i < 100; ++i) ports += "      - 1-65535:1-65535/" + std::string(i % 2 ? "tcp" : "udp") + "\n";
    CHECK(read(ports).services[0].ports.size() <= 2'000'000);
}
