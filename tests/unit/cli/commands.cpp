#include "cli/commands.h"
#include "cli/confirm.h"
#include "support/catch.h"
#include "support/support.h"
#include "unit/cli/sample.h"

using namespace fairlead;
using fairlead::test::has;
using fairlead::test::refusal;
using test::run_sample;

namespace {

constexpr const char* two_environments =
    "version: 1\nenvironments:\n  production: {url: https://a.example}\n  staging: {url: https://b.example}\n";

Result<report::Report> stops(const cli::Context& context, const test::Options&) {
    TRY_VOID(cli::confirm(context, "stops shop"));
    return report::Report{.facts = "stopped"};
}

}

TEST_CASE("an unknown word is never anything but a mistake") {
    CHECK(refusal({.arguments = {"chek"}}) == "command 'chek' is unknown; did you mean 'check'?\n");
    CHECK(refusal({.variables = {{"INPUT_COMMAND", "chek"}}}) ==
          "command 'chek' is unknown; did you mean 'check'? (from INPUT_COMMAND)\n");
    CHECK(refusal({.arguments = {"some/path"}}) ==
          "command 'some/path' is unknown; expected show or check; other words follow the command: "
          "fairlead-sample show some/path\n");
    CHECK(refusal({.arguments = {"Show"}, .variables = {}}) == "command 'Show' is unknown; did you mean 'show'?\n");
    CHECK(has(refusal({.arguments = {""}}), "command '' is unknown"));
}

TEST_CASE("a hidden command is reached by its whole name only, and named nowhere") {
    CHECK(has(run_sample({.arguments = {"keep"}}).out, "command=keep "));
    for (const char* near : {"kep", "keeep", "jeep"}) CHECK_FALSE(has(refusal({.arguments = {near}}), "keep"));
    CHECK(has(refusal({.variables = {{"INPUT_COMMAND", "keep"}}}), "command 'keep' is unknown"));
    const auto help = run_sample({.arguments = {"--help"}}).out;
    for (const char* hidden : {"keep", "--slot", "--render"}) CHECK_FALSE(has(help, hidden));
    for (const char* command : {"show", "keep"}) {
        const auto explained = run_sample({.arguments = {command, "--explain-config"}}).out;
        CHECK(has(explained, "name = world"));
        for (const char* hidden : {"keep", "slot"}) CHECK_FALSE(has(explained, hidden));
    }
    CHECK(refusal({.arguments = {"--rendr", "readme"}}) == "flag --rendr is unknown; --help lists all flags\n");
}

TEST_CASE("what belongs to another command is refused as a flag and as an action's input") {
    CHECK(refusal({.arguments = {"check", "--note", "x"}}) ==
          "--note has no meaning for 'check'; it belongs to show\n");
    CHECK(refusal({.arguments = {"check"}, .variables = {{"INPUT_NOTE", "x"}}}) ==
          "INPUT_NOTE has no meaning for 'check'; it belongs to show\n");
    CHECK(has(refusal({.arguments = {"check", "--dry-run"}}), "--dry-run has no meaning for 'check'"));
    CHECK(has(refusal({.arguments = {"check", "--confirm", "production"}}), "--confirm has no meaning for 'check'"));
    CHECK(run_sample({.arguments = {"check"}, .variables = {{"FAIRLEAD_NOTE", "x"}}}).status == 0);
    CHECK(run_sample({.arguments = {"check"}, .variables = {{"INPUT_NOTE", ""}, {"INPUT_DRY_RUN", "false"}}}).status ==
          0);
    CHECK(has(run_sample({.arguments = {"show", "--note", "x"}}).out, "note=x "));
    CHECK(has(run_sample({.arguments = {"--help"}}).out, "show: A note."));
}

