#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

// Rights that somebody's archive asked for and did not get: named for the first paths, counted for all.
namespace fairlead {

struct Right {
    std::string kind;   // one of a few words of ours, "owner"; what is counted
    std::string detail; // "33:33"; empty: the kind says all
};

struct Dropped {
    static constexpr std::size_t most_named = 10;
    struct Named {
        std::string path;
        std::vector<Right> rights;
    };
    std::uint64_t paths = 0;
    std::map<std::string, std::uint64_t> kinds; // paths by kind of right
    // At most ten of each: a path that loses its owner alone hides none that loses more.
    std::vector<Named> graver, owners_only;

    // Without a right it adds nothing.
    void add(const std::string& path, std::vector<Right> rights);
    void add(const Dropped& more);
    std::vector<Named> first() const; // at most ten, the graver ones first
    // "set-user-id 1, owner 3"
    std::string counts() const;
    // A line per path, "  'bin/su': set-user-id, owner 0:0", then how many more there are; foreign bytes disarmed.
    std::string lines() const;
};

std::vector<Right> rights_in(unsigned mode);         // set-user-id, set-group-id
std::string shown(const std::vector<Right>& rights); // "set-user-id, owner 0:0"

}
