#include "scan/archives.h"
#include "base/archive.h"
#include "sys/data/archive.h"
#include "sys/data/inflate.h"
#include "sys/data/zip.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::scan {
namespace {

class Unpacking {
  public:
    explicit Unpacking(const EachUnpacked& each) : each_(each) {}

    Result<void> unpack(std::string_view archive, const std::string& path, int depth) {
        const auto kind = archive_kind(archive);
        if (kind == "zip")
            return sys::each_in_zip(archive, room_for(archive), [&](const std::string& name, std::string content) {
                return take(path + "!" + name, std::move(content), depth);
            });
        if (kind == "tar") return unpack_tar(archive, path, depth);
        if (kind == "7z" || kind == "rar") return no(fmt::format("the format {} is not unpacked", kind));
        std::string content = TRY(sys::inflate_all(archive, room_for(archive)));
        left_ -= std::min<std::uint64_t>(left_, content.size());
        if (archive_kind(content) == "tar") return unpack_tar(content, path, depth);
        return hand_on(path, std::move(content), depth);
    }

  private:
    // A bomb of a few megabytes would take a gigabyte of memory.
    std::uint64_t room_for(std::string_view archive) const {
        return std::min<std::uint64_t>(left_, std::max<std::uint64_t>(always_unpacked, archive.size() * largest_ratio));
    }

    Result<void> take(const std::string& path, std::string content, int depth) {
        if (content.size() > left_) return no("its content is too large");
        left_ -= content.size();
        return hand_on(path, std::move(content), depth);
    }

    Result<void> hand_on(const std::string& path, std::string content, int depth) {
        if (depth > 1 && !archive_kind(content).empty()) return unpack(content, path, depth - 1);
        return each_(path, std::move(content));
    }

    Result<void> unpack_tar(std::string_view archive, const std::string& path, int depth) {
        std::size_t at = 0;
        sys::Archive tar(
            [&](char* to, std::size_t room) -> Result<std::size_t> {
                const std::size_t count = archive.copy(to, room, at);
                at += count;
                return count;
            },
            {.bytes = left_}, path);
        while (const auto member = TRY(tar.next())) {
            if (member->kind != sys::Member::Kind::file) continue;
            std::string content;
            for (std::string_view part = TRY(tar.read()); !part.empty(); part = TRY(tar.read())) content += part;
            TRY_VOID(take(path + "!" + member->path, std::move(content), depth));
        }
        return {};
    }

    const EachUnpacked& each_;
    std::uint64_t left_ = largest_unpacked;
};

}

Result<void> unpack(std::string_view archive, const std::string& path, int depth, const EachUnpacked& each) {
    return Unpacking(each).unpack(archive, path, depth);
}

}
