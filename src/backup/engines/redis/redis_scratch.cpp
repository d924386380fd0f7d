// A server of one's own for one set: a folder with its dump, a socket there and no network, gone afterwards.
#include "backup/engines/redis/redis_parts.h"
#include "backup/scratch.h"
#include "sys/clock.h"
#include "sys/digest.h"
#include "sys/files/owned/scratch.h"
#include "sys/stream/files.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup::redis {
namespace {

// In a container nothing ends with us: a shell hears the end of its input, and then ends the server and tidies up.
constexpr const char* kept_by_shell =
    "d=$1; shift; \"$@\" >/dev/null & p=$!; cat >/dev/null; kill $p 2>/dev/null; wait $p; rm -rf \"$d\"";
constexpr const char* received_by_shell = "umask 077 && mkdir \"$1\" && cat >\"$1/dump.rdb\"";

}

Scratch::Scratch(Client client, std::string folder, int databases)
    : client_(std::move(client)), folder_(std::move(folder)), databases_(databases) {}

Scratch::~Scratch() {
    if (server_) (void)server_->close(); // before its folder goes
    server_.reset();
}

Result<std::unique_ptr<Scratch>> Scratch::make(const Programs& programs, const World& world, int databases) {
    TRY_VOID(need(programs, "server", "the set is loaded by"));
    std::optional<sys::ScratchFolder> own;
    if (!programs.is_elsewhere()) {
        auto made = TRY(sys::ScratchFolder::make(scratch_of_redis));
        own.emplace(std::move(made));
    }
    const std::string folder = own ? (own->path() / "server").string() : "/tmp/fairlead-redis-" + sys::random_hex(8);
    Client client({.host = "",
                   .port = "",
                   .socket = folder + "/s",
                   .user = "",
                   .password = "",
                   .tls = false,
                   .shown = "the scratch server"},
                  programs, world);
    std::unique_ptr<Scratch> scratch(new Scratch(std::move(client), folder, std::max(databases, default_databases)));
    if (own) scratch->own_.emplace(std::move(*own));
    return scratch;
}

Result<void> Scratch::store(sys::Source& plain) const {
    if (own_) {
        TRY_VOID(sys::make_folders(folder_, 0700));
        const auto sink = TRY(sys::file_sink(folder_ + "/dump.rdb"));
        TRY(sys::pour(plain, *sink));
        return sink->close();
    }
    auto stage = client_.bare("server", {});
    stage.argv.pop_back();
    stage.argv.insert(stage.argv.end(), {"sh", "-c", received_by_shell, "sh", folder_});
    const auto sink = TRY(sys::ChildSink::start(stage));
    TRY(sys::pour(plain, *sink));
    return sink->close();
}

Result<void> Scratch::start() {
    const std::vector<std::string> words = {"--port",           "0",        "--unixsocket", folder_ + "/s",
                                            "--unixsocketperm", "700",      "--dir",        folder_,
                                            "--save",           "",         "--appendonly", "no",
                                            "--dbfilename",     "dump.rdb", "--daemonize",  "no",
                                            "--loglevel",       "warning",  "--databases",  std::to_string(databases_)};
    auto stage = client_.bare("server", words);
    const auto at = stage.argv.end() - static_cast<std::ptrdiff_t>(words.size()) - 1;
    stage.argv.insert(at, {"sh", "-c", kept_by_shell, "sh", folder_});
    server_ = TRY(sys::ChildSink::start(stage));
    constexpr int attempts = 100; // until it answers; one that loads does
    for (int attempt = 0; attempt < attempts;) {
        const auto answer = client_.ask({"PING"});
        if (answer.ok() && answer.value() == "PONG") return {};
        const bool loads = !answer.ok() && answer.error().message.find("LOADING") != std::string::npos;
        if (!loads) ++attempt;
        if (!sys::real_clock().sleep(Milliseconds{100})) return could_not("interrupted while a server started");
    }
    return no("Redis does not start with the data of the set; if the set is from a newer version or needs modules, use "
              "that version and these modules");
}

Result<void> Scratch::load(sys::Source& plain) {
    TRY_VOID(store(plain));
    return start();
}

namespace {

class ScratchRestore : public Restore {
  public:
    ScratchRestore(std::unique_ptr<Scratch> scratch, const Part& part) : scratch_(std::move(scratch)), part_(part) {
        shown = "a separate server";
        is_scratch = true;
    }
    Result<void> fill(sys::Source& plain) override { return scratch_->load(plain); }
    Result<std::vector<TableCount>> count() override {
        const auto found = TRY(scratch_->client().keys());
        return counts_like(part_.tables, found);
    }
    Result<std::string> change_places() override { return std::string(); }

  private:
    std::unique_ptr<Scratch> scratch_;
    Part part_;
};

}

Result<std::unique_ptr<Restore>> rehearse(const Part& part, const World& world) {
    const auto programs = TRY(find_programs(world.via_of(part.name), world));
    auto scratch = TRY(Scratch::make(programs, world, databases_of(part)));
    return std::unique_ptr<Restore>(std::make_unique<ScratchRestore>(std::move(scratch), part));
}

}
