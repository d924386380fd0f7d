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

// A folder's whole content as one stream and back, byte for byte: POSIX.1-2001 pax, as GNU tar writes it with
// `--format=posix --xattrs --sparse`, and both read it. Names are bytes, whatever they mean; owners are numbers.
namespace fairlead::sys {

struct TarEntry {
    enum class Kind { file, folder, link, hard_link, pipe, character_device, block_device } kind = Kind::file;
    std::string path;   // from the folder, without "./" and "/" behind; the folder itself is "."
    std::string target; // of both kinds of links; a hard link's is a path as above
    unsigned mode = 0;  // with the bits of setuid and the like
    std::uint64_t uid = 0, gid = 0;
    std::int64_t modified_s = 0; // since 1970
    unsigned modified_ns = 0;    // of the second
    unsigned major = 0, minor = 0;
    std::map<std::string, std::string> attributes = {}; // extended ones
    std::uint64_t size = 0;                             // of a file, holes included
    struct Piece {
        std::uint64_t at = 0, size = 0;
    };
    std::optional<std::vector<Piece>> data = {}; // of a file with holes: where there is something; in their order
};

// Paths and how many, in their order.
struct TarNotes {
    std::uint64_t entries = 0, bytes = 0; // the second of files' content, without holes
    std::vector<std::string> changed;     // while they were read, twice: what was read last may be of no one moment
    std::vector<std::string> vanished;    // between being listed and being read
    std::vector<std::string> left_out;    // sockets when written; when read what could not be made or set
    std::vector<std::string> leading_out; // symbolic links to something outside the folder, or absolute
    Dropped dropped;                      // when read: rights that were asked for, and were not to be given
};

struct TarWriting {
    std::function<bool(std::string_view path)> excluded = {}; // a folder with all that it holds
    bool attributes = true; // user.*, security.capability and access control lists; others are the machine's own
};
// `folder` and all that it holds, other file systems that are mounted there included; of a path that is a file, that
// file alone. No link is followed. A file that changes while it is read is read once more, and stands in the archive a
// second time. Error (could_not): something can't be read; what the sink says. The sink is not closed.
Result<TarNotes> write_tar(const Path& folder, const TarWriting& how, Sink& into);

// Members in their order. Errors (no) with `name`: damaged, cut off, something behind its end; a name that is absolute,
// holds `..` or a NUL; a hard link that leads out.
class TarReader {
  public:
    TarReader(Source& from, std::string name) : from_(from), name_(std::move(name)) {}
    Result<std::optional<TarEntry>> next(); // nothing: the end, up to which the source was read
    // Of a file's content what is no hole; 0: all was read.
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
    // Symbolic links to something outside the folder: an error (no), or made as they are. None is ever followed here.
    enum class LeadingOut { refused, kept } leading_out = LeadingOut::refused;
    // Dropped: no set-user-id, no set-group-id, no device, no attribute but user.*; by root neither an owner of the
    // archive's choice, nor an access list, nor a folder or file that more may write than `standing` allows. An
    // ordinary user gives access lists and modes to files of its own, as it may. Kept: all that this user may give.
    enum class Privileges { dropped, kept } privileges = Privileges::dropped;
    // What stood where the folder is to go: by root all becomes its owner's, the folder itself is opened to nobody to
    // whom it was closed, and what is in it can be written by the group or by all only where it could be. Nothing:
    // all becomes root's, and only its group may write.
    struct Standing {
        unsigned uid = 0, gid = 0, mode = 0;
    };
    std::optional<Standing> standing = {};
};
// Of a folder or a file; of anything else, and of what isn't there, nothing. No link is followed.
std::optional<TarReading::Standing> standing_at(const Path& path);
// Into a folder that is there and empty; nothing outside of it is touched, whatever the archive says. What is made is
// on the disk when this returns. Errors: those of the reader; could_not of the file system, with what was made left
// behind.
Result<TarNotes> extract_tar(Source& from, const std::string& name, const Path& folder, const TarReading& how = {});
// The same without making anything: whether it can be read to its end.
Result<TarNotes> walk_tar(Source& from, const std::string& name, const TarReading& how = {});

}
