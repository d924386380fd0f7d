#include "sys/git/pack/pack_file.h"
#include "base/text.h"
#include "sys/git/pack/mapped.h"
#include <algorithm>
#include <cstring>

namespace fairlead::sys {
namespace {

constexpr std::size_t size_of_id = 20; // SHA-1, and so is a checksum
constexpr std::size_t head_of_index = 8, fanout_size = 256 * 4, head_of_pack = 12;

std::uint32_t network_number(std::string_view bytes, std::size_t at) { // in network order
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
    return number;
}

std::uint32_t count_in(std::string_view index) { return network_number(index, head_of_index + fanout_size - 4); }

// The second version of the index, which git has written since 2007, of this pack.
bool belong_together(std::string_view index, std::string_view pack) {
    using namespace std::string_view_literals;
    constexpr std::size_t for_each = size_of_id + 4 + 4; // id, checksum, offset
    const std::size_t least = head_of_index + fanout_size + 2 * size_of_id;
    if (index.size() < least || !index.starts_with("\377tOc\0\0\0\2"sv)) return false;
    if (pack.size() < head_of_pack + size_of_id || !pack.starts_with("PACK\0\0\0"sv) || (pack[7] != 2 && pack[7] != 3))
        return false;
    for (std::size_t i = 1; i < 256; ++i)
        if (network_number(index, head_of_index + i * 4) < network_number(index, head_of_index + i * 4 - 4))
            return false;
    const std::size_t count = count_in(index), rest = index.size() - least;
    if (count != network_number(pack, 8) || rest / for_each < count || (rest - count * for_each) % 8 != 0) return false;
    const auto sum = index.substr(index.size() - 2 * size_of_id, size_of_id);
    return pack.ends_with(sum);
}

}

struct PackFile::Files {
    static Mapped mapped(const Path& path) { // empty: it can't be
        return Mapped::open(path.string(), Mapped::Read::as_asked).value_or(Mapped());
    }
    Files(const Path& index_path, const Path& pack_path)
        : index_file(mapped(index_path)), pack_file(mapped(pack_path)) {
        index = index_file.bytes();
        pack = pack_file.bytes();
    }
    Files(std::string index_bytes, std::string pack_bytes)
        : own_index(std::move(index_bytes)), own_pack(std::move(pack_bytes)), index(own_index), pack(own_pack) {}
    std::string_view ids() const { return index.substr(head_of_index + fanout_size, count * size_of_id); }

