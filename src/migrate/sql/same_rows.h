#pragma once
#include <string_view>

namespace fairlead::migrate::sql {

// Finds similar statements in a data file, which is a long series of INSERTs. The judgement of the first INSERT also
// holds for the similar INSERTs after it.
class SameRows {
  public:
    // Returns whether this statement differs from the previous one only in its literals. Both must be like INSERT INTO
    // t (a, b) VALUES (1, 'x'), with nothing after the rows. Call it for each statement in order, with texts of the
    // same file.
    bool go_on(std::string_view statement);

  private:
    std::string_view head_; // the last INSERT up to VALUES; empty: the last statement was not such an INSERT
};

}
