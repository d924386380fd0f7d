#pragma once
#include "base/result.h"
#include "base/time.h"
#include "preflight/host/site.h"
#include "preflight/kube_names.h"
#include "preflight/rule.h"
#include "preflight/settings.h"
#include "sys/data/yaml.h"
#include "sys/git/past_files.h"
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::read { // src/read/: texts as values
struct EnvFile;
struct Dockerfile;
struct IgnoreFile;
struct ComposeProject;
struct NginxFile;
struct KubeFile;
struct UnitFile;
}

// The subjects to judge. A subject is a file, or several files that belong together, with the reader's result; it is
// read once. All paths are relative to the project's root and use '/'.
namespace fairlead::preflight {

struct EnvFile {
    std::string file; // ".env.production"; for --env-from process: "(environment)"
    std::string text;
    std::shared_ptr<const read::EnvFile> read; // read in the dialect of its user
    std::string dialect;                       // "compose"
    bool dialect_known = false;                // given by --dialect, or known from a program that reads the file
    std::vector<std::string> users;            // dialects of the known readers
    bool is_template = false;                  // .env.example and similar names: only its form is judged
    std::string environment;                   // from its name, or --env: "production"; empty: unknown
    Profile profile = Profile::production;     // that of `environment`, else the run's
};

// A variable for a program, at the place where it is set.
struct EnvValue {
    std::string name;
    std::string value; // without quotes that docker would keep
    std::string raw;   // as written in the file
    std::string file;
    int line = 0, column = 0;
    std::size_t begin = 0, end = 0; // bytes of `raw`, for a fix; if equal, it can't be replaced
    bool borrowed = false;          // partly defined elsewhere, so not a separate secret
};

// All variables that an env file sets, or that compose, a Dockerfile or a manifest sets itself. Templates, and values
// taken from another variable (${NAME}), are left out.
struct EnvValues {
    enum class From { env_file, service, image, pod, config };
    From from = From::env_file;
    std::string file;          // ".env.production", "compose.yml"
    std::vector<EnvValue> all; // the values to judge; of a repeated name only the last
    std::string environment;   // environment of the env file
    Profile profile = Profile::production;
    bool own_localhost = false; // the program that gets them runs in its own container, with its own localhost
    std::vector<std::shared_ptr<const EnvValues>> beside;    // other values that the same program gets
    std::map<std::string, std::size_t, std::less<>> by_name; // indexes in `all`

