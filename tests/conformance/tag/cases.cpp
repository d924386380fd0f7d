#include "support/catch.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include "tag/rules/lists.h"
#include "tag/script/ecma.h"
#include "tag/source/event.h"
#include "tag/tags.h"
#include "tag/template/template.h"
#include <iostream>

// The rows of the peer's own unit tests as data; the README beside them says what each field means.
using namespace fairlead;
using namespace fairlead::tag;
using sys::Json;

namespace {

struct Clock : sys::Clock {
    explicit Clock(SystemTime time) : time_(time) {}
    SystemTime now() override { return time_; }
    Steady steady() override { return {}; }
    bool sleep(Milliseconds) override { return true; }
    SystemTime time_;
};

std::string text(const Json& object, const std::string& key, const std::string& fallback = {}) {
    const auto found = object.find(key);
    return found == object.end() ? fallback : found->get<std::string>();
}

std::vector<Origin> origins(const Json& lines, const std::string& input) {
    std::vector<Origin> all;
    for (const auto& line : lines) all.push_back({input, static_cast<int>(all.size()) + 1, line.get<std::string>()});
    return all;
}

Json attributes(const Rule& rule) {
    Json attributes = Json::object();
    for (const auto& [name, value] : rule.attributes) attributes[name] = value;
    return {{"type", name_of(rule.type)}, {"attrs", attributes}};
}

using Plain = nlohmann::json; // objects without order
bool same(const Json& a, const Json& b) { return Plain::parse(a.dump()) == Plain::parse(b.dump()); }

template <typename T, typename F>
Json or_error(const Result<T>& result, F to_json) {
    return result.ok() ? to_json(result.value()) : Json{{"error", true}};
}

Json read_rule(const Json& row) {
    Notes notes;
    return or_error(parse_rule({"tags", 1, row["line"].get<std::string>()}, notes), attributes);
}

Json read_rules(const Json& row) {
    Notes notes;
    return or_error(parse_rules(origins(row["lines"], "tags"), notes), [](const std::vector<Rule>& rules) {
        Json all = Json::array();
        for (const auto& rule : rules) all.push_back(attributes(rule));
        return all;
    });
}

Json read_flavor(const Json& row) {
    Notes notes;
    return or_error(parse_flavor(origins(row["lines"], "flavor"), notes), [](const Flavor& flavor) {
        return Json{{"latest", name_of(flavor.latest)},
                    {"prefix", flavor.prefix},
                    {"prefixLatest", flavor.prefix_on_latest},
                    {"suffix", flavor.suffix},
                    {"suffixLatest", flavor.suffix_on_latest}};
    });
}

Json read_images(const Json& row) {
    Notes notes;
    return or_error(parse_images(origins(row["lines"], "images"), notes), [](const std::vector<Image>& images) {
        Json all = Json::array();
        for (const auto& image : images) all.push_back({{"name", image.name}, {"enable", image.enable}});
        return all;
    });
}

// Lists after splitting; what is no list is the tool's declaration, which only has defaults here.
Json read_inputs(const Json& row) {
    const auto& inputs = row["inputs"];
    Json all = {{"context", text(inputs, "context", "workflow")},
                {"bakeTarget", text(inputs, "bake-target", Inputs{}.bake_target)},
                {"githubToken", text(inputs, "github-token")},
                {"sepLabels", text(inputs, "sep-labels", Separators{}.labels)},
                {"sepTags", text(inputs, "sep-tags", Separators{}.tags)},
                {"sepAnnotations", text(inputs, "sep-annotations", Separators{}.annotations)}};
    for (const auto* name : {"images", "tags", "flavor", "labels", "annotations"}) {
        const auto entries = split_entries(text(inputs, name), name);
        if (!entries.ok()) return {{"error", true}};
        all[name] = Json::array();
        for (const auto& entry : entries.value()) all[name].push_back(entry.text);
    }
    return all;
}

Json read_is_raw(const Json& row) {
    const auto parsed = Template::parse(row["pattern"].get<std::string>());
    return parsed.ok() && parsed.value().is_only("raw");
}

Result<Run> run_decision(const Json& row, const std::string& folder) {
    std::map<std::string, std::string> variables;
    for (const auto& [name, value] : row["env"].items()) variables[name] = value.get<std::string>();
    if (row["event"].is_string()) variables["GITHUB_EVENT_PATH"] = folder + "/" + row["event"].get<std::string>();
    const sys::Environment environment(variables);
    Clock clock(parse_utc(row["now"].get<std::string>()).value());
    const auto& given = row["inputs"];
    Run run;
    run.inputs = {
        text(given, "images"),
        text(given, "tags"),
        text(given, "flavor"),
        text(given, "labels"),
        text(given, "annotations"),
        {text(given, "sep-tags", "\n"), text(given, "sep-labels", "\n"), text(given, "sep-annotations", "\n")},
        text(given, "bake-target", "docker-metadata-action"),
        Strict::no};
    auto gathered = TRY(gather({"workflow", {}, {}, {}, {}, {}}, environment, clock, run.notes));
    run.facts = gathered.facts;
    run.facts.commit_date = [&] { return parse_utc(row["commit_date"].get<std::string>()).value(); };
    const auto repository = Json::parse(test::read(folder + "/" + row["repo"].get<std::string>()));
    run.facts.default_branch = [&] { return tag::DefaultBranch{text(repository, "default_branch"), {}, {}}; };
    run.facts.other_tags = [](const tag::Facts::Each&) { return Result<void>(); };
    TRY_VOID(decide_tags(
        run,
        [&] {
            return RepositoryFacts{text(repository, "name"), text(repository, "description"),
                                   text(repository, "html_url"), repository["license"]["spdx_id"]};
        },
        environment));
    if (run.refused) return *run.refused;
    return run;
}

void check_run(const Json& row, const std::string& folder) {
    const auto made = run_decision(row, folder);
    if (!made.ok()) FAIL(made.error().message);
    const auto& run = made.value();
    const auto& expect = row["expect"];
    const auto outputs = step_outputs(run.metadata, run.inputs.separators);
    const auto named = expect.value("outputs", Json::object()), baked = expect.value("bake", Json::object());
    for (const auto& [name, value] : named.items())
        for (const auto& [output, actual] : outputs)
            if (output == name) CHECK(actual == value.get<std::string>());
    if (const auto detail = expect.find("detail"); detail != expect.end()) {
        CHECK(run.version.main.value_or("") ==
              ((*detail)["main"].is_null() ? "" : (*detail)["main"].get<std::string>()));
        CHECK(Json(run.version.partial) == (*detail)["partial"]);
        CHECK((run.flavor.latest == Latest::automatic
                   ? run.version.latest.has_value()
                   : run.version.latest || run.flavor.latest == Latest::yes) == (*detail)["latest"].get<bool>());
    }
    if (const auto json = expect.find("json"); json != expect.end())
        CHECK(same(Json::parse(to_json(run.metadata)), *json));
    for (const auto& [name, content] : baked.items()) {
        const auto bake = name == "bake-file-tags"     ? Bake::tags
                          : name == "bake-file-labels" ? Bake::labels
                          : name == "bake-file"        ? Bake::all
                                                       : Bake::annotations;
        CHECK(same(Json::parse(bake_file(run.metadata, bake)), content));
    }
}

const std::map<std::string, Json (*)(const Json&)> readers = {
    {"parse-tag", read_rule},      {"parse-tags", read_rules},    {"parse-flavor", read_flavor},
    {"parse-images", read_images}, {"parse-inputs", read_inputs}, {"is-raw", read_is_raw}};

}

TEST_CASE("every case of the conformance set is answered as it says") {
    const auto folder = test::conformance("tag");
    if (!folder) SKIP_LOUDLY("conformance", "the folder of cases is not there");
    const auto cases = Json::parse(test::read(*folder + "/cases.json"))["cases"];
    std::size_t done = 0;
    for (const auto& row : cases) {
        const auto kind = row["kind"].get<std::string>();
        INFO(row["name"].get<std::string>());
        if (kind == "run") {
            check_run(row, *folder);
        } else {
            const auto reader = readers.find(kind);
            REQUIRE(reader != readers.end());
            const auto actual = reader->second(row);
            INFO(actual.dump());
            CHECK(same(actual, row["expect"]));
        }
        ++done;
    }
    std::cout << done << " of " << cases.size() << " cases" << std::endl;
    CHECK(done == cases.size());
}
