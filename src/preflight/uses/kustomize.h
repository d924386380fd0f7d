#pragma once
#include "preflight/project.h"
#include "read/kube.h"
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// Reads what kustomization.yaml files put together: manifests, patches over them, and keys of Secrets.
namespace fairlead::preflight {

struct KustomizePatch {
    std::string kind, name; // of the objects that it changes; empty: of all
    std::string text;
    std::optional<read::KubeObject> object; // nothing: operations of RFC 6902
};

struct Kustomization {
    struct Named {
        std::string name; // as written
        int line = 0, column = 0;
    };
    std::string file;
    std::set<std::string> takes;       // manifests, and files of other kustomizations
    std::set<std::string> patch_files; // they may be manifests by their form
    std::vector<KustomizePatch> patches;
    std::map<std::string, std::set<std::string>> secrets; // by name: the keys that it sets; "*": those of a file
    std::vector<Named> missing;                           // resources that would lie in the project, and don't
};

class Kustomizations {
  public:
    explicit Kustomizations(const Project& project);

    const std::vector<Kustomization>& all() const { return all_; }
    // Returns whether the manifest is a patch of some kustomization, and a resource of none.
    bool is_only_patch(const std::string& path) const;

    // A kustomization that no other takes, with all that it takes.
    using Whole = std::vector<const Kustomization*>;
    // Returns those that take the manifest, themselves or through others.
    std::vector<Whole> wholes_of(const std::string& manifest) const;

  private:
    void add_taken(const Kustomization& one, Whole& whole) const;

    std::vector<Kustomization> all_;
};

// Returns in how many of the ways to a cluster a patch of the object is such a one.
enum class Share { none, some, all };
Share share_patched(const Project& project, const std::string& manifest, const read::KubeObject& object,
                    const std::function<bool(const KustomizePatch& patch)>& is_such);

// Returns in how many of these ways a value that a Secret's manifest has is set again; a resource that isn't here may
// do so, too: `unknown` is the first of them.
Share share_replaced(const Project& project, const EnvValue& value, std::string& unknown);

}
