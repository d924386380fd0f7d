#include "sys/process/helper.h"
#include "support/catch.h"
#include "sys/process/confine.h"
#include "sys/process/process.h"
#include <sys/wait.h>
#include <unistd.h>

using namespace fairlead;

TEST_CASE("a helper answers, has no answer, and its owner goes on when it is gone") {
    auto helper = sys::Helper::start([](std::string_view question) -> std::optional<std::string> {
                      if (question == "nothing") return std::nullopt;
                      if (question == "end") ::_exit(1);
                      if (question == "throw") throw std::string("up");
                      return "answer to " + std::string(question) + std::string(100000, 'x');
                  }).value();
    CHECK(helper.ask("one").value() == "answer to one" + std::string(100000, 'x'));
    CHECK_FALSE(helper.ask("nothing"));
    CHECK_FALSE(helper.ask("throw"));
    CHECK(helper.ask("").value().starts_with("answer to x"));
    CHECK_FALSE(helper.ask("end"));
    CHECK_FALSE(helper.ask("one"));
}

TEST_CASE("a helper starts what its confined owner can't") {
    const pid_t child = ::fork();
    if (child == 0) {
        auto helper = sys::Helper::start([](std::string_view) -> std::optional<std::string> {
            const auto done = sys::run({.argv = {"echo", "hello"}, .whose = sys::Whose::ours});
            return done.ok() ? std::optional(done->out) : std::nullopt;
        });
        (void)sys::confine(sys::Network::no);
        ::_exit(helper.ok() && helper->ask("?") == "hello\n" ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
}
