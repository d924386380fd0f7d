#include "scan/rules/issuer.h"

namespace fairlead::scan {
namespace {

constexpr Issuer owner_issuer_rows[] = {
    {"unknown", "the service or the person that it belongs to", "opens whatever accepts it.",
     "the service that accepts it, on its page of API keys, tokens or passwords",
     "Find out who uses it: the name next to it and git log -S help. Make a new one, switch over, then revoke this "
     "one."},
    {"login", "the server that the login is for", "signs in to that server as its user.",
     "the server that stands next to it, on its page of passwords or tokens",
     "Change the password there, and wherever it is used again. Take the file out of the repository and ignore it."},
    {"database", "the database that it opens", "signs in to the database as its user, from wherever that is reachable.",
     "the database: ALTER USER, ALTER ROLE or the page of its provider",
     "Set a new password, switch the applications over, and read it from the environment. Look into the log of "
     "connections."},
    {"hash", "the system whose accounts it belongs to",
     "can be tried offline until a guess fits; then it opens the account.", "the system whose accounts these are",
     "Change the passwords of the accounts. Take the file or the dump out of the repository."},
    {"environment", "whoever runs the service that the variable is for", "opens that service.",
     "the service that the variable is for",
     "Change it there and where it is deployed. Ignore the file in git, and "
     "keep a sample without values."},
    {"framework", "your own application", "forges sessions and signed values, or decrypts what was stored with it.",
     "the settings where the application is deployed",
     "Generate a new key and deploy it: sessions end. Encrypt again what was encrypted with the old key; many "
     "frameworks take a list of old keys meanwhile."},
    {"private-key", "whoever made the key pair", "poses as its owner: signs in by SSH, serves TLS, signs or decrypts.",
     "wherever its public key is trusted: authorized_keys, deploy keys, the certificate authority, the keyring",
     "Make a new pair, replace the public key everywhere, and have certificates for the old key revoked. Encrypt "
     "again what was encrypted to it."},
    {"jwt", "the server that signed it", "acts as its subject until it expires.", "the server that signed it",
     "End the session there; if that can't be done, change the key that signs. A token without an expiry works until "
     "then."},
};

}

std::span<const Issuer> owner_issuers() { return owner_issuer_rows; }

}
