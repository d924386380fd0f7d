#pragma once
#include <cstddef>
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

// `text` with every registered secret as `***`: the literal, each of its lines of 4 or more bytes, what
// base/secret_forms.h makes of them and what base/spelled.h finds; of a URL its password, too. Encoded ones also where
// they go on in the next line (base64 is wrapped at 64 or 76 characters). A secret that is not maskable() is not masked
// (the caller warns). Everything that leaves the process passes here.
std::string mask(std::string_view text);
bool maskable(std::string_view value); // at least 4 bytes that are no blanks: shorter ones are parts of any text
bool knows_secrets();                  // whether any is registered: else mask() changes nothing

// What may be anybody's, a file or a server's answer, can hold any number of values that look like secrets. The first
// 2,048 of up to 256 KiB together are masked in every form, more of them as they stand, and from 65,536 or 16 MiB on
// mask() leaves *** of each line: nothing is let through unseen.
struct SecretCounts {
    std::size_t values = 0;
    std::size_t in_all_forms = 0; // pieces of them; of a value over 4 KiB each piece
    std::size_t texts = 0;        // that are searched for
    bool full = false;
};
SecretCounts secret_counts();

// For who masks a stream in pieces: bytes of `text` that nothing which is still to come can make part of a secret. They
// end with a line, and not with one that may be a wrapped form's.
std::size_t settled(std::string_view text);

}
