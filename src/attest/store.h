#pragma once
#include "base/result.h"
#include "sys/files/beneath.h"
#include <string>
#include <string_view>
#include <vector>

// Signed verdicts as files of a folder. A file's name is the SHA-256 of its bytes and .json: so nothing is written
// over, two writers can't be in each other's way, and two folders are joined by copying.
namespace fairlead::attest {

constexpr std::size_t most_stored = 50'000;
constexpr std::size_t largest_stored = 256u << 10; // bytes of one envelope

struct Stored {
    std::string id;     // 64 hex digits
    std::string bytes;  // the envelope
    std::string damage; // why it can't be believed whoever signed it; empty: its bytes have its name
};

std::string stored_name(std::string_view id); // "…64 digits….json"
std::string stored_id(std::string_view name); // empty: the name is not one of ours

// Opens the folder `store` below `folder`, and makes it if it is missing; nobody else may look into it, and git ignores
// it if it is below .fairlead. Error: a link is in the way, or it is outside of the tree.
Result<sys::Root> make_store(const std::string& folder, const std::string& store);
// Adds the envelope, if it isn't there. Returns its id.
Result<std::string> add_stored(const sys::Root& store, std::string_view envelope);
// Returns what the folder holds, by id; a folder that is missing holds nothing. Other files are left alone. Error (no):
// the folder can't be read, or has more than most_stored of them.
Result<std::vector<Stored>> read_store(const std::string& folder, const std::string& store);
// Removes these from the folder; no error if one is not there any more.
Result<void> remove_stored(const std::string& folder, const std::string& store, const std::vector<std::string>& ids);

}
