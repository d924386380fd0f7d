#pragma once
#include <string>
#include <string_view>
#include <vector>

// A workflow of GitHub Actions as values, and its text. Required parts (permissions, a time limit, names) have no
// default here. Only expression() makes text for GitHub to evaluate.
namespace fairlead::init {

struct Value {
    std::string scalar;                  // as written in the file
    std::vector<std::string> lines = {}; // used instead of `scalar`, as a block
};
Value text(std::string_view text); // for any text: keeps its exact meaning, even if it looks like an expression
Value block(std::vector<std::string> lines); // only for our own text
Value expression(std::string_view body);     // only for our own text: "steps.tag.outputs.version"

struct Entry {
    std::string name;
    Value value;
    std::string why = {}; // a comment after the value
};
using Entries = std::vector<Entry>;

struct Act { // a step
    std::string name;
    std::string id = {}, condition = {}, uses = {}, folder = {};
    std::string goes_on = {}; // why the job continues if this step fails; empty: it stops
    Entries with = {}, env = {};
    std::vector<std::string> run = {}; // lines of bash, without expressions
};

struct Permission {
    std::string what, access, why;
};

struct Job {
    std::string id, name;
    int minutes = 0;
    std::vector<Permission> permissions = {};
    std::vector<std::string> needs = {};
    std::string condition = {}, why = {}; // `why`: a comment after the id
    std::vector<std::string> notes = {};  // comments above runs-on
    std::string runs_on = "ubuntu-24.04";
    std::string environment = {}, group = {}; // of deployments; the concurrency group
    Entries outputs = {};
    std::vector<Act> steps = {};
};

struct Workflow {
    std::string name;
    std::vector<std::string> head, on; // comments at the top; lines below `on:`
    std::string group;                 // concurrency
    std::string waits;                 // why a newer run waits; empty: it cancels the older run
    std::string folder = {};           // where commands run, from the repository's root
    std::vector<Job> jobs = {};
};

std::string render(const Workflow& workflow);

}
