#include "unit/sys/process/pipeline.h"
#include "support/brittle_disk.h"

using namespace fairlead;
using namespace fairlead::sys;
using namespace fairlead::sys::testing;

TEST_CASE("stages are joined from the input's text to the sink") {
    Bucket bucket;
    const auto output = output_of({.stages = {{.argv = {"cat"}}, {.argv = {"tr", "a-z", "A-Z"}}, {.argv = {"cat"}}},
                                   .input = std::string("over the bar\n"),
                                   .output = bucket.sink()});
    CHECK(bucket.text == "OVER THE BAR\n");
    CHECK(output.bytes == 13);
    CHECK_FALSE(output.failed);
    CHECK(output.verdict().ok());
    REQUIRE(output.stages.size() == 3);
    CHECK(output.stages[1].name == "tr");
    CHECK_FALSE(output.input_left);
}

TEST_CASE("a pipeline without input has none, and what nobody takes is dropped") {
    Bucket bucket;
    CHECK(output_of({.stages = {{.argv = {"cat"}}}, .output = bucket.sink()}).verdict().ok());
    CHECK(bucket.pieces == 0);
    CHECK(output_of({.stages = {{.argv = {"head", "-c", "1000000", "/dev/zero"}}}}).verdict().ok());
}

TEST_CASE("200 MB flow through three stages to a sink in little memory") {
    const pid_t pid = ::fork(); // what was the most before is forgotten there
    if (pid == 0) {
        const auto before = status_kilobytes("VmRSS:");
        std::uint64_t bytes = 0;
        bool right = true;
        const auto output = run_pipeline({.stages = {{.argv = {"sh", "-c", "head -c 200000000 /dev/zero"}},
                                                     {.argv = {"gzip", "-1"}},
                                                     {.argv = {"gzip", "-d"}}},
                                          .output = [&](std::string_view piece) -> Result<void> {
                                              bytes += piece.size();
                                              right = right && !piece.empty() && piece.size() <= (64u << 10);
                                              return {};
                                          }});
        const auto growth = (status_kilobytes("VmHWM:") - before) >> 10;
        if (!right || bytes != 200'000'000 || !output.ok() || output->failed || output->bytes != bytes) ::_exit(255);
        ::_exit(static_cast<int>(std::min<std::size_t>(growth, 254)));
    }
    int status = -1;
    ::waitpid(pid, &status, 0);
    INFO("grew by so many MiB, 255: wrong");
    CHECK(WEXITSTATUS(status) <= 16);
}

TEST_CASE("a source is drawn from as the first stage takes it") {
    int drawn = 0;
    const std::string piece(50'000, 'x');
    Bucket bucket;
    const auto output = output_of({.stages = {{.argv = {"cat"}}},
                                   .input = PieceSource([&]() -> Result<std::string_view> {
                                       return ++drawn <= 40 ? std::string_view(piece) : std::string_view();
                                   }),
                                   .output = bucket.sink()});
    CHECK(output.verdict().ok());
    CHECK(bucket.text == std::string(2'000'000, 'x'));
    CHECK(drawn == 41);
    CHECK_FALSE(output.input_left);
}

TEST_CASE("a file is an input, read from its beginning, and so is a stream of bytes") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    REQUIRE(write_file(folder.path() / "in", "a file").ok());
    Bucket bucket;
    CHECK(output_of({.stages = {{.argv = {"cat"}}, {.argv = {"cat"}}},
                     .input = FromFile{folder.path() / "in"},
                     .output = bucket.sink()})
              .verdict()
              .ok());
    auto stream = ByteStream::open(folder.path() / "in", Encoding::raw).value();
    CHECK(output_of({.stages = {{.argv = {"cat"}}},
                     .input = PieceSource([&] { return stream.next(); }),
                     .output = bucket.sink()})
              .verdict()
              .ok());
    CHECK(bucket.text == "a filea file");
    CHECK(message_of({.stages = {{.argv = {"cat"}}}, .input = FromFile{"/no/such"}}) ==
          "'/no/such' can't be read: No such file or directory");
}

