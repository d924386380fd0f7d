#pragma once
#include "base/result.h"
#include "deploy/compose/engine.h"
#include "deploy/direct/surroundings.h"
#include "sys/host.h"
#include <map>
#include <string>
#include <vector>

// Runs `docker compose`, version 2, as a user who may read the project's files and create its containers. A model is
// only passed through standard input, because it may contain secrets.
namespace fairlead::deploy {

struct ComposeFiles {
    // the folder of fairlead.yml, to which file names are relative; all fields empty: compose searches itself
    std::string folder;
    std::vector<std::string> files, profiles;
    std::string project; // empty: compose chooses the name
};

class ComposeCli {
  public:
    // `variables`: values for ${NAME} in the files, in addition to the process's own variables.
    ComposeCli(sys::Host& host, const sys::Environment& process, const std::string& socket,
               const Assignments& variables);

    Result<void> check() const; // error (could_not): `docker compose` is missing, or has version 1
    // Returns the merged model as JSON. With `digests`, each image of `services` has the digest that its registry has
    // for it now.
    Result<std::string> config(const ComposeFiles& files, const std::vector<std::string>& services = {},
                               bool digests = false) const;
    Result<void> build(const ComposeFiles& files, const std::vector<std::string>& services) const;
    Result<void> pull(const std::string& image) const;
    // Creates and starts containers until each service has the number in `scale`; existing containers stay.
    Result<void> up(const std::string& project, const std::string& folder, const std::string& model,
                    const std::map<std::string, int>& scale) const;
    // Runs a command once in a new container, which is removed afterwards; if `limit` is over, it is left running. A
    // failure of the command isn't an error.
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

// Returns the line of a docker command's standard error that gives the reason, without its decoration.
std::string reason_in(const std::string& said);

}
