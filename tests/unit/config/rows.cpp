#include "config/rows.h"
#include "report/formats.h"
#include "support/catch.h"
#include "sys/data/json.h"

using namespace fairlead;
using config::Rows;
using config::Value;

namespace {

struct Probe {
    std::string path = "/";
    Milliseconds interval{1500};
    int least = 2, most = 3;
    std::optional<std::string> header;
    Place place;
};

struct Part {
    std::string name;
    std::vector<std::string> paths;
};

struct Wanted {
    std::string kind = "files", root, engine;
    std::uint64_t size = 4u << 20;
    bool strict = true;
    double factor = 2.5;
    std::vector<std::vector<std::string>> commands;
    config::Pairs labels;
    Probe probe;
    std::optional<Probe> ready;
    std::vector<Probe> others;
    std::vector<Part> parts;
    std::vector<int> numbers = {7};
};

Result<void> check_interval(const Value& value, const std::string& name) {
    if (value.duration({}).count() > 0) return {};
    return value.error(name + " is longer than 0s");
}

Result<int> parse_even(std::string_view text) {
    const int number = text.front() - '0';
    if (number % 2 != 0) return usage("'" + std::string(text) + "' is odd");
    return number;
}

Result<std::vector<int>> parse_numbers(const std::vector<std::string>& texts) {
    std::vector<int> numbers;
    for (const auto& text : texts) numbers.push_back(TRY(parse_even(text)));
    return numbers;
}

Result<void> read_range(const Value& value, Probe& probe) {
    probe.least = probe.most = static_cast<int>(value.integer(0));
    return {};
}

Result<void> check_probe(const Value& map, Probe& probe) {
    if (probe.path != "/never") return {};
    return map.error("this probe is never asked");
}

const Rows<Probe> probe_rows(
    {
        {"path", {&Probe::path, Type::route}, "Asked.", {.place = &Probe::place}},
        {"interval", &Probe::interval, "Between two.", {.check = check_interval}},
        {"range", {Type::count, read_range}, "Both."},
        {"most", {&Probe::most, Type::count, parse_even}, "At most."},
        {"header", &Probe::header, "A header."},
    },
    check_probe);

const Rows<Part> part_rows = {{"paths", &Part::paths, "Its paths.", {.needed = Needed::required}}};
const Rows<Wanted> files_rows = {{"root", &Wanted::root, "A folder.", {.needed = Needed::required}},
                                 {"size", {&Wanted::size, Type::size}, "How large."}};
const Rows<Wanted> engine_rows = {{"engine", &Wanted::engine, "A socket.", {.needed = Needed::required}},
                                  {"size", {&Wanted::size, Type::size}, "How large."}};
const Rows<Wanted> target_rows({{"kind", &Wanted::kind, "Where to.", {.allowed = {"files", "engine", "none"}}}},
                               {{"files", files_rows}, {"engine", engine_rows}});

const Rows<Wanted> rows = {
    {"target", target_rows, "Where to."},
    {"strict", &Wanted::strict, "Strict."},
    {"factor", &Wanted::factor, "A factor."},
    {"commands", &Wanted::commands, "What is run."},
    {"labels", &Wanted::labels, "Labels."},
    {"probe", {&Wanted::probe, probe_rows}, "A probe."},
    {"ready", {&Wanted::ready, probe_rows}, "Another."},
    {"others", {&Wanted::others, probe_rows}, "More."},
    {"parts", {&Wanted::parts, &Part::name, part_rows}, "Parts by name."},
    {"numbers", {&Wanted::numbers, Type::text_list, parse_numbers, Type::count}, "Numbers."},
    {"jobs", Type::up_to_1000, "An input reads it."},
};

Result<Wanted> read_rows(const std::string& section) {
    const auto config = config::load_text("deploy:\n  " + section + "\n", "fairlead.yml",
                                          {.folder = "/", .tool = "deploy", .fields = rows.fields()});
    if (!config.ok()) return config.error();
    Wanted wanted;
    TRY_VOID(rows.read(config->section("deploy"), wanted));
    return wanted;
}

std::string error_of(const std::string& section) {
    const auto wanted = read_rows(section);
    REQUIRE_FALSE(wanted.ok());
    const auto told = report::describe(wanted.error());
    return told.substr(0, told.find('\n'));
}

const Field& field(std::span<const Field> fields, std::string_view name) {
    for (const Field& one : fields)
        if (one.name == name) return one;
    FAIL("there is no field " << name);
    throw;
}

}

