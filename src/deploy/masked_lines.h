#pragma once
#include <string>
#include <string_view>

namespace fairlead::deploy {

// What an application prints, for its log: whole lines with its secrets as ***, so that none is missed because it came
// in two pieces. A line is cut after 64 KiB.
class MaskedLines {
  public:
    std::string add(std::string_view bytes); // the lines that are whole now
    std::string end();                       // the rest

  private:
    std::string rest_;      // of a line
    bool skipping_ = false; // up to the next newline: the line was cut
};

}
