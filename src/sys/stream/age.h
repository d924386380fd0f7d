#pragma once
#include "base/secrets/secret.h"
#include "sys/stream/age_keys.h"
#include "sys/stream/stream.h"
#include <memory>
#include <string>
#include <vector>

// Reads and writes age v1 (https://c2sp.org/age) like the program `age`. A file key is wrapped for each recipient in
// the header. The content is in chunks of 64 KiB. Each chunk, the order of the chunks and their end are authenticated
// (libsodium's ChaCha20-Poly1305). A chunk is passed on only after it was verified.
namespace fairlead::sys {

// Keys are either recipients or a passphrase. To encrypt or decrypt with a passphrase takes a second and 256 MiB of
// memory (scrypt, 2^18).
struct AgeTo {
    std::vector<AgeRecipient> recipients = {};
    Secret passphrase = {};
};
struct AgeKeys {
    std::vector<AgeIdentity> identities = {};
    Secret passphrase = {};
    Secret former = {}; // an earlier passphrase, tried after `passphrase`
};

// Writes the header at once. Error (usage): both recipients and passphrase are given, or neither.
Result<std::unique_ptr<Sink>> encrypting(const AgeTo& to, std::unique_ptr<Sink> into);
// Reads the header at once. Errors, also those of the source, name `name`. Error (could_not): no key opens the file.
// Error (no): the file is damaged, cut off, or has additional bytes.
Result<std::unique_ptr<Source>> decrypting(const AgeKeys& keys, std::unique_ptr<Source> from, const std::string& name);

// Writes a new header for other keys, then copies the same file key's content without decrypting or checking it. So
// keys can be rotated without reading a backup's content. Anyone who could open the old file can still open copies of
// it. Doesn't close `into`.
Result<void> rewrap(const AgeKeys& keys, const AgeTo& to, Source& from, Sink& into, const std::string& name);

bool is_age(std::string_view start); // looks at the first line

}
