#include "support/catch.h"
#include "support/support.h"
#include "unit/cli/sample.h"

using namespace fairlead;
using fairlead::test::has;
using fairlead::test::refusal;
using test::run_sample;

namespace {

std::string shown(const test::Given& given) {
    const test::Ran ran = run_sample(given);
    INFO(ran.err);
    CHECK(ran.status == 0);
    return ran.out;
}

// Of a wrong use: status 2, nothing on stdout.
}

TEST_CASE("the stronger source wins, one after the other") {
    test::Given given{
        .arguments = {"--name", "flag"},
        .variables = {{"INPUT_NAME", "input"}, {"FAIRLEAD_SAMPLE_NAME", "own"}, {"FAIRLEAD_NAME", "common"}},
        .config = "sample: {name: file}\n"};
    CHECK(has(shown(given), "name=flag "));
    given.arguments.clear();
    CHECK(has(shown(given), "name=input "));
    given.variables.erase("INPUT_NAME");
    CHECK(has(shown(given), "name=own "));
    given.variables.erase("FAIRLEAD_SAMPLE_NAME");
    CHECK(has(shown(given), "name=common "));
    given.variables.erase("FAIRLEAD_NAME");
    CHECK(has(shown(given), "name=file "));
    given.config = "sample: {}\n";
    CHECK(has(shown(given), "name=world "));
}

TEST_CASE("an environment's section is stronger than the common one") {
    const std::string config = "sample: {name: common}\nenvironments: {staging: {sample: {name: staging}}}\n";
    CHECK(has(shown({.arguments = {"-e", "staging"}, .config = config}), "name=staging "));
    CHECK(has(shown({.variables = {{"INPUT_ENV", "staging"}}, .config = config}), "name=staging "));
    CHECK(has(refusal({.arguments = {"--env", "stagin"}, .config = config}),
              "environment 'stagin' is unknown; expected staging (from --env)"));
    CHECK(has(refusal({.variables = {{"INPUT_ENV", "staging"}}, .config = "sample: {}\n"}),
              "environment 'staging' is unknown; fairlead.yml has no environments (from INPUT_ENV)"));
    CHECK(has(refusal({.arguments = {"-e", "staging"}}),
              "environment 'staging' is unknown; there is no fairlead.yml here or above (from --env)"));
}

TEST_CASE("an empty or blank INPUT_ counts as unset") {
    CHECK(has(shown({.variables = {{"INPUT_NAME", ""}, {"INPUT_TIMES", " "}, {"FAIRLEAD_NAME", "me"}}}), "name=me "));
    CHECK(has(shown({.variables = {{"INPUT_NOTE", ""}}}), "note=(unset)"));
    CHECK(has(shown({.arguments = {"--note="}}), "note= "));
}

TEST_CASE("hyphens of a name are underscores in variables; INPUT_ takes them as they are, too") {
    CHECK(has(shown({.variables = {{"INPUT_TIME_LIMIT", "2s"}}}), "timeout=2000 "));
    CHECK(has(shown({.variables = {{"INPUT_TIME-LIMIT", "3s"}, {"INPUT_TIME_LIMIT", "2s"}}}), "timeout=3000 "));
    CHECK(has(shown({.variables = {{"FAIRLEAD_SAMPLE_TIME_LIMIT", "4s"}}}), "timeout=4000 "));
}

TEST_CASE("a value takes the same way from text whatever its source") {
    CHECK(has(refusal({.arguments = {"--times", "many"}}),
              "times: 'many' is not a whole number; expected e.g. 3 (from --times)\n"));
    CHECK(has(refusal({.variables = {{"INPUT_TIMES", "many"}}}),
              "times: 'many' is not a whole number; expected e.g. 3 (from INPUT_TIMES)\n"));
    CHECK(has(refusal({.config = "sample: {loop: {times: many}}\n"}),
              "fairlead.yml:1:24: sample.loop.times: 'many' is not a whole number; expected e.g. 3\n"));
    CHECK(has(refusal({.arguments = {"--time-limit", "30"}}), "time-limit: duration '30' has no unit"));
    CHECK(has(refusal({.arguments = {"--strict=yes"}}),
              "strict: 'yes' is not a boolean; expected true or false (from --strict)"));
    CHECK(has(refusal({.arguments = {"--tags", "a,d"}}), "tags 'd' is unknown; expected a, b or c (from --tags)"));
    CHECK(has(refusal({.config = "sample: {tags: [a, d]}\n"}), "sample.tags 'd' is unknown; expected a, b or c"));
    CHECK(has(shown({.arguments = {"--strict=false"}, .variables = {{"INPUT_STRICT", "true"}}}), "strict=false "));
    CHECK(has(shown({.variables = {{"INPUT_STRICT", " TRUE "}}}), "strict=true "));
    CHECK(has(shown({.arguments = {"--ratio", "-0.25"}}), "ratio=-0.25 "));
}

