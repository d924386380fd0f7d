#pragma once
#include <memory>
#include <string>
#include <string_view>

// Who made a commit (git-hash-object(1)) and who that is (gitmailmap(5)).
namespace fairlead::sys {

struct Signature {
    std::string name, email; // as they stand; empty where there is none
};

// `who`: "author" or "committer", of the headers of a commit.
Signature signature_of(std::string_view headers, std::string_view who);

class Mailmap {
  public:
    Mailmap(); // changes nobody
    // Lines that are no mapping are passed over.
    static Mailmap parse(std::string_view text);
    Signature real(const Signature& written) const;

  private:
    std::shared_ptr<void> map_; // libgit2's
};

}
