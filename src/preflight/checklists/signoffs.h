#pragma once
#include "attest/key.h"
#include "preflight/checklists/item.h"
#include <map>
#include <string>
#include <string_view>
#include <vector>

// Sign-offs: who said what about an item, and until when this is valid. They are in the repository
// (.fairlead/signoffs/CHECKLIST.yml), so that they are reviewed and have a history. Each is one line below a comment
// for its item. With a .gitattributes in the same folder, branches that sign different items can be merged.
namespace fairlead::preflight {

inline constexpr std::string_view signoffs_folder = ".fairlead/signoffs"; // from the project's root
std::string signoffs_path(const std::string& checklist);

struct Signoff {
    std::string item;
    std::string verdict; // yes, no, na
    std::string by;      // "Ada Lovelace <ada@example.org>"
    std::string on;      // "2026-01-31" (UTC)
    std::string expires; // the last day on which it counts; empty: computed from `on` and the item's `expires`
    std::string evidence, note;
    std::string text_sha; // of the item's text at the time of signing
    std::string commit;   // the commit that was checked out at the time of signing
    std::string sealed;   // a DSSE envelope of the other fields, by the signer's key; empty: not sealed
    Place place;
};

// Returns whether the text contains a password, a token or another credential, which would be committed.
bool lets_in(std::string_view evidence);

// Reads sign-offs in the file's order. Only the last sign-off of an item counts, because two branches may both have
// signed it. Error (usage), at its place.
Result<std::map<std::string, Signoff>> read_signoffs(std::string_view text, const std::string& file);

// Returns the whole file with these sign-offs: for each item of the list a comment, then its line. Sign-offs of items
// that are no longer in the list come last.
std::string write_signoffs(const Checklist& list, const std::map<std::string, Signoff>& all);

// For .gitattributes: makes git merge these files line by line.
inline constexpr std::string_view attributes_text = "*.yml merge=union\n";

std::string seal_signoff(const std::string& checklist, const Signoff& signoff, const sys::PrivateKey& key);
// Returns the name of the key that sealed it. Error (no): none of the keys sealed it, or the other fields were changed.
Result<std::string> sealed_by(const std::string& checklist, const Signoff& signoff,
                              const std::vector<attest::Key>& keys, SystemTime now);

// Returns whether evidence that isn't a path is acceptable: a URL with a valid host name.
bool names_a_page(std::string_view evidence);

// Returns the last day on which the sign-off counts.
std::string last_day(const Signoff& signoff, const Item& item);
std::string day_after(std::string_view day, Milliseconds duration); // `duration` counts in whole days
std::string mail_of(std::string_view by);                           // "ada@example.org"; in lower case

}
