#include "base/text.h"
#include "support/catch.h"
#include "support/runner.h"
#include "support/support.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include "unit/sys/http_server.h"
#include <cstdlib>
#include <iostream>

// The rows that are whole runs, through the real executable as a step would start it: event, variables, inputs and an
// API on this machine; outputs, exported variables and bake files are read back as the runner does.
using namespace fairlead;
using sys::Json;
using Plain = nlohmann::json; // objects without order

namespace {

std::string answer(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

class Rig {
  public:
    explicit Rig(std::string folder)
        : folder_(std::move(folder)), scratch_(std::move(sys::TemporaryFolder::make("fairlead tag")).value()),
          api_([this](const std::string& request) { return test::Server::Answer{answer(asked(request))}; }) {}

    using Values = std::map<std::string, std::string>;

    // The step's outputs.
    Values run(const Json& row) {
        repository_ = read(row["repo"]);
        commit_date_ = row["commit_date"];
        const auto now = parse_utc(row["now"].get<std::string>()).value();
        const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
        Values variables = {{"PATH", std::getenv("PATH")},      {"HOME", path("")},
                            {"GITHUB_ACTIONS", "true"},         {"GITHUB_API_URL", api_.url("")},
                            {"GITHUB_OUTPUT", path("outputs")}, {"GITHUB_ENV", path("variables")},
                            {"RUNNER_TEMP", path("temp")},      {"SOURCE_DATE_EPOCH", std::to_string(seconds)}};
        for (const auto& [name, value] : row["env"].items()) variables[name] = value;
        for (const auto& [name, value] : row["inputs"].items())
            variables["INPUT_" + upper(replace_all(name, "-", "_"))] = value;
        if (row["event"].is_string()) {
            variables["GITHUB_EVENT_PATH"] = path("event.json");
            write("event.json", event(row["event"]).dump());
        }
        write("outputs", "");
        write("variables", "");
        sys::Command command{{::fairlead::test::program("fairlead-tag")}, path("")};
        command.environment.emplace();
        for (const auto& [name, value] : variables) command.environment->push_back(name + "=" + value);
        const auto done = sys::run(command);
        REQUIRE(done.ok());
        INFO(done.value().out << done.value().err);
        REQUIRE(done.value().status == 0);
        const auto outputs = pairs("outputs");
        check_exports(outputs, pairs("variables"), variables.contains("DOCKER_METADATA_SET_OUTPUT_ENV"));
        return outputs;
    }

  private:
    std::string path(const std::string& name) const { return (scratch_.path() / name).string(); }
    void write(const std::string& name, const std::string& text) const {
        REQUIRE(sys::write_file(path(name), text).ok());
    }
    Json read(const std::string& file) const { return Json::parse(test::read(folder_ + "/" + file)); }

    // A whole run is fed a payload that agrees with the record that the API gives.
    Json event(const std::string& file) const {
        auto payload = read(file);
        if (payload.contains("repository"))
            for (const auto* name : {"name", "description", "html_url", "license"})
                payload["repository"][name] = repository_[name];
        return payload;
    }

    std::string asked(const std::string& request) const {
        auto repository = repository_;
        repository.erase("full_name"); // the peer's example is not the repository that the rows ask for
        if (request.find("/commits/") == std::string::npos) return repository.dump();
        return Json{{"commit", {{"committer", {{"date", commit_date_}}}}}}.dump();
    }

    Values pairs(const std::string& file) const {
        const auto read = test::runner::read_pairs(test::read(path(file)));
        CHECK(read.error.empty());
        return {read.pairs.begin(), read.pairs.end()};
    }

    static void check_exports(const Values& outputs, const Values& exports, bool switched) {
        if (switched) return;
        CHECK(exports.size() == outputs.size());
        for (const auto& [name, value] : outputs)
            CHECK(exports.at("DOCKER_METADATA_OUTPUT_" + upper(replace_all(name, "-", "_"))) == value);
    }

    std::string folder_;
    sys::TemporaryFolder scratch_;
    Json repository_;
    std::string commit_date_;
    test::Server api_;
};

std::vector<std::string> lines(const std::string& text) {
    return text.empty() ? std::vector<std::string>{} : split(text, '\n');
}

void check(const Json& row, const Rig::Values& outputs) {
    const auto& expect = row.contains("expect_end_to_end") ? row["expect_end_to_end"] : row["expect"];
    const auto named = expect.value("outputs", Json::object()), baked = expect.value("bake", Json::object());
    for (const auto& [name, value] : named.items()) {
        INFO(name);
        CHECK(outputs.at(name) == value.get<std::string>());
    }
    for (const auto& [name, content] : baked.items()) {
        INFO(name);
        CHECK(Plain::parse(test::read(outputs.at(name))) == Plain::parse(content.dump()));
    }
    if (expect.contains("json")) CHECK(Plain::parse(outputs.at("json")) == Plain::parse(expect["json"].dump()));
    if (!expect.contains("detail") || row["inputs"].contains("sep-tags")) return;
    const auto& detail = expect["detail"];
    std::vector<std::string> expected = detail["partial"];
    if (detail["main"].is_string()) expected.insert(expected.begin(), detail["main"].get<std::string>());
    auto names = lines(outputs.at("tag-names"));
    if (!names.empty() && detail["latest"].get<bool>()) names.pop_back();
    CHECK(names == expected);
}

}

TEST_CASE("every whole run of the conformance set is answered by the program as it says") {
    const auto folder = test::conformance("tag");
    if (!folder) SKIP_LOUDLY("conformance", "the folder of cases is not there");
    Rig rig(*folder);
    std::size_t runs = 0, done = 0;
    const auto cases = Json::parse(test::read(*folder + "/cases.json"));
    for (const auto& row : cases["cases"]) {
        if (row["kind"] != "run") continue;
        ++runs;
        INFO(row["name"].get<std::string>());
        check(row, rig.run(row));
        ++done;
    }
    std::cout << done << " of " << runs << " whole runs" << std::endl;
    CHECK(done == runs);
}
