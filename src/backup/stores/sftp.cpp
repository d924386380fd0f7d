#include "backup/stores/sftp.h"
#include "base/printable.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <functional>

namespace fairlead::backup {
namespace {

using sftp::Answer;
using sftp::Ask;
using sftp::Attributes;
using sftp::Code;
using sftp::Packet;

constexpr std::uint32_t version = 3;
constexpr std::uint32_t sftp_file_mode = 0600, sftp_folder_mode = 0700;
constexpr std::uint32_t largest_piece = 128u << 10; // of one read or write
constexpr std::string_view sync_extension = "fsync@openssh.com", space_extension = "statvfs@openssh.com",
                           limits_extension = "limits@openssh.com", replace_extension = "posix-rename@openssh.com";

std::uint32_t big_endian(std::string_view bytes) {
    std::uint32_t value = 0;
    for (const char byte : bytes.substr(0, 4)) value = (value << 8) | static_cast<unsigned char>(byte);
    return value;
}

std::string first_line(std::string_view bytes) {
    const auto end =
        std::find_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; });
    return one_line(bytes.substr(0, static_cast<std::size_t>(end - bytes.begin())).substr(0, 60));
}

std::string_view meaning(Code code) {
    switch (code) {
    case Code::ok: return "it is done";
    case Code::end: return "there is no more";
    case Code::absent: return "no such file or folder";
    case Code::denied: return "permission denied";
    case Code::failure: return "failure";
    case Code::unsupported: return "the server can't do that";
    }
    return "it failed";
}

}

Result<std::shared_ptr<Sftp>> Sftp::start(const std::vector<std::string>& argv, const std::string& name,
                                          Milliseconds patience) {
    auto dialogue = TRY(sys::Dialogue::start(argv, name, patience));
    std::shared_ptr<Sftp> started(new Sftp(std::move(dialogue), name));
    TRY_VOID(started->greet());
    return started;
}

Result<void> Sftp::greet() {
    TRY_VOID(dialogue_.send(Packet(Ask::init).number(version).bytes()));
    auto answer = TRY(next());
    if (answer.type != Answer::Type::version || answer.id < version)
        return could_not(fmt::format("{} speaks version {} of SFTP; expected {}", name_, answer.id, version));
    extensions_ = std::move(answer.extensions);
    if (!offers(std::string(limits_extension))) return {};
    const auto limits = TRY(answer_to(Ask::extended, [](Packet& packet) { packet.text(limits_extension); }));
    const auto numbers = sftp::big_numbers(limits.text); // packet, read, write, handles
    if (limits.type != Answer::Type::extended || numbers.size() < 3) return {};
    std::uint64_t least = largest_piece; // 0: no limit
    for (const auto limit : {numbers[1], numbers[2]})
        if (limit > 0) least = std::min(least, limit);
    piece_ = static_cast<std::uint32_t>(least);
    return {};
}

template <typename Value>
Result<Value> Sftp::note(Result<Value> result) {
    if (!result.ok()) broken_ = true;
    return result;
}

Result<void> Sftp::fill(std::size_t bytes) {
    std::array<char, 64u << 10> block;
    while (incoming_.size() < bytes) {
        const std::size_t count = TRY(dialogue_.receive(block));
        if (count == 0) return dialogue_.ended();
        incoming_.append(block.data(), count);
    }
    return {};
}

Result<Answer> Sftp::next() {
    TRY_VOID(note(fill(4)));
    const auto size = big_endian(incoming_);
    if (size == 0 || size > sftp::longest_packet) {
        broken_ = true;
        return could_not(
            fmt::format("{} answers with '{}', which is not SFTP; does a login script there print something?", name_,
                        first_line(incoming_)));
    }
    TRY_VOID(note(fill(4 + size)));
    auto answer = note(sftp::read_answer(std::string_view(incoming_).substr(4, size)));
    incoming_.erase(0, 4 + size);
    return answer;
}

