#include "base/text.h"
#include "sys/data/tar_fields.h"
#include "sys/stream/tar_header.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace fairlead::sys {
namespace {

using TarKind = TarEntry::Kind;

constexpr std::uint64_t most_text = 8u << 20; // of a name, or of one member's pax records
constexpr std::size_t longest_tar_path = 64u << 10;
constexpr std::uint64_t latest = std::uint64_t{1} << 50; // seconds
constexpr std::uint64_t highest_owner = 0xfffffffeu;     // the next one means "as it is" to chown(2)

std::optional<std::uint64_t> decimal(std::string_view text) {
    std::uint64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

bool is_safe(const std::string& path) {
    if (path.empty() || path.front() == '/' || path.find('\0') != path.npos || path.size() > longest_tar_path)
        return false;
    const auto parts = split(path, '/');
    return path == "." || std::none_of(parts.begin(), parts.end(),
                                       [](const auto& part) { return part == ".." || part == "." || part.empty(); });
}

// Without "./" before it and "/" behind.
std::string plain(std::string path) {
    while (path.starts_with("./") && path.size() > 2) path.erase(0, 2);
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path;
}

// "-1.25": seconds and nanoseconds from the one before.
bool read_time(std::string_view text, TarEntry& entry) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const auto point = std::min(text.find('.'), text.size());
    const auto seconds = decimal(text.substr(0, point));
    std::string part(text.substr(std::min(point + 1, text.size())));
    part.resize(9, '0');
    const auto nanoseconds = decimal(part);
    if (!seconds || !nanoseconds || *seconds > latest) return false;
    entry.modified_s = static_cast<std::int64_t>(*seconds) * (negative ? -1 : 1);
    entry.modified_ns = static_cast<unsigned>(*nanoseconds);
    if (negative && entry.modified_ns != 0) {
        --entry.modified_s;
        entry.modified_ns = 1'000'000'000 - entry.modified_ns;
    }
    return true;
}

std::optional<TarKind> tar_kind_of(char flag, bool ends_in_slash) {
    switch (flag) {
    case '\0':
    case '0':
    case '7': return ends_in_slash ? TarKind::folder : TarKind::file;
    case '1': return TarKind::hard_link;
    case '2': return TarKind::link;
    case '3': return TarKind::character_device;
    case '4': return TarKind::block_device;
    case '5': return TarKind::folder;
    case '6': return TarKind::pipe;
    default: return std::nullopt;
    }
}

}

struct TarReader::Records {
    std::optional<std::string> path, target, sparse_name;
    std::optional<std::uint64_t> size, uid, gid, real_size;
    std::optional<std::string> modified;
    std::map<std::string, std::string> attributes;
    std::string sparse_major, sparse_minor;
};

Error TarReader::broken(std::string_view what) const { return no(fmt::format("'{}' is damaged: {}", name_, what)); }

Result<std::string> TarReader::block() {
    std::string text(tar_block_size, '\0');
    const std::size_t size = TRY(read_fully(from_, text));
    if (size < text.size()) return broken("it is cut off or is not a tar archive");
    return text;
}

Result<void> TarReader::skip(std::uint64_t size) {
    std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(size, stream_piece)), '\0');
    while (size > 0) {
        const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(size, piece.size()));
        const std::size_t read = TRY(from_.read(std::span(piece).first(room)));
        if (read == 0) return broken("it is cut off");
        size -= read;
    }
    return {};
}

Result<std::string> TarReader::text_of(std::uint64_t size) {
    if (size > most_text) return broken("a member's header is over 8 MiB");
    std::string text(static_cast<std::size_t>(size), '\0');
    if (size > 0) {
        const std::size_t read = TRY(read_fully(from_, text));
        if (read < text.size()) return broken("it is cut off");
    }
    TRY_VOID(skip(tar_padding(size)));
    return text;
}

Result<std::size_t> TarReader::read(std::span<char> into) {
    if (left_ == 0) return std::size_t{0};
    const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(left_, into.size()));
    const std::size_t size = TRY(from_.read(into.first(room)));
    if (size == 0) return broken("it is cut off");
    left_ -= size;
    return size;
}

