#include "gate/collect/size.h"
#include "gate/collect/matches.h"
#include "sys/data/packed_size.h"
#include "sys/descriptor.h"
#include "sys/files/stream.h"
#include <set>

namespace fairlead::gate {
namespace {

Result<std::uint64_t> size_of(const Match& match, const std::string& encoding) {
    if (!match.refused.empty()) return could_not(match.refused);
    if (encoding == "raw") {
        const auto file = TRY(match.root.open_file(match.inner));
        return file.size;
    }
    const auto packed = encoding == "gzip" ? sys::gzip_size() : sys::brotli_size();
    if (!packed)
        return could_not("encoding: brotli needs the library libbrotlienc.so.1; install the package libbrotli1");
    auto stream = TRY(sys::ByteStream::open(match.root, match.inner, sys::Encoding::raw));
    for (;;) {
        const auto piece = TRY(stream.next());
        if (piece.empty()) return packed->end();
        packed->add(piece);
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
            size.bytes += TRY(size_of(match, limit.encoding));
            ++size.files;
        }
    }
    return sizes;
}

}
