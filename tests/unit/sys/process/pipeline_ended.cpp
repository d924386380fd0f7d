// How stages, sources and sinks end a pipeline, and what is left of it then.
#include "unit/sys/process/pipeline.h"

using namespace fairlead;
using namespace fairlead::sys;
using namespace fairlead::sys::testing;

TEST_CASE("the first stage fails, the others do what they can, and the pipe's end is no yes") {
    Bucket bucket;
    const auto output = output_of(
        {.stages = {shell("echo half; echo 'no such table' >&2; exit 4"), {.argv = {"gzip"}}, {.argv = {"gzip", "-d"}}},
         .output = bucket.sink()});
    CHECK(bucket.text == "half\n");
    CHECK(output.failed == 0);
    CHECK(output.stages[0].status == 4);
    CHECK(output.stages[1].status == 0);
    CHECK(output.stages[2].status == 0);
    CHECK(output.verdict().error().message == "'echo half; echo 'no ' (1 of 3) ended with status 4: no such table");
}

TEST_CASE("the middle stage fails: it is to blame, not the producer that lost its reader") {
    const auto output =
        output_of({.stages = {{.argv = {"yes"}}, shell("head -n 1; echo bad >&2; exit 1"), {.argv = {"cat"}}}});
    CHECK(output.failed == 1);
    CHECK(output.stages[0].signal == SIGPIPE);
    CHECK_FALSE(output.stages[0].is_well());
    CHECK(output.stages[2].is_well());
    CHECK(output.verdict().error().kind == Kind::could_not);
}

TEST_CASE("the last stage fails: it is to blame") {
    const auto output = output_of({.stages = {{.argv = {"yes"}}, {.argv = {"cat"}}, shell("exit 9")}});
    CHECK(output.failed == 2);
    CHECK(output.verdict().error().message == "'exit 9' (3 of 3) ended with status 9");
}

TEST_CASE("the first stage is killed: what came of it is no whole") {
    Bucket bucket;
    const auto output =
        output_of({.stages = {shell("echo half; kill -KILL $$"), {.argv = {"cat"}}}, .output = bucket.sink()});
    CHECK(output.failed == 0);
    CHECK(output.stages[0].signal == SIGKILL);
    CHECK(output.stages[1].status == 0);
    CHECK(output.verdict().error().message == "'echo half; kill -KIL' (1 of 2) was ended by signal 9");
}

TEST_CASE("of several that fail the one that ended first is to blame") {
    const auto later = output_of({.stages = {shell("sleep 0.3; exit 5"), shell("exit 6")}});
    CHECK(later.failed == 1);
    const auto first = output_of({.stages = {shell("exit 5"), shell("cat; sleep 0.3; exit 6")}});
    CHECK(first.failed == 0);
}

TEST_CASE("a producer whose reader had enough and was well is well, through the whole line") {
    Bucket bucket;
    const auto output = output_of(
        {.stages = {{.argv = {"yes"}}, {.argv = {"cat"}}, {.argv = {"head", "-n", "1"}}}, .output = bucket.sink()});
    CHECK(bucket.text == "y\n");
    CHECK(output.stages[0].signal == SIGPIPE);
    CHECK(output.stages[0].unheard);
    CHECK(output.stages[1].unheard);
    CHECK_FALSE(output.stages[2].unheard);
    CHECK(output.verdict().ok());
    const auto by_shell = output_of({.stages = {shell("exit 141"), {.argv = {"true"}}}});
    CHECK(by_shell.verdict().ok());
}

TEST_CASE("SIGPIPE of the last stage is a failure: its reader was not one of ours that had enough") {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    ::close(ends[0]);
    const auto output = output_of({.stages = {{.argv = {"yes"}}}, .output = ToDescriptor{ends[1]}});
    ::close(ends[1]);
    CHECK(output.failed == 0);
    CHECK(output.verdict().error().message == "'yes' was ended by signal 13");
}

TEST_CASE("a sink that fails at the second piece ends all, and its error is the result") {
    int pieces = 0;
    const std::string variable = fmt::format("SINK_TEST={}", ::getpid());
    const auto begin = steady_clock::now();
    const auto output = run_pipeline(marked({.stages = {{.argv = {"yes"}}, {.argv = {"cat"}}},
                                             .output = [&](std::string_view) -> Result<void> {
                                                 if (++pieces == 2) return could_not("the disk is full");
                                                 return {};
                                             }},
                                            variable));
    REQUIRE_FALSE(output.ok());
    CHECK(output.error().message == "the disk is full");
    CHECK(pieces == 2);
    CHECK(count_of(variable) == 0);
    CHECK(seconds_since(begin) < 5);
}

