#include "sys/git/pack/delta.h"
#include "sys/git/pack/pack_reader.h"
#include "sys/git/pack/packed_blobs.h"
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

void check_delta(std::string_view delta) {
    constexpr std::size_t most = 1 << 20;
    const auto sizes = delta_sizes(delta);
    if (!sizes || sizes->base > most || sizes->result > most) return;
    const std::string base(sizes->base, 'b');
    std::string result(sizes->result, '\0');
    std::vector<Copied> copied;
    if (!apply_delta(delta, base, result, &copied)) return;
    std::size_t end = 0;
    for (const Copied& copy : copied) {
        if (copy.begin < end || copy.end() > result.size() || copy.base + copy.size > base.size()) std::abort();
        end = copy.end();
    }
}

void check_pack(std::string_view index, std::string_view bytes) {
    constexpr std::uint64_t most = 1 << 20;
    const std::string sum(20, '\0'); // of both: it isn't computed
    std::vector<PackFile> packs;
    if (auto pack = PackFile::of_bytes(std::string(index) + sum + sum, std::string(bytes) + sum))
        packs.push_back(std::move(*pack));
    if (packs.empty()) return;
    PackReader reader(packs, 1 << 16);
    for (std::uint32_t place = 0; place < packs[0].count() && place < 1000; ++place)
        (void)reader.read(packs[0].id(place), most);
    const std::vector<bool> wanted(packs[0].count(), true);
    std::vector<bool> seen(packs[0].count(), false);
    PackedBlobs blobs(packs[0], wanted, {.most = most, .most_kept = 1 << 16});
    const auto done = blobs.each([&](const PackedBlob& blob) -> Result<void> {
        if (blob.bytes.size() > most || seen.at(blob.place)) std::abort();
        if (blob.copied && !seen.at(blob.base)) std::abort();
        seen[blob.place] = true;
        return {};
    });
    if (!done.ok()) std::abort();
}

}

// A delta; and behind the length of an index in two bytes an index and its pack, both without their checksums.
extern "C" int fuzz_sys_pack(const std::uint8_t* data, std::size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    check_delta(all);
    if (size < 2) return 0;
    const std::size_t length = std::size_t{data[0]} << 8 | data[1];
    if (length + 2 <= size) check_pack(all.substr(2, length), all.substr(2 + length));
    return 0;
}
