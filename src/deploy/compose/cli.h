#pragma once
#include "base/result.h"
#include "deploy/compose/engine.h"
#include "deploy/direct/surroundings.h"
#include "sys/host.h"
#include <map>
#include <string>
#include <vector>

// The engine's `docker compose`, version 2, as whoever may read the user's files and make containers of them. A model
// goes to it through its standard input only: it may hold secrets.
namespace fairlead::deploy {

struct ComposeFiles {
    std::string folder; // of fairlead.yml, from where files are named; all empty: compose looks
    std::vector<std::string> files, profiles;
    std::string project; // empty: as compose names it
};

class ComposeCli {
  public:
    // `variables`: what the files may name as ${NAME} beside the process's own.
    ComposeCli(sys::Host& host, const sys::Environment& process, const std::string& socket,
               const Assignments& variables);

    Result<void> check() const; // error (could_not): no `docker compose`, or version 1
    // The merged model as JSON. With `digests` each image of `services` is named by what its registry has for it now.
    Result<std::string> config(const ComposeFiles& files, const std::vector<std::string>& services = {},
                               bool digests = false) const;
    Result<void> build(const ComposeFiles& files, const std::vector<std::string>& services) const;
    Result<void> pull(const std::string& image) const;
    // Makes and starts containers of these services until there are so many of each; those that are there stay.
    Result<void> up(const std::string& project, const std::string& folder, const std::string& model,
                    const std::map<std::string, int>& scale) const;
    // Once, in a container that is removed afterwards, or left running at `limit`. Its end is a value.
    Result<sys::Output> once(const std::string& project, const std::string& folder, const std::string& model,
                             const std::string& service, const std::vector<std::string>& command,
                             Milliseconds limit) const;

  private:
    Result<sys::Output> run(std::vector<std::string> words, const std::string& folder, std::string input,
                            Milliseconds limit) const;
    static std::vector<std::string> named(const ComposeFiles& files);

    sys::Host& host_;
    std::vector<std::string> environment_;
};

// Of what a docker command said on its standard error, the line that tells why; without its decoration.
std::string reason_in(const std::string& said);

}
