#pragma once
#include "gate/places.h"
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::gate {

// Finds files that Go names by import paths; a go.mod says how those of its folder begin.
class GoPaths {
  public:
    explicit GoPaths(const SourceTree& tree);
    std::string file(std::string_view written) const;         // "example.com/app/store.go"; empty: it isn't here
    std::string file_or_tidy(std::string_view written) const; // if it isn't here, as it is written

  private:
    struct Module {
        std::string path, base;
    };
    std::string tidy(std::string_view written) const;

    const SourceTree& tree_;
    std::vector<Module> modules_;
};

}
