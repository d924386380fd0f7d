#pragma once
#include <string>
#include <string_view>

namespace fairlead {

// A value that nothing prints: no stream operator, no formatter, no conversion. Making one registers it with
// mask(), so that no output of this process shows it, not even a derived form.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value);
    const std::string& reveal() const { return value_; } // for the one call that needs it
    bool empty() const { return value_.empty(); }
    bool operator==(const Secret&) const = default;

  private:
    std::string value_;
};

// `text` with every registered secret as `***`: the literal, each of its lines of 4 or more bytes, base64 and
// base64url at the three alignments, percent-encoded, JSON-escaped (ASCII only or not) and HTML-escaped, each as the
// usual libraries write it. A secret under 4 bytes is not masked
// (the caller warns). Everything that leaves the process passes here.
std::string mask(std::string_view text);
bool maskable(std::string_view value); // at least 4 bytes

}
