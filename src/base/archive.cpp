#include "base/archive.h"
#include <cstddef>

namespace fairlead {
namespace {

using namespace std::string_view_literals;

struct Mark {
    std::string_view kind, bytes;
    std::size_t offset = 0;
};

constexpr Mark archive_marks[] = {
    {"zip", "PK\3\4"sv},
    {"zip", "PK\5\6"sv},
    {"gzip", "\x1F\x8B"sv},
    {"xz", "\xFD"
           "7zXZ\0"sv},
    {"bzip2", "BZh"sv},
    {"zstd", "\x28\xB5\x2F\xFD"sv},
    {"7z", "7z\xBC\xAF\x27\x1C"sv},
    {"rar", "Rar!\x1A\7"sv},
    {"tar", "ustar"sv, 257},
};

}

std::string_view archive_kind(std::string_view bytes) {
    for (const Mark& mark : archive_marks) {
        if (bytes.size() < mark.offset || !bytes.substr(mark.offset).starts_with(mark.bytes)) continue;
        // Three letters may begin a text: the level and the first block's mark stand behind them.
        if (mark.kind == "bzip2") {
            const auto block = bytes.size() < 6 ? std::string_view() : bytes.substr(4, 2);
            if (block != "1A" && block != "\x17\x72") continue;
        }
        return mark.kind;
    }
    return {};
}

}
