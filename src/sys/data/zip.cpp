#include "sys/data/zip.h"
#include "base/text.h"
#include "sys/data/inflate.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::sys {
namespace {

// APPNOTE 4.3: signatures and lengths of the fixed parts.
constexpr std::string_view end_mark = "PK\5\6", entry_mark = "PK\1\2", local_mark = "PK\3\4", end64_mark = "PK\6\6",
                           locator_mark = "PK\6\7";
constexpr std::size_t end_length = 22, entry_length = 46, local_length = 30, end64_length = 56, locator_length = 20;
constexpr std::size_t longest_comment = 0xffff;
constexpr std::uint32_t in_zip64 = 0xffffffff;
constexpr unsigned stored = 0, deflated = 8;

Error damaged_zip(std::string_view what) { return no(fmt::format("the zip archive is damaged: {}", what)); }

std::uint64_t zip_number(std::string_view bytes, std::size_t at, std::size_t length) { // little-endian
    std::uint64_t value = 0;
    for (std::size_t i = length; i > 0; --i)
        value = value << 8 | (at + i <= bytes.size() ? static_cast<unsigned char>(bytes[at + i - 1]) : 0u);
    return value;
}

struct ZipDirectory {
    std::uint64_t offset = 0, entries = 0;
};

Result<ZipDirectory> find_directory(std::string_view bytes) {
    const std::size_t begin =
        bytes.size() > end_length + longest_comment ? bytes.size() - end_length - longest_comment : 0;
    const std::size_t found = bytes.substr(begin).rfind(end_mark);
    if (found == bytes.npos || begin + found + end_length > bytes.size())
        return damaged_zip("its directory is missing");
    const std::size_t end = begin + found;
    ZipDirectory directory{zip_number(bytes, end + 16, 4), zip_number(bytes, end + 10, 2)};
    if (end >= locator_length && bytes.substr(end - locator_length).starts_with(locator_mark)) {
        const std::uint64_t at = zip_number(bytes, end - locator_length + 8, 8);
        if (at > bytes.size() || bytes.size() - at < end64_length || !bytes.substr(at).starts_with(end64_mark))
            return damaged_zip("its zip64 directory is missing");
        directory = {zip_number(bytes, at + 48, 8), zip_number(bytes, at + 32, 8)};
    }
    return directory;
}

struct ZipEntry {
    std::string name;
    unsigned flags = 0, method = 0;
    std::uint64_t packed = 0, size = 0, offset = 0;
    std::size_t length = 0; // in the directory
};

// Sizes that don't fit into 32 bits are in extra field 1, in this order (APPNOTE 4.5.3).
void read_zip64(std::string_view extra, ZipEntry& entry) {
    while (extra.size() >= 4) {
        const std::size_t length = zip_number(extra, 2, 2);
        std::size_t at = 4;
        for (std::uint64_t* value : {&entry.size, &entry.packed, &entry.offset}) {
            if (zip_number(extra, 0, 2) != 1 || *value != in_zip64 || at + 8 > 4 + length) continue;
            *value = zip_number(extra, at, 8);
            at += 8;
        }
        extra.remove_prefix(std::min(extra.size(), 4 + length));
    }
}

Result<ZipEntry> zip_entry(std::string_view bytes, std::uint64_t at) {
    if (at > bytes.size() || bytes.size() - at < entry_length || !bytes.substr(at).starts_with(entry_mark))
        return damaged_zip("an entry of its directory is missing");
    const std::size_t name = zip_number(bytes, at + 28, 2), extra = zip_number(bytes, at + 30, 2);
    ZipEntry entry{.name = std::string(bytes.substr(at + entry_length, name))};
    entry.flags = static_cast<unsigned>(zip_number(bytes, at + 8, 2));
    entry.method = static_cast<unsigned>(zip_number(bytes, at + 10, 2));
    entry.packed = zip_number(bytes, at + 20, 4);
    entry.size = zip_number(bytes, at + 24, 4);
    entry.offset = zip_number(bytes, at + 42, 4);
    entry.length = entry_length + name + extra + zip_number(bytes, at + 32, 2);
    if (bytes.size() - at - entry_length >= name) read_zip64(bytes.substr(at + entry_length + name, extra), entry);
    return entry;
}

Result<std::string> inflated_entry(const ZipEntry& entry, std::string_view packed) {
    std::string content;
    const auto inflater = deflate_inflater();
    std::string piece(std::size_t{64} << 10, '\0');
    for (bool ended = false; !ended;) {
        const auto step = inflater->step(packed, piece.data(), piece.size());
        if (step.bad || (step.made == 0 && step.taken == 0 && !step.ended))
            return damaged_zip(fmt::format("the content of {} can't be unpacked", entry.name));
        packed.remove_prefix(step.taken);
        content.append(piece, 0, step.made);
        if (content.size() > entry.size) return damaged_zip(fmt::format("{} is larger than it says", entry.name));
        ended = step.ended;
    }
    return content;
}

Result<std::string> zip_content(std::string_view bytes, const ZipEntry& entry) {
    if (entry.flags & 1) return no(fmt::format("{} is encrypted", entry.name));
    if (entry.method != stored && entry.method != deflated)
        return no(fmt::format("{} is packed by method {}, which is not known", entry.name, entry.method));
    if (entry.offset > bytes.size() || bytes.size() - entry.offset < local_length ||
        !bytes.substr(entry.offset).starts_with(local_mark))
        return damaged_zip(fmt::format("{} is missing", entry.name));
    const std::uint64_t begin =
        entry.offset + local_length + zip_number(bytes, entry.offset + 26, 2) + zip_number(bytes, entry.offset + 28, 2);
    if (begin > bytes.size() || bytes.size() - begin < entry.packed)
        return damaged_zip(fmt::format("{} is cut short", entry.name));
    const std::string_view packed = bytes.substr(begin, entry.packed);
    if (entry.method == stored) return std::string(packed);
    return inflated_entry(entry, packed);
}

}

Result<void> each_in_zip(std::string_view bytes, std::uint64_t limit,
                         const std::function<Result<void>(const std::string& name, std::string content)>& each) {
    const ZipDirectory directory = TRY(find_directory(bytes));
    std::uint64_t at = directory.offset, total = 0;
    for (std::uint64_t i = 0; i < directory.entries; ++i) {
        const ZipEntry entry = TRY(zip_entry(bytes, at));
        at += entry.length;
        if (entry.name.ends_with('/')) continue;
        total += std::max(entry.size, entry.packed);
        if (total > limit) return no(fmt::format("the zip archive has more than {} of content", shown_bytes(limit)));
        auto content = TRY(zip_content(bytes, entry));
        TRY_VOID(each(entry.name, std::move(content)));
    }
    return {};
}

}
