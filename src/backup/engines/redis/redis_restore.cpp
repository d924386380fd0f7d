// Into a server that runs: its keys come into databases that are empty, and one transaction swaps them with those that
// serve. Into a file: what a server loads when it starts.
#include "backup/engines/beside.h"
#include "backup/engines/redis/redis_beside.h"
#include "backup/engines/redis/redis_parts.h"
#include "backup/scratch.h"
#include "base/text.h"
#include "sys/digest.h"
#include "sys/fault.h"
#include "sys/files/log.h"
#include "sys/stream/files.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace fairlead::backup::redis {
namespace {

using sys::FileType;
using sys::Path;

using beside::Expected;

// The code of each function library, by its name. Redis has them since 7, and INFO their number.
Result<std::map<std::string, std::string>> libraries(const Client& server) {
    std::map<std::string, std::string> all;
    auto memory = TRY(server.info("memory"));
    if (parse_integer(memory["number_of_libraries"]).value_or(0) == 0) return all;
    const auto listed = TRY(server.ask({"FUNCTION", "LIST"}));
    const auto lines = split(listed, '\n');
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
        if (lines[i] != "library_name") continue;
        const auto& name = lines[i + 1];
        const auto whole = TRY(server.ask({"FUNCTION", "LIST", "LIBRARYNAME", name, "WITHCODE"}));
        all[name] = whole.substr(std::min(whole.find("\nlibrary_code\n"), whole.size()));
    }
    return all;
}

class ServerRestore : public Restore {
  public:
    ServerRestore(Client target, std::unique_ptr<Scratch> scratch, const Part& part, std::map<int, int> beside,
                  bool is_full)
        : target_(std::move(target)), scratch_(std::move(scratch)), part_(part), beside_(std::move(beside)),
          is_full_(is_full), token_(sys::random_hex(8)) {
        shown = target_.where().shown;
        if (is_full_) act = fmt::format("replaces {} of {}", names(false), shown);
    }
    ~ServerRestore() override {
        for (const auto& [index, database] : claimed_) give_back(index, database);
    }

    Result<void> fill(sys::Source& plain) override {
        TRY_VOID(scratch_->load(plain));
        all_ = TRY(scratch_->client().keys());
        TRY_VOID(tell_of_functions());
        for (const auto& [index, database] : beside_) {
            if (!TRY(beside::claim(target_, expected(index, database, all_[index]))))
                return in_use(database, "was empty, and somebody uses it now");
            claimed_.emplace(index, database);
            sys::fault_point("claimed");
            TRY_VOID(move(index, database));
        }
        return {};
    }

    Result<std::vector<TableCount>> count() override {
        auto found = TRY(target_.keys());
        std::map<int, Keys> its;
        for (const auto& [index, database] : beside_) {
            its[index] = found[database];
            its[index].lasting -= std::min<std::uint64_t>(its[index].lasting, 1); // the mark
        }
        return counts_like(part_.tables, its);
    }

    Result<std::string> change_places() override {
        std::vector<Expected> all;
        for (const auto& [index, database] : beside_) all.push_back(expected(index, database, all_[index]));
        if (const int changed = TRY(beside::swap(target_, all)); changed >= 0)
            return in_use(changed, "was filled for the restore, and somebody else has written to it since");
        claimed_.clear();
        const auto there = TRY(target_.keys()); // what came since the beginning is kept as well
        const bool is_kept = is_full_ || std::any_of(beside_.begin(), beside_.end(),
                                                     [&](const auto& pair) { return there.count(pair.second) > 0; });
        return is_kept ? fmt::format("the old keys are kept in {}", names(true)) : std::string();
    }

