#pragma once
#include "base/dropped.h"
#include "sys/files/files.h"
#include "sys/stream/stream.h"
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Writes a folder's whole content as one stream, and extracts such a stream, byte for byte: POSIX.1-2001 pax, as GNU
// tar writes it with `--format=posix --xattrs --sparse`. GNU tar can read our archives, and we can read its archives.
// Names are bytes in any encoding; owners are numbers.
namespace fairlead::sys {

struct TarEntry {
    enum class Kind { file, folder, link, hard_link, pipe, character_device, block_device } kind = Kind::file;
    std::string path;   // from the folder, without "./" and a final "/"; the folder itself is "."
    std::string target; // of a link or a hard link; a hard link's target has the form of `path`
    unsigned mode = 0;  // with the set-user-id, set-group-id and sticky bits
    std::uint64_t uid = 0, gid = 0;
    std::int64_t modified_s = 0; // since 1970
    unsigned modified_ns = 0;    // nanoseconds within the second
    unsigned major = 0, minor = 0;
    std::map<std::string, std::string> attributes = {}; // extended attributes
    std::uint64_t size = 0;                             // size of a file, including holes
    struct Piece {
        std::uint64_t at = 0, size = 0;
    };
    std::optional<std::vector<Piece>> data = {}; // for a file with holes: the parts with data, in their order
};

// Counts, and the paths that need attention, in the order of the archive.
struct TarNotes {
    std::uint64_t entries = 0, bytes = 0; // `bytes`: the files' content without holes
    std::vector<std::string> changed;     // changed during both readings, so the content may be inconsistent
    std::vector<std::string> vanished;    // vanished between listing and reading
    std::vector<std::string> left_out;    // when writing: sockets; when reading: entries that could not be made or set
    std::vector<std::string> leading_out; // symbolic links that are absolute or lead out of the folder
    Dropped dropped;                      // when reading: requested rights that were not given
};

struct TarWriting {
    // an excluded folder is left out with its whole content
    std::function<bool(std::string_view path)> excluded = {};
    // user.*, security.capability and access control lists; other attributes belong to the machine
    bool attributes = true;
};
// Writes `folder` and everything below, including mounted file systems; if it is a file, only this file. Follows no
// link. A file that changes while it is read is read once more, and is in the archive a second time. Error (could_not):
// something can't be read. Errors of the sink are returned. Doesn't close the sink.
Result<TarNotes> write_tar(const Path& folder, const TarWriting& how, Sink& into);

// Reads members in their order. Errors (no) with `name`: the archive is damaged or cut off, or bytes follow its end; a
// name is absolute, or contains `..` or a NUL; a hard link leads out.
class TarReader {
  public:
    TarReader(Source& from, std::string name) : from_(from), name_(std::move(name)) {}
    Result<std::optional<TarEntry>> next(); // nothing: the end; then the source was read to its end
    // Reads the next data of a file, without holes; 0: the end of the content.
    Result<std::size_t> read(std::span<char> into);

  private:
    struct Records;
    Error broken(std::string_view what) const;
    Result<std::string> block();
    Result<std::string> text_of(std::uint64_t size);
    Result<void> skip(std::uint64_t size);
    Result<void> read_records(std::string_view text, Records& records) const;
    Result<void> read_end();
    Result<void> read_map(TarEntry& entry);
    Result<TarEntry> entry_of(std::string_view header, Records records);

    Source& from_;
    const std::string name_;
    std::uint64_t left_ = 0, padding_ = 0;
};

struct TarReading {
    // Symbolic links that lead out of the folder are an error (no), or are made unchanged. Links are never followed
    // here.
    enum class LeadingOut { refused, kept } leading_out = LeadingOut::refused;
    // Dropped: no set-user-id, no set-group-id, no device, and only user.* attributes. Root also drops the archive's
    // owners, access lists, and write permission that `standing` doesn't allow. An ordinary user sets access lists and
    // modes of its own files. Kept: sets everything that this user may set.
    enum class Privileges { dropped, kept } privileges = Privileges::dropped;
    // Owner and mode that the folder had before. If root extracts, everything gets this owner. The folder itself is not
    // opened to more users than before, and group or others may write inside only if they could before. Nothing: root
    // owns everything, and only root and its group may write.
    struct Standing {
        unsigned uid = 0, gid = 0, mode = 0;
    };
    std::optional<Standing> standing = {};
};
// Returns owner and mode of a folder or a file; nothing for other kinds and for absent paths. Follows no link.
std::optional<TarReading::Standing> standing_at(const Path& path);
// Extracts into an existing, empty folder; changes nothing outside, whatever the archive contains. All files are synced
// to disk when this returns. Errors of the reader are returned; could_not from the file system. After an error, the
// files made so far stay.
Result<TarNotes> extract_tar(Source& from, const std::string& name, const Path& folder, const TarReading& how = {});
// Reads the archive to its end without making anything, to check it.
Result<TarNotes> walk_tar(Source& from, const std::string& name, const TarReading& how = {});

}
