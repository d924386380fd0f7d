#pragma once
#include <string>
#include <string_view>

namespace fairlead {

// Splits another program's output into whole lines, with our secrets as ***, so that a secret that arrives in two
// pieces is also found. A line of encoded text is held back until the next line arrives, which may continue it. Lines
// are cut after 64 KiB.
class MaskedLines {
  public:
    std::string add(std::string_view bytes); // returns the lines that are complete now
    std::string end();                       // returns the rest

  private:
    std::string rest_;      // rest of a line
    bool skipping_ = false; // skips to the next newline, because the line was cut
};

}
