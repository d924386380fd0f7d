#pragma once
#include <string>
#include <string_view>
#include <vector>

// A workflow of GitHub Actions as values, and their text. What every one has to have (permissions, a time limit, names)
// has no default here; what only GitHub may evaluate is made by expression() alone.
namespace fairlead::init {

struct Value {
    std::string scalar;                  // as it stands in the file
    std::vector<std::string> lines = {}; // instead of it, as a block
};
Value text(std::string_view text);           // anybody's: it means exactly this, also where it looks like an expression
Value block(std::vector<std::string> lines); // ours alone
Value expression(std::string_view body);     // ours alone: "steps.tag.outputs.version"

struct Entry {
    std::string name;
    Value value;
    std::string why = {}; // a comment behind it
};
using Entries = std::vector<Entry>;

struct Act { // a step
    std::string name;
    std::string id = {}, condition = {}, uses = {}, folder = {};
    std::string goes_on = {}; // why the job does when this fails; empty: it doesn't
    Entries with = {}, env = {};
    std::vector<std::string> run = {}; // lines of bash, without any expression
};

struct Permission {
    std::string what, access, why;
};

struct Job {
    std::string id, name;
    int minutes = 0;
    std::vector<Permission> permissions = {};
    std::vector<std::string> needs = {};
    std::string condition = {}, why = {}; // `why`: a comment behind the id
    std::vector<std::string> notes = {};  // comments above runs-on
    std::string runs_on = "ubuntu-24.04";
    std::string environment = {}, group = {}; // of deployments; the concurrency group
    Entries outputs = {};
    std::vector<Act> steps = {};
};

struct Workflow {
    std::string name;
    std::vector<std::string> head, on; // comments above all; lines below `on:`
    std::string group;                 // concurrency
    std::string waits;                 // why a newer run waits; empty: it ends the older one
    std::string folder = {};           // where commands run, from the repository's root
    std::vector<Job> jobs = {};
};

std::string render(const Workflow& workflow);

}
