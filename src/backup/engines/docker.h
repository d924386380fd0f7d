#pragma once
#include "backup/engines/engine.h"
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Volumes of the Docker engine and their containers, by the program `docker`.
namespace fairlead::backup::docker {

struct Volume {
    std::string name, driver, project, key; // from compose's labels: its project, and its name in the compose file
    sys::Path folder;                       // where its files are on the engine's host
    std::string kind;                       // the type of a mounted file system ("nfs"); empty: nothing is mounted
};

struct Container {
    std::string id, name, image, project, service;
    bool running = false;
    std::map<std::string, std::string> mounts; // name of a volume -> its path in the container
    bool is_called(const std::string& service_or_name) const {
        return service == service_or_name || name == service_or_name;
    }
};

Result<std::vector<Volume>> volumes(const World& world);
Result<std::vector<Container>> containers(const World& world); // includes stopped containers
Result<void> make_volume(const std::string& name, const World& world);

// Returns the volume with that name, or else the only volume with that key in its compose file. Error (usage) lists the
// existing volumes.
Result<Volume> choose(const std::vector<Volume>& all, const std::string& name);

// Returns whether the container keeps a database in the volume, judged by the container's image, the volume's path in
// the container, and the volume's files.
bool keeps_database(const Container& container, const Volume& volume);

// Containers that are stopped for a while. The destructor starts them again; if our process is killed, a watcher
// process does so.
class Stopped {
  public:
    static Result<std::unique_ptr<Stopped>> stop(const std::vector<Container>& which, const World& world);
    ~Stopped();
    Result<void> start(); // starts the containers that ran before, as the destructor also does

  private:
    Stopped(const World& world, sys::TemporaryFolder folder, sys::Lock lock);
    Result<void> watch() const;

    const World& world_;
    sys::TemporaryFolder folder_;
    sys::Lock lock_; // held as long as this object lives
    std::vector<std::string> ids_, names_;
};

}