  private:
    Expected expected(int index, int database, Keys ours) const { return {index, database, ours, token_}; }
    Error in_use(int database, std::string_view fact) const {
        return could_not(
            fmt::format("database {} of {} {}; nothing was changed: run the command again", database, shown, fact));
    }
    Result<void> tell_of_functions() const {
        const auto ours = TRY(libraries(scratch_->client()));
        if (ours.empty()) return {};
        const auto its = libraries(target_);
        const auto is_there = [&](const std::string& name, const std::string& code) {
            const auto same = its.value().find(name);
            return same != its.value().end() && same->second == code;
        };
        std::vector<std::string> lacking;
        for (const auto& [name, code] : ours)
            if (!its.ok() || !is_there(name, code)) lacking.push_back(name);
        if (lacking.empty()) return {};
        sys::log_warning(fmt::format("function libraries of the set that {} {}: {}; a restore copies only keys: load "
                                     "them with redis-cli FUNCTION LOAD",
                                     shown, its.ok() ? "lacks or has with other code" : "doesn't let us list",
                                     join(lacking, ", ")));
        return {};
    }
    Result<void> move(int index, int database) const {
        auto moved = beside::move(scratch_->client(), index, target_.where(), database);
        if (moved.ok() || moved.error().message.find("BUSYKEY") == std::string::npos) return moved;
        return in_use(database, "was empty, and somebody has written keys of the set's names to it since");
    }
    // What is there beyond our keys is somebody else's. What has left the scratch server is ours: it sends keys away,
    // and one that was interrupted answers when it is done.
    void give_back(int index, int database) {
        auto left = scratch_->client().keys();
        if (left.ok()) {
            Keys ours = all_[index];
            ours.lasting -= std::min(ours.lasting, left.value()[index].lasting);
            const auto emptied = beside::empty(target_, expected(index, database, ours));
            if (emptied.ok() && emptied.value()) return;
        }
        sys::log_warning(
            fmt::format("database {} of {} was filled for the restore and is left as it is, because it holds more keys "
                        "now or can't be asked; look at it, and empty it if nobody needs it: {}",
                        database, shown, target_.command(database, "FLUSHDB")));
    }
    std::string names(bool of_beside) const {
        std::string list;
        for (const auto& [index, database] : beside_)
            list += fmt::format("{}{}", list.empty() ? "" : ", ", of_beside ? database : index);
        return (beside_.size() == 1 ? "database " : "databases ") + list;
    }

    Client target_;
    std::unique_ptr<Scratch> scratch_;
    Part part_;
    std::map<int, int> beside_; // the set's databases, and where each goes
    bool is_full_;
    const std::string token_;    // tells this restore from another one
    std::map<int, Keys> all_;    // of the set, as the scratch server had them
    std::map<int, int> claimed_; // as beside_: filled, and not yet in place
};

class FileRestore : public Restore {
  public:
    FileRestore(Path target, const Part& part, Programs programs, const World& world, SystemTime now)
        : target_(std::move(target)), part_(part), programs_(std::move(programs)), world_(world), now_(now) {
        shown = target_.string();
    }

    Result<void> fill(sys::Source& plain) override {
        auto beside = TRY(scratch_beside(target_));
        beside_.emplace(std::move(beside));
        return with_names(store(plain), *beside_);
    }
    // What was checked is the set's own: its keys are as many.
    Result<std::vector<TableCount>> count() override { return part_.tables; }
    Result<std::string> change_places() override {
        const auto became = TRY(with_names(replace_file(beside_->made(), beside_->target(), now_), *beside_));
        sys::log_info("a server loads the file if it starts with appendonly off; switch appendonly on again when the "
                      "server runs");
        return beside_->named(became);
    }

  private:
    Result<void> store(sys::Source& plain) {
        const auto made = beside_->made();
        const auto sink = TRY(sys::file_sink(made));
        TRY(sys::pour(plain, *sink));
        TRY_VOID(sink->close());
        const auto written = TRY(sys::file_source(made));
        return check(part_, *written, programs_, world_);
    }

    Path target_;
    std::optional<Beside> beside_;
    Part part_;
    Programs programs_;
    const World& world_;
    SystemTime now_;
};

// Empty ones, from the last downwards: few use those. What a killed restore began counts as empty.
Result<std::map<int, int>> places_beside(const Client& target, const Part& part, std::map<int, Keys> there) {
    const int most = TRY(target.databases());
    const auto wanted = to_keys(part.tables);
    std::map<int, int> beside;
    int next = most - 1;
    for (const auto& [index, its] : wanted) {
        for (; next >= 0; --next) {
            if (wanted.count(next)) continue;
            if (!there.count(next)) break;
            const auto left = TRY(beside::left_in(target, next));
            if (left == beside::Left::all_ours) break;
            if (left == beside::Left::unclear)
                sys::log_warning(
                    fmt::format("database {} of {} is left as it is, because it holds keys of an interrupted restore, "
                                "and perhaps other keys; look at it, and empty it if nobody needs it: {}",
                                next, target.where().shown, target.command(next, "FLUSHDB")));
        }
        if (index >= most || next < 0)
            return usage(fmt::format("{} has {} databases, and the {} databases of the set don't fit next to those in "
                                     "use; raise databases there, empty a database that an earlier restore kept and "
                                     "nobody needs, or restore into a file: --to ./dump.rdb",
                                     target.where().shown, most, wanted.size()));
        beside[index] = next--;
    }
    return beside;
}

