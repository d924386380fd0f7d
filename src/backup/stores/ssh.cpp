#include "backup/stores/kinds.h"
#include "backup/stores/lease.h"
#include "backup/stores/sftp.h"
#include "backup/stores/sftp_streams.h"
#include "base/text.h"
#include "sys/clock.h"
#include "sys/digest.h"
#include "sys/fault.h"
#include "sys/files/new_file.h"
#include "sys/process/process.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <functional>
#include <mutex>
#include <utility>

namespace fairlead::backup {
namespace {

using sftp::Answer;
using sftp::Ask;
using sftp::Code;
using sftp::Packet;

constexpr Milliseconds patience{60'000};
constexpr int deepest = 32; // folders
constexpr std::string_view ssh_lock_prefix = ".fairlead-lock-", clock_prefix = ".fairlead-clock-";

std::vector<std::string> command_line(const StoreAddress& address) {
    std::vector<std::string> argv{"ssh"};
    if (!address.config.empty()) argv.insert(argv.end(), {"-F", address.config});
    // No question is ever asked, and nothing of ours is lent to the other side.
    for (const auto* option : {"BatchMode=yes", "ClearAllForwardings=yes", "ForwardAgent=no", "ForwardX11=no",
                               "PermitLocalCommand=no", "RequestTTY=no", "ServerAliveInterval=15"})
        argv.insert(argv.end(), {"-o", option});
    if (!address.port.empty()) argv.insert(argv.end(), {"-p", address.port});
    if (!address.user.empty()) argv.insert(argv.end(), {"-l", address.user});
    argv.insert(argv.end(), {"-s", "--", address.host, "sftp"});
    return argv;
}

SystemTime time_of(const sftp::Attributes& attributes) {
    return SystemTime(std::chrono::seconds(attributes.modified.value_or(0)));
}

// Starts ssh when it is first asked for, and again after a connection broke.
class Connection {
  public:
    explicit Connection(const StoreAddress& address) : argv_(command_line(address)), name_("ssh to " + address.host) {}
    Result<std::shared_ptr<Sftp>> get() {
        const std::scoped_lock lock(guard_);
        if (sftp_ && !sftp_->is_broken()) return sftp_;
        auto started = TRY(Sftp::start(argv_, name_, patience));
        sftp_ = std::move(started);
        return sftp_;
    }

  private:
    const std::vector<std::string> argv_;
    const std::string name_;
    std::mutex guard_;
    std::shared_ptr<Sftp> sftp_;
};

// What the server's clock says: the time of a file that it makes now.
Result<SystemTime> server_time(Sftp& sftp, const std::string& folder) {
    const auto path = fmt::format("{}/{}{}", folder, clock_prefix, sys::random_hex(6));
    const auto handle = TRY(sftp.open(path, sftp::for_writing | sftp::create | sftp::exclusive));
    const auto made = sftp.inspect_open(handle, path);
    TRY_VOID(sftp.close(handle, path));
    TRY_VOID(sftp.remove(path));
    if (!made.ok()) return made.error();
    return time_of(made.value());
}

class SshLeaseFiles : public LeaseFiles {
  public:
    SshLeaseFiles(std::shared_ptr<Connection> connection, std::string folder)
        : connection_(std::move(connection)), folder_(std::move(folder)) {}

    Result<std::vector<File>> list() override {
        const auto sftp = TRY(connection_->get());
        const auto entries = TRY(sftp->list(folder_));
        std::vector<File> found;
        if (!entries) return found;
        for (const auto& entry : *entries) {
            if (!entry.name.starts_with(ssh_lock_prefix)) continue;
            File file{0, time_of(entry.attributes)};
            const auto* end = entry.name.data() + entry.name.size();
            const auto parsed = std::from_chars(entry.name.data() + ssh_lock_prefix.size(), end, file.number);
            if (parsed.ec == std::errc() && parsed.ptr == end && file.number > 0) found.push_back(file);
        }
        return found;
    }

    Result<SystemTime> now() override {
        const auto sftp = TRY(connection_->get());
        return server_time(*sftp, folder_);
    }

    Result<void> create(std::uint64_t number, std::string_view bytes) override {
        const auto sftp = TRY(connection_->get());
        const auto path = path_of(number);
        const auto handle = sftp->open(path, sftp::for_writing | sftp::create | sftp::exclusive);
        if (!handle.ok()) {
            const auto there = TRY(sftp->inspect(path));
            if (there) return {};
            return handle.error();
        }
        return write_to(*sftp, handle.value(), path, bytes);
    }

    Result<std::string> read(std::uint64_t number) override {
        const auto sftp = TRY(connection_->get());
        const auto path = path_of(number);
        const auto handle = sftp->open(path, sftp::for_reading);
        if (!handle.ok() && handle.error().kind == Kind::no) return std::string();
        if (!handle.ok()) return handle.error();
        const auto id =
            TRY(sftp->ask(Ask::read, [&](Packet& packet) { packet.text(handle.value()).big_number(0).number(4096); }));
        auto answer = TRY(sftp->await(id));
        TRY_VOID(sftp->close(handle.value(), path));
        return answer.type == Answer::Type::data ? std::move(answer.text) : std::string();
    }

    Result<void> renew(std::uint64_t number, std::string_view bytes) override {
        const auto sftp = TRY(connection_->get());
        const auto path = path_of(number);
        const auto handle = TRY(sftp->open(path, sftp::for_writing));
        return write_to(*sftp, handle, path, bytes);
    }

    Result<void> remove(std::uint64_t number) override {
        const auto sftp = TRY(connection_->get());
        return sftp->remove(path_of(number));
    }

  private:
    std::string path_of(std::uint64_t number) const { return fmt::format("{}/{}{}", folder_, ssh_lock_prefix, number); }

    static Result<void> write_to(Sftp& sftp, const std::string& handle, const std::string& path,
                                 std::string_view bytes) {
        const auto id =
            TRY(sftp.ask(Ask::write, [&](Packet& packet) { packet.text(handle).big_number(0).text(bytes); }));
        const auto answer = TRY(sftp.await(id));
        TRY_VOID(sftp.close(handle, path));
        if (answer.type == Answer::Type::status && answer.code == Code::ok) return {};
        return sftp.refused(answer, "written", path);
    }

    const std::shared_ptr<Connection> connection_;
    const std::string folder_;
};

class SshStore : public Store {
  public:
    SshStore(const StoreAddress& address, sys::Clock& clock)
        : connection_(std::make_shared<Connection>(address)), folder_(address.path), shown_(address.shown()),
          clock_(clock) {}

    std::string shown() const override { return shown_; }
    Result<bool> is_there() override {
        const auto sftp = TRY(connection_->get());
        return sftp->exists(folder_);
    }

    Result<void> make_place() override {
        const auto sftp = TRY(connection_->get());
        return sftp->make_folders(folder_);
    }

    Result<std::vector<Object>> list_objects(std::string_view prefix) override {
        std::vector<Object> found;
        TRY_VOID(walk([&](std::string name, const sftp::Attributes& attributes) -> Result<void> {
            if (name.starts_with(prefix) && check_object_name(name).ok())
                found.push_back({std::move(name), attributes.size.value_or(0), time_of(attributes)});
            return {};
        }));
        std::sort(found.begin(), found.end(), [](const Object& a, const Object& b) { return a.name < b.name; });
        return found;
    }

    Result<std::unique_ptr<sys::Sink>> create_object(const std::string& name,
                                                     std::optional<std::uint64_t> expected) override {
        const auto sftp = TRY(connection_->get());
        const auto path = path_of(name);
        TRY_VOID(sftp->make_folders(parent_of(path)));
        const auto there = TRY(sftp->inspect(path));
        if (there) return could_not(fmt::format("'{}' of {} is there already and is never replaced", name, shown_));
        if (expected) TRY_VOID(check_room(*sftp, path, *expected));
        return sink(sftp, path, Over::no);
    }

    Result<std::unique_ptr<sys::Source>> open(const std::string& name) override {
        TRY_VOID(check_object_name(name));
        const auto sftp = TRY(connection_->get());
        const auto path = path_of(name);
        auto handle = sftp->open(path, sftp::for_reading);
        if (!handle.ok() && handle.error().kind == Kind::no) return no_object(name, shown_);
        if (!handle.ok()) return handle.error();
        const auto attributes = TRY(sftp->inspect_open(handle.value(), path));
        return sftp_source(sftp, path, std::move(handle).value(), *attributes.size);
    }

    Result<void> replace_object(const std::string& name, std::string_view bytes) override {
        const auto sftp = TRY(connection_->get());
        const auto into = TRY(sink(sftp, path_of(name), Over::yes));
        TRY_VOID(into->write(bytes));
        return into->close();
    }

    Result<void> remove_object(const std::string& name) override {
        const auto sftp = TRY(connection_->get());
        TRY_VOID(sftp->remove(path_of(name)));
        for (std::string above = name; above.find('/') != above.npos;) { // a set's folder goes with its last file
            above.resize(above.rfind('/'));
            if (!TRY(sftp->remove_folder(path_of(above)))) break;
        }
        return {};
    }

    Result<std::unique_ptr<Lease>> take_lock(const std::string& who, std::chrono::seconds wait) override {
        const auto sftp = TRY(connection_->get());
        TRY_VOID(sftp->make_folders(folder_));
        return take_lease(std::make_shared<SshLeaseFiles>(connection_, folder_), shown_, who, wait, clock_);
    }

    Result<std::optional<std::uint64_t>> free_bytes() override {
        const auto sftp = TRY(connection_->get());
        for (auto folder = folder_;; folder = parent_of(folder)) { // the nearest that is there
            const auto there = TRY(sftp->inspect(folder));
            if (there || folder == "/" || folder == ".") return sftp->free_bytes(folder);
        }
    }

    Result<std::vector<std::string>> sweep_objects(std::chrono::seconds older_than) override {
        const auto sftp = TRY(connection_->get());
        std::vector<std::pair<std::string, SystemTime>> partials;
        TRY_VOID(walk([&](std::string name, const sftp::Attributes& attributes) -> Result<void> {
            const auto file = name.substr(name.rfind('/') + 1);
            if (file.find(sys::partial_mark) != file.npos || file.starts_with(clock_prefix))
                partials.emplace_back(std::move(name), time_of(attributes));
            return {};
        }));
        std::vector<std::string> swept;
        if (partials.empty()) return swept;
        const auto now = TRY(server_time(*sftp, folder_));
        for (auto& [name, written] : partials) {
            if (now - written < older_than) continue;
            TRY_VOID(sftp->remove(path_of(name)));
            swept.push_back(std::move(name));
        }
        std::sort(swept.begin(), swept.end());
        return swept;
    }

  private:
    std::string path_of(const std::string& name) const { return folder_ + "/" + name; }

    static Result<std::unique_ptr<sys::Sink>> sink(const std::shared_ptr<Sftp>& sftp, const std::string& path,
                                                   Over over) {
        const auto partial = fmt::format("{}{}{}-{}", path, sys::partial_mark, sys::own_pid(), sys::random_hex(6));
        auto handle = TRY(sftp->open(partial, sftp::for_writing | sftp::create | sftp::exclusive));
        sys::fault_point("ssh.created");
        return sftp_sink(sftp, path, partial, std::move(handle), over);
    }

    Result<void> check_room(Sftp& sftp, const std::string& path, std::uint64_t expected) const {
        const auto free = TRY(sftp.free_bytes(parent_of(path)));
        const auto needed = room_for(expected);
        if (!free || *free >= needed) return {};
        return could_not(fmt::format("'{}' needs about {} bytes and {} are free at {}; free some space, or prune", path,
                                     needed, *free, shown_));
    }

    // Every regular file below the folder, by its name from there.
    Result<void> walk(const std::function<Result<void>(std::string, const sftp::Attributes&)>& visit) {
        const auto sftp = TRY(connection_->get());
        return walk_below(*sftp, "", 0, visit);
    }
    Result<void> walk_below(Sftp& sftp, const std::string& below, int depth,
                            const std::function<Result<void>(std::string, const sftp::Attributes&)>& visit) {
        if (depth > deepest) return could_not(fmt::format("{} has folders more than {} deep", shown_, deepest));
        const auto entries = TRY(sftp.list(below.empty() ? folder_ : path_of(below)));
        if (!entries) return {};
        for (const auto& entry : *entries) {
            if (entry.name.empty() || entry.name.find('/') != entry.name.npos) continue; // of a server that lies
            auto name = below.empty() ? entry.name : below + "/" + entry.name;
            if (entry.attributes.is_folder()) TRY_VOID(walk_below(sftp, name, depth + 1, visit));
            if (entry.attributes.is_file()) TRY_VOID(visit(std::move(name), entry.attributes));
        }
        return {};
    }

    const std::shared_ptr<Connection> connection_;
    const std::string folder_, shown_;
    sys::Clock& clock_;
};

}

Result<std::unique_ptr<Store>> open_ssh_store(const StoreAddress& address, const sys::Environment&,
                                              const Around& around) {
    return std::unique_ptr<Store>(std::make_unique<SshStore>(address, around.clock));
}

}
