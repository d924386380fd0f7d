#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead {

// A value that can't be printed: no stream operator, no formatter, no conversion. The constructor registers it with
// mask(), so that no output of this process shows it, also in derived forms.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value);
    const std::string& reveal() const { return value_; } // only for the call that needs the value
    bool empty() const { return value_.empty(); }
    bool operator==(const Secret&) const = default;

  private:
    std::string value_;
};

// Returns `text` with every registered secret as `***`: the literal text, each of its lines of 4 or more bytes, the
// forms of base/secrets/secret_forms.h and base/secrets/spelled.h, and the password of a URL. Encoded forms are also
// found if they continue on the next line (base64 is wrapped at 64 or 76 characters). A secret that isn't maskable() is
// not masked (the caller warns). All output of the process passes through mask().
std::string mask(std::string_view text);
bool maskable(std::string_view value); // at least 4 bytes that are not blanks: shorter values occur in any text
bool knows_secrets();                  // whether a secret is registered; without any, mask() changes nothing

// Counts of registered secrets. Foreign files and answers may contain any number of values that look like secrets. The
// first 2,048 values (up to 256 KiB together) are masked in every form, later values only as written. From 65,536
// values or 16 MiB on, mask() replaces each line by ***, so that no secret gets through.
struct SecretCounts {
    std::size_t values = 0;
    std::size_t in_all_forms = 0; // values masked in every form; each piece of a value over 4 KiB counts
    std::size_t texts = 0;        // texts that are searched for
    bool full = false;
};
SecretCounts secret_counts();

// For masking a stream in pieces: returns how many bytes of `text` can be masked and written now, because no secret
// continues from them into later bytes. They end with a line that isn't part of a wrapped form.
std::size_t settled(std::string_view text);

}
