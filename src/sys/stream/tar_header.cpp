#include "sys/stream/tar_header.h"
#include "base/text.h"
#include "sys/data/tar_fields.h"
#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace fairlead::sys {
namespace {

constexpr std::uint64_t most_small = 07777777, most_large = 077777777777; // in 7 and 11 octal digits
constexpr std::size_t longest_name = 100;

char flag_of(TarEntry::Kind kind) {
    switch (kind) {
    case TarEntry::Kind::file: return '0';
    case TarEntry::Kind::hard_link: return '1';
    case TarEntry::Kind::link: return '2';
    case TarEntry::Kind::character_device: return '3';
    case TarEntry::Kind::block_device: return '4';
    case TarEntry::Kind::folder: return '5';
    case TarEntry::Kind::pipe: return '6';
    }
    return '0';
}

// A record's length counts itself.
std::string record(std::string_view key, std::string_view value) {
    const std::size_t rest = key.size() + value.size() + 3; // blank, '=' and newline
    std::size_t size = rest + 1;
    while (rest + std::to_string(size).size() != size) size = rest + std::to_string(size).size();
    return std::to_string(size) + " " + std::string(key) + "=" + std::string(value) + "\n";
}

struct Numbers {
    unsigned mode = 0644;
    std::uint64_t uid = 0, gid = 0, size = 0, modified = 0, major = 0, minor = 0;
};

std::string block(std::string_view name, char flag, std::string_view target, const Numbers& numbers) {
    std::string header(tar_block_size, '\0');
    const auto put = [&](std::size_t at, std::string_view text) {
        std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
    };
    put(0, name.substr(0, longest_name));
    put(100, fmt::format("{:07o}", numbers.mode));
    put(108, fmt::format("{:07o}", std::min(numbers.uid, most_small)));
    put(116, fmt::format("{:07o}", std::min(numbers.gid, most_small)));
    put(124, fmt::format("{:011o}", std::min(numbers.size, most_large)));
    put(136, fmt::format("{:011o}", std::min(numbers.modified, most_large)));
    put(148, "        ");
    header[156] = flag;
    put(157, target.substr(0, longest_name));
    put(257, std::string_view("ustar\0"
                              "00",
                              8));
    put(329, fmt::format("{:07o}", std::min(numbers.major, most_small)));
    put(337, fmt::format("{:07o}", std::min(numbers.minor, most_small)));
    const auto sum = std::accumulate(header.begin(), header.end(), 0u,
                                     [](unsigned all, char one) { return all + static_cast<unsigned char>(one); });
    put(148, std::string_view(fmt::format("{:06o}", sum)));
    header[154] = '\0';
    return header;
}

std::string padded(std::string text) {
    text.append(tar_padding(text.size()), '\0');
    return text;
}

bool is_plain_name(std::string_view name) {
    return name.size() <= longest_name &&
           std::all_of(name.begin(), name.end(), [](char one) { return one >= ' ' && one < 127; });
}

// "FIRST\nSIZE\n" of each piece after their number: GNU's sparse format 1.0. A hole at the end is marked by a piece of
// nothing behind it.
std::string map_of(const TarEntry& entry) {
    auto pieces = *entry.data;
    if (pieces.empty() || pieces.back().at + pieces.back().size < entry.size) pieces.push_back({entry.size, 0});
    std::string text = std::to_string(pieces.size()) + "\n";
    for (const auto& piece : pieces) text += fmt::format("{}\n{}\n", piece.at, piece.size);
    return padded(std::move(text));
}

}

std::uint64_t stored_size(const TarEntry& entry) {
    if (entry.kind != TarEntry::Kind::file) return 0;
    if (!entry.data) return entry.size;
    return std::accumulate(entry.data->begin(), entry.data->end(), std::uint64_t{0},
                           [](std::uint64_t all, const TarEntry::Piece& one) { return all + one.size; });
}

std::string to_attribute_key(std::string_view name) {
    std::string key(attribute_prefix);
    for (const char one : name) {
        if (one == '%')
            key += "%25";
        else if (one == '=')
            key += "%3D";
        else
            key += one;
    }
    return key;
}

std::string from_attribute_key(std::string_view key) {
    std::string name;
    for (key.remove_prefix(attribute_prefix.size()); !key.empty();) {
        const bool percent = key.starts_with("%25"), equals = key.starts_with("%3D");
        name += percent ? '%' : equals ? '=' : key.front();
        key.remove_prefix(percent || equals ? 3 : 1);
    }
    return name;
}

std::string tar_header(const TarEntry& entry) {
    std::string path = entry.path, records, map;
    if (entry.kind == TarEntry::Kind::folder) path += '/';
    Numbers numbers{entry.mode & 07777u, entry.uid, entry.gid, stored_size(entry), 0, entry.major, entry.minor};
    numbers.modified = entry.modified_s > 0 ? static_cast<std::uint64_t>(entry.modified_s) : 0;
    if (entry.data) {
        map = map_of(entry);
        numbers.size += map.size();
        records += record("GNU.sparse.major", "1") + record("GNU.sparse.minor", "0") + record("GNU.sparse.name", path) +
                   record("GNU.sparse.realsize", std::to_string(entry.size));
        path = "GNUSparseFile.0/file"; // for who doesn't know of holes
    } else if (!is_plain_name(path)) {
        records += record("path", path);
    }
    if (!is_plain_name(entry.target)) records += record("linkpath", entry.target);
    if (entry.uid > most_small) records += record("uid", std::to_string(entry.uid));
    if (entry.gid > most_small) records += record("gid", std::to_string(entry.gid));
    if (numbers.size > most_large) records += record("size", std::to_string(numbers.size));
    if (entry.modified_ns != 0 || entry.modified_s < 0 || numbers.modified > most_large) {
        // -1.5 is spelt from -2 and half a second
        const bool borrow = entry.modified_s < 0 && entry.modified_ns != 0;
        const auto seconds = entry.modified_s + (borrow ? 1 : 0);
        const auto part = borrow ? 1'000'000'000 - entry.modified_ns : entry.modified_ns;
        const std::string_view sign = borrow && seconds == 0 ? "-" : "";
        records +=
            record("mtime", part == 0 ? std::to_string(seconds) : fmt::format("{}{}.{:09}", sign, seconds, part));
    }
    for (const auto& [name, value] : entry.attributes) records += record(to_attribute_key(name), value);
    std::string all;
    if (!records.empty()) {
        all = block("PaxHeaders/entry", 'x', "", {.size = records.size()});
        all += padded(std::move(records));
    }
    return all + block(path, flag_of(entry.kind), entry.target, numbers) + map;
}

bool leads_out(const TarEntry& link) {
    if (link.target.starts_with('/')) return true;
    std::ptrdiff_t depth = std::count(link.path.begin(), link.path.end(), '/');
    for (const auto& part : split(link.target, '/')) {
        if (part == "..")
            --depth;
        else if (!part.empty() && part != ".")
            ++depth;
        if (depth < 0) return true;
    }
    return false;
}

}
