#pragma once
#include "scan/rules/rule.h"
#include <span>
#include <string_view>

// Who issues the secrets of a rule, what they open, and where they are revoked. Rule::issuer names a row.
namespace fairlead::scan {

struct Issuer {
    std::string_view key;   // as in Rule::issuer: "github"
    std::string_view name;  // "GitHub", after "Issued by"
    std::string_view opens; // what a stranger can do with it, after "In the wrong hands it"
    std::string_view page;  // a URL, or where to look; after "Revoke it at:"
    std::string_view steps; // how to revoke and replace it there; sentences
};

std::span<const Issuer> forge_issuers();   // code hosts and package registries
std::span<const Issuer> cloud_issuers();   // clouds, hosting, infrastructure
std::span<const Issuer> service_issuers(); // chat, mail, language models, and all other services
std::span<const Issuer> more_issuers();    // of the services in prefixed.cpp, named.cpp and identifier.cpp
std::span<const Issuer> owner_issuers();   // secrets that no service issues: passwords, private keys, settings
const Issuer* find_issuer(std::string_view key);

// Returns the row that `key` names; for an empty or unknown key (the rules of a user's own configuration), the row that
// holds for any secret.
const Issuer& issuer_of(std::string_view key);

}