TEST_CASE("a sink that throws leaves nobody behind") {
    const std::string variable = fmt::format("THROW_TEST={}", ::getpid());
    CHECK_THROWS_AS((void)run_pipeline(marked({.stages = {{.argv = {"yes"}}, {.argv = {"cat"}}},
                                               .output = [](std::string_view) -> Result<void> { throw 1; }},
                                              variable)),
                    int);
    CHECK(count_of(variable) == 0);
}

TEST_CASE("at the deadline all stages end") {
    const std::string variable = fmt::format("DEADLINE_TEST={}", ::getpid());
    const auto begin = steady_clock::now();
    CHECK(message_of(marked({.stages = {{.argv = {"yes"}}, {.argv = {"sleep", "60"}}, {.argv = {"cat"}}},
                             .timeout = Milliseconds{150}},
                            variable)) == "'yes | sleep | cat' was not done after 150ms and was ended");
    CHECK(count_of(variable) == 0);
    CHECK(seconds_since(begin) < 5);
}

TEST_CASE("a stage that ignores SIGTERM is killed after the patience, the others meanwhile keep theirs") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const auto tidied = (folder.path() / "tidied").string();
    const auto begin = steady_clock::now();
    CHECK_FALSE(
        run_pipeline({.stages = {shell("trap '' TERM; while :; do sleep 1; done"),
                                 shell("trap 'echo tidy > " + tidied + "; exit 0' TERM; while :; do sleep 0.05; done")},
                      .timeout = Milliseconds{300},
                      .patience = Milliseconds{400}})
            .ok());
    CHECK(seconds_since(begin) >= 0.7);
    CHECK(seconds_since(begin) < 5);
    CHECK(inspect(tidied).type == FileType::file);
}

TEST_CASE("a stop request ends a pipeline that runs, not one that is started after it") {
    catch_signals();
    const std::string variable = fmt::format("STOP_TEST={}", ::getpid());
    const auto begin = steady_clock::now();
    {
        std::jthread killer([] {
            std::this_thread::sleep_for(Milliseconds{150});
            ::kill(::getpid(), SIGTERM);
        });
        CHECK(message_of(marked({.stages = {{.argv = {"yes"}}, {.argv = {"sleep", "60"}}}}, variable)) ==
              "interrupted while 'yes | sleep' ran");
    }
    CHECK(count_of(variable) == 0);
    CHECK(seconds_since(begin) < 5);
    Bucket bucket;
    CHECK(output_of({.stages = {shell("sleep 0.1; echo undone"), {.argv = {"cat"}}}, .output = bucket.sink()})
              .verdict()
              .ok());
    CHECK(bucket.text == "undone\n");
    reset_stop_request();
}

TEST_CASE("where one program is not there nothing is started") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const auto touched = (folder.path() / "touched").string();
    CHECK(message_of({.stages = {{.argv = {"touch", touched}}, {.argv = {"no-such-program"}}},
                      .output = ToFile{folder.path() / "out"}}) ==
          "program 'no-such-program' is not in PATH; install it or name its path");
    CHECK(message_of({.stages = {{.argv = {"touch", touched}}, {.argv = {"true"}, .folder = "/no/such"}}})
              .ends_with("can't run in '/no/such': there is no such folder"));
    CHECK(inspect(touched).type == FileType::absent);
    CHECK(inspect(folder.path() / "out").type == FileType::absent);
    CHECK_FALSE(run_pipeline({}).ok());
    CHECK_FALSE(run_pipeline({.stages = {{}}}).ok());
}

TEST_CASE("where one program can't be executed those that were started end") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    REQUIRE(write_file(folder.path() / "plain", "echo").ok());
    const std::string variable = fmt::format("EXEC_TEST={}", ::getpid());
    CHECK(message_of(marked({.stages = {{.argv = {"sleep", "60"}},
                                        shell("setsid sleep 60"),
                                        {.argv = {(folder.path() / "plain").string()}}},
                             .output = ToFile{folder.path() / "out"}},
                            variable))
              .ends_with("can't be started: Permission denied"));
    CHECK(count_of(variable) == 0);
    CHECK(inspect(folder.path() / "out").type == FileType::absent);
}

