#pragma once
#include "sys/files/files.h"
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// A disk that fills up, fails, or loses its power, for executables that are built with support/brittle_disk.cpp: it
// stands between the code and the kernel (write, fsync, fdatasync, rename, symlink, mkdir, unlink, rmdir).
namespace fairlead::test {

// Listens to what is done below a folder; one at a time.
class BrittleDisk {
  public:
    explicit BrittleDisk(const sys::Path& root);
    BrittleDisk(const BrittleDisk&) = delete;
    BrittleDisk& operator=(const BrittleDisk&) = delete;
    ~BrittleDisk();

    std::size_t events() const { return events_.size() - first_; } // calls that changed or synced something
    std::function<void()> after_event = [] {};
    std::vector<std::string> order; // syncs and renames: "fsync temporary", "rename to x"; hidden files are temporary

    enum class Fault { full, broken, half, unsynced }; // half: of one piece, then it is full; unsynced: syncs fail
    void fail_from(std::size_t event, Fault fault);
    void mend();

    // What POSIX promises of a disk whose power went after so many events: an entry of a folder is there for good once
    // the folder was synced, bytes once their file was. Of the rest there is nothing, the first half or all.
    enum class Left { nothing, half, all };
    void cut_power(std::size_t events, Left entries, Left bytes, const sys::Path& into) const;

    // What the calls tell. `fault` gives the errno of a call that fails now, else 0.
    bool covers(std::string_view path) const;
    int fault(bool syncs);
    std::size_t room(std::size_t bytes); // how many of them are taken now
    void wrote(int descriptor, std::string_view bytes);
    void synced(int descriptor, std::string_view call);
    void synced_all(int descriptor);
    void made(const std::string& path);
    void removed(const std::string& path);
    void moved(const std::string& from, const std::string& to);

  private:
    using Id = std::size_t;
    struct Node {
        sys::FileType type;
        unsigned mode;
        std::string target; // of a link
    };
    enum class What { bytes, sync, entry };
    struct Event {
        What what;
        Id node = none;          // none: the entry goes
        Id folder = none;        // of an entry
        std::string text;        // the bytes; the entry's name
        std::string before = {}; // the name that it had in the same folder
    };
    using Tree = std::map<Id, std::map<std::string, Id>>;
    static constexpr Id none = static_cast<Id>(-1);

    Id id_of(const std::string& path);
    Id folder_of(const std::string& path);
    void enter(const std::string& path, const std::string& before = {});
    void forget(const std::string& path);
    void add(Event event);
    std::vector<std::size_t> lasting(std::size_t end, What what, Left left) const;
    void write_out(const Tree& tree, const std::map<Id, std::string>& contents, Id folder, const sys::Path& into) const;

    std::string root_;
    std::map<std::string, Id> ids_; // what is there now, by path
    std::vector<Node> nodes_;
    std::vector<Event> events_; // of the first ones comes what was there before
    std::size_t first_ = 0, fails_from_ = none;
    Fault fault_ = Fault::full;
};

}