Result<std::unique_ptr<Restore>> into_server(const Part& part, const Address& address, const Aim& aim,
                                             const std::string& via, const World& world) {
    auto where = TRY(read_where(address));
    if (!where.socket.empty() || where.tls)
        return usage(fmt::format("keys are sent by MIGRATE, which can't use a socket or TLS, and {} does; name another "
                                 "URL, or restore into a file: --to ./dump.rdb",
                                 address.variable));
    const auto programs = TRY(find_programs(via, world));
    const Client target(std::move(where), programs, world);
    auto server = TRY(target.info("server"));
    auto replication = TRY(target.info("replication"));
    const auto major = [](const std::string& version) {
        return parse_integer(version.substr(0, version.find('.'))).value_or(0);
    };
    if (major(server["redis_version"]) < major(part.server_version))
        return usage(fmt::format("the set is from Redis {}, and {} is {}; restore into {} or newer",
                                 part.server_version, target.where().shown, server["redis_version"],
                                 major(part.server_version)));
    if (replication["role"] == "slave")
        return usage(fmt::format("{} is a replica; restore into its master, {}:{}", target.where().shown,
                                 replication["master_host"], replication["master_port"]));
    auto there = TRY(target.keys());
    auto beside = TRY(places_beside(target, part, there));
    const bool is_full =
        std::any_of(beside.begin(), beside.end(), [&](const auto& pair) { return there.count(pair.first) > 0; });
    if (is_full && aim.overwrite == Overwrite::no)
        return usage(fmt::format("{} holds keys already; name another server, or say --overwrite: the old keys stay in "
                                 "use until the restore is complete, and are kept in another of its databases",
                                 target.where().shown));
    auto scratch = TRY(Scratch::make(programs, world, databases_of(part)));
    return std::unique_ptr<Restore>(
        std::make_unique<ServerRestore>(target, std::move(scratch), part, std::move(beside), is_full));
}

Result<std::unique_ptr<Restore>> into_file(const Part& part, const Aim& aim, const std::string& via,
                                           const World& world) {
    const Path target = (world.folder / aim.to).lexically_normal();
    auto programs = TRY(find_programs(via, world));
    if (sys::inspect(target.parent_path()).type != FileType::folder)
        return usage(
            fmt::format("folder '{}' is not there; make it, or name another path", target.parent_path().string()));
    const auto there = sys::inspect(target);
    if (there.type != FileType::absent && there.type != FileType::file)
        return usage(fmt::format("'{}' is there and is not a file; name another path", target.string()));
    if (there.size > 0 && aim.overwrite == Overwrite::no)
        return usage(
            fmt::format("'{}' is there already; name another path, or say --overwrite: the old file is kept next to it",
                        target.string()));
    auto made = std::make_unique<FileRestore>(target, part, std::move(programs), world, aim.now);
    made->replaces = target;
    if (there.size > 0) made->act = "replaces the file " + target.string();
    return std::unique_ptr<Restore>(std::move(made));
}

}

Result<std::unique_ptr<Restore>> restore(const Part& part, const SourceSettings& source, const Aim& aim,
                                         const World& world) {
    constexpr std::string_view by_variable = "env:";
    if (aim.to == "original") {
        const auto address = TRY(find_address(source, world));
        return into_server(part, address, aim, source.via, world);
    }
    if (aim.to.starts_with(by_variable)) {
        const std::string variable = aim.to.substr(by_variable.size());
        const auto url = world.variables.get(variable);
        if (!url)
            return usage(
                fmt::format("variable '{}', which --to names, is not set; set it to the URL of a Redis", variable));
        const auto address = TRY(read_address(*url, variable, world));
        if (address.kind != Address::Kind::redis)
            return usage(fmt::format("the set holds keys of Redis, and {} names another database", variable));
        return into_server(part, address, aim, source.via, world);
    }
    if (aim.to.find("://") != aim.to.npos)
        return usage("--to doesn't take a URL, because everybody on this machine can read it there; put the URL into a "
                     "variable and say --to env:VARIABLE");
    return into_file(part, aim, source.via, world);
}

}