TEST_CASE("lists come as repeated flags, commas, newlines or a list of the file") {
    CHECK(has(shown({.arguments = {"--tags", "a, b", "--tags=c"}}), "tags=a|b|c "));
    CHECK(has(shown({.variables = {{"INPUT_TAGS", "a\n\n b,c\n"}}}), "tags=a|b|c "));
    CHECK(has(shown({.config = "sample: {tags: [a, b]}\n"}), "tags=a|b "));
    CHECK(has(shown({.config = "sample: {tags: c}\n"}), "tags=c "));
    CHECK(has(shown({.variables = {{"INPUT_HEADER", " X: a, b\n"}}}), "headers= X: a, b\n "));
    CHECK(has(shown({.variables = {{"INPUT_RULES", "x=1,2\n\n y"}}}), "rules=x=1,2|y "));
    CHECK(has(shown({.arguments = {"--body", "  two  "}}), "body=[  two  ]"));
}

TEST_CASE("the command comes first, as a word or as an input") {
    CHECK(has(shown({}), "command=show "));
    CHECK(has(shown({.arguments = {"check"}}), "command=check "));
    CHECK(has(shown({.variables = {{"INPUT_COMMAND", "check"}}}), "command=check "));
    CHECK(has(shown({.arguments = {"check", "x", "--", "-y"}}), "paths=x|-y "));
    CHECK(has(shown({.arguments = {"check", "x,y", " z\nw"}}), "paths=x,y| z\nw ")); // the shell has split them
    CHECK(has(shown({.arguments = {"check", "--paths", "x,y"}}), "paths=x|y "));
    CHECK(has(shown({.arguments = {"check", "show"}, .variables = {{"INPUT_COMMAND", "show"}}}), "command=check "));
}

TEST_CASE("a wrong flag names the nearest known one") {
    CHECK(refusal({.arguments = {"--nmae", "x"}}) == "flag --nmae is unknown; did you mean --name?\n");
    CHECK(refusal({.arguments = {"--zzzzzz"}}) == "flag --zzzzzz is unknown; --help lists all flags\n");
    CHECK(refusal({.arguments = {"-z"}}) == "flag -z is unknown; --help lists all flags\n");
    CHECK(refusal({.arguments = {"--name"}}) == "flag --name needs a value; write --name VALUE\n");
    CHECK(refusal({.arguments = {"--name", "a", "--name", "b"}}) ==
          "name is given 2 times; give it once (from --name)\n");
    CHECK(refusal({.arguments = {"--format", "pdf"}}) ==
          "format 'pdf' is unknown; expected text, github, sarif, "
          "junit, json, markdown, html, codequality or haiku (from --format)\n");
}

TEST_CASE("a flag or a word that is given but empty is refused, where an empty text is no value") {
    CHECK(refusal({.arguments = {"--name", ""}}) == "--name is given but empty; leave it out or write its value\n");
    CHECK(has(refusal({.arguments = {"--name="}}), "--name is given but empty"));
    CHECK(has(refusal({.arguments = {"--name", " "}}), "--name is given but empty"));
    CHECK(has(refusal({.arguments = {"--env", ""}}), "--env is given but empty; leave it out or write NAME"));
    CHECK(has(refusal({.arguments = {"--confirm="}}), "--confirm is given but empty"));
    for (const char* list : {"", ",", "a,b"})
        CHECK((run_sample({.arguments = {"--tags", list}}).status == 2) == (std::string(list) != "a,b"));
    CHECK(has(refusal({.arguments = {"--tags", "a", "--tags", ""}}), "--tags is given but empty"));
    CHECK(has(refusal({.arguments = {"check", ""}}), "a word on the command line is empty"));
    CHECK(has(shown({.arguments = {"--body", ""}}), "body=[]"));
    CHECK(has(shown({.arguments = {"--note", ""}}), "note= "));
    CHECK(has(shown({.variables = {{"INPUT_NAME", ""}}}), "name=world "));
    CHECK(has(refusal({.config = "sample: {token_env: ''}\n"}), "token_env is empty; write the name of the variable"));
}