TEST_CASE("a source that fails ends all, is the result, and is not taken for the input's end") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const auto mark = (folder.path() / "committed").string();
    int drawn = 0;
    const auto begin = steady_clock::now();
    const auto broken_off = [&]() -> Result<std::string_view> {
        if (++drawn == 2) return no("the archive is cut off");
        return std::string_view("half");
    };
    const auto output = run_pipeline({.stages = {shell("trap '' TERM; cat; echo done > " + mark)},
                                      .input = PieceSource(broken_off),
                                      .patience = Milliseconds{300}});
    REQUIRE_FALSE(output.ok());
    CHECK(output.error().message == "the archive is cut off");
    CHECK(output.error().kind == Kind::no);
    CHECK(drawn == 2);
    CHECK(inspect(mark).type == FileType::absent);
    CHECK(seconds_since(begin) < 5);
}

TEST_CASE("a first stage that doesn't want the rest of its input is told of") {
    const std::string piece(60'000, 'x');
    const auto output =
        output_of({.stages = {{.argv = {"true"}}},
                   .input = PieceSource([&]() -> Result<std::string_view> { return std::string_view(piece); })});
    CHECK(output.verdict().ok());
    CHECK(output.input_left);
}

TEST_CASE("the output goes to a new file, which a failure takes away again") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const auto path = folder.path() / "out";
    CHECK(output_of({.stages = {shell("echo one")}, .output = ToFile{path}}).verdict().ok());
    CHECK(read_file(path).value() == "one\n");
    CHECK(inspect(path).mode == 0600);
    CHECK(message_of({.stages = {shell("echo two")}, .output = ToFile{path}}) ==
          fmt::format("'{}' can't be created: File exists", path.string()));
    CHECK(read_file(path).value() == "one\n");
    const auto other = folder.path() / "other";
    CHECK(output_of({.stages = {shell("echo half; exit 3"), {.argv = {"cat"}}}, .output = ToFile{other}}).failed == 0);
    CHECK(inspect(other).type == FileType::absent);
    CHECK(message_of({.stages = {shell("echo half; sleep 60")}, .output = ToFile{other}, .timeout = Milliseconds{50}})
              .ends_with("was not done after 50ms and was ended"));
    CHECK(inspect(other).type == FileType::absent);
}

TEST_CASE("the output goes to a descriptor, which stays the caller's") {
    const auto folder = TemporaryFolder::make("fairlead-test").value();
    const int file = ::open((folder.path() / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    for (int round = 0; round < 2; ++round)
        CHECK(output_of({.stages = {{.argv = {"cat"}}, {.argv = {"cat"}}},
                         .input = std::string("again\n"),
                         .output = ToDescriptor{file}})
                  .verdict()
                  .ok());
    CHECK(::close(file) == 0);
    CHECK(read_file(folder.path() / "out").value() == "again\nagain\n");
}

TEST_CASE("a stage hears the end of its input, for nobody else holds the other end") {
    Bucket bucket;
    const auto begin = steady_clock::now();
    const auto output =
        output_of({.stages = {shell("echo x"), {.argv = {"cat"}}, {.argv = {"sort"}}, {.argv = {"cat"}}},
                   .output = bucket.sink(),
                   .timeout = Milliseconds{20'000}});
    CHECK(output.verdict().ok());
    CHECK(bucket.text == "x\n");
    CHECK(seconds_since(begin) < 5);
}

TEST_CASE("a stage has no descriptor but its three") {
    Bucket bucket;
    CHECK(output_of({.stages = {{.argv = {"cat"}}, shell("ls -l /proc/$$/fd"), {.argv = {"cat"}}},
                     .input = std::string("x"),
                     .output = bucket.sink()})
              .stages[1]
              .status == 0);
    std::size_t open = 0; // less what whoever started the test left open for everyone
    for (int number = 3; number < 1024; ++number) open += ::fcntl(number, F_GETFD) == 0;
    CHECK(static_cast<std::size_t>(std::count(bucket.text.begin(), bucket.text.end(), '>')) == 3 + open);
}

TEST_CASE("what a pipeline wrote into a file of its own is there for good", "[pipeline]") {
    const auto above = TemporaryFolder::make("fairlead-test").value();
    const auto folder = above.path() / "folder";
    make_folders(folder).value();
    const fairlead::test::BrittleDisk disk(folder);
    CHECK(output_of({.stages = {shell("echo one")}, .output = ToFile{folder / "out"}}).verdict().ok());
    CHECK(disk.order == std::vector<std::string>{"fsync out", "fsync folder"});
}
