#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

// Rights that a foreign archive requested and did not get. They are listed for the first paths, and counted for all.
namespace fairlead {

struct Right {
    std::string kind;   // a short word such as "owner"; counts are by kind
    std::string detail; // "33:33"; empty: `kind` is enough
};

struct Dropped {
    static constexpr std::size_t most_named = 10;
    struct Named {
        std::string path;
        std::vector<Right> rights;
    };
    std::uint64_t paths = 0;
    std::map<std::string, std::uint64_t> kinds; // number of paths by kind of right
    // At most ten paths in each list, so that paths that only lose their owner don't hide paths that lose more.
    std::vector<Named> graver, owners_only;

    // Adds nothing if `rights` is empty.
    void add(const std::string& path, std::vector<Right> rights);
    void add(const Dropped& more);
    std::vector<Named> first() const; // at most ten, graver ones first
    // Returns "set-user-id 1, owner 3".
    std::string counts() const;
    // Returns a line per path, "  'bin/su': set-user-id, owner 0:0", then the number of further paths; foreign bytes
    // are disarmed.
    std::string lines() const;
};

std::vector<Right> rights_in(unsigned mode);         // set-user-id, set-group-id
std::string shown(const std::vector<Right>& rights); // "set-user-id, owner 0:0"

}
