#pragma once
#include "base/secret.h"
#include "sys/stream/age_keys.h"
#include "sys/stream/stream.h"
#include <memory>
#include <string>
#include <vector>

// age v1 (https://c2sp.org/age), as the program `age` reads and writes it: a file key, wrapped for each recipient in
// the header, and chunks of 64 KiB that are authenticated each and as a whole, with libsodium's ChaCha20-Poly1305.
// A chunk is given on only when it is known to be genuine, the end only when it is the one that was written.
namespace fairlead::sys {

// Recipients, or a passphrase alone. With a passphrase both ways take 256 MiB of memory for a second (scrypt, 2^18).
struct AgeTo {
    std::vector<AgeRecipient> recipients = {};
    Secret passphrase = {};
};
struct AgeKeys {
    std::vector<AgeIdentity> identities = {};
    Secret passphrase = {};
    Secret former = {}; // a passphrase of before, which is tried after the other
};

// The header is written at once. Error (usage): neither or both of recipients and passphrase.
Result<std::unique_ptr<Sink>> encrypting(const AgeTo& to, std::unique_ptr<Sink> into);
// The header is read at once. Errors with `name`, then and later: could_not where no key opens it; no where it is
// damaged, cut off, or longer than it was.
Result<std::unique_ptr<Source>> decrypting(const AgeKeys& keys, std::unique_ptr<Source> from, const std::string& name);

// A header for others in front of the same file key and content, which is copied as it is, neither decrypted nor
// judged: keys are rotated without reading a backup's content. Who could open it before can open a copy of the old one
// still. `into` is not closed.
Result<void> rewrap(const AgeKeys& keys, const AgeTo& to, Source& from, Sink& into, const std::string& name);

bool is_age(std::string_view start); // of its first line

}
