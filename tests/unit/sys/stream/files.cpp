#include "sys/files/files.h"
#include "support/catch.h"
#include "sys/files/tree_builder.h"
#include "sys/stream/files.h"

using namespace fairlead;

TEST_CASE("a file of a bare name is written to where we are, and there is no folder to complain of") {
    const auto folder = sys::TemporaryFolder::make("fairlead-test");
    REQUIRE(folder.ok());
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder->path());
    const auto sink = sys::file_sink("bare");
    const bool is_written = sink.ok() && sink.value()->write("content").ok();
    const auto closed = is_written ? sink.value()->close() : Result<void>(could_not("not written"));
    std::filesystem::current_path(before);
    CHECK(closed.ok());
    CHECK(sys::read_file(folder->path() / "bare").value_or("") == "content");
}