TEST_CASE("rows fill the members of a struct, and what is not written stays as the struct has it") {
    const auto none = read_rows("strict: true").value();
    CHECK((none.probe.path == "/" && none.probe.interval == Milliseconds{1500} && none.size == 4u << 20));
    CHECK_FALSE(none.ready);
    CHECK(none.numbers == std::vector<int>{7});
    const auto all =
        read_rows("{target: {kind: files, root: srv, size: 3MiB}, strict: false, factor: 0.5, "
                  "commands: [[make, all], [true]], labels: {b: 1, a: x}, probe: {path: /up, interval: 2s}, "
                  "ready: {header: ''}, others: [{range: 8}, {most: 4}], parts: {one: {paths: [a, b]}}, "
                  "numbers: [2, 4], jobs: 3}")
            .value();
    CHECK((all.root == "srv" && all.size == 3u << 20 && !all.strict && all.factor < 1));
    CHECK(all.commands == std::vector<std::vector<std::string>>{{"make", "all"}, {"true"}});
    CHECK(all.labels == config::Pairs{{"b", "1"}, {"a", "x"}});
    CHECK((all.probe.path == "/up" && all.probe.interval == Milliseconds{2000} && all.probe.place.line == 2));
    REQUIRE(all.ready);
    CHECK(all.ready->header == "");
    CHECK_FALSE(all.probe.header);
    REQUIRE(all.others.size() == 2);
    CHECK((all.others[0].least == 8 && all.others[1].most == 4 && all.others[1].least == 2));
    REQUIRE(all.parts.size() == 1);
    CHECK((all.parts[0].name == "one" && all.parts[0].paths == std::vector<std::string>{"a", "b"}));
    CHECK(all.numbers == std::vector<int>{2, 4});
}

TEST_CASE("what a check, a parser or the whole refuses is told at its place, with the dotted name") {
    CHECK(error_of("probe: {interval: 0s}") == "fairlead.yml:2:21: probe.interval is longer than 0s");
    CHECK(error_of("others: [{interval: 0s}]") == "fairlead.yml:2:23: others.interval is longer than 0s");
    CHECK(error_of("probe: {most: 3}") == "fairlead.yml:2:17: '3' is odd");
    CHECK(error_of("numbers: [2, 3]") == "fairlead.yml:2:12: '3' is odd");
    CHECK(error_of("probe: {path: /never}") == "fairlead.yml:2:10: this probe is never asked");
    CHECK(error_of("probe: {path: never}").find("is not a path") != std::string::npos);
    CHECK(error_of("parts: {one: {}}").find("key 'paths' is missing") != std::string::npos);
}

TEST_CASE("fields say the type and the default that the struct has") {
    const auto fields = rows.fields();
    const auto probe = field(fields, "probe").children;
    CHECK(field(fields, "probe").type == Type::map);
    CHECK(field(probe, "path").type == Type::route);
    CHECK(field(probe, "path").fallback == "/");
    CHECK(field(probe, "interval").type == Type::duration);
    CHECK(field(probe, "interval").fallback == "1s500ms");
    CHECK(field(probe, "most").fallback == "3");
    CHECK(field(probe, "header").fallback.empty());
    CHECK(field(field(fields, "target").children, "size").fallback == "4MiB");
    CHECK(field(fields, "factor").fallback == "2.5");
    CHECK(field(fields, "strict").type == Type::boolean);
    CHECK(field(fields, "commands").type == Type::commands);
    CHECK(field(fields, "labels").type == Type::open_map);
    CHECK(field(fields, "others").type == Type::map_list);
    CHECK(field(fields, "parts").children[0].children[0].name == "paths");
    CHECK(field(fields, "numbers").item == Type::count);
    CHECK(field(fields, "jobs").type == Type::up_to_1000);
}

TEST_CASE("a key of a kind is taken with it alone, and the error says with which it goes") {
    CHECK(read_rows("target: {kind: engine, engine: here, size: 1MiB}")->engine == "here");
    CHECK(read_rows("target: {root: srv}")->root == "srv"); // files is the default
    CHECK(read_rows("target: {kind: none}").ok());
    CHECK(error_of("target: {root: srv, kind: engine, engine: here}") ==
          "fairlead.yml:2:12: key 'root' in deploy.target is for kind files, not for engine; remove it");
    CHECK(error_of("target: {engine: here}") ==
          "fairlead.yml:2:12: key 'engine' in deploy.target is for kind engine, not for files; remove it");
    CHECK(error_of("target: {kind: none, size: 1MiB}").find("is for kind files or engine, not for none") !=
          std::string::npos);
    CHECK(error_of("target: {kind: engine}").find("key 'engine' is missing") != std::string::npos);
    CHECK(error_of("target: {kind: engine, rot: x}").find("expected kind, size or engine") != std::string::npos);
    CHECK(error_of("target: {kind: of-nobody, root: srv}").find("kind 'of-nobody' is unknown") != std::string::npos);
}

TEST_CASE("the schema refuses a key of another kind") {
    const auto schema = sys::parse_json(config::schema("deploy", rows.fields()), "schema").value();
    const auto& target = schema["definitions"]["deploy"]["anyOf"][0]["properties"]["target"]["anyOf"][0];
    REQUIRE(target["allOf"].size() == 3);
    CHECK(target["allOf"][0]["if"]["properties"]["kind"]["const"] == "files");
    CHECK(target["allOf"][0]["then"]["properties"].dump() == R"({"engine":false})");
    CHECK(target["allOf"][1]["then"]["properties"].dump() == R"({"root":false})");
    CHECK(target["allOf"][2]["then"]["properties"].size() == 3);
}
