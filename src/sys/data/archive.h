#pragma once
#include "base/dropped.h"
#include "base/result.h"
#include "sys/files/files.h"
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Reads a tar archive, plain or compressed by gzip, bzip2, xz or zstd, as a stream of its members. Writes and starts
// nothing. Formats: POSIX.1-2001 (ustar and pax), GNU tar's long names, and the format before both. Names are returned
// as the archive has them: the caller has to check them. Errors (no): the archive is broken, cut off or over a limit.
namespace fairlead::sys {

struct Member {
    enum class Kind { file, folder, link, hard_link, other } kind = Kind::file; // other: device, pipe, sparse file ...
    std::string path;   // without "./" at the start and "/" at the end
    std::string target; // target of a link or a hard link
    std::uint64_t size = 0;
    bool executable = false; // the owner's x bit; other mode bits are not returned, except as `rights`
    // For the report: set-user-id, set-group-id, capabilities, access lists and other attributes that give rights; at
    // most eight. The owner is left out, because it only tells who packed the archive.
    std::vector<Right> rights = {};
};

struct ArchiveLimits {
    std::uint64_t bytes = 2ull << 30; // unpacked, including headers and padding between the files
    std::uint64_t members = 200'000;
    std::uint64_t ratio = 200; // unpacked bytes per packed byte; checked once free_bytes are unpacked
    static constexpr std::uint64_t free_bytes = 32ull << 20;
};

// Returns a path as Member::path has it: "./a/b/" becomes "a/b", and the archive's own folder is ".".
std::string plain_member_path(std::string path);

class Archive {
  public:
    using Source = std::function<Result<std::size_t>(char* to, std::size_t room)>; // packed bytes; 0: the end

    static Result<Archive> open(const Path& path, const ArchiveLimits& limits);
    Archive(Source source, const ArchiveLimits& limits, std::string name);
    Archive(Archive&&) noexcept;
    ~Archive();

    Result<std::optional<Member>> next(); // nothing: the archive's end; error if the end mark is missing
    // the next part of the member's content, valid until the next call; empty: the content's end
    Result<std::string_view> read();
    std::uint64_t packed_bytes() const; // packed bytes read so far

  private:
    class Bytes;
    struct Named {
        std::string path, target;
        std::optional<std::uint64_t> size;
        std::vector<Right> rights;
    };
    Error broken(std::string_view what) const;
    Result<std::string> block();
    Result<std::string> text_of(std::uint64_t size);
    Result<void> read_pax(std::string_view records, Named& named) const;
    Result<void> skip_rest();
    Result<void> read_to_end();
    Result<Member> member_of(const std::string& header, Named named) const;

    std::unique_ptr<Bytes> bytes_;
    ArchiveLimits limits_;
    std::string name_;
    std::uint64_t members_ = 0, left_ = 0, padding_ = 0;
};

}