TEST_CASE("what a stage leaves behind ends with the pipeline, in whatever session") {
    const std::string variable = fmt::format("LEFT_TEST={}", ::getpid());
    Bucket bucket;
    const auto output = run_pipeline(marked(
        {.stages = {shell("sleep 60 >/dev/null 2>&1 & echo out"), shell("setsid sleep 61 >/dev/null 2>&1 & cat")},
         .output = bucket.sink()},
        variable));
    REQUIRE(output.ok());
    CHECK(output->verdict().ok());
    CHECK(bucket.text == "out\n");
    CHECK(count_of(variable) == 0);
}

TEST_CASE("a process left behind that could still write makes the output no whole") {
    const auto begin = steady_clock::now();
    Bucket bucket;
    CHECK(message_of({.stages = {shell("sleep 60 & echo half")}, .output = bucket.sink()}) ==
          "'sleep 60 & echo half' ended, but left a process that kept its output open; that process was ended, so the "
          "rest of its output is missing");
    CHECK(output_of({.stages = {shell("sleep 60 >/dev/null & echo all")}, .output = bucket.sink()}).verdict().ok());
    CHECK(seconds_since(begin) < 5);
}

TEST_CASE("of a flood of errors each stage keeps the end, and none waits for another's") {
    // Words: lines that look encoded wait for the next ones, and are cut.
    const auto flood = [](char letter) {
        return shell(fmt::format("line=$(head -c 2000 /dev/zero | tr '\\0' {0} | sed 's/{0}/{0} /g'); "
                                 "yes \"$line\" | head -n 250 >&2; echo last-{0} >&2; cat",
                                 letter));
    };
    const auto output = output_of({.stages = {flood('a'), flood('b')}});
    for (const auto& [stage, letter] : {std::pair(output.stages[0], 'a'), std::pair(output.stages[1], 'b')}) {
        CHECK(stage.err.size() <= kept_errors);
        CHECK(stage.err.size() > kept_errors - 6000);
        CHECK(stage.err.ends_with(fmt::format("\nlast-{}\n", letter)));
        CHECK(stage.err.find('\n') == 4000);
        CHECK(stage.err.front() == letter);
    }
}

TEST_CASE("what stages say is masked, also where what is kept begins") {
    const Secret known("correct-horse-battery-staple");
    const auto output = output_of({.stages = {shell("echo 'with correct-horse-battery-staple' >&2; exit 1"),
                                              shell("printf 'no end: correct-horse-battery-staple' >&2"),
                                              shell("yes correct-horse-battery-staple | head -n 20000 >&2")}});
    CHECK(output.stages[0].err == "with ***\n");
    CHECK(output.stages[1].err == "no end: ***");
    CHECK(output.stages[2].err.find("staple") == std::string::npos);
    CHECK(output.stages[2].err.starts_with("***\n"));
    CHECK(output.verdict().error().message.ends_with("ended with status 1: with ***"));
}

TEST_CASE("a stage sees what any program may need, or the environment given, and the pipeline's mark") {
    for (const char* name : {"INPUT_CANARY", "FAIRLEAD_TEST_CANARY", "GITHUB_TOKEN"}) ::setenv(name, "canary", 1);
    Bucket usual, given;
    CHECK(output_of({.stages = {{.argv = {"env"}}}, .output = usual.sink()}).verdict().ok());
    CHECK(output_of(
              {.stages = {{.argv = {"env"}, .environment = std::vector<std::string>{"A=1"}}}, .output = given.sink()})
              .verdict()
              .ok());
    for (const char* name : {"INPUT_CANARY", "FAIRLEAD_TEST_CANARY", "GITHUB_TOKEN"}) ::unsetenv(name);
    CHECK(usual.text.find("canary") == std::string::npos);
    CHECK(usual.text.find("PATH=") != std::string::npos);
    CHECK(given.text.starts_with("A=1\nFAIRLEAD_PIPELINE="));
    CHECK(std::count(given.text.begin(), given.text.end(), '\n') == 2);
}

TEST_CASE("pipelines of several threads don't end one another") {
    const auto run = [](int round) {
        Bucket bucket;
        const auto output = run_pipeline(
            {.stages = {shell(fmt::format("sleep 0.0{}; echo x", round)), {.argv = {"cat"}}}, .output = bucket.sink()});
        return output.ok() && output->verdict().ok() && bucket.text == "x\n";
    };
    std::array<bool, 4> well{};
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < well.size(); ++i)
            threads.emplace_back([&, i] { well[i] = run(static_cast<int>(i)) && run(9) && run(1); });
    }
    CHECK(std::all_of(well.begin(), well.end(), [](bool one) { return one; }));
}
