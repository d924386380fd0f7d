#pragma once
#include "base/result.h"
#include "init/write.h"
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The production kit: what a team writes before its first release, from the recognised project alone. Its files lie as
// they are below src/init/kit/<folder>/; one row per thing that is written (src/init/kit/files.cpp).
namespace fairlead::init {

struct Endpoint {        // what a README lists
    std::string address; // "GET /api/items"
    std::string what;    // one line; may be empty
    std::string max;     // "800ms", of smoke's check; may be empty
};

struct Kit {                            // what is asked for, and what the project doesn't know
    bool production = false;            // the whole set
    bool readme = false;                // README.md
    std::vector<std::string> templates; // pages alone: contacts, decisions, ...
    std::string stack;                  // flask, ...; empty: as it was recognised
    std::string proxy = "nginx";        // nginx, caddy, none
    std::string domain;                 // that users open; empty: app.example.org
    std::string contact, address;       // whoever answers, for docs/contacts.md; empty: cells to fill in
    std::string version, licence;       // for the badges; empty: not known
    bool own_compose = false;           // a compose.yml is there that init never wrote
    std::string variables;              // the table of variables, in Markdown, for README.md
    std::vector<Endpoint> endpoints;    // of smoke's checks and openapi.json, for README.md
};

std::vector<std::string> stacks();    // flask, fastapi, django, express, react-vite
std::vector<std::string> templates(); // contacts, decision, decisions, runbook, standup

// In the order of the table. `told`: what a person has to see to, one sentence each. Error (usage): no stack of the
// kit's was recognised, and none was named.
Result<std::vector<NewFile>> kit_files(const Project& project, const Kit& kit, std::vector<std::string>& told);
// Lines of .gitignore that the kit needs.
std::vector<std::string> kit_ignored();

// A template's text with a value for each empty secret that only has to be unguessable: 64 letters and digits of
// getrandom(2). What `present` (the file of an earlier run) sets is kept. What others give out (a DSN, SMTP_PASSWORD,
// an API key) is left as it is; `left` names them.
struct Secrets {
    std::vector<std::pair<std::string, std::string>> made; // names and values
    std::vector<std::string> left, placeholders;           // names: of others; set, but as templates have it
    std::string text;                                      // the whole file
};
Secrets make_secrets(std::string_view text, std::string_view present);

}
