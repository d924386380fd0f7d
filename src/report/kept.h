#pragma once
#include "base/result.h"
#include "report/report.h"
#include "sys/files/beneath.h"
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

// A tool's last verdict, read from its JSON: the file in .fairlead/out, or the tool's output. Anybody may have written
// the file. So a value that is missing, or has the wrong type, is empty here.
namespace fairlead::report {

struct Kept {
    std::string tool;                // "deploy"
    std::optional<Verdict> verdict;  // nothing in tag's JSON, which has the format of docker/metadata-action
    std::string decided, error;      // the closing line; why there is no verdict
    std::string commit, environment; // the commit and the environment that the verdict is about
    std::string version;             // for tag: of the image; for deploy and smoke: of what serves
    bool is_own = false;             // its JSON is of this tool, and in the schema that we support
    bool dirty = false;              // files that git tracks had changed since the commit
    std::string release_commit;      // for deploy's status: the commit that the release was made from
    std::string release_digest;      // for deploy: the SHA-256 of the release that it deployed
    std::uint64_t failures = 0;      // for gate: the number of failed and broken tests, and of findings of any level
    std::map<std::string, std::string> outputs; // the step outputs of the tool

    bool passed() const { return verdict == Verdict::pass; }
    std::string output(const std::string& name) const; // empty: there is no such output
};

constexpr std::string_view kept_folder = ".fairlead/out"; // in the folder of fairlead.yml
std::string kept_name(std::string_view tool);             // "deploy.json", a name in kept_folder
// Opens `name`, which begins with .fairlead/, below `folder`, and creates it if it is missing. Only its owner may look
// into it. Its own .gitignore makes git ignore it: so its files are not committed, and don't make a tree dirty. Error:
// there is a link of that name (somebody tries to make us write elsewhere), or the folder can't be created.
Result<sys::Root> make_ignored_folder(const std::string& folder, std::string_view name);
Result<sys::Root> make_kept_folder(const std::string& folder); // make_ignored_folder() of kept_folder

// Error (no): the text is not a JSON object.
Result<Kept> parse_kept(std::string_view json, const std::string& tool);
// The state of the files that a verdict is about.
struct Stamp {
    std::string commit; // empty: no commit
    bool dirty = false; // files that git tracks have changed since the commit
};
// Returns the state of the work tree around `folder`. If it is dirty, a verdict isn't one about the commit.
Stamp stamp_of(const std::string& folder);
// A kept verdict, and the bytes of its file. The bytes name the commit that the verdict is about, if there is one.
struct Stamped {
    Kept kept;
    std::string bytes;
};
Result<Stamped> stamp(std::string_view json, const std::string& tool, const Stamp& of);
// Error: the file can't be read, or that of parse_kept. `folder`: the folder of verdicts. A link in place of the file
// is refused.
Result<Stamped> stamp_kept(const sys::Root& folder, const std::string& tool, const Stamp& of);

}
