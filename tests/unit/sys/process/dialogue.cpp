#include "sys/process/dialogue.h"
#include "support/catch.h"
#include <chrono>

using namespace fairlead;
using fairlead::sys::Dialogue;

namespace {

Result<std::string> said(Dialogue& dialogue, std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) {
        std::string block(bytes - text.size(), '\0');
        const std::size_t count = TRY(dialogue.receive(block));
        if (count == 0) return dialogue.ended();
        text += block.substr(0, count);
    }
    return text;
}

}

TEST_CASE("a child that answers while it is still told more is never waited for in vain") {
    auto cat = Dialogue::start({"cat"}, "the cat", Milliseconds(20'000)).value();
    const std::string much(3u << 20, 'x');
    REQUIRE(cat.send(much).ok()); // far more than two pipes hold
    CHECK(said(cat, much.size()).value() == much);
}

TEST_CASE("a child that ended, or says nothing, is told with its last words") {
    auto gone =
        Dialogue::start({"sh", "-c", "echo first >&2; echo 'the reason' >&2; exit 3"}, "it", Milliseconds(20'000));
    CHECK(said(gone.value(), 1).error().message == "it ended: the reason");
    auto deaf = Dialogue::start({"sh", "-c", "exec 0<&-; sleep 60"}, "it", Milliseconds(200)).value();
    const auto begun = std::chrono::steady_clock::now();
    CHECK(said(deaf, 1).error().message == "it has not answered for 200ms");
    CHECK_FALSE(deaf.send(std::string(1u << 20, 'x')).ok());
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(10));
    CHECK_FALSE(Dialogue::start({"/no/such/program"}, "it", Milliseconds(200)).ok());
}
