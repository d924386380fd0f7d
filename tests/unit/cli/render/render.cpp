#include "cli/render/render.h"
#include "base/text.h"
#include "cli/common.h"
#include "support/catch.h"
#include "support/support.h"
#include "sys/data/json.h"
#include "sys/data/yaml.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include "unit/cli/sample.h"

using namespace fairlead;
using fairlead::test::has;

namespace {

sys::YamlNode parsed(const std::string& text) {
    auto yaml = sys::parse_yaml(text, "action.yml");
    INFO((yaml.ok() ? "" : yaml.error().message));
    REQUIRE(yaml.ok());
    return std::move(yaml).value();
}

const sys::YamlNode& at(const sys::YamlNode& node, std::string_view key) {
    INFO(key);
    const sys::YamlNode* found = node.find(key);
    REQUIRE(found);
    return *found;
}

}

TEST_CASE("an action is one composite step that ends in exec, with no expression in its script") {
    test::Options options;
    const sys::YamlNode action = parsed(cli::render_action(test::sample_spec(options)));
    const sys::YamlNode& runs = at(action, "runs");
    CHECK(at(runs, "using").scalar == "composite");
    REQUIRE(at(runs, "steps").items.size() == 1);
    const sys::YamlNode& step = at(runs, "steps").items[0];
    CHECK(at(step, "id").scalar == "run");
    CHECK(at(step, "shell").scalar == "bash");
    CHECK(at(step, "run").scalar == "exec \"$GITHUB_ACTION_PATH/../install.sh\"");
    CHECK(at(at(step, "env"), "FAIRLEAD_TOOL").scalar == "sample");
}

TEST_CASE("each input of an action reaches the program, and its default is empty") {
    test::Options options;
    const sys::YamlNode action = parsed(cli::render_action(test::sample_spec(options)));
    const sys::YamlNode& env = at(at(at(action, "runs"), "steps").items[0], "env");
    for (const auto& [name, input] : at(action, "inputs").entries) {
        CHECK(at(input, "default").scalar.empty());
        CHECK(at(input, "required").scalar == "false");
        CHECK_FALSE(at(input, "description").scalar.empty());
        const std::string variable = "INPUT_" + replace_all(upper(name.scalar), "-", "_");
        CHECK(at(env, variable).scalar == "${{ inputs." + name.scalar + " }}");
    }
    CHECK(at(action, "inputs").entries.size() + 1 == env.entries.size());
    for (const char* name :
         {"command", "name", "token", "time-limit", "config", "env", "format", "output", "dry-run"}) {
        CHECK(at(action, "inputs").find(name));
    }
    CHECK(at(at(at(action, "outputs"), "greeting"), "value").scalar == "${{ steps.run.outputs.greeting }}");
}

TEST_CASE("the root action is the front command's") {
    test::Options options;
    cli::Spec spec = test::sample_spec(options);
    spec.tool = "";
    const sys::YamlNode action = parsed(cli::render_action(spec));
    CHECK(at(action, "branding").find("icon"));
    const sys::YamlNode& step = at(at(action, "runs"), "steps").items[0];
    CHECK(at(step, "run").scalar == "exec \"$GITHUB_ACTION_PATH/actions/install.sh\"");
    CHECK(at(at(step, "env"), "FAIRLEAD_TOOL").scalar == "fairlead");
}

TEST_CASE("help sentences of any kind stay text in YAML, in Markdown and in the schema") {
    test::Options options;
    cli::Spec spec = test::sample_spec(options);
    const std::string nasty = "yes: \"a\" 'b' | c #d \\n ${{ secrets.X }} - é";
    spec.summary = nasty;
    spec.inputs[0].help = nasty;
    spec.outputs[0].help = nasty;
    const sys::YamlNode action = parsed(cli::render_action(spec));
    CHECK(at(action, "description").scalar == nasty);
    CHECK(at(at(at(action, "inputs"), "name"), "description").scalar == nasty);
    CHECK(at(at(at(action, "outputs"), "greeting"), "description").scalar == nasty);
    CHECK(
        has(cli::render_readme(spec), "| `name` | " + replace_all(nasty, "|", "\\|") + " | `world` | `sample.name` |"));
    CHECK(sys::parse_json(cli::render_schema(spec), "schema").ok());
}

TEST_CASE("the action is valid by GitHub's own schema") {
    const auto schemas = test::conformance("schemas");
    if (!schemas) SKIP_LOUDLY("conformance", "../shared/conformance is not there");
    auto folder = sys::TemporaryFolder::make("cli test ");
    REQUIRE(folder.ok());
    test::Options options;
    const std::string script = "import json, sys, yaml, jsonschema\n"
                               "jsonschema.validate(yaml.safe_load(open(sys.argv[1])), json.load(open(sys.argv[2])))\n";
    for (const char* tool : {"sample", ""}) {
        cli::Spec spec = test::sample_spec(options);
        spec.tool = tool;
        const auto file = folder->path() / "action.yml";
        REQUIRE(sys::write_file(file, cli::render_action(spec)).ok());
        const auto done =
            sys::run({.argv = {"/usr/bin/python3", "-c", script, file.string(), *schemas + "/github-action.json"}});
        REQUIRE(done.ok());
        if (has(done->err, "No module named"))
            SKIP_LOUDLY("jsonschema", "python3-jsonschema or python3-yaml is not installed");
        INFO(done->err);
        CHECK(done->status == 0);
    }
}

TEST_CASE("an input with a key is a row of the schema, nested where the key has dots") {
    test::Options options;
    const auto schema = sys::parse_json(cli::render_schema(test::sample_spec(options)), "schema").value();
    const auto& sample = schema["definitions"]["sample"]["anyOf"][0]["properties"];
    CHECK(sample["loop"]["properties"]["times"]["description"] == "How often.");
    CHECK(sample["loop"]["minProperties"] == 1); // empty it would ask for nothing
    CHECK(sample["tags"]["anyOf"][0]["anyOf"][0]["enum"][2] == "c");
    CHECK(sample.contains("token_env"));
    CHECK_FALSE(sample.contains("ratio"));
}

TEST_CASE("the domain's own rows win over those of inputs, and both are checked") {
    test::Options options;
    cli::Spec spec = test::sample_spec(options);
    static const Field loop[] = {{"delay", Type::duration, "Between."}};
    static const Field rows[] = {{"loop", Type::map, "A loop.", {}, loop}, {"name", Type::integer, "A number."}};
    spec.section = rows;
    const auto schema = sys::parse_json(cli::render_schema(spec), "schema").value();
    const auto& sample = schema["definitions"]["sample"]["anyOf"][0]["properties"];
    CHECK(sample["loop"]["anyOf"][0]["properties"].size() == 2);
    CHECK(sample["name"]["description"] == "A number.");
}

TEST_CASE("an input that a tool declares itself replaces the common one") {
    test::Options options;
    cli::Spec spec = test::sample_spec(options);
    spec.inputs[0].name = "env";
    spec.inputs[0].short_name = 'q';
    cli::Common common;
    const auto shared = cli::common_inputs(spec, common);
    for (const cli::Input& input : shared) CHECK(input.name != "env");
    for (const cli::Flag& flag : cli::all_flags(spec, shared)) CHECK((flag.name == "env" || flag.short_name != 'q'));
}