TEST_CASE("no flag takes a secret") {
    CHECK(has(refusal({.arguments = {"--token", "x"}}), "flag --token is unknown"));
    CHECK(has(shown({.variables = {{"INPUT_TOKEN", "long-enough"}}}), "token=set"));
    CHECK(has(shown({.variables = {{"MY_TOKEN", "long-enough"}}, .config = "sample: {token_env: MY_TOKEN}\n"}),
              "token=set"));
    CHECK(has(refusal({.config = "sample: {token_env: MY_TOKEN}\n"}),
              "fairlead.yml:1:21: token_env names the variable MY_TOKEN, which is not set; set it"));
    CHECK(
        has(shown({.variables = {{"FAIRLEAD_TOKEN_FILE", "$WORK/fairlead.yml"}}, .config = "app: x\n"}), "token=set"));
    CHECK(has(refusal({.variables = {{"INPUT_TOKEN_FILE", "$WORK/absent"}}}), "(from INPUT_TOKEN_FILE)"));
}

TEST_CASE("a secret that is empty where it was to be is not left out in silence") {
    for (const std::string blanks : {"   ", "\n", " \n\n"}) {
        CHECK(has(refusal({.variables = {{"INPUT_TOKEN", blanks}}}), "token is empty; write the secret there"));
        CHECK(has(refusal({.variables = {{"MY_TOKEN", blanks}}, .config = "sample: {token_env: MY_TOKEN}\n"}),
                  "fairlead.yml:1:21: token_env names the variable MY_TOKEN, which is empty; set it"));
    }
    CHECK(has(refusal({.variables = {{"FAIRLEAD_TOKEN_FILE", "$WORK/fairlead.yml"}}, .config = "\n"}),
              "token is empty; write the secret there, or leave it out (from FAIRLEAD_TOKEN_FILE)"));
    CHECK_FALSE(has(shown({.variables = {{"INPUT_TOKEN", ""}}}), "token=set"));
}

TEST_CASE("the job's token under another name is no secret that fairlead.yml may take") {
    const std::string token = std::string("ghs_of-the") + "-job";
    const std::string config = "sample: {token_env: MINE}\n";
    const auto said = refusal({.variables = {{"MINE", token}, {"GITHUB_TOKEN", token}}, .config = config});
    CHECK(has(said, "GITHUB_TOKEN"));
    CHECK_FALSE(has(said, token));
    CHECK(run_sample({.variables = {{"MINE", "of-its-own"}, {"GITHUB_TOKEN", token}}, .config = config}).status == 0);
}

TEST_CASE("a secret that is too short to be masked gives a warning without it") {
    const test::Ran ran = run_sample({.variables = {{"INPUT_TOKEN", "q7z"}}});
    CHECK(ran.status == 0);
    CHECK(has(ran.err, "token (from INPUT_TOKEN) is too short to be masked"));
    CHECK_FALSE(has(ran.err, "q7z"));
}

TEST_CASE("each input is explained with its value and where that came from") {
    const std::string text = shown({.arguments = {"--explain-config", "--times", "3"},
                                    .variables = {{"INPUT_TAGS", "a,b"}, {"INPUT_TOKEN", "long-enough"}},
                                    .config = "sample:\n  name: me\n"});
    CHECK(has(text, "times = 3 (--times)\n"));
    CHECK(has(text, "tags = a, b (INPUT_TAGS)\n"));
    CHECK(has(text, "name = me (fairlead.yml:2:9)\n"));
    CHECK(has(text, "strict = false (default)\n"));
    CHECK(has(text, "token = *** (INPUT_TOKEN)\n"));
    CHECK(has(text, "command = show (default)\n"));
    CHECK_FALSE(has(text, "long-enough"));
}
