#include "sys/data/archive.h"
#include "base/text.h"
#include "sys/data/inflate.h"
#include "sys/data/tar_fields.h"
#include "sys/descriptor.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::sys {
namespace {

constexpr std::size_t archive_block = tar_block_size;
constexpr std::uint64_t text_limit = 1u << 20; // of a long name, or of one member's pax records
constexpr std::size_t path_limit = 4096;       // as the kernel's PATH_MAX
constexpr std::size_t most_rights = 8;         // that are named of one member

Member::Kind kind_of(char flag, bool ends_in_slash) {
    switch (flag) {
    case '\0':
    case '0':
    case '7': return ends_in_slash ? Member::Kind::folder : Member::Kind::file;
    case '1': return Member::Kind::hard_link;
    case '2': return Member::Kind::link;
    case '5': return Member::Kind::folder;
    default: return Member::Kind::other;
    }
}

}

namespace {

// Of a pax record: what star, GNU tar and bsdtar call extended attributes and access lists. Those of a user give none.
std::optional<Right> right_of(std::string_view key) {
    for (const std::string_view before : {"SCHILY.xattr.", "LIBARCHIVE.xattr.", "RHT."})
        if (key.starts_with(before)) {
            const auto name = key.substr(before.size());
            if (name.starts_with("user.")) return std::nullopt;
            if (name == "security.capability") return Right{"capabilities", ""};
            if (name.starts_with("system.posix_acl_")) return Right{"access list", ""};
            return Right{"attribute", std::string(name)};
        }
    if (key.starts_with("SCHILY.acl.")) return Right{"access list", ""};
    return std::nullopt;
}

}

std::string plain_member_path(std::string path) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    while (path.starts_with("./")) path.erase(0, std::min(path.find_first_not_of('/', 1), path.size()));
    return path.empty() ? "." : path;
}

// The unpacked bytes, within the limits.
class Archive::Bytes {
  public:
    Bytes(Source source, const ArchiveLimits& limits, std::string name)
        : source_(std::move(source)), limits_(limits), name_(std::move(name)), in_(std::size_t{64} << 10, '\0'),
          out_(std::size_t{64} << 10, '\0') {}

    // At most `most` bytes; none: the end.
    Result<std::string_view> some(std::size_t most) {
        if (ready_.empty()) TRY_VOID(fill());
        const auto piece = ready_.substr(0, most);
        ready_.remove_prefix(piece.size());
        return piece;
    }
    std::uint64_t packed() const { return packed_; }

  private:
    Result<void> take() {
        const auto count = TRY(source_(in_.data(), in_.size()));
        packed_ += count;
        rest_ = std::string_view(in_).substr(0, count);
        return {};
    }

    Result<void> fill() {
        if (packed_ == 0) {
            TRY_VOID(take());
            inflater_ = inflater_for(rest_);
        } else if (rest_.empty()) {
            TRY_VOID(take());
        }
        if (!inflater_) {
            ready_ = std::exchange(rest_, {});
            return account(ready_.size());
        }
        while (ready_.empty() && !over_) TRY_VOID(inflate());
        return {};
    }

    Result<void> inflate() {
        if (rest_.empty()) TRY_VOID(take());
        const bool no_more = rest_.empty();
        const auto step = inflater_->step(rest_, out_.data(), out_.size());
        if (step.bad) return no(fmt::format("release '{}' can't be unpacked: its compression is broken", name_));
        rest_.remove_prefix(step.taken);
        ready_ = std::string_view(out_).substr(0, step.made);
        if (no_more && step.made == 0 && !step.ended)
            return no(fmt::format("release '{}' ends too early; check that its copy was not cut off", name_));
        TRY_VOID(account(step.made));
        if (!step.ended) return {};
        if (rest_.empty()) TRY_VOID(take());
        inflater_ = inflater_for(rest_); // another stream right behind, as `cat a.gz b.gz` makes it
        over_ = !inflater_;
        return {};
    }

