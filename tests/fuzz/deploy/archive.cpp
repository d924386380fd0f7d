// slow: an execution takes ten times as long as one of the others
// hostile: archives
#include "sys/data/archive.h"
#include "deploy/release/contents.h"
#include "support/tar.h"
#include "sys/files/tree_builder.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sys/stat.h>

using namespace fairlead;
using namespace fairlead::deploy;
namespace fs = std::filesystem;

namespace {

constexpr ContentLimits limits{.bytes = 4096, .files = 12, .ratio = 100};

void must(bool holds) {
    if (!holds) std::abort();
}

// In memory where there is a file system for it.
struct Site {
    Site() {
        if (fs::is_directory("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", 0);
        folder.emplace(sys::TemporaryFolder::make("fairlead-fuzz").value());
        fs::create_directory(outside());
        ::umask(027);
    }
    fs::path made() const { return folder->path() / "made"; }
    fs::path outside() const { return folder->path() / "outside"; }
    std::optional<sys::TemporaryFolder> folder;
};

// Bytes as members: what is random would hardly ever have a checksum that holds.
std::string archive_of(std::string_view bytes) {
    static const std::string names[] = {
        "a",     "b",    "a/b",          "a/b/c", "../outside/x", "/etc/x", "./a", "a/..",    "a//b",
        ".",     "..",   "a/../../b",    "l",     "l/x",          "a/l",    "b/l", "l/../..", "../..",
        "a/b/l", "/usr", "/usr/../etc/", "c/",    "usr/x",        ".env",   "l/.", "",        "b/a/l/x"};
    static constexpr std::string_view types("0125LKx0512\0003467SVgZ", 20);
    const auto next = [&]() -> unsigned {
        if (bytes.empty()) return 0;
        const auto byte = static_cast<unsigned char>(bytes[0]);
        bytes.remove_prefix(1);
        return byte;
    };
    const auto name = [&] { return names[next() % std::size(names)]; };
    std::vector<test::TarMember> members;
    while (!bytes.empty() && members.size() < 16) {
        test::TarMember member{name(), types[next() % types.size()], {}, {}, next() | next() << 8};
        member.target = name();
        if (member.type == 'L' || member.type == 'K') {
            member.content = name() + '\0';
        } else if (member.type == 'x') {
            const auto record = (next() % 2 ? " path=" : " linkpath=") + name() + "\n";
            const auto size = record.size() + (record.size() > 7 ? 2 : 1);
            member.content = std::to_string(size) + record;
        } else if (next() % 2) {
            member.content.assign(next() * 8 % 1500, 'x');
        }
        members.push_back(std::move(member));
    }
    return test::tar_of(members);
}

// What is really there, whatever was said.
void judge(const Site& site, bool good, const std::vector<Entry>& entries) {
    must(fs::is_empty(site.outside()));
    must(std::distance(fs::directory_iterator(site.folder->path()), {}) == 2);
    std::uint64_t bytes = 0, files = 0;
    for (const auto& one : fs::recursive_directory_iterator(site.made())) {
        struct stat info {};
        must(::lstat(one.path().c_str(), &info) == 0);
        const auto mode = info.st_mode & 07777u;
        ++files;
        if (S_ISREG(info.st_mode)) {
            must(mode == 0644 || mode == 0755 || (!good && mode == 0600)); // one that was being written
            bytes += static_cast<std::uint64_t>(info.st_size);
        } else {
            must((S_ISDIR(info.st_mode) && mode == 0755) || S_ISLNK(info.st_mode));
        }
    }
    must(files <= limits.files && bytes <= limits.bytes);
    if (!good) return;
    must(digest_of(list_everything(site.made()).value()) == digest_of(entries));
    for (const auto& entry : entries) {
        if (entry.kind != 'l') continue;
        std::error_code error; // the kernel's way; a loop leads nowhere
        const auto end = fs::weakly_canonical(site.made() / entry.path, error);
        if (error) continue;
        must(end == site.made() || end.string().starts_with(site.made().string() + "/") ||
             end.string().starts_with("/usr"));
    }
}

}

// Whatever an archive holds: nothing outside of the folder, no mode but ours, nothing over a limit, no link that leads
// out; and a look says the same as the deed.
extern "C" int fuzz_deploy_archive(const std::uint8_t* data, std::size_t size) {
    static const Site site;
    std::string bytes(reinterpret_cast<const char*>(data), size);
    if (size > 0 && data[0] % 4 != 0) bytes = archive_of(std::string_view(bytes).substr(1));
    const auto open = [&] {
        auto left = std::make_shared<std::string_view>(bytes);
        return sys::Archive(
            [left](char* to, std::size_t room) -> Result<std::size_t> {
                const auto count = std::min(room, left->size());
                std::memcpy(to, left->data(), count);
                left->remove_prefix(count);
                return count;
            },
            {.bytes = 1u << 20, .members = 40, .ratio = limits.ratio}, "release.tar");
    };
    auto first = open(), second = open();
    const auto looked = read_members(first, {}, limits, nullptr);
    bool good = looked.ok() && check_links(looked.value()).ok();
    {
        auto builder = sys::TreeBuilder::create(site.made()).value();
        const auto made = read_members(second, {}, limits, &builder);
        must(made.ok() == looked.ok());
        must(!made.ok() || digest_of(made.value()) == digest_of(looked.value()));
    }
    judge(site, good, good ? looked.value() : std::vector<Entry>{});
    fs::remove_all(site.made());
    return 0;
}
