#pragma once
#include <string>
#include <string_view>

namespace fairlead {

// What somebody else's program prints: whole lines with our secrets as ***, so that none is missed because it came in
// two pieces. Lines of encoded text wait for the next one, in which it may go on. A line is cut after 64 KiB.
class MaskedLines {
  public:
    std::string add(std::string_view bytes); // the lines that are whole now
    std::string end();                       // the rest

  private:
    std::string rest_;      // of a line
    bool skipping_ = false; // up to the next newline: the line was cut
};

}
