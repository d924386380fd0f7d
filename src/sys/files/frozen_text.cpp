#include "sys/files/frozen_text.h"
#include "sys/descriptor.h"
#include "sys/files/file_parts.h"
#include <algorithm>
#include <fcntl.h>
#include <fmt/format.h>
#include <mutex>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace fairlead::sys {
namespace {

// The copies that are mapped: few, and mostly none.
std::mutex mapped_guard;
std::vector<std::string_view> mapped;

struct Mapping {
    std::string_view text;
    explicit Mapping(std::string_view all) : text(all) {
        const std::lock_guard lock(mapped_guard);
        mapped.push_back(text);
    }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping() {
        {
            const std::lock_guard lock(mapped_guard);
            std::erase_if(mapped, [&](std::string_view one) { return one.data() == text.data(); });
        }
        ::munmap(const_cast<char*>(text.data()), text.size());
    }
};

// In memory where TMPDIR takes none: a program that is confined writes nowhere (sys/process/confine.h).
Result<Descriptor> nameless_file() {
    std::error_code error;
    const Path folder = std::filesystem::temp_directory_path(error);
    Descriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (file.is_open()) return file;
    auto name = (folder / "fairlead-text-XXXXXX").string(); // a file system that knows only files with names
    file = Descriptor(::mkostemp(name.data(), O_CLOEXEC));
    if (file.is_open()) ::unlink(name.c_str());
    if (!file.is_open()) file = Descriptor(::memfd_create("text", MFD_CLOEXEC));
    if (!file.is_open()) return path_error(folder.string(), "written to");
    return file;
}

struct Copy {
    Descriptor file;
    std::size_t size = 0;
};
Result<Copy> copy_of(const OpenFile& file, const std::string& name, std::uint64_t limit) {
    Copy copy;
    copy.file = TRY(nameless_file());
    std::string piece(1 << 20, '\0');
    while (true) {
        const ssize_t count = ::read(file.descriptor.get(), piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return path_error(name, "read");
        if (count == 0) return copy;
        copy.size += static_cast<std::size_t>(count);
        if (copy.size > limit)
            return could_not(fmt::format("'{}' is larger than the {} bytes that are read here", name, limit));
        const auto read = std::string_view(piece).substr(0, static_cast<std::size_t>(count));
        if (!write_all(copy.file.get(), read, name))
            return could_not(fmt::format("'{}' is large, and a copy of it in TMPDIR can't be made: {}; point TMPDIR to "
                                         "a disk with room",
                                         name, reason()));
    }
}

}

FrozenText::FrozenText(std::string text) {
    auto owned = std::make_shared<const std::string>(std::move(text));
    view_ = *owned;
    owner_ = std::move(owned);
}

Result<FrozenText> FrozenText::read(const Root& root, const Path& path, std::uint64_t limit) {
    const OpenFile file = TRY(root.open_file(path));
    const auto name = (root.path() / path).string();
    if (file.size < large_text) {
        auto text = TRY(read_all(file, name, limit));
        return FrozenText(std::move(text));
    }
    const auto copy = TRY(copy_of(file, name, limit));
    FrozenText text;
    if (copy.size == 0) return text; // cut meanwhile
    void* at = ::mmap(nullptr, copy.size, PROT_READ, MAP_SHARED, copy.file.get(), 0);
    if (at == MAP_FAILED) return path_error(name, "mapped");
    auto mapping = std::make_shared<const Mapping>(std::string_view(static_cast<const char*>(at), copy.size));
    text.view_ = mapping->text;
    text.owner_ = std::move(mapping);
    return text;
}

void let_go(std::string_view passed) {
    constexpr std::size_t page = 4096;      // or a multiple: then the kernel refuses, and the memory stays
    constexpr std::size_t around = 1 << 20; // the kernel fetches pages before the one that is asked for, too
    const std::lock_guard lock(mapped_guard);
    for (const std::string_view text : mapped) {
        if (passed.data() < text.data() || passed.data() >= text.data() + text.size()) continue;
        const auto from = static_cast<std::size_t>(passed.data() - text.data()), end = from + passed.size();
        const auto begin = (from - std::min(from, around)) / page * page;
        ::madvise(const_cast<char*>(text.data()) + begin, end - begin, MADV_DONTNEED);
    }
}

bool in_pieces(std::string_view text, const std::function<bool(std::string_view)>& take) {
    constexpr std::size_t longest_letter = 4;
    while (!text.empty()) {
        auto size = std::min(text.size(), text_piece);
        const auto is_parted = [&] {
            const auto next = static_cast<unsigned char>(text[size]);
            return (next & 0xC0u) == 0x80u || (text[size - 1] == '\r' && next == '\n');
        };
        for (std::size_t back = 0; back < longest_letter && size < text.size() && size > 1 && is_parted(); ++back)
            --size;
        const auto piece = text.substr(0, size);
        if (!take(piece)) return false;
        if (size < text.size()) let_go(piece); // the last one will be looked at again soon
        text.remove_prefix(size);
    }
    return true;
}

int newlines_in(std::string_view text) {
    if (text.size() <= text_piece) return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    int count = 0;
    in_pieces(text, [&](std::string_view piece) {
        count += static_cast<int>(std::count(piece.begin(), piece.end(), '\n'));
        return true;
    });
    return count;
}

}