TEST_CASE("an input whose emptiness would mean something else is refused when its variable is set but empty") {
    std::string command = "back", only;
    cli::Spec spec{.tool = "sample", .summary = "Is a sample."};
    spec.commands = {{"on", "Goes on."}, {"back", "Goes back."}};
    spec.command = &command;
    spec.inputs = {{.name = "if-it", .target = &only, .help = "X.", .of = {"back"}, .blank = "write it, or any"}};
    const auto refused = [&](const cli::Words& words, std::map<std::string, std::string> variables) {
        const auto judged = cli::refuse_blank(spec, words, sys::Environment(std::move(variables)));
        return judged.ok() ? std::string() : judged.error().message;
    };
    CHECK(refused({}, {}).empty());
    CHECK(refused({}, {{"INPUT_IF_IT", ""}}) == "INPUT_IF_IT is set but empty; write it, or any");
    CHECK(refused({}, {{"INPUT_IF-IT", " "}, {"INPUT_IF_IT", ""}}) == "INPUT_IF-IT is set but empty; write it, or any");
    CHECK(refused({}, {{"FAIRLEAD_IF_IT", ""}}) == "FAIRLEAD_IF_IT is set but empty; write it, or any");
    CHECK(refused({}, {{"INPUT_IF_IT", ""}, {"FAIRLEAD_SAMPLE_IF_IT", "x"}}).empty()); // which is taken then
    CHECK(refused({{{"if-it", {"x"}}}, {}}, {{"INPUT_IF_IT", ""}}).empty());
    command = "on";
    CHECK(refused({}, {{"INPUT_IF_IT", ""}}).empty());
}

TEST_CASE("a command's help shows what it takes and nothing else") {
    for (const std::vector<std::string>& asked :
         {std::vector<std::string>{"show", "--help"}, {"help", "show"}, {"--help", "show"}}) {
        const auto help = run_sample({.arguments = asked}).out;
        CHECK(help.starts_with("fairlead-sample show "));
        CHECK(has(help, "Shows all."));
        CHECK(has(help, "usage: fairlead-sample show [FLAG...] [LIST...]\n"));
        for (const char* part :
             {"--note TEXT", "  A note.", "--confirm NAME", "--dry-run", "--name you\n", "FAIRLEAD_TOKEN"})
            CHECK(has(help, part));
        for (const char* part : {"show: A note.", "Checks.", "check --ratio", "--slot", "commands:"})
            CHECK_FALSE(has(help, part));
    }
    const auto check = run_sample({.arguments = {"check", "-h"}}).out;
    for (const char* part : {"--name TEXT", "--body TEXT", "check --ratio 2\n", "--quiet"}) CHECK(has(check, part));
    for (const char* part : {"--note", "--confirm", "--dry-run", "--name you"}) CHECK_FALSE(has(check, part));
    const auto all = run_sample({.arguments = {"help"}}).out;
    CHECK(all == run_sample({.arguments = {"--help"}}).out);
    for (const char* part : {"show: A note.", "--name you\n", "check --ratio 2\n", "show   Shows all. The default.\n"})
        CHECK(has(all, part));
}

TEST_CASE("help for a word that is no command is a mistake, and never acts") {
    CHECK(refusal({.arguments = {"help", "chek"}}) == "command 'chek' is unknown; did you mean 'check'?\n");
    CHECK(refusal({.arguments = {"chek", "--help"}}) == "command 'chek' is unknown; did you mean 'check'?\n");
    CHECK(has(run_sample({.arguments = {"help", "keep"}}).out, "keep")); // hidden in lists, but who names it knows it
    CHECK(has(refusal({.variables = {{"INPUT_COMMAND", "help"}}}), "command 'help' is unknown"));
}

TEST_CASE("inputs stand under the title that their group begins with") {
    const auto help = run_sample({.arguments = {"--help"}}).out;
    const auto flags = help.find("\nflags:\n"), bodies = help.find("\nbodies:\n"),
               shared = help.find("\nflags of every tool:\n");
    CHECK((flags < help.find("--note TEXT") && help.find("--note TEXT") < bodies));
    CHECK((bodies < help.find("--body TEXT") && help.find("--body TEXT") < shared));
}

TEST_CASE("what nobody takes back wants the environment's name in production") {
    const auto try_out = [](std::vector<std::string> words) {
        return run_sample({.arguments = std::move(words), .config = two_environments}, stops);
    };
    CHECK(try_out({"--env", "production", "--confirm", "production"}).out == "stopped\n");
    const auto absent = try_out({"--env", "production"});
    CHECK(absent.status == 2);
    CHECK(absent.err ==
          "environment production is production, and this stops shop; to confirm, say --confirm production\n");
    CHECK(try_out({"--env", "production", "--dry-run"}).status == 0);
    CHECK(try_out({"--env", "staging"}).out == "stopped\n");
    for (const char* environment : {"production", "staging"}) {
        const auto wrong = try_out({"--env", environment, "--confirm", "prodution"});
        CHECK(wrong.status == 2);
        CHECK(has(wrong.err, "--confirm 'prodution' is not the environment that this acts on, '"));
    }
    CHECK(try_out({"--env", "staging", "--confirm", "production"}).status == 2);
    CHECK(has(try_out({"--confirm", "production"}).err, "and none is given"));
}
