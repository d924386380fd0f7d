#pragma once
#include <string_view>

// Tells which lines only name other files and packages, or are only for the compiler. No coverage tool counts such
// lines. In Python and Ruby, imports are statements, which count.
namespace fairlead::gate {

// Whether such a statement begins in the line, which is trimmed. `ending` is the extension of the file.
bool begins_import(std::string_view ending, std::string_view line);

// Reads the lines of a file in their order, for statements of several lines.
class Imports {
  public:
    explicit Imports(std::string_view ending) : ending_(ending) {}
    // Returns whether the line, which is trimmed, belongs to such a statement.
    bool take(std::string_view line);

  private:
    bool goes_on(std::string_view line);

    std::string_view ending_;
    bool open_ = false; // the statement goes on in the next line
    int brackets_ = 0;  // that are open
};

}
