#pragma once
#include "base/result.h"
#include "smoke/hurl/options.h"
#include "smoke/hurl/syntax.h"
#include "sys/cancel.h"
#include "sys/clock.h"
#include "sys/http/client.h"
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// Hurl files among the checks.
namespace fairlead::smoke {

struct Plan;
struct Tried;

// The flags for all Hurl files.
struct ScriptFlags {
    std::map<std::string, bool> switches;                  // options of hurl/options.h that are true or false
    std::map<std::string, std::string> values;             // the other options
    std::map<std::string, std::vector<std::string>> lists; // options that may be repeated
    std::vector<std::string> globs;                        // patterns of further files
    std::vector<std::string> variables, secrets;           // "name=value"
    std::vector<std::string> variables_files, secrets_files;
    std::int64_t from_entry = 1, to_entry = 0, max_filesize = 0; // to_entry 0: the last; max_filesize 0: our own limit
    bool continue_on_error = false, parallel = false, test = false, include = false, no_output = false;
    bool ignore_asserts = false, no_assert = false; // two names of one flag
    std::string file_root, user_agent, noproxy;     // noproxy: another name of the option no-proxy
    std::string no_secrets; // why the files get no secret: "pull request #7 comes from a fork"; empty: they get them
};

struct Script {
    std::shared_ptr<const hurl::File> file;
    std::string folder; // absolute
    std::string base;   // the address of the variable `base`; empty: there is none
    std::string suffix; // of the names, if it is played at several addresses
};

// Everything about Hurl files that a plan has.
struct Scripts {
    std::vector<Script> files;
    std::optional<Script> setup, teardown; // setup: all files get its captures; teardown: always played
    hurl::Settings settings;
    std::map<std::string, hurl::Value> variables;
    std::map<std::string, std::string> secrets;
    std::int64_t from = 1, to = 0;
    std::size_t body_limit = 8u << 20;
    bool continue_on_error = false;
    bool include = false;  // `output` has the head of the answer before its body
    bool parallel = false; // plays files in parallel; the entries of a file always in order
    std::string file_root;
    bool empty() const { return files.empty(); }
};

bool names_script(std::string_view word); // a file *.hurl or a folder

// Reads a file, a folder with all *.hurl below it, or a pattern. Error (usage): there is no such file, or one is
// malformed.
Result<std::vector<Script>> read_scripts(const std::string& word);

// Fills the plan's scripts from flags and from variables of the environment (HURL_VARIABLE_name, HURL_SECRET_name).
Result<void> add_scripts(const std::vector<std::string>& words, const ScriptFlags& flags,
                         const std::map<std::string, std::string>& environment, Plan& plan);

// Returns the folders (with '/' at the end) and files that entries may write by their option `output`.
std::vector<std::string> written_by_scripts(const Scripts& scripts);

// Returns whether only Hurl files without a request were given; these pass, as with hurl. A warning names them.
bool is_empty_by_word(const Plan& plan);

// Plays setup, the files, and teardown. The results are one per entry.
Result<std::vector<Tried>> play_scripts(const Plan& plan, sys::Http& http, sys::Clock& clock, sys::Clock::Steady end,
                                        sys::Cancel& cancel);

}