Result<void> TarReader::read_records(std::string_view text, Records& records) const {
    const auto malformed = [&] { return broken("a pax header is malformed"); };
    while (!text.empty()) {
        const auto blank = text.find(' ');
        const auto size = decimal(text.substr(0, std::min(blank, std::size_t{20})));
        if (blank == text.npos || !size || *size < blank + 3 || *size > text.size()) return malformed();
        const auto length = static_cast<std::size_t>(*size);
        if (text[length - 1] != '\n') return malformed();
        const auto record = text.substr(blank + 1, length - blank - 2);
        text.remove_prefix(length);
        const auto equals = record.find('=');
        if (equals == record.npos) return malformed();
        const auto key = record.substr(0, equals), value = record.substr(equals + 1);
        const auto number = decimal(value);
        const bool numeric = key == "size" || key == "uid" || key == "gid" || key == "GNU.sparse.realsize";
        if (numeric && !number) return malformed();
        if (key == "path") records.path = value;
        if (key == "linkpath") records.target = value;
        if (key == "size") records.size = number;
        if (key == "uid") records.uid = number;
        if (key == "gid") records.gid = number;
        if (key == "mtime") records.modified = value;
        if (key == "GNU.sparse.name") records.sparse_name = value;
        if (key == "GNU.sparse.realsize") records.real_size = number;
        if (key == "GNU.sparse.major") records.sparse_major = value;
        if (key == "GNU.sparse.minor") records.sparse_minor = value;
        if (key == "GNU.sparse.map" || key == "GNU.sparse.numblocks")
            return broken("it holds a file with holes in a form before GNU tar's 1.0");
        if (key.starts_with(attribute_prefix)) records.attributes[from_attribute_key(key)] = value;
    }
    return {};
}

// GNU's sparse format 1.0: numbers in lines, in blocks of their own before the content.
Result<void> TarReader::read_map(TarEntry& entry) {
    std::string text;
    std::size_t at = 0;
    const auto next = [&]() -> Result<std::uint64_t> {
        for (;;) {
            const auto end = text.find('\n', at);
            if (end != text.npos) {
                const auto number = decimal(std::string_view(text).substr(at, end - at));
                at = end + 1;
                if (!number) return broken("a map of holes is malformed");
                return *number;
            }
            if (left_ < tar_block_size || text.size() - at > 20) return broken("a map of holes is malformed");
            const std::string more = TRY(block());
            text = text.substr(at) + more;
            at = 0;
            left_ -= tar_block_size;
        }
    };
    const std::uint64_t count = TRY(next());
    if (count > most_pieces) return broken("a map of holes is too large");
    entry.data.emplace();
    std::uint64_t before = 0, stored = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t first = TRY(next());
        const std::uint64_t size = TRY(next());
        if (first < before || first > entry.size || size > entry.size - first)
            return broken("a map of holes contradicts itself");
        before = first + size;
        stored += size;
        if (size > 0) entry.data->push_back({first, size});
    }
    if (stored != left_) return broken("a map of holes contradicts the file's size");
    return {};
}

