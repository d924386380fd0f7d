#include "deploy/canary/log.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include <fmt/format.h>

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

std::string line(double ended, int status, double took, const std::string& times, const std::string& addresses) {
    return fmt::format("{:.3f}\t{}\t{:.3f}\t{}\t{}", ended, status, took, times, addresses);
}

const Counting counting{
    {{"unix:/run/0.sock", {"a"}}, {"unix:/run/1.sock", {"b", 2}}}, "b", SystemTime(Milliseconds{1'000'000}), "/health"};

std::vector<Answer> answers_of(const std::string& text) {
    std::vector<Answer> found;
    const auto access = parse_access(text);
    if (access) answers(*access, counting, [&](const Answer& one) { found.push_back(one); });
    return found;
}

}

TEST_CASE("a line of the router's log tells whose request it was and how it went") {
    const auto one = answers_of(line(1001, 200, 0.025, "0.020", "unix:/run/1.sock"));
    REQUIRE(one.size() == 1);
    CHECK(one[0].of == Answer::Of::fresh);
    CHECK(one[0].status == 200);
    CHECK(one[0].took_ms == 20.0);
    CHECK(answers_of(line(1001, 200, 0.025, "0.020", "unix:/run/0.sock"))[0].of == Answer::Of::old);
    CHECK_FALSE(answers_of(line(1001, 502, 0.025, "-", "unix:/run/0.sock"))[0].took_ms.has_value());
}

TEST_CASE("where several were asked, all but the last one failed") {
    const auto two = answers_of(line(1001, 200, 0.5, "0.400, 0.020", "unix:/run/1.sock, unix:/run/0.sock"));
    REQUIRE(two.size() == 2);
    CHECK((two[0].of == Answer::Of::fresh && two[0].failed()));
    CHECK((two[1].of == Answer::Of::old && !two[1].failed() && two[1].took_ms == 20.0));
    CHECK(answers_of(line(1001, 200, 0.5, "0.4 : 0.1", "unix:/run/1.sock : unix:/run/0.sock")).size() == 2);
}

TEST_CASE("what says nothing about a release doesn't count") {
    CHECK(answers_of(line(1001, 499, 0.5, "0.5", "unix:/run/0.sock")).empty()); // its client went away
    CHECK(answers_of(line(1001, 200, 2, "2", "unix:/run/0.sock")).empty());     // begun before the change
    CHECK(answers_of(line(1001, 200, 0.5, "0.5", "10.0.0.1:80")).empty());      // somebody else's
    CHECK(answers_of(line(1001, 400, 0, "-", "-")).empty());                    // nobody was asked
    CHECK(answers_of(line(1001, 200, 0.5, "0.5", "unix:/run/0.sock") + "\t/health").empty());
    CHECK(answers_of(line(1001, 200, 0.5, "0.5", "unix:/run/0.sock") + "\t/healthy").size() == 1);
}

TEST_CASE("lines of another kind are none") {
    for (const auto* text : {"", "\t\t\t\t", "1001.000", "x\t200\t0.1\t0.1\ta", "1001.000\t20\t0.1\t0.1\ta",
                             "1001.000\t200\t-0.1\t0.1\ta", "nan\t200\t0.1\t0.1\ta", "1e300\t200\t0.1\t0.1\ta",
                             "127.0.0.1 - - [22/Nov/2026:00:00:00 +0000] \"GET / HTTP/1.1\" 200 2"})
        CHECK_FALSE(parse_access(text));
    std::string many = "unix:/run/0.sock";
    for (int i = 0; i < 100'000; ++i) many += ", unix:/run/0.sock";
    CHECK(parse_access(line(1001, 200, 1, "-", many))->tried.size() == 64);
}

TEST_CASE("the log is read on as it grows, is renamed or is cut") {
    const auto folder = sys::TemporaryFolder::make("access log ").value();
    const auto path = folder.path() / "a.log";
    AccessLog log(path);
    const auto count = [&] {
        int lines = 0;
        log.read([&](const Access&) { ++lines; }).value();
        return lines;
    };
    const auto one = line(1001, 200, 0.1, "0.1", "a") + "\n";
    CHECK(count() == 0); // not there yet
    sys::write_file(path, one + one + one.substr(0, 9)).value();
    CHECK(count() == 2);
    CHECK(count() == 0);
    sys::append_file(path, one.substr(9) + "?\n").value();
    CHECK(count() == 1);
    CHECK(log.foreign() == 1);
    sys::append_file(path, one).value();
    sys::rename_path(path, folder.path() / "a.log.1").value();
    sys::write_file(path, one + one).value();
    CHECK(count() == 3);
    std::filesystem::resize_file(path, 0);
    CHECK(count() == 0);
    sys::append_file(path, one).value();
    CHECK(count() == 1);
    sys::append_file(path, std::string(300'000, 'x')).value();
    CHECK(count() == 0);
    sys::append_file(path, "\n" + one).value();
    CHECK(count() == 1);
}

TEST_CASE("of a long log only the end is read") {
    const auto folder = sys::TemporaryFolder::make("access log ").value();
    const auto one = line(1001, 200, 0.1, "0.1", "a") + "\n";
    std::string text;
    while (text.size() < 1u << 20) text += one;
    sys::write_file(folder.path() / "a.log", text).value();
    AccessLog log(folder.path() / "a.log");
    std::size_t lines = 0;
    log.read([&](const Access&) { ++lines; }).value();
    CHECK(lines == (256u << 10) / one.size());
    CHECK(log.foreign() == 0);
}
