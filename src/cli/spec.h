#pragma once
#include "base/result.h"
#include "cli/target.h"
#include "config/milder.h"
#include "report/report.h"
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

// A tool declares its inputs and outputs once. From this value come the flags, INPUT_* and FAIRLEAD_* variables,
// --help, actions/<tool>/action.yml and README.md, docs and the schema.
namespace fairlead::sys {
class Environment;
}

namespace fairlead::cli {

struct Context; // cli/run.h

// For Spec::check: only whether it went well.
template <typename T>
Result<void> whether(Result<T> result) {
    if (!result.ok()) return std::move(result).error();
    return {};
}

struct Input {
    std::string name; // kebab-case: flag --name, INPUT_NAME, FAIRLEAD_<TOOL>_NAME, FAIRLEAD_NAME
    Target target;
    std::string help;                      // one sentence
    std::vector<std::string> allowed = {}; // empty: anything
    std::string key = {};                  // dotted key in the tool's section of fairlead.yml; empty: none
    std::string group = {};                // begins a part of --help under this title, up to the next that begins one
    std::string placeholder = {};          // "FILE" in --help
    char short_name = 0;
    bool positional = false;          // also takes the words without a flag
    bool action = true;               // false: a flag only, not an input of the action
    std::string action_default = {};  // of the action's input, where only a workflow knows it: ${{ github.token }}
    bool typed = false;               // only from the command line: no variable may ask for what destroys
    bool untrimmed = false;           // handed over as given: neither trimmed nor, for a list, split
    bool lines = false;               // a list is split at newlines only (its values may hold commas)
    std::vector<std::string> of = {}; // the commands that it belongs to; given for another it is refused; empty: all
    bool of_most = false;             // `of` is every command but `rules`: no help says so
    std::string blank = {}; // the way out where its variable is set but empty: that is refused; empty: is unset
    // A file that these commands write: only over what one of ours wrote in that format (cli/overwrite.h).
    std::vector<std::string> written_by = {};
    std::string written_as = {};
    bool of_peer = false; // of the action that ours stands in for: when an action gives one, fairlead.yml adds to none
};

struct Output {
    std::string name;
    std::string help;
};

struct Command {
    std::string name;
    std::string help;
    bool reads_config = true;  // false: it runs without fairlead.yml, and beside a wrong one
    bool acts = false;         // it changes something: --dry-run belongs to it
    bool irreversible = false; // it can do what nobody takes back: --confirm belongs to it (cli/confirm.h)
    bool lasting = false;    // what it did stays, so the places of its outputs are looked at before; irreversible: too
    bool only_tells = false; // its answer is no verdict that another job asks for (cli/keep.h)
    bool outlives_file = false;            // it finds what lies elsewhere: where no fairlead.yml is, --env may name any
    std::vector<std::string> formats = {}; // of the tool's own (Spec::formats) those that it has
    bool hidden = false;                   // for our own processes: only as the first word, in full, and named nowhere
};

// What a workflow in the action's README gives, so that it works as it is pasted.
struct ActionExample {
    std::string title = {};                                // a sentence; of all but the first
    std::vector<std::pair<std::string, std::string>> with; // inputs; several lines become a block
    std::string before = {};                               // a command whose failure the action judges
    bool whole_history = false;                            // all commits and tags are checked out
    std::string on = "pull_request", runs_on = "ubuntu-24.04";
};

// What a tool needs beside files. What a command doesn't name it is refused (cli/permit.h), by the kernel, too, where
// that can (cli/hold.h). A dry run is refused what stands behind `programs_at_first`, and so is a foreign change.
enum class Need {
    network,           // as a client
    programs,          // starts some, which do whatever they do: neither it nor they are held to anything
    programs_at_first, // only before it calls Context::hold, which holds it from then on
    project_programs,  // those that the work tree, fairlead.yml or a release names, or that run code of theirs
    project_questions, // the same to be asked what runs; of a foreign change it is left out
    database_changes,
    store_changes,  // of backups
    target_changes, // of what serves: releases, routers, restored data, what is published
};
std::string_view name_of(Need need); // "project_programs"

struct NeedWhen {
    Need what;
    std::string input = {};    // only when this one is given, not by a file; empty: always
    std::string variable = {}; // only when this one is set; empty: always
    std::string command = {};  // only for this one; empty: always
    bool in_fork = false;  // also of a foreign change, in a job without the base's rights: what it runs is its matter
    bool also_dry = false; // also of a dry run
};

// A table, or what makes one when it is first needed: --version needs none.
template <typename T>
class Table {
  public:
    using Make = std::span<const T> (*)();
    Table() = default;
    Table(Make make) : make_(make) {}
    template <typename Rows>
    requires std::is_convertible_v<const Rows&, std::span<const T>> Table(const Rows& rows) : rows_(rows) {}

    std::span<const T> get() const { return make_ ? make_() : rows_; }
    bool is_there() const { return make_ || !rows_.empty(); }

  private:
    Make make_ = nullptr;
    std::span<const T> rows_;
};

struct Spec {
    std::string tool;                   // "gate"; "" for the front command
    std::string summary;                // one sentence, what it answers
    std::string details;                // markdown for docs: a paragraph or two
    std::vector<Command> commands = {}; // the first is the default; empty: no commands
    std::string* command = nullptr;
    std::vector<Input> inputs;
    std::vector<Output> outputs = {};
    Table<Field> section = {};                   // the tool's part of fairlead.yml
    std::span<const config::Milder> milder = {}; // its keys that let the tool look less closely: their change is told
    Table<report::Rule> rules = {};              // all that its findings may be of and a waiver may name
    // Ids of rules that the section adds to them.
    std::function<std::vector<std::string>(const config::Value& section)> added_rules = {};
    std::function<std::string()> rules_page = {};    // docs/TOOL-rules.md, where the rules have a page of their own
    std::vector<std::string> formats = {};           // formats of its own beside report/formats.h
    std::vector<std::string> examples = {};          // command lines for --help and the README
    std::vector<ActionExample> action_examples = {}; // the first as a whole workflow, the others as steps of one
    // Registers with mask() what inputs and section hold that nobody may read; comes before a word is written of them.
    std::function<void(const Context&)> hide = {};
    // Judges the inputs and the whole section, meanings included, and acts on nothing; --explain-config asks it.
    std::function<Result<void>(const Context&)> check = {};
    std::vector<NeedWhen> needs = {};
    std::function<void(const sys::Environment&)> helpers = {}; // started before it is held (sys/process/helper.h)
    // Paths that it changes beside the reports that were asked for; with '/' at the end all below.
    std::function<std::vector<std::string>(const Context&)> writes = {};
    // Whether --output may name this path, beside what nobody's may (cli/publish.h). Error: usage.
    std::function<Result<void>(const Context&, const std::string& path)> check_output = {};
    std::string instead_of_file = {}; // an input that, given as a flag, says where all else is: no fairlead.yml is read
    bool needs_environment = false;   // without --env the only one of fairlead.yml is taken
    bool settles_signals = false;     // it says itself what became of it when a signal came
    std::string findings_key = "findings"; // their name in the JSON
    bool findings_on_stderr = false;       // text format: only the closing line goes to stdout
};

}
