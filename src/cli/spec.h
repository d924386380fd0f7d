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

// A tool declares its inputs and outputs once. Everything else is derived from this declaration: flags, INPUT_* and
// FAIRLEAD_* variables, --help, actions/<tool>/action.yml and README.md, docs and the schema.
namespace fairlead::sys {
class Environment;
}

namespace fairlead::cli {

struct Context; // cli/run.h

// For Spec::check: keeps only the error of a result.
template <typename T>
Result<void> whether(Result<T> result) {
    if (!result.ok()) return std::move(result).error();
    return {};
}

struct Input {
    std::string name; // kebab-case: flag --name, INPUT_NAME, FAIRLEAD_<TOOL>_NAME, FAIRLEAD_NAME
    Target target;
    std::string help;                      // one sentence
    std::vector<std::string> allowed = {}; // empty: any value
    std::string key = {};                  // dotted key in the tool's section of fairlead.yml; empty: no key
    std::string group = {};                // title of the part of --help that begins with this input
    std::string placeholder = {};          // "FILE" in --help
    char short_name = 0;
    bool positional = false;          // also takes words without a flag
    bool action = true;               // false: not an input of the action
    std::string action_default = {};  // default of the action's input that only a workflow knows: ${{ github.token }}
    bool typed = false;               // only on the command line: no variable may start something destructive
    bool untrimmed = false;           // kept as given: not trimmed, and a list is not split
    bool lines = false;               // a list is split at newlines only (its values may contain commas)
    std::vector<std::string> of = {}; // commands that accept it; other commands refuse it; empty: all
    bool of_most = false;             // `of` contains every command except `rules`; not shown in help
    // message (way out) if its variable is set but empty; no message: an empty variable counts as unset
    std::string blank = {};
    // A file that these commands write. It may only replace a file that we wrote in this format (cli/overwrite.h).
    std::vector<std::string> written_by = {};
    std::string written_as = {};
    // an input that the action replaced by ours has, too; if a workflow gives one of them, fairlead.yml can't set any
    // of them
    bool of_peer = false;
};

struct Output {
    std::string name;
    std::string help;
};

struct Command {
    std::string name;
    std::string help;
    bool reads_config = true;   // false: runs without fairlead.yml, and also with a wrong fairlead.yml
    bool acts = false;          // it changes something, so it has --dry-run
    bool irreversible = false;  // it can do something that can't be undone, so it has --confirm (cli/confirm.h)
    bool lasting = false;       // its changes stay, so its output places are checked before; implied by irreversible
    bool only_tells = false;    // its result is not a verdict for other jobs (cli/keep.h)
    bool outlives_file = false; // works on what exists without fairlead.yml; then --env may have any name
    std::vector<std::string> formats = {}; // the formats of Spec::formats that it supports
    // for our own processes: never shown, and only accepted as the first word, unabbreviated
    bool hidden = false;
};

// The inputs of an example workflow in the action's README, so that a pasted workflow works.
struct ActionExample {
    std::string title = {};                                // a sentence; not for the first example
    std::vector<std::pair<std::string, std::string>> with; // inputs; a value of several lines becomes a block
    std::string before = {};                               // a command whose failure the action judges
    bool whole_history = false;                            // checks out all commits and tags
    std::string on = "pull_request", runs_on = "ubuntu-24.04";
};

// The needs of a tool besides files. A command can't do what it doesn't declare: cli/permit.h refuses it, and if
// possible the kernel, too (cli/hold.h). A dry run or a foreign change (config/change.h) gets none of the needs listed
// after `programs_at_first`.
enum class Need {
    network,           // as a client
    programs,          // starts programs; the tool and the programs aren't confined
    programs_at_first, // only before it calls Context::hold, which confines the tool
    project_programs,  // programs that the work tree, fairlead.yml or a release names, and programs that run their code
    project_questions, // project programs that only report what is running; skipped for a foreign change
    database_changes,
    store_changes,  // in a store of backups
    target_changes, // on the running system: releases, routers, restored data, publications
};
std::string_view name_of(Need need); // "project_programs"

struct NeedWhen {
    Need what;
    std::string input = {};    // only if this input is given, except by a file; empty: always
    std::string variable = {}; // only if this variable is set; empty: always
    std::string command = {};  // only for this command; empty: always
    bool in_fork = false;      // also granted for a foreign change, if the job doesn't have the base's rights
    bool also_dry = false;     // also granted for a dry run
};

// A table, or a function that makes it on first use, because --version needs no table.
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
    std::string summary;                // one sentence: the question that the tool answers
    std::string details;                // markdown for docs: one or two paragraphs
    std::vector<Command> commands = {}; // the first is the default; empty: no commands
    std::string* command = nullptr;
    std::vector<Input> inputs;
    std::vector<Output> outputs = {};
    Table<Field> section = {}; // the tool's part of fairlead.yml
    // its keys that can weaken the tool; a change of such a key is reported
    std::span<const config::Milder> milder = {};
    Table<report::Rule> rules = {}; // rules of its findings, which a waiver may name
    // Returns ids of further rules that the section defines.
    std::function<std::vector<std::string>(const config::Value& section)> added_rules = {};
    std::function<std::string()> rules_page = {};    // docs/TOOL-rules.md, if the rules have their own page
    std::vector<std::string> formats = {};           // its own formats, in addition to report/formats.h
    std::vector<std::string> examples = {};          // command lines for --help and the README
    std::vector<ActionExample> action_examples = {}; // the first is a whole workflow, the others are steps
    // Registers secrets in inputs and section with mask(); called before any of them is printed.
    std::function<void(const Context&)> hide = {};
    // Checks the inputs and the whole section, also their meaning, without acting; used by --explain-config.
    std::function<Result<void>(const Context&)> check = {};
    std::vector<NeedWhen> needs = {};
    // starts helpers before the tool is confined (sys/process/helper.h)
    std::function<void(const sys::Environment&)> helpers = {};
    // Returns the paths that the tool changes besides its reports; '/' at the end means everything below.
    std::function<std::vector<std::string>(const Context&)> writes = {};
    Secret* comment_token = nullptr; // where let_comment() puts the input (cli/comment.h)
    // Returns the folder in which it writes git's hooks; empty: it writes none.
    std::function<std::string(const Context&)> writes_hooks = {};
    // Checks that --output may name this path, in addition to the general rules (cli/publish.h). Error: usage.
    std::function<Result<void>(const Context&, const std::string& path)> check_output = {};
    std::string instead_of_file = {}; // name of an input that replaces fairlead.yml if it is given as a flag
    bool needs_environment = false;   // without --env, takes the only environment of fairlead.yml
    bool settles_signals = false;     // the tool reports itself that a signal ended it
    // The commands whose verdict is evidence ("" for a tool without commands), and the inputs that can't make it milder
    // (cli/evidence.h).
    std::vector<std::string> judges = {}, harmless = {};
    std::string findings_key = "findings"; // name of the findings in the JSON
    bool findings_on_stderr = false;       // text format: only the last line goes to stdout
};

}