    Mapped index_file, pack_file;
    std::string own_index, own_pack; // of what isn't in files
    std::string_view index, pack;
    std::size_t count = 0;
    std::size_t touched = 0; // bytes that may be in memory since the last let_go()
    std::uint64_t last = 0;  // where was inflated
    WholeInflater inflater;
};

PackFile::PackFile(std::unique_ptr<Files> files) : files_(std::move(files)) {}
PackFile::PackFile(PackFile&&) noexcept = default;
PackFile& PackFile::operator=(PackFile&&) noexcept = default;
PackFile::~PackFile() = default;

std::optional<PackFile> PackFile::open(const Path& index) {
    Path pack = index;
    pack.replace_extension(".pack");
    return checked(std::make_unique<Files>(index, pack));
}

std::optional<PackFile> PackFile::of_bytes(std::string index, std::string pack) {
    return checked(std::make_unique<Files>(std::move(index), std::move(pack)));
}

std::optional<PackFile> PackFile::checked(std::unique_ptr<Files> files) {
    if (!belong_together(files->index, files->pack)) return std::nullopt;
    files->count = count_in(files->index);
    files->pack.remove_suffix(size_of_id);
    return PackFile(std::move(files));
}

std::uint32_t PackFile::count() const { return static_cast<std::uint32_t>(files_->count); }

ObjectId PackFile::id(std::uint32_t place) const {
    ObjectId id{};
    std::memcpy(id.data(), files_->ids().data() + place * size_of_id, size_of_id);
    return id;
}

std::optional<std::uint32_t> PackFile::find(const ObjectId& id) const {
    const auto upto = [&](std::size_t byte) { return network_number(files_->index, head_of_index + byte * 4); };
    std::uint32_t first = id[0] == 0 ? 0 : upto(id[0] - 1u), last = upto(id[0]);
    const char* const ids = files_->ids().data();
    while (first < last) {
        const std::uint32_t middle = first + (last - first) / 2;
        const int order = std::memcmp(ids + middle * size_of_id, id.data(), size_of_id);
        if (order == 0) return middle;
        if (order < 0)
            first = middle + 1;
        else
            last = middle;
    }
    return std::nullopt;
}

std::uint64_t PackFile::offset(std::uint32_t place) const {
    constexpr std::uint32_t is_large = 0x80000000u; // the rest is the number of an offset of eight bytes
    const std::size_t offsets = head_of_index + fanout_size + files_->count * (size_of_id + 4);
    const std::uint32_t offset = network_number(files_->index, offsets + place * 4);
    if ((offset & is_large) == 0) return offset;
    const std::size_t large = offsets + files_->count * 4 + std::size_t{offset & ~is_large} * 8;
    if (large + 8 + 2 * size_of_id > files_->index.size()) return files_->pack.size();
    return std::uint64_t{network_number(files_->index, large)} << 32 | network_number(files_->index, large + 4);
}

std::optional<PackEntry> PackFile::entry(std::uint64_t offset) const {
    const std::string_view pack = files_->pack;
    if (offset < head_of_pack || offset >= pack.size()) return std::nullopt;
    std::size_t at = offset;
    const auto next = [&] { return at < pack.size() ? static_cast<unsigned char>(pack[at++]) : 0x100u; };
    unsigned byte = next();
    PackEntry entry{.kind = static_cast<PackEntry::Kind>(byte >> 4 & 7u), .size = byte & 0xfu};
    const unsigned kind = byte >> 4 & 7u;
    if (kind == 0 || kind == 5) return std::nullopt;
    for (unsigned shift = 4; (byte & 0x80u) != 0; shift += 7) {
        byte = next();
        if (byte > 0xff || shift > 53) return std::nullopt;
        entry.size |= std::uint64_t{byte & 0x7fu} << shift;
    }
    if (entry.kind == PackEntry::Kind::offset_delta) {
        byte = next();
        std::uint64_t back = byte & 0x7fu;
        while (byte <= 0xff && (byte & 0x80u) != 0 && back < offset) {
            byte = next();
            back = (back + 1) << 7 | (byte & 0x7fu);
        }
        if (byte > 0xff || back == 0 || back >= offset) return std::nullopt;
        entry.base_offset = offset - back;
    } else if (entry.kind == PackEntry::Kind::id_delta) {
        if (pack.size() - at < size_of_id) return std::nullopt;
        std::memcpy(entry.base_id.data(), pack.data() + at, size_of_id);
        at += size_of_id;
    }
    entry.data = at;
    return entry;
}

bool PackFile::inflate(const PackEntry& entry, std::span<char> result) const {
    constexpr std::size_t most_touched = 24u << 20, around = 64u << 10; // what the kernel maps with a page
    const bool is_near = entry.data >= files_->last && entry.data < files_->last + around;
    files_->touched += entry.size / 4 + (is_near ? entry.data - files_->last : around); // about its compressed size
    files_->last = entry.data;
    if (files_->touched > most_touched) let_go();
    return entry.data <= files_->pack.size() && result.size() == entry.size &&
           files_->inflater.inflate(files_->pack.substr(entry.data), result);
}

void PackFile::let_go() const {
    files_->pack_file.let_go();
    files_->touched = 0;
}

Buffer PackFile::inflate(const PackEntry& entry) const {
    constexpr std::uint64_t most_of_a_byte = 1100; // deflate packs at most 1032 bytes into one
    if (entry.data > files_->pack.size() || entry.size / most_of_a_byte > files_->pack.size() - entry.data) return {};
    Buffer buffer(entry.size);
    return inflate(entry, buffer.bytes()) ? std::move(buffer) : Buffer();
}

namespace {

void add_packs(const Path& objects, int depth, std::vector<Path>& seen, std::vector<PackFile>& packs) {
    constexpr int deepest = 5; // as git
    constexpr std::uint64_t longest = 1u << 20;
    std::error_code ignored;
    const Path folder = std::filesystem::weakly_canonical(objects, ignored);
    if (std::find(seen.begin(), seen.end(), folder) != seen.end()) return;
    seen.push_back(folder);
    std::vector<Path> indexes;
    for (const auto& entry : std::filesystem::directory_iterator(objects / "pack", ignored))
        if (entry.path().extension() == ".idx") indexes.push_back(entry.path());
    std::sort(indexes.begin(), indexes.end());
    for (const Path& index : indexes)
        if (auto pack = PackFile::open(index)) packs.push_back(std::move(*pack));
    const auto alternates = read_file(objects / "info" / "alternates", longest);
    if (depth == deepest || !alternates.ok()) return;
    for (const std::string& line : split(alternates.value(), '\n'))
        if (!line.empty() && line[0] != '#') add_packs(objects / line, depth + 1, seen, packs);
}

}

std::vector<PackFile> packs_of(const Path& objects) {
    std::vector<Path> seen;
    std::vector<PackFile> packs;
    add_packs(objects, 0, seen, packs);
    return packs;
}

}
