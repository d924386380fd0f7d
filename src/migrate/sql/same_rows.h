#pragma once
#include <string_view>

namespace fairlead::migrate::sql {

// A file of data is one INSERT after another: what the first of them means, those behind it mean as well.
class SameRows {
  public:
    // Whether this one differs from the one before in its literals alone: INSERT INTO t (a, b) VALUES (1, 'x'), and
    // nothing behind the rows. Asked for each statement in order; the texts are one file's.
    bool go_on(std::string_view statement);

  private:
    std::string_view head_; // of the last one, to VALUES; empty: it is none
};

}
