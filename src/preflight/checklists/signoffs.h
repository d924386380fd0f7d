#pragma once
#include "attest/key.h"
#include "preflight/checklists/item.h"
#include <map>
#include <string>
#include <string_view>
#include <vector>

// Who said what about an item, and until when. They live in the repository, .fairlead/signoffs/CHECKLIST.yml, so that
// review and history come for free. One line each, each below a comment of its item, and a .gitattributes beside the
// file: two branches that sign different items merge.
namespace fairlead::preflight {

inline constexpr std::string_view signoffs_folder = ".fairlead/signoffs"; // from the project's root
std::string signoffs_path(const std::string& checklist);

struct Signoff {
    std::string item;
    std::string verdict; // yes, no, na
    std::string by;      // "Ada Lovelace <ada@example.org>"
    std::string on;      // "2026-01-31" (UTC)
    std::string expires; // the last day on which it counts; empty: `on` and the item's `expires`
    std::string evidence, note;
    std::string text_sha; // of the item's text as it was signed
    std::string commit;   // that was checked out then
    std::string sealed;   // a DSSE envelope of all but this, by the signer's key; empty: none
    Place place;
};

// Whether a password, a token or the like stands in it: it would be committed.
bool lets_in(std::string_view evidence);

// In the file's order, of one item the last that counts alone: two branches may both have signed it. Error (usage), at
// its place.
Result<std::map<std::string, Signoff>> read_signoffs(std::string_view text, const std::string& file);

// The whole file with these sign-offs: a comment of each item of the list, its line below it; at the end what is signed
// of items that are no more.
std::string write_signoffs(const Checklist& list, const std::map<std::string, Signoff>& all);

// Merges line by line where git meets it.
inline constexpr std::string_view attributes_text = "*.yml merge=union\n";

std::string seal_signoff(const std::string& checklist, const Signoff& signoff, const sys::PrivateKey& key);
// The name of the key that it is sealed by. Error (no): by none of them, or it says something else than what stands
// beside it.
Result<std::string> sealed_by(const std::string& checklist, const Signoff& signoff,
                              const std::vector<attest::Key>& keys, SystemTime now);

// What evidence may be beside a path: a URL whose host can be one.
bool names_a_page(std::string_view evidence);

// The last day on which it counts.
std::string last_day(const Signoff& signoff, const Item& item);
std::string day_after(std::string_view day, Milliseconds duration); // whole days later
std::string mail_of(std::string_view by);                           // "ada@example.org"; small letters

}
