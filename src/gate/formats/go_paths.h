#pragma once
#include "gate/evidence.h"
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
    // Tests name their file without its folder, which the end of the package's path (the test's suite) is.
    void find_in_package(FailedTest& test) const;

  private:
    struct Module {
        std::string path, base;
    };
    std::string tidy(std::string_view written) const;

    const SourceTree& tree_;
    std::vector<Module> modules_;
};

// Takes place and message from the first of "    main_test.go:11: got 1, want 2" that `go test` printed.
void take_go_place(FailedTest& test);
bool names_no_folder(const FailedTest& test); // "main_test.go"

}
