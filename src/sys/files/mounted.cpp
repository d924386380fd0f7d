#include "sys/files/mounted.h"
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sys/vfs.h>

namespace fairlead::sys {

namespace {

struct FileSystem {
    std::uint32_t magic;
    std::string_view name;
};
// linux/magic.h, and those of modules outside of it.
constexpr FileSystem shared[] = {
    {0x6969, "NFS"},        {0x517b, "SMB"},      {0xff534d42, "SMB"},    {0xfe534d42, "SMB"},
    {0x65735546, "FUSE"},   {0x01021997, "9P"},   {0x5346414f, "AFS"},    {0x00c36400, "Ceph"},
    {0x0bd00bd0, "Lustre"}, {0x73757245, "Coda"}, {0x786f4256, "vboxsf"}, {0xbacbacbc, "vmhgfs"},
};

}

std::string_view shared_file_system_of(std::uint32_t magic) {
    const auto found =
        std::find_if(std::begin(shared), std::end(shared), [&](const FileSystem& one) { return one.magic == magic; });
    return found == std::end(shared) ? std::string_view() : found->name;
}

std::string_view shared_file_system(const Path& path) {
    std::error_code ignored;
    auto place = std::filesystem::absolute(path, ignored);
    while (place.has_relative_path() && !std::filesystem::exists(place, ignored)) place = place.parent_path();
    struct statfs info {};
    if (::statfs(place.c_str(), &info) != 0) return "";
    return shared_file_system_of(static_cast<std::uint32_t>(info.f_type));
}

}
