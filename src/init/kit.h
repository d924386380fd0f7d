#pragma once
#include "base/result.h"
#include "init/write.h"
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The production kit: files that a team writes before its first release, made only from the recognised project. Their
// templates are below src/init/kit/<folder>/; src/init/kit/files.cpp has one row per written file.
namespace fairlead::init {

struct Endpoint {        // an entry of a README's list
    std::string address; // "GET /api/items"
    std::string what;    // one line; may be empty
    std::string max;     // "800ms", from smoke's check; may be empty
};

struct Kit {                            // the request, and facts that the project's files don't have
    bool production = false;            // the whole set
    bool readme = false;                // README.md
    std::vector<std::string> templates; // single pages: contacts, decisions, ...
    std::string stack;                  // flask, ...; empty: the recognised stack
    std::string proxy = "nginx";        // nginx, caddy, none
    std::string domain;                 // domain for users; empty: app.example.org
    std::string contact, address;       // contact for docs/contacts.md; empty: cells to fill in
    std::string version, licence;       // for the badges; empty: unknown
    bool apply = false;                 // writes the sections of fairlead.yml that say what the kit runs
    bool own_compose = false;           // there is a compose.yml that init did not write
    std::string variables;              // the table of variables, in Markdown, for README.md
    std::vector<Endpoint> endpoints;    // from smoke's checks and openapi.json, for README.md
};

std::vector<std::string> stacks();    // flask, fastapi, django, express, generic, react-vite
std::vector<std::string> templates(); // contacts, decision, decisions, runbook, standup

// Returns files in the order of the table. `told`: what a person has to do, one sentence each. Error (usage): the kit
// doesn't support a recognised stack, and no stack was named.
Result<std::vector<NewFile>> kit_files(const Project& project, const Kit& kit, std::vector<std::string>& told);
// Returns fairlead.yml with what the kit runs as its production (production_yml.h); nothing: there is no service, or
// the file's form can't be edited; then `told` has the sections to write by hand.
std::optional<std::string> kit_configuration(const Project& project, const Kit& kit, std::string_view before,
                                             std::vector<std::string>& told);
// Returns the lines that the kit needs in .gitignore.
std::vector<std::string> kit_ignored();

// Fills in a template's empty secrets with 64 letters and digits from getrandom(2), if a secret only has to be
// unguessable. Values in `present` (the file of an earlier run) are kept. Secrets that other people issue (a DSN,
// SMTP_PASSWORD, an API key) stay empty; `left` names them.
struct Secrets {
    std::vector<std::pair<std::string, std::string>> made; // names and values
    std::vector<std::string> left, placeholders;           // names: issued by other people; still a placeholder
    std::string text;                                      // the whole file
};
Secrets make_secrets(std::string_view text, std::string_view present);

}
