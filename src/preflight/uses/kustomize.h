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

// Reads kustomization.yaml files, which combine manifests, patches and keys of Secrets.
namespace fairlead::preflight {

struct KustomizePatch {
    std::string kind, name; // of the changed objects; empty: any
    std::string text;
    std::optional<read::KubeObject> object; // nothing: operations of RFC 6902
};

struct Kustomization {
    struct Named {
        std::string name; // as written
        int line = 0, column = 0;
    };
    std::string file;
    std::set<std::string> takes;       // resources: manifests, and files of other kustomizations
    std::set<std::string> patch_files; // they can look like manifests
    std::vector<KustomizePatch> patches;
    std::map<std::string, std::set<std::string>> secrets; // by name: the keys that it sets; "*": the keys of a file
    std::vector<Named> missing;                           // resources with a path in the project that don't exist
};

class Kustomizations {
  public:
    explicit Kustomizations(const Project& project);

    const std::vector<Kustomization>& all() const { return all_; }
    // Returns whether the manifest is a patch of a kustomization, but not a resource of any.
    bool is_only_patch(const std::string& path) const;

    // A top kustomization, which no other includes, with all kustomizations that it includes.
    using Whole = std::vector<const Kustomization*>;
    // Returns the top kustomizations that include the manifest, directly or through others.
    std::vector<Whole> wholes_of(const std::string& manifest) const;

  private:
    void add_taken(const Kustomization& one, Whole& whole) const;

    std::vector<Kustomization> all_;
};

// Returns in how many of the top kustomizations that include the object a patch of it satisfies `is_such`.
enum class Share { none, some, all };
Share share_patched(const Project& project, const std::string& manifest, const read::KubeObject& object,
                    const std::function<bool(const KustomizePatch& patch)>& is_such);

// Returns in how many of the top kustomizations the value in a Secret's manifest is replaced. A missing resource may
// replace it, too; `unknown` becomes the first such resource.
Share share_replaced(const Project& project, const EnvValue& value, std::string& unknown);

}