    const EnvValue* find(std::string_view name) const; // searches `all`, then `beside`
};

struct Dockerfile {
    std::string file;
    std::string text;
    std::shared_ptr<const read::Dockerfile> read;
    std::string context; // the folder that COPY sees; empty: the root
    // a file names the context; false: it is assumed to be the Dockerfile's own folder, or the root
    bool context_known = false;
    std::string target;       // --stage, compose's build.target; empty: the last stage
    std::string compose_file; // the compose file that builds it, for `service`; empty: there is no such file
    std::string service;
    std::string ignore_file;                        // Dockerfile.prod.dockerignore, .dockerignore; empty: none found
    std::shared_ptr<const read::IgnoreFile> ignore; // null without an ignore file
    Profile profile = Profile::production;          // development for Dockerfile.dev and similar names
};

struct Compose {
    std::vector<std::string> files; // merged in this order
    std::shared_ptr<const read::ComposeProject> read;
    Profile profile = Profile::production; // development for compose.dev.yml and similar names
};

struct Nginx {
    std::string file; // the file that no other file includes
    std::shared_ptr<const read::NginxFile> read;
    Profile profile = Profile::production;
};

struct Kube {
    std::string file;
    std::shared_ptr<const read::KubeFile> read;
    Profile profile = Profile::production;
    bool is_patch = false; // only a patch of a kustomization; the missing parts are in the patched objects
};
class Kustomizations; // kustomize.h

struct Workflow {
    std::string file; // below .github/workflows/
    std::string text;
    std::shared_ptr<const Result<std::vector<sys::YamlNode>>> read; // its documents
};

struct WorkflowBuild { // an image that a workflow builds
    std::string dockerfile, context, target;
    std::set<std::string> images; // repositories of its tags, in small letters: "ghcr.io/acme/shop"
    bool pushes = false;
    bool expires = false; // its registry deletes it: quay.expires-after=7d
    bool is_known = true; // Dockerfile and stage are known, not hidden by an expression
};

struct Unit { // a service of systemd
    std::string file;
    std::shared_ptr<const read::UnitFile> read;
    Profile profile = Profile::production;
};

struct Machine; // machine.h

// The reason why an existing file was not judged.
struct Unread {
    std::string why; // "it is empty"
    int line = 0, column = 0;
    bool is_error = true; // makes the run fail; false: the other files may still pass
};

// A line that sets up a framework, found by the rules code-*.
struct CodeFact {
    std::string_view rule; // "code-debug"
    std::string path;
    int line = 0;
    std::string_view thing; // "FastAPI's debug is True"
    std::string value;      // the value, if the rule needs it
    std::optional<Level> level;
};

struct Project {
    std::vector<std::string> paths;   // git's files (tracked, or new and not ignored), else the folder's; sorted
    std::vector<std::string> ignored; // also judged: env files that git ignores, links, and special files
    std::string folder;               // where the run started, relative to the root; empty: the root
    // Returns whether findings in the file count: the file is below a requested path, and isn't excluded.
    std::function<bool(const std::string& path)> in_scope;
    // Reads a file of the project; nothing: it is absent, over the limit, or leads out of the project.
    std::function<std::optional<std::string>(const std::string& path)> read;
    // Files that could not be read or recognised, by path.
    std::shared_ptr<std::map<std::string, Unread>> unread = std::make_shared<std::map<std::string, Unread>>();
    std::function<std::optional<unsigned>(const std::string& path)> mode; // permissions; nothing: the file is absent
    bool in_git = false;
    std::string origin;                           // acme/shop, by the URL of the clone's remote; empty: unknown
    std::set<std::string> tracked;                // empty without git
    std::map<std::string, std::string> variables; // of the process, for ${NAME} in compose files
    std::string environment;                      // --env; empty: not given
    Profile profile = Profile::production;
    Settings settings;
    SystemTime now;
    std::vector<EnvFile> env_files;
    // stricter profiles first, so that a problem of several files is reported for the strictest
    std::vector<EnvValues> values;
    std::vector<Dockerfile> dockerfiles;
    std::vector<Compose> composes;
    std::set<std::string> stacks;   // files that a command hands to Swarm: docker stack deploy -c FILE
    std::set<std::string> doubtful; // files with marks of development, so they may not be deployed
    std::set<std::string> unproven; // compose files that nothing says to be for production
    std::vector<Nginx> nginxes;
    std::vector<Kube> kubes;
    std::shared_ptr<const Kustomizations> kustomizations; // null until the manifests are known
    std::vector<Workflow> workflows;
    std::vector<WorkflowBuild> builds; // of the workflows
    std::vector<Unit> units;
    std::vector<Site> sites;
    std::shared_ptr<const Machine> machine; // --group host; null: not requested
    // --run-django, by rule: Django's own findings, which replace those from reading its settings.
    std::optional<std::multimap<std::string, Hit, std::less<>>> django;
    // Env files in the history, without templates; null without git. Error: the history can't be read.
    std::function<Result<std::vector<sys::PastFile>>()> past_env_files;
    bool is_shallow = false; // the clone is shallow: its history is cut off
    // The facts for all rules code-*, found in one walk over the source; nothing until the first such rule runs.
    std::shared_ptr<std::optional<std::vector<CodeFact>>> code_facts =
        std::make_shared<std::optional<std::vector<CodeFact>>>();
    std::shared_ptr<std::optional<KubeNames>> kube_names =
        std::make_shared<std::optional<KubeNames>>(); // nothing until a rule asks
    // Result of unread_variables() in parts/code_lines.h; nothing until a rule asks.
    std::shared_ptr<std::optional<std::set<std::string>>> unread_variables =
        std::make_shared<std::optional<std::set<std::string>>>();

    // Returns whether it is, or may be, only for development, by its profile or because it is in `doubtful`.
    bool is_for_development(const Compose& one) const;
    bool is_for_development(const Dockerfile& one) const;
    // Returns the compose files to consider for a subject of this profile; for production, not those for development.
    std::vector<std::reference_wrapper<const Compose>> composes_for(Profile profile) const;
    bool has(std::string_view path) const;              // whether `paths` contains it
    bool is_there(const std::string& path) const;       // whether `paths` contains it, or a file below it
    bool is_git_ignored(const std::string& path) const; // by a .gitignore of a folder above it
};

}