Result<Sftp::Id> Sftp::ask(Ask type, const std::function<void(Packet&)>& fill_in) {
    const std::scoped_lock lock(guard_);
    const Id id = next_id_++;
    Packet packet(type);
    packet.number(id);
    fill_in(packet);
    const auto sent = dialogue_.send(packet.bytes());
    if (!sent.ok()) {
        broken_ = true;
        return sent.error();
    }
    return id;
}

Result<Answer> Sftp::await(Id id) {
    const std::scoped_lock lock(guard_);
    while (true) {
        if (auto found = ready_.find(id); found != ready_.end()) {
            auto answer = std::move(found->second);
            ready_.erase(found);
            return answer;
        }
        auto answer = TRY(next());
        if (answer.id == 0 || answer.id >= next_id_ || ready_.size() > 4096) {
            broken_ = true;
            return could_not(fmt::format("{} answers a request that was never sent", name_));
        }
        ready_[answer.id] = std::move(answer);
    }
}

Result<Answer> Sftp::answer_to(Ask type, const std::function<void(Packet&)>& fill_in) {
    const Id id = TRY(ask(type, fill_in));
    return await(id);
}

Error Sftp::refused(const Answer& answer, std::string_view verb, const std::string& path) const {
    std::string why(meaning(answer.code));
    const auto said = one_line(answer.text);
    if (answer.type != Answer::Type::status)
        why = "the answer is of another kind";
    else if (!said.empty() && said.size() < 200 && answer.code != Code::absent)
        why = said;
    return could_not(fmt::format("'{}' of {} can't be {}: {}", one_line(path), name_, verb, why));
}

Result<void> Sftp::settled(const Result<Answer>& answer, std::string_view verb, const std::string& path) const {
    if (!answer.ok()) return answer.error();
    if (answer->type == Answer::Type::status && answer->code == Code::ok) return {};
    return refused(answer.value(), verb, path);
}

Result<std::string> Sftp::open(const std::string& path, std::uint32_t flags) {
    auto answer =
        TRY(answer_to(Ask::open, [&](Packet& packet) { packet.text(path).number(flags).mode(sftp_file_mode); }));
    if (answer.type == Answer::Type::handle) return std::move(answer.text);
    auto error = refused(answer, "opened", path);
    if (answer.type == Answer::Type::status && answer.code == Code::absent) error.kind = Kind::no;
    return error;
}

Result<void> Sftp::close(const std::string& handle, const std::string& path) {
    return settled(answer_to(Ask::close, [&](Packet& packet) { packet.text(handle); }), "closed", path);
}

Result<void> Sftp::sync(const std::string& handle, const std::string& path) {
    if (!offers(std::string(sync_extension))) return {};
    return settled(answer_to(Ask::extended, [&](Packet& packet) { packet.text(sync_extension).text(handle); }),
                   "synced", path);
}

Result<std::optional<Attributes>> Sftp::inspect(const std::string& path) {
    const auto answer = TRY(answer_to(Ask::inspect, [&](Packet& packet) { packet.text(path); }));
    if (answer.type == Answer::Type::attributes) return std::optional(answer.attributes);
    if (answer.type == Answer::Type::status && answer.code == Code::absent) return std::optional<Attributes>();
    return refused(answer, "inspected", path);
}

Result<bool> Sftp::exists(const std::string& path) {
    const auto answer = TRY(answer_to(Ask::stat, [&](Packet& packet) { packet.text(path); }));
    if (answer.type == Answer::Type::attributes) return true;
    if (answer.type == Answer::Type::status && answer.code == Code::absent) return false;
    return refused(answer, "inspected", path);
}

Result<Attributes> Sftp::inspect_open(const std::string& handle, const std::string& path) {
    const auto answer = TRY(answer_to(Ask::stat_open, [&](Packet& packet) { packet.text(handle); }));
    if (answer.type != Answer::Type::attributes || !answer.attributes.size) return refused(answer, "inspected", path);
    return answer.attributes;
}

