#include "backup/engines/kinds.h"
#include "backup/engines/redis/redis_parts.h"
#include "base/text.h"
#include "sys/clock.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup::redis {
namespace {

// A server that doesn't know its dump's length sends 40 letters behind it, and redis-cli leaves them there where it
// can't cut a file. A dump ends with 0xFF and 8 bytes of checksum, none of which is a letter of hexadecimal's then.
class WithoutMark {
  public:
    explicit WithoutMark(sys::Sink& into) : into_(into) {}
    Result<void> write(std::string_view bytes) {
        held_.append(bytes);
        if (held_.size() <= kept) return {};
        TRY_VOID(into_.write(std::string_view(held_).substr(0, held_.size() - kept)));
        held_.erase(0, held_.size() - kept);
        return {};
    }
    Result<void> close() {
        const auto is_letter = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
        if (held_.size() == kept && held_[0] == '\xff' && std::all_of(held_.end() - mark, held_.end(), is_letter))
            held_.resize(kept - mark);
        return into_.write(held_);
    }

  private:
    static constexpr std::size_t mark = 40, kept = 1 + 8 + mark;
    sys::Sink& into_;
    std::string held_;
};

constexpr const char* changes_key = "rdb_changes_since_last_save";

class RedisDump : public Dump {
  public:
    explicit RedisDump(Client client) : client_(std::move(client)) {}

    Result<void> write(sys::Sink& into) override {
        TRY_VOID(save());
        auto persistence = TRY(client_.info("persistence"));
        const auto before = TRY(client_.keys());
        const auto child = TRY(sys::ChildSource::start(client_.stage("cli", {"--rdb", "-"})));
        WithoutMark cut(into);
        std::string piece(sys::stream_piece, '\0');
        while (true) {
            const std::size_t count = TRY(child->read(piece));
            if (count == 0) break;
            TRY_VOID(cut.write(std::string_view(piece).substr(0, count)));
        }
        TRY_VOID(cut.close());
        part.tables = to_counts(before);
        is_empty = before.empty();
        const auto after = TRY(client_.keys());
        auto afterwards = TRY(client_.info("persistence"));
        // What was written meanwhile may be in it or not: the number of keys is known where nothing was.
        const auto changes = afterwards[changes_key];
        const bool is_quiet = changes == "0" || changes == persistence[changes_key];
        const auto now = to_counts(after);
        for (auto& one : part.tables)
            one.exact = one.exact && is_quiet && std::find(now.begin(), now.end(), one) != now.end();
        return {};
    }

  private:
    // A server that can't save sends nothing either, and says why here. One that keeps nothing on its disk is left so:
    // a file that nobody asked for would be loaded when it starts again.
    Result<void> save() const {
        const auto wanted = client_.ask({"CONFIG", "GET", "save"});
        if (wanted.ok() && trim(wanted.value()) == "save") return {};
        constexpr int most_idle_looks = 600, patience = 3; // of one that is scheduled behind a rewrite
        TRY(client_.ask({"BGSAVE", "SCHEDULE"}));
        for (int idle = 0; idle < most_idle_looks;) {
            if (!sys::real_clock().sleep(Milliseconds{100})) return could_not("interrupted while Redis saved");
            auto told = TRY(client_.info("persistence"));
            if (told["rdb_bgsave_in_progress"] == "1") continue;
            ++idle;
            if (told["aof_rewrite_in_progress"] == "1") continue;
            if (told["rdb_last_bgsave_status"] == "ok") return {};
            if (idle > patience)
                return could_not(fmt::format("{} can't save (rdb_last_bgsave_status is {}); look at its log, the disk "
                                             "of its dir, and vm.overcommit_memory",
                                             shown, told["rdb_last_bgsave_status"]));
        }
        return could_not(fmt::format("{} does not save though it was asked to; look at its log", shown));
    }

    Client client_;
};

}

Result<std::vector<std::unique_ptr<Dump>>> dumps(const SourceSettings& source, const World& world) {
    const auto address = TRY(find_address(source, world));
    if (address.kind != Address::Kind::redis)
        return usage(fmt::format("source '{}' is of engine redis, and {} is not a URL of Redis; expected "
                                 "redis://user:password@host:6379/0",
                                 source.name, address.variable),
                     source.place);
    auto where = TRY(read_where(address));
    auto programs = TRY(find_programs(source.via, world));
    TRY_VOID(need(programs, "check-rdb", "the dump is checked by"));
    const Client client(std::move(where), std::move(programs), world);
    auto server = TRY(client.info("server"));
    auto replication = TRY(client.info("replication"));
    auto dump = std::make_unique<RedisDump>(client);
    dump->shown = client.where().shown;
    dump->ending = "rdb";
    dump->unit = "key";
    dump->part.name = source.name;
    dump->part.engine = "redis";
    dump->part.format = "rdb";
    dump->part.database = client.where().shown;
    dump->part.server_version = dump->part.client_version = server["redis_version"];
    dump->part.consistency = "snapshot";
    const int databases = TRY(client.databases());
    dump->part.facts["databases"] = std::to_string(databases);
    dump->part.facts["from_replica"] = replication["role"] == "slave" ? "t" : "f";
    std::vector<std::unique_ptr<Dump>> all;
    all.push_back(std::move(dump));
    return all;
}

Result<void> check(const Part& part, sys::Source& plain, const Programs& programs, const World& world) {
    TRY_VOID(need(programs, "check-rdb", "level 3 checks a dump by"));
    const Client nobody({}, programs, world);
    const auto child = TRY(sys::ChildSink::start(nobody.bare("check-rdb", {"/dev/stdin"})));
    TRY(sys::pour(plain, *child));
    const auto closed = child->close();
    if (!closed.ok()) return no(fmt::format("'{}' is not a complete dump: {}", part.file, closed.error().message));
    return {};
}

}

namespace fairlead::backup {
namespace {

class Redis : public Engine {
  public:
    std::string_view name() const override { return "redis"; }
    Result<std::vector<std::unique_ptr<Dump>>> dumps(const SourceSettings& source, const World& world) const override {
        return redis::dumps(source, world);
    }
    Result<void> look_at(const Part& part, sys::Source& plain, const World& world) const override {
        const auto programs = TRY(redis::find_programs(world.via_of(part.name), world));
        return redis::check(part, plain, programs, world);
    }
    Result<std::unique_ptr<Restore>> restore(const Part& part, const SourceSettings& source, const Aim& aim,
                                             const World& world) const override {
        return redis::restore(part, source, aim, world);
    }
    Result<std::unique_ptr<Restore>> rehearse(const Part& part, const World& world) const override {
        return redis::rehearse(part, world);
    }
};

}

const Engine& redis_engine() {
    static const Redis engine;
    return engine;
}

}