Result<TarEntry> TarReader::entry_of(std::string_view header, Records records) {
    TarEntry entry;
    std::string path(tar_text(header, 0, 100));
    const bool posix = header.substr(257, 6) == std::string_view("ustar\0", 6); // GNU's has other things there
    if (const auto prefix = tar_text(header, 345, 155); posix && !prefix.empty())
        path = std::string(prefix) + "/" + path;
    const bool sparse = records.sparse_major == "1" && records.sparse_minor == "0";
    if (records.path) path = *records.path;
    if (sparse && records.sparse_name) path = *records.sparse_name;
    const auto kind = tar_kind_of(header[156], path.ends_with('/'));
    if (!kind) return broken(fmt::format("'{}' is of a kind that can't be read here", to_valid_utf8(path)));
    entry.kind = *kind;
    entry.path = plain(std::move(path));
    if (!is_safe(entry.path))
        return broken(fmt::format("the name '{}' doesn't stay in its folder", to_valid_utf8(entry.path)));
    const auto mode = tar_number(header.substr(100, 8)), uid = tar_number(header.substr(108, 8)),
               gid = tar_number(header.substr(116, 8)), size = tar_number(header.substr(124, 12)),
               modified = tar_number(header.substr(136, 12)), major = tar_number(header.substr(329, 8)),
               minor = tar_number(header.substr(337, 8));
    if (!mode || !uid || !gid || !size) return broken("a number in a header is malformed");
    entry.mode = static_cast<unsigned>(*mode & 07777u);
    entry.uid = records.uid.value_or(*uid);
    entry.gid = records.gid.value_or(*gid);
    if (entry.uid > highest_owner || entry.gid > highest_owner) return broken("an owner's number is not a number");
    entry.modified_s = static_cast<std::int64_t>(modified.value_or(0));
    const bool timely = records.modified ? read_time(*records.modified, entry) : modified.value_or(0) <= latest;
    if (!timely) return broken("a time is malformed");
    if (entry.kind == TarKind::character_device || entry.kind == TarKind::block_device) {
        entry.major = static_cast<unsigned>(major.value_or(0));
        entry.minor = static_cast<unsigned>(minor.value_or(0));
    }
    entry.attributes = std::move(records.attributes);
    if (entry.kind == TarKind::link || entry.kind == TarKind::hard_link) {
        entry.target = records.target.value_or(std::string(tar_text(header, 157, 100)));
        if (entry.target.empty() || entry.target.find('\0') != entry.target.npos ||
            entry.target.size() > longest_tar_path)
            return broken(fmt::format("the link '{}' leads nowhere", to_valid_utf8(entry.path)));
    }
    if (entry.kind == TarKind::hard_link) {
        entry.target = plain(std::move(entry.target));
        if (!is_safe(entry.target))
            return broken(fmt::format("the hard link '{}' leads out of its folder", to_valid_utf8(entry.path)));
    }
    if (entry.kind != TarKind::file) return entry; // others have no content, whatever size they tell
    left_ = records.size.value_or(*size);
    padding_ = tar_padding(left_);
    entry.size = sparse ? records.real_size.value_or(0) : left_;
    constexpr std::uint64_t far = std::uint64_t{1} << 60;
    if (left_ > far || entry.size > far) return broken("a file's size is too large");
    if (sparse) TRY_VOID(read_map(entry));
    return entry;
}

// What is behind the mark of the end: blocks of zeros, which some writers fill up a record with.
Result<void> TarReader::read_end() {
    const std::string second = TRY(block());
    std::string rest = second;
    for (std::size_t size = rest.size(); size > 0;) {
        const auto text = std::string_view(rest).substr(0, size);
        if (text.find_first_not_of('\0') != text.npos) return broken("there is more data after its end");
        rest.resize(stream_piece);
        size = TRY(from_.read(rest));
    }
    return {};
}

Result<std::optional<TarEntry>> TarReader::next() {
    TRY_VOID(skip(std::exchange(left_, 0)));
    TRY_VOID(skip(std::exchange(padding_, 0)));
    Records records;
    for (;;) {
        const std::string header = TRY(block());
        if (header.find_first_not_of('\0') == header.npos) {
            TRY_VOID(read_end());
            return std::optional<TarEntry>();
        }
        if (!tar_checksum_holds(header)) return broken("a header's checksum is wrong");
        const char flag = header[156];
        const auto size = tar_number(std::string_view(header).substr(124, 12));
        if (!size) return broken("a number in a header is malformed");
        if (flag == 'L' || flag == 'K') {
            const std::string text = TRY(text_of(*size));
            (flag == 'L' ? records.path : records.target) = text.substr(0, text.find('\0'));
        } else if (flag == 'x') {
            const std::string text = TRY(text_of(*size));
            TRY_VOID(read_records(text, records));
        } else if (flag == 'g' || flag == 'V') { // for all members, a volume's label: nothing that we take from it
            TRY_VOID(text_of(*size));
        } else {
            auto entry = TRY(entry_of(header, std::move(records)));
            return std::optional(std::move(entry));
        }
    }
}

Result<TarNotes> walk_tar(Source& from, const std::string& name, const TarReading& how) {
    TarReader reader(from, name);
    TarNotes notes;
    std::string piece(stream_piece, '\0');
    for (;;) {
        const auto entry = TRY(reader.next());
        if (!entry) return notes;
        ++notes.entries;
        if (entry->kind == TarKind::link && leads_out(*entry)) {
            if (how.leading_out == TarReading::LeadingOut::refused)
                return no(fmt::format("'{}': the link '{}' leads out of its folder", name, to_valid_utf8(entry->path)));
            notes.leading_out.push_back(entry->path);
        }
        for (;;) {
            const std::size_t size = TRY(reader.read(piece));
            if (size == 0) break;
            notes.bytes += size;
        }
    }
}

}
