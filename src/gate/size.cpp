#include "gate/size.h"
#include "gate/matches.h"
#include "sys/data/gzip_size.h"
#include "sys/descriptor.h"
#include "sys/files/stream.h"
#include <set>

namespace fairlead::gate {
namespace {

Result<std::uint64_t> size_of(const Match& match, bool packed) {
    if (!match.refused.empty()) return could_not(match.refused);
    if (!packed) {
        const auto file = TRY(match.root.open_file(match.inner));
        return file.size;
    }
    auto stream = TRY(sys::ByteStream::open(match.root, match.inner, sys::Encoding::raw));
    sys::GzipSize gzip;
    for (;;) {
        const auto piece = TRY(stream.next());
        if (piece.empty()) return gzip.end();
        gzip.add(piece);
    }
}

}

Result<std::vector<Size>> measure_sizes(const std::vector<SizeLimit>& limits, const Folders& folders) {
    std::vector<Size> sizes;
    for (const auto& limit : limits) {
        Expected files;
        files.patterns = limit.patterns;
        files.place = limit.place;
        const auto matches = TRY(matching(files, folders));
        Size& size = sizes.emplace_back(Size{limit.name(), 0, 0});
        std::set<std::string_view> seen; // one file under two names is one
        for (const auto& match : matches) {
            if (!seen.insert(match.identity).second) continue;
            size.bytes += TRY(size_of(match, limit.encoding == "gzip"));
            ++size.files;
        }
    }
    return sizes;
}

}