    Result<void> account(std::size_t size) {
        unpacked_ += size;
        if (unpacked_ > limits_.bytes)
            return no(
                fmt::format("release '{}' unpacks to more than {} MiB; raise release.max_size if the size is intended",
                            name_, limits_.bytes >> 20));
        if (unpacked_ <= ArchiveLimits::free_bytes || unpacked_ / limits_.ratio <= packed_) return {};
        return no(fmt::format(
            "release '{}' unpacks to more than {} times its size; raise release.max_ratio if the size is intended",
            name_, limits_.ratio));
    }

    const Source source_;
    const ArchiveLimits limits_;
    const std::string name_;
    std::string in_, out_;
    std::string_view rest_, ready_; // of in_; of out_, or of in_ when nothing is compressed
    std::unique_ptr<Inflater> inflater_;
    std::uint64_t packed_ = 0, unpacked_ = 0;
    bool over_ = false;
};

Archive::Archive(Source source, const ArchiveLimits& limits, std::string name)
    : bytes_(std::make_unique<Bytes>(std::move(source), limits, name)), limits_(limits), name_(std::move(name)) {}
Archive::Archive(Archive&&) noexcept = default;
Archive::~Archive() = default;

Result<Archive> Archive::open(const Path& path, const ArchiveLimits& limits) {
    auto opened = TRY(open_regular(path.string()));
    auto file = std::make_shared<OpenFile>(std::move(opened));
    auto source = [file, name = path.string()](char* to, std::size_t room) -> Result<std::size_t> {
        while (true) {
            const ssize_t count = ::read(file->descriptor.get(), to, room);
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno != EINTR) return path_error(name, "read");
        }
    };
    return Archive(std::move(source), limits, path.string());
}

Error Archive::broken(std::string_view what) const {
    return no(fmt::format("release '{}' can't be unpacked: {}", name_, what));
}

std::uint64_t Archive::packed_bytes() const { return bytes_->packed(); }

// Whole, or empty at the end of the bytes.
Result<std::string> Archive::block() {
    std::string header;
    while (header.size() < archive_block) {
        const auto piece = TRY(bytes_->some(archive_block - header.size()));
        if (piece.empty()) break;
        header += piece;
    }
    if (header.size() < archive_block)
        return broken("it ends too early; check that it is a tar archive and that its copy was not cut off");
    return header;
}

Result<std::string_view> Archive::read() {
    if (left_ == 0) return std::string_view();
    const auto piece = TRY(bytes_->some(static_cast<std::size_t>(std::min<std::uint64_t>(left_, 1u << 20))));
    if (piece.empty()) return broken("it ends too early; check that its copy was not cut off");
    left_ -= piece.size();
    return piece;
}

Result<void> Archive::skip_rest() {
    left_ += std::exchange(padding_, 0);
    while (left_ > 0) TRY_VOID(read());
    return {};
}

Result<std::string> Archive::text_of(std::uint64_t size) {
    if (size > text_limit) return broken("a name or its header is longer than 1 MiB");
    std::string text;
    left_ = size;
    while (left_ > 0) {
        const auto piece = TRY(read());
        text += piece;
    }
    left_ = tar_padding(size);
    TRY_VOID(skip_rest());
    return text;
}

