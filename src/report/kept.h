#pragma once
#include "base/result.h"
#include "report/report.h"
#include "sys/files/beneath.h"
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

// A tool's last verdict, read from its JSON: that of .fairlead/out, or what it answered. Anybody may have written it,
// so that what isn't there, or of another type than it should be, is empty here.
namespace fairlead::report {

struct Kept {
    std::string tool;                           // "deploy"
    std::optional<Verdict> verdict;             // tag's JSON is its peer's and tells none
    std::string decided, error;                 // the closing line; why there is no verdict
    std::string commit, environment;            // that it speaks of
    std::string version;                        // tag's: of the image; deploy's and smoke's: what serves
    std::string release_commit;                 // deploy's status: that the release was made of
    std::uint64_t failures = 0;                 // gate's: tests that failed or broke, and findings of any level
    std::map<std::string, std::string> outputs; // as of the step

    bool passed() const { return verdict == Verdict::pass; }
    std::string output(const std::string& name) const; // empty: none
};

constexpr std::string_view kept_folder = ".fairlead/out"; // of the folder of fairlead.yml
std::string kept_name(std::string_view tool);             // "deploy.json", in there
// That folder below `folder`, made where it is missing; git overlooks it by itself: verdicts are not committed, and a
// tree with them is not dirty. Error: a link of that name, which is somebody's try to have us write elsewhere; no
// place.
Result<sys::Root> make_kept_folder(const std::string& folder);

// Error (no): it is no JSON object.
Result<Kept> parse_kept(std::string_view json, const std::string& tool);
// What a verdict speaks of.
struct Stamp {
    std::string commit; // empty: of none
    bool dirty = false; // and of what was changed since in files that git tracks
};
Stamp stamp_of(
    const std::string& folder); // of the work tree around it; a verdict on what is changed is not its commit's
// A kept verdict, and the bytes of its file with the commit that it speaks of, where there is one.
struct Stamped {
    Kept kept;
    std::string bytes;
};
Result<Stamped> stamp(std::string_view json, const std::string& tool, const Stamp& of);
// Error: the file's, or parse_kept's. `folder` is the one of verdicts; a link in the place of the file is none.
Result<Stamped> stamp_kept(const sys::Root& folder, const std::string& tool, const Stamp& of);

}
