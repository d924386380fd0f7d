#pragma once
#include <memory>
#include <string>
#include <string_view>

// Reads the author or committer of a commit (git-hash-object(1)), and maps people to their current names
// (gitmailmap(5)).
namespace fairlead::sys {

struct Signature {
    std::string name, email; // as written in the commit; empty if absent
};

// Reads a signature from a commit's headers. `who`: "author" or "committer".
Signature signature_of(std::string_view headers, std::string_view who);

class Mailmap {
  public:
    Mailmap(); // a mailmap without entries
    // Lines that are not mappings are skipped.
    static Mailmap parse(std::string_view text);
    Signature real(const Signature& written) const;

  private:
    std::shared_ptr<void> map_; // a handle of libgit2
};

}
