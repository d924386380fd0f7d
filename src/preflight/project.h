#pragma once
#include "base/result.h"
#include "base/time.h"
#include "preflight/rule.h"
#include "preflight/settings.h"
#include "preflight/site.h"
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

// What there is to judge, read once: each subject is a file, or a few that belong together, as its reader saw it. All
// paths are from the project's root, with '/'.
namespace fairlead::preflight {

struct EnvFile {
    std::string file; // ".env.production"; of --env-from process: "(environment)"
    std::string text;
    std::shared_ptr<const read::EnvFile> read; // in the dialect of who uses it
    std::string dialect;                       // "compose"
    bool dialect_known = false;                // by --dialect, or because somebody uses the file so
    std::vector<std::string> users;            // dialects of those who are known to read it
    bool is_template = false;                  // .env.example and its like: only its form is judged
    std::string environment;                   // its name's, or --env: "production"; empty: none
    Profile profile = Profile::production;     // of that environment, else the run's
};

// A variable that a program is given, where that is written.
struct EnvValue {
    std::string name;
    std::string value; // without quotes that docker would keep
    std::string raw;   // as it stands there
    std::string file;
    int line = 0, column = 0;
    std::size_t begin = 0, end = 0; // bytes of `raw`, for a fix; equal: it can't be replaced
    bool borrowed = false;          // part of it stands somewhere else: no secret of its own
};

// All that an env file sets, or what compose, a Dockerfile or a manifest sets by itself. Nothing of a template, nothing
// that is a variable set elsewhere (${NAME}).
struct EnvValues {
    enum class From { env_file, service, image, pod, config };
    From from = From::env_file;
    std::string file;          // ".env.production", "compose.yml"
    std::vector<EnvValue> all; // to judge; of equal names the last
    std::string environment;   // the env file's
    Profile profile = Profile::production;
    bool own_localhost = false; // whoever gets them has a container, and a localhost, for itself
    std::vector<std::shared_ptr<const EnvValues>> beside;    // what it gets besides
    std::map<std::string, std::size_t, std::less<>> by_name; // of `all`

    const EnvValue* find(std::string_view name) const; // of `all`, else of those beside
};

struct Dockerfile {
    std::string file;
    std::string text;
    std::shared_ptr<const read::Dockerfile> read;
    std::string context;        // the folder that COPY sees; empty: the root
    bool context_known = false; // somebody says so; else it is the Dockerfile's own folder, or the root
    std::string target;         // --stage, compose's build.target; empty: the last stage
    std::string compose_file;   // that builds it, with the service below; empty: none does
    std::string service;
    std::string ignore_file;                        // Dockerfile.prod.dockerignore, .dockerignore; empty: none
    std::shared_ptr<const read::IgnoreFile> ignore; // null without one
    Profile profile = Profile::production;          // development for Dockerfile.dev and its like
};

struct Compose {
    std::vector<std::string> files; // merged in this order
    std::shared_ptr<const read::ComposeProject> read;
    Profile profile = Profile::production; // development for compose.dev.yml and its like
};

struct Nginx {
    std::string file; // the one that no other includes
    std::shared_ptr<const read::NginxFile> read;
    Profile profile = Profile::production;
};

struct Kube {
    std::string file;
    std::shared_ptr<const read::KubeFile> read;
    Profile profile = Profile::production;
};

struct Workflow {
    std::string file; // below .github/workflows/
    std::string text;
    std::shared_ptr<const Result<std::vector<sys::YamlNode>>> read; // its documents
};

struct Unit { // of systemd: a service
    std::string file;
    std::shared_ptr<const read::UnitFile> read;
    Profile profile = Profile::production;
};

struct Machine; // machine.h

// Why what is there was not judged.
struct Unread {
    std::string why; // "it is empty"
    int line = 0, column = 0;
    bool is_error = true; // a no by itself; else other files may still make a yes
};

// A line that sets up a framework, found by the rules code-*.
struct CodeFact {
    std::string_view rule; // "code-debug"
    std::string path;
    int line = 0;
    std::string_view thing; // "FastAPI's debug is True"
    std::string value;      // what is set, where the rule asks
    std::optional<Level> level;
};

struct Project {
    std::vector<std::string> paths;   // git's (tracked, and new but not ignored), else the folder's; sorted
    std::vector<std::string> ignored; // env files that git ignores, links and what is no file: judged as well
    std::string folder;               // where the run started, from the root; empty: there
    // Whether findings in that file count: it lies below what was asked for, and nothing excludes it.
    std::function<bool(const std::string& path)> in_scope;
    // The text of a file of the project; nothing when it isn't there, is over the limit or leads out of it.
    std::function<std::optional<std::string>(const std::string& path)> read;
    // What is there and could not be read or recognised, by path.
    std::shared_ptr<std::map<std::string, Unread>> unread = std::make_shared<std::map<std::string, Unread>>();
    std::function<std::optional<unsigned>(const std::string& path)> mode; // permissions; nothing: it isn't there
    bool in_git = false;
    std::set<std::string> tracked;                // empty where there is no git
    std::map<std::string, std::string> variables; // of the process, for ${NAME} in compose files
    std::string environment;                      // --env; empty: none
    Profile profile = Profile::production;
    Settings settings;
    SystemTime now;
    std::vector<EnvFile> env_files;
    std::vector<EnvValues> values; // of graver profiles first: what several have is told of the gravest
    std::vector<Dockerfile> dockerfiles;
    std::vector<Compose> composes;
    std::set<std::string> doubtful; // compose files with marks of development: that they are deployed isn't proved
    std::vector<Nginx> nginxes;
    std::vector<Kube> kubes;
    std::vector<Workflow> workflows;
    std::vector<Unit> units;
    std::vector<Site> sites;
    std::shared_ptr<const Machine> machine; // --group host; null: nobody asked
    // --run-django, by rule: Django's own answer, which counts instead of what is read in its settings.
    std::optional<std::multimap<std::string, Hit, std::less<>>> django;
    // Env files that history holds, templates left out; null where there is no git. Error: it can't be read.
    std::function<Result<std::vector<sys::PastFile>>()> past_env_files;
    bool is_shallow = false; // of a clone: its history ends early
    // Of all rules code-*, since one walk over the source finds them; nothing before the first of them asks.
    std::shared_ptr<std::optional<std::vector<CodeFact>>> code_facts =
        std::make_shared<std::optional<std::vector<CodeFact>>>();

    bool has(std::string_view path) const;        // of `paths`
    bool is_there(const std::string& path) const; // the same, or a folder of some of them
};

}