// "LENGTH KEY=VALUE\n", the length in bytes of the whole.
Result<void> Archive::read_pax(std::string_view records, Named& named) const {
    while (!records.empty()) {
        const auto blank = records.find(' ');
        const auto length = parse_integer(records.substr(0, std::min(blank, std::size_t{20})));
        if (blank == records.npos || !length.ok() || length.value() <= static_cast<std::int64_t>(blank) + 1 ||
            static_cast<std::uint64_t>(length.value()) > records.size())
            return broken("a pax header is malformed");
        const auto size = static_cast<std::size_t>(length.value());
        const auto record = records.substr(blank + 1, size - blank - 2);
        const auto equals = record.find('=');
        if (equals == record.npos || records[size - 1] != '\n') return broken("a pax header is malformed");
        const auto key = record.substr(0, equals), value = record.substr(equals + 1);
        if (key == "path") named.path = value;
        if (key == "linkpath") named.target = value;
        if (auto right = right_of(key); right && named.rights.size() < most_rights)
            named.rights.push_back(std::move(*right));
        if (key.starts_with("GNU.sparse.")) return broken("it holds a sparse file; pack it without --sparse");
        if (key == "size") {
            const auto told = parse_integer(value);
            if (!told.ok() || told.value() < 0) return broken("a size is malformed");
            named.size = static_cast<std::uint64_t>(told.value());
        }
        records.remove_prefix(size);
    }
    return {};
}

// What a compression says of the whole stands at its very end.
Result<void> Archive::read_to_end() {
    while (true) {
        const auto piece = TRY(bytes_->some(std::size_t{64} << 10));
        if (piece.empty()) return {};
    }
}

Result<Member> Archive::member_of(const std::string& header, Named named) const {
    const std::string_view view = header;
    Member member;
    if (named.path.empty()) {
        named.path = tar_text(view, 0, 100);
        const auto prefix = tar_text(view, 345, 155);
        const bool posix = view.substr(257, 6) == std::string_view("ustar\0", 6); // GNU's has other things there
        if (posix && !prefix.empty()) named.path = std::string(prefix) + "/" + named.path;
    }
    if (named.target.empty()) named.target = tar_text(view, 157, 100);
    const auto mode = tar_number(view.substr(100, 8));
    const auto size = named.size ? named.size : tar_number(view.substr(124, 12));
    if (!mode || !size) return broken("a number in a header is malformed");
    member.kind = kind_of(view[156], named.path.ends_with('/'));
    member.executable = (*mode & 0100u) != 0;
    if (member.kind == Member::Kind::file || member.kind == Member::Kind::folder)
        member.rights = rights_in(static_cast<unsigned>(*mode));
    member.rights.insert(member.rights.end(), named.rights.begin(), named.rights.end());
    member.size = member.kind == Member::Kind::file ? *size : 0;
    if (named.path.size() > path_limit || named.target.size() > path_limit ||
        named.path.find('\0') != named.path.npos || named.target.find('\0') != named.target.npos)
        return broken("a name is longer than 4096 bytes or holds a NUL");
    member.path = plain_member_path(std::move(named.path));
    member.target = std::move(named.target);
    return member;
}

Result<std::optional<Member>> Archive::next() {
    TRY_VOID(skip_rest());
    Named named;
    while (true) {
        const auto header = TRY(block());
        if (header.find_first_not_of('\0') == header.npos) {
            TRY_VOID(read_to_end());
            return std::optional<Member>();
        }
        if (!tar_checksum_holds(header))
            return broken("a header's checksum is wrong; it is not a tar archive, or it is damaged");
        if (++members_ > limits_.members)
            return no(fmt::format("release '{}' holds more than {} members; raise release.max_files if that is meant",
                                  name_, limits_.members));
        const auto flag = header[156];
        const auto size = tar_number(std::string_view(header).substr(124, 12));
        if (!size) return broken("a number in a header is malformed");
        if (flag == 'L' || flag == 'K') {
            const auto text = TRY(text_of(*size));
            (flag == 'L' ? named.path : named.target) = text.substr(0, text.find('\0'));
        } else if (flag == 'x') {
            const auto records = TRY(text_of(*size));
            TRY_VOID(read_pax(records, named));
        } else if (flag == 'g' || flag == 'V') { // for all members, a volume's label: nothing that we take from it
            TRY_VOID(text_of(*size));
        } else {
            auto member = TRY(member_of(header, std::move(named)));
            left_ = member.size;
            padding_ = tar_padding(member.size);
            return std::optional(std::move(member));
        }
    }
}

}