Result<std::optional<std::vector<sftp::Entry>>> Sftp::list(const std::string& path) {
    const auto opened = TRY(answer_to(Ask::open_folder, [&](Packet& packet) { packet.text(path); }));
    if (opened.type == Answer::Type::status && opened.code == Code::absent)
        return std::optional<std::vector<sftp::Entry>>();
    if (opened.type != Answer::Type::handle) return refused(opened, "listed", path);
    std::vector<sftp::Entry> found;
    while (true) {
        auto answer = TRY(answer_to(Ask::read_folder, [&](Packet& packet) { packet.text(opened.text); }));
        if (answer.type == Answer::Type::status && answer.code == Code::end) break;
        if (answer.type != Answer::Type::names) return refused(answer, "listed", path);
        for (auto& entry : answer.entries)
            if (entry.name != "." && entry.name != "..") found.push_back(std::move(entry));
    }
    TRY_VOID(close(opened.text, path));
    return std::optional(std::move(found));
}

Result<void> Sftp::make_folders(const std::string& path) {
    for (std::size_t end = 0; end < path.size();) {
        end = std::min(path.find('/', end + 1), path.size());
        const auto folder = path.substr(0, end);
        const auto there = TRY(inspect(folder));
        if (there) continue;
        const auto made =
            TRY(answer_to(Ask::make_folder, [&](Packet& packet) { packet.text(folder).mode(sftp_folder_mode); }));
        if (made.type == Answer::Type::status && made.code == Code::ok) continue;
        const auto meanwhile = TRY(inspect(folder)); // by somebody else
        if (!meanwhile || !meanwhile->is_folder()) return refused(made, "created", folder);
    }
    return {};
}

// By the version's definition, not by posix-rename@openssh.com, which replaces what is there.
Result<void> Sftp::rename(const std::string& from, const std::string& to) {
    const auto answer = TRY(answer_to(Ask::rename, [&](Packet& packet) { packet.text(from).text(to); }));
    if (answer.type == Answer::Type::status && answer.code == Code::ok) return {};
    const auto there = TRY(inspect(to));
    if (there) return could_not(fmt::format("'{}' of {} is there already and is never replaced", to, name_));
    return refused(answer, "put in place", to);
}

Result<void> Sftp::replace(const std::string& from, const std::string& to) {
    if (!offers(std::string(replace_extension)))
        return could_not(fmt::format("'{}' can't be replaced: {} has no {}", to, name_, replace_extension));
    const auto answer =
        TRY(answer_to(Ask::extended, [&](Packet& packet) { packet.text(replace_extension).text(from).text(to); }));
    if (answer.type == Answer::Type::status && answer.code == Code::ok) return {};
    return refused(answer, "replaced", to);
}

Result<void> Sftp::remove(const std::string& path) {
    const auto answer = TRY(answer_to(Ask::remove, [&](Packet& packet) { packet.text(path); }));
    if (answer.type == Answer::Type::status && (answer.code == Code::ok || answer.code == Code::absent)) return {};
    return refused(answer, "removed", path);
}

Result<bool> Sftp::remove_folder(const std::string& path) {
    const auto answer = TRY(answer_to(Ask::remove_folder, [&](Packet& packet) { packet.text(path); }));
    return answer.type == Answer::Type::status && answer.code == Code::ok;
}

Result<std::optional<std::uint64_t>> Sftp::free_bytes(const std::string& path) {
    if (!offers(std::string(space_extension))) return std::optional<std::uint64_t>();
    const auto answer = TRY(answer_to(Ask::extended, [&](Packet& packet) { packet.text(space_extension).text(path); }));
    // block size, fragment size, blocks, free, available ...
    const auto numbers = sftp::big_numbers(answer.text);
    if (answer.type != Answer::Type::extended || numbers.size() < 5) return std::optional<std::uint64_t>();
    return std::optional(numbers[1] * numbers[4]);
}

}
